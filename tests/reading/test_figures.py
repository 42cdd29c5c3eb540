"""Figures: values as ranges, units, measures, and what is no figure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.reading.figures import read_figures
from reportedly.reading.page import Page
from reportedly.reading.times import read_times
from reportedly.records.things import Figure


def only(text: str) -> Figure:
    found = read_figures(Page(text))
    assert len(found) == 1, [f.text for f in found]
    return found[0]


def tolls(text: str) -> list[tuple[float | None, str | None]]:
    return [(f.value, f.measure) for f in read_figures(Page(text)) if f.measure]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 62 villagers drowned.", (62, 62, None, "at least", "person")),
        ("They sent two B-7 Falcon bombers north.", (2, 2, 2, None, "bomber")),
        ("Dozens of homes burned.", (None, 24, 99, None, "home")),
        ("Tens of thousands of miners marched.", (None, 20_000, 99_999, None, "person")),
        ("More than one general defected.", (1, 2, None, "more than", "person")),
        ("Fewer than 10 shops opened.", (10, None, 9, "fewer than", "shop")),
        ("As many as 300 troops arrived.", (300, None, 300, "at most", "person")),
        ("About 40 houses stood empty.", (40, 36, 44, "about", "house")),
        ("Between 3 and 5 boats came.", (None, 3, 5, "between", "boat")),
        ("They counted 12,000 to 15,000 birds.", (None, 12_000, 15_000, "between", "bird")),
        ("They want 3 to 5 million doses.", (None, 3e6, 5e6, "between", "dose")),
        ("It bought a dozen trucks.", (12, 12, 12, None, "truck")),
        ("It bought half a million masks.", (500_000, 500_000, 500_000, None, "mask")),
        ("Inflation was 8.5 percent.", (8.5, 8.5, 8.5, None, "percent")),
        ("It was -3.5 degrees at dawn.", (-3.5, -3.5, -3.5, None, "degree")),
        ("One in five voters stayed away.", (0.2, 0.2, 0.2, None, "share")),
        ("Nearly half of the crop failed.", (0.5, 0.45, 0.5, "about", "share")),
        ("Some 1.2m people voted.", (1.2e6, 1.08e6, 1.32e6, "about", "person")),
    ],
)
def test_values(text: str, expected: tuple[Any, ...]) -> None:
    found = only(text)
    assert (found.value, found.low, found.high, found.bound, found.unit) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Bounties of $25 million each were offered.", 25e6, "USD"),
        ("It cost €3bn.", 3e9, "EUR"),
        ("It cost Rs 500 crore.", 5e9, "INR"),
        ("It cost A$5bn.", 5e9, "AUD"),
        ("It cost HK$20 million.", 2e7, "HKD"),
        ("It cost 40 Canadian dollars.", 40, "CAD"),
        ("It cost 89 billion yuan.", 89e9, "CNY"),
        ("It cost 75 cents.", 0.75, "USD"),
    ],
)
def test_money(text: str, value: float, unit: str) -> None:
    found = only(text)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 62 people were killed and 12 injured.", [(62, "killed"), (12, "injured")]),
        ("The shelling killed 62.", [(62, "killed")]),
        ("The death toll rose to 62, up from 12.", [(62, "killed"), (12, "killed")]),
        ("The blast hit a bus, leaving 5 dead and 12 wounded.", [(5, "killed"), (12, "injured")]),
        ("A man was killed and two others wounded.", [(1, "killed"), (2, "injured")]),
        ("Police arrested 30 men and charged five.", [(30, "arrested"), (5, "charged")]),
        ("It sank, killing a woman and two children.", [(1, "killed"), (2, "killed")]),
        ("Three people, including a nurse, were killed.", [(3, "killed")]),
        ("Two officers were shot dead.", [(2, "killed")]),
        ("Six reported deaths shook the town.", [(6, "killed")]),
        ("Some 400 employees tested positive.", [(400, "infected")]),
        ("Two men killed a guard.", [(1, "killed")]),
        ("No injuries were reported.", [(0, "injured")]),
        ("Both men inside the van were killed.", [(2, "killed")]),
        ("Two people sitting in a car were shot.", [(2, "shot")]),
        ("Nine of its congregants were killed.", [(9, "killed")]),
        ("It killed 11 people and injured dozens more late on Monday.", [(11, "killed"), (None, "injured")]),
        ("Three bodies were found; 12 lives were lost.", [(3, "killed"), (12, "killed")]),
        ("Two governing bodies met.", []),
        ("All eight of the dead lived there.", [(8, "killed")]),
        ("Two slain guards lay there.", [(2, "killed")]),
        ("The deaths of three men, and the attempted murder of two guards.", [(3, "killed")]),
        ("Four teens, one fatally, were shot.", [(4, "shot"), (1, "killed")]),
        ("A man shot three guards.", [(3, "shot")]),
        ("The blast sent five people to the hospital.", [(5, "injured")]),
        ("Three others were taken to Tesk Regional Medical Center.", [(3, "injured")]),
        ("Some 62 people have fallen ill.", [(62, "ill")]),
        ("Blast In Harbour Street Leaves 2 Dead, 5 Hurt", [(2, "killed"), (5, "injured")]),
        ("Gunman Kills 5 In Mall", [(5, "killed")]),
        ("It left five hurt.Police came.", [(5, "injured")]),
    ],
)
def test_tolls(text: str, expected: list[tuple[float, str]]) -> None:
    assert tolls(text) == expected


@pytest.mark.parametrize(
    ("text", "words", "value", "measure"),
    [
        ("A 24-year-old woman was killed.", "A 24-year-old woman", 1, "killed"),
        ("The victim died at the scene.", "The victim", 1, "killed"),
        ("Harbour man shot dead near mill", "Harbour man", 1, "killed"),
        ("It was a double homicide.", "a double homicide", 2, "killed"),
        ("The couple was found dead.", "The couple", 2, "killed"),
        ("One of the victims died.", "One of the victims", 1, "killed"),
    ],
)
def test_those_counted_without_a_number_word(text: str, words: str, value: float, measure: str) -> None:
    found = next(f for f in read_figures(Page(text)) if f.measure == measure)
    assert (found.text, found.value, found.low, found.high) == (words, value, value, value)
    assert found.unit == "person"


def test_a_rank_is_a_lower_bound() -> None:
    found = only("A fifth miner died on Sunday.")
    assert (found.value, found.low, found.high, found.bound) == (5, 5, None, "at least")


def test_an_age_beside_those_counted_stays_an_age() -> None:
    found = read_figures(Page("Two 16-year-old boys were killed."))
    assert [(f.value, f.measure) for f in found] == [(2, "killed"), (16, "age")]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It cost 1.234,50 euros.", 1234.5, "EUR"),
        ("It sold 1,5 million masks.", None, "mask"),
        ("12.345 people came.", None, "person"),
        ("It weighs 12.345 kilos.", 12.345, "kilogram"),
        ("١٢ people came.", 12, "person"),
        ("１２ people came.", 12, "person"),
        ("It is 3-1/2 inches thick.", 3.5, "inch"),
        ("It is 1.5x as large.", 1.5, "times"),
        ("He was '100 percent' sure.", 100, "percent"),
        ("It was 37.2 C at noon.", 37.2, "degree celsius"),
        ("It cut rates by a quarter point.", 0.25, "point"),
        ("It comes every 10 minutes.", 10, "minute"),
    ],
)
def test_forms_of_numbers(text: str, value: float | None, unit: str) -> None:
    found = only(text)
    assert (found.value, found.unit) == (value, unit)


def test_neighbours_share_a_unit() -> None:
    found = read_figures(Page("It won 30 of 120 seats. It earned $3.4 million, up from 2.1 million."))
    assert [(f.value, f.unit) for f in found] == [(30, "seat"), (120, "seat"), (3.4e6, "USD"), (2.1e6, "USD")]


@pytest.mark.parametrize(
    "text",
    [
        "1. The port is closed.",
        "Two, the port is closed.",
        "The pilot, 44, agreed.",
        "It runs in season four of the series.",
        "The man met the victim.",
        "It happened in 2019 and again on 5 May 2021 at 2:30 p.m. local time.",
        "He is one of the largest owners and no one knows that one.",
        "The team won 3-1 on Sunday.",
        "Call 555-0134 now.",
        "The shop at 1600 Harbour Road closed.",
        "See Section 12 of the law.",
        "Ana Ruiz, 31, agreed.",
        "A few months ago she came third.",
    ],
)
def test_no_figures(text: str) -> None:
    assert read_figures(Page(text)) == []


def test_times_that_were_read_are_not_read_again() -> None:
    page = Page("On 5 May 2021 some 300 soldiers fled after a 12-day siege.")
    times = read_times(page, None)
    assert [f.text for f in read_figures(page, times)] == ["some 300 soldiers", "12-day"]
    assert read_figures(page, times) == read_figures(page)


_VOCABULARY = (
    "62 1.5 3bn $ € - – , . ( ) one two hundred million and half a third of between to from in at "
    "least people were "
    "killed injured 2019 % dozens no few several 12:30 1/2 3-1 x ’s May -3 ½ 999999999999999999"
)
_WORDS = st.sampled_from(_VOCABULARY.split())


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200), st.lists(_WORDS, max_size=40).map(" ".join), st.lists(_WORDS).map("".join)
    )
)
def test_any_text(text: str) -> None:
    found = read_figures(Page(text))
    assert found == read_figures(Page(text))
    assert len({f.id for f in found}) == len(found)
    for figure in found:
        start, end = figure.spans[0]
        assert figure.text == text[start:end] != ""
        if figure.low is not None and figure.high is not None:
            assert figure.low <= figure.high


def test_a_range_said_backwards_has_its_ends_in_order() -> None:
    (figure,) = read_figures(Page("killed 2-1 hundred"))
    assert (figure.low, figure.high) == (100.0, 200.0)
