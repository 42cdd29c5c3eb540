"""The grammar of times: patterns of word classes, and what kind of expression each of them is.

What to mark follows TimeML's TIMEX3 (Pustejovsky et al. 2003): determiners and
modifiers belong to an expression, prepositions before it do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ..data import tables
from .page import Word
from .timewords import classify, codes, context

_NESTING = 6  # parts within parts
_SOON = frozenset({"soon", "shortly"})
_SOON_AFTER = frozenset({"after", "afterward", "afterwards", "thereafter", "before", "enough", "became"})
_MONEY = ("$", "€", "£")
_EARLIEST, _LATEST = 1800, 2100  # a lone number outside these is no year
_NEAR = 2035  # figures between 2001 and this are years even before a plural ("2016 elections")
_RANGES = frozenset({"span", "ranged", "bcrange"})


@dataclass(frozen=True, slots=True)
class Match:
    """An expression of kind ``rule`` in pieces ``[start, end)``.

    Ranges ("May 3-5, 2021") are two expressions, ``part`` 0 and 1, that are read from
    the same pieces, ``[low, high)``.
    """

    rule: str
    start: int
    end: int
    low: int
    high: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Marked:
    """A page's pieces with their classes and values, and the expressions in them."""

    pieces: Sequence[Word]
    classes: str
    values: list[str]
    possessives: frozenset[int]
    matches: list[Match]

    def span(self, match: Match) -> tuple[int, int]:
        """Return the characters of a match, the "'s" of a possessive left out."""
        end = self.pieces[match.end - 1].end - 2 * (match.end - 1 in self.possessives)
        return self.pieces[match.start].start, end


@cache
def _pattern() -> tuple[re.Pattern[str], tuple[str, ...]]:
    rules = [(name, pattern) for kind, name, pattern in tables.rows("time-rules") if kind == "rule"]
    groups = "|".join(f"({_compiled(pattern)})" for _, pattern in rules)
    return re.compile(groups), tuple(name for name, _ in rules)


def _compiled(pattern: str) -> str:
    parts = {name: part for kind, name, part in tables.rows("time-rules") if kind == "part"}
    for _ in range(_NESTING):
        pattern = re.sub(r"[A-Z]+", lambda m: parts[m[0]], pattern)
    code = codes()
    return re.sub(r"[a-z][a-z_]*\d?", lambda m: f"(?:{code[m[0]]}{code['more']}*)", pattern).replace(" ", "")


def mark(pieces: Sequence[Word]) -> Marked:
    """Find the time expressions among ``pieces``."""
    classes, values, possessives = classify(pieces)
    pattern, names = _pattern()
    found: list[Match] = []
    at = 0
    while match := pattern.search(classes, at):
        rule = names[(match.lastindex or 1) - 1]
        start, end = _trim(classes, rule, match.start(), match.end())
        if start < end and _holds(pieces, classes, values, rule, start, end):
            found.extend(_parts(classes, rule, start, end))
            at = end
        else:
            at = match.start() + 1
    return Marked(pieces, classes, values, possessives, found)


def _parts(classes: str, rule: str, start: int, end: int) -> list[Match]:
    """Cut a range at its hyphen: TimeML marks both ends of one."""
    if rule not in _RANGES:
        return [Match(rule, start, end, start, end)]
    marks = {codes()[name] for name in ("hyphen", "slash", "to")}
    cut = next(k for k in range(start, end) if classes[k] in marks)
    return [Match(rule, start, cut, start, end, 0), Match(rule, cut + 1, end, start, end, 1)]


def _trim(classes: str, rule: str, start: int, end: int) -> tuple[int, int]:
    """Leave off what a pattern took only to see its neighbours."""
    if rule == "part" and classes[start] == codes()["at"]:
        start += 1
    return start, end


def _holds(pieces: Sequence[Word], classes: str, values: list[str], rule: str, start: int, end: int) -> bool:
    """Tell whether the neighbours of a match allow it to be a time."""
    before = pieces[start - 1].lower if start else ""
    after = pieces[end].lower if end < len(pieces) else ""
    if rule == "year":
        return _is_year_here(pieces, values, start, end)
    if rule == "bare":
        return before in context("lasting") or (
            after in ("ago", "after", "before", "later", "earlier", "of") and before in ("", ",", "just")
        )
    if rule == "clock":
        return _is_clock(pieces, classes, values, start, end)
    if rule == "point" and pieces[start].text[0].isupper() and before in context("naming"):
        return False
    if rule == "set" and end - start == 1 and pieces[start].text[0].isupper():
        return not (end < len(pieces) and pieces[end].text[0].isupper())
    if rule == "ref":
        return (
            before != "as" and after != "-" and (pieces[start].lower not in _SOON or _is_ahead(pieces, start))
        )
    if rule == "lasting":
        unit = pieces[end - 1].lower
        if classes[start] == codes()["article"] and unit in ("minute", "second", "weekend", "quarter"):
            return False
        return before not in (*_MONEY, "-") and not (
            unit in ("quarter", "quarters") and (end - start < 3 or after == "of")
        )
    if rule == "ranged":
        return (
            _is_range(values[start], values[end - 1]) and before not in (*_MONEY, "-", "/") and after != "-"
        )
    if rule in ("bc", "bcrange"):
        return before not in (*_MONEY, "-", "/")
    if rule == "decade":
        bare = pieces[end - 1].lower
        return len(bare) == 5 or (
            start < end - 1 and before not in ("her", "his", "their", "the", "mid", "early", "late")
        )
    if rule == "span":
        return True
    return before != "-" or rule in ("point", "month", "monthyear", "deictic")


def _is_ahead(pieces: Sequence[Word], at: int) -> bool:
    """Tell whether "soon" looks ahead, and does not go on in a story ("they soon fled", "soon after")."""
    past = context("pastword")
    before = pieces[at - 1].lower if at else ""
    after = pieces[at + 1].lower if at + 1 < len(pieces) else ""
    return not (
        after in _SOON_AFTER or after in past or (after.endswith("ed") and len(after) > 4)
        or before in past or before == "then"
    )  # fmt: skip


def _is_range(first: str, last: str) -> bool:
    """Tell whether "1914-18" or "2003-2016" goes up, as years do."""
    return int(last) > int(first) % 100 if len(last) < 3 else int(first) < int(last) <= _LATEST


def _is_year_here(pieces: Sequence[Word], values: list[str], start: int, end: int) -> bool:
    """Tell whether a lone four-figure number is a year and not an amount or a name."""
    year = int(values[end - 1])
    before = pieces[start - 1].lower if start else ""
    after = pieces[end].lower if end < len(pieces) else ""
    alone = end - start == 1
    glued = start > 0 and pieces[start - 1].end == pieces[start].start
    if alone and (before in (*_MONEY, "#", "no.") or (glued and before in ("/", "-", ".", "'s", ":"))):
        return False
    if after == "-":
        return _EARLIEST <= year <= _LATEST
    if after in ("%", "percent", "/", "people", "years", "feet", "miles", "block"):
        return False
    if not alone:
        return True
    if before in context("yearbefore"):
        return 1500 <= year <= _LATEST or before in ("in", "since")
    if not _EARLIEST <= year <= _LATEST:
        return False
    return (
        not (after.endswith("s") and after.isalpha() and len(after) > 3 and after not in ("was", "this"))
        or before in ("the", "a", "its", "his", "her", "their")
        or 2000 < year < _NEAR
    )


def _is_clock(pieces: Sequence[Word], classes: str, values: list[str], start: int, end: int) -> bool:
    """Tell whether "12:30" can be a time of day: two figures of minutes, a legal hour."""
    if codes()["colon"] not in classes[start:end]:
        return True
    if start and pieces[start - 1].text in ":/-" and pieces[start - 1].end == pieces[start].start:
        return False
    if end + 1 < len(pieces) and pieces[end].text in ":/" and pieces[end - 1].end == pieces[end].start:
        return not pieces[end + 1].text[0].isdigit()
    hour, minute = values[start], values[start + 2]
    legal = len(minute) == 2 and int(minute) < 60 and hour.isdigit() and int(hour) < 25
    return legal and pieces[start].end == pieces[start + 1].start
