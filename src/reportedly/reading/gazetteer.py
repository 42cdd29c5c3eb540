"""The gazetteer: which places a name may stand for, which is meant, and which governments go by it.

The index (``data/gazetteer.tsv.gz``) is GeoNames data under CC BY 4.0, compiled by
``training/build_gazetteer.py``. It is text of four parts that stand between lines
with a lone ``%``: a header; the names' keys; for each key the numbers of its rows
(``full|other|short``, each by population); the rows. It is read on first use.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast

import numpy as np

from ..data import tables

Kind = Literal["C", "T", "S", "A", "B", "Q", "P"]
"""Country, continent, sea or wider region, first-order and second-order region, capital, other town."""

Form = Literal["full", "other", "short"]
"""A place's own name, another name of it, or a form that counts only after a comma ("Ill.")."""

WELL_KNOWN = frozenset({"US", "CA", "AU", "GB"})
"""Countries whose regions English-language news names without saying where they are."""

_FORMS: tuple[Form, ...] = ("full", "other", "short")
_SHORTENED = {"st": "saint", "mt": "mount", "ft": "fort", "ste": "sainte"}


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the index. ``admin`` is GeoNames' code of its first-order region."""

    number: int
    name: str
    kind: Kind
    country: str
    admin: str
    geonames: int | None
    lat: float
    lon: float
    population: int


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return the form under which a name is looked up.

    Letters without case and accents, hyphens as spaces, no full stops or
    apostrophes, "St." as "saint", no leading "the".
    """
    if name.isascii():
        plain = name
    else:
        plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = plain.casefold().replace("-", " ").replace("–", " ")
    for mark in ".'’‘`":
        plain = plain.replace(mark, "")
    parts = [_SHORTENED.get(p, p) for p in plain.split()]
    if len(parts) > 1 and parts[0] == "the":
        del parts[0]
    return " ".join(parts)


class _Lines:
    """Lines of UTF-8 text, kept as one piece of memory and cut when asked for."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        breaks = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == 10)
        self._ends = np.append(breaks, len(text)).astype(np.int32)

    def __getitem__(self, number: int) -> str:
        start = int(self._ends[number - 1]) + 1 if number else 0
        return self._text[start : int(self._ends[number])].decode("utf-8")


class Gazetteer:
    """The index in memory: a dictionary of keys, and rows that are parsed when they are asked for."""

    def __init__(self, text: bytes) -> None:
        _, names, references, rows = text.split(b"\n%\n")
        keys = names.decode("utf-8").split("\n")
        self._numbers = dict(zip(keys, range(len(keys)), strict=True))
        self._references = _Lines(references)
        self._rows = _Lines(rows)
        self.row = lru_cache(maxsize=16384)(self._row)
        self.find = lru_cache(maxsize=16384)(self._find)

    def __contains__(self, key: str) -> bool:
        return key in self._numbers

    def _row(self, number: int) -> Row:
        name, kind, country, admin, geonames, lat, lon, population = self._rows[number].split("\t")
        return Row(
            number, name, cast(Kind, kind), country, admin, int(geonames) if geonames else None,
            float(lat), float(lon), int(population),
        )  # fmt: skip

    def _find(self, key: str) -> tuple[tuple[Row, Form], ...]:
        """Return the places that ``key`` (see :func:`name_key`) may stand for; empty if there is none."""
        number = self._numbers.get(key)
        if number is None:
            return ()
        groups = self._references[number].split("|")
        return tuple(
            (self.row(int(row)), form)
            for form, group in zip(_FORMS, groups, strict=False)
            for row in (group.split(",") if group else ())
        )


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer that ships with the package, loaded once."""
    packed = (files("reportedly.data") / "gazetteer.tsv.gz").read_bytes()
    return Gazetteer(gzip.decompress(packed))


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance between two points given in degrees (haversine formula)."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    dp, dl = p2 - p1, math.radians(lon2 - lon1)
    a = math.sin(dp / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(dl / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, a)))


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name of a report that may stand for several places.

    ``times`` is how often the report says it, ``asked`` the kinds of place that the
    words around it ask for ("Helmand province").
    """

    options: tuple[tuple[Row, Form], ...]
    times: int = 1
    asked: frozenset[str] = frozenset()


# What the company of a name is worth, in powers of ten of people.
_COUNTRY, _REGION, _NEAR, _ASKED = 2.0, 2.0, 1.5, 3.0
_NEARNESS_KM = 150.0
# What it is worth at most that other names have a place close by; how many places bear a common name.
_CLOSE, _COMMON = 1.5, 10.0
_MOST_ANCHORS = 100  # the names said most, so that a long list of places takes linear time


def choose(names: Sequence[Ambiguous], evidence: Mapping[str, int]) -> list[Row]:
    """Return the place that each name of a report stands for.

    Default sense, the countries and regions that the report speaks of, and spatial
    minimality (Leidner 2007, "Toponym Resolution in Text"). ``evidence`` counts the
    countries that the report names or whose people it names. Two passes: the second
    measures the distance to what the first chose for the other names.
    """
    countries = Counter(evidence)
    cells = _cells(names)
    support: dict[tuple[str, str], float] = defaultdict(float)
    shares = []
    for name in names:
        regions = {(row.country, row.admin): 0 for row, _ in name.options if row.admin}
        share = {region: 1.0 / len(regions) for region in regions}
        shares.append(share)
        for region, part in share.items():
            support[region] += part
        if len({row.country for row, _ in name.options}) == 1:
            countries[name.options[0][0].country] += name.times
    total = max(1, countries.total())
    weights = {country: times / total for country, times in countries.items()}
    said_most = sorted(range(len(names)), key=lambda n: (-names[n].times, n))[:_MOST_ANCHORS]
    chosen: list[Row] = []
    for _ in range(2):
        anchors = [chosen[n] for n in said_most] if chosen else []
        chosen = [
            _best(name, {r: support[r] - own[r] for r in own}, weights, anchors, cells)
            for name, own in zip(names, shares, strict=True)
        ]
    return chosen


def _best(
    name: Ambiguous,
    support: Mapping[tuple[str, str], float],
    countries: Mapping[str, float],
    others: Sequence[Row],
    cells: Mapping[tuple[int, int], float],
) -> Row:
    own = {row.number for row, _ in name.options}
    spread = _weight(name)
    whole = {row.country for row, _ in name.options if row.kind == "C"}  # Mexico before its state of Mexico
    anchors = [row for row in others if row.number not in own and row.kind in "PQBA"]

    def score(option: tuple[Row, Form]) -> tuple[float, int]:
        row, form = option
        points = _prominence(row) - (1.0 if form == "other" else 0.0)
        points += _ASKED * (row.kind in name.asked)
        points += _COUNTRY * countries.get(row.country, 0.0)
        points += _REGION * math.tanh(support.get((row.country, row.admin), 0.0))
        if row.country not in whole:
            points += _CLOSE * math.tanh(max(0.0, _around(row, cells) - spread))
        distance = min((kilometres(row.lat, row.lon, a.lat, a.lon) for a in anchors), default=math.inf)
        return points + _NEAR * math.exp(-distance / _NEARNESS_KM), -row.number

    return max(name.options, key=score)[0]


def _cells(names: Sequence[Ambiguous]) -> dict[tuple[int, int], float]:
    """Count the names that have a town or county in each cell of half a degree, common names for less.

    That a town and a county of the same report lie close to each other is seldom
    chance, even where both names are borne by many.
    """
    cells: dict[tuple[int, int], float] = defaultdict(float)
    for name in names:
        for cell in {_cell(row) for row, _ in name.options if row.kind in "PQB"}:
            cells[cell] += _weight(name)
    return cells


def _weight(name: Ambiguous) -> float:
    return 1.0 / (1.0 + len(name.options) / _COMMON)


def _cell(row: Row) -> tuple[int, int]:
    return math.floor(row.lat * 2), math.floor(row.lon * 2)


def _around(row: Row, cells: Mapping[tuple[int, int], float]) -> float:
    """Return the count of names in the cell of ``row`` and those beside it."""
    lat, lon = _cell(row)
    return sum(cells.get((lat + i, lon + j), 0.0) for i in (-1, 0, 1) for j in (-1, 0, 1))


def _prominence(row: Row) -> float:
    """How much a reader thinks of this place first: the logarithm of its people, by kind of place."""
    people = math.log10(row.population + 100)
    match row.kind:
        case "C":
            return 7.5 + people / 5
        case "T":
            return 9.0
        case "S":
            return 7.5
        case "A":
            return people + 0.4 if row.country in WELL_KNOWN else people - 1.0
        case "B":
            return people - 1.5
        case "Q":
            return people + 0.7
        case _:
            return people


def lies_in(inner: Row, outer: Row) -> bool:
    """Whether one place lies in another, by country and region."""
    if inner.number == outer.number:
        return False
    if outer.kind == "C":
        return inner.country == outer.country and inner.kind not in "CT"
    if outer.kind == "A":
        return inner.country == outer.country and inner.admin == outer.admin and inner.kind in "BPQ"
    if outer.kind == "B":
        return inner.country == outer.country and inner.admin == outer.admin and inner.kind in "PQ" and (
            kilometres(inner.lat, inner.lon, outer.lat, outer.lon) < 100)  # fmt: skip
    return False


@cache
def _peoples() -> dict[str, dict[str, str]]:
    """The table of demonyms by its third column: ``people``, ``seat``, ``capital``."""
    found: dict[str, dict[str, str]] = {"people": {}, "seat": {}, "capital": {}}
    for text, country, kind in tables.rows("demonyms"):
        found[kind].setdefault(name_key(text), country)
    return found


@cache
def _countries() -> dict[str, str]:
    """Country names by ISO code, from the hand-written table of regions."""
    names = {row[4]: row[0] for row in tables.rows("gazetteer.regions") if row[3] == "country"}
    return {**names, "EU": "European Union"}


def country_name(code: str) -> str | None:
    """Return the English name of an ISO 3166-1 alpha-2 code ("VE" is "Venezuela"), or ``None``."""
    return _countries().get(code.upper())


def country_of_name(text: str) -> str | None:
    """Return the ISO code of the country that ``text`` names ("Venezuela", "the U.S."), or ``None``."""
    for row, form in gazetteer().find(name_key(text)):
        if row.kind == "C" and form != "short":
            return row.country
    return None


def country_of_demonym(text: str) -> str | None:
    """Return the ISO code for a people or what belongs to it ("Venezuelan", "Britons"), or ``None``."""
    peoples = _peoples()["people"]
    key = name_key(text)
    return peoples.get(key) or (peoples.get(key[:-1]) if key.endswith("s") else None)


def is_capital(text: str) -> bool:
    """Whether ``text`` is a capital whose name stands for its government in the news ("Moscow")."""
    return name_key(text) in _peoples()["capital"]


def is_seat(text: str) -> bool:
    """Whether ``text`` is a building or street that stands for a government ("the Kremlin")."""
    return name_key(text) in _peoples()["seat"]


_GOVERNMENT_NOUNS = ("government", "administration", "regime", "authorities")


@lru_cache(maxsize=4096)
def government_of(text: str) -> str | None:
    """Return the ISO code of the country whose government goes by ``text``, or ``None``.

    Seats ("the Kremlin", "Downing Street"), capitals ("Washington", "Moscow"),
    countries ("Venezuela"), and "the … government" with a country or a people
    ("the Venezuelan government"). "Brussels" is EU, which ISO 3166 reserves.
    Whether the text *does* stand for a government is a matter of its sentence.
    """
    key = name_key(text.removesuffix("'s").removesuffix("’s"))
    for noun in _GOVERNMENT_NOUNS:
        if key.endswith(f" {noun}"):
            inner = key.removesuffix(f" {noun}")
            return country_of_demonym(inner) or country_of_name(inner)
    peoples = _peoples()
    return peoples["seat"].get(key) or peoples["capital"].get(key) or country_of_name(key)
