"""Place names and their coordinates on LGL and GeoVirus.

LGL (Lieberman, Samet and Sankaranarayanan 2010) is local news, most of it of the
USA; GeoVirus (Gritta, Pilehvar and Collier 2018) is Wikinews about epidemics. A name
is found when a span is the gold one exactly, "the" aside; of those that have
coordinates in the gazetteer, the share is counted that lies within 161 km (100
miles) of the gold point. Names come from the model that ships, as in a reading.
Every second document was looked at while the rules were made; the others are reported
as "other half". LGL counts demonyms and governments ("Georgian", "Moscow said") as
places, which a reading leaves out on purpose.

    python -m benchmarks.places --data DATA
"""

from __future__ import annotations

import gzip
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from reportedly.reading import tagging
from reportedly.reading.encoder import encoder
from reportedly.reading.entities import with_datelines
from reportedly.reading.gazetteer import kilometres
from reportedly.reading.page import Name, Page
from reportedly.reading.places import read_places
from reportedly.records import Place

from .corpora import find as find_corpus
from .scoring import f1
from .table import main

WITHIN_KM = 161.0
FILES = {"lgl": "lgl.xml.gz", "geovirus": "GeoVirus.xml.gz"}
NameFinder = Callable[[Page], Sequence[Name]]


@dataclass(frozen=True, slots=True)
class Gold:
    """A toponym: its span and, where the corpus has one, its point."""

    start: int
    end: int
    point: tuple[float, float] | None


def model_names(page: Page) -> list[Name]:
    """Return the names that the model which ships finds in a page, as a reading has them."""
    return with_datelines(page, tagging.names(encoder().run(page.text, page.paragraphs), page))


def measure(data: Path, names: NameFinder = model_names) -> dict[str, float]:
    """Return the figures for both corpora under ``data``.

    Keys: ``lgl_name_f1``, ``lgl_within_161km`` (right names that have coordinates,
    resolved), ``lgl_gold_within_161km`` (the same with the gold names given), those of
    the half that was not looked at (``lgl_other_half_…``), their ``geovirus_`` twins,
    and ``words_per_second`` of CPU time without the model's. Raises :class:`Absent`.
    """
    figures: dict[str, float] = {}
    spent: Counter[str] = Counter()
    for corpus, file in FILES.items():
        halves = (Counter[str](), Counter[str]())
        for number, (text, gold) in enumerate(_read(find_corpus(data, f"places/{file}"))):
            page = Page(text)
            spotted = names(page)
            _ = page.words, page.sentences
            began = time.process_time_ns()
            places = read_places(page, spotted)
            spent["nanoseconds"] += time.process_time_ns() - began
            spent["words"] += len(page.words)
            halves[number % 2].update(_compare(text, places, gold, ""))
            given = read_places(Page(text), [Name(g.start, g.end, "LOC") for g in gold])
            halves[number % 2].update(_compare(text, given, gold, "gold "))
        figures |= _figures(corpus, halves[0] + halves[1])
        figures |= _figures(f"{corpus}_other_half", halves[1])
    return figures | {"words_per_second": spent["words"] / max(spent["nanoseconds"] / 1e9, 1e-9)}


def _compare(text: str, places: Sequence[Place], gold: Sequence[Gold], prefix: str) -> Counter[str]:
    points = {_span(text, g.start, g.end): g.point for g in gold}
    count = Counter({f"{prefix}found": len(places), f"{prefix}gold": len(points)})
    for place in places:
        span = _span(text, *place.spans[0])
        if span not in points:
            continue
        count[f"{prefix}right"] += 1
        point = points[span]
        if point and place.lat is not None and place.lon is not None:
            count[f"{prefix}placed"] += 1
            count[f"{prefix}near"] += kilometres(place.lat, place.lon, *point) <= WITHIN_KM
    return count


def _figures(name: str, count: Counter[str]) -> dict[str, float]:
    return {
        f"{name}_name_f1": f1(count["right"], count["found"], count["gold"]),
        f"{name}_name_precision": count["right"] / max(1, count["found"]),
        f"{name}_name_recall": count["right"] / max(1, count["gold"]),
        f"{name}_within_161km": count["near"] / max(1, count["placed"]),
        f"{name}_gold_within_161km": count["gold near"] / max(1, count["gold placed"]),
        f"{name}_gold_in_gazetteer": count["gold placed"] / max(1, count["gold gold"]),
    }


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    return (start + 4 if text[start : start + 4].lower() == "the " else start), end


def _read(path: Path) -> Iterator[tuple[str, list[Gold]]]:
    with gzip.open(path) as stream:
        root = etree.parse(stream, etree.XMLParser(strip_cdata=False, resolve_entities=False)).getroot()
    for article in root.iter("article"):
        text = article.findtext("text") or ""
        gold = []
        for item in article.iter("toponym", "location"):
            tag = item.find("gaztag")
            where = tag if tag is not None else item
            lat, lon = where.findtext("lat"), where.findtext("lon")
            point = (float(lat), float(lon)) if lat and lon else None
            start, end = int(item.findtext("start") or 0), int(item.findtext("end") or 0)
            name = item.findtext("name") if tag is None else None
            if name and text[start - 1 : end - 1] == name:  # GeoVirus counts from one
                start, end = start - 1, end - 1
            gold.append(Gold(start, end, point))
        yield text, gold


if __name__ == "__main__":
    main(__doc__, "places: LGL and GeoVirus", measure)
