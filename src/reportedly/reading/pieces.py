"""Pieces: the words of a page cut finer, for readers of numbers and times.

``3bn`` becomes ``3`` and ``bn``, ``10-year-old`` becomes ``10 - year - old``,
``Rs500`` becomes ``Rs`` and ``500``. ISO dates stay whole.
"""

from __future__ import annotations

import re
from functools import cache

from ..data import tables
from .page import Page, Word

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_PREFIXED = re.compile(r"([^\W\d_]{1,4}\.?)(\d.*)")
_SUFFIXED = re.compile(r"(\d+(?:,\d+)*(?:\.\d+)?)([^\W\d_][^\W\d_/.]*\.?(?:m\.)?)")
_CLOCK_SUFFIXES = frozenset({"am", "pm", "a.m.", "p.m.", "a.m", "p.m", "hrs", "gmt", "utc"})


@cache
def _suffixes() -> frozenset[str]:
    scales = {row[0] for row in tables.rows("numbers") if row[1] in ("suffix", "scale")}
    units = {
        row[0]
        for row in tables.rows("units")
        if row[1] in ("measure", "percent", "currency", "minor", "duration")
    }
    return frozenset(scales | units | _CLOCK_SUFFIXES)


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(row[0] for row in tables.rows("units") if row[1] in ("currency", "symbol"))


def pieces(page: Page) -> list[Word]:
    """Return the words of ``page`` in order, compounds cut at hyphens and at figures."""
    found: list[Word] = []
    for word in page.words:
        text = word.text
        if len(text) > 1 and ("-" in text or text[-1].isalpha() != text[0].isalpha() or text[0].isdigit()):
            _cut(word, found)
        else:
            found.append(word)
    return found


def _cut(word: Word, found: list[Word]) -> None:
    if "-" not in word.text or _ISO_DATE.match(word.text):
        _cut_part(word.text, word.start, found)
        return
    start = word.start
    for number, part in enumerate(word.text.split("-")):
        if number:
            found.append(Word("-", "-", start, start + 1))
            start += 1
        if part:
            _cut_part(part, start, found)
            start += len(part)


def _cut_part(text: str, start: int, found: list[Word]) -> None:
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed and prefixed[1].lower() in _prefixes():
        _add(prefixed[1], start, found)
        start += len(prefixed[1])
        text = prefixed[2]
    suffixed = _SUFFIXED.fullmatch(text)
    if suffixed and suffixed[2].lower() in _suffixes():
        _add(suffixed[1], start, found)
        _add(suffixed[2], start + len(suffixed[1]), found)
    else:
        _add(text, start, found)


def _add(text: str, start: int, found: list[Word]) -> None:
    found.append(Word(text, text.lower().replace("’", "'"), start, start + len(text)))
