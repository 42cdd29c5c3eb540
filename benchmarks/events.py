"""Events: PLOVER types and parties on PLV sentences, and incidents on MUC-4 documents.

PLV (Halterman and others) marks a source and a target in each sentence and
gives the PLOVER root code of what the one does to the other. It codes the old
way, YIELD for CONCEDE and RETREAT, and an announced act as AGREE or THREATEN
and a refused one as REJECT, where we keep the act's own type and a status; both are mapped. Of
the events read in a sentence the one counts whose actors and recipients best
overlap the marked ones.

The trigger table was written with all of PLV's train split in view, so three figures are given:

- ``plv_macro_f1`` over all sentences;
- ``plv_reported_macro_f1`` over the half of them, by a hash of the id, that is only reported on: since
  2026-11-22 nobody looks at these sentences;
- ``plv_struck_macro_f1`` by five-fold cross-validation: what a wording finds in a fold counts only if the
  same wording is right somewhere in the other folds, so that no wording counts for the only sentences that
  may have suggested it. Wordings that come from the codebook fall out with them, so the figure is a
  cautious one.

The incidents of MUC-4 are told in :mod:`benchmarks.incidents`.

    python -m benchmarks.events --data DATA
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportedly.reading.events import FoundEvent, find_events
from reportedly.reading.page import Name, Page
from reportedly.reading.relations import find_relations

from . import incidents
from .corpora import find, json_lines
from .incidents import head, word_list
from .scoring import f1
from .table import main

PLV, MUC, KEYS = "plover-plv-train.tsv.gz", "muc34-dev.jsonl.gz", "muc34-keys-dev.txt.gz"
FOLDS = 5
COOPERATIVE = {"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT"}
HOSTILE = {"PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"}
_RUN = re.compile(
    r"\b(?:[A-Z]\.){2,}|\b[A-Z][\w'\-]*(?: (?:(?:of|de|al|bin) )?(?:(?:[A-Z]\.){2,}|[A-Z][\w\-]*))*"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One PLV sentence: its gold type, the type read ("-" if none), the event chosen, and who is marked."""

    id: str
    gold: str
    read: str
    event: FoundEvent | None
    marked: str
    source: bool
    target: bool


def stand_in_names(text: str) -> list[Name]:
    """Return runs of capitalised words as names, where no model is wanted."""
    found = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        first = match[0].split(" ")[0]
        if match[0] in word_list("no_name"):
            continue
        if first in word_list("first"):
            start += len(first) + 1
        if text[start:end].endswith("'s"):
            end -= 2
        if start < end:
            found.append(Name(start, end, "PER" if " " in text[start:end] else "ORG"))
    return found


def measure(data: Path) -> dict[str, float]:
    """Return the figures for the corpora under ``data``; raises :class:`Absent`.

    Keys: ``plv_found`` (share of sentences with any event), ``plv_accuracy``, the three macro-F1 of the head
    of this module, ``plv_source_found`` and ``plv_target_found`` (share of marked parties whose head
    word is the head of an actor or a recipient of the event, the right way round; of a mutual act both are
    actors), the F1 of MUC incident types and slots, and ``words_per_second`` (events and relations together,
    sentences and words already cut).
    """
    plv, muc, keys = (find(data, f"events/{name}") for name in (PLV, MUC, KEYS))
    return {**_plv(plv), **incidents.figures(muc, keys), "words_per_second": _speed(muc)}


# -- PLV


def plv_pairs(path: Path) -> list[Pair]:
    """Return what is read in each PLV sentence."""
    pairs = []
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            text = row["sentence"]
            source, target = _place(text, row["source"]), _place(text, row["target"])
            best, score = None, -1.0
            for event in find_events(Page(text), stand_in_names(text)):
                value = _overlap(event.actors, source) + _overlap(event.recipients, target)
                value += 0.5 * (_overlap(event.actors, target) + _overlap(event.recipients, source))
                if value > score:
                    best, score = event, value
            pairs.append(
                Pair(
                    row["sentence_id"], row["gold_root"], _plv_type(best), best, row["marked_sentence"],
                    best is not None and _has_head(text, best.actors, source),
                    best is not None and _has_head(text, _others(text, best, source), target),
                )
            )  # fmt: skip
    return pairs


def _plv_type(event: FoundEvent | None) -> str:
    if event is None:
        return "-"
    if event.status == "planned" and event.type in COOPERATIVE:
        return "AGREE"
    if event.status == "denied" and event.type in COOPERATIVE:
        return "REJECT"
    if event.status in ("threatened", "planned") and event.type in HOSTILE:
        return "THREATEN"
    return "YIELD" if event.type in ("CONCEDE", "RETREAT") else event.type


def _place(text: str, part: str) -> tuple[int, int]:
    start = text.find(part.strip())
    return (start, start + len(part.strip())) if start >= 0 else (-1, -1)


def _overlap(spans: Sequence[tuple[int, int]], other: tuple[int, int]) -> float:
    """Return 1 where any of the spans overlaps another, and a little more the better it does (Dice)."""
    best = 0.0
    for start, end in spans:
        shared = min(end, other[1]) - max(start, other[0])
        if shared > 0:
            best = max(best, 1 + 0.2 * shared / (end - start + other[1] - other[0]))
    return best


def _has_head(text: str, spans: Sequence[tuple[int, int]], marked: tuple[int, int]) -> bool:
    wanted = head(text[slice(*marked)])
    return any(head(text[s:e]) == wanted and s < marked[1] and marked[0] < e for s, e in spans)


def _others(text: str, event: FoundEvent, source: tuple[int, int]) -> Sequence[tuple[int, int]]:
    """Return the recipients; of a mutual act ("A and B met") the other actors too."""
    if len(event.actors) < 2 or not _has_head(text, event.actors, source):
        return event.recipients
    return (*event.recipients, *(a for a in event.actors if not _has_head(text, (a,), source)))


def _plv(path: Path) -> dict[str, float]:
    pairs = plv_pairs(path)
    count = len(pairs)
    return {
        "plv_found": sum(p.read != "-" for p in pairs) / count,
        "plv_accuracy": sum(p.gold == p.read for p in pairs) / count,
        "plv_macro_f1": macro_f1([(p.gold, p.read) for p in pairs]),
        "plv_reported_macro_f1": macro_f1([(p.gold, p.read) for p in pairs if is_reported(p.id)]),
        "plv_struck_macro_f1": macro_f1(struck(pairs)),
        "plv_source_found": sum(p.source for p in pairs) / count,
        "plv_target_found": sum(p.target for p in pairs) / count,
    }


def is_reported(name: str) -> bool:
    """Whether a sentence is of the half that is only reported on."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def struck(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return ``(gold, read)`` with what only a wording read that is right in no other fold struck out."""
    folds = [hashlib.sha256(p.id.encode()).digest()[1] % FOLDS for p in pairs]
    support: dict[str, set[int]] = defaultdict(set)
    for pair, fold in zip(pairs, folds, strict=True):
        if pair.event is not None and pair.gold == pair.read:
            support[pair.event.rule].add(fold)
    return [
        (pair.gold, pair.read if pair.event is not None and support[pair.event.rule] - {fold} else "-")
        for pair, fold in zip(pairs, folds, strict=True)
    ]


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 over the gold labels of ``(gold, read)`` pairs."""
    right = Counter(gold for gold, read in pairs if gold == read)
    gold_total, read_total = Counter(g for g, _ in pairs), Counter(r for _, r in pairs)
    return sum(f1(right[x], read_total[x], gold_total[x]) for x in gold_total) / len(gold_total)


def _speed(path: Path) -> float:
    pages = [Page(document["doctext"]) for document in json_lines(path)]
    words = sum(len(page.words) for page in pages)
    for page in pages:
        _ = page.sentences
    start = time.process_time()
    for page in pages:
        find_events(page, ())
        find_relations(page, ())
    return words / max(1e-9, time.process_time() - start)


if __name__ == "__main__":
    main(__doc__, "events: PLV and MUC dev", measure)
