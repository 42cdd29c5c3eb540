"""Source kind, stance and factuality on 240 attributions that were labelled by reading.

    python -m benchmarks.stance --data DATA

The attribution's spans are given; only the three labels are judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from reportedly.reading import tagging
from reportedly.reading.attribution import judge
from reportedly.reading.draft import Draft
from reportedly.reading.encoder import encoder
from reportedly.reading.entities import gather
from reportedly.reading.features import Hidden
from reportedly.reading.page import Page

from .corpora import find, json_lines
from .table import main

DEV = "attribution/polnear-dev.jsonl.gz"
LABELS = "factuality-stance-dev.jsonl"
FIELDS = ("source_kind", "stance", "factuality")


def measure(data: Path) -> dict[str, float]:
    """Return accuracy and macro-F1 of each label."""
    articles = {row["id"]: row for row in json_lines(find(data, DEV))}
    by_article: dict[str, list[dict]] = defaultdict(list)
    for row in json_lines(find(data, LABELS)):
        by_article[row["article"]].append(row)
    pairs: dict[str, list[tuple[str, str]]] = {field: [] for field in FIELDS}
    for name, rows in by_article.items():
        article = articles[name]
        spans = [article["attributions"][row["attribution"]] for row in rows]
        for row, judged in zip(rows, _judged(article["text"], spans), strict=True):
            for field in FIELDS:
                pairs[field].append((row[field], judged[field]))
    figures = {}
    for field, both in pairs.items():
        figures[f"{field} accuracy"] = sum(a == b for a, b in both) / len(both)
        figures[f"{field} macro-F1"] = macro_f1(both)
    return figures


def _judged(text: str, items: list[dict]) -> list[dict[str, str]]:
    """Judge attributions whose spans are given, with everything else read from the text."""
    page = Page(text)
    windows = encoder().run(text, page.paragraphs)
    cast = gather(page, tagging.names(windows, page))
    drafts = [
        Draft(
            **{role: tuple((s, e) for s, e in item[role]) for role in ("source", "cue", "content")},
            confidence=1.0,
            rules=[],
        )
        for item in items
    ]
    judge(page, cast, drafts, Hidden(windows))
    return [
        {"source_kind": str(d.kind), "stance": str(d.stance), "factuality": str(d.factuality)} for d in drafts
    ]


def macro_f1(pairs: list[tuple[str, str]]) -> float:
    """Return the mean F1 of the labels that the gold standard has."""
    hits = Counter(a for a, b in pairs if a == b)
    wanted, found = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    return sum(2 * hits[k] / (wanted[k] + found[k]) for k in wanted) / len(wanted)


if __name__ == "__main__":
    main(__doc__, "attribution labels, dev", measure)
