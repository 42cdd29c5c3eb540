"""Copies between reports: on edits made by a generator, on real pairs read by hand, and what they cost.

    python -m benchmarks.copies --data DATA

**Edits.** Real articles (AllSides and the incident corpus) are taken over by the
generator in ``benchmarks/edits.py``, with hard negatives. All reports of a half
stand in one archive, in which :func:`find` looks for (copy, original); ``compare`` is asked
about the same pairs and the hard negatives. Half of the base articles, by the
hash of their id, were used for tuning; figures are for the other half.

**Real pairs.** ``training/labels/copy-labels.tsv``, pairs that were read one by
one (``COPIES.md`` beside it); figures for the half that was not tuned on.

The baseline is a MinHash of the whole text (rensa, 128 permutations, words in
shingles of five) with a threshold on the estimated Jaccard similarity, with
the same rule for direction by date; left out where rensa is not installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from reportedly.records import Reading, Report
from reportedly.weighing import copies
from reportedly.weighing.filed import Filed
from reportedly.weighing.shingles import Bands, signature

from .corpora import Absent, find, json_lines
from .edits import Archive, filed, generate, tuned_on
from .scoring import f1
from .table import arguments, show

ALLSIDES = "load/allsides-2020.jsonl.gz"
INCIDENTS = "incidents/articles-dev.jsonl.gz"
LABELS = Path(__file__).parent.parent / "training/labels/copy-labels.tsv"
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d+\w*/")


def articles(data: Path) -> list[dict[str, str]]:
    """Return the articles of both corpora as id, text, title, outlet, published and url."""
    rows = [
        {"id": r["ID"], "text": r["content_original"], "title": r["title"], "outlet": r["source"], "url": "",
         "published": r["date"] or "", "set": "allsides"}
        for r in json_lines(find(data, ALLSIDES))
    ]  # fmt: skip
    rows += [
        {"id": r["id"], "text": r["content"], "title": r["title"], "outlet": "", "published": r["dct"],
         "url": _ARCHIVED.sub("", r["uri"]), "set": "incidents"}
        for r in json_lines(find(data, INCIDENTS))
    ]  # fmt: skip
    return rows


Found = tuple[str, str, bool]  # the kind, the original, and whether the direction is claimed to be known


@dataclass
class Score:
    """Counts of a system on pairs."""

    hits: int = 0
    found: int = 0
    wanted: int = 0
    kinds: int = 0
    told: int = 0
    ways: int = 0
    sure: int = 0
    sure_ways: int = 0

    def add(self, kind: str | None, of: str | None, answer: Found | None) -> None:
        """Count one pair: what is true (``of`` is ``None`` where nobody can tell) and what was found."""
        self.wanted += kind is not None
        self.found += answer is not None
        if kind is not None and answer is not None:
            self.hits += 1
            self.kinds += answer[0] == kind
            if of is not None:
                self.told += 1
                self.ways += answer[1] == of
                self.sure += answer[2]
                self.sure_ways += answer[2] and answer[1] == of

    def figures(self, name: str) -> dict[str, float]:
        return {
            f"{name} F1": f1(self.hits, self.found, self.wanted),
            f"{name} precision": self.hits / max(1, self.found),
            f"{name} recall": self.hits / max(1, self.wanted),
            f"{name} kind": self.kinds / max(1, self.hits),
            f"{name} direction": self.ways / max(1, self.told),
            f"{name} direction where it is claimed": self.sure_ways / max(1, self.sure),
        }


Answer = Callable[[Filed, Filed], Found | None]


def compared(common: Iterable[int]) -> Answer:
    """Ask ``compare``."""
    known = frozenset(common)

    def answer(a: Filed, b: Filed) -> Found | None:
        found = copies.compare(a, b, known)
        return (found.kind, found.of, "cannot be told" not in found.why) if found else None

    return answer


def minhash(threshold: float) -> Answer | None:
    """Ask rensa's MinHash of the whole text; ``None`` where it is not installed."""
    try:
        from rensa import RMinHash
    except ImportError:
        return None
    made: dict[str, object] = {}

    def sketch(filed: Filed):  # type: ignore[no-untyped-def]
        if filed.id not in made:
            words = re.findall(r"\w+", filed.report.text.lower())
            one = RMinHash(num_perm=128, seed=7)
            one.update([" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))])
            made[filed.id] = one
        return made[filed.id]

    def answer(a: Filed, b: Filed) -> Found | None:
        if sketch(a).jaccard(sketch(b)) < threshold:
            return None
        first = min((a, b), key=lambda f: (f.report.published or "", f.id))
        return "full", first.id, a.report.published != b.report.published

    return answer


def on_edits(made: Archive, answer: Answer) -> Score:
    """Ask about each pair of the archive."""
    score = Score()
    for pair in made.pairs:
        score.add(pair.kind, pair.of.id, answer(pair.copy, pair.of))
    return score


def in_archive(made: Archive) -> dict[str, float]:
    """Let ``find`` look for copies among all reports; a link counts if it points at the right original."""
    links = {(c.copy, c.of): c.kind for c in copies.find(made.reports)}
    wanted = {(p.copy.id, p.of.id): p.kind for p in made.pairs if p.kind}
    right = links.keys() & wanted.keys()
    return {
        "archive links F1": f1(len(right), len(links), len(wanted)),
        "archive links kind": sum(links[link] == wanted[link] for link in right) / max(1, len(right)),
    }


def on_labels(rows: Sequence[dict[str, str]], tuning: bool, systems: dict[str, Answer]) -> dict[str, Score]:
    """Ask the systems about the pairs that were read; reportedly knows each corpus' boilerplate."""
    by_id = {row["id"]: row for row in rows}
    scores = {name: Score() for name in ("reportedly", *systems)}
    pairs = [
        p for p in labels() if p["reading"] == "1" and tuned_on("|".join(sorted((p["a"], p["b"])))) == tuning
    ]
    for corpus in ("allsides", "incidents"):
        everything = [_bare(row) for row in rows if row["set"] == corpus and row["text"].strip()]
        asked = {"reportedly": compared(copies.boilerplate(everything)), **systems}
        for pair in (p for p in pairs if p["set"] == corpus):
            a, b = (filed(r["id"], r["text"], r["title"], r["outlet"], r["published"], r["url"])
                    for r in (by_id[pair["a"]], by_id[pair["b"]]))  # fmt: skip
            kind = None if pair["label"] == "none" else pair["label"]
            of = pair[pair["from"]] if pair["from"] in ("a", "b") else None
            for name, answer in asked.items():
                scores[name].add(kind, of, answer(a, b))
    return scores


def _bare(row: dict[str, str]) -> Filed:
    """A report without its credits, which boilerplate does not need."""
    report = Report(
        id=row["id"], text=row["text"], sha256="", outlet=row["outlet"] or None,
        published=row["published"] or None, url=row["url"] or None,
    )  # fmt: skip
    return Filed(Reading(report=report), datetime(2026, 1, 1, tzinfo=UTC))


def labels() -> list[dict[str, str]]:
    """Return the rows of the table of labels."""
    lines = [x for x in LABELS.read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:]]


def agreement() -> dict[str, float]:
    """Return how often the second reading of a pair gave the label and the direction of the first."""
    first = {r["pair"]: r for r in labels() if r["reading"] == "1"}
    second = [r for r in labels() if r["reading"] == "2"]
    same = [first[r["pair"]]["label"] == r["label"] for r in second]
    ways = [first[r["pair"]]["from"] == r["from"] for r in second if r["label"] != "none"]
    return {"label": sum(same) / max(1, len(same)), "from": sum(ways) / max(1, len(ways))}


def cost(rows: Sequence[dict[str, str]]) -> dict[str, float]:
    """Return milliseconds to sign, look up and add a report to an index of 500 and of 5,000, and its size."""
    texts = [row["text"] for row in rows if row["text"].strip()]
    probes, rest = texts[:60], texts[60:]
    out: dict[str, float] = {}
    for size in (500, 5000):
        bands = Bands()
        for n, text in enumerate(rest[:size]):
            bands.add(str(n), signature(text))
        began = process_time()
        for n, text in enumerate(probes):
            signed = signature(text + " ")
            bands.candidates(signed)
            bands.add(f"p{n}", signed)
        out[f"ms to add report {size:,}"] = 1000 * (process_time() - began) / len(probes)
        out["bands a report"] = bands.entries / len(bands)
    out["5,000th against 500th"] = out["ms to add report 5,000"] / max(1e-9, out["ms to add report 500"])
    return out


def table(data: Path, tuning: bool = False) -> dict[str, dict[str, float]]:
    """Return the figures of reportedly and of the baselines."""
    rows = articles(data)
    made = generate(rows, tuning)
    base = {f"MinHash ≥ {t}": answer for t in (0.8, 0.5) if (answer := minhash(t)) is not None}
    mine = compared(copies.boilerplate(made.reports))
    out = {"reportedly": on_edits(made, mine).figures("edits")}
    out["reportedly"] |= in_archive(made)
    for name, answer in base.items():
        out[name] = on_edits(made, answer).figures("edits")
    for name, score in on_labels(rows, tuning, base).items():
        out[name] |= score.figures("real pairs")
    out["reportedly"] |= cost(rows)
    return out


def measure(data: Path) -> dict[str, float]:
    """Return reportedly's figures on the halves that nothing was tuned on."""
    return table(data)["reportedly"]


if __name__ == "__main__":
    args = arguments(__doc__)
    try:
        systems = table(args.data)
    except Absent as absent:
        raise SystemExit(str(absent)) from None
    show(
        "copies",
        {figure: {name: row[figure] for name, row in systems.items() if figure in row}
         for figure in systems["reportedly"]},
    )  # fmt: skip
    print("agreement of the two readings:", agreement())
