"""Incidents of MUC-4 (1992): which ones a news document reports, who did them and whom they hit.

We compare sets of incident types a document, and, over all its incidents, the heads of perpetrators, human
and physical targets; an entity of several mentions is found if one of them is (Patwardhan and Riloff 2007).
Whom a document only accuses is no actor of our events, while the keys count suspects as perpetrators. The
keys leave out how many were killed. What of an event makes it an incident in MUC's sense was tuned on the
train split. Part of :mod:`benchmarks.events`.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportedly.reading.events import FoundEvent, find_events
from reportedly.reading.page import Page

from .corpora import json_lines
from .scoring import f1

INCIDENTS = ("arson", "attack", "bombing", "kidnapping", "robbery")
SLOTS = ("perpetrator", "human_target", "physical_target")
_MODE_TO_INCIDENT = {
    "arson": "arson", "explosives": "bombing", "suicide-attack": "bombing", "abduct": "kidnapping",
    "rob": "robbery", "clash": "", "violate": "", "torture": "", "invade": "", "heavy-weapons": "",
    "destroy": "",
}  # fmt: skip
_BEHIND = (
    "of in at on for from who that which belonging with near to and owned known called led based laid spent"
)
_AFTER_HEAD = re.compile(rf",|\b(?:{'|'.join(_BEHIND.split())})\b")
_TOKEN = re.compile(r"[\w'\-]+")


@cache
def word_list(name: str) -> frozenset[str]:
    """Return a list of words of ``incidents.toml``."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(table[name].split())


def head(phrase: str) -> str:
    """Return the head word of a noun phrase in lower case: the last before its first modifier behind."""
    words = _TOKEN.findall(phrase.lower().removesuffix("'s"))
    before = _TOKEN.findall(_AFTER_HEAD.split(phrase.lower(), maxsplit=1)[0].removesuffix("'s"))
    return (before or words or [""])[-1]


def read_incidents(text: str) -> list[tuple[str, FoundEvent]]:
    """Return the incidents that a text reports, in MUC's sense, with their events.

    An incident is specific (somebody suffers it, or its noun is singular), occurred, is no act of war, and is
    not only between armed sides. Who is killed or hurt next to a bombing, fire or kidnapping is part of it.
    """
    page = Page(text)
    found = []
    for event in find_events(page, ()):
        kind = _incident(event)
        if kind is not None and _is_specific(text, event):
            found.append((kind, event, page.sentence_number(event.trigger[0])))
    whole = {number: kind for kind, _, number in found if kind not in ("", "attack", "robbery")}
    incidents: list[tuple[str, FoundEvent]] = []
    for kind, event, number in found:
        if kind in ("", "attack"):
            kind = next((whole[k] for k in (number, number - 1, number + 1) if k in whole), kind)
        if kind:
            incidents.append((kind, event))
    return incidents


def _incident(event: FoundEvent) -> str | None:
    """Return the incident type of an event, empty for what is none by itself, or ``None``."""
    if event.type != "ASSAULT" or event.status not in ("occurred", "ongoing"):
        return None
    return _MODE_TO_INCIDENT.get(event.mode or "", "attack")


def _is_specific(text: str, event: FoundEvent) -> bool:
    wording = event.rule.split(":")[1].split()
    if wording[0] in word_list("warfare") and len(wording) < 3:
        return False
    sufferers = [_TOKEN.findall(text[s:e].lower()) for s, e in event.recipients]
    if sufferers:
        return not all(word_list("armed").intersection(words) for words in sufferers)
    return wording[0] not in word_list("vague_alone") and not text[slice(*event.trigger)].lower().endswith(
        "s"
    )


def figures(path: Path, keys: Path) -> dict[str, float]:
    """Return the figures of the documents of ``path`` against a file of keys."""
    gold = gold_fillers(keys)
    counts = {kind: [0, 0, 0] for kind in (*INCIDENTS, *SLOTS)}
    for document in json_lines(path):
        text, templates = document["doctext"], document["templates"]
        read = read_incidents(text)
        gold_kinds = {kind for t in templates for kind in t["incident_type"].split(" / ")}
        read_kinds = {kind for kind, _ in read}
        for kind in INCIDENTS:
            count = counts[kind]
            count[0] += kind in gold_kinds and kind in read_kinds
            count[1] += kind in gold_kinds
            count[2] += kind in read_kinds
        filled = fillers(text, read)
        for slot, entities in gold.get(document["docid"], {}).items():
            hits = [f for f in entities if not f.heads.isdisjoint(filled[slot])]
            wanted = [f for f in entities if not f.optional or f in hits]
            false = filled[slot].difference(*(f.heads for f in entities))
            for k, value in enumerate((len(hits), len(wanted), len(hits) + len(false))):
                counts[slot][k] += value
    total = [sum(counts[kind][k] for kind in INCIDENTS) for k in range(3)]
    scores = {kind: f1(c[0], c[2], c[1]) for kind, c in counts.items()}
    return {
        "muc_micro_f1": f1(total[0], total[2], total[1]),
        "muc_macro_f1": sum(scores[kind] for kind in INCIDENTS) / len(INCIDENTS),
        **{f"muc_{kind}_f1": value for kind, value in scores.items()},
    }


def fillers(text: str, read: Iterable[tuple[str, FoundEvent]]) -> dict[str, set[str]]:
    """Return the head words that the incidents of a document have in each slot."""
    found: dict[str, set[str]] = {slot: set() for slot in SLOTS}
    for _, event in read:
        for word in heads_of(text[s:e] for s, e in event.actors):
            if word not in word_list("things") | word_list("weapons") | word_list("pronouns"):
                found["perpetrator"].add(word)
        for word in heads_of(text[s:e] for s, e in event.recipients):
            if word not in word_list("pronouns"):
                found["physical_target" if word in word_list("things") else "human_target"].add(word)
    return found


@dataclass(frozen=True, slots=True)
class Filler:
    """An entity of a slot of the keys: the head words of its mentions, and whether it may be left out."""

    heads: frozenset[str]
    optional: bool


def gold_fillers(path: Path) -> dict[str, dict[str, list[Filler]]]:
    """Read a file of keys: the fillers of each document and slot; those of several templates count once."""
    roles = {
        "perp_individual_id": SLOTS[0], "perp_organization_id": SLOTS[0],
        "hum_tgt_name": SLOTS[1], "hum_tgt_description": SLOTS[1], "phys_tgt_id": SLOTS[2],
    }  # fmt: skip
    found: dict[str, dict[str, list[Filler]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        blocks = [json.loads(block) for block in stream.read().split("%%%") if block.strip()]
    for template in blocks:
        fields = [(key, value) for key, value in template if isinstance(value, dict)]
        document = found.setdefault(dict(template)["message_id"], {slot: [] for slot in SLOTS})
        described: dict[str, frozenset[str]] = {}
        for key, value in fields:
            if key == "hum_tgt_description":
                for name in heads_of(value.get("strings_rhs", ())):
                    described[name] = heads_of(value.get("strings_lhs", ()))
        for key, value in fields:
            if key in roles and heads_of(value.get("strings", ())):
                heads = heads_of(value["strings"])
                for one in tuple(heads) if key == "hum_tgt_name" else ():
                    heads |= described.get(one, frozenset())
                filler = Filler(heads, bool(value.get("optional") or _is_optional(template)))
                if all(filler.heads != other.heads for other in document[roles[key]]):
                    document[roles[key]].append(filler)
    return found


def _is_optional(template: Sequence[Sequence[Any]]) -> bool:
    return any(key == "message_template_optional" and value for key, value in template)


def heads_of(strings: Iterable[str | None]) -> frozenset[str]:
    """Return the head words of noun phrases; the keys leave some of them open."""
    return frozenset(head(string) for string in strings if string)
