"""Series: how figures supersede, correct, dispute and repeat each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.reading.figures import read_figures
from reportedly.reading.page import Page
from reportedly.reading.times import read_times
from reportedly.records import Attribution, Copy, Reading, Report, Series, passage
from reportedly.records.attribution import Source, SourceKind
from reportedly.weighing.filed import Filed
from reportedly.weighing.series import series

_SEEN = datetime(2026, 6, 1, tzinfo=UTC)
Said = tuple[str, SourceKind, str]  # source, kind, content


def filed(
    name: str, published: str, text: str, *said: Said, outlet: str | None = None, revision: int = 1
) -> Filed:
    """File a report whose first paragraph is its title; ``said`` are its attributions."""
    page = Page(text)
    times = read_times(page, published)
    figures = read_figures(page, times)
    attributions = []
    for source, kind, content in said:
        start = text.index(content)
        end = start + len(content)
        at = text.find(source)
        spans = ((at, at + len(source)),) if source and at >= 0 else ()
        attributions.append(
            Attribution(
                id=f"a{start}",
                source=Source(text=source, spans=spans, kind=kind),
                cue=None,
                content=passage(text, (start, end)),
                quotation="indirect",
                stance="assert",
                factuality="CT+",
                figures=tuple(f.id for f in figures if start <= f.spans[0][0] < end),
                confidence=1.0,
                decided_by="test",
            )
        )
    report = Report(
        id=name,
        text=text,
        sha256="",
        title=text.split("\n")[0],
        outlet=outlet or f"The {name.title()}",
        published=published,
    )
    reading = Reading(
        report=report, attributions=tuple(attributions), figures=tuple(figures), times=tuple(times)
    )
    return Filed(reading, _SEEN, revision)


def of(found: Sequence[Series], measure: str | None, unit: str = "person") -> Series:
    (one,) = [s for s in found if s.measure == measure and s.unit == unit]
    return one


def roles(one: Series) -> list[tuple[str, float | None, str]]:
    return [(p.report, p.value, p.role) for p in one.points]


def current(one: Series) -> tuple[Any, ...]:
    return one.current.value, one.current.low, one.current.high


FLOOD = (
    filed(
        "herald",
        "2026-03-01T06:00:00Z",
        "Flood kills at least 11 in Tesk\n\nAt least 11 people died and dozens were injured on Sunday.",
    ),
    filed(
        "gazette",
        "2026-03-01T18:00:00Z",
        "Toll in flood rises\n\nThe death toll rose to 14, up from 11, the Interior Ministry said. "
        "Nine people were missing.",
        ("the Interior Ministry", "organization", "The death toll rose to 14, up from 11"),
    ),
    filed(
        "courier",
        "2026-03-02T12:00:00Z",
        "Ministry lowers flood toll to 13\n\nThirteen people died, not 14 as announced earlier, "
        "the Interior Ministry said.\n\nOne body had been counted twice.",
        ("the Interior Ministry", "organization", "Thirteen people died, not 14 as announced earlier"),
    ),
)


def test_a_toll_rises_and_is_corrected() -> None:
    found = series("s1", FLOOD, ())
    dead = of(found, "killed")
    assert roles(dead) == [
        ("herald", 11, "initial"),
        ("gazette", 14, "supersedes"),
        ("courier", 13, "corrects"),
    ]
    assert current(dead) == (13, 13, 13)
    assert "14" in dead.points[2].why
    assert dead.points[1].source == "the Interior Ministry"
    assert all(p.why for s in found for p in s.points)
    assert current(of(found, "injured")) == (None, 24, 99)
    assert of(found, "missing").current.value == 9


def test_order_of_filing_does_not_matter() -> None:
    assert series("s1", FLOOD[::-1], ()) == series("s1", FLOOD, ())


def test_hospitals_against_the_government() -> None:
    text = (
        "Blast at market kills 20\n\nA blast at a market killed 20 people, the government said.\n\n"
        "Hospitals put the number at 31 dead."
    )
    one = filed(
        "herald",
        "2026-04-01T10:00:00Z",
        text,
        ("the government", "organization", "A blast at a market killed 20 people"),
        ("Hospitals", "organization", "31 dead"),
    )
    dead = of(series("s", [one], ()), "killed")
    assert roles(dead) == [("herald", 20, "initial"), ("herald", 31, "disputes")]
    assert current(dead) == (None, 20, 31)
    assert "government" in dead.current.why
    assert "Hospitals" in dead.current.why


def test_a_dispute_ends_when_the_sources_agree() -> None:
    first = filed(
        "herald",
        "2026-04-01T10:00:00Z",
        "Blast kills 20\n\nA blast killed 20 people, police said.\n\nThe opposition says at least 40 died.",
        ("police", "official", "A blast killed 20 people"),
        ("The opposition", "organization", "at least 40 died"),
    )
    later = filed(
        "gazette",
        "2026-04-02T10:00:00Z",
        "Police now say 40 died in blast\n\nForty people were killed, the police said.",
        ("the police", "official", "Forty people were killed"),
    )
    dead = of(series("s", [first, later], ()), "killed")
    assert [p.role for p in dead.points] == ["initial", "disputes", "supersedes"]
    assert current(dead) == (40, 40, 40)


def test_a_count_that_is_given_up_leaves_the_other() -> None:
    first = filed(
        "herald",
        "2026-04-01T10:00:00Z",
        "Fire kills 14\n\nIt killed 14 people, police said, while the dockworkers’ union speaks of 17 dead.",
    )
    later = filed(
        "gazette",
        "2026-04-02T10:00:00Z",
        "Union relents\n\nThe union no longer holds to its count of 17.",
    )
    dead = of(series("s", [first, later], ()), "killed")
    assert roles(dead) == [
        ("herald", 14, "initial"),
        ("herald", 17, "disputes"),
        ("gazette", None, "corrects"),
    ]
    assert dead.points[1].source == "the dockworkers’ union"
    assert current(of(series("s", [first], ()), "killed")) == (None, 14, 17)
    assert current(dead) == (14, 14, 14)


def test_those_who_are_found_are_missing_no_more() -> None:
    first = filed("herald", "2026-04-01T10:00:00Z", "Storm\n\nNine sailors are missing after a storm.")
    later = filed(
        "gazette",
        "2026-04-02T10:00:00Z",
        "Sailors found\n\nAll nine sailors who had been reported missing have been found alive.",
    )
    missing = of(series("s", [first, later], ()), "missing")
    assert roles(missing) == [("herald", 9, "initial"), ("gazette", 0, "supersedes")]
    assert missing.current.value == 0


def test_a_copy_and_a_late_report_only_repeat() -> None:
    copy = filed(
        "ledger", "2026-03-01T20:00:00Z", "Fourteen dead in flood\n\nFourteen people died in the flood."
    )
    late = filed(
        "tribune", "2026-03-01T21:00:00Z", "Flood kills 11\n\nA flood in the bay killed 11 people on Sunday."
    )
    link = Copy(
        copy="ledger", of="gazette", kind="full", why="97% of its text stands in gazette", shared=0.97
    )
    dead = of(series("s1", [*FLOOD[:2], copy, late], [link]), "killed")
    assert [(p.report, p.role) for p in dead.points[2:]] == [("ledger", "repeats"), ("tribune", "repeats")]
    assert "97%" in dead.points[2].why
    assert dead.current.value == 14


@pytest.mark.parametrize(
    "aside",
    [
        "In 2019, a fire at the same mill killed 40 people.",
        "The toll could rise to 40, officials fear.",
        "Three of those killed were children.",
        "Two nurses, among them a mother of four, were killed.",
        "Some 300 people are killed in mills every year.",
        "A nurse was killed.",
    ],
)
def test_other_happenings_fears_and_parts_stay_out(aside: str) -> None:
    one = filed(
        "herald",
        "2026-05-05T10:00:00Z",
        f"Mill fire kills 12\n\nA fire killed 12 people on Monday.\n\nIt burned all night.\n\n{aside}",
    )
    dead = of(series("s", [one], ()), "killed")
    assert roles(dead) == [("herald", 12, "initial")]


def test_a_number_taken_back_without_its_noun() -> None:
    first = filed(
        "herald",
        "2026-05-05T10:00:00Z",
        "Navy stops boat\n\nThe ministry said that it recovered 40 rifles from the boat.",
    )
    second = filed(
        "gazette",
        "2026-05-06T10:00:00Z",
        "Ministry shows rifles\n\nThe ministry showed photographs of rifles. It gave their number as 26, "
        "not 40 as it had said before, and spoke of a mistake.",
    )
    rifles = of(series("s", [first, second], ()), None, "rifle")
    assert roles(rifles) == [("herald", 40, "initial"), ("gazette", 26, "corrects")]
    assert rifles.current.value == 26


def test_money_is_followed_where_two_reports_speak_of_the_same() -> None:
    first = filed(
        "herald",
        "2026-05-05T10:00:00Z",
        "Reward\n\nThe state offered a reward of $5 million for the capture of the smuggler. "
        "Repairs cost $3 million.",
    )
    second = filed(
        "gazette",
        "2026-05-07T10:00:00Z",
        "Reward raised\n\nThe state raised its reward for the capture of the smuggler to $7 million.",
    )
    money = [s for s in series("s", [first, second], ()) if s.unit == "USD"]
    assert [roles(s) for s in money] == [[("herald", 5e6, "initial"), ("gazette", 7e6, "supersedes")]]


def test_a_revision_that_lowers_its_figure_corrects_it() -> None:
    text = "Crash kills {}\n\nA crash killed {} people on Monday."
    first = filed("herald", "2026-05-05T10:00:00Z", text.format(8, 8))
    second = filed("herald", "2026-05-05T10:00:00Z", text.format(7, 7), revision=2)
    dead = of(series("s", [second, first], ()), "killed")
    assert [(p.value, p.role) for p in dead.points] == [(8, "initial"), (7, "corrects")]
    assert "lowered" in dead.points[1].why


def test_a_list_is_added_up_in_its_own_words() -> None:
    one = filed(
        "herald", "2026-05-05T10:00:00Z", "Crash on coast road\n\nTwo men and a boy were killed on Monday."
    )
    (point,) = of(series("s", [one], ()), "killed").points
    assert (point.value, point.text) == (3, "Two men and a boy")


def test_no_reports_no_series() -> None:
    assert series("s", [], ()) == ()


_SENTENCES = st.sampled_from(
    [
        "At least 11 people were killed.",
        "Dozens were injured, not 14 as announced earlier.",
        "Hospitals put the number of dead at 31.",
        "12.345 people were killed.",
        "Nobody died.",
        "Police arrested 3 to 5 men.",
        "Correction: the toll was lowered from 14 to 13.",
        "It cost $5 million, up from $3 million.",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.lists(_SENTENCES, max_size=4), st.integers(1, 5)), max_size=5))
def test_any_reports(drawn: list[tuple[list[str], int]]) -> None:
    reports = [
        filed(f"r{n}", f"2026-05-0{day}", "Title\n\n" + " ".join(lines))
        for n, (lines, day) in enumerate(drawn)
    ]
    found = series("s", reports, ())
    assert found == series("s", reports[::-1], ())
    for one in found:
        assert one.points[0].role == "initial"
        assert one.current.why
        low, high = one.current.low, one.current.high
        assert low is None or high is None or low <= high


def test_the_number_of_people_killed_counts_the_killed() -> None:
    first = filed("herald", "2026-04-01T10:00:00Z", "Ferry sinks\n\nAt least six people died, police said.")
    later = filed(
        "gazette",
        "2026-04-02T10:00:00Z",
        "Ferry search goes on\n\nThe number of people killed when the ferry sank rose to 27, police said.",
    )
    dead = of(series("s", [first, later], ()), "killed")
    assert roles(dead) == [("herald", 6, "initial"), ("gazette", 27, "supersedes")]


def test_fewer_missing_below_the_lead_is_no_part() -> None:
    first = filed(
        "herald", "2026-04-01T10:00:00Z", "Ferry sinks\n\nEighteen people are missing, police said."
    )
    later = filed(
        "gazette",
        "2026-04-02T10:00:00Z",
        "Captain held\n\nPolice held the captain.\n\nA judge waits.\n\nNine people are still missing.",
    )
    missing = of(series("s", [first, later], ()), "missing")
    assert roles(missing) == [("herald", 18, "initial"), ("gazette", 9, "supersedes")]


def test_a_third_person_makes_three_by_then_and_perhaps_more_now() -> None:
    first = filed("herald", "2026-04-01T10:00:00Z", "Raid\n\nTwo people were arrested, police said.")
    later = filed("gazette", "2026-04-02T10:00:00Z", "Raid\n\nPolice arrested a third person on Thursday.")
    held = of(series("s", [first, later], ()), "arrested")
    assert [(p.low, p.high, p.role) for p in held.points] == [(2, 2, "initial"), (3, 3, "supersedes")]
    assert current(held) == (3, 3, None)
    last = filed("courier", "2026-04-03T10:00:00Z", "Raid\n\nThree people are under arrest.")
    held = of(series("s", [first, later, last], ()), "arrested")
    assert held.points[-1].role == "repeats"
    assert current(held) == (3, 3, 3)


LOANS = (
    filed(
        "herald",
        "2026-04-01T06:00:00Z",
        "Bank hid loans\n\nBad loans of 480 million euros were moved to a shell company, the Herald found.",
    ),
    filed(
        "gazette",
        "2026-04-01T18:00:00Z",
        "Bank denies it\n\nThe bank said that the sum was far smaller than reported.\n\n"
        "“The loans sold had a value of 310 million euros,” the bank said.",
        ("The bank", "organization", "The loans sold had a value of 310 million euros"),
    ),
    filed(
        "courier",
        "2026-04-03T06:00:00Z",
        "Chairman's yacht\n\nThe chairman bought a yacht for nine million euros, a broker said.",
    ),
    filed(
        "tribune",
        "2026-04-05T06:00:00Z",
        "A sum\n\nBad loans of 455 million euros were concealed in the company, prosecutors said.",
        ("prosecutors", "official", "Bad loans of 455 million euros were concealed in the company"),
    ),
    filed(
        "mirror",
        "2026-04-07T06:00:00Z",
        "Bank holds on\n\nThe bank continues to say that the loans sold were worth 310 million euros.",
        ("The bank", "organization", "the loans sold were worth 310 million euros"),
    ),
)


def test_money_for_one_thing_is_no_money_for_another() -> None:
    (loans,) = series("s", LOANS, ())
    assert loans.unit == "EUR"
    assert loans.of == "loans"
    assert roles(loans) == [
        ("herald", 480e6, "initial"),
        ("gazette", 310e6, "disputes"),
        ("tribune", 455e6, "supersedes"),
        ("mirror", 310e6, "disputes"),
    ]
    assert current(loans) == (None, 310e6, 455e6)


def test_a_hospital_counts_more_than_police_admit() -> None:
    one = filed(
        "herald", "2026-04-01T06:00:00Z", "Ferry sinks\n\nTwelve people drowned, the coastguard said."
    )
    two = filed(
        "gazette",
        "2026-04-01T08:00:00Z",
        "Hospital\n\nThe hospital has counted 14 dead, two more than the coastguard admits to, she said.",
        ("she", "person", "The hospital has counted 14 dead, two more than the coastguard admits to"),
    )
    three = filed(
        "courier", "2026-04-02T06:00:00Z", "Ferry toll\n\nTwenty people drowned, the coastguard said."
    )
    dead = of(series("s", [one, two], ()), "killed")
    assert [p.role for p in dead.points] == ["initial", "disputes"]
    dead = of(series("s", [one, two, three], ()), "killed")
    assert dead.points[-1].role == "supersedes"
    assert current(dead) == (20, 20, 20)


def test_what_is_counted_is_told_as_it_is_said() -> None:
    texts = ("Two frigates left the harbour of Vellay.", "Sailors saw the two frigates leave the harbour.")
    days = ("2026-04-01T06:00:00Z", "2026-04-02T06:00:00Z")
    reports = [
        filed(f"paper{k}", day, f"Ships\n\n{text}")
        for k, (day, text) in enumerate(zip(days, texts, strict=True))
    ]
    (ships,) = series("s", reports, ())
    assert ships.of == "frigates"
