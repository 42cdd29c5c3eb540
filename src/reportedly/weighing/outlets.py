"""Which outlet is meant: "the Herald", "the Miami Herald newspaper" and "Miami Herald" are one."""

from __future__ import annotations

from collections.abc import Iterable

from ..data import outlets, tables
from .identities import acronym, folded


class Outlets:
    """The outlets that have reports in a story, by the names that others may call them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted({n for n in names if n})
        self._words = {name: outlet_words(name) for name in self._names}

    def find(self, called: str) -> str | None:
        """Return the outlet among these that goes by ``called``; ``None`` if none does, or several do."""
        wanted = folded(outlets.canonical(called))
        same = [n for n in self._names if folded(outlets.canonical(n)) == wanted]
        if len(same) == 1:
            return same[0]
        letters = wanted.replace(" ", "")
        short = [n for n in self._names if len(letters) > 1 and acronym(n) == letters]
        if len(short) == 1:
            return short[0]
        words = outlet_words(called)
        if not words:
            return None
        for fits in (words.__eq__, words.__le__, words.__ge__):
            near = [name for name, own in self._words.items() if own and fits(own)]
            if near:
                return near[0] if len(near) == 1 else None
        return None


def outlet_words(name: str) -> frozenset[str]:
    """Return the words of an outlet's name that tell it from others; all of them if none does."""
    words = folded(name).split()
    plain = tables.words("weighing", "outlets.plain")
    return frozenset(w for w in words if w not in plain) or frozenset(words)


def same_outlet(a: str | None, b: str | None) -> bool:
    """Tell whether two names stand for one outlet."""
    return bool(a and b) and Outlets([a or ""]).find(b or "") is not None
