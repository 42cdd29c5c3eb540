"""Reports whose stories are known: local shootings, ECB+ and FNC-1, as profiles with gold stories.

Each set is split by the SHA-256 of the story's id into a development half, for
tuning and learning, and a reported half; ECB+ keeps its own split. Reading
thousands of articles takes long, so readings are kept in the folder that
``REPORTEDLY_READINGS`` names (one ``Reading`` a line, ``<set>.jsonl``) and
taken from there the next time.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reportedly.records import Reading, Report
from reportedly.weighing.filed import Filed
from reportedly.weighing.profile import Profile, profile

from .corpora import find, json_lines

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
_LONGEST = 320  # words of an FNC-1 body that are read
_LARGEST = 40  # an FNC-1 story with more bodies is several that share a headline


@dataclass(frozen=True)
class Item:
    """A report of a set, with its gold story."""

    id: str
    story: str
    title: str | None
    published: str | None
    text: str
    held_out: bool


@dataclass(frozen=True)
class StorySet:
    """Profiles by report id, the gold story of each, and which reports belong to the reported half."""

    profiles: Mapping[str, Profile]
    gold: Mapping[str, str]
    held_out: frozenset[str]

    def half(self, held_out: bool) -> StorySet:
        """Return the reported half or the development half."""
        kept = {i: p for i, p in self.profiles.items() if (i in self.held_out) == held_out}
        return StorySet(kept, {i: self.gold[i] for i in kept}, self.held_out & kept.keys())


def is_held_out(story: str) -> bool:
    """Tell whether a story belongs to the reported half."""
    return hashlib.sha256(story.encode()).digest()[0] % 2 == 1


def incidents(data: Path) -> list[Item]:
    """Return the dated articles on shootings that have a body; of two with the same id the first."""
    items: dict[str, Item] = {}
    for row in json_lines(find(data, "incidents/articles-dev.jsonl.gz")):
        if row["content"].strip() and row["id"] not in items:
            story = row["incident"]
            items[row["id"]] = Item(
                row["id"], story, row["title"] or None, row["dct"] or None, row["content"], is_held_out(story)
            )
    return list(items.values())


def ecb(data: Path) -> list[Item]:
    """Return the documents of ECB+: a story is a topic's ``ecb`` or ``ecbplus`` half. They have no dates."""
    found = []
    for part in ("Train", "Dev"):
        documents: dict[str, dict[int, list[str]]] = {}
        path = find(data, f"events-across-reports/ECB_{part}_corpus.txt.gz")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                fields = line.rstrip("\n").split("\t")
                if len(fields) >= 4:
                    documents.setdefault(fields[0], {}).setdefault(int(fields[1]), []).append(fields[3])
        for name, sentences in documents.items():
            topic, rest = name.split("_", 1)
            story = f"{topic}_{'ecbplus' if rest.endswith('ecbplus') else 'ecb'}"
            text = "\n\n".join(_spaced(words) for words in sentences.values())
            found.append(Item(name, story, None, None, text, part == "Dev"))
    return found


def _spaced(words: list[str]) -> str:
    text = re.sub(r" ([.,;:?!%)\]’”])", r"\1", " ".join(words))
    text = re.sub(r"([(\[$£“]) ", r"\1", text)
    return re.sub(r" (n't|'s|'re|'ve|'ll|'d|'m)\b", r"\1", text)


def fnc(data: Path) -> list[Item]:
    """Return bodies of FNC-1 (train). Bodies that a headline speaks of are one story; they have no dates."""
    with gzip.open(find(data, "stance/fnc1-train_bodies.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        bodies = {row["Body ID"]: row["articleBody"] for row in csv.DictReader(file)}
    path = find(data, "stance/fnc1-train_stances_numeric_labels_vijay14.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        pairs = [row for row in csv.DictReader(file) if row["Stance"] != "3"]
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    titles: dict[str, str] = {}
    for row in pairs:
        parent[root("b" + row["Body_ID"])] = root("h" + row["Headline"])
        if row["Stance"] == "0" or row["Stance"] == "2":
            titles.setdefault(row["Body_ID"], row["Headline"])
    stories: dict[str, list[str]] = defaultdict(list)
    for body in bodies:
        if "b" + body in parent:
            stories[root("b" + body)].append(body)
    return [
        Item(
            f"fnc{b}",
            min(s),
            titles.get(b),
            None,
            " ".join(bodies[b].split(" ")[:_LONGEST]),
            is_held_out(min(s)),
        )
        for s in stories.values()
        if len(s) <= _LARGEST
        for b in s
    ]


def story_set(name: str, items: list[Item]) -> StorySet:
    """Return the profiles of items; ``name`` is that of the file in which their readings are kept."""
    gold = {item.id: item.story for item in items}
    return StorySet(
        {reading.report.id: profile(Filed(reading, SEEN)) for reading in readings(name, items)},
        gold,
        frozenset(item.id for item in items if item.held_out),
    )


def readings(name: str, items: list[Item]) -> Iterator[Reading]:
    """Yield the readings of items, those that are kept in the file of the set ``name`` first."""
    folder = os.environ.get("REPORTEDLY_READINGS")
    path = Path(folder) / f"{name}.jsonl" if folder else None
    wanted = {item.id for item in items}
    known: set[str] = set()
    if path and path.exists():
        with path.open("rb") as lines:
            for line in lines:
                reading = Reading.from_json(line)
                if reading.report.id in wanted and reading.report.id not in known:
                    known.add(reading.report.id)
                    yield reading
    for item in items:
        if item.id in known:
            continue
        reading = _read(item)
        if path:
            with path.open("a", encoding="utf-8") as file:
                file.write(reading.to_json() + "\n")
        yield reading


def _read(item: Item) -> Reading:
    from reportedly.reading.reader import read_report

    sha256 = hashlib.sha256(item.text.encode()).hexdigest()
    return read_report(
        Report(
            id=item.id,
            text=item.text,
            sha256=sha256,
            title=item.title,
            published=item.published,
            language="en",
        )
    )


def scores(gold: Mapping[str, str], found: Mapping[str, str]) -> dict[str, float]:
    """Return B³ precision, recall and F1 (Bagga and Baldwin 1998) and the F1 of pairs of reports."""
    wanted, got = Counter(gold.values()), Counter(found[i] for i in gold)
    both = Counter((gold[i], found[i]) for i in gold)
    precision = sum(n * n / got[f] for (_, f), n in both.items()) / len(gold)
    recall = sum(n * n / wanted[g] for (g, _), n in both.items()) / len(gold)
    hits = sum(n * (n - 1) for n in both.values())
    pairs = sum(n * (n - 1) for n in wanted.values()) + sum(n * (n - 1) for n in got.values())
    return {
        "B³ P": precision,
        "B³ R": recall,
        "B³ F1": 2 * precision * recall / (precision + recall),
        "pair F1": 2 * hits / pairs if pairs else 1.0,
    }
