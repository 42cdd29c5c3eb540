"""Words that stand for happenings, and which are the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reportedly.weighing.happenings import average_linkage, happenings


def found(report, *sentences):
    return happenings().find(report, [s.split() for s in sentences])


def test_verbs_and_nouns_that_happen_are_found():
    words = {h.word for h in found("a", "An earthquake killed nine people in the village of Sant .")}
    assert {"earthquake", "killed"} <= words
    assert not words & {"village", "people", "."}


def test_the_same_happening_joins_across_reports():
    reports = [
        *found("a", "An earthquake of magnitude 6.1 struck the village of Sant on Monday ."),
        *found("b", "The quake hit Sant early on Monday , officials said ."),
        *found("c", "A court in Arden sentenced the former mayor to six years in prison ."),
    ]
    chains = [{(h.report, h.word) for h in chain} for chain in happenings().chains(reports)]
    assert sum(len(chain) for chain in chains) == len(reports)
    assert not any({"a", "c"} <= {r for r, _ in chain} for chain in chains)


def test_average_linkage_joins_the_likest_first():
    likeness = np.array([[1, 0.9, 0.1], [0.9, 1, 0.2], [0.1, 0.2, 1]])
    assert average_linkage(likeness, 0.5) == [[0, 1], [2]]
    assert average_linkage(likeness, 0.1) == [[0, 1, 2]]
    assert average_linkage(likeness, 0.95) == [[0], [1], [2]]


@given(st.lists(st.lists(st.text(min_size=1, max_size=12), max_size=8), max_size=4))
def test_any_words_are_read(sentences):
    everything = happenings().find("a", sentences)
    assert sum(len(c) for c in happenings().chains(everything)) == len(everything)
