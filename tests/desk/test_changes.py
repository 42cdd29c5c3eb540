"""What an edit did, in words."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reportedly.desk.changes import edits

WORDS = st.lists(st.sampled_from(["the", "port", "of", "Saren", "closes"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_what_was_kept_and_removed_is_the_old_and_what_was_kept_and_added_the_new(before, after):
    found = edits(before, after)
    assert "".join(run for kind, run in found if kind != "added").split() == before.split()
    assert "".join(run for kind, run in found if kind != "removed").split() == after.split()
    assert all(one[0] != two[0] for one, two in pairwise(found))


def test_one_word_that_changed_is_all_that_changed():
    found = edits("The port of Saren will close.", "The harbour of Saren will close.")
    assert [(kind, run.strip()) for kind, run in found] == [
        ("kept", "The"),
        ("removed", "port"),
        ("added", "harbour"),
        ("kept", "of Saren will close."),
    ]


def test_very_long_texts_with_nothing_in_common_are_compared_in_one_step():
    found = edits("a b " * 30_000, "c d " * 30_000)
    assert [kind for kind, _ in found] == ["removed", "added"]
