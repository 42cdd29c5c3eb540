"""From the network's probabilities to attributions and names.

Spans come from the best legal BIO sequence. Each piece of content then goes to
the cue that its words point at, and each cue chooses, as a whole, among the
sources found and "no source".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .encoder import Window
from .page import Name, NameType, Page
from .paragraphs import Range
from .viterbi import bio_transitions, decode, runs

_SOURCE, _CUE, _CONTENT = range(3)
_NAME_TYPES: tuple[NameType, ...] = ("PER", "LOC", "ORG", "MISC")


# Taken off the score of "outside": the network misses more than it invents. Chosen on
# training articles that it did not learn from.
_OUTSIDE = np.array([-1.2, 0, 0, 0, 0, 0, 0], np.float32)


# Of what the network is less sure of than this, one find in seven is right (on the same articles).
_LEAST_SURE = 0.22


# The power that makes a product of probabilities mean what it says (on the same articles).
_CALM = 0.62


@dataclass(frozen=True, slots=True)
class Tagged:
    """An attribution as the model gives it: character ranges only.

    ``sure`` tells of each piece of content whether the window saw all around it
    (windows over one long paragraph overlap). ``scores`` holds the model's
    probabilities of the content's words, of the cue's words, of content pointing
    at the cue and of the choice of source.
    """

    source: Range | None
    cue: Range | None
    content: tuple[Range, ...]
    sure: tuple[bool, ...]
    scores: tuple[float, float, float, float]


@lru_cache(maxsize=4)
def _transitions(types: int) -> NDArray[np.float32]:
    return bio_transitions(types, begin_cost=-1.0)


def attributions(windows: Sequence[Window], page: Page) -> list[Tagged]:
    """Return the attributions of all windows of a text, in text order."""
    found: list[Tagged] = []
    for window in windows:
        found.extend(_in_window(window, page))
    found = [t for t in found if confidence(t) >= _LEAST_SURE]
    return sorted(_settle_overlaps(found), key=lambda t: (t.content[0], t.cue or (0, 0)))


def _settle_overlaps(found: list[Tagged]) -> list[Tagged]:
    """Leave a piece of content that two overlapping windows gave away to the one that saw all around it."""
    settled = []
    for tagged in found:
        if not all(tagged.sure):
            kept = [
                k
                for k, (start, end) in enumerate(tagged.content)
                if tagged.sure[k]
                or not any(
                    s < end and start < e for other in found if other is not tagged for s, e in other.content
                )
            ]
            if not kept:
                continue
            tagged = replace(
                tagged,
                content=tuple(tagged.content[k] for k in kept),
                sure=tuple(tagged.sure[k] for k in kept),
            )
        settled.append(tagged)
    return settled


def names(windows: Sequence[Window], page: Page) -> list[Name]:
    """Return the names of all windows of a text, in text order, each made up of whole words of ``page``."""
    found: list[Name] = []
    for window in windows:
        path, fresh = _path(window, window.names, 4)
        for kind, first, last in runs(path, fresh):
            if window.own[first]:
                score = float(np.exp(window.names[np.arange(first, last), path[first:last]].mean()))
                start, end = _whole_words(page, *_range(window, first, last))
                if not found or start >= found[-1].end:
                    found.append(Name(start, end, _NAME_TYPES[kind], round(score, 4)))
    return sorted(found, key=lambda n: n.start)


def _whole_words(page: Page, start: int, end: int) -> Range:
    """Widen a range to the words it touches: the network reads "U.S." as four."""
    first, last = page.words[page.word_at(start)], page.words[page.word_at(end - 1)]
    return min(start, first.start), max(end, last.end)


def _path(
    window: Window, scores: NDArray[np.float32], types: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    fresh = np.ones(len(window.starts), bool)
    fresh[1:] = window.paragraph[1:] != window.paragraph[:-1]
    return decode(scores, fresh, _transitions(types)), fresh


def _range(window: Window, first: int, last: int) -> Range:
    return int(window.starts[first]), int(window.ends[last - 1])


def _in_window(window: Window, page: Page) -> list[Tagged]:
    path, fresh = _path(window, window.tags + _OUTSIDE, 3)
    spans: tuple[list[Range], list[Range], list[Range]] = ([], [], [])
    for kind, first, last in runs(path, fresh):
        spans[kind].append((first, last))
    sources, cues, contents = spans
    if not cues:
        return []
    word_score = np.exp(window.tags[np.arange(len(path)), path])
    of_cue: dict[int, list[tuple[Range, float]]] = {}
    for first, last in _join_quoted(window, page, contents):
        to_cue = [float(window.content_arcs[first:last, a:b].sum(1).mean()) for a, b in cues]
        best = int(np.argmax(to_cue))
        of_cue.setdefault(best, []).append(((first, last), to_cue[best]))
    found = []
    for number, pieces in of_cue.items():
        a, b = cues[number]
        if not window.own[a]:
            continue
        source, sure = _source(window, sources, a, b)
        weights = [last - first for (first, last), _ in pieces]
        content_score = np.concatenate([word_score[first:last] for (first, last), _ in pieces]).mean()
        found.append(
            Tagged(
                source=_range(window, *source) if source else None,
                cue=_range(window, a, b),
                content=tuple(_range(window, *piece) for piece, _ in pieces),
                sure=tuple(bool(window.own[first]) for (first, _), _ in pieces),
                scores=(
                    float(content_score),
                    float(word_score[a:b].mean()),
                    float(np.average([s for _, s in pieces], weights=weights)),
                    sure,
                ),
            )
        )
    return found


def _join_quoted(window: Window, page: Page, contents: list[Range]) -> list[Range]:
    """Join neighbouring pieces of content that stand in one quotation: it has one speaker."""
    joined: list[Range] = []
    for first, last in contents:
        if joined and joined[-1][1] == first and page.in_quotation(int(window.starts[first])):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _source(window: Window, sources: list[Range], a: int, b: int) -> tuple[Range | None, float]:
    arcs = window.source_arcs[a:b].mean(0)
    none = float(arcs[-1])
    best, score = None, none
    for first, last in sources:
        value = float(arcs[first:last].sum())
        if value > score:
            best, score = (first, last), value
    return best, score


def confidence(tagged: Tagged) -> float:
    """Return how sure the model is that the whole attribution is right, 0 to 1."""
    content, cue, arc, source = tagged.scores
    product: float = content * cue * arc * source
    return float(round(product**_CALM, 3))
