"""Learn how to tell whether two statements make the same claim.

    python -m training.train_claims --data DATA --readings CACHE

A logistic model over the features of ``reportedly.weighing.alike``, learnt from
the sentences marked ``learn`` in ``benchmarks/claims.tsv``, the demo reports
(``training/labels/claims-demo.tsv``), pairs of statements in local news
(``training/labels/claim-labels.jsonl``, places in ``incidents/articles-dev.jsonl.gz``)
and three of the invented affairs in ``benchmarks/scenarios``; the others are kept for
measuring.
It prints average precision and the best F1 by cross-validation over stories, and
writes the weights into ``src/reportedly/data/claims.toml``. ``--readings``
names a file in which readings are kept, because reading takes most of the time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve

from reportedly import Reading, read
from reportedly.weighing.alike import FEATURES, features, part_score, speaker_share, telling
from reportedly.weighing.claims import comparable, story_words
from reportedly.weighing.filed import Filed
from reportedly.weighing.statements import Statement, statements

SENTENCES = Path("benchmarks/claims.tsv")
DEMO_LABELS = Path("training/labels/claims-demo.tsv")
NEWS_LABELS = Path("training/labels/claim-labels.jsonl")
DEMO = Path("src/reportedly/data/demo")
SCENARIOS = Path("benchmarks/scenarios")
LEARNT = ("leaked-embargo", "orrin-bank", "ferry-asphodel")
NEWS = "incidents/articles-dev.jsonl.gz"
TARGET = Path("src/reportedly/data/claims.toml")
SEEN = datetime(2026, 4, 1, tzinfo=UTC)


class Readings:
    """Readings by an id of one's own, kept in a file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, Reading] = {}
        if path and path.exists():
            for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
                name, reading = line.split("\t", 1)
                self._known[name] = Reading.from_json(reading)

    def get(self, name: str, text: str, **about: str | None) -> Reading:
        if name not in self._known:
            self._known[name] = read(text, **about)
            if self._path:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{name}\t{self._known[name].to_json()}\n")
        return self._known[name]


@dataclass(frozen=True)
class Marked:
    """A statement of the sentences in ``benchmarks/claims.tsv``."""

    story: str
    claim: str
    role: str
    filed: Filed
    statements: list[Statement]


def marked(part: str, readings: Readings) -> dict[str, list[Marked]]:
    """Return the sentences of a part, by story, each read as a report of its own, an hour apart."""
    found: dict[str, list[Marked]] = defaultdict(list)
    lines = [x for x in SENTENCES.read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    for number, line in enumerate(lines):
        own, story, claim, role, text = line.split("\t")
        if own != part:
            continue
        published = (datetime(2026, 3, 9, 6, tzinfo=UTC) + timedelta(hours=number)).isoformat()
        reading = readings.get(
            f"tsv:{number}:{text[:40]}", text, outlet=f"Outlet {number}", published=published
        )
        filed = Filed(reading, SEEN)
        found[story].append(Marked(story, claim, role, filed, statements(filed)))
    return found


@dataclass(frozen=True)
class Pair:
    """Two statements, the words common in their story, and whether they state the same (or its contrary)."""

    story: str
    a: Statement
    b: Statement
    common: dict[str, float]
    same: bool


def main_statement(found: list[Statement]) -> Statement | None:
    """Return the statement of a one-sentence report: the fullest that has a source."""
    voiced = [s for s in found if not s.narrator] or found
    return max(voiced, key=lambda s: s.mass, default=None)


def sentence_pairs(readings: Readings) -> Iterator[Pair]:
    for story, items in marked("learn", readings).items():
        chosen = [(m, s) for m in items if (s := main_statement(m.statements)) is not None]
        common = dict(story_words([s for _, s in chosen]))
        other = {(m.claim, m.role.removeprefix("other:")) for m, _ in chosen if m.role.startswith("other:")}
        for (m, a), (n, b) in combinations(chosen, 2):
            if (m.claim, n.claim) in other or (n.claim, m.claim) in other:
                continue
            yield Pair(f"tsv {story}", a, b, common, m.claim == n.claim)


def demo_pairs(readings: Readings) -> Iterator[Pair]:
    labels: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in DEMO_LABELS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            claim, report, words = line.split("\t")
            labels[report].append((claim, words))
    stories: dict[str, list[tuple[set[str], Statement]]] = defaultdict(list)
    for line in (DEMO / "index.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["id"] not in labels:
            continue
        text = (DEMO / record["file"]).read_text(encoding="utf-8")
        about = {key: record[key] for key in ("title", "outlet", "published")}
        for statement in comparable(
            statements(Filed(readings.get(f"demo:{record['id']}", text, **about), SEEN))
        ):
            claims = {claim for claim, words in labels[record["id"]] if words in statement.text}
            stories[record["id"].split("-")[0]].append((claims, statement))
    for story, items in stories.items():
        common = dict(story_words([s for _, s in items]))
        for (m, a), (n, b) in combinations(items, 2):
            if a.wording == b.wording or any(c.startswith("?") for c in m | n):
                continue
            yield Pair(f"demo {story}", a, b, common, bool(m & n))


def news_pairs(data: Path, readings: Readings) -> Iterator[Pair]:
    labels = [json.loads(line) for line in NEWS_LABELS.read_text(encoding="utf-8").splitlines()]
    wanted = {label[side][0] for label in labels for side in "ab"}
    by_report: dict[str, list[Statement]] = {}
    with gzip.open(data / NEWS, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            if record["id"] in wanted and record["id"] not in by_report:
                about = {"title": record["title"], "published": record["dct"]}
                reading = readings.get(f"news:{record['id']}", record["content"], **about)
                by_report[record["id"]] = comparable(statements(Filed(reading, SEEN)))
    stories: dict[str, set[str]] = defaultdict(set)
    for label in labels:
        stories[label["story"]] |= {label["a"][0], label["b"][0]}
    common = {
        story: dict(story_words([s for report in sorted(reports) for s in by_report[report]]))
        for story, reports in stories.items()
    }
    for label in labels:
        a, b = (_nearest(by_report[label[side][0]], *label[side][1:]) for side in "ab")
        if a is not None and b is not None and a.wording != b.wording:
            yield Pair(f"news {label['story']}", a, b, common[label["story"]], label["same"])


def scenario_pairs(readings: Readings) -> Iterator[Pair]:
    """Yield pairs of statements of two reports, at least one of which makes a claim that is listed."""
    for name in LEARNT:
        truth = json.loads((SCENARIOS / name / "truth.json").read_text(encoding="utf-8"))
        filed: dict[str, Filed] = {}
        for line in (SCENARIOS / name / "reports.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            about = {key: record[key] for key in ("title", "outlet", "published")}
            filed[record["id"]] = Filed(
                readings.get(f"scenario:{record['id']}", record["text"], **about), SEEN
            )
        for story in truth["stories"]:
            found = [
                (report, s) for report in story["reports"] for s in comparable(statements(filed[report]))
            ]
            common = dict(story_words([s for _, s in found]))
            claims = [
                _claims_of(report, s, truth["claims"], filed[report].report.text) for report, s in found
            ]
            for (m, (one, a)), (n, (two, b)) in combinations(zip(claims, found, strict=True), 2):
                if (m or n) and one != two and a.wording != b.wording:
                    yield Pair(f"scenario {name}", a, b, common, bool(m & n))


def _claims_of(report: str, statement: Statement, claims: list[dict], text: str) -> set[str]:
    """Return the claims of which a quote shares half of the shorter one with a statement's content."""
    found = set()
    for claim in claims:
        for place in claim["appearances"]:
            start = text.find(place["quote"]) if place["report"] == report else -1
            end = start + len(place["quote"])
            for low, high in statement.attribution.content.spans:
                if start >= 0 and 2 * (min(end, high) - max(start, low)) >= min(end - start, high - low):
                    found.add(claim["id"])
    return found


def _nearest(found: list[Statement], start: int, end: int) -> Statement | None:
    def overlap(s: Statement) -> float:
        content = s.attribution.content
        shared = min(end, content.end) - max(start, content.start)
        return 2 * shared / (end - start + content.end - content.start)

    best = max(found, key=overlap, default=None)
    return best if best is not None and overlap(best) >= 0.8 else None


def row(pair: Pair) -> list[float]:
    """Return the features of the two sentences of a pair that are most alike."""
    speaker = speaker_share(pair.a, pair.b)
    best = max(
        ((one, two) for one in telling(pair.a) for two in telling(pair.b)),
        key=lambda parts: part_score(*parts, speaker, pair.common),
    )
    return features(*best, speaker, pair.common)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--readings", type=Path)
    parser.add_argument("--strength", type=float, default=0.3, help="inverse of the regularisation")
    parser.add_argument("--dry", action="store_true", help="do not write the weights")
    args = parser.parse_args()
    readings = Readings(args.readings)
    pairs = [
        *sentence_pairs(readings),
        *demo_pairs(readings),
        *news_pairs(args.data, readings),
        *scenario_pairs(readings),
    ]
    pairs = [p for p in pairs if p.a.parts and p.b.parts]
    x = np.array([row(p) for p in pairs])
    y = np.array([p.same for p in pairs])
    stories = np.array([p.story for p in pairs])
    kinds = np.array([s.split()[0] for s in stories])
    weights = np.ones(len(y))
    for kind in set(kinds):  # negatives are drawn in different ways: level them
        for value in (False, True):
            chosen = (kinds == kind) & (y == value)
            share = 3 if kind == "scenario" else 1  # whole affairs, as a desk has them
            weights[chosen] = share * {False: 250, True: 90}[value] / max(1, chosen.sum())
    held = np.zeros(len(y))
    for story in set(stories):
        inside = stories != story
        held[~inside] = fitted(x[inside], y[inside], weights[inside], args.strength).predict_proba(
            x[~inside]
        )[:, 1]
    for kind in sorted(set(kinds)):
        report(kind, y[kinds == kind], held[kinds == kind])
    model = fitted(x, y, weights, args.strength)
    table = dict(
        zip(("bias", *FEATURES), [float(model.intercept_[0]), *model.coef_[0].tolist()], strict=True)
    )
    print({name: round(value, 2) for name, value in table.items()})
    if not args.dry:
        write(table)


def fitted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=5000).fit(x, y, sample_weight=weights)


def report(name: str, y: np.ndarray, scores: np.ndarray) -> None:
    precision, recall, cuts = precision_recall_curve(y, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(f1.argmax())
    at = {c: float(((scores >= c) & y).sum() / max(1, (scores >= c).sum())) for c in (0.5, 0.6, 0.7)}
    reached = {c: float(((scores >= c) & y).sum() / max(1, y.sum())) for c in (0.5, 0.6, 0.7)}
    print(
        f"{name}: {len(y)} pairs, {y.sum()} same, AP {average_precision_score(y, scores):.3f}, "
        f"best F1 {f1[best]:.3f} at {cuts[min(best, len(cuts) - 1)]:.2f}; "
        + ", ".join(f"at {c} P {at[c]:.2f} R {reached[c]:.2f}" for c in at)
    )


def write(table: dict[str, float]) -> None:
    """Put the weights into the table, in place of those that stand there."""
    text = TARGET.read_text(encoding="utf-8")
    lines = "".join(f"{name} = {value:.3f}\n" for name, value in table.items())
    text = re.sub(r"(?ms)^\[likeness\]\n.*?(?=^\s*$|^\[|\Z)", "[likeness]\n" + lines, text)
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
