"""How well figures are read: NewsQuant and the tolls of local news.

NewsQuant is Almasian et al. 2023, the local news SemEval-2018 Task 5.

Run ``python -m benchmarks.figures --data DIR``; DIR holds
``figures/newsquant-dev.jsonl.gz`` and ``incidents/*-dev.jsonl.gz``.

NewsQuant: a found value matches an equal gold value of its sentence, each at
most once; "value and unit" also asks for the same unit after both are brought
to one form (singular head noun, ``person`` for people, ISO 4217 for money).
Incidents: of the articles whose text says the gold number of dead (injured),
two or more, the share in which that number was found as such, and in which it
is the first one found. "By incident": of the incidents of which at least one
article says the number, the share for which the series over all its articles
ends with it; "in range" also counts a range that holds it. Those shot are
injured unless they died, so where no article counts the injured, those shot
less the dead stand for them. The words of the readers were tuned on one half of
the incidents (by hash of the id); all figures are those of the other half. The
speed is that of the figures alone, after the times of the page are read.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportedly.reading import units
from reportedly.reading.figures import read_figures
from reportedly.reading.page import Page
from reportedly.reading.pieces import pieces
from reportedly.reading.times import read_times
from reportedly.records import Figure, Reading, Report, Series, Time
from reportedly.weighing.filed import Filed
from reportedly.weighing.series import series

from .corpora import find
from .table import main

_NUMBER_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
]
_SIGN = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(?:-\s*(\d+(?:\.\d+)?))?\s*$")

_MEASURES = ("killed", "injured")
Value = tuple[float, float]


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise SystemExit(f"no corpus here: {path} is missing; give --data DIR")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def gold_value(text: str) -> Value | None:
    """Return a gold value as a range of amounts; the sign of a change is left off."""
    match = _SIGN.match(text)
    if match is None:
        return None
    low = abs(float(match[1]))
    return low, float(match[2]) if match[2] else low


def gold_unit(text: str) -> str | None:
    """Bring a gold unit in free words to the form in which figures have theirs."""
    text = text.strip()
    if text in ("-", ""):
        return None
    words = [w for w in pieces(Page(text)) if w.lower not in ("a", "each", "separate")]
    if not words:
        return None
    for at in range(len(words)):
        money = units.currency_before(words, at + 1)
        if money:
            return money[0]
    if (known := units.known_unit(words, 0)) is not None:
        return known.name
    noun = units.noun_after(words, 0, any(units.is_plural(w.lower) for w in words), len(words))
    return noun.name if noun else units.singular(words[-1].lower)


def _values(figure: Figure) -> Value | None:
    if figure.value is not None:
        return abs(figure.value), abs(figure.value)
    if figure.bound == "between" and figure.low is not None and figure.high is not None:
        return figure.low, figure.high
    return None


def _same(found: Value, gold: Value, percent: bool) -> bool:
    pairs = list(zip(found, gold, strict=True))
    return all(abs(a - b) <= 1e-3 * max(1.0, abs(b)) for a, b in pairs) or (
        percent and all(abs(a * 100 - b) < 0.51 for a, b in pairs)
    )


def newsquant(path: Path) -> dict[str, float]:
    """Return value F1 and value-and-unit F1 on a NewsQuant file."""
    count: Counter[str] = Counter()
    for line in _lines(path):
        found = [(v, f) for f in read_figures(Page(line["text"])) if (v := _values(f)) is not None]
        gold = [(v, q) for q in line["quantities"] if (v := gold_value(str(q["value"]))) is not None]
        count["gold"] += len(gold)
        count["found"] += len(found)
        count["value"] += len(_pair(found, gold, with_unit=False))
        count["unit"] += len(_pair(found, gold, with_unit=True))
    total = count["gold"] + count["found"]
    return {
        "NewsQuant value F1": 2 * count["value"] / total,
        "NewsQuant value+unit F1": 2 * count["unit"] / total,
        "NewsQuant value precision": count["value"] / max(1, count["found"]),
        "NewsQuant value recall": count["value"] / max(1, count["gold"]),
    }


def _pair(
    found: Sequence[tuple[Value, Figure]], gold: Sequence[tuple[Value, dict[str, Any]]], with_unit: bool
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for number, (value, figure) in enumerate(found):
        for at, (wanted, entry) in enumerate(gold):
            if entry["unit"].startswith("cent"):
                wanted = wanted[0] / 100, wanted[1] / 100
            if at in taken or not _same(value, wanted, "%" in entry["unit"] or "percent" in entry["unit"]):
                continue
            if with_unit and not _same_unit(figure, entry):
                continue
            taken.add(at)
            pairs.append((number, at))
            break
    return pairs


def _same_unit(figure: Figure, entry: dict[str, Any]) -> bool:
    wanted = {gold_unit(entry["unit"]), gold_unit(str(entry.get("normalized_unit") or entry["unit"]))}
    return figure.unit in wanted or (figure.measure == "age" and "year-old" in entry["unit"])


def incidents(folder: Path) -> dict[str, float]:
    """Return how often the dead and injured of an incident are found, by article and by incident."""
    truth = {line["incident_uri"]: line for line in _lines(folder / "incidents-dev.jsonl.gz")}
    stories: dict[str, list[dict[str, Any]]] = {}
    for article in _lines(folder / "articles-dev.jsonl.gz"):
        if article["incident"] in truth and _held(article["incident"]):
            stories.setdefault(article["incident"], []).append(article)
    count: Counter[str] = Counter()
    words, seconds = 0, 0.0
    for incident, articles in stories.items():
        gold = {m: int(truth[incident][f"num_{m}"] or 0) for m in _MEASURES}
        stated: set[str] = set()
        filed: list[Filed] = []
        for article in articles:
            page = Page(f"{article['title']}\n\n{article['content']}")
            words += len(page.words)
            times = read_times(page, article["dct"])
            began = time.process_time()
            found = read_figures(page, times)
            seconds += time.process_time() - began
            filed.append(_filed(article, page.text, found, times))
            stated |= {m for m in _MEASURES if gold[m] > 1 and _states(page, gold[m])}
            _count_article(count, page, found, gold)
        _count_incident(count, series(incident, filed, ()), {m: gold[m] for m in stated})
    figures = {
        f"incidents {m} {how}": count[f"{m} {how}"] / max(1, count[m])
        for m in _MEASURES
        for how in ("found", "first")
    }
    by_incident = {
        f"by incident {m}{how}": count[f"by incident {m}{how}"] / max(1, count[f"by incident {m} all"])
        for m in _MEASURES
        for how in ("", " in range")
    }
    return {**figures, **by_incident, "figures words per second": words / max(seconds, 1e-9)}


def _held(incident: str) -> bool:
    """Tell whether an incident is of the half that is only reported."""
    return hashlib.sha256(incident.encode()).digest()[0] % 2 == 1


def _filed(article: dict[str, Any], text: str, found: Sequence[Figure], times: Sequence[Time]) -> Filed:
    report = Report(
        id=article["id"],
        text=text,
        sha256="",
        title=article["title"],
        outlet=article["uri"].rpartition("://")[2].partition("/")[0] or None,
        published=article["dct"],
    )
    reading = Reading(report=report, figures=tuple(found), times=tuple(times))
    return Filed(reading, datetime(2020, 1, 1, tzinfo=UTC))


def _count_article(count: Counter[str], page: Page, found: Sequence[Figure], gold: dict[str, int]) -> None:
    for measure_ in _MEASURES:
        number = gold[measure_]
        if number < 2 or not _states(page, number):
            continue
        also = "shot" if measure_ == "injured" else measure_
        said = [f.value for f in found if f.measure in (measure_, also)]
        count[measure_] += 1
        count[measure_ + " found"] += number in said
        count[measure_ + " first"] += bool(said) and said[0] == number


def _count_incident(count: Counter[str], found: Sequence[Series], gold: dict[str, int]) -> None:
    ends = {s.measure: s.current for s in found if s.unit == "person"}
    for measure_, number in gold.items():
        count[f"by incident {measure_} all"] += 1
        end = ends.get(measure_)
        value = end.value if end else None
        if end is None and measure_ == "injured" and "shot" in ends:
            end = ends["shot"]
            dead = ends["killed"].value if "killed" in ends else 0
            value = end.value - (dead or 0) if end.value is not None else None
        if end is None:
            continue
        low, high = (end.low, end.high) if value is None else (value, value)
        holds = (low is None or low <= number) and (high is None or high >= number)
        count[f"by incident {measure_}"] += value == number
        count[f"by incident {measure_} in range"] += value == number or holds


def _states(page: Page, number: int) -> bool:
    forms = {str(number), _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else ""}
    return any(w.lower in forms for w in page.words)


def measure(data: Path) -> dict[str, float]:
    """Return all figures of this benchmark; raises :class:`Absent` where a corpus is not there."""
    return {**newsquant(find(data, "figures/newsquant-dev.jsonl.gz")), **incidents(find(data, "incidents"))}


if __name__ == "__main__":
    main(__doc__, "figures: NewsQuant dev, incidents", measure)
