"""Which words of several reports speak of the same happening: ECB+, development topics (CoNLL F1).

python -m benchmarks.ecb --data DATA

Gold topics are given, and only the sentences that the corpus annotates. A
mention stands for its head: of an annotated span of several words the first
that is a verb, else the first. Figures for the package's own mentions and for
the gold ones; beside them the baseline "same base form in the same topic".
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

from reportedly.reading.wordforms import VERBS
from reportedly.weighing.happenings import Happening, Place, at, happenings, tag

from .coreference import Chains, scores
from .corpora import find
from .scoring import f1
from .table import main

FOLDER = "events-across-reports"
Sentences = dict[tuple[str, int], list[str]]


def load(data: Path, split: str) -> tuple[Sentences, dict[Place, str]]:
    """Return the sentences of a split ("Train", "Dev") and the chain of each mention, by its head."""
    sentences: Sentences = defaultdict(list)
    with gzip.open(find(data, f"{FOLDER}/ECB_{split}_corpus.txt.gz"), "rt", encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) >= 4:
                sentences[fields[0], int(fields[1])].append(fields[3])
    heads: dict[Place, str] = {}
    with gzip.open(find(data, f"{FOLDER}/ECB_{split}_Event_gold_mentions.json.gz"), "rt") as file:
        for mention in json.load(file):
            place = (mention["doc_id"], mention["sent_id"])
            words, numbers = sentences[place], sorted(mention["tokens_number"])
            verbs = [n for n in numbers if tag(words[n]) in VERBS | frozenset("vsg")]
            heads[(*place, (verbs or numbers)[0])] = mention["coref_chain"]
    return dict(sentences), heads


def topic(report: str) -> str:
    """Return the topic of a report: the number before its name."""
    return report.split("_", 1)[0]


def by_topic(sentences: Sentences, heads: dict[Place, str] | None) -> dict[str, list[Happening]]:
    """Return the happenings of each topic: those at ``heads``, or those that the package finds."""
    found: dict[str, list[Happening]] = defaultdict(list)
    for (report, number), words in sorted(sentences.items()):
        if heads is None:
            here = [
                h for x in happenings().find(report, [words]) for h in at(report, number, words, [x.place[2]])
            ]
        else:
            here = at(report, number, words, [n for n in range(len(words)) if (report, number, n) in heads])
        found[topic(report)] += here
    return found


def measure(data: Path) -> dict[str, float]:
    """Return CoNLL F1 with own and with gold mentions, the baseline's, and F1 of the mentions."""
    sentences, heads = load(data, "Dev")
    wanted: dict[str, set[Place]] = defaultdict(set)
    for place, chain in heads.items():
        wanted[chain].add(place)
    gold: Chains = [frozenset(chain) for chain in wanted.values()]
    out: dict[str, float] = {}
    for name, given in (("own mentions", None), ("gold mentions", heads)):
        topics = by_topic(sentences, given)
        chains: Chains = [
            frozenset(h.place for h in group)
            for found in topics.values()
            for group in happenings().chains(found)
        ]
        same: dict[tuple[str, str], set[Place]] = defaultdict(set)
        for number, found in topics.items():
            for h in found:
                same[number, h.key].add(h.place)
        out[f"CoNLL F1, {name}"] = scores(gold, chains)["CoNLL F1"]
        baseline: Chains = [frozenset(chain) for chain in same.values()]
        out[f"CoNLL F1, {name}, base form and topic"] = scores(gold, baseline)["CoNLL F1"]
        if given is None:
            places = {h.place for found in topics.values() for h in found}
            out["mentions F1"] = f1(len(places & heads.keys()), len(places), len(heads))
    return out


if __name__ == "__main__":
    main(__doc__, "happenings across reports: ECB+ dev", measure)
