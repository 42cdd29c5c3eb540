"""How well figures are read: NewsQuant and the tolls of local news.

NewsQuant is Almasian et al. 2023, the local news SemEval-2018 Task 5.

Run ``python -m benchmarks.figures --data DIR``; DIR holds
``figures/newsquant-dev.jsonl.gz`` and ``incidents/*-dev.jsonl.gz``.

NewsQuant: a found value matches an equal gold value of its sentence, each at
most once; "value and unit" also asks for the same unit after both are brought
to one form (singular head noun, ``person`` for people, ISO 4217 for money).
Incidents: of the articles whose text says the gold number of dead (injured),
the share in which that number was found as such, and in which it is the first
one found.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportedly.reading import units
from reportedly.reading.figures import read_figures
from reportedly.reading.page import Page
from reportedly.reading.pieces import pieces
from reportedly.records.things import Figure

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
    """Return how often the dead and injured of an incident are found in an article that states them."""
    truth = {line["incident_uri"]: line for line in _lines(folder / "incidents-dev.jsonl.gz")}
    count: Counter[str] = Counter()
    words, seconds = 0, 0.0
    for article in _lines(folder / "articles-dev.jsonl.gz"):
        gold = truth.get(article["incident"])
        if gold is None:
            continue
        page = Page(f"{article['title']}\n\n{article['content']}")
        words += len(page.words)
        began = time.process_time()
        found = read_figures(page)
        seconds += time.process_time() - began
        for key, measure_ in (("num_killed", "killed"), ("num_injured", "injured")):
            number = int(gold[key] or 0)
            if number < 2 or not _states(page, number):
                continue
            said = [
                f.value
                for f in found
                if f.measure == measure_ or (f.measure == "shot" and measure_ == "injured")
            ]
            count[measure_] += 1
            count[measure_ + " found"] += number in said
            count[measure_ + " first"] += bool(said) and said[0] == number
    figures = {
        f"incidents {m} {how}": count[f"{m} {how}"] / max(1, count[m])
        for m in ("killed", "injured")
        for how in ("found", "first")
    }
    return {**figures, "figures words per second": words / max(seconds, 1e-9)}


def _states(page: Page, number: int) -> bool:
    forms = {str(number), _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else ""}
    return any(w.lower in forms for w in page.words)


def measure(data: Path) -> dict[str, float]:
    """Return all figures of this benchmark; raises :class:`Absent` where a corpus is not there."""
    return {**newsquant(find(data, "figures/newsquant-dev.jsonl.gz")), **incidents(find(data, "incidents"))}


if __name__ == "__main__":
    main(__doc__, "figures: NewsQuant dev, incidents", measure)
