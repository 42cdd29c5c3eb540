"""The features of one report by which reports of the same happening are found.

A profile is made once, when a report is filed, and is small enough to keep:
word counts, people and other names, towns and countries, the days that the
report speaks of, what happened, and the figures given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import msgspec

from ..reading.gazetteer import name_key
from ..records import Place, Reading
from .filed import Filed

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
EPOCH = date(1970, 1, 1).toordinal()
"""The ordinal of the day that profiles count from."""

_FACTS = frozenset({"occurred", "ongoing"})
_TERMS = 400  # different words that are kept
_NAMES = 60  # names, towns and figures of each kind that are kept
_LEAD = 70  # words of the body that count as its lead
_YEARS = 20000  # days: a date further from publication is a mistake or history


class Town(msgspec.Struct, frozen=True, array_like=True):
    """A town: its name, GeoNames id, whereabouts in degrees, and how often it is named."""

    name: str
    geonames: int | None
    lat: float | None
    lon: float | None
    count: int

    @property
    def key(self) -> str:
        """Its GeoNames id where it has one, else its name."""
        return str(self.geonames) if self.geonames is not None else name_key(self.name)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one report when it is compared with others.

    ``day`` is its publication (or when it was seen, where ``dated`` is false) in
    days since 1970-01-01 UTC. ``terms`` counts words, ``lead`` and ``heading``
    are those of its beginning and title (see :func:`stems`). ``people`` and
    ``names`` map the key of a name to how often it is mentioned, ``shown`` to
    its spelling; ``voices`` are the people who are sources in the report.
    ``towns`` begin with the one that is named most. ``days`` maps days since
    1970 that the report speaks of to their weight, ``months`` are those that it
    names without a day ("2014-02"). ``acts`` counts PLOVER ``TYPE/mode``.
    ``figures`` are ``value|unit|measure``.
    """

    id: str
    title: str | None
    day: float
    dated: bool
    language: str | None
    terms: dict[str, int]
    lead: tuple[str, ...]
    heading: tuple[str, ...]
    people: dict[str, int]
    voices: tuple[str, ...]
    names: dict[str, int]
    shown: dict[str, str]
    towns: tuple[Town, ...]
    countries: dict[str, int]
    days: dict[int, float]
    months: tuple[str, ...]
    acts: dict[str, int]
    figures: tuple[str, ...]


def profile(filed: Filed) -> Profile:
    """Return the features of one report. It needs no other report and takes time linear in the text."""
    reading = filed.reading
    report = reading.report
    words = stems(report.text)
    heading = stems(report.title or _first_line(report.text))
    people, voices, names = _names(reading)
    published = filed.published.timestamp() / 86400
    days, months = _times(reading, int(published // 1))
    kept = people.keys() | names.keys()
    return Profile(
        id=filed.id,
        title=report.title,
        day=round(published, 6),
        dated=filed.published_iso is not None,
        language=report.language,
        terms=dict(Counter([*words, *heading]).most_common(_TERMS)),
        lead=tuple(dict.fromkeys([*heading, *words[:_LEAD]])),
        heading=tuple(dict.fromkeys(heading)) if report.title else (),
        people=people,
        voices=voices,
        names=names,
        shown={key: e.name for e in reversed(reading.entities) if (key := name_key(e.name)) in kept},
        towns=_towns(reading.places),
        countries=dict(Counter(place.country for place in reading.places if place.country)),
        days=days,
        months=months,
        acts=dict(
            Counter(f"{event.type}/{event.mode or ''}" for event in reading.events).most_common(_NAMES)
        ),
        figures=tuple(dict.fromkeys(_figures(reading)))[:_NAMES],
    )


def stems(text: str) -> list[str]:
    """Return the words of a text in lower case, without possessives and the commonest endings."""
    return [_stem(word) for word in _WORD.findall(text.replace("’", "'").lower())]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """Cut plural and verb endings, as far as two forms of a word become the same (Harman 1991)."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 4 else word


def day_number(iso: str) -> int | None:
    """Return the days from 1970-01-01 to the ISO date that ``iso`` begins with, ``None`` if there is none."""
    try:
        return date.fromisoformat(iso[:10]).toordinal() - EPOCH
    except ValueError:
        return None


def _first_line(text: str) -> str:
    return text.lstrip().split("\n", 1)[0][:200]


def _names(reading: Reading) -> tuple[dict[str, int], tuple[str, ...], dict[str, int]]:
    """Return people, those of them who are sources, and other names; places and the outlet left out."""
    skipped = {name_key(place.text) for place in reading.places} | {name_key(reading.report.outlet or "")}
    speakers = {a.source.entity for a in reading.attributions if a.source.entity}
    people: Counter[str] = Counter()
    names: Counter[str] = Counter()
    voices: dict[str, None] = {}
    for entity in reading.entities:
        key = name_key(entity.name)
        if len(key) < 3 or key in skipped:
            continue
        if entity.schema == "Person":
            people[key] += len(entity.mentions)
            if entity.id in speakers:
                voices[key] = None
        elif entity.schema != "Address":
            names[key] += len(entity.mentions)
    return dict(people.most_common(_NAMES)), tuple(voices), dict(names.most_common(_NAMES))


def _towns(places: Iterable[Place]) -> tuple[Town, ...]:
    towns: dict[str, Town] = {}
    for place in places:
        if (
            place.precision not in ("city", "exact", None)
            or not place.text[:1].isupper()
            or len(place.text) < 3
        ):
            continue
        town = Town(place.text, place.geonames, place.lat, place.lon, 1)
        old = towns.get(town.key)
        towns[town.key] = msgspec.structs.replace(old, count=old.count + 1) if old else town
    return tuple(sorted(towns.values(), key=lambda town: -town.count)[:_NAMES])


def _times(reading: Reading, today: int) -> tuple[dict[int, float], tuple[str, ...]]:
    """Return the days spoken of (twice the weight where something happened on them) and bare months."""
    happened = {event.time for event in reading.events if event.time and event.status in _FACTS}
    days: dict[int, float] = {}
    months: dict[str, None] = {}
    for time in reading.times:
        value = time.value or ""
        if _MONTH.fullmatch(value):
            months[value] = None
        elif _DAY.match(value):
            day = day_number(value)
            if day is not None and abs(day - today) < _YEARS:
                days[day] = days.get(day, 0.0) + (2.0 if time.id in happened else 1.0)
    return days, tuple(months)


def _figures(reading: Reading) -> Iterable[str]:
    for figure in reading.figures:
        value = figure.value if figure.value is not None else figure.low
        if value is not None and (figure.unit or figure.measure):
            yield f"{value:g}|{figure.unit or ''}|{figure.measure or ''}"
