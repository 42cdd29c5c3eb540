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


@dataclass(frozen=True, slots=True)
class Match:
    """An expression of kind ``rule`` in pieces ``[start, end)``."""

    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A page's pieces with their classes and values, and the expressions in them."""

    pieces: Sequence[Word]
    classes: str
    values: list[str]
    matches: list[Match]


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
    classes, values = classify(pieces)
    pattern, names = _pattern()
    found: list[Match] = []
    at = 0
    while match := pattern.search(classes, at):
        rule = names[(match.lastindex or 1) - 1]
        start, end = _trim(classes, rule, match.start(), match.end())
        if start < end and _holds(pieces, classes, values, rule, start, end):
            found.append(Match(rule, start, end))
            at = end
        else:
            at = match.start() + 1
    return Marked(pieces, classes, values, found)


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
        return _is_year_here(pieces, start, end, before, after)
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
        return not (before == "as" and pieces[start].lower == "soon")
    if rule == "lasting":
        unit = pieces[end - 1].lower
        if classes[start] == codes()["article"] and unit in ("minute", "second", "weekend", "quarter"):
            return False
        return before not in ("$", "€", "£", "-") and not (unit == "quarter" and end - start < 3)
    if rule in ("ranged", "bc"):
        return before not in ("$", "€", "£", "-", "/")
    if rule == "decade":
        bare = pieces[end - 1].lower
        return len(bare) == 5 or (
            start < end - 1 and before not in ("her", "his", "their", "the", "mid", "early", "late")
        )
    if rule == "span":
        return True
    return before != "-" or rule in ("point", "month", "monthyear", "deictic")


def _is_year_here(pieces: Sequence[Word], start: int, end: int, before: str, after: str) -> bool:
    """Tell whether a lone four-figure number is a year and not an amount or a name."""
    year = int(pieces[end - 1].lower)
    if after in ("%", "percent", "-", "/", "people", "years", "feet", "miles", "block", ":") or (
        before in ("$", "€", "£", "#", "no.", "/", "-", ".", "'s") and end - start == 1
    ):
        return after == "-" and before not in ("$", "€", "£", "#", "-") and 1800 <= year <= 2100
    if end - start > 1:
        return True
    if before in context("yearbefore"):
        return 1500 <= year <= 2100 or before in ("in", "since")
    if not 1800 <= year <= 2100:
        return False
    return not (
        after.endswith("s") and after.isalpha() and len(after) > 3 and after not in ("was", "this")
    ) or before in ("the", "a", "its", "his", "her", "their")


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
