"""Event status and event factuality.

*Status* is measured on triggers that were labelled by reading
(``training/labels/STATUS.md``): accuracy and macro-F1 over the part of them that rules were not tuned on, and
accuracy over the part drawn at random.

*Factuality* is measured on the words that MEANTIME (Minard et al. 2016) and UDS-IH2 (Rudinger et al. 2018)
give a value from -3 (certainly not) to 3 (certainly), as Stanovsky et al. (2017) brought them to one scale:
mean absolute error and Pearson's r, beside a baseline that always says 3. The value is computed from the
word's status, the hedges beside it, and how firmly the verb that reports it holds it; FactBank's CT, PR, PS
and Uu stand for 3, 2, 1 and 0, and the negative ones for their mirror images (``…_factbank_mae``,
``…_factbank_r``). The two corpora ask other questions: MEANTIME how certain an event is, whenever it is to
happen; UDS-IH2 whether it did happen. So ``…_mae`` and ``…_r`` take the median that each case has in the
corpus's train split instead. What is capitalised stands in for the model's names.

    python -m benchmarks.factuality --data DATA
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from reportedly.data import tables
from reportedly.reading.events import find_events
from reportedly.reading.page import Page
from reportedly.reading.phrases import Sentence, Sentences
from reportedly.reading.status import word_status
from reportedly.reading.wordforms import VERBS

from .corpora import find, json_lines
from .events import macro_f1, stand_in_names
from .table import main

LABELS = Path(__file__).parent.parent / "training/labels/status-labels.jsonl"
CORPORA = {"polnear": "attribution/polnear-train.jsonl.gz", "muc": "events/muc34-train.jsonl.gz"}
SETS = {"meantime": "factuality/meantime-dev.jsonl.gz", "uds_ih2": "factuality/uds_ih2-dev.jsonl.gz"}
# What a case is worth. A case is the degree that an event is told with or, if it is no fact, its status.
FACTBANK: Final = {
    "CT": 3.0, "PR": 2.0, "PS": 1.0, "Uu": 0.0,
    "planned": 1.0, "threatened": 0.0, "hypothetical": 0.0, "denied": -3.0,
}  # fmt: skip
SCALES: Final = {
    "meantime": {
        "CT": 3.0,
        "PR": 1.5,
        "PS": 0.75,
        "Uu": 3.0,
        "planned": 3.0,
        "threatened": 0.0,
        "hypothetical": 3.0,
        "denied": -3.0,
    },
    "uds_ih2": {
        "CT": 2.25,
        "PR": 2.25,
        "PS": -1.875,
        "Uu": 1.5,
        "planned": -1.875,
        "threatened": 0.0,
        "hypothetical": -1.5,
        "denied": -0.375,
    },
}
_NEAR: Final = 8  # words before a word in which hedges and the verb that reports it are looked for


def measure(data: Path) -> dict[str, float]:
    """Return the figures that the head of this module explains; raises :class:`Absent`."""
    return {**_status(data), **_factuality(data)}


# -- status


def status_pairs(data: Path) -> list[tuple[dict[str, str], str]]:
    """Return each label with the status read; "-" where the trigger is no longer found."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    wanted = {row["document"] for row in rows}
    found: dict[tuple[str, int, int], str] = {}
    for name in CORPORA.values():
        for document in json_lines(find(data, name)):
            key = document.get("id") or document["docid"]
            if key in wanted:
                text = document.get("text") or document["doctext"]
                for event in find_events(Page(text), stand_in_names(text)):
                    found[(key, *event.trigger)] = event.status
    return [(row, found.get((row["document"], row["start"], row["end"]), "-")) for row in rows]


def _status(data: Path) -> dict[str, float]:
    pairs = status_pairs(data)
    held = [(row["status"], read) for row, read in pairs if row["part"] == "reported" and read != "-"]
    drawn = [row["status"] == read for row, read in pairs if row["drawn"] == "random" and read != "-"]
    return {
        "status_accuracy": sum(a == b for a, b in held) / len(held),
        "status_macro_f1": macro_f1(held),
        "status_random_accuracy": sum(drawn) / len(drawn),
        "status_found": sum(read != "-" for _, read in pairs) / len(pairs),
    }


# -- factuality


def case_of(sentence: Sentence, k: int) -> str:
    """Return the case of the event that word ``k`` tells, a key of :data:`FACTBANK`."""
    status = word_status(sentence, k)
    if status not in ("occurred", "ongoing"):
        return status
    return min(["CT", *_degrees(sentence, k)], key=lambda degree: FACTBANK[degree])


def _degrees(sentence: Sentence, k: int) -> Iterator[str]:
    """Yield the degrees of the hedges before a word, and of the verb that reports it."""
    hedges, firmness = tables.toml("cues")["hedges"], tables.toml("cues")["factuality"]
    for j in range(k - 1, max(-1, k - _NEAR), -1):
        word = sentence.low[j]
        if word in ",;:.":
            return
        for name in ("PS", "PR"):
            if word in hedges[name].split():
                yield name
        if sentence.tags[j] in VERBS and j < k - 1:
            for name in ("PR+", "PS+", "Uu"):
                if sentence.lemma(j) in firmness[name].split():
                    yield name[:2]
            return


def cases(path: Path) -> list[tuple[float, str]]:
    """Return the gold value and the case of each labelled word of a file."""
    pairs = []
    for row in json_lines(path):
        text = row["text"]
        starts, at = [], 0
        for token in text.split(" "):
            starts.append(at)
            at += len(token) + 1
        page = Page(text)
        tagged = Sentences(page, stand_in_names(text))
        for target in row["targets"]:
            offset = starts[target["span1"][0]]
            number = page.sentence_number(offset)
            sentence = tagged[number]
            k = next((k for k, word in enumerate(sentence.words) if word.end > offset), None)
            if k is not None:
                pairs.append((target["label"], case_of(sentence, k)))
    return pairs


def mean_error(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the mean absolute error of ``(gold, read)`` pairs."""
    return sum(abs(gold - read) for gold, read in pairs) / len(pairs)


def pearson(pairs: Sequence[tuple[float, float]]) -> float:
    """Return Pearson's r of ``(gold, read)`` pairs, 0 where either does not vary."""
    count = len(pairs)
    gold_mean, read_mean = sum(g for g, _ in pairs) / count, sum(r for _, r in pairs) / count
    shared = sum((g - gold_mean) * (r - read_mean) for g, r in pairs)
    spread = math.sqrt(
        sum((g - gold_mean) ** 2 for g, _ in pairs) * sum((r - read_mean) ** 2 for _, r in pairs)
    )
    return shared / spread if spread else 0.0


def _factuality(data: Path) -> dict[str, float]:
    figures = {}
    for name, file in SETS.items():
        read = cases(find(data, file))
        for label, scale in (("", SCALES[name]), ("_factbank", FACTBANK)):
            pairs = [(gold, scale[case]) for gold, case in read]
            figures[f"{name}{label}_mae"] = mean_error(pairs)
            figures[f"{name}{label}_r"] = pearson(pairs)
        figures[f"{name}_always_3_mae"] = mean_error([(gold, 3.0) for gold, _ in read])
    return figures


if __name__ == "__main__":
    main(__doc__, "event status, and event factuality on MEANTIME and UDS-IH2 dev", measure)
