"""Cutting a text at the borders of what is marked in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reportedly.faces.web.marks import Mark, cut

ROLES = ("source", "cue", "content", "hedge")


@st.composite
def marked(draw):
    text = draw(st.text(max_size=60))
    offset = st.integers(0, len(text) + 3)
    spans = st.lists(st.tuples(offset, offset).map(sorted).map(tuple), max_size=4).map(tuple)
    marks = draw(
        st.lists(
            st.builds(Mark, st.sampled_from(ROLES), st.sampled_from(["a1", "a2", "a3"]), spans), max_size=8
        )
    )
    low, high = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    return text, marks, draw(st.sampled_from([None, (low, high)])), draw(st.lists(offset, max_size=3))


@given(marked())
def test_the_pieces_joined_are_the_text(given_):
    text, marks, within, at = given_
    low, high = within or (0, len(text))
    pieces = cut(text, marks, within, at)
    assert "".join(p.text for p in pieces) == text[low:high]
    assert all(p.start < p.end and p.text == text[p.start : p.end] for p in pieces)
    assert all(not any(p.start < a < p.end for a in at) for p in pieces)


@given(marked())
def test_a_piece_names_exactly_the_marks_that_cover_it(given_):
    text, marks, within, at = given_
    for piece in cut(text, marks, within, at):
        for offset in range(piece.start, piece.end):
            covering = [m for m in marks if any(s <= offset < e for s, e in m.spans)]
            assert sorted(map(id, piece.marks)) == sorted(map(id, covering))


@given(marked())
def test_every_run_of_a_mark_opens_once_and_closes_once(given_):
    text, marks, _, at = given_
    pieces = cut(text, marks, None, at)
    for mark in marks:
        covered = {o for s, e in mark.spans for o in range(s, min(e, len(text)))}
        opened = [(p.start, b.edge) for p in pieces for b in p.opens if b.mark is mark]
        closed = [(p.end, b.edge) for p in pieces for b in p.closes if b.mark is mark]
        starts = sorted(o for o in covered if o - 1 not in covered)
        ends = sorted(o + 1 for o in covered if o + 1 not in covered)
        assert [o for o, _ in opened] == starts
        assert [o for o, _ in closed] == ends
        assert [e for _, e in opened] == ["start", *["resume"] * (len(starts) - 1)][: len(starts)]
        assert [e for _, e in closed] == [*["break"] * (len(ends) - 1), "end"][-len(ends) :][: len(ends)]


def test_overlapping_and_torn_passages_are_told_apart():
    text = "The plan, she said, was dropped"
    content = Mark("content", "a1", ((0, 8), (20, 31)))
    source = Mark("source", "a1", ((10, 13),))
    other = Mark("content", "a2", ((4, 13),))
    pieces = cut(text, [content, source, other])
    assert [(p.text, p.owners("content"), p.owners("source")) for p in pieces] == [
        ("The ", ("a1",), ()),
        ("plan", ("a1", "a2"), ()),
        (", ", ("a2",), ()),
        ("she", ("a2",), ("a1",)),
        (" said, ", (), ()),
        ("was dropped", ("a1",), ()),
    ]
    assert [b.edge for p in pieces for b in (*p.opens, *p.closes) if b.mark is content] == [
        "start",
        "break",
        "resume",
        "end",
    ]


def test_what_began_first_and_reaches_farthest_stands_outside():
    outer, inner = Mark("content", "a1", ((0, 10),)), Mark("content", "a2", ((0, 4),))
    first = cut("0123456789", [inner, outer])[0]
    assert [m.owner for m in first.marks] == ["a1", "a2"]
    assert [b.mark.owner for b in first.opens] == ["a1", "a2"]
    assert first.depth("content") == 2
