"""Events: PLOVER types on PLV sentences, incident types on MUC-4 documents.

PLV (Halterman and others) marks a source and a target in each sentence and
gives the PLOVER root code of what the one does to the other. It codes the old
way, YIELD for CONCEDE and RETREAT, and an announced act as AGREE or THREATEN
and a refused one as REJECT, where we keep the act's own type and a status; both are mapped. Of
the events read in a sentence the one counts whose actors and recipients best
overlap the marked ones.

MUC-4 (1992) says which incidents a news document reports; we compare sets of
incident types a document, from the modes of ASSAULT events that occurred.

    python -m benchmarks.events --data DATA
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportedly.reading.events import FoundEvent, find_events
from reportedly.reading.page import Name, Page
from reportedly.reading.relations import find_relations

from .corpora import find
from .table import main

PLV, MUC = "plover-plv-train.tsv.gz", "muc34-dev.jsonl.gz"
COOPERATIVE = {"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT"}
HOSTILE = {"PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"}
INCIDENTS = ("arson", "attack", "bombing", "kidnapping", "robbery")
_MODE_TO_INCIDENT = {
    "arson": "arson", "explosives": "bombing", "suicide-attack": "bombing", "abduct": "kidnapping",
    "rob": "robbery", "clash": "", "violate": "", "torture": "",
}  # fmt: skip
_RUN = re.compile(
    r"\b(?:[A-Z]\.){2,}|\b[A-Z][\w'\-]*(?: (?:(?:of|de|al|bin) )?(?:(?:[A-Z]\.){2,}|[A-Z][\w\-]*))*"
)
_FIRST = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "By",
        "For",
        "From",
        "With",
        "After",
        "Before",
        "This",
        "These",
        "Those",
        "It",
        "He",
        "She",
        "They",
        "We",
    ]
)
_NO_NAME = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Police",
        "Officials",
        "Authorities",
        "Protesters",
        "Teachers",
        "Workers",
        "Thousands",
        "Dozens",
    ]
)


def stand_in_names(text: str) -> list[Name]:
    """Return runs of capitalised words as names, where no model is wanted."""
    found = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        first = match[0].split(" ")[0]
        if match[0] in _NO_NAME:
            continue
        if first in _FIRST:
            start += len(first) + 1
        if text[start:end].endswith("'s"):
            end -= 2
        if start < end:
            found.append(Name(start, end, "PER" if " " in text[start:end] else "ORG"))
    return found


def measure(data: Path) -> dict[str, float]:
    """Return the figures for the corpora under ``data``; raises :class:`Absent`.

    Keys: ``plv_found`` (share of sentences with any event), ``plv_accuracy``,
    ``plv_macro_f1``, ``muc_micro_f1``, ``muc_macro_f1``, ``words_per_second``
    (events and relations together, sentences and words already cut).
    """
    plv, muc = find(data, f"events/{PLV}"), find(data, f"events/{MUC}")
    return {**_plv(plv), **_muc(muc), "words_per_second": _speed(muc)}


def plv_pairs(path: Path) -> list[tuple[str, str, FoundEvent | None, str]]:
    """Return ``(gold type, type read, event, marked sentence)`` a sentence; "-" where none was read."""
    pairs = []
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            text = row["sentence"]
            page = Page(text)
            source, target = _place(text, row["source"]), _place(text, row["target"])
            best, score = None, -1.0
            for event in find_events(page, stand_in_names(text)):
                value = _overlap(event.actors, source) + _overlap(event.recipients, target)
                value += 0.5 * (_overlap(event.actors, target) + _overlap(event.recipients, source))
                if value > score:
                    best, score = event, value
            pairs.append((row["gold_root"], _plv_type(best), best, row["marked_sentence"]))
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
    return max((1.0 for s, e in spans if s < other[1] and other[0] < e), default=0.0)


def _plv(path: Path) -> dict[str, float]:
    pairs = [(gold, read) for gold, read, _, _ in plv_pairs(path)]
    return {
        "plv_found": sum(read != "-" for _, read in pairs) / len(pairs),
        "plv_accuracy": sum(gold == read for gold, read in pairs) / len(pairs),
        "plv_macro_f1": macro_f1(pairs),
    }


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 over the gold labels of ``(gold, read)`` pairs."""
    right = Counter(gold for gold, read in pairs if gold == read)
    gold_total, read_total = Counter(g for g, _ in pairs), Counter(r for _, r in pairs)
    return sum(2 * right[x] / (gold_total[x] + read_total[x]) for x in gold_total) / len(gold_total)


def incidents(text: str) -> set[str]:
    """Return the MUC incident types that a text reports."""
    return {kind for event in find_events(Page(text), ()) if (kind := _incident(event))}


def _incident(event: FoundEvent) -> str:
    if event.type != "ASSAULT" or event.status in ("denied", "hypothetical"):
        return ""
    return _MODE_TO_INCIDENT.get(event.mode or "", "attack")


def _muc(path: Path) -> dict[str, float]:
    counts = {kind: [0, 0, 0] for kind in INCIDENTS}
    for document in _documents(path):
        gold = {kind for t in document["templates"] for kind in t["incident_type"].split(" / ")}
        read = incidents(document["doctext"])
        for kind, count in counts.items():
            count[0] += kind in gold and kind in read
            count[1] += kind in gold
            count[2] += kind in read
    total = [sum(c[k] for c in counts.values()) for k in range(3)]
    f1 = {kind: 2 * c[0] / max(1, c[1] + c[2]) for kind, c in counts.items()}
    return {
        "muc_micro_f1": 2 * total[0] / max(1, total[1] + total[2]),
        "muc_macro_f1": sum(f1.values()) / len(f1),
        **{f"muc_{kind}_f1": value for kind, value in f1.items()},
    }


def _documents(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _speed(path: Path) -> float:
    pages = [Page(document["doctext"]) for document in _documents(path)]
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
