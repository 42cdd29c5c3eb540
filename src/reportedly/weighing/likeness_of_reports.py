"""How likely two reports are about the same happening.

Logistic regression over what two profiles share. What is shared counts by how
rare it is, so that a name that stands in every report of a desk tells little
about which of them belong together. One report is compared with many at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..data import tables
from .profile import Profile
from .rarity import Floats, Rarity
from .reasons import reasons
from .weights import (
    ACT,
    AGE,
    COLUMNS,
    COUNTRY,
    DAY,
    FIGURE,
    FULL,
    MONTH,
    NAME,
    PERSON,
    SILENT,
    SURNAME,
    TOWN,
    Mask,
    Weighed,
    shared_surnames,
    weigh,
)

_RARE = 0.6  # of the highest rarity
_MOST = 5.0  # log-odds beyond this are no surer
_MOST_PEOPLE = 3.0
_LONG_GAP = 30  # days
_OLD = 1.5  # days before publication from which a day is an old one

FEATURES = (
    "text", "lead", "text and lead", "title", "cover", "rare words", "contrast", "general", "lead contrast",
    "person", "more people", "silent person", "surname", "no person",
    "names", "name", "names contrast", "towns", "town", "other country",
    "days", "old day", "days apart", "month",
    "gap", "long gap", "gap and text", "gap and person",
    "figure", "ages", "other ages", "acts", "undated", "undated and text", "town and day",
)  # fmt: skip
"""The names of what :func:`features` measures, in its order."""


def features(a: Weighed, b: Weighed, rarity: Rarity) -> list[float]:
    """Return what two reports share, about 0 to 1 each, in the order of :data:`FEATURES`."""
    row: list[float] = features_of(a, [b], rarity)[0].tolist()
    return row


def features_of(one: Weighed, others: Sequence[Weighed], rarity: Rarity) -> Floats:
    """Return what a report shares with each of ``others``, shape ``(others, len(FEATURES))``.

    What two reports share is the same, to the last bit, whichever of them is ``one``.
    """
    words = _shared_words(one, others, rarity)
    keys = _Keys(one, others, rarity)
    text, lead = words.columns["text"], words.columns["lead"]
    person, people = keys.rarest(PERSON, both=FULL)
    silent, _ = keys.rarest(PERSON, both=FULL, either=SILENT)
    surname = _surname(one, others, rarity, keys.count(SURNAME) > 0)
    named = keys.count(PERSON, both=FULL) > 0
    nobody = bool(one.traits.silent) & _has(other.traits.silent for other in others) & ~named & (surname == 0)
    abroad = bool(one.profile.countries) & _has(other.profile.countries for other in others)
    foreign = abroad & (keys.count(COUNTRY) == 0)
    days, town = keys.product(DAY), keys.rarest(TOWN)[0]
    dated = one.profile.dated & _has(other.profile.dated for other in others)
    when = np.array([other.profile.day for other in others])
    gap = np.where(dated, np.abs(one.profile.day - when), 0.0)
    long = np.log1p(gap) / 5
    ages = keys.count(FIGURE, both=AGE)
    aged = bool(one.traits.ages) & _has(other.traits.ages for other in others)
    rows = [
        text, lead, text * lead, words.columns["title"], words.cover, words.rare,
        words.columns["contrast"], words.columns["general"], words.columns["lead contrast"],
        person, np.minimum(_MOST_PEOPLE, people - person), silent, surname, nobody,
        keys.product(NAME), keys.rarest(NAME)[0], keys.told(),
        keys.product(TOWN), town, foreign,
        days, keys.oldest_day() < np.minimum(one.profile.day, when) - _OLD,
        np.minimum(1.0, np.log1p(_days_apart(one, others)) / 4), keys.count(MONTH) > 0,
        long, gap > _LONG_GAP, long * text, long * np.maximum(person, surname),
        keys.rarest(FIGURE)[0], ages, aged & (ages == 0),
        keys.product(ACT), ~dated, np.where(dated, 0.0, text), town * days,
    ]  # fmt: skip
    return np.stack([np.asarray(row, np.float64) for row in rows], axis=1)


class _Words(NamedTuple):
    """What words two reports share: products of their columns, how much of the shorter one, how rare."""

    columns: Mapping[str, Floats]
    cover: Floats
    rare: Floats


def _shared_words(one: Weighed, others: Sequence[Weighed], rarity: Rarity) -> _Words:
    count = len(others)
    numbers = np.concatenate([other.traits.words for other in others])
    places = rarity.places(one.traits.words, numbers)
    hits = np.flatnonzero(places >= 0)
    mine = places[hits]
    owner = np.repeat(np.arange(count), [len(other.traits.words) for other in others])[hits]
    own, theirs = one.columns[mine], np.concatenate([other.columns for other in others])[hits]
    products = own * theirs
    columns = {name: _sums(owner, products[:, k], count) for k, name in enumerate(COLUMNS)}
    common = products[:, 0] > 0
    covers = [
        _sums(owner, side[:, 0] * common, count) / (masses + (masses == 0))
        for side, masses in ((own, np.array([one.mass])), (theirs, np.array([o.mass for o in others])))
    ]
    size = one.size, one.profile.id
    shorter = [bool(o.mass) and (o.size, o.profile.id) < size for o in others]
    both = np.flatnonzero(np.concatenate([other.rare for other in others])[hits] & one.rare[mine])
    rarities = rarity.of(numbers[hits[both]]) / rarity.top - _RARE
    rare = np.log1p(_sums(owner[both], rarities, count))
    return _Words(columns, np.where(shorter, covers[1], covers[0]), rare)


class _Keys:
    """What a report and each of several others share beside words: names, people, days and so on."""

    def __init__(self, one: Weighed, others: Sequence[Weighed], rarity: Rarity) -> None:
        self._one, self._others, self._rarity = one, others, rarity
        numbers = np.concatenate([other.traits.keys for other in others])
        places = rarity.places(one.traits.keys, numbers)
        hits = np.flatnonzero(places >= 0)
        self._mine = places[hits]
        self._numbers = numbers[hits]
        self._owner = np.repeat(np.arange(len(others)), [len(other.traits.keys) for other in others])[hits]
        self._kinds = one.traits.kinds[self._mine]
        self._flags = (
            one.traits.flags[self._mine],
            np.concatenate([other.traits.flags for other in others])[hits],
        )
        self._values = one.values[self._mine] * np.concatenate([other.values for other in others])[hits]
        self._told = one.told[self._mine] * np.concatenate([other.told for other in others])[hits]

    def product(self, kind: int) -> Floats:
        """Return the cosines of the keys of a kind."""
        some = self._kinds == kind
        return _sums(self._owner[some], self._values[some], len(self._others))

    def told(self) -> Floats:
        """Return the cosines of names, people and towns together, by contrast."""
        return _sums(self._owner, self._told, len(self._others))

    def count(self, kind: int, both: int = 0) -> npt.NDArray[np.int64]:
        """Return how many keys of a kind are shared; with the flag ``both`` on both sides."""
        return np.bincount(self._owner[self._some(kind, both)], minlength=len(self._others))

    def rarest(self, kind: int, both: int = 0, either: int = 0) -> tuple[Floats, Floats]:
        """Return how rare the rarest shared key of a kind is, as a share of the highest rarity, and the sum.

        The flag ``both`` must stand on both sides, ``either`` on one of them.
        """
        some = self._some(kind, both)
        if either:
            some = some[((self._flags[0][some] | self._flags[1][some]) & either) > 0]
        shares = self._rarity.of(self._numbers[some]) / self._rarity.top
        most = np.zeros(len(self._others))
        np.maximum.at(most, self._owner[some], shares)
        return most, _sums(self._owner[some], shares, len(self._others))

    def oldest_day(self) -> Floats:
        """Return the oldest day that both speak of, in days since 1970; infinity where there is none."""
        some = self._some(DAY)
        first = int(np.searchsorted(self._one.traits.kinds, DAY))
        found = np.full(len(self._others), np.inf)
        np.minimum.at(found, self._owner[some], self._one.traits.calendar[self._mine[some] - first])
        return found

    def _some(self, kind: int, both: int = 0) -> npt.NDArray[np.int64]:
        some = np.flatnonzero(self._kinds == kind)
        return some[(self._flags[0][some] & self._flags[1][some] & both) > 0] if both else some


def _sums(owner: npt.NDArray[np.int64], values: Floats, count: int) -> Floats:
    """Return the sums of the values of each owner, 0 to ``count`` - 1."""
    return np.bincount(owner, values, count).astype(np.float64, copy=False)


def _has(values: Iterable[object]) -> Mask:
    return np.array([bool(value) for value in values], np.bool_)


def _surname(one: Weighed, others: Sequence[Weighed], rarity: Rarity, shared: Mask) -> Floats:
    """Return how rare the rarest surname is that stands, on one side at least, without a first name."""
    found = np.zeros(len(others))
    for at in np.flatnonzero(shared).tolist():
        names = shared_surnames(one.traits, others[at].traits)
        found[at] = max((rarity.word(name) / rarity.top for name in names), default=0.0)
    return found


def _days_apart(one: Weighed, others: Sequence[Weighed]) -> Floats:
    """Return how far apart the nearest days are that a report and each of ``others`` speak of; 0 for none."""
    found = np.full(len(others), np.inf)
    if len(one.traits.spoken):
        days = np.concatenate([other.traits.spoken for other in others])
        owner = np.repeat(np.arange(len(others)), [len(other.traits.spoken) for other in others])
        after = np.minimum(np.searchsorted(one.traits.spoken, days), len(one.traits.spoken) - 1)
        before = np.maximum(after - 1, 0)
        ways = np.minimum(np.abs(one.traits.spoken[after] - days), np.abs(one.traits.spoken[before] - days))
        np.minimum.at(found, owner, ways)
    return np.where(np.isinf(found), 0.0, found)


def log_odds(values: Iterable[float]) -> float:
    """Return the natural logarithm of the odds that two reports with these features are of one happening."""
    return float(odds_of(np.array([list(values)]))[0])


def odds_of(rows: Floats) -> Floats:
    """Return the log-odds of many pairs; ``rows`` is what :func:`features_of` returns."""
    bias, weights = _weights()
    total: Floats = np.full(len(rows), bias)
    for weight, column in zip(weights, rows.T, strict=True):  # adds up in the same order for one or many
        total += weight * column
    capped: Floats = np.maximum(-_MOST, np.minimum(_MOST, total))
    return capped


@cache
def _weights() -> tuple[float, tuple[float, ...]]:
    table = tables.toml("stories")["likeness"]
    return table["bias"], tuple(table["weights"][name] for name in FEATURES)


def probability(odds: float) -> float:
    """Return the probability, 0 to 1, that log-odds stand for."""
    return 1 / (1 + math.exp(-odds))


def likeness(a: Profile, b: Profile, rarity: Rarity | None = None) -> tuple[float, tuple[str, ...]]:
    """Return how likely two reports are of the same happening, 0 to 1, and why, the weightiest reason first.

    ``rarity`` knows how rare names and words are in the desk; without it, in general news alone.
    """
    rarity = rarity or Rarity()
    one, two = weigh(a, rarity), weigh(b, rarity)
    return probability(log_odds(features(one, two, rarity))), reasons(one, two, rarity)
