"""How rare a word or a name is: in general news (a table), and in the desk at hand.

Keys are numbered as they come, so that the rarities of many are looked up at once.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..data import tables
from .profile import Profile

_OUT_OF = 10000  # the table counts reports in so many
_DOUBT = 8  # reports that are thought to lack a word, so that a few reports do not make it common
_ROOM = 4096  # numbers that there is room for at first

Kind = Literal["word", "person", "name", "town", "figure"]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


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
        self._numbers: dict[str, dict[Hashable, int]] = {}
        self._size = 0
        self._counts: Ints = np.zeros(_ROOM, np.int32)
        self._general: Floats = np.zeros(_ROOM)
        self._places: Ints = np.full(_ROOM, -1, np.int32)
        self.reports = 0
        """How many reports of the desk were counted."""

    def add(self, one: Profile) -> None:
        """Count a report of the desk."""
        self.reports += 1
        numbers = self._all(one)
        self._counts[numbers] += 1

    def remove(self, one: Profile) -> None:
        """Take back :meth:`add`."""
        self.reports -= 1
        numbers = self._all(one)
        self._counts[numbers] -= 1

    def word(self, term: str) -> float:
        """Return the rarity of a word, 0 (in every report) to :attr:`top`."""
        return self._of("word", term)

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

    @property
    def top(self) -> float:
        """The rarity of what stands in no other report."""
        return math.log((self._weight + self.reports + 1) / 1.5)

    def numbers(self, kind: str, keys: Iterable[Hashable]) -> Ints:
        """Return the numbers of some keys of a kind, in their order; new keys get one.

        Other kinds than :data:`Kind` may be numbered as well; they have no rarity.
        """
        known = self._numbers.setdefault(kind, {})
        keys = list(keys)
        found = [known.get(key, -1) for key in keys]
        for at, number in enumerate(found):
            if number < 0:
                found[at] = self._new(known, kind, keys[at])
        return np.array(found, np.int32)

    def of(self, numbers: Ints) -> Floats:
        """Return the rarities that belong to numbers."""
        seen = self._general[numbers] + self._counts[numbers] + 0.5
        return np.maximum(0.0, np.log((self._weight + self.reports + 1) / seen))

    def contrasts(self, numbers: Ints) -> Floats:
        """Return for each number 1 for what no other two reports have, towards 0 for what they all have."""
        return 1 - np.maximum(0, self._counts[numbers] - 2) / (self.reports + _DOUBT)

    def places(self, one: Ints, many: Ints) -> Ints:
        """Return where in ``one`` each of ``many`` stands, -1 where it does not; time linear in both."""
        self._places[one] = np.arange(len(one), dtype=np.int32)
        found = self._places[many]
        self._places[one] = -1
        return found

    def _of(self, kind: Kind, key: str) -> float:
        number = self._numbers.get(kind, {}).get(key, -1)
        seen = self._general[number] + self._counts[number] if number >= 0 else self._expected(kind, key)
        return max(0.0, math.log((self._weight + self.reports + 1) / (seen + 0.5)))

    def _expected(self, kind: str, key: Hashable) -> float:
        """Return in how many of ``weight`` reports of general news a key is thought to stand."""
        share = _shares().get(str(key)) if kind == "word" else None
        return self._weight * (self._unseen.get(kind, 0.0) if share is None else share)

    def _new(self, known: dict[Hashable, int], kind: str, key: Hashable) -> int:
        number = known.setdefault(key, self._size)
        if number < self._size:
            return number
        if number == len(self._counts):
            self._counts = np.concatenate((self._counts, np.zeros_like(self._counts)))
            self._general = np.concatenate((self._general, np.zeros_like(self._general)))
            self._places = np.concatenate((self._places, np.full_like(self._places, -1)))
        self._general[number] = self._expected(kind, key)
        self._size += 1
        return number

    def _all(self, one: Profile) -> Ints:
        return np.concatenate(
            (
                self.numbers("word", one.terms),
                self.numbers("person", one.people),
                self.numbers("name", one.names),
                self.numbers("town", {town.key for town in one.towns}),
                self.numbers("figure", set(one.figures)),
            )
        )
