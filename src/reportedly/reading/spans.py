"""From the network's probabilities to spans: sources, cues, and for each cue what it reports.

Two passes over the words. The first finds the best sequence of labels, and with
it the cues. The second decides once more between all labels, content now being
*content of this cue* or *of that one*: the score of a word's label is that of
content and that of pointing at the cue. So a content ends where the next cue's
begins, and words that point at no cue that was found fall out. On the 39 training
articles that were kept out it brings two points of exact contents over handing
each span of content to one cue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .encoder import Window
from .page import Page
from .paragraphs import Range
from .viterbi import Floats, Ints, bio_transitions, decode_all, runs, several_of_the_last

SOURCE, CUE, CONTENT = range(3)

# Added to the log probabilities of O and of B and I of source, cue and content: the network misses more
# than it invents, and makes cues too long. Chosen on training articles that it did not learn from.
_FAVOUR = np.array([-1.2, 0, 0, -0.3, -0.3, 0.3, 0.3], np.float32)

_LEAST_ARC = 1e-3  # keeps the logarithm of an arc's probability finite
_TRANSITIONS = bio_transitions(3, begin_cost=-1.0)
_TOGETHER = 32  # windows that are decoded in step, which bounds what is kept of a long text


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of one window, as half-open ranges of its words.

    ``contents`` holds each content with the number of its cue; ``path`` the label
    of each word (of the seven); ``to_cue`` ``(words, cues)`` the probability that a
    word points at a cue; ``all_contents`` what is content whatever its cue, which
    may stand outside of the window.
    """

    sources: list[Range]
    cues: list[Range]
    contents: list[tuple[int, Range]]
    path: Ints
    to_cue: Floats
    all_contents: list[Range]


def fresh_of(window: Window) -> NDArray[np.bool_]:
    """Tell of each word whether a paragraph begins with it."""
    fresh = np.ones(len(window.starts), bool)
    fresh[1:] = window.paragraph[1:] != window.paragraph[:-1]
    return fresh


def paths(windows: Sequence[Window], scores: Sequence[Floats], transitions: Floats) -> list[Ints]:
    """Return the best labels of each window's words; no span crosses a paragraph."""
    found: list[Ints] = []
    for at in range(0, len(windows), _TOGETHER):
        found.extend(_paths(windows[at : at + _TOGETHER], scores[at : at + _TOGETHER], transitions))
    return found


def _paths(windows: Sequence[Window], scores: Sequence[Floats], transitions: Floats) -> list[Ints]:
    parts: list[Floats] = []
    counts = []
    for window, values in zip(windows, scores, strict=True):
        split = np.split(values, np.nonzero(fresh_of(window))[0][1:])
        parts.extend(split)
        counts.append(len(split))
    found = iter(decode_all(parts, transitions))
    return [np.concatenate([next(found) for _ in range(count)]) for count in counts]


def find_spans(windows: Sequence[Window], page: Page) -> list[Spans]:
    """Return the spans of each window of a text."""
    return [
        spans
        for at in range(0, len(windows), _TOGETHER)
        for spans in _find_spans(windows[at : at + _TOGETHER], page)
    ]


def _find_spans(windows: Sequence[Window], page: Page) -> list[Spans]:
    scores = [window.tags + _FAVOUR for window in windows]
    first = [
        [[(a, b) for kind, a, b in found if kind == wanted] for wanted in (CUE, CONTENT)]
        for window, path in zip(windows, paths(windows, scores, _TRANSITIONS), strict=True)
        for found in [runs(path, fresh_of(window))]
    ]
    most = max((len(cues) for cues, _ in first), default=0)
    arcs = [_to_cues(window, page, cues, most) for window, (cues, _) in zip(windows, first, strict=True)]
    wide = [_by_cue(values, to_cue) for values, to_cue in zip(scores, arcs, strict=True)]
    second = paths(windows, wide, several_of_the_last(_TRANSITIONS, most))
    return [
        _spans(window, page, path, cues, contents, to_cue)
        for window, path, (cues, contents), to_cue in zip(windows, second, first, arcs, strict=True)
    ]


def _to_cues(window: Window, page: Page, cues: Sequence[Range], most: int) -> Floats:
    """Return the probability that each word points at each cue, padded to ``most`` cues.

    Only what is quoted goes on from one paragraph into the next.
    """
    found = np.zeros((len(window.starts), most), np.float32)
    if not cues:
        return found
    quoted = np.fromiter((page.in_quotation(int(s)) for s in window.starts), bool, len(window.starts))
    for number, (a, b) in enumerate(cues):
        own = window.paragraph == window.paragraph[a]
        found[:, number] = window.content_arcs[:, a:b].sum(1) * (own | quoted)
    return found


def _by_cue(scores: Floats, to_cue: Floats) -> Floats:
    """Return the scores of O, and of B and I of source, cue, and the content of each cue."""
    points = np.log(to_cue + _LEAST_ARC)
    split = np.empty((len(scores), 5 + 2 * to_cue.shape[1]), np.float32)
    split[:, :5] = scores[:, :5]
    split[:, 5::2] = scores[:, 5:6] + points
    split[:, 6::2] = scores[:, 6:7] + points
    return split


def _spans(
    window: Window, page: Page, path: Ints, cues: list[Range], all_contents: list[Range], to_cue: Floats
) -> Spans:
    sources: list[Range] = []
    contents: list[tuple[int, Range]] = []
    for kind, first, last in runs(path, fresh_of(window)):
        if kind == SOURCE:
            sources.append((first, last))
        elif kind >= CONTENT and kind - CONTENT < len(cues):
            contents.append((kind - CONTENT, (first, last)))
    narrow = np.where(path > 6, 5 + (path - 5) % 2, path)
    return Spans(
        sources, cues, _join_quoted(window, page, contents), narrow, to_cue[:, : len(cues)], all_contents
    )


def _join_quoted(window: Window, page: Page, contents: list[tuple[int, Range]]) -> list[tuple[int, Range]]:
    """Join neighbouring pieces of one cue's content that stand in one quotation."""
    joined: list[tuple[int, Range]] = []
    for cue, (first, last) in contents:
        touching = bool(joined) and joined[-1][0] == cue and joined[-1][1][1] == first
        if touching and page.in_quotation(int(window.starts[first])):
            joined[-1] = (cue, (joined[-1][1][0], last))
        else:
            joined.append((cue, (first, last)))
    return joined
