"""Units: what a number counts.

Currencies are ISO 4217 codes (names and signs from ``data/units.tsv`` and, for
those that one currency alone bears, from CLDR by way of babel), people are
``person``, percent ``percent``, units of measure and other nouns stand in the
singular.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.numbers import get_currency_name

from ..data import tables
from .page import Word

_LONGEST = 3  # words of the longest unit in the table
_NOUN_PHRASE = 6  # words after a number among which its noun is looked for
_CLDR_SUPRANATIONAL = frozenset({"XAF", "XCD", "XOF", "XPF"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that ends before piece ``end``; ``kind`` as in ``data/units.tsv``, or ``noun``."""

    name: str | None
    kind: str
    end: int


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Map the words of units to ``(kind, unit)``; the table wins over CLDR."""
    found = dict(_cldr_currencies())
    for word, kind, unit in tables.rows("units"):
        if kind not in ("person", "plural", "symbol"):
            found[word] = (kind, unit)
    return found


@cache
def _cldr_currencies() -> dict[str, tuple[str, str]]:
    bearers: dict[str, set[str]] = {}
    codes = [
        code for code in map(str, Locale("en").currencies) if code[0] != "X" or code in _CLDR_SUPRANATIONAL
    ]
    for code in codes:
        for count in (1, 2):
            name = str(get_currency_name(code, count=count, locale="en")).lower()
            if "(" in name:  # withdrawn currencies carry their years
                continue
            bearers.setdefault(name, set()).add(code)
            last = name.split()[-1]
            if count == 2 and len(last) > 4 and last.endswith("s"):
                bearers.setdefault(last, set()).add(code)
    return {name: ("currency", min(of)) for name, of in bearers.items() if len(of) == 1}


@cache
def _symbols() -> dict[str, str]:
    return {row[0]: row[2] for row in tables.rows("units") if row[1] == "symbol"}


@cache
def _persons() -> frozenset[str]:
    return frozenset(row[0] for row in tables.rows("units") if row[1] == "person")


@cache
def _plurals() -> dict[str, str]:
    return {row[0]: row[2] for row in tables.rows("units") if row[1] == "plural"}


@cache
def words(role: str) -> frozenset[str]:
    """Return the words that play ``role`` in ``data/figure-words.tsv``."""
    return frozenset(w for row in tables.rows("figure-words") if row[0] == role for w in row[1].split(" | "))


def singular(word: str) -> str:
    """Return the singular of an English noun in lower case (irregular ones from the table)."""
    if word in _plurals():
        return _plurals()[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Tell whether a lower-case word looks like a plural noun."""
    if word in _plurals():
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is", "'s"))
        and word.isalpha()
    )


def is_person(word: str) -> bool:
    """Tell whether a lower-case word, singular or plural, is a noun for people."""
    return word in _persons() or singular(word) in _persons()


def known_unit(pieces: Sequence[Word], at: int) -> Unit | None:
    """Return the longest unit of the tables that stands at piece ``at``."""
    table = _known()
    for length in range(min(_LONGEST, len(pieces) - at), 0, -1):
        phrase = " ".join(p.lower for p in pieces[at : at + length]) if length > 1 else pieces[at].lower
        if phrase in table:
            kind, unit = table[phrase]
            if len(phrase) == 1 and kind == "measure" and phrase.isalpha() and pieces[at].text.isupper():
                continue  # "5G" is no weight
            return Unit(unit, kind, at + length)
    return None


def currency_before(pieces: Sequence[Word], at: int) -> tuple[str, int] | None:
    """Return the ISO 4217 code of the sign or code before piece ``at`` and the piece that it begins with.

    A bare ``$`` is USD; the letters glued to its front ("A$", "HK$") say otherwise.
    """
    sign = at - 1
    if sign < 0:
        return None
    mark = pieces[sign].lower
    symbols = _symbols()
    if (
        sign
        and mark == "$"
        and (pieces[sign - 1].end == pieces[sign].start or pieces[sign - 1].text in ("HK", "US", "NZ", "NT"))
        and pieces[sign - 1].lower + mark in symbols
    ):
        return symbols[pieces[sign - 1].lower + mark], sign - 1
    if mark in symbols and (
        not mark.isalpha()
        or (pieces[sign].text.isupper() and at < len(pieces) and pieces[sign].end == pieces[at].start)
    ):
        return symbols[mark], sign
    if mark == "." and sign and pieces[sign - 1].lower in ("rs", "rp", "rm"):
        mark, sign = pieces[sign - 1].lower, sign - 1
    kind, unit = _known().get(mark, ("", ""))
    text = pieces[sign].text
    code = text.isupper() and 2 <= len(text) <= 3
    if kind == "currency" and (code or text.rstrip(".") in ("Rs", "Rp", "KSh", "Ksh")):
        return unit, sign
    return None


def sign_after(pieces: Sequence[Word], at: int) -> str | None:
    """Return the ISO 4217 code of a currency sign glued to the end of a number ("20€")."""
    mark = pieces[at]
    glued = at > 0 and pieces[at - 1].end == mark.start
    following = at + 1 < len(pieces) and pieces[at + 1].start == mark.end and pieces[at + 1].text[0].isdigit()
    return _symbols().get(mark.text) if glued and not following and not mark.text.isalnum() else None


def degree_after(pieces: Sequence[Word], at: int) -> Unit | None:
    """Return the scale of a temperature whose letter stands at piece ``at``: "37.2 C", "98.6F"."""
    name = {"C": "degree celsius", "F": "degree fahrenheit"}.get(pieces[at].text)
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    if name is None or (following and following.start == pieces[at].end and following.text not in ".,;:)"):
        return None
    return Unit(name, "measure", at + 1)


def noun_after(pieces: Sequence[Word], at: int, plural: bool, stop: int) -> Unit | None:
    """Return the head noun of the phrase that begins at piece ``at``, singular or ``person``.

    The phrase ends at a function word, a mark, a number, or after six words.
    In the plural the head is the last of the first run of plural nouns ("two
    B-1 Lancer bombers"), else the first noun for people or the last word.
    """
    boundary = words("boundary")
    last = at
    count = 0
    while last < min(stop, len(pieces)) and count < _NOUN_PHRASE:
        word = pieces[last]
        if past := past_age(pieces, last, stop):
            last = past
            count += 1
            continue
        if word.lower in boundary or (last == at and word.lower in ("-", "/")):
            break
        if word.text in ("-", "“", '"', "’", "'", "‘", "”", "&"):
            last += 1
            continue
        if not word.text[0].isalpha():
            if last == at or not (pieces[last - 1].text == "-" or pieces[last - 1].text[0].isupper()):
                break  # a number only inside a name: "two Model 3 sedans"
        elif plural and word.lower.endswith(("ed", "ly")) and count and pieces[last - 1].lower in _plurals():
            break
        last += 1
        count += 1
    head = _plural_head(pieces, at, last) if plural else _singular_head(pieces, at, last)
    if head is None:
        return None
    lower = pieces[head].lower
    return Unit("person" if is_person(lower) else singular(lower), "noun", head + 1)


def past_age(pieces: Sequence[Word], at: int, stop: int) -> int:
    """Return where an age such as "16-year-old" or "8 year old" that begins at piece ``at`` ends, else 0."""
    if at + 2 >= stop or not (pieces[at].text[0].isdigit() or pieces[at + 1].text == "-"):
        return 0
    parts = [(i, pieces[i].lower) for i in range(at + 1, min(at + 5, stop)) if pieces[i].text != "-"]
    if len(parts) >= 2 and parts[0][1] in ("year", "month", "week", "day") and parts[1][1] in ("old", "olds"):
        return parts[1][0] + 1
    return 0


def _plural_head(pieces: Sequence[Word], at: int, last: int) -> int | None:
    capital: int | None = None
    for index in range(at, last):
        word = pieces[index]
        if not is_plural(word.lower):
            continue
        if word.text[0].isupper() and not word.text.isupper() and not is_person(word.lower):
            capital = index if capital is None else capital
            continue
        while index + 1 < last and is_plural(pieces[index + 1].lower) and pieces[index + 1].text[0].islower():
            index += 1
        return index
    if capital is None and last > at + 1 and _may_qualify(pieces[at]):
        return at  # "a 6 speed gearbox", "40 yard line"
    return capital


def _may_qualify(word: Word) -> bool:
    return (
        word.text.isalpha()
        and word.text.islower()
        and not word.lower.endswith(("ed", "ing", "ly"))
        and len(word.text) > 2
    )


def _singular_head(pieces: Sequence[Word], at: int, last: int) -> int | None:
    for index in range(at, last):
        follows = pieces[index + 1].lower if index + 1 < last else ""
        if is_person(pieces[index].lower) and not (follows and is_person(follows)):
            return index
    end = last - 1
    while end >= at and (
        pieces[end].lower.endswith(("ed", "ing", "ly")) or not pieces[end].text[0].isalpha()
    ):
        end -= 1
    return end if end >= at and pieces[end].text[0].islower() else None
