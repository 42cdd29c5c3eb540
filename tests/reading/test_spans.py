"""Spans from probabilities that are made by hand: which words go to which cue."""

from dataclasses import replace

import numpy as np

from reportedly.reading import tagging
from reportedly.reading.encoder import Window
from reportedly.reading.page import Page
from reportedly.reading.spans import find_spans

OUTSIDE, B_SOURCE, B_CUE, B, IN = 0, 1, 3, 5, 6


def window(page, labels, to_cue, to_source=None, part=None, paragraph=0):
    """Make what the network would say: ``labels`` a word, and the word that each points at."""
    words = page.words if part is None else page.words[part]
    count = len(words)
    tags = np.full((count, 7), np.log(0.01), np.float32)
    tags[np.arange(count), labels] = np.log(0.94)
    arcs = np.full((count, count + 1), 1e-4, np.float32)
    source = np.full((count, count + 1), 1e-4, np.float32)
    for table, places in ((arcs, to_cue), (source, to_source or {})):
        for word, place in places.items():
            table[word, place] = 0.98
    return Window(
        starts=np.array([w.start for w in words]),
        ends=np.array([w.end for w in words]),
        paragraph=np.full(count, paragraph),
        own=np.ones(count, bool),
        tags=tags,
        names=np.full((count, 9), np.log(1 / 9), np.float32),
        content_arcs=arcs,
        source_arcs=source,
        hidden=np.zeros((count, 4), np.float32),
    )


def test_one_run_of_content_is_parted_between_two_cues():
    page = Page("She says it holds they fail says he")
    labels = [B_SOURCE, B_CUE, B, IN, IN, IN, B_CUE, B_SOURCE]
    (spans,) = find_spans([window(page, labels, {2: 1, 3: 1, 4: 6, 5: 6})], page)
    assert spans.contents == [(0, (2, 4)), (1, (4, 6))]


def test_words_that_point_at_no_cue_fall_out():
    page = Page("He lies she says often")
    lost = window(page, [B, IN, B_SOURCE, B_CUE, B], {0: 3, 1: 3, 4: 0})
    (spans,) = find_spans([lost], page)
    assert [span for _, span in spans.contents] == [(0, 2)]


def test_no_cue_no_content():
    page = Page("He lies")
    (spans,) = find_spans([window(page, [B, IN], {})], page)
    assert spans.contents == []
    assert spans.cues == []


def test_a_content_goes_on_behind_the_edge_of_a_window():
    text = "She said it holds and will hold for good"
    page = Page(text)
    first = window(page, [B_SOURCE, B_CUE, B, IN, IN, IN], {2: 1, 3: 1, 4: 1, 5: 1}, {1: 0}, part=slice(0, 6))
    rest = window(page, [B, IN, IN, IN, OUTSIDE], {}, part=slice(4, 9))
    (tagged,) = tagging.attributions([first, rest], page)
    assert [text[s:e] for s, e in tagged.content] == ["it holds and will hold for"]
    apart = window(page, [B, IN, IN, IN, OUTSIDE], {}, part=slice(4, 9), paragraph=1)
    (tagged,) = tagging.attributions([first, apart], page)
    assert [text[s:e] for s, e in tagged.content] == ["it holds and will"]


def test_only_what_is_quoted_goes_on_in_the_next_paragraph():
    def contents(text):
        page = Page(text)
        labels = [B_SOURCE, B_CUE, B, IN] + [B if w.text == "Hacks" else IN for w in page.words[4:]]
        words = page.words
        own = window(page, labels, dict.fromkeys(range(2, len(words)), 1))
        second = next(k for k, w in enumerate(words) if w.text == "Hacks")
        paragraph = np.array([int(k >= second) for k in range(len(words))])
        (spans,) = find_spans([replace(own, paragraph=paragraph)], page)
        return {text[words[a].start : words[b - 1].end] for _, (a, b) in spans.contents}

    assert contents("She said it holds\n\nHacks fail") == {"it holds"}
    assert "Hacks fail" in " ".join(contents("She said “it holds\n\n“Hacks fail”"))
