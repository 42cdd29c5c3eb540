"""Words of time: each piece of a page gets a class, so that patterns can be laid over them.

The classes of a page are one string with one character a piece, in which a
pattern of classes (:mod:`reportedly.reading.timegrammar`) is an ordinary
regular expression over a small alphabet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ..data import tables
from .numbers import entries
from .page import Word

_CONTEXT_ROLES = frozenset(
    {"future", "pastword", "lasting", "naming", "datebefore", "yearbefore", "seasonafter", "ahead"}
)
_MARKS = {
    ",": "comma",
    "-": "hyphen",
    "–": "hyphen",
    ":": "colon",
    "/": "slash",
    "'": "tick",
    "’": "tick",
    "‘": "tick",
}
_NUMERIC = ("year", "day", "num2", "num", "word", "scale", "iso", "q", "hhmm", "other_number")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_DECADE = re.compile(r"(?:1\d|20|21)?\d0s")
_QUARTER = re.compile(r"q[1-4]|[1-4]q|h[12]")
_SEASON_BEFORE = frozenset({"last", "this", "next", "early", "late", "every", "each", "same"})
_THE_BEFORE = frozenset({"in", "since", "until", "by", "of", "during", "over", "this"})
_OTHER = "\ue000"
_MORE = "\ue001"


@cache
def _lexicon() -> tuple[dict[str, tuple[str, str]], dict[str, int]]:
    """Map phrases to ``(class, value)``, and first words to the length in words of their longest phrase."""
    phrases: dict[str, tuple[str, str]] = {}
    longest: dict[str, int] = {}
    for row in tables.rows("times"):
        if row[1] in _CONTEXT_ROLES:
            continue
        phrases.setdefault(row[0], (row[1], row[2] if len(row) > 2 else ""))
        first = row[0].split()[0]
        longest[first] = max(len(row[0].split()), longest.get(first, 0))
    return phrases, longest


@cache
def context(role: str) -> frozenset[str]:
    """Return the words of ``data/times.tsv`` that show a direction or a duration (``future`` …)."""
    return frozenset(row[0] for row in tables.rows("times") if row[1] == role)


@cache
def codes() -> dict[str, str]:
    """Return the character that stands for each class; ``more`` continues a phrase, ``other`` is the rest."""
    names = dict.fromkeys(
        [*(c for c, _ in _lexicon()[0].values()), *dict.fromkeys(_MARKS.values()), *_NUMERIC]
    )
    return {"other": _OTHER, "more": _MORE, **{name: chr(0xE002 + i) for i, name in enumerate(names)}}


@cache
def _starters() -> dict[str, tuple[str, str]]:
    """Map single words that no longer phrase begins with to ``(code, value)``."""
    phrases, longest = _lexicon()
    code = codes()
    found = {w: (code[c], v) for w, (c, v) in phrases.items() if longest.get(w) == 1 and not v.endswith("!")}
    found.update({mark: (code[name], "") for mark, name in _MARKS.items()})
    for word, entry in entries().items():
        if entry.kind in ("digit", "teen", "ten"):
            found[word] = (code["word"], str(int(entry.value)))
        elif entry.kind in ("hundred", "scale"):
            found[word] = (code["scale"], str(int(entry.value)))
    return found


def classify(pieces: Sequence[Word]) -> tuple[str, list[str], frozenset[int]]:
    """Return the classes of ``pieces`` as a string of codes, the value of each piece, and the possessives.

    These are the numbers of the pieces that were read without their "'s" ("yesterday's").
    """
    simple, longest = _starters(), _lexicon()[1]
    found: list[str] = []
    values: list[str] = []
    owners: set[int] = set()
    at = 0
    while at < len(pieces):
        lower = pieces[at].lower
        if lower.endswith("'s") and len(lower) > 2 and lower not in longest and lower != "that's":
            lower = lower[:-2]
            owners.add(at)
        entry = simple.get(lower)
        if entry:
            found.append(entry[0])
            values.append(entry[1])
        elif lower in longest:
            code, value, length, owner = _phrase(pieces, at, longest[lower])
            found.append(code + _MORE * (length - 1))
            values.extend([value] * length)
            at += length
            if owner:
                owners.add(at - 1)
            continue
        elif lower[0].isdigit() or (len(lower) == 2 and lower[1].isdigit()):
            code, value = _numeric(lower)
            found.append(code)
            values.append(value)
        else:
            found.append(_OTHER)
            values.append("")
        at += 1
    return "".join(found), values, frozenset(owners)


def _phrase(pieces: Sequence[Word], at: int, longest: int) -> tuple[str, str, int, bool]:
    """Return class, value and length of the longest phrase from ``at`` on, and whether it is a possessive."""
    phrases = _lexicon()[0]
    for length in range(min(longest, len(pieces) - at), 0, -1):
        text = " ".join(p.lower for p in pieces[at : at + length]) if length > 1 else pieces[at].lower
        for form in (text, text[:-2]) if text.endswith("'s") else (text,):
            if form in phrases:
                name, value = phrases[form]
                if value.endswith("!"):
                    if not _is_date_word(pieces, at, name):
                        continue
                    value = value[:-1]
                return codes()[name], value, length, form != text
    lower = pieces[at].lower
    simple = _starters().get(lower) or _starters().get(lower.removesuffix("'s"))
    return (simple[0], simple[1], 1, lower.endswith("'s")) if simple else (_OTHER, "", 1, False)


def _is_date_word(pieces: Sequence[Word], at: int, name: str) -> bool:
    """Tell whether a month, weekday or season that is also another word is one here."""
    before = pieces[at - 1].lower if at else ""
    after = pieces[at + 1].lower if at + 1 < len(pieces) else ""
    if name == "season":
        if after == "of":
            following = pieces[at + 2].lower if at + 2 < len(pieces) else ""
            return _is_year(following) or following in ("last", "this", "next", "that")
        return (
            _is_year(after)
            or before in _SEASON_BEFORE
            or after in context("seasonafter")
            or (before == "the" and at > 1 and pieces[at - 2].lower in _THE_BEFORE)
        )
    if not pieces[at].text[0].isupper():
        return False
    if after[:1].isdigit():
        return True
    if name == "weekday":
        return pieces[at].text.endswith(".") or (
            after in (",", ".") and at + 2 < len(pieces) and pieces[at + 2].text[0].isupper()
        )
    return (before in context("datebefore") or before[:1].isdigit()) and not (
        before == "the" and pieces[at].lower in ("march", "mar")
    )


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit() and 1000 <= int(text) < 2200


def _numeric(text: str) -> tuple[str, str]:
    code = codes()
    if text.isascii() and text.isdigit():
        if len(text) == 4:
            return code["year" if _is_year(text) else "hhmm"], text
        if len(text) <= 2:
            return code["day" if 1 <= int(text) <= 31 else "num2"], text
        return code["num" if len(text) <= 9 else "other_number"], text
    ordinal = _ORDINAL.fullmatch(text)
    if ordinal and int(ordinal[1]) >= 1:
        return code["ordinal"], ordinal[1]
    if _DECADE.fullmatch(text):
        return code["decade"], text[:-2]
    if _ISO.match(text):
        return code["iso"], text
    if _QUARTER.fullmatch(text):
        return code["q"], text
    if re.fullmatch(r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,6})?|\d{1,6}\.\d{1,6}", text):
        return code["num"], text.replace(",", "")
    return code["other_number"], text
