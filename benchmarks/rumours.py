"""Does a headline, or a text, turn against a claim? Emergent's headlines and FNC-1's texts (macro-F1).

python -m benchmarks.rumours --data DATA

Of Emergent only one part is at hand: half of its claims, by the hash of their
id, is learnt from, the other half reported. Of FNC-1's train texts one in five,
by the hash of the body's id, is kept for reporting. Beside the figures those of
the commonest answer, and of two rules: against if a refuting word stands in the
headline (or in the first three sentences) and none in the claim; unrelated
below a share of common words.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from reportedly.weighing.answers import HEADLINE_ANSWERS, TEXT_ANSWERS, Body, answers, headline_clues

from .corpora import find
from .table import main

EMERGENT = "stance/emergent-dev.jsonl.gz"
BODIES = "stance/fnc1-train_bodies.csv.gz"
STANCES = "stance/fnc1-train_stances_numeric_labels_vijay14.csv.gz"
_ORDER = ("agree", "disagree", "discuss", "unrelated")


def fold(key: str, parts: int) -> int:
    """Return the part that an id falls into."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % parts


def headlines(data: Path, report: bool) -> list[tuple[str, str, str]]:
    """Return Emergent's (claim, headline, answer) of the half to report on, or to learn from."""
    with gzip.open(find(data, EMERGENT), "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [
        (r["claimHeadline"], r["articleHeadline"], r["articleHeadlineStance"])
        for r in records
        if (fold(r["claimId"], 2) == 1) == report
    ]


def texts(data: Path, report: bool) -> list[tuple[str, str, str]]:
    """Return FNC-1's (claim, body id, answer) of the part to report on, or to learn from."""
    with gzip.open(find(data, STANCES), "rt", encoding="utf-8", newline="") as file:
        rows = [(r["Headline"], r["Body_ID"], _ORDER[int(r["Stance"])]) for r in csv.DictReader(file)]
    return [row for row in rows if (fold("body" + row[1], 5) == 0) == report]


def bodies(data: Path) -> dict[str, str]:
    """Return FNC-1's texts by their id."""
    with gzip.open(find(data, BODIES), "rt", encoding="utf-8", newline="") as file:
        return {r["Body ID"]: r["articleBody"] for r in csv.DictReader(file)}


def f1_by_answer(wanted: Sequence[str], found: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Return F1 of each answer."""
    out = {}
    for name in names:
        hits = sum(w == f == name for w, f in zip(wanted, found, strict=True))
        total = wanted.count(name) + found.count(name)
        out[name] = 2 * hits / total if total else 0.0
    return out


def measure(data: Path) -> dict[str, float]:
    """Return macro-F1 and F1 of the answer "against" on both corpora, and the baselines' macro-F1."""
    out: dict[str, float] = {}
    pairs = headlines(data, report=True)
    wanted = [answer for *_, answer in pairs]
    found = [_best(answers().headline(claim, headline)) for claim, headline, _ in pairs]
    rule = [_by_word(claim, headline) for claim, headline, _ in pairs]
    _add(out, "Emergent", wanted, found, rule, HEADLINE_ANSWERS, "against", "for")
    rows = texts(data, report=True)
    cut = {name: Body(text) for name, text in bodies(data).items()}
    wanted = [answer for *_, answer in rows]
    found = [_best(answers().text(claim, cut[name])) for claim, name, _ in rows]
    rule = [_text_by_word(cut[name].clues(claim)) for claim, name, _ in rows]
    _add(out, "FNC-1", wanted, found, rule, TEXT_ANSWERS, "disagree", "unrelated")
    return out


def _add(
    out: dict[str, float],
    corpus: str,
    wanted: list[str],
    found: list[str],
    rule: list[str],
    names: Sequence[str],
    against: str,
    commonest: str,
) -> None:
    for label, answered in (("", found), (", rule", rule), (", commonest", [commonest] * len(wanted))):
        each = f1_by_answer(wanted, answered, names)
        out[f"{corpus} macro-F1{label}"] = sum(each.values()) / len(each)
        if label != ", commonest":
            out[f"{corpus} {against} F1{label}"] = each[against]


def _best(found: dict[str, float]) -> str:
    return max(found, key=lambda name: found[name])


def _by_word(claim: str, headline: str) -> str:
    clues = headline_clues(claim, headline)
    if clues["refuting"] and not clues["refuting:claim"]:
        return "against"
    return "observing" if clues["passing"] or clues["asks"] else "for"


def _text_by_word(clues: dict[str, float]) -> str:
    if clues.get("share", 0.0) < 0.5:
        return "unrelated"
    if clues.get("lead refutes", 0.0) and not clues.get("claim refutes", 0.0):
        return "disagree"
    return "discuss" if clues.get("lead passes on", 0.0) else "agree"


if __name__ == "__main__":
    main(__doc__, "rumours: Emergent and FNC-1", measure)
