"""Words that are taken out: nothing moves, nothing of them is left, and other revisions lose them too."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.desk.blocking import BLOCK, blocked, blocked_reading
from reportedly.desk.decisions import Decision
from reportedly.desk.redactions import Redactions, moved, standing_words
from reportedly.records import (
    Attribution,
    Copy,
    Entity,
    Event,
    Figure,
    Reading,
    Report,
    Source,
    literal,
    mention,
    passage,
)

TEXT = (
    "Clerk Ana Quill said that 40 barrels leaked at Tolm.\n"
    "Quill added that the mayor knew.\nThe mayor, Ilse Orn, denied it."
)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple), max_size=5)


def at(words, start=0):
    found = TEXT.index(words, start)
    return found, found + len(words)


def reading():
    ana, quill = at("Ana Quill"), at("Quill", 40)
    said, leak = at("said"), at("40 barrels leaked at Tolm")
    attributions = (
        Attribution(
            id="a1", source=Source(text="Ana Quill", spans=(ana,), kind="person", entity="e1"),
            cue=passage(TEXT, said), content=passage(TEXT, leak), quotation="indirect", stance="assert",
            factuality="CT+", figures=("f1",), events=("v1",), about=("e2",), confidence=0.9, decided_by="x",
        ),
        Attribution(
            id="a2", source=Source(text="Quill", spans=(quill,), kind="person", entity="e1"),
            cue=passage(TEXT, at("added")), content=passage(TEXT, at("the mayor knew")), quotation="indirect",
            stance="assert", factuality="CT+", parent="a1", disputes=("a1",), confidence=0.9, decided_by="x",
        ),
    )  # fmt: skip
    return Reading(
        report=Report(
            id="r", text=TEXT, sha256=hashlib.sha256(TEXT.encode()).hexdigest(), title="Barrels leak"
        ),
        attributions=attributions,
        entities=(
            Entity(
                id="e1", name="Ana Quill", schema="Person", aliases=("Quill",), link="Q1",
                mentions=(passage(TEXT, ana), passage(TEXT, quill)),
            ),
            Entity(id="e2", name="Tolm", schema="Address", mentions=(passage(TEXT, at("Tolm")),)),
        ),
        events=(
            Event(
                id="v1", type="ASSAULT", trigger=passage(TEXT, at("leaked")), status="occurred",
                actors=(mention(TEXT, ana, entity="e1"),), attribution="a1",
            ),
        ),
        figures=(
            Figure(
                id="f1", text="40 barrels", spans=(at("40 barrels"),), value=40, low=40, high=40,
                bound="exactly", unit="barrel", measure="leaked", event="v1",
            ),
        ),
    )  # fmt: skip


def passages(thing):
    """Yield everything in a reading that has a text and spans."""
    if isinstance(thing, msgspec.Struct):
        if hasattr(thing, "spans") and hasattr(thing, "text"):
            yield thing
        for name in thing.__struct_fields__:
            yield from passages(getattr(thing, name))
    elif isinstance(thing, tuple):
        for one in thing:
            yield from passages(one)


@given(st.text(max_size=80), SPANS)
def test_a_blocked_text_is_as_long_and_keeps_its_lines_and_what_is_outside(text, spans):
    found = blocked(text, spans)
    assert len(found) == len(text)
    for place, (before, after) in enumerate(zip(text, found, strict=True)):
        inside = any(start <= place < end for start, end in spans)
        assert after == (BLOCK if inside and before != "\n" else before)


@given(SPANS)
def test_whatever_is_blocked_every_passage_is_what_stands_at_its_offsets(spans):
    found = blocked_reading(reading(), spans)
    assert len(found.report.text) == len(TEXT)
    for one in passages((found.attributions, found.entities, found.events, found.figures)):
        assert one.text == literal(found.report.text, one.spans)
    ids = {x.id for part in (found.attributions, found.entities, found.events, found.figures) for x in part}
    for one in found.attributions:
        assert {*one.figures, *one.events, *one.about, *one.disputes} <= ids
        assert one.parent in {None, *ids}
        assert one.source.entity in {None, *ids}


def test_a_name_that_is_gone_is_gone_everywhere():
    found = blocked_reading(reading(), [at("Ana Quill"), at("Quill", 40)])
    assert "Quill" not in found.to_json()
    assert [a.source.kind for a in found.attributions] == ["anonymous", "anonymous"]
    assert [a.source.entity for a in found.attributions] == [None, None]
    assert [e.id for e in found.entities] == ["e2"]
    assert found.events[0].actors == ()


def test_a_name_that_still_stands_somewhere_stays_without_the_rest():
    found = blocked_reading(reading(), [at("Ana")])
    (quill, _) = found.entities
    assert (quill.name, quill.aliases, quill.link) == ("Quill", ("Quill",), None)
    assert "Ana" not in found.to_json()


def test_a_figure_an_event_and_a_whole_content_go_with_their_words():
    found = blocked_reading(reading(), [at("40 barrels leaked at Tolm")])
    assert found.figures == found.events == ()
    assert [a.id for a in found.attributions] == ["a2"]
    assert (found.attributions[0].parent, found.attributions[0].disputes) == (None, ())
    assert "40" not in found.to_json().replace(found.report.sha256, "")


def test_words_are_found_whatever_their_case_and_white_space():
    assert standing_words("ana  quill", "Ana\nQuill, ANA QUILL and Anaquill") == [(0, 9), (11, 20)]
    assert standing_words("Quill", "Quillfeather quill") == [(13, 18)]
    assert standing_words("$5", "it cost $5.") == [(8, 10)]
    assert standing_words("   ", "it is  ") == []


@pytest.mark.parametrize(
    ("after", "gone"),
    [
        ("Updated. " + TEXT, "Ana Quill said"),
        (TEXT.replace("said that", "told us that"), "Ana Quill told"),
        (TEXT.replace("Ana Quill", "Ana Maria Quill"), "Ana Maria Quill said"),
        (TEXT.replace("40 barrels leaked at Tolm", "60 barrels leaked"), "Ana Quill said"),
    ],
)
def test_ranges_are_found_again_in_an_edited_text(after, gone):
    start, end = at("Ana Quill said")
    left = blocked(after, moved(TEXT, after, [(start, end)]))
    for word in ("Ana", "Maria", "Quill said"):
        assert word not in left
    assert "The mayor, Ilse Orn, denied it." in left


@given(st.lists(st.sampled_from(["a", "b", "c", "\n"]), max_size=30).map(" ".join), SPANS)
def test_in_a_text_that_did_not_change_ranges_stay_where_they_are(text, spans):
    spans = [(a, b) for a, b in spans if b <= len(text)]
    assert blocked(text, moved(text, text, spans)) == blocked(text, spans)


def test_the_name_by_which_a_copy_was_told_goes_with_the_words():
    entry = Decision(
        id=1, decided="2026-05-04T08:00:00.000000Z", who="mara", kind="redact", why="x",
        body={"report": "a", "revision": 1, "field": "text", "spans": [[0, 3]]},
    )  # fmt: skip
    found = Redactions(None, [entry])
    why = "half of it stands in b, which it credits (“Quill News”)"
    one = Copy(copy="a", of="b", kind="full", why=why, shared=0.5)
    assert found.copy(one).why == "half of it stands in b, which it credits"
    other = Copy(copy="c", of="b", kind="full", why=why, shared=0.5)
    assert found.copy(other) == other
