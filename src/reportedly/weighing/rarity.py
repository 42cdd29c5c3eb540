"""How rare a word or a name is: in general news (a table), and in the desk at hand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Literal

from ..data import tables
from .profile import Profile

_OUT_OF = 10000  # the table counts reports in so many
_DOUBT = 8  # reports that are thought to lack a word, so that a few reports do not make it common

Kind = Literal["word", "person", "name", "town", "figure"]


@cache
def _shares() -> Mapping[str, float]:
    return {term: int(count) / _OUT_OF for term, count in tables.rows("word-shares")}


@lru_cache(maxsize=65536)
def general_rarity(term: str) -> float:
    """Return how rare a word is in general news: 0 if it stands in every report, about 7 if in none."""
    unseen: float = tables.toml("stories")["rarity"]["unseen"]["word"]
    return -math.log(_shares().get(term, unseen))


class Rarity:
    """Inverse document frequencies (Spärck Jones 1972), of general news pooled with those of a desk.

    General news counts as much as ``weight`` reports of the desk, so that a desk
    of a dozen reports about one happening does not find its very subject common.
    """

    def __init__(self) -> None:
        table = tables.toml("stories")["rarity"]
        self._weight: float = table["weight"]
        self._unseen: Mapping[str, float] = table["unseen"]
        self._counts: Counter[tuple[Kind, str]] = Counter()
        self.reports = 0
        """How many reports of the desk were counted."""

    def add(self, one: Profile) -> None:
        """Count a report of the desk."""
        self.reports += 1
        self._counts.update(set(_keys(one)))

    def remove(self, one: Profile) -> None:
        """Take back :meth:`add`."""
        self.reports -= 1
        self._counts.subtract(set(_keys(one)))

    def word(self, term: str) -> float:
        """Return the rarity of a word, 0 (in every report) to :attr:`top`."""
        return self._of("word", term, _shares().get(term))

    def person(self, key: str) -> float:
        """Return the rarity of a person's name."""
        return self._of("person", key)

    def name(self, key: str) -> float:
        """Return the rarity of another name."""
        return self._of("name", key)

    def town(self, key: str) -> float:
        """Return the rarity of a town."""
        return self._of("town", key)

    def figure(self, key: str) -> float:
        """Return the rarity of a figure."""
        return self._of("figure", key)

    def contrast(self, kind: Kind, key: str) -> float:
        """Return 1 for what no other two reports of the desk have, towards 0 for what they all have."""
        return 1 - max(0, self._counts[kind, key] - 2) / (self.reports + _DOUBT)

    @property
    def top(self) -> float:
        """The rarity of what stands in no other report."""
        return math.log((self._weight + self.reports + 1) / 1.5)

    def _of(self, kind: Kind, key: str, share: float | None = None) -> float:
        general = self._weight * (self._unseen[kind] if share is None else share)
        found = math.log((self._weight + self.reports + 1) / (general + self._counts[kind, key] + 0.5))
        return max(0.0, found)


def _keys(one: Profile) -> Iterable[tuple[Kind, str]]:
    yield from (("word", term) for term in one.terms)
    yield from (("person", key) for key in one.people)
    yield from (("name", key) for key in one.names)
    yield from (("town", town.key) for town in one.towns)
    yield from (("figure", key) for key in one.figures)
