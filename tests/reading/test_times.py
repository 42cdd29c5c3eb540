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
        ("The raid came late Monday.", "late Monday", "2024-05-13TEV"),
        ("The raid came early Monday.", "early Monday", "2024-05-13TMO"),
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
        ("Monday's flood was the third.", "Monday", "2024-05-13"),
        ("Last year’s flood was worse.", "Last year", "2023"),
        ("It rained over the weekend.", "the weekend", "2024-W19-WE"),
        ("They will meet at the weekend.", "the weekend", "2024-W20-WE"),
        ("It lost money for the past decade and a half.", "the past decade and a half", "P15Y"),
        ("He ruled for another four years.", "another four years", "P4Y"),
        ("It opened in August of that year.", "August of that year", "2024-08"),
        ("They extended the curfew through June 5.", "June 5", "2024-06-05"),
        ("It pays five crowns a year.", "a year", "P1Y"),
        ("They met twice a month.", "twice a month", "P1M"),
        ("Turnout will rise on Election Day.", "Election Day", "2024-11-05"),
        ("He won at the dawn of 2020.", "the dawn of 2020", "2020"),
        ("It rained in the first three months of 2015.", "the first three months of 2015", "P3M"),
        ("It fell in the latter half of 2008.", "the latter half of 2008", "2008-H2"),
        ("He was seen a few days earlier.", "a few days earlier", "PAST_REF"),
        ("They lost the fort in April 480 BC.", "April 480 BC", "BC0480-04"),
        ("They meet every Monday morning.", "every Monday morning", "XXXX-WXX-1TMO"),
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
    ("text", "pairs"),
    [
        ("It ran from 2003-2016.", [("2003", "2003"), ("2016", "2016")]),
        ("It ran in 2007-08.", [("2007", "2007"), ("08", "2008")]),
        ("They met on May 3-5, 2021.", [("May 3", "2021-05-03"), ("5, 2021", "2021-05-05")]),
        ("They met on 3-5 May.", [("3", "2024-05-03"), ("5 May", "2024-05-05")]),
        ("It stood from 499-493 BC.", [("499", "BC0499"), ("493 BC", "BC0493")]),
    ],
)
def test_both_ends_of_a_range_are_times(text: str, pairs: list[tuple[str, str]]) -> None:
    assert read(text) == pairs


@pytest.mark.parametrize(
    "text",
    [
        "He left on February 30.",
        "He left on Feb. 29, 2023.",
        "He left on the 31st of June.",
        "He left on 2023-13-45.",
        "He left on 2023-02-30.",
        "He left on 31/02/2023.",
        "He left at 5 p.m. on February 30.",
    ],
)
def test_dates_that_do_not_exist_have_no_value(text: str) -> None:
    assert [value for _, value in read(text)] == [None]


def test_a_year_that_opens_a_sentence_holds_for_its_dates() -> None:
    assert read("In 2019, flights stopped on February 6 and on October 22.") == [
        ("2019", "2019"),
        ("February 6", "2019-02-06"),
        ("October 22", "2019-10-22"),
    ]


def test_what_is_said_on_one_day_may_have_happened_on_another() -> None:
    assert read("He said on Tuesday that the blast on Sunday killed two.") == [
        ("Tuesday", "2024-05-14"),
        ("Sunday", "2024-05-12"),
    ]


_HISTORY = (
    "The war began in March 1871. In 1872 the fleet sailed (a 1955 film tells of it). The siege ended in "
    "December 1872. In January the fort fell, and on 3 May the king fled. A 1999 study doubts it. In June he "
    "died. By 1874 the land was at peace."
)


def test_a_history_goes_on_from_date_to_date() -> None:
    found = dict(read(_HISTORY))
    assert found["January"] == "1873-01"
    assert found["3 May"] == "1873-05-03"
    assert found["June"] == "1873-06"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("The fleet will soon sail.", True),
        ("They soon fled.", False),
        ("He fell ill soon after the vote.", False),
        ("The soon-to-be minister spoke.", False),
    ],
)
def test_soon_is_a_time_where_it_looks_ahead(text: str, marked: bool) -> None:
    assert read(text) == ([("soon", "FUTURE_REF")] if marked else [])


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
