"""The best legal sequences of BIO labels (Viterbi 1967), many sequences at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

NEVER = np.float32(-1e4)


def bio_transitions(types: int, begin_cost: float = 0.0) -> Floats:
    """Return the costs ``(labels, labels)`` of going from one label to the next.

    Label 0 is O, ``1 + 2k`` is B of type ``k`` and ``2 + 2k`` its I. An I may
    only follow its own B or I. ``begin_cost`` (usually negative) is added for a B
    right after the same type: a new span that touches the last one.
    """
    size = 1 + 2 * types
    costs = np.zeros((size, size), np.float32)
    for kind in range(types):
        begin, inside = 1 + 2 * kind, 2 + 2 * kind
        costs[:, inside] = NEVER
        costs[[begin, inside], inside] = 0.0
        costs[[begin, inside], begin] = begin_cost
    return costs


def several_of_the_last(transitions: Floats, copies: int) -> Floats:
    """Return costs in which the last type stands ``copies`` times, so that its spans come in kinds.

    A span of one copy that touches one of another costs what two touching spans of
    the type cost; an I follows its own copy only.
    """
    size = len(transitions)
    base = np.array([*range(size - 2), *([size - 2, size - 1] * copies)])
    costs = transitions[np.ix_(base, base)].copy()
    for copy in range(copies):
        begin, inside = size - 2 + 2 * copy, size - 1 + 2 * copy
        own = costs[[begin, inside], inside]
        costs[:, inside] = NEVER
        costs[[begin, inside], inside] = own
    spread: Floats = costs
    return spread


def decode_all(sequences: Sequence[Floats], transitions: Floats) -> list[Ints]:
    """Return the best labels of each sequence, in step over all of them.

    Args:
        sequences: each ``(words, labels)``, log probabilities or other scores.
        transitions: ``(labels, labels)``, see :func:`bio_transitions`.
    """
    found = [np.zeros(len(scores), np.int64) for scores in sequences]
    order = sorted((k for k, s in enumerate(sequences) if len(s)), key=lambda k: -len(sequences[k]))
    if not order:
        return found
    labels = len(transitions)
    lengths = np.array([len(sequences[k]) for k in order])
    longest = int(lengths[0])
    scores = np.zeros((longest, len(order), labels), np.float32)
    for row, k in enumerate(order):
        scores[: lengths[row], row] = sequences[k]
    alive = (lengths[None, :] > np.arange(longest)[:, None]).sum(1)
    turned = np.ascontiguousarray(transitions.T)
    back = np.zeros((longest, len(order), labels), np.int16)
    best = scores[0].copy()
    best[:, 2::2] = NEVER
    for at in range(1, longest):
        going = alive[at]
        paths = turned[None] + best[:going, None, :]
        back[at, :going] = paths.argmax(2)
        best[:going] = paths.max(2) + scores[at, :going]
    for row, k in enumerate(order):
        path = found[k]
        path[-1] = best[row].argmax()
        for at in range(len(path) - 1, 0, -1):
            path[at - 1] = back[at, row, path[at]]
    return found


def decode(scores: Floats, fresh: NDArray[np.bool_], transitions: Floats) -> Ints:
    """Return the best label of each word of one text.

    Args:
        scores: ``(words, labels)`` log probabilities.
        fresh: ``(words,)``, true where a paragraph begins: no span crosses there.
        transitions: ``(labels, labels)``, see :func:`bio_transitions`.
    """
    if not len(scores):
        return np.zeros(0, np.int64)
    starts = np.nonzero(fresh)[0]
    cuts = starts[starts > 0]
    return np.concatenate(decode_all(np.split(scores, cuts), transitions))


def runs(path: Ints, fresh: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Return the spans of a label sequence as ``(type, first word, last word + 1)``."""
    found: list[tuple[int, int, int]] = []
    begin, kind = -1, -1
    for k, label in enumerate(path.tolist()):
        inside = label > 0 and label % 2 == 0 and kind == (label - 2) // 2 and not fresh[k]
        if inside:
            continue
        if begin >= 0:
            found.append((kind, begin, k))
        begin, kind = (k, (label - 1) // 2) if label > 0 else (-1, -1)
    if begin >= 0:
        found.append((kind, begin, len(path)))
    return found
