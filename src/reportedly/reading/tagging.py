"""From the network's probabilities to attributions and names.

Spans and what goes to which cue come from :mod:`.spans`. Each cue then chooses, as
a whole, among the sources found and "no source".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .encoder import Window
from .page import Name, NameType, Page
from .paragraphs import Range
from .spans import Spans, find_spans, fresh_of, paths
from .viterbi import bio_transitions, runs

_NAME_TYPES: tuple[NameType, ...] = ("PER", "LOC", "ORG", "MISC")
_NAME_TRANSITIONS = bio_transitions(len(_NAME_TYPES), begin_cost=-1.0)

# Of what the network is less sure of than this, one find in seven is right (on training articles that it
# did not learn from).
_LEAST_SURE = 0.22

# A further piece of a content, beside the longest, is wrong more often than right below this (there).
_LEAST_PIECE = 0.3

# The power that makes a product of probabilities mean what it says (there).
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


def attributions(windows: Sequence[Window], page: Page) -> list[Tagged]:
    """Return the attributions of all windows of a text, in text order."""
    spans = find_spans(windows, page)
    edges = _Edges(windows, spans)
    found: list[Tagged] = []
    for number, (window, own) in enumerate(zip(windows, spans, strict=True)):
        for tagged in _in_window(window, own):
            if confidence(tagged) >= _LEAST_SURE:
                found.append(edges.go_on(number, tagged))
    return sorted(_settle_overlaps(found), key=lambda t: (t.content[0], t.cue or (0, 0)))


class _Edges:
    """Carries a content on over the edge of a window that cuts a long paragraph.

    The next window sees the rest of it, but not its cue.
    """

    def __init__(self, windows: Sequence[Window], spans: Sequence[Spans]) -> None:
        self._windows, self._spans = windows, spans

    def go_on(self, number: int, tagged: Tagged) -> Tagged:
        """Return ``tagged``, found in window ``number``, with contents as long as its neighbours say."""
        content = tuple((self._start(number, s), self._end(number, e)) for s, e in tagged.content)
        return tagged if content == tagged.content else replace(tagged, content=content)

    def _end(self, number: int, end: int) -> int:
        while end == self._windows[number].ends[-1] and self._is_cut(number):
            number += 1
            further = [e for s, e in self._contents(number) if s <= end < e]
            if not further:
                break
            end = further[0]
        return end

    def _start(self, number: int, start: int) -> int:
        while start == self._windows[number].starts[0] and number and self._is_cut(number - 1):
            number -= 1
            earlier = [s for s, e in self._contents(number) if s < start < e]
            if not earlier:
                break
            start = earlier[0]
        return start

    def _is_cut(self, number: int) -> bool:
        """Tell whether a paragraph goes on from window ``number`` to the next."""
        here, there = (self._windows[k : k + 1] for k in (number, number + 1))
        if not here or not there or not len(here[0].starts) or not len(there[0].starts):
            return False  # a window in the middle of one very long word holds none
        return bool(here[0].paragraph[-1] == there[0].paragraph[0])

    def _contents(self, number: int) -> list[Range]:
        window = self._windows[number]
        return [_range(window, *span) for span in self._spans[number].all_contents]


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
    best = paths(windows, [window.names for window in windows], _NAME_TRANSITIONS)
    for window, path in zip(windows, best, strict=True):
        for kind, first, last in runs(path, fresh_of(window)):
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


def _range(window: Window, first: int, last: int) -> Range:
    return int(window.starts[first]), int(window.ends[last - 1])


def _in_window(window: Window, spans: Spans) -> list[Tagged]:
    word_score = np.exp(window.tags[np.arange(len(spans.path)), spans.path])
    found = []
    for number, (a, b) in enumerate(spans.cues):
        if not window.own[a]:
            continue
        pieces = [
            (span, float(spans.to_cue[slice(*span), number].mean()), float(word_score[slice(*span)].mean()))
            for cue, span in spans.contents
            if cue == number
        ]
        if not pieces:
            continue
        longest = max(pieces, key=lambda p: p[0][1] - p[0][0])
        pieces = [p for p in pieces if p is longest or min(p[1:]) >= _LEAST_PIECE]
        source, sure = _source(window, spans.sources, a, b)
        weights = [last - first for (first, last), _, _ in pieces]
        found.append(
            Tagged(
                source=_range(window, *source) if source else None,
                cue=_range(window, a, b),
                content=tuple(_range(window, *span) for span, _, _ in pieces),
                sure=tuple(bool(window.own[first]) for (first, _), _, _ in pieces),
                scores=(
                    float(np.average([score for _, _, score in pieces], weights=weights)),
                    float(word_score[a:b].mean()),
                    float(np.average([arc for _, arc, _ in pieces], weights=weights)),
                    sure,
                ),
            )
        )
    return found


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
