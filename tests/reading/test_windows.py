import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.reading.windows import WINDOW, pack, plain_marks, shape_of


def test_shapes_tell_letter_case():
    assert [shape_of(w) for w in ("said", "Herald", "AP", "McCoy", "62", "A", ",")] == [0, 1, 2, 3, 4, 5, 0]


@given(st.lists(st.integers(0, 700), max_size=30), st.lists(st.integers(0, 700)))
def test_every_piece_is_decided_by_exactly_one_window(lengths, starts):
    kept = [[0] * n for n in lengths]
    sentences = {k: sorted({s for s in starts if s < n}) for k, n in enumerate(lengths)}
    for window in pack(lengths, sentences=sentences):
        assert window
        used = 1
        for slot in window:
            assert slot.at == used
            used += slot.end - slot.start + 1
            assert slot.start <= slot.keep_from <= slot.keep_to <= slot.end
            for k in range(slot.keep_from, slot.keep_to):
                kept[slot.paragraph][k] += 1
        assert used <= WINDOW
    assert all(count == 1 for row in kept for count in row)


def test_a_long_paragraph_is_cut_where_a_sentence_begins():
    first, *_ = (window[0] for window in pack([400], sentences={0: range(0, 400, 20)}))
    assert first.end % 20 == 0
    assert first.keep_to % 20 == 0


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("„It holds“, she said. “It did.”", "“It holds”, she said. “It did.”"),
        ("«It holds», she said.", "“It holds”, she said."),
        ("»It holds«, she said.", "“It holds”, she said."),
        ('"It holds", she said.', '"It holds", she said.'),
    ],
)
def test_marks_of_other_tongues(text, plain):
    assert plain_marks(text) == plain
