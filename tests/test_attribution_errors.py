"""The kinds of errors that the attribution reader's finds are counted under."""

from collections import Counter

import pytest

from benchmarks.attribution_errors import content_errors, count, span_errors

WHOLE = frozenset(range(10, 20))


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (WHOLE, set()),
        (WHOLE | {9}, {"content: begins too early"}),
        (WHOLE - {10, 19}, {"content: begins too late", "content: ends too early"}),
        (WHOLE | {30}, {"content: a further piece that is none"}),
        (WHOLE - {15}, {"content: torn in two"}),
    ],
)
def test_one_piece(found, kinds):
    assert content_errors(WHOLE, frozenset(found)) == kinds


def test_two_pieces():
    wanted = frozenset([1, 2, 6, 7])
    assert content_errors(wanted, frozenset([1, 2])) == {"content: a piece of it missed"}
    assert content_errors(wanted, frozenset(range(1, 8))) == {"content: an aside inside of it taken along"}


def test_sources_and_cues():
    assert span_errors("cue", frozenset([4]), frozenset([4, 5])) == {"cue: ends too late"}
    assert span_errors("source", frozenset(), frozenset([4])) == {"source: given where there is none"}
    assert span_errors("source", frozenset([4]), frozenset([9])) == {"source: another one"}


def test_what_was_missed_and_what_was_invented():
    text = "Moss said it holds. Dask asked who pays."

    def item(source, cue, content):
        return {
            role: [[text.index(p), text.index(p) + len(p)]]
            for role, p in zip(("source", "cue", "content"), (source, cue, content), strict=True)
        }

    first, second = item("Moss", "said", "it holds"), item("Dask", "asked", "who pays")
    counts: Counter[str] = Counter()
    count(text, [first], [second], counts)
    assert counts["missed whole"] == counts["invented whole"] == counts["missed, indirect"] == 1
    counts.clear()
    count(text, [first], [first], counts)
    assert counts["right in every word"] == 1
