"""Finds words again in a text that may have changed: by position if they still stand there, else by quote.

The order of attempts is that of the Web Annotation selectors: a position is believed only
if the quoted words stand at it; else the quote is looked for, and of several
places that one is taken whose surroundings are most like those quoted, then the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from ..errors import ExchangeError
from ..records.span import Span

_MOST = 1000  # places of a quote that are looked at
_AROUND = 200  # characters before and after it that are compared


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they stood, with what stood before and after them. Without any they are a point."""

    exact: str
    prefix: str = ""
    suffix: str = ""


def anchor(text: str, position: Span | None, quote: Quote) -> tuple[Span, bool]:
    """Return where quoted words stand in ``text``, and whether that is where they stood before.

    Raises:
        ExchangeError: they are not there, or in several places that cannot be told apart.
    """
    if position is not None and 0 <= position[0] <= position[1] <= len(text):
        start, end = position
        around = text[:start].endswith(quote.prefix) if not quote.exact else True
        if text[start:end] == quote.exact and around:
            return position, True
    places = list(_places(text, quote))
    if not places:
        raise ExchangeError(f"the words “{quote.exact[:60]}” are not in the text")
    near = position[0] if position is not None else 0
    ranked = sorted((-_likeness(text, place, quote), abs(place[0] - near), place) for place in places)
    if len(ranked) > 1 and position is None and ranked[0][0] == ranked[1][0]:
        raise ExchangeError(f"the words “{quote.exact[:60]}” stand in several places of the text")
    return ranked[0][2], False


def _places(text: str, quote: Quote) -> Iterator[Span]:
    if not quote.exact:  # a point: behind the words before it
        for start, end in _places(text, Quote(quote.prefix)) if quote.prefix else ():
            yield end, end if start <= end else start
        return
    at, count = text.find(quote.exact), 0
    while at >= 0 and count < _MOST:
        yield at, at + len(quote.exact)
        at, count = text.find(quote.exact, at + 1), count + 1
    words = quote.exact.split()
    if count or not words:
        return
    loose = re.compile(r"\s+".join(map(re.escape, words)))  # no two repetitions meet: linear
    for number, match in enumerate(loose.finditer(text)):
        if number == _MOST:
            return
        yield match.span()


def _likeness(text: str, place: Span, quote: Quote) -> int:
    """Return how many characters on both sides are as they were."""
    start, end = place
    prefix, suffix = quote.prefix[-_AROUND:], quote.suffix[:_AROUND]
    before = text[max(0, start - _AROUND) : start]
    behind = text[end : end + _AROUND]
    return _alike(reversed(before), reversed(prefix)) + _alike(behind, suffix)


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
