"""The best legal sequence of BIO labels (Viterbi 1967), for many sequences at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEVER = np.float32(-1e4)


def bio_transitions(types: int, begin_cost: float = 0.0) -> NDArray[np.float32]:
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


def decode(
    scores: NDArray[np.float32], fresh: NDArray[np.bool_], transitions: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Return the best label of each word.

    Args:
        scores: ``(words, labels)`` log probabilities.
        fresh: ``(words,)``, true where a paragraph begins: no span crosses there.
        transitions: ``(labels, labels)``, see :func:`bio_transitions`.
    """
    words, labels = scores.shape
    if not words:
        return np.zeros(0, np.int64)
    start = np.zeros(labels, np.float32)
    start[2::2] = NEVER
    back = np.zeros((words, labels), np.int64)
    best = start + scores[0]
    every = np.arange(labels)
    turned = np.ascontiguousarray(transitions.T)
    for k in range(1, words):
        if fresh[k]:
            back[k] = best.argmax()
            best = best.max() + start + scores[k]
            continue
        paths = turned + best
        back[k] = paths.argmax(1)
        best = paths[every, back[k]] + scores[k]
    path = np.zeros(words, np.int64)
    path[-1] = best.argmax()
    for k in range(words - 1, 0, -1):
        path[k - 1] = back[k, path[k]]
    return path


def runs(path: NDArray[np.int64], fresh: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
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
