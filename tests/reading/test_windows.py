from hypothesis import given
from hypothesis import strategies as st

from reportedly.reading.windows import WINDOW, pack, shape_of


def test_shapes_tell_letter_case():
    assert [shape_of(w) for w in ("said", "Herald", "AP", "McCoy", "62", "A", ",")] == [0, 1, 2, 3, 4, 5, 0]


@given(st.lists(st.integers(0, 700), max_size=30))
def test_every_piece_is_decided_by_exactly_one_window(lengths):
    kept = [[0] * n for n in lengths]
    for window in pack(lengths):
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
