"""How well relations are read: sentences of news that were labelled by reading.

    python -m benchmarks.relations --data DATA

DATA holds the three corpora that the sentences were drawn from; the labels are
``training/labels/relation-labels.jsonl`` (guidelines: ``RELATIONS.md`` beside
it), of which the parts ``report`` and ``control`` are measured. The paragraph
of each sentence and its neighbours are read with all readers, and the
relations whose words stand in the sentence are scored.

A found relation is right if the sentence has one of the same type whose
subject and object it meets: the head word of either span stands within the
other. Each label is met at most once, and ``collaborates_with`` in either
order. Heads are the last word before the first preposition, comma or relative,
or the first word of an -ing form.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportedly.reading.paragraphs import paragraphs
from reportedly.reading.reader import read_report
from reportedly.records import Reading, Report

from .corpora import find, json_lines
from .scoring import f1
from .table import main

LABELS = Path(__file__).parent.parent / "training/labels/relation-labels.jsonl"
CORPORA = {
    "polnear": ("attribution/polnear-train.jsonl.gz", "id", "text"),
    "muc": ("events/muc34-train.jsonl.gz", "docid", "doctext"),
    "allsides": ("load/allsides-2020.jsonl.gz", "ID", "content_original"),
}
TYPES = (
    "holds_post", "leads", "member_of", "part_of", "collaborates_with", "accused_of", "charged_with",
    "reward_for", "owns", "located_in",
)  # fmt: skip
SYMMETRIC = frozenset({"collaborates_with"})

Span = tuple[int, int]
_WORD = re.compile(r"\w+(?:[.'’&-]\w+)*")
_END = re.compile(r",|\s(?:of|for|at|in|on|to|from|with|by|under|who|which|that|over)\s")
_TITLE = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class Stated:
    """A relation in a sentence; spans are character offsets of the text around it."""

    type: str
    subject: Span
    object: Span
    negated: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled sentence: the text around it, where it stands in that, and its relations."""

    item: str
    corpus: str
    document: str
    text: str
    start: int
    end: int
    relations: tuple[Stated, ...]


def labelled(data: Path, part: str, reading: int = 1) -> Iterator[Labelled]:
    """Yield the labelled sentences of ``part`` (``dev`` or ``report``), by corpus and document.

    Raises :class:`~benchmarks.corpora.Absent` where a corpus is not there.
    """
    rows: dict[str, dict[str, list[dict]]] = {corpus: defaultdict(list) for corpus in CORPORA}
    for row in json_lines(LABELS):
        if row["part"] == part and row["reading"] == reading:
            rows[row["corpus"]][row["document"]].append(row)
    for corpus, (name, key, field) in CORPORA.items():
        for document in json_lines(find(data, name)):
            for row in rows[corpus].get(document[key], ()):
                low, high = around(document[field], row["start"], row["end"])
                start = row["start"] - low
                stated = tuple(
                    Stated(r["type"], _moved(r["subject"], start), _moved(r["object"], start), r["negated"])
                    for r in row["relations"]
                )
                text = document[field][low:high]
                yield Labelled(row["item"], corpus, document[key], text, start, row["end"] - low, stated)


def around(text: str, start: int, end: int) -> Span:
    """Return where the paragraphs of ``[start, end)`` and the ones beside them begin and end."""
    found = paragraphs(text)
    first = next((k for k, r in enumerate(found) if r[1] > start), 0)
    last = next((k for k, r in enumerate(found) if r[1] >= end), len(found) - 1)
    return found[max(0, first - 1)][0], found[min(len(found) - 1, last + 1)][1]


def _moved(span: Sequence[int], by: int) -> Span:
    return span[0] + by, span[1] + by


def found_in(reading: Reading, sentence: Labelled) -> list[Stated]:
    """Return the relations of a reading whose words stand in the sentence."""
    return [
        Stated(
            r.type,
            (r.subject.start, r.subject.end),
            (r.object.start, r.object.end),
            r.negated,
        )
        for r in reading.relations
        if sentence.start <= r.spans[0][0] < sentence.end
    ]


def head(text: str, span: Span) -> Span:
    """Return where the head word of a noun phrase stands."""
    phrase = text[slice(*span)]
    words = list(_WORD.finditer(phrase))
    if not words:
        return span
    first = words[0]
    if first[0].endswith("ing") and len(words) > 1 and not _TITLE.match(first[0]):
        return span[0] + first.start(), span[0] + first.end()
    stop = next((m.start() for m in _END.finditer(phrase) if m.start() >= first.end()), len(phrase))
    last = [w for w in words if w.start() < stop][-1]
    return span[0] + last.start(), span[0] + last.end()


def _meet(text: str, one: Span, two: Span) -> bool:
    return _inside(head(text, one), two) and _inside(head(text, two), one)


def _inside(word: Span, span: Span) -> bool:
    return word[0] < span[1] and span[0] < word[1]


def same(text: str, found: Stated, wanted: Stated) -> bool:
    """Whether two relations have one type and the same parties, whatever their polarity."""
    if found.type != wanted.type:
        return False
    straight = _meet(text, found.subject, wanted.subject) and _meet(text, found.object, wanted.object)
    return straight or (
        found.type in SYMMETRIC
        and _meet(text, found.subject, wanted.object)
        and _meet(text, found.object, wanted.subject)
    )


def matched(text: str, found: Sequence[Stated], wanted: Sequence[Stated]) -> list[tuple[Stated, Stated]]:
    """Pair found relations with labels, each at most once."""
    free = list(wanted)
    pairs = []
    for one in found:
        for other in free:
            if same(text, one, other):
                pairs.append((one, other))
                free.remove(other)
                break
    return pairs


def score(sentences: Sequence[tuple[Labelled, Sequence[Stated]]]) -> dict[str, float]:
    """Return precision, recall and F1, F1 of each type, and how often the polarity of a hit is right."""
    hits: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    polar = 0
    for sentence, stated in sentences:
        found.update(r.type for r in stated)
        wanted.update(r.type for r in sentence.relations)
        for one, other in matched(sentence.text, stated, sentence.relations):
            hits[one.type] += 1
            polar += one.negated == other.negated
    all_hits, all_found, all_wanted = (sum(c.values()) for c in (hits, found, wanted))
    figures = {
        "precision": all_hits / max(1, all_found),
        "recall": all_hits / max(1, all_wanted),
        "F1": f1(all_hits, all_found, all_wanted),
        "polarity right": polar / max(1, all_hits),
    }
    for kind in TYPES:
        figures[f"{kind} F1"] = f1(hits[kind], found[kind], wanted[kind])
    return figures


def measure(data: Path) -> dict[str, float]:
    """Return the figures on the parts kept for reporting; raises ``Absent`` where a corpus is not there."""
    figures = score([(s, found_in(read(s), s)) for s in labelled(data, "report")])
    control = score([(s, found_in(read(s), s)) for s in labelled(data, "control")])
    return {**figures, **{f"control {name}": control[name] for name in ("precision", "recall", "F1")}}


def read(sentence: Labelled) -> Reading:
    """Read the text around a labelled sentence with all readers."""
    return read_report(Report(id=sentence.item, text=sentence.text, sha256=""))


if __name__ == "__main__":
    main(__doc__, "relations: labelled sentences, reported part", measure)
