"""Phrases and dates near a figure: what ``data/series.toml`` lists, looked for as whole words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from ..data import tables
from ..reading.units import words as boundary
from ..records import Time

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"\bMay\b")


def days(time: Time) -> tuple[date, date] | None:
    """Return the first and the last day that a time names, ``None`` for durations and open values."""
    match = _DAY.match(time.value or "")
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    try:
        if week := _WEEK.match(time.value or ""):
            first = date.fromisocalendar(year, int(week[2]), 1)
            return first, first + timedelta(days=6)
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return date(year, 1, 1), date(year, 12, 31)
    except (ValueError, OverflowError):
        return None


def plain(text: str) -> str:
    """Return the words of a text in lower case; the month of May is left out, being no "may"."""
    return " ".join(_WORD.findall(_MONTH.sub(" ", text).replace("’", "'").lower()))


def stems(words: Iterable[str]) -> frozenset[str]:
    """Return the words that say something, cut to what their forms share."""
    dull = boundary("boundary")
    return frozenset(_stem(w) for w in words if len(w) > 3 and w not in dull and w.isalpha())


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@cache
def _phrases(name: str) -> re.Pattern[str]:
    phrases = sorted(tables.words("series", name), key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, phrases))})(?!\S)")


def has(name: str, text: str) -> bool:
    return _phrases(name).search(text) is not None


def last_of(name: str, text: str) -> int:
    """Return where the last phrase of the table that stands in the text begins, -1 where none does."""
    return max((m.start() for m in _phrases(name).finditer(text)), default=-1)


def ends_with(name: str, before: str, between: int) -> bool:
    """Tell whether a phrase of the table stands at the end, with at most ``between`` words after it."""
    tail = " ".join(before.split()[-8:])
    return any(tail[m.end() :].count(" ") <= between for m in _phrases(name).finditer(tail))


def begins_with(name: str, after: str, within: int) -> bool:
    """Tell whether a phrase of the table stands after at most ``within`` words, before any other figure."""
    head = after.split()[: within + 5]
    head = head[: head.index("n")] if "n" in head else head
    match = _phrases(name).search(" ".join(head))
    return match is not None and after[: match.start()].count(" ") <= within
