"""Values as people read them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reportedly.faces.web import wording


def test_days_and_times_are_utc():
    assert wording.day("2026-03-17") == "17 Mar 2026"
    assert wording.moment("2026-03-17T01:30:00+02:00") == "16 Mar 2026, 23:30"
    assert wording.moment("2026-03-17") == "17 Mar 2026"
    assert wording.moment("last week") == "last week"
    assert wording.day(None) == ""


def test_spans_say_no_more_than_is_needed():
    assert wording.span("2026-03-17", "2026-03-17T12:00") == "17 Mar 2026"
    assert wording.span("2026-03-17", "2026-03-19") == "17–19 Mar 2026"
    assert wording.span("2026-03-30", "2026-04-02") == "30 Mar – 2 Apr 2026"
    assert wording.span("2025-12-30", "2026-01-02") == "30 Dec 2025 – 2 Jan 2026"
    assert wording.span(None, None) == ""


def test_counts_and_ranges():
    assert wording.count(1, "outlet") == "1 outlet"
    assert wording.count(1204, "story", "stories") == "1,204 stories"
    assert wording.origins(1, 1) == "1 origin"
    assert wording.origins(0, 2) == "0–2 origins"
    assert wording.origins(0, 0) == "no origin found"


def test_only_addresses_of_the_web_become_links():
    assert wording.web_address("https://a.example/x?y=1") == "https://a.example/x?y=1"
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example",
        "/x",
        "http://[",
        None,
        " https:",
        "x",
    ):
        assert wording.web_address(bad) is None


@given(st.text())
def test_nothing_hidden_is_left_and_nothing_else_is_changed(text):
    out = wording.visible(text)
    assert not any(c in out for c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u0000\u001b")
    if out == text:
        assert wording.shown(text).unescape() == text


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_line_of_bounded_length(text, most):
    out = wording.oneline(text, most)
    assert len(out) <= most
    assert "\n" not in out


def test_an_excerpt_is_cut_between_words():
    text = (
        "x" * 3
        + " the navy has drawn up plans for a number of "
        + "raid"
        + "s on the islands, it was told " * 3
    )
    at = text.index("raid")
    _, word, tail = wording.excerpt(text, at, at + 4)
    assert word == "raids"
    assert tail.startswith(" on the islands")
    assert tail.endswith("…")
