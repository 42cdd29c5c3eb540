"""Numbers that count nothing: years, addresses, labels, scores, codes, pronouns.

Section 12, 1600 Harbour Road, a 3-1 win, B-52, "one another", 12:30.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..data import tables
from . import units
from .measures import role_measure
from .numbers import Number, figures_value
from .page import Word

DASHES = ("-", "–", "—")
_JOINTS = frozenset("-–/.:#_@&+'’")  # a number glued to the back of one of these is part of a name or code
_PREFIXES = frozenset({"mid", "pre", "post", "sub"})


@cache
def bounds(side: str) -> dict[str, str]:
    """Return the phrases of bound that stand ``before`` or ``after`` a number, or as its ``tail``."""
    rows = (row for row in tables.rows("figure-words") if row[0] == side)
    return {phrase: row[2] if len(row) > 2 else "" for row in rows for phrase in row[1].split(" | ")}


def names(
    pieces: Sequence[Word], at: int, last: Number, money: bool, unit: units.Unit, floor: int, ranged: bool
) -> bool:
    """Tell whether the number names, dates, orders or scores, and counts nothing."""
    if money:
        return False
    word = pieces[at]
    before = pieces[at - 1] if at > 0 else None
    after = pieces[last.end] if last.end < len(pieces) else None
    glued_before = before is not None and before.end == word.start
    glued_after = after is not None and last.end and pieces[last.end - 1].end == after.start
    if glued_before and before is not None and before.text in _JOINTS:
        percents = before.text in DASHES and at >= 2 and pieces[at - 2].text == "%"  # "by 55%-41%"
        prefixed = percents or (before.text == "-" and at >= 2 and pieces[at - 2].lower in _PREFIXES)
        spanned = before.text == "–" and unit.name is not None
        spanned = spanned or (before.text in "'’" and _opens(pieces, at, unit))
        if not prefixed:
            return not spanned and not is_minus(pieces, at)
    if (
        glued_after
        and after is not None
        and after.text in ("/", ":", "@", "_", "'", "’", ",")
        and last.end + 1 < len(pieces)
    ):
        following = pieces[last.end + 1]
        if following.start == after.end and following.text[0].isdigit():
            return True  # 12:30, 5'11, 12,5
    if word.lower == "one" and _is_pronoun(pieces, at, last, unit):
        return True
    if unit.name is None and at == floor and after is not None and after.text == "," and word.text.isalpha():
        return True  # "Two, the port was closed."
    if last.kind != "plain":
        return before is not None and before.lower in units.words("label-words")
    if _is_item(pieces, at, last, floor):
        return True
    if glued_after and after is not None and after.text in DASHES and last.end + 1 < len(pieces):
        following = pieces[last.end + 1]
        if following.start == after.end and figures_value(following.text) is not None:
            return True  # 555-1234, 3-1, 2014-15
    if ranged and (_is_score(pieces, at, last, floor) and unit.kind in ("", "noun")):
        return True
    if unit.kind in ("percent", "currency", "measure", "duration", "age"):
        return False
    if _is_label(before, floor, at) or _is_address(pieces, last):
        return True
    if _is_year(word.text, before, after, unit):
        return True
    if (
        unit.name is None
        and before is not None
        and before.text == ","
        and (after is None or after.text in ",.;")
    ):
        aside = after is not None and after.text == ","  # "Ana Rui, 31, said", "the pilot, 44, died"
        return at >= 2 and (pieces[at - 2].text[0].isupper() or (aside and pieces[at - 2].text.isalpha()))
    named = (
        before is not None
        and at > floor
        and before.text[0].isupper()
        and before.lower not in units.words("boundary")
        and before.lower not in units.words("bridge-left")
        and not (after is not None and role_measure(pieces, last.end, "done", last.end + 5))
        and not role_measure(pieces, at - 1, "act", at)
    )
    return bool(
        named
        and unit.name is None
        and before is not None
        and before.lower not in bounds("before")
        and at - 1 > floor
    )


def _opens(pieces: Sequence[Word], at: int, unit: units.Unit) -> bool:
    """Tell whether the tick before a number opens a quotation: "'100 percent' sure", unlike "the '90s"."""
    free = at < 2 or pieces[at - 2].end < pieces[at - 1].start
    return free and unit.kind in ("percent", "currency", "measure")


def _is_item(pieces: Sequence[Word], at: int, last: Number, floor: int) -> bool:
    """Tell whether a number numbers an item of a list: "1. The port", "2) The town", "(3.)"."""
    if last.end >= len(pieces) or len(pieces[at].text) > 3 or last.end > at + 1:
        return False
    mark = pieces[last.end]
    if mark.text not in (".", ")") or mark.start != pieces[at].end:
        return False
    return at == floor or (pieces[at - 1].text == "(" and len(pieces[at].text) < 3)


def is_minus(pieces: Sequence[Word], at: int) -> bool:
    if at == 0:
        return False
    sign = pieces[at - 1]
    glued = sign.end == pieces[at].start and (at < 2 or pieces[at - 2].end < sign.start)
    return (sign.text in ("-", "−", "–") and glued) or sign.lower == "minus"


def _is_pronoun(pieces: Sequence[Word], at: int, last: Number, unit: units.Unit) -> bool:
    if last.end > at + 1 or last.kind == "fraction":
        return False
    before = pieces[at - 1].lower if at else ""
    after = pieces[at + 1].lower if at + 1 < len(pieces) else ""
    compared = before == "than" and at >= 2 and pieces[at - 2].lower in ("more", "less")
    if before in units.words("one-after") and not compared:
        return True
    return after in units.words("one-before")


def _is_score(pieces: Sequence[Word], at: int, last: Number, floor: int) -> bool:
    near = pieces[max(floor, at - 5) : at]
    after = pieces[last.end : last.end + 2]
    return any(p.lower in units.words("score") for p in (*near, *after))


def _is_label(before: Word | None, floor: int, at: int) -> bool:
    return before is not None and at - 1 >= floor and before.lower in units.words("label")


def _is_address(pieces: Sequence[Word], last: Number) -> bool:
    """Tell whether capitalised words up to a street word follow: "1600 Harbour Road"."""
    if last.end < len(pieces) and pieces[last.end].lower == "block":
        return True
    for word in pieces[last.end : last.end + 4]:
        if word.lower in units.words("street") and word.text[0].isupper():
            return True
        if not (word.text[0].isupper() or word.text[0].isdigit() or word.text == "."):
            return False
    return False


def _is_year(text: str, before: Word | None, after: Word | None, unit: units.Unit) -> bool:
    """Tell whether a bare four-figure number is a year (1500 to 2199)."""
    if len(text) != 4 or not text.isdigit() or not 1500 <= int(text) <= 2199:
        return False
    if before is not None and before.lower in bounds("before") and unit.name is not None:
        return False
    return (
        1900 <= int(text) <= 2100
        or unit.name is None
        or (before is not None and before.lower in units.words("year-before"))
    )
