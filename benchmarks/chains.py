"""Coreference: chains of GUM's news, and whom a source's pronoun or description means.

    python -m benchmarks.chains --data DATA

Chains: the CoNLL score (mean F1 of MUC, B³ and CEAF-e) on the 24 news documents of GUM with mentions that
the reader finds by itself. As in OntoNotes and CoNLL-2012, chains of one mention are left out on both sides.
Two mentions are the same if their heads are, as in the CorefUD evaluation (of several with one head, the one
with the nearest bounds); "exact" asks for the same bounds, but for a possessive mark. Half of the documents,
by the hash of their names, were used for development; ``reported`` is the other half, of which only counts
were looked at (and one rule, that no place is meant inside the name of a body, was kept with these in view).

Sources: of ``training/labels/pronoun-labels.jsonl`` the 100 attributions that were not used for development.
An answer is right if it is the entity whose mention is given or, where there is none, nobody.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportedly.reading import tagging
from reportedly.reading.cast import Cast
from reportedly.reading.coreference import Chains, Resolver
from reportedly.reading.encoder import encoder
from reportedly.reading.entities import gather, with_datelines
from reportedly.reading.mentions import Mention
from reportedly.reading.page import Page

from .clusters import ClusterScore
from .corpora import find, json_lines
from .table import main

GUM = "names/gum-news"
POLNEAR = "attribution/polnear-train.jsonl.gz"
LABELS = Path(__file__).parents[1] / "training/labels/pronoun-labels.jsonl"
_ENTITY = re.compile(r"\([^()]+\)?|\d+\)")


@dataclass(frozen=True)
class Gold:
    """A mention of GUM in characters; ``head`` is where its head word begins."""

    start: int
    end: int
    head: int
    chain: str


def measure(data: Path) -> dict[str, float]:
    """Return the CoNLL score of all and of the reported documents, and the share of right sources."""
    scores = {"all": ClusterScore(), "reported": ClusterScore(), "reported exact": ClusterScore()}
    for path in sorted(find(data, GUM).glob("*.conllu.gz")):
        text, gold = read_gum(path)
        chains = Chains(*_read(text))
        wanted = [set(chain) for chain in _by_chain(gold)]
        scores["all"].add(wanted, _aligned(chains, gold, exact=False))
        if not is_development(path.name.partition(".")[0]):
            scores["reported"].add(wanted, _aligned(chains, gold, exact=False))
            scores["reported exact"].add(wanted, _aligned(chains, gold, exact=True))
    found = {f"GUM CoNLL F1, {name}": score.figures()["CoNLL"] for name, score in scores.items()}
    for name in ("MUC", "B3", "CEAFe", "LEA"):
        found[f"GUM {name}, reported"] = scores["reported"].figures()[name]
    return {**found, **sources(data)}


def is_development(document: str) -> bool:
    """Tell whether a document of GUM belongs to the half that was looked at while the rules were written."""
    return hashlib.sha256(document.encode()).digest()[0] % 2 == 0


def sources(data: Path, part: str = "report") -> dict[str, float]:
    """Return the share of labelled sources that are resolved to the right entity."""
    labels = [row for row in json_lines(LABELS) if row["part"] == part and row["reading"] == 1]
    wanted = {row["article"] for row in labels}
    articles = {row["id"]: row for row in json_lines(find(data, POLNEAR)) if row["id"] in wanted}
    right: Counter[bool] = Counter()
    for row in labels:
        right[row["refers"] == "one"] += _is_right(row, articles[row["article"]])
    named = sum(row["refers"] == "one" for row in labels)
    return {
        "sources right": right.total() / len(labels),
        "named sources right": right[True] / named,
    }


def agreement() -> float:
    """Return how often the second reading of the labels gives the answer of the first."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    first = {row["item"]: row for row in rows if row["reading"] == 1}
    again = [row for row in rows if row["reading"] == 2]
    same = (all(row[k] == first[row["item"]][k] for k in ("refers", "mention")) for row in again)
    return sum(same) / len(again)


def _is_right(row: dict, article: dict) -> bool:
    spans = article["attributions"][row["attribution"]]["source"]
    member = Resolver(*_read(article["text"])).resolve((spans[0][0], spans[-1][1]))
    if row["refers"] != "one":
        return member is None
    low, high = row["mention"]
    return member is not None and any(s < high and low < e for s, e in member.names)


def _read(text: str) -> tuple[Page, Cast]:
    page = Page(text)
    windows = encoder().run(text, page.paragraphs)
    return page, gather(page, with_datelines(page, tagging.names(windows, page)))


def _by_chain(gold: Iterable[Gold]) -> list[list[Gold]]:
    chains: dict[str, list[Gold]] = defaultdict(list)
    for mention in gold:
        chains[mention.chain].append(mention)
    return list(chains.values())


def _aligned(chains: Chains, gold: Sequence[Gold], exact: bool) -> list[set[object]]:
    """Return our chains with the gold mention in place of each of ours that is the same."""
    same = _pairs(chains.mentions, gold, exact)
    return [{same.get(m.order, m.order) for m in chain.mentions} for chain in chains.all()]


def _pairs(own: Sequence[Mention], gold: Sequence[Gold], exact: bool) -> dict[int, Gold]:
    bounds: dict[tuple[int, int], Gold] = {}
    heads: dict[int, list[Gold]] = defaultdict(list)
    for mention in gold:
        bounds.setdefault((mention.start, mention.end), mention)
        heads[mention.head].append(mention)
    same: dict[int, Gold] = {}
    used: set[Gold] = set()
    for m in own:
        match = bounds.get((m.start, m.end))
        if match is not None and match not in used:
            same[m.order] = match
            used.add(match)
    for m in () if exact else own:
        free = [g for g in heads.get(m.head, ()) if g not in used]
        if m.order not in same and free:
            same[m.order] = min(free, key=lambda g: (abs(g.start - m.start) + abs(g.end - m.end), g.start))
            used.add(same[m.order])
    return same


def read_gum(path: Path) -> tuple[str, list[Gold]]:
    """Return the text of a GUM document (paragraphs parted by blank lines) and its mentions."""
    text = ""
    found: list[Gold] = []
    for fresh, rows in _sentences(path):
        if fresh and text:
            text = text.rstrip() + "\n\n"
        text, words = _lay_out(text, rows)
        found.extend(_mentions(text, rows, words))
    return text.rstrip(), found


def _sentences(path: Path) -> Iterator[tuple[bool, list[list[str]]]]:
    """Yield the rows of each sentence, and whether it begins a paragraph."""
    rows: list[list[str]] = []
    fresh = False
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in [*file, "\n"]:
            if line.strip() == "# newpar":
                fresh = True
            elif line.strip() and not line.startswith("#"):
                rows.append(line.rstrip("\n").split("\t"))
            elif not line.strip() and rows:
                yield fresh, rows
                rows, fresh = [], False


def _lay_out(text: str, rows: list[list[str]]) -> tuple[str, dict[int, tuple[int, int, int]]]:
    """Append a sentence to ``text``; each word gets its start, end and the number of its head."""
    words: dict[int, tuple[int, int, int]] = {}
    last = at = stop = 0
    for row in rows:
        space = "" if "SpaceAfter=No" in row[9] else " "
        if "." in row[0]:
            continue
        if "-" in row[0]:  # a token of several words ("Ross's")
            last = int(row[0].split("-")[1])
            at, stop = len(text), len(text) + len(row[1])
            text += row[1] + space
            continue
        number = int(row[0])
        if number <= last:
            end = stop if number == last else min(stop, at + len(row[1]))
            words[number] = (at, end, int(row[6]))
            at = end
        else:
            words[number] = (len(text), len(text) + len(row[1]), int(row[6]))
            text += row[1] + space
    return text, words


def _mentions(text: str, rows: list[list[str]], words: dict[int, tuple[int, int, int]]) -> Iterator[Gold]:
    """Yield the mentions of a sentence from the ``Entity`` marks of its last column."""
    opened: list[tuple[str, int]] = []
    for row in rows:
        if not row[0].isdigit():
            continue
        number = int(row[0])
        fields = [part[7:] for part in row[9].split("|") if part.startswith("Entity=")]
        for mark in (m for field in fields for m in _ENTITY.findall(field)):
            if mark.startswith("("):
                opened.append((mark[1:].split("-")[0], number))
                if not mark.endswith(")"):
                    continue
                chain, first = opened.pop()
            else:
                k = max(i for i, (chain, _) in enumerate(opened) if chain == mark[:-1])
                chain, first = opened.pop(k)
            inside = range(first, number + 1)
            head = next((n for n in inside if words[n][2] not in inside), number)
            start, end = words[first][0], words[number][1]
            end -= 2 * text[start:end].endswith(("'s", "’s"))
            yield Gold(start, end, words[head][0], chain)


if __name__ == "__main__":
    main(__doc__, "coreference: GUM news, PolNeAR sources", measure)
