"""How attributions and spans are scored, as the literature on PARC and PolNeAR does it.

A span is the set of the words that it touches, so quotation marks and full
stops at its ends do not count. Predicted attributions are paired one to one
with the gold ones by the Dice overlap of their contents (best first, at least
one half); of a pair the source is right if its overlap is at least one half,
or if both have none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Words = frozenset[int]
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|[$€£%]")
ROLES = ("source", "cue", "content")


class Text:
    """Numbers the words of a text and finds those that character spans touch."""

    def __init__(self, text: str) -> None:
        bounds = [m.span() for m in _WORD.finditer(text)]
        self._starts = [s for s, _ in bounds]
        self._ends = [e for _, e in bounds]

    def words(self, spans: Iterable[Sequence[int]]) -> Words:
        found: set[int] = set()
        for start, end in spans:
            found.update(range(bisect_right(self._ends, start), bisect_left(self._starts, end)))
        return frozenset(found)


def dice(one: Words, two: Words) -> float:
    """Return the Dice overlap of two sets of words, 0 where both are empty."""
    return 2 * len(one & two) / (len(one) + len(two)) if one or two else 0.0


def f1(hits: float, found: float, wanted: float) -> float:
    """Return F1 from the number of hits, of things found and of things wanted."""
    return 2 * hits / (found + wanted) if found + wanted else 0.0


@dataclass
class AttributionScore:
    """Counts over articles; :meth:`figures` gives F1 values."""

    found: int = 0
    wanted: int = 0
    wanted_indirect: int = 0
    wanted_sourceless: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    spans_found: Counter[str] = field(default_factory=Counter)
    spans_wanted: Counter[str] = field(default_factory=Counter)
    confidences: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, text: str, gold: Sequence[dict], predicted: Sequence[dict]) -> None:
        """Count one article. Items map source, cue and content to lists of ``[start, end]``."""
        index = Text(text)
        wanted = [{role: index.words(item[role]) for role in ROLES} for item in gold]
        found = [{role: index.words(item[role]) for role in ROLES} for item in predicted]
        self.found += len(found)
        self.wanted += len(wanted)
        for role in ROLES:
            a = {item[role] for item in found if item[role]}
            b = {item[role] for item in wanted if item[role]}
            self.hits[f"{role} exact"] += len(a & b)
            self.spans_found[role] += len(a)
            self.spans_wanted[role] += len(b)
        right = set()
        for i, j in pairs(wanted, found):
            source = _same(wanted[i]["source"], found[j]["source"])
            cue = _same(wanted[i]["cue"], found[j]["cue"])
            self.hits["match"] += 1
            self.hits["match+source"] += source
            self.hits["match+cue"] += cue
            self.hits["indirect"] += is_indirect(text, gold[i])
            self.hits["sourceless"] += not gold[i]["source"] and not predicted[j]["source"]
            if source:
                right.add(j)
        self.wanted_indirect += sum(is_indirect(text, item) for item in gold)
        self.wanted_sourceless += sum(not item["source"] for item in gold)
        for j, item in enumerate(predicted):
            if "confidence" in item:
                self.confidences.append((item["confidence"], j in right))

    def figures(self) -> dict[str, float]:
        """Return F1 of whole attributions and of exact spans, 0 to 1."""
        out = {
            name: f1(self.hits[name], self.found, self.wanted)
            for name in ("match", "match+source", "match+cue")
        }
        for role in ROLES:
            out[f"{role} exact"] = f1(
                self.hits[f"{role} exact"], self.spans_found[role], self.spans_wanted[role]
            )
        out["indirect contents found"] = self.hits["indirect"] / max(1, self.wanted_indirect)
        out["right source given content"] = self.hits["match+source"] / max(1, self.hits["match"])
        out["source-less right"] = self.hits["sourceless"] / max(1, self.wanted_sourceless)
        return out

    def curve(self) -> dict[str, dict[str, float]]:
        """Return precision and recall of "content and source are right" by the least confidence kept."""
        rows = {}
        for least in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            kept = [right for c, right in self.confidences if c >= least]
            rows[f"≥ {least:.1f}"] = {
                "precision": sum(kept) / max(1, len(kept)),
                "recall": sum(kept) / max(1, self.wanted),
                "kept": len(kept) / max(1, len(self.confidences)),
            }
        return rows

    def reliability(self, bins: int = 10) -> dict[str, dict[str, float]]:
        """Return, a bin of confidence, its mean, how often content and source were right, and its size."""
        rows = {}
        for k in range(bins):
            low, high = k / bins, (k + 1) / bins
            inside = [(c, r) for c, r in self.confidences if low <= c < high or (c == 1 and k + 1 == bins)]
            if inside:
                rows[f"{low:.1f} to {high:.1f}"] = {
                    "confidence": sum(c for c, _ in inside) / len(inside),
                    "right": sum(r for _, r in inside) / len(inside),
                    "share": len(inside) / len(self.confidences),
                }
        return rows

    def calibration_error(self, bins: int = 10) -> float:
        """Return the expected calibration error (Guo et al. 2017) of "content and source are right"."""
        total = len(self.confidences)
        error = 0.0
        for k in range(bins):
            inside = [
                (c, r)
                for c, r in self.confidences
                if k / bins <= c < (k + 1) / bins or (c == 1 and k + 1 == bins)
            ]
            if inside:
                mean = sum(c for c, _ in inside) / len(inside)
                share = sum(r for _, r in inside) / len(inside)
                error += abs(mean - share) * len(inside) / total
        return error


def is_indirect(text: str, item: dict) -> bool:
    """Tell whether no part of a content stands in quotation marks."""
    pieces = [text[max(0, s - 1) : e + 1] for s, e in item["content"]]
    return not any(mark in piece for piece in pieces for mark in '“”"')


def _same(one: Words, two: Words) -> bool:
    return (not one and not two) or dice(one, two) >= 0.5


def pairs(wanted: list[dict[str, Words]], found: list[dict[str, Words]]) -> list[tuple[int, int]]:
    near = sorted(
        (-value, i, j)
        for i, a in enumerate(wanted)
        for j, b in enumerate(found)
        if (value := dice(a["content"], b["content"])) >= 0.5
    )
    used_i: set[int] = set()
    used_j: set[int] = set()
    pairs = []
    for _, i, j in near:
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            pairs.append((i, j))
    return pairs
