"""When and where events happened: the saying's time and place are not the event's."""

from __future__ import annotations

import pytest

from reportedly.reading.occasions import Occasions
from reportedly.reading.page import Page
from reportedly.reading.times import read_times
from reportedly.records import Place

PUBLISHED = "2024-05-16"  # a Thursday


def when(text: str, trigger: str, cue: str, content: str) -> str | None:
    """Return the words of the time of ``trigger``; ``content`` is what ``cue`` reports."""
    low = text.index(content)
    page, high = Page(text), low + len(content)
    times = read_times(page, PUBLISHED)
    cues = [(text.index(cue), text.index(cue) + len(cue))]
    occasions = Occasions(page, times, [], cues, lambda s, e: "a0" if s < high and low < e else None)
    start = text.index(trigger)
    found = occasions.time_of((start, start + len(trigger)))
    return next((t.text for t in times if t.id == found), None)


@pytest.mark.parametrize(
    ("text", "trigger", "content", "words"),
    [
        (
            "He said on Tuesday that the blast on Sunday killed two.",
            "killed",
            "the blast on Sunday killed two",
            "Sunday",
        ),
        ("The blast killed two, police said on Tuesday.", "killed", "The blast killed two", None),
        (
            "Guards said late Tuesday that two men were shot.",
            "shot",
            "two men were shot",
            None,
        ),
        (
            "On Sunday, police said, two men were shot.",
            "shot",
            "two men were shot",
            "Sunday",
        ),
        (
            "Police, who arrested a man at noon, said on Tuesday that he talked.",
            "arrested",
            "that he talked",
            "noon",
        ),
        ("The strikes, he said, lasted three days.", "strikes", "The strikes", None),
    ],
)
def test_an_event_does_not_take_the_time_of_its_saying(
    text: str, trigger: str, content: str, words: str | None
) -> None:
    assert when(text, trigger, "said", content) == words


def test_a_saying_that_is_an_event_keeps_its_time() -> None:
    text = "The minister denied on Tuesday that the bridge fell on Sunday."
    assert when(text, "denied", "denied", "that the bridge fell on Sunday") == "Tuesday"


def test_places_of_sayings_are_left_to_the_cue() -> None:
    text = "She said in Velmora that shells hit Qorvan."
    places = [
        Place(id=f"p{text.index(n)}", text=n, spans=((text.index(n), text.index(n) + len(n)),), geonames=None,
              country=None, lat=None, lon=None, precision=None)
        for n in ("Velmora", "Qorvan")
    ]  # fmt: skip
    low = text.index("shells")
    occasions = Occasions(Page(text), [], places, [(4, 8)], lambda s, e: "a0" if e > low else None)
    start = text.index("hit")
    assert occasions.place_of((start, start + 3)) == places[1].id
    assert occasions.place_of((4, 8)) == places[0].id


def test_nothing_to_find() -> None:
    assert Occasions(Page(""), [], [], [], lambda s, e: None).time_of((0, 0)) is None
