"""Times: what is marked, and what it is worth against the publication date."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.reading.page import Page
from reportedly.reading.times import read_times, time_spans

PUBLISHED = "2024-05-16"  # a Thursday


def read(text: str, published: str | None = PUBLISHED) -> list[tuple[str, str | None]]:
    return [(t.text, t.value) for t in read_times(Page(text), published)]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("The raid came late Monday.", "late Monday", "2024-05-13"),
        ("He spoke on Thursday.", "Thursday", "2024-05-16"),
        ("He spoke on Friday.", "Friday", "2024-05-10"),
        ("Voters will choose on Friday.", "Friday", "2024-05-17"),
        ("They fled last Friday.", "last Friday", "2024-05-10"),
        ("They meet next Friday at 2:30 p.m.", "next Friday at 2:30 p.m.", "2024-05-17T14:30"),
        ("He fled on Tuesday of last week.", "Tuesday of last week", "2024-05-07"),
        ("It began on 3 May 2021.", "3 May 2021", "2021-05-03"),
        ("It began on Saturday, Nov. 9, 2019.", "Saturday, Nov. 9, 2019", "2019-11-09"),
        ("It fell on the 5th of May.", "the 5th of May", "2024-05-05"),
        ("It ended in March 2019.", "March 2019", "2019-03"),
        ("Since October 7 they wait.", "October 7", "2023-10-07"),
        ("It began in early 2025.", "early 2025", "2025"),
        ("It began in the late 1990s.", "the late 1990s", "199X"),
        ("Sales fell in Q3 2024.", "Q3 2024", "2024-Q3"),
        ("Sales fell in the third quarter of 2023.", "the third quarter of 2023", "2023-Q3"),
        ("It opened in the summer of 2023.", "the summer of 2023", "2023-SU"),
        ("It closed next week.", "next week", "2024-W21"),
        ("It closed earlier this month.", "earlier this month", "2024-05"),
        ("It closed last year.", "last year", "2023"),
        ("It closed two years ago.", "two years ago", "2022"),
        ("It closed three days ago.", "three days ago", "2024-05-13"),
        ("Shells fell overnight.", "overnight", "2024-05-16TNI"),
        ("Shells fell last night.", "last night", "2024-05-15TNI"),
        ("It lasted three days.", "three days", "P3D"),
        ("It lasted half an hour.", "half an hour", "PT30M"),
        ("It lasted a year and a half.", "a year and a half", "P18M"),
        ("It grew over the past decade.", "the past decade", "P1DE"),
        ("It came just days after the vote.", "days", "PXD"),
        ("They pray every Friday.", "every Friday", "XXXX-WXX-5"),
        ("It is a 19th century house.", "19th century", "18XX"),
        ("It closed on Christmas Day 2022.", "Christmas Day 2022", "2022-12-25"),
        ("She left recently.", "recently", "PAST_REF"),
        ("They hope for the future.", "the future", "FUTURE_REF"),
        ("The fleet sailed on 2024-05-03.", "2024-05-03", "2024-05-03"),
        ("They met at 0600 GMT.", "0600 GMT", "2024-05-16T06:00"),
    ],
)
def test_values(text: str, words: str, value: str) -> None:
    assert read(text) == [(words, value)]


def test_shifts_start_from_the_date_in_the_text() -> None:
    found = read_times(Page("He fled on 9 May 2023. Two days later he was held."), PUBLISHED)
    assert [(t.value, t.anchor) for t in found] == [("2023-05-09", None), ("2023-05-11", "2023-05-09")]


def test_relative_times_name_their_anchor() -> None:
    assert read_times(Page("He fled yesterday."), "2024-05-16T08:00:00Z")[0].anchor == PUBLISHED


@pytest.mark.parametrize(
    ("text", "value"),
    [("He left on Tuesday.", "XXXX-WXX-2"), ("He left yesterday.", None), ("It was on May 3.", "XXXX-05-03")],
)
def test_without_publication_date(text: str, value: str | None) -> None:
    assert [v for _, v in read(text, None)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "They may march on.",
        "A 17-year-old boy sat down.",
        "He paid $1999 for 2,000 bricks.",
        "The sun sat low.",
        "Page 12:345.",
    ],
)
def test_no_times(text: str) -> None:
    assert read(text) == []


def test_spans_agree_with_times() -> None:
    page = Page("On Monday they waited for three days until 5 p.m. on 9 May 2023.")
    assert [(s, e) for s, e, _ in time_spans(page)] == [t.spans[0] for t in read_times(page, PUBLISHED)]
    assert [lasting for _, _, lasting in time_spans(page)] == [False, True, False]


_VOCABULARY = (
    "Monday May 3 2024 31 30 Feb. 12 : 30 pm , - / the of last next this past week years ago later "
    "a half and every "
    "Q3 1990s BC century 9999 0000 early mid overnight tonight 21st Easter Thanksgiving GMT two hundred 1000"
)
_WORDS = st.sampled_from(_VOCABULARY.split())


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200), st.lists(_WORDS, max_size=40).map(" ".join), st.lists(_WORDS).map("".join)
    ),
    st.sampled_from([None, "", "soon", "2024-02-29", "0001-01-01", "9999-12-31T23:59:59Z"]),
)
def test_any_text(text: str, published: str | None) -> None:
    found = read_times(Page(text), published)
    assert found == read_times(Page(text), published)
    assert len({t.id for t in found}) == len(found)
    for time in found:
        start, end = time.spans[0]
        assert time.text == text[start:end] != ""
