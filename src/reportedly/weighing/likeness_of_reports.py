"""How likely two reports are about the same happening, and why.

Logistic regression over what two profiles share. What is shared counts by how
rare it is, so that a name that stands in every report of a desk tells little
about which of them belong together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ..data import tables
from .profile import EPOCH, Profile, Town
from .rarity import Rarity, general_rarity

Key = TypeVar("Key", str, int)
_MAIN_TOWNS = 3
_FAR = 80.0  # kilometres
_RARE = 0.6  # of the highest rarity
_KILOMETRES = 111.2  # a degree
_MOST = 5.0  # log-odds beyond this are no surer
_REASONS = 7
_SHOWN = 3
_SIMILAR = 15  # per cent

FEATURES = (
    "text", "lead", "text and lead", "title", "cover", "rare words", "contrast", "general", "lead contrast",
    "person", "more people", "silent person", "surname", "no person",
    "names", "name", "names contrast", "towns", "town", "other country",
    "days", "old day", "days apart", "month",
    "gap", "long gap", "gap and text", "gap and person",
    "figure", "ages", "other ages", "acts", "undated", "undated and text", "town and day",
)  # fmt: skip
"""The names of what :func:`features` measures, in its order."""


@dataclass(frozen=True)
class Weighed:
    """A profile whose words, names and towns are weighed by rarity; vectors have length 1."""

    profile: Profile
    text: dict[str, float]
    lead: dict[str, float]
    title: dict[str, float]
    contrast: dict[str, float]
    general: dict[str, float]
    lead_contrast: dict[str, float]
    names: dict[str, float]
    names_contrast: dict[str, float]
    towns: dict[str, float]
    days: dict[int, float]
    acts: dict[str, float]
    rare: frozenset[str]
    mass: float
    people: frozenset[str]
    silent: frozenset[str]
    surnames: Mapping[str, str]
    figures: frozenset[str]
    ages: frozenset[str]
    at: int
    """How many reports the desk had when this was weighed."""


def weigh(one: Profile, rarity: Rarity) -> Weighed:
    """Weigh what stands in a profile by its rarity now.

    ``text`` weighs words by their rarity in general news and desk together,
    ``general`` in general news alone, and ``contrast`` by that times the share
    of the desk's reports that lack the word.
    """
    words = {term: rarity.word(term) for term in one.terms}
    often = {term: 1 + math.log(count) for term, count in one.terms.items()}
    news = {term: r for term in one.terms if (r := general_rarity(term)) > 1.0}
    told = {term: r * rarity.contrast("word", term) for term, r in news.items()}
    text = _unit({term: often[term] * r for term, r in words.items() if r > 1.0})
    days = dict(one.days)
    if one.dated:
        today = int(one.day // 1)
        days[today] = days.get(today, 0.0) + 0.5
    full = frozenset(key for key in one.people if " " in key)
    return Weighed(
        profile=one,
        text=text,
        lead=_unit({term: words[term] for term in one.lead if term in words}),
        title=_unit({term: words[term] for term in one.heading if term in words}),
        contrast=_unit({term: often[term] * r for term, r in told.items()}),
        general=_unit({term: often[term] * r for term, r in news.items()}),
        lead_contrast=_unit({term: told[term] for term in one.lead if term in told}),
        names=_unit({key: (1 + math.log(n)) * rarity.name(key) for key, n in one.names.items()}),
        names_contrast=_unit(_names_contrast(one, rarity)),
        towns=_unit({t.key: (1 + math.log(t.count)) * rarity.town(t.key) for t in one.towns}),
        days=_unit(days),
        acts=_unit({act: 1 + math.log(n) for act, n in one.acts.items()}),
        rare=frozenset(term for term, r in words.items() if r > _RARE * rarity.top),
        mass=sum(text.values()),
        people=full,
        silent=full - frozenset(one.voices),
        surnames={key.rsplit(" ", 1)[-1]: key for key in one.people},
        figures=frozenset(one.figures),
        ages=frozenset(f for f in one.figures if f.endswith("|year|age")),
        at=rarity.reports,
    )


def _names_contrast(one: Profile, rarity: Rarity) -> dict[str, float]:
    found = {f"n:{key}": (1 + math.log(n)) * rarity.contrast("name", key) for key, n in one.names.items()}
    for key, n in one.people.items():
        found[f"p:{key}"] = (1 + math.log(n)) * rarity.contrast("person", key)
    for town in one.towns:
        found[f"t:{town.key}"] = (1 + math.log(town.count)) * rarity.contrast("town", town.key) / 2
    return found


def features(a: Weighed, b: Weighed, rarity: Rarity) -> list[float]:
    """Return what two reports share, about 0 to 1 each, in the order of :data:`FEATURES`."""
    one, two = a.profile, b.profile
    top = rarity.top
    common = a.text.keys() & b.text.keys()
    text = sum(a.text[k] * b.text[k] for k in common)
    cover = sum(a.text[k] for k in common) / a.mass if a.mass else 0.0
    if b.mass and len(b.text) < len(a.text):
        cover = sum(b.text[k] for k in common) / b.mass
    rare = math.log1p(sum(rarity.word(k) / top - _RARE for k in a.rare & b.rare))
    lead = dot(a.lead, b.lead)
    people = sorted((rarity.person(k) / top for k in a.people & b.people), reverse=True)
    person = people[0] if people else 0.0
    silent = max((rarity.person(k) / top for k in a.people & b.people & (a.silent | b.silent)), default=0.0)
    surname = max((rarity.word(k) / top for k in shared_surnames(a, b)), default=0.0)
    nobody = bool(a.silent) and bool(b.silent) and not people and not surname
    name = max((rarity.name(k) / top for k in a.names.keys() & b.names.keys()), default=0.0)
    town = max((rarity.town(k) / top for k in a.towns.keys() & b.towns.keys()), default=0.0)
    foreign = bool(one.countries) and bool(two.countries) and not one.countries.keys() & two.countries.keys()
    days = dot(a.days, b.days)
    first = min(one.day, two.day) - 1.5
    old = any(day < first for day in a.days.keys() & b.days.keys())
    apart = min((abs(x - y) for x in one.days for y in two.days), default=0)
    dated = one.dated and two.dated
    gap = abs(one.day - two.day) if dated else 0.0
    long = math.log1p(gap) / 5
    figure = max((rarity.figure(k) / top for k in a.figures & b.figures), default=0.0)
    spread = min(1.0, math.log1p(apart) / 4)
    return [
        text, lead, text * lead, dot(a.title, b.title), cover, rare,
        dot(a.contrast, b.contrast), dot(a.general, b.general), dot(a.lead_contrast, b.lead_contrast),
        person, min(3.0, sum(people[1:])), silent, surname, float(nobody),
        dot(a.names, b.names), name, dot(a.names_contrast, b.names_contrast),
        dot(a.towns, b.towns), town, float(foreign),
        days, float(old), spread, float(not set(one.months).isdisjoint(two.months)),
        long, float(gap > 30), long * text, long * max(person, surname),
        figure, float(len(a.ages & b.ages)),
        float(bool(a.ages) and bool(b.ages) and a.ages.isdisjoint(b.ages)),
        dot(a.acts, b.acts), float(not dated), 0.0 if dated else text, town * days,
    ]  # fmt: skip


def shared_surnames(a: Weighed, b: Weighed) -> list[str]:
    """Return surnames that both have, at least one without a first name, of people they do not share."""
    shared = a.people & b.people
    return sorted(
        name
        for name in a.surnames.keys() & b.surnames.keys()
        if not (" " in a.surnames[name] and " " in b.surnames[name]) and a.surnames[name] not in shared
    )


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


def _unit(vector: dict[Key, float]) -> dict[Key, float]:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {key: value / length for key, value in vector.items()} if length else {}


def dot(one: Mapping[Key, float], two: Mapping[Key, float]) -> float:
    """Return the dot product of two sparse vectors."""
    return sum(one[key] * two[key] for key in one.keys() & two.keys())


def log_odds(values: Iterable[float]) -> float:
    """Return the natural logarithm of the odds that two reports with these features are of one happening."""
    table = tables.toml("stories")["likeness"]
    weights: Mapping[str, float] = table["weights"]
    total: float = table["bias"] + sum(
        weights[name] * value for name, value in zip(FEATURES, values, strict=True)
    )
    return max(-_MOST, min(_MOST, total))


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


def reasons(a: Weighed, b: Weighed, rarity: Rarity) -> tuple[str, ...]:
    """Return what speaks for and against two reports being of one happening, in words; at most seven."""
    return tuple([*_shared(a, b, rarity), *_different(a, b)][:_REASONS])


def _shared(a: Weighed, b: Weighed, rarity: Rarity) -> Iterable[str]:
    one, two = a.profile, b.profile
    people = sorted(a.people & b.people, key=lambda key: (-rarity.person(key), key))
    if people:
        yield f"both name {_listed(one.shown.get(key, key) for key in people)}"
    surnames = shared_surnames(a, b)
    if surnames and not people:
        yield f"both have the name {_listed(one.shown.get(a.surnames[key], key) for key in surnames)}"
    days = sorted(a.profile.days.keys() & b.profile.days.keys())
    towns = [town for town in one.towns if town.key in b.towns]
    if towns:
        spelt = (town.name.title() if town.name.isupper() else town.name for town in towns)
        yield f"same place, {_listed(spelt)}"
    if days:
        yield f"both speak of {_listed(_date(day) for day in days)}"
    names = sorted(a.names.keys() & b.names.keys(), key=lambda key: (-rarity.name(key), key))
    if names:
        yield f"both name {_listed(one.shown.get(key, key) for key in names)}"
    figures = sorted(a.figures & b.figures, key=lambda key: (-rarity.figure(key), key))
    if figures:
        yield f"same figures: {_listed(_figure(key) for key in figures)}"
    if one.dated and two.dated:
        yield f"published {_gap(abs(one.day - two.day))}"
    share = round(100 * dot(a.text, b.text))
    rare = sorted(
        a.rare & b.rare - {word for key in people for word in key.split()}, key=lambda t: (-rarity.word(t), t)
    )
    if share >= _SIMILAR:
        yield f"wording {share}% alike" + (f" ({_listed(rare)})" if rare else "")


def _different(a: Weighed, b: Weighed) -> Iterable[str]:
    if a.silent and b.silent and not a.people & b.people and not shared_surnames(a, b):
        yield "but they name different people"
    if not a.towns.keys() & b.towns.keys() and _kilometres(a.profile.towns, b.profile.towns) > _FAR:
        yield f"but different places, {a.profile.towns[0].name} and {b.profile.towns[0].name}"
    if a.ages and b.ages and a.ages.isdisjoint(b.ages):
        yield "but different ages"


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
