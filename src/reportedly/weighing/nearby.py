"""Finds, among many reports, the few that may be about the same happening as one.

An inverted index over what tells reports apart: people, other names, towns,
rare words. Of each key's reports only those published nearest are looked at, so
a search takes the same time however many reports there are.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from .profile import Profile
from .rarity import general_rarity

_WORDS = 24  # rarest words of a report that are keys
_TOWNS = 6
_EACH_SIDE = 40  # reports of a key looked at before and after a day


@dataclass(slots=True)
class _Row:
    """The reports of one key by day, those of one day by id; ``reports`` are their numbers."""

    days: array[float] = field(default_factory=lambda: array("d"))
    reports: array[int] = field(default_factory=lambda: array("i"))


class Nearby:
    """The index. Reports are put in and taken out by their profiles."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}
        self._numbers: dict[str, int] = {}  # of the reports that are in
        self._names: list[str] = []  # by number; a report that comes again gets a new one

    def add(self, one: Profile) -> None:
        """Put a report in; it must not be in yet."""
        number = self._numbers[one.id] = len(self._names)
        self._names.append(one.id)
        for key in set(_keys(one)):
            row = self._rows.setdefault(key, _Row())
            at = self._place(row, one)
            row.days.insert(at, one.day)
            row.reports.insert(at, number)

    def remove(self, one: Profile) -> None:
        """Take a report out that was put in with the same profile."""
        for key in set(_keys(one)):
            row = self._rows[key]
            at = self._place(row, one)
            del row.days[at], row.reports[at]
            if not row.days:
                del self._rows[key]
        del self._numbers[one.id]

    def find(self, one: Profile, limit: int) -> list[str]:
        """Return at most ``limit`` ids of other reports, those that share the most of what is rare first.

        In a desk of no more than ``limit`` reports those are all the others.
        """
        if len(self._numbers) <= limit:
            return sorted(self._numbers.keys() - {one.id})
        near, lengths, weights = array("i"), [], []
        for key in dict.fromkeys(_keys(one)):
            row = self._rows.get(key)
            if row is None:
                continue
            at = self._place(row, one)
            some = row.reports[max(0, at - _EACH_SIDE) : at + _EACH_SIDE + 1]
            near.extend(some)
            lengths.append(len(some))
            weights.append(math.log1p(len(self._numbers) / len(row.days)))
        if not near:
            return []
        shared = np.bincount(np.frombuffer(near, np.intc), weights=np.repeat(weights, lengths))
        own = self._numbers.get(one.id)
        if own is not None and own < len(shared):
            shared[own] = 0.0
        found = np.flatnonzero(shared)
        if len(found) > limit:
            least = np.partition(shared[found], len(found) - limit)[len(found) - limit]
            found = found[shared[found] >= least]
        ranked = sorted((-weight, self._names[k]) for k, weight in zip(found, shared[found], strict=True))
        return [name for _, name in ranked[:limit]]

    def _place(self, row: _Row, one: Profile) -> int:
        """Return where in a row a report stands, or would stand."""
        low, high = bisect_left(row.days, one.day), bisect_right(row.days, one.day)
        if low == high:
            return low
        return bisect_left(row.reports, one.id, low, high, key=self._names.__getitem__)


def _keys(one: Profile) -> Iterator[str]:
    for name in one.people:
        yield f"p:{name}"
        yield f"s:{name.rsplit(' ', 1)[-1]}"
    yield from (f"n:{name}" for name in one.names)
    yield from (f"t:{town.key}" for town in one.towns[:_TOWNS])
    weights = [(-(1 + math.log(count)) * general_rarity(term), term) for term, count in one.terms.items()]
    yield from (term for _, term in sorted(weights)[:_WORDS])
