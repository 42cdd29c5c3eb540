"""What holds for every reading, whatever the text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reportedly
from reportedly import Reading, ReportedlyError

_WORDS = st.sampled_from(
    [
        "said", "says", "told", "denied", "reportedly", "allegedly", "is said to", "accused of",
        "according to", "The minister", "Anna Ross", "the Norland Herald", "sources", "62", "$25 million",
        "killed", "on Monday", "that", "which", ",", ".", ". ", "“", "”", '"', "'", "\n", "\n\n", "(", ")",
        "—", "U.S.", "NAME:", "é", "\u200b",
    ]
)  # fmt: skip
_TEXTS = st.one_of(
    st.lists(_WORDS, min_size=1, max_size=60).map(" ".join),
    st.text(min_size=1, max_size=200),
)
_FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def passages(reading: Reading) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    for a in reading.attributions:
        yield a.source.text, a.source.spans
        yield a.content.text, a.content.spans
        if a.cue:
            yield a.cue.text, a.cue.spans
        for part in (*a.via, *a.hedges):
            yield part.text, part.spans
    for entity in reading.entities:
        for part in entity.mentions:
            yield part.text, part.spans
    for event in reading.events:
        for part in (event.trigger, *event.actors, *event.recipients):
            yield part.text, part.spans
    for thing in (*reading.figures, *reading.places, *reading.times):
        yield thing.text, thing.spans
    for relation in reading.relations:
        for part in (relation.subject, relation.object):
            yield part.text, part.spans


def check(reading: Reading) -> None:
    text = reading.report.text
    for literal, spans in passages(reading):
        assert literal == " ".join(text[s:e] for s, e in spans)
        assert all(0 <= s < e <= len(text) for s, e in spans)
    ids = [a.id for a in reading.attributions]
    known = set(ids)
    assert len(ids) == len(known)
    for a in reading.attributions:
        assert a.parent is None or (a.parent in known and a.parent != a.id)
        assert set(a.disputes) <= known - {a.id}
        assert 0 <= a.confidence <= 1
        assert a.decided_by
        assert set(a.events) <= {e.id for e in reading.events}
        assert set(a.figures) <= {f.id for f in reading.figures}
        assert set(a.about) <= {e.id for e in reading.entities}
        assert a.source.entity is None or a.source.entity in {e.id for e in reading.entities}
    for things in (reading.entities, reading.events, reading.figures, reading.places, reading.times):
        assert len({t.id for t in things}) == len(things)
    for event in reading.events:
        assert event.attribution is None or event.attribution in known
    for relation in reading.relations:
        assert relation.attribution is None or relation.attribution in known
    assert Reading.from_json(reading.to_json()) == reading


@given(_TEXTS)
@_FEW
def test_any_text_is_read_or_refused(text):
    try:
        reading = reportedly.read(text)
    except ReportedlyError:
        return
    check(reading)
    assert reportedly.read(text) == reading


@pytest.mark.parametrize(
    "text",
    [
        "“" * 3000,
        '"He said ' * 800,
        "THE MINISTER SAID THE DAM WAS SAFE. RESIDENTS DENIED IT.",
        "the minister said the dam was safe. residents denied it.",
        "A" * 60_000,
        "said " * 12_000,
        "(" * 5000 + ")" * 5000,
        "One clause, which he said, " * 1500,
        "\u202eright to left\u202c he said \U0001f600 so.",
    ],
    ids=[
        "open quotes", "unclosed quotes", "capitals", "lower case", "one word", "cues", "brackets", "clauses",
        "marks",
    ],
)  # fmt: skip
def test_odd_texts(text):
    check(reportedly.read(text))


def test_every_sentence_is_somebodys():
    text = "The dam stood. Engineer Lena Moss said it was safe. Rain fell all night."
    reading = reportedly.read(text)
    covered = {
        k
        for a in reading.attributions
        for spans in (a.source.spans, a.content.spans, a.cue.spans if a.cue else ())
        for s, e in spans
        for k in range(s, e)
    }
    assert {k for k, c in enumerate(text) if c.isalnum()} <= covered
    assert [a.source.kind for a in reading.attributions] == ["narrator", "person", "narrator"]
