"""How well times are read: news labelled for this project, and the histories of WikiWars.

The news (``training/labels/time-labels.jsonl``, guidelines in ``training/labels/TIMES.md``)
is paragraphs of PolNeAR, of AllSides 2020 and of Wikinews. Its development part was
tuned on, its report part was not. WikiWars (Mazur and Dale 2010) has TIMEX annotations;
every second document was tuned on, and the others are reported as "other half".

Run ``python -m benchmarks.times --data DIR``; DIR holds ``times/wikiwars/*.tml``,
``load/`` and ``attribution/``. A relaxed match overlaps a gold expression, a strict one
has its very extent; value F1 asks for a relaxed match with the right value, as in
TempEval-3 (UzZaman et al. 2013).
"""

from __future__ import annotations

import csv
import gzip
import html
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reportedly.reading.page import Page
from reportedly.reading.times import read_times
from reportedly.records.things import Time

from .corpora import find, json_lines
from .table import main

Gold = tuple[int, int, str | None]

LABELS = Path(__file__).parent.parent / "training" / "labels" / "time-labels.jsonl"

_TAG = re.compile(r"<TIMEX[23]\b([^>]*)>|</TIMEX[23]>")
_BODY = re.compile(r"<TEXT>(.*)</TEXT>", re.DOTALL)
_VALUE = re.compile(r'\b(?:value|val)="([^"]*)"')
_CREATED = re.compile(r'CREATION_TIME"[^>]*value="([^"]*)"|<DCT>.*?value="([^"]*)"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its date and gold expressions; only those in ``parts`` of the text are scored."""

    text: str
    created: str | None
    gold: list[Gold]
    parts: list[tuple[int, int]]


def read_gold(path: Path) -> tuple[str, str | None, list[Gold]]:
    """Return a TimeML file's text, creation date and ``(start, end, value)`` of each expression."""
    raw = path.read_text(encoding="utf-8")
    created = _CREATED.search(raw)
    body = _BODY.search(raw)
    source = body[1] if body else raw
    text, at = "", 0
    found: list[Gold] = []
    opened: list[tuple[int, str]] = []
    for tag in _TAG.finditer(source):
        text += html.unescape(source[at : tag.start()])
        at = tag.end()
        if tag[0].startswith("</"):
            if opened:
                start, value = opened.pop()
                found.append((start, len(text), value))
        else:
            noted = _VALUE.search(tag[1])
            opened.append((len(text), noted[1] if noted else ""))
    text += html.unescape(source[at:])
    return text, (created[1] or created[2]) if created else None, sorted(found)


def wikiwars(data: Path, halves: tuple[int, ...] = (0, 1)) -> Iterator[Document]:
    """Yield WikiWars; half 0 is the half that was tuned on, half 1 the other."""
    for number, path in enumerate(sorted(find(data, "times/wikiwars").glob("*.tml"))):
        if number % 2 in halves:
            text, created, gold = read_gold(path)
            yield Document(text, created, gold, [(0, len(text))])


def news(data: Path, part: str) -> Iterator[Document]:
    """Yield the labelled news of one part, ``development`` or ``report``, with the whole text of each."""
    rows = [row for row in json_lines(LABELS) if row["part"] == part]
    texts = _texts(data, {(row["corpus"], row["doc"]) for row in rows})
    for row in rows:
        yield Document(
            texts[row["corpus"], row["doc"]],
            row["date"],
            [(start, end, value) for start, end, _, value in row["times"]],
            [tuple(row["paragraph"])],
        )


def _texts(data: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for row in json_lines(find(data, "load/allsides-2020.jsonl.gz")):
        found["allsides", row["ID"]] = row["content_original"]
    for row in json_lines(find(data, "attribution/polnear-train.jsonl.gz")):
        found["polnear", row["id"]] = row["text"]
    csv.field_size_limit(sys.maxsize)
    for year in (2019, 2020):
        with gzip.open(find(data, f"load/wikinews_{year}.csv.gz"), "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found["wikinews", row["url"]] = row["text"]
    return {key: found[key] for key in wanted}


def plain(value: str | None) -> str:
    """Return a value without the spellings that TIMEX2, TIMEX3 and EDTF differ in."""
    value = (value or "null").rstrip("X") if (value or "")[:2].isdigit() else value or "null"
    return re.sub(r"P(\d+)DE$", lambda m: f"P{int(m[1]) * 10}Y", value)


def score(documents: Iterable[Document], spent: Counter[str] | None = None) -> dict[str, float]:
    """Return relaxed, strict and value F1, value accuracy, precision and recall over ``documents``.

    ``spent`` takes the count of words read and of the nanoseconds of CPU time that it took.
    """
    count: Counter[str] = Counter()
    spent = Counter() if spent is None else spent
    for document in documents:
        page = Page(document.text)
        spent["words"] += len(page.words)
        began = time.process_time_ns()
        found = read_times(page, document.created)
        spent["nanoseconds"] += time.process_time_ns() - began
        inside = [t for t in found if any(s <= t.spans[0][0] < e for s, e in document.parts)]
        count.update(_compare(inside, document.gold))
    total = count["gold"] + count["found"]
    return {
        "relaxed F1": 2 * count["relaxed"] / total,
        "strict F1": 2 * count["strict"] / total,
        "value F1": 2 * count["value"] / total,
        "value accuracy": count["value"] / max(1, count["relaxed"]),
        "precision": count["relaxed"] / max(1, count["found"]),
        "recall": count["relaxed"] / max(1, count["gold"]),
    }


def _compare(found: list[Time], gold: list[Gold]) -> Counter[str]:
    count = Counter({"gold": len(gold), "found": len(found)})
    count["strict"] = len({(s, e) for s, e, _ in gold} & {t.spans[0] for t in found})
    taken: set[int] = set()
    for item in found:
        start, end = item.spans[0]
        match = next(
            (i for i, (s, e, _) in enumerate(gold) if s < end and start < e and i not in taken), None
        )
        if match is not None:
            taken.add(match)
            count["relaxed"] += 1
            count["value"] += plain(item.value) == plain(gold[match][2])
    return count


def measure(data: Path) -> dict[str, float]:
    """Return the figures of all of WikiWars, of its other half, and of the news; and words per CPU second.

    Raises :class:`Absent` where a corpus is not there.
    """
    spent: Counter[str] = Counter()
    sets = {
        "times": score(wikiwars(data), spent),
        "times other half": score(wikiwars(data, (1,))),
        "times news": score(news(data, "report")),
    }
    figures = {f"{name} {figure}": value for name, row in sets.items() for figure, value in row.items()}
    return figures | {"times words per second": spent["words"] / max(spent["nanoseconds"] / 1e9, 1e-9)}


if __name__ == "__main__":
    main(__doc__, "times: WikiWars and news", measure)
