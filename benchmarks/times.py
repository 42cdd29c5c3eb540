"""How well times are read: WikiWars (Mazur and Dale 2010), histories with TIMEX annotations.

Run ``python -m benchmarks.times --data DIR``; DIR holds ``times/wikiwars/*.tml``.
A relaxed match overlaps a gold expression, a strict one has its very extent;
value F1 asks for a relaxed match with the right value.
"""

from __future__ import annotations

import html
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reportedly.reading.page import Page
from reportedly.reading.times import read_times

from .corpora import find
from .table import main

Gold = tuple[int, int, str]

_TAG = re.compile(r"<TIMEX[23]\b([^>]*)>|</TIMEX[23]>")
_BODY = re.compile(r"<TEXT>(.*)</TEXT>", re.DOTALL)
_VALUE = re.compile(r'\b(?:value|val)="([^"]*)"')
_CREATED = re.compile(r'CREATION_TIME"[^>]*value="([^"]*)"|<DCT>.*?value="([^"]*)"', re.DOTALL)


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


def plain(value: str | None) -> str:
    """Return a value without the spellings that TIMEX2, TIMEX3 and EDTF differ in."""
    value = (value or "null").rstrip("X") if (value or "")[:2].isdigit() else value or "null"
    return re.sub(r"P(\d+)DE$", lambda m: f"P{int(m[1]) * 10}Y", value)


def _corpus(folder: Path) -> Iterator[tuple[str, str | None, list[Gold]]]:
    for path in sorted(folder.glob("*.tml")):
        yield read_gold(path)


def measure(data: Path) -> dict[str, float]:
    """Return relaxed, strict and value F1 and the words read per second of CPU time.

    Raises :class:`Absent` where the corpus is not there.
    """
    count: Counter[str] = Counter()
    words, seconds = 0, 0.0
    for text, created, gold in _corpus(find(data, "times/wikiwars")):
        page = Page(text)
        words += len(page.words)
        began = time.process_time()
        found = read_times(page, created)
        seconds += time.process_time() - began
        count["gold"] += len(gold)
        count["found"] += len(found)
        count["strict"] += len({(s, e) for s, e, _ in gold} & {t.spans[0] for t in found})
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
    total = count["gold"] + count["found"]
    return {
        "times relaxed F1": 2 * count["relaxed"] / total,
        "times strict F1": 2 * count["strict"] / total,
        "times value F1": 2 * count["value"] / total,
        "times value accuracy": count["value"] / max(1, count["relaxed"]),
        "times precision": count["relaxed"] / max(1, count["found"]),
        "times recall": count["relaxed"] / max(1, count["gold"]),
        "times words per second": words / max(seconds, 1e-9),
    }


if __name__ == "__main__":
    main(__doc__, "times: WikiWars", measure)
