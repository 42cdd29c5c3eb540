"""Which statements make the same claim, and who objects, on made-up sentences that were kept for reporting.

python -m benchmarks.claims

The sentences of ``claims.tsv`` (part "check") are read as one-sentence reports;
those of a story are joined. Of all pairs of statements of a story, counted
are those brought together (F1, precision, recall), beside two baselines: the
same share of words (Jaccard, its cut chosen on the part "learn"), and all words
equal. For objections: how many of the denials and other figures find the claim
that they are marked with (recall), and how many of the objections found are
marked (precision).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from reportedly import read
from reportedly.weighing.claims import join
from reportedly.weighing.filed import Filed
from reportedly.weighing.objections import objections
from reportedly.weighing.statements import Statement, statements

from .scoring import f1
from .table import show

SENTENCES = Path(__file__).parent / "claims.tsv"
SEEN = datetime(2026, 4, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Marked:
    """One sentence: what it claims, how it stands to a claim, and what was read in it."""

    claim: str
    role: str
    filed: Filed
    statements: list[Statement]

    @property
    def main(self) -> Statement | None:
        """The fullest statement that has a source."""
        voiced = [s for s in self.statements if not s.narrator] or self.statements
        return max(voiced, key=lambda s: s.mass, default=None)


def marked(part: str, path: Path = SENTENCES) -> dict[str, list[Marked]]:
    """Return the sentences of a part, by story, published an hour apart."""
    found: dict[str, list[Marked]] = defaultdict(list)
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    for number, line in enumerate(lines):
        own, story, claim, role, text = line.split("\t")
        if own == part:
            published = (datetime(2026, 3, 9, 6, tzinfo=UTC) + timedelta(hours=number)).isoformat()
            filed = Filed(read(text, outlet=f"Outlet {number}", published=published), SEEN)
            found[story].append(Marked(claim, role, filed, statements(filed)))
    return found


def measure(data: Path | None = None, part: str = "check") -> dict[str, float]:
    """Return the figures of a part; ``data`` is not used."""
    stories = marked(part)
    learn = stories if part == "learn" else marked("learn")
    cut = max((c / 50 for c in range(2, 40)), key=lambda c: joined(learn, overlapping(c))[0])
    all_f1, precision, recall = joined(stories, grouped)
    found_recall, found_precision = objecting(stories)
    return {
        "claims join F1": all_f1,
        "claims join precision": precision,
        "claims join recall": recall,
        "claims join F1, shared words": joined(stories, overlapping(cut))[0],
        "claims join F1, same words": joined(stories, overlapping(1.0))[0],
        "objections recall": found_recall,
        "objections precision": found_precision,
    }


Together = Callable[[Sequence[Marked]], set[frozenset[int]]]


def joined(stories: dict[str, list[Marked]], together: Together) -> tuple[float, float, float]:
    """Return F1, precision and recall over pairs of sentences that make the same claim."""
    hits = found = wanted = 0
    for items in stories.values():
        gold = {
            frozenset((i, j))
            for i, j in combinations(range(len(items)), 2)
            if items[i].claim == items[j].claim and "denies" not in (items[i].role, items[j].role)
        }
        denials = {n for n, m in enumerate(items) if m.role == "denies"}
        pairs = {p for p in together(items) if not p <= denials}  # denials of one claim may stand together
        hits += len(gold & pairs)
        found += len(pairs)
        wanted += len(gold)
    return f1(hits, found, wanted), hits / max(1, found), hits / max(1, wanted)


def grouped(items: Sequence[Marked]) -> set[frozenset[int]]:
    """Return the pairs that the package brings together."""
    owner = {m.filed.id: n for n, m in enumerate(items)}
    found: set[frozenset[int]] = set()
    for group in join([s for m in items for s in m.statements]):
        reports = sorted({owner[j.statement.report] for j in group.members})
        found |= {frozenset(pair) for pair in combinations(reports, 2)}
    return found


def overlapping(least: float) -> Together:
    """Return a baseline: pairs with this share of words in common (Jaccard)."""

    def together(items: Sequence[Marked]) -> set[frozenset[int]]:
        words = [{w for p in m.main.parts for w in p.words} if m.main else set() for m in items]
        return {
            frozenset((i, j))
            for i, j in combinations(range(len(items)), 2)
            if words[i] and len(words[i] & words[j]) >= least * len(words[i] | words[j])
        }

    return together


def objecting(stories: dict[str, list[Marked]]) -> tuple[float, float]:
    """Return recall over the marked denials and figures, and precision of the objections found."""
    hits = wanted = right = found = 0
    for items in stories.values():
        reports = [m.filed for m in items]
        stated = [s for m in items for s in m.statements]
        groups = join(stated)
        by_report = {m.filed.id: m for m in items}
        listed = objections(reports, groups, stated)
        claims_of = {g.id: {by_report[j.statement.report].claim for j in g.members} for g in groups}
        against = dict(_marked_objections(items))
        wanted += len(against)
        met = set()
        for group, objecting_ in listed.items():
            for objection in objecting_:
                found += 1
                item = by_report[objection.report]
                if claims_of[group] & against.get(item.filed.id, set()):
                    met.add(item.filed.id)
                    right += 1
                elif objection.kind == "contradiction":  # the claim itself, against its denial
                    right += any(by_report[objection.report].claim in c for c in [claims_of[group]])
        hits += len(met)
    return hits / max(1, wanted), right / max(1, found)


def _marked_objections(items: Sequence[Marked]) -> Iterator[tuple[str, set[str]]]:
    other = {m.claim: m.role.removeprefix("other:") for m in items if m.role.startswith("other:")}
    for item in items:
        if item.role == "denies":
            yield item.filed.id, {item.claim}
        elif item.claim in other:
            yield item.filed.id, {other[item.claim]}


if __name__ == "__main__":
    show("claims: made-up sentences", {"reportedly": measure()})
