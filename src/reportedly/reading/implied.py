"""Numbers that are said without a number word: "a 24-year-old woman", "the victim", "a double homicide".

All of them are figures only beside what was done to those counted ("the victim
died"); the readers mark them as loose, and the figures without a measure are
dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..data import tables
from . import units
from .measures import Cue, own_measure, role_measure
from .numbers import parse
from .page import Word
from .quantities import Quantity

_HEADLINE = 24  # pieces of the longest sentence without a full stop that may be a headline
_PHRASE = 5  # words before the noun that belong to it in a headline
_ARTICLES = frozenset({"a", "an", "another"})


@cache
def openers() -> frozenset[str]:
    """Return the words that an implied number begins with, apart from "a" and "an"."""
    return frozenset({"another", "no"}) | units.words("definite") | frozenset(_multiples())


@cache
def _multiples() -> dict[str, float]:
    return {row[1]: float(row[2]) for row in tables.rows("figure-words") if row[0] == "multiple"}


@cache
def _ranks() -> dict[str, float]:
    return {row[1]: float(row[2]) for row in tables.rows("figure-words") if row[0] == "rank"}


@cache
def _groups() -> dict[str, float]:
    rows = (row for row in tables.rows("figure-words") if row[0] == "group")
    return {word: float(row[2]) for row in rows for word in row[1].split(" | ")}


def multiple(words: Sequence[Word], at: int, end: int) -> Quantity | None:
    """Read "a double homicide" and "triple fatal shooting" as the number of those it was done to."""
    value = _multiples().get(words[at].lower)
    if value is None or (at and words[at - 1].lower in units.words("undone")):
        return None
    noun = at + 1
    while noun < end and words[noun].lower in units.words("multiple-between"):
        found = role_measure(words, noun, "multiple", end)
        if found and found[1] > noun + 1:
            break
        noun += 1
    found = role_measure(words, noun, "multiple", end) if noun < end else None
    if found is None or (found[1] < end and words[found[1]].lower in ("-", "suicide")):
        return None  # "a double murder-suicide" does not say whether the murderer is one of the two
    start = at - 1 if at and words[at - 1].lower in ("a", "the") else at
    return Quantity(start, found[1], at, value, value, value, None, "person", "noun", True, True, found[0])


def singular(words: Sequence[Word], at: int, end: int) -> Quantity | None:
    """Read "a man", "a 24-year-old", "the victim" as one, "the couple" as two, "no injuries" as none."""
    lower = words[at].lower
    if lower == "no":
        noun = units.noun_after(words, at + 1, True, end)
        if noun and own_measure(words[noun.end - 1].lower):
            return Quantity(at, noun.end, at, 0.0, 0.0, 0.0, None, noun.name, "noun")
        return None
    if lower == "one":
        return _one_of(words, at, end) if at + 1 < end and words[at + 1].lower == "of" else None
    if lower not in _ARTICLES and lower not in units.words("definite"):
        return None
    stop = _head(words, at + 1, end)
    if stop is None:
        return None
    return _implied(words, at, stop)


def _implied(words: Sequence[Word], at: int, stop: int) -> Quantity:
    """Return how many a phrase without a number stands for: one, a couple, or so far the fifth."""
    rank = next((_ranks()[w.lower] for w in words[at:stop] if w.lower in _ranks()), None)
    if rank is not None:
        return Quantity(at, stop, at, rank, rank, None, "at least", "person", "noun", True, True)
    value = _groups().get(words[stop - 1].lower, 1.0)
    return Quantity(at, stop, at, value, value, value, None, "person", "noun", True, True)


def _one_of(words: Sequence[Word], at: int, end: int) -> Quantity | None:
    """Read "one of the victims" and "one of them" as one."""
    begin = at + 2
    while begin < end and words[begin].lower in units.words("definite") | {"those", "these"}:
        begin += 1
    if begin >= end:
        return None
    if words[begin].lower in ("them", "whom") or parse(words, begin):
        stop = begin + 1
    else:
        noun = units.noun_after(words, begin, True, end)
        if noun is None or noun.name != "person":
            return None
        stop = noun.end
    return Quantity(at, stop, at, 1.0, 1.0, 1.0, None, "person", "noun", True, True)


def _head(words: Sequence[Word], at: int, end: int) -> int | None:
    """Return where the noun of a phrase for one person ends; an age may stand before or for it."""
    aged = units.past_age(words, at, end) if at < end else 0
    at = aged or at
    if aged and (at >= end or words[at].lower in units.words("boundary") or not words[at].text[0].isalpha()):
        return at
    noun = units.noun_after(words, at, False, end)
    if noun is None or noun.name != "person":
        if at < end and words[at].lower in _groups():
            return at + 1
        return aged or None  # "a 24-year-old fatally shot"
    if units.is_plural(words[noun.end - 1].lower) or (
        noun.end < end and words[noun.end].lower in ("'", "'s")
    ):
        return None
    return noun.end


def headline_singulars(
    words: Sequence[Word], start: int, end: int, cues: Sequence[Cue], taken: Sequence[Quantity]
) -> list[Quantity]:
    """Read the nouns without an article of a headline as one: "Harbour man shot dead near mill"."""
    if end - start > _HEADLINE or words[end - 1].text in ".!?":
        return []
    boundary = units.words("boundary")
    ends = {q.end for q in taken}
    found: list[Quantity] = []
    for cue in cues:
        if "done" not in cue.roles and "went" not in cue.roles:
            continue
        noun = cue.start - 1
        if noun < start or cue.start in ends or not _is_one(words[noun]):
            continue
        following = words[cue.end] if cue.end < end else None
        if (
            "act" in cue.roles
            and following
            and following.text[0].isalnum()
            and following.lower not in boundary
        ):
            continue  # "Man shot deputy"
        if following and following.lower in ("a", "an", "the", "his", "her", "him", "another"):
            continue
        first = noun
        while first > max(start, noun - _PHRASE) and _belongs(words, first - 1, boundary):
            first -= 1
        if any(q.start < noun + 1 and first < q.end for q in taken):
            continue
        found.append(_implied(words, first, noun + 1))
    return found + _listed(words, start, [*taken, *found])


def _listed(words: Sequence[Word], start: int, known: Sequence[Quantity]) -> list[Quantity]:
    """Read the first members of a list in a headline: "Woman, boyfriend killed"."""
    found: list[Quantity] = []
    ends = {q.end for q in known}
    for quantity in sorted(known, key=lambda q: q.start):
        joint = quantity.start - 1
        while joint - 1 >= start and words[joint].lower in (",", "and", "&") and joint not in ends:
            if not _is_one(words[joint - 1]):
                break
            found.append(_implied(words, joint - 1, joint))
            ends.add(joint)
            joint -= 2
    return found


def _is_one(word: Word) -> bool:
    return units.is_person(word.lower) and not units.is_plural(word.lower)


def _belongs(words: Sequence[Word], at: int, boundary: frozenset[str]) -> bool:
    word = words[at]
    return (word.text[0].isalnum() or word.text == "-") and word.lower not in boundary
