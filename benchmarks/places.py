"""Place names and their coordinates on LGL and GeoVirus.

LGL (Lieberman, Samet and Sankaranarayanan 2010) is local news, most of it of the
USA; GeoVirus (Gritta, Pilehvar and Collier 2018) is Wikinews about epidemics. A name
is found when a span is the gold one exactly, "the" aside; of those that have
coordinates in the gazetteer, the share is counted that lies within 161 km (100
miles) of the gold point.

    python -m benchmarks.places --data DATA
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from reportedly.reading.gazetteer import gazetteer, kilometres, name_key
from reportedly.reading.page import Name, Page
from reportedly.reading.places import read_places

from .corpora import find as find_corpus
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


def measure(data: Path, names: NameFinder | None = None) -> dict[str, float]:
    """Return the figures for both corpora under ``data``.

    ``names`` finds names in a page; without it a stand-in does (capitalised runs
    that the gazetteer knows). Keys: ``lgl_name_f1``, ``lgl_within_161km`` (right
    names that have coordinates, resolved), ``lgl_gold_within_161km`` (the same with
    the gold names given), their ``geovirus_`` twins, and ``words_per_second``.
    Raises :class:`Absent`.
    """
    find = names or stand_in_names
    figures: dict[str, float] = {}
    words, seconds = 0, 0.0
    for corpus, file in FILES.items():
        documents = list(_read(find_corpus(data, f"places/{file}")))
        right = found = gold_total = near = placed = gold_near = gold_placed = 0
        for text, gold in documents:
            page = Page(text)
            spotted = find(page)
            _ = page.words, page.sentences
            began = time.process_time()
            places = read_places(page, spotted)
            seconds += time.process_time() - began
            words += len(page.words)
            points = {_span(text, g.start, g.end): g.point for g in gold}
            found, gold_total = found + len(places), gold_total + len(points)
            for place in places:
                span = _span(text, *place.spans[0])
                if span not in points:
                    continue
                right += 1
                point = points[span]
                if point and place.lat is not None and place.lon is not None:
                    placed += 1
                    near += kilometres(place.lat, place.lon, *point) <= WITHIN_KM
            given = [Name(g.start, g.end, "LOC") for g in gold]
            for place in read_places(Page(text), given):
                point = points.get(_span(text, *place.spans[0]))
                if point and place.lat is not None and place.lon is not None:
                    gold_placed += 1
                    gold_near += kilometres(place.lat, place.lon, *point) <= WITHIN_KM
        figures[f"{corpus}_name_f1"] = 2 * right / max(1, found + gold_total)
        figures[f"{corpus}_name_precision"] = right / max(1, found)
        figures[f"{corpus}_name_recall"] = right / max(1, gold_total)
        figures[f"{corpus}_within_161km"] = near / max(1, placed)
        figures[f"{corpus}_gold_within_161km"] = gold_near / max(1, gold_placed)
        figures[f"{corpus}_gold_in_gazetteer"] = gold_placed / max(1, gold_total)
    figures["words_per_second"] = words / max(seconds, 1e-9)
    return figures


def stand_in_names(page: Page) -> list[Name]:
    """Find names without a model: capitalised runs that the gazetteer knows are LOC, longer others MISC."""
    known = gazetteer()
    found: list[Name] = []
    words, number = page.words, 0
    while number < len(words):
        first = number
        while number < len(words) and words[number].text[:1].isupper() and (
            number == first or page.text[words[number - 1].end : words[number].start] == " "
        ):  # fmt: skip
            number += 1
        if number == first:
            number += 1
            continue
        start, end = words[first].start, words[number - 1].end
        starts_sentence = page.sentence_at(start)[0] == start
        text = page.text[start:end].removesuffix("'s").removesuffix("’s")
        rows = [row for row, form in known.find(name_key(text)) if form == "full"]
        if number - first > 1 and not rows:
            if not (starts_sentence and number - first == 2):
                found.append(Name(start, start + len(text), "MISC"))
        elif rows and len(text) > 3 and not starts_sentence and max(r.population for r in rows) >= 50_000:
            found.append(Name(start, start + len(text), "LOC", 0.5))
    return found


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
