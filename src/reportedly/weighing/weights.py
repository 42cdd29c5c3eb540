"""A profile weighed by how rare its words and names are, as arrays, so that many are compared at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .profile import Profile
from .rarity import Floats, Ints, Rarity, general_rarity

Mask = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.int8]

COLUMNS = ("text", "lead", "title", "contrast", "general", "lead contrast")
KINDS = ("name", "person", "town", "figure", "day", "act", "month", "country", "surname")
NAME, PERSON, TOWN, FIGURE, DAY, ACT, MONTH, COUNTRY, SURNAME = range(len(KINDS))
FULL, SILENT = 1, 2  # of a person: with a first name; and no source
AGE = 1  # of a figure

_RARE = 0.6  # of the highest rarity
_NEWS = 1.0  # the general rarity of a word that says something


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What a profile brings to a comparison before anything is weighed; it stays as it is.

    ``words`` are the numbers of its words (of :class:`.rarity.Rarity`), in
    alphabetical order, ``often`` how much their counts weigh, ``news`` their
    rarity in general news (0 where they say nothing), ``lead`` and ``heading``
    mark where they stand. ``keys`` are the numbers of its names, days and so on,
    ``kinds`` says which each is (a place in :data:`KINDS`), ``flags`` more of it,
    ``counts`` how often it is there. ``calendar`` are the days among the keys, with
    the one of publication, ``spoken`` those that the report speaks of; both in days
    since 1970, ascending.
    """

    profile: Profile
    words: Ints
    often: Floats
    news: Floats
    lead: Mask
    heading: Mask
    keys: Ints
    kinds: Flags
    flags: Flags
    counts: Floats
    calendar: Floats
    spoken: Floats
    people: frozenset[str]
    silent: frozenset[str]
    surnames: Mapping[str, str]
    ages: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A profile whose words, names, towns and so on are weighed by how rare they are.

    ``columns`` are the weights of its words, shape ``(words, len(COLUMNS))``:
    ``text`` weighs by rarity in general news and desk together, ``general`` in
    general news alone, ``contrast`` by that times the share of the desk's reports
    that lack the word. ``rare`` marks the rarest. ``values`` are the weights of its
    keys among those of their kind, ``told`` those of names, people and towns
    together, by contrast. Weights of each sort make a vector of length 1.
    """

    traits: Traits
    columns: Floats
    rare: Mask
    values: Floats
    told: Floats
    mass: float
    size: int
    at: int
    """How many reports the desk had when this was weighed."""

    @property
    def profile(self) -> Profile:
        return self.traits.profile


def traits(one: Profile, rarity: Rarity) -> Traits:
    """Return a profile's words and names by their numbers, with how much each counts before rarity."""
    terms = sorted(one.terms)
    general = np.fromiter(map(general_rarity, terms), np.float64, len(terms))
    lead, heading = set(one.lead), set(one.heading)
    people = frozenset(key for key in one.people if " " in key)
    silent = people - frozenset(one.voices)
    surnames = {key.rsplit(" ", 1)[-1]: key for key in one.people}
    ages = frozenset(figure for figure in one.figures if figure.endswith("|year|age"))
    days = dict(one.days)
    if one.dated:
        today = int(one.day // 1)
        days[today] = days.get(today, 0.0) + 0.5
    flags = dict.fromkeys(people, FULL) | dict.fromkeys(silent, FULL | SILENT) | dict.fromkeys(ages, AGE)
    found: list[Mapping[Any, float]] = [
        one.names,
        one.people,
        {town.key: town.count for town in one.towns},
        dict.fromkeys(one.figures, 0),
        days,
        one.acts,
        dict.fromkeys(one.months, 0),
        dict.fromkeys(one.countries, 0),
        dict.fromkeys(surnames, 0),
    ]
    rows = [sorted(row) for row in found]
    return Traits(
        profile=one,
        words=rarity.numbers("word", terms),
        often=_often([one.terms[term] for term in terms]),
        news=np.where(general > _NEWS, general, 0.0),
        lead=np.array([term in lead for term in terms], np.bool_),
        heading=np.array([term in heading for term in terms], np.bool_),
        keys=np.concatenate([rarity.numbers(kind, row) for kind, row in zip(KINDS, rows, strict=True)]),
        kinds=np.repeat(np.arange(len(KINDS), dtype=np.int8), [len(row) for row in rows]),
        flags=np.array([flags.get(key, 0) for row in rows for key in row], np.int8),
        counts=np.array([row[key] for row in found for key in sorted(row)], np.float64),
        calendar=np.array(rows[DAY], np.float64),
        spoken=np.array(sorted(one.days), np.float64),
        people=people,
        silent=silent,
        surnames=surnames,
        ages=ages,
    )


def weigh(one: Profile | Traits, rarity: Rarity) -> Weighed:
    """Weigh what stands in a profile by its rarity now."""
    of = one if isinstance(one, Traits) else traits(one, rarity)
    rarities = rarity.of(of.words)
    apart = of.news * rarity.contrasts(of.words)
    text = _unit(of.often * np.where(rarities > _NEWS, rarities, 0.0))
    columns = (
        text,
        _unit(rarities * of.lead),
        _unit(rarities * of.heading),
        _unit(of.often * apart),
        _unit(of.often * of.news),
        _unit(apart * of.lead),
    )
    values, told = np.zeros(len(of.keys)), np.zeros(len(of.keys))
    rows = np.searchsorted(of.kinds, np.arange(len(KINDS) + 1))
    for kind in (NAME, PERSON, TOWN):
        row = slice(rows[kind], rows[kind + 1])
        often, keys = _often(of.counts[row]), of.keys[row]
        told[row] = often * rarity.contrasts(keys) / (2 if kind == TOWN else 1)
        if kind != PERSON:
            values[row] = _unit(often * rarity.of(keys))
    days, acts = (slice(rows[kind], rows[kind + 1]) for kind in (DAY, ACT))
    values[days] = _unit(of.counts[days])
    values[acts] = _unit(_often(of.counts[acts]))
    return Weighed(
        traits=of,
        columns=np.stack(columns, axis=1),
        rare=rarities > _RARE * rarity.top,
        values=values,
        told=_unit(told),
        mass=float(text.sum()),
        size=int(np.count_nonzero(text)),
        at=rarity.reports,
    )


def shared_surnames(a: Traits, b: Traits) -> list[str]:
    """Return surnames that both have, at least one without a first name, of people they do not share."""
    shared = a.people & b.people
    return sorted(
        name
        for name in a.surnames.keys() & b.surnames.keys()
        if not (" " in a.surnames[name] and " " in b.surnames[name]) and a.surnames[name] not in shared
    )


def _often(counts: Sequence[int] | Floats) -> Floats:
    return 1 + np.log(np.asarray(counts, np.float64))


def _unit(vector: Floats) -> Floats:
    length = math.sqrt(float(vector @ vector))
    return vector / length if length else vector
