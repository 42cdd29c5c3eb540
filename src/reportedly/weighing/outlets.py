"""Which outlet is meant: "the Herald", "the Miami Herald newspaper" and "Miami Herald" are one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..data import outlets, tables
from .identities import acronym, folded

_SIGN = re.compile(r"\(([A-Z]{2,6})\)")
_HEAD, _TAIL = 120, 60  # characters of a report within which an agency signs it


class Outlets:
    """The outlets that have reports in a story, by the names that others may call them.

    ``signed`` are texts of reports: letters in brackets at their head or end ("(AP)")
    stand for the one outlet whose name has them in this order.
    """

    def __init__(self, names: Iterable[str], signed: Iterable[str] = ()) -> None:
        self._names = sorted({n for n in names if n})
        self._signs: dict[str, str] = {}
        letters = {s for text in signed for s in _SIGN.findall(text[:_HEAD] + text[-_TAIL:])}
        for sign in sorted(letters):
            fits = [n for n in self._names if _stands_for(sign.lower(), folded(n))]
            if len(fits) == 1:
                self._signs[sign.lower()] = fits[0]

    def find(self, called: str) -> str | None:
        """Return the outlet among these that goes by ``called``; ``None`` if none does, or several do."""
        wanted = folded(outlets.canonical(called))
        same = [n for n in self._names if folded(outlets.canonical(n)) == wanted]
        if len(same) == 1:
            return same[0]
        letters = wanted.replace(" ", "")
        if letters in self._signs:
            return self._signs[letters]
        short = [n for n in self._names if len(letters) > 1 and acronym(n) == letters]
        if len(short) == 1:
            return short[0]
        for fits in (_same_words, _shortened, _lengthened):
            near = [name for name in self._names if fits(wanted.split(), folded(name).split())]
            if near:
                return near[0] if len(near) == 1 else None
        return None


def _stands_for(sign: str, name: str) -> bool:
    """Tell whether a name begins with the first letter of a sign and has the others in order ("VPW")."""
    at = 0
    for k, letter in enumerate(sign):
        at = name.find(letter, at)
        if at < 0 or (k == 0 and at > 0):
            return False
        at += 1
    return len(sign) > 1


def _same_words(called: list[str], name: list[str]) -> bool:
    return bool(called) and _undescribed(called) == _undescribed(name)


def _undescribed(words: list[str]) -> list[str]:
    described = tables.words("weighing", "outlets.described")
    return [w for w in words if w not in described] or words


def _shortened(called: list[str], name: list[str]) -> bool:
    """ "The Herald" is the Miami Herald, "Radio Saren" is Radio Saren Two; "Miami" and "Saren" are towns."""
    called = _undescribed(called)
    if not called or len(called) >= len(name):
        return False
    if name[0] in tables.words("weighing", "outlets.first"):
        return len(called) > 1 and name[: len(called)] == called
    return name[-len(called) :] == called


def _lengthened(called: list[str], name: list[str]) -> bool:
    """ "The state-owned Herald" is the Herald: the whole name stands in it."""
    count = len(name)
    return any(called[k : k + count] == name for k in range(len(called) - count + 1))


def outlet_words(name: str) -> frozenset[str]:
    """Return the words of an outlet's name that tell it from others; all of them if none does."""
    words = folded(name).split()
    plain = tables.words("weighing", "outlets.plain")
    return frozenset(w for w in words if w not in plain) or frozenset(words)


def same_outlet(a: str | None, b: str | None) -> bool:
    """Tell whether two names stand for one outlet."""
    return bool(a and b) and Outlets([a or ""]).find(b or "") is not None
