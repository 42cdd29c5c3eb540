"""The metrics of clusterings, on the worked examples of their papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.clusters import ClusterScore, b_cubed, ceaf_e, lea, muc

GOLD = [set("abc"), set("defg")]
OWN = [set("ab"), set("cd"), set("fghi")]


def test_the_example_of_moosavi_and_strube():
    assert muc(GOLD, OWN) == (2, 5)
    assert b_cubed(GOLD, OWN)[0] == pytest.approx(35 / 12)
    assert ceaf_e(GOLD, OWN)[0] == pytest.approx(2 * 2 / 5 + 2 * 2 / 8)
    assert lea(GOLD, OWN)[0] / 7 == pytest.approx(0.238, abs=0.001)
    assert lea(OWN, GOLD)[0] / 8 == pytest.approx(0.333, abs=0.001)


def test_singletons_count_only_when_asked_for():
    score = ClusterScore()
    score.add([{"a"}, {"b", "c"}], [{"b", "c"}, {"d"}])
    assert score.figures()["CoNLL"] == 1.0
    score = ClusterScore()
    score.add([{"a"}, {"b", "c"}], [{"b", "c"}, {"d"}], singletons=True)
    assert score.figures()["B3"] < 1.0


@given(st.lists(st.sets(st.integers(0, 30), min_size=1), max_size=8))
def test_a_clustering_is_like_itself(sets):
    seen: set[int] = set()
    clusters = []
    for one in sets:
        clusters.append(one - seen)
        seen |= one
    clusters = [c for c in clusters if len(c) > 1]
    score = ClusterScore()
    score.add(clusters, clusters)
    if clusters:
        assert all(value == pytest.approx(1.0) for value in score.figures().values())
