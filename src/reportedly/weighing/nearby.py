"""Finds, among many reports, the few that may be about the same happening as one.

An inverted index over what tells reports apart: people, other names, towns,
rare words. Of each key's reports only those published nearest are looked at, so
a search takes the same time however many reports there are.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable

from .profile import Profile
from .rarity import general_rarity

_WORDS = 24  # rarest words of a report that are keys
_TOWNS = 6
_EACH_SIDE = 40  # reports of a key looked at before and after a day


class Nearby:
    """The index. Reports are put in and taken out by their profiles."""

    def __init__(self) -> None:
        self._reports: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self._all: set[str] = set()

    def add(self, one: Profile) -> None:
        """Put a report in; it must not be in yet."""
        self._all.add(one.id)
        for key in set(_keys(one)):
            insort(self._reports[key], (one.day, one.id))

    def remove(self, one: Profile) -> None:
        """Take a report out that was put in with the same profile."""
        self._all.discard(one.id)
        for key in set(_keys(one)):
            entries = self._reports[key]
            del entries[bisect_left(entries, (one.day, one.id))]
            if not entries:
                del self._reports[key]

    def find(self, one: Profile, limit: int) -> list[str]:
        """Return at most ``limit`` ids of other reports, those that share the most of what is rare first.

        In a desk of no more than ``limit`` reports those are all the others.
        """
        if len(self._all) <= limit:
            return sorted(self._all - {one.id})
        shared: dict[str, float] = defaultdict(float)
        for key in dict.fromkeys(_keys(one)):
            entries = self._reports.get(key)
            if not entries:
                continue
            weight = math.log1p(len(self._all) / len(entries))
            at = bisect_left(entries, (one.day, one.id))
            for _, other in entries[max(0, at - _EACH_SIDE) : at + _EACH_SIDE + 1]:
                shared[other] += weight
        shared.pop(one.id, None)
        return [other for other, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:limit]]


def _keys(one: Profile) -> Iterable[str]:
    for name in one.people:
        yield f"p:{name}"
        yield f"s:{name.rsplit(' ', 1)[-1]}"
    yield from (f"n:{name}" for name in one.names)
    yield from (f"t:{town.key}" for town in one.towns[:_TOWNS])
    weights = {term: (1 + math.log(count)) * general_rarity(term) for term, count in one.terms.items()}
    yield from sorted(weights, key=lambda term: (-weights[term], term))[:_WORDS]
