import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reportedly.reading.viterbi import bio_transitions, decode, decode_all, runs, several_of_the_last


def scores(*rows):
    return np.log(np.array(rows, np.float32))


def test_an_inside_label_never_follows_outside():
    path = decode(scores([0.9, 0.05, 0.05], [0.3, 0.1, 0.6]), np.array([True, False]), bio_transitions(1))
    assert path.tolist() in ([0, 0], [1, 2])
    assert path.tolist() != [0, 2]


def test_no_span_crosses_a_paragraph():
    sure = scores([0.01, 0.98, 0.01], [0.01, 0.01, 0.98], [0.01, 0.01, 0.98])
    fresh = np.array([True, False, True])
    path = decode(sure, fresh, bio_transitions(1))
    assert path.tolist()[:2] == [1, 2]
    assert path[2] != 2


def test_runs_give_type_and_words():
    path = np.array([1, 2, 0, 3, 1])
    fresh = np.array([True, False, False, False, False])
    assert runs(path, fresh) == [(0, 0, 2), (1, 3, 4), (0, 4, 5)]


@given(arrays(np.float32, (12, 7), elements=st.floats(-20, 0, width=32)))
def test_the_path_is_legal_and_no_worse_than_all_outside(raw):
    fresh = np.zeros(12, bool)
    fresh[[0, 5]] = True
    path = decode(raw, fresh, bio_transitions(3))
    for k, label in enumerate(path):
        if label and label % 2 == 0:
            assert not fresh[k]
            assert path[k - 1] in (label, label - 1)
    assert raw[np.arange(12), path].sum() >= raw[:, 0].sum() - 1e-3


@given(
    st.lists(
        arrays(np.float32, st.tuples(st.integers(0, 9), st.just(5)), elements=st.floats(-20, 0, width=32))
    )
)
def test_many_at_once_are_what_each_is_alone(sequences):
    costs = bio_transitions(2, begin_cost=-1.0)
    for scores, path in zip(sequences, decode_all(sequences, costs), strict=True):
        fresh = np.arange(len(scores)) == 0
        assert path.tolist() == decode(scores, fresh, costs).tolist()


def test_the_best_path_is_the_best_of_all_paths():
    rng = np.random.default_rng(4)
    costs = bio_transitions(1, begin_cost=-0.5)
    raw = rng.normal(size=(4, 3)).astype(np.float32)

    def score(path):
        if path[0] == 2:
            return -np.inf
        return sum(raw[k, label] for k, label in enumerate(path)) + sum(
            costs[a, b] for a, b in itertools.pairwise(path)
        )

    best = max(itertools.product(range(3), repeat=4), key=score)
    assert decode_all([raw], costs)[0].tolist() == list(best)


def test_an_inside_follows_only_its_own_copy():
    costs = several_of_the_last(bio_transitions(2, begin_cost=-1.0), 2)
    assert costs.shape == (7, 7)
    assert costs[3, 4] == costs[4, 4] == costs[5, 6] == 0
    assert costs[3, 6] < -1000
    assert costs[6, 4] < -1000
    assert costs[4, 5] == costs[6, 3] == -1.0  # a span of the one copy touches one of the other
