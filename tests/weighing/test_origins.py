"""Chains up to the last source, and how origins are counted."""

from __future__ import annotations

from reportedly.records import Copy
from reportedly.weighing.citations import Citations
from reportedly.weighing.holders import Holders
from reportedly.weighing.identities import Identities
from reportedly.weighing.origins import Chains

LEAK = "the harbour will be closed in June"


def origins(reports, copies=()):
    holders = Holders(reports, Identities(reports))
    chains = Chains(reports, copies, Citations(reports, holders), holders)
    places = [(f.id, a.id) for f in reports for a in f.reading.attributions]
    return chains.origins(places)


def counted(reports, copies=()):
    found, _ = origins(reports, copies)
    return found.low, found.high


def test_the_same_named_source_is_one_origin_in_any_number_of_outlets(make):
    minister = {"Minister Oda Fenn": ("Oda Fenn", "Person"), "Fenn": ("Fenn", "Person")}
    reports = [
        make(
            "a", "Herald", "2026-05-01T08:00Z", ("Minister Oda Fenn", "person", LEAK, ""), entities=minister
        ),
        make("b", "Courier", "2026-05-01T09:00Z", ("Fenn", "person", LEAK, ""), entities=minister),
    ]
    found, _ = origins(reports)
    assert (found.low, found.high) == (1, 1)
    assert [d.report for d in found.dropped] == ["b"]
    assert found.dropped[0].why


def test_a_person_and_a_body_are_two(make):
    names = {"Oda Fenn": ("Oda Fenn", "Person"), "the Port Authority": ("Port Authority", "PublicBody")}
    reports = [
        make("a", "Herald", "2026-05-01T08:00Z", ("Oda Fenn", "person", LEAK, ""), entities=names),
        make(
            "b",
            "Courier",
            "2026-05-01T09:00Z",
            ("the Port Authority", "organization", LEAK, ""),
            entities=names,
        ),
    ]
    assert counted(reports) == (2, 2)


def test_a_citation_adds_nothing(make):
    reports = [
        make("a", "Norden Herald", "2026-05-01T08:00Z", ("two officials", "anonymous", LEAK, "")),
        make("b", "Courier", "2026-05-01T09:00Z", ("The Norden Herald", "outlet", LEAK, "")),
        make("c", "Echo", "2026-05-01T10:00Z", ("two officials", "anonymous", LEAK, "the Herald")),
    ]
    found, loops = origins(reports)
    assert (found.low, found.high) == (1, 1)
    assert {d.report for d in found.dropped} == {"b", "c"}
    assert not loops


def test_an_outlet_outside_the_desk_is_one_origin(make):
    reports = [
        make("b", "Courier", "2026-05-01T09:00Z", ("The Norden Herald", "outlet", LEAK, "")),
        make("c", "Echo", "2026-05-01T10:00Z", ("The Norden Herald", "outlet", LEAK, "")),
    ]
    found, _ = origins(reports)
    assert (found.low, found.high) == (1, 1)
    assert found.list[0].through_report is None


def test_unnamed_sources_of_two_outlets_are_a_range(make):
    reports = [
        make("a", "Herald", "2026-05-01T08:00Z", ("two officials", "anonymous", LEAK, "")),
        make("b", "Courier", "2026-05-01T09:00Z", ("a person close to the talks", "anonymous", LEAK, "")),
    ]
    assert counted(reports) == (1, 2)


def test_a_copy_adds_nothing(make):
    reports = [
        make("a", "Wire", "2026-05-01T08:00Z", ("two officials", "anonymous", LEAK, "")),
        make("b", "Courier", "2026-05-01T09:00Z", ("two officials", "anonymous", LEAK, "")),
    ]
    copies = [Copy(copy="b", of="a", kind="full", why="all of it", shared=1.0)]
    assert counted(reports, copies) == (1, 1)


def test_hearsay_adds_to_the_high_end_only_and_the_own_voice_only_before_a_source_is_named(make):
    names = {"Oda Fenn": ("Oda Fenn", "Person")}
    reports = [
        make("a", "Herald", "2026-05-01T08:00Z", ("Oda Fenn", "person", LEAK, ""), entities=names),
        make("b", "Courier", "2026-05-01T09:00Z", ("", "hearsay", LEAK, "")),
        make("c", "Echo", "2026-05-01T10:00Z", ("", "narrator", LEAK, "")),
    ]
    assert counted(reports) == (1, 2)
    before = make("d", "Echo", "2026-05-01T07:00Z", ("", "narrator", LEAK, ""))
    assert counted([before, *reports[:2]]) == (1, 3)
    assert counted([before]) == (0, 1)


def test_who_rejects_a_report_is_no_origin_of_it(make):
    names = {"Oda Fenn": ("Oda Fenn", "Person"), "Ida Moss": ("Ida Moss", "Person")}
    reports = [
        make("a", "Herald", "2026-05-01T08:00Z", ("Oda Fenn", "person", LEAK, ""), entities=names),
        make("b", "Echo", "2026-05-01T09:00Z", ("Ida Moss", "person", f"reports that {LEAK}", ""),
             entities=names),
    ]  # fmt: skip
    found, _ = origins(reports)
    assert [o.source for o in found.list] == ["Oda Fenn"]
    assert "answers" in found.dropped[0].why


def test_a_loop_reaches_nobody(make):
    reports = [
        make("a", "Herald", "2026-05-01T08:00Z", ("the Courier", "outlet", LEAK, "")),
        make("b", "Courier", "2026-05-01T09:00Z", ("the Herald", "outlet", LEAK, "")),
    ]
    found, loops = origins(reports)
    assert loops == (("Courier", "Herald"),)
    assert (found.low, found.high) == (0, 1)


def test_a_spokesman_and_the_body_are_one(make):
    names = {"police spokesman Jan Orr": ("Jan Orr", "Person")}
    reports = [
        make(
            "a",
            "Herald",
            "2026-05-01T08:00Z",
            ("police spokesman Jan Orr", "person", LEAK, ""),
            entities=names,
        ),
        make("b", "Courier", "2026-05-01T09:00Z", ("the police", "official", LEAK, "")),
    ]
    assert counted(reports) == (1, 1)


def test_every_report_is_an_origin_or_dropped_with_a_reason(make):
    reports = [
        make("a", "Herald", "2026-05-01T08:00Z", ("two officials", "anonymous", LEAK, "")),
        make("b", "Courier", "2026-05-01T09:00Z", ("the Herald", "outlet", LEAK, "")),
        make("c", "Echo", "2026-05-01T10:00Z", ("", "hearsay", LEAK, "")),
    ]
    found, _ = origins(reports)
    certain = {o.through_report for o in found.list if o.certain}
    assert certain | {d.report for d in found.dropped} == {"a", "b", "c"}
    assert all(d.why for d in found.dropped)
    assert all(o.why for o in found.list)


def test_a_station_is_an_outlet_even_where_a_report_takes_it_for_a_person(make):
    reports = [
        make("b", "Courier", "2026-05-01T09:00Z", ("Radio Saren", "outlet", LEAK, "")),
        make(
            "c",
            "Echo",
            "2026-05-01T10:00Z",
            ("Radio Saren", "person", LEAK, ""),
            entities={"Radio Saren": ("Radio Saren", "Organization")},
        ),
    ]
    assert counted(reports) == (1, 1)
