"""Why two reports are thought to be about the same happening, or about different ones, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from .profile import EPOCH, Town
from .rarity import Rarity
from .weights import Weighed, shared_surnames

_MAIN_TOWNS = 3
_FAR = 80.0  # kilometres
_KILOMETRES = 111.2  # a degree
_REASONS = 7
_SHOWN = 3
_SIMILAR = 15  # per cent


def reasons(a: Weighed, b: Weighed, rarity: Rarity) -> tuple[str, ...]:
    """Return what speaks for and against two reports being of one happening, in words; at most seven."""
    return tuple([*_shared(a, b, rarity), *_different(a, b)][:_REASONS])


def _shared(a: Weighed, b: Weighed, rarity: Rarity) -> Iterable[str]:
    one, two = a.profile, b.profile
    people = sorted(a.traits.people & b.traits.people, key=lambda key: (-rarity.person(key), key))
    if people:
        yield f"both name {_listed(one.shown.get(key, key) for key in people)}"
    surnames = shared_surnames(a.traits, b.traits)
    if surnames and not people:
        yield f"both have the name {_listed(one.shown.get(a.traits.surnames[key], key) for key in surnames)}"
    days = sorted(a.profile.days.keys() & b.profile.days.keys())
    there = {town.key for town in two.towns}
    towns = [town for town in one.towns if town.key in there]
    if towns:
        spelt = (town.name.title() if town.name.isupper() else town.name for town in towns)
        yield f"same place, {_listed(spelt)}"
    if days:
        yield f"both speak of {_listed(_date(day) for day in days)}"
    names = sorted(one.names.keys() & two.names.keys(), key=lambda key: (-rarity.name(key), key))
    if names:
        yield f"both name {_listed(one.shown.get(key, key) for key in names)}"
    figures = sorted({*one.figures} & {*two.figures}, key=lambda key: (-rarity.figure(key), key))
    if figures:
        yield f"same figures: {_listed(_figure(key) for key in figures)}"
    if one.dated and two.dated:
        yield f"published {_gap(abs(one.day - two.day))}"
    share = round(100 * _alike(a, b))
    named = {word for key in people for word in key.split()}
    rare = sorted((_rare(a) & _rare(b)) - named, key=lambda term: (-rarity.word(term), term))
    if share >= _SIMILAR:
        yield f"wording {share}% alike" + (f" ({_listed(rare)})" if rare else "")


def _different(a: Weighed, b: Weighed) -> Iterable[str]:
    one, two = a.traits, b.traits
    if one.silent and two.silent and not one.people & two.people and not shared_surnames(one, two):
        yield "but they name different people"
    apart = {town.key for town in a.profile.towns}.isdisjoint(town.key for town in b.profile.towns)
    if apart and _kilometres(a.profile.towns, b.profile.towns) > _FAR:
        yield f"but different places, {a.profile.towns[0].name} and {b.profile.towns[0].name}"
    if one.ages and two.ages and one.ages.isdisjoint(two.ages):
        yield "but different ages"


def _alike(a: Weighed, b: Weighed) -> float:
    """Return the cosine of two reports' words."""
    theirs: dict[int, float] = dict(zip(b.traits.words.tolist(), b.columns[:, 0].tolist(), strict=True))
    mine: list[tuple[int, float]] = list(zip(a.traits.words.tolist(), a.columns[:, 0].tolist(), strict=True))
    return sum(value * theirs.get(number, 0.0) for number, value in mine)


def _rare(one: Weighed) -> set[str]:
    return {term for term, rare in zip(sorted(one.profile.terms), one.rare, strict=True) if rare}


def _listed(words: Iterable[str]) -> str:
    first = list(words)
    return ", ".join(first[:_SHOWN]) + (f" and {len(first) - _SHOWN} more" if len(first) > _SHOWN else "")


def _date(number: int) -> str:
    day = date.fromordinal(number + EPOCH)
    return f"{day.day} {day:%B} {day.year}"


def _figure(key: str) -> str:
    value, unit, measure = key.split("|", 2)
    return " ".join(part for part in (value, unit, measure) if part)


def _gap(days: float) -> str:
    if days < 1:
        return "within a day"
    if days < 2:
        return "a day apart"
    return f"{days:.0f} days apart"


def _kilometres(one: Iterable[Town], two: Iterable[Town]) -> float:
    """Return the way between the nearest main towns of two reports, ``nan`` where one has none."""
    best = math.nan
    for a in list(one)[:_MAIN_TOWNS]:
        for b in list(two)[:_MAIN_TOWNS]:
            if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
                continue
            east = (a.lon - b.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
            way = math.hypot(a.lat - b.lat, east) * _KILOMETRES
            if not way > best:
                best = way
    return best
