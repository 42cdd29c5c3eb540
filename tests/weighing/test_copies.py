"""Copies between reports: what is one, which way, and from whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.intake.credits import credits
from reportedly.records import Reading, Report
from reportedly.weighing.copies import boilerplate, changes, compare, copied, find
from reportedly.weighing.filed import Filed

SEEN = datetime(2026, 4, 1, tzinfo=UTC)

STORY = """\
The harbour board of Port Saren voted on Tuesday to close the eastern quay to ferries for the whole of \
the summer, after divers found cracks in eleven of the piles that carry its oldest berth.

Ferries to the Tarn islands are to leave from the fish market instead, which adds about half an hour to \
the crossing and leaves no room for lorries on the morning boats, according to a timetable that the board \
put on its doors.

Merchants on the islands fear for the season. Two of the three bakeries there have their flour brought by \
the first boat of the day, and the owner of the larger one has asked the province to pay for a second \
crossing.

The cracks were found by chance when a trawler lost its anchor beside the quay in March and a diver went \
down to look for it. Engineers who were called in later counted damage on every pile of the row that \
faces the sea.

Repairs are expected to cost some nine million crowns, of which the province has promised to carry half. \
The board wants to borrow the rest and to pay it back from the fees of the cruise ships that call from \
next spring."""

OTHER = """\
A court in Eastmoor has thrown out the case against four beekeepers who had moved their hives into the \
royal forest without a licence, because the law that forbids it was never printed in the official \
gazette.

The beekeepers had faced fines of up to two thousand crowns each. Their lawyer called the ruling a \
victory for common sense and asked the forestry office to give back the sixty hives that its wardens had \
carried off.

The office said that it would study the ruling before it decides. A spokeswoman added that wardens would \
for now leave alone any hive that stands at least a hundred paces from a path.

In the village of Low Tarn, where most of the hives come from, neighbours hung lanterns in the lime \
trees. The honey of the forest had won a prize at the provincial fair every year until the wardens came."""


def report(
    name: str,
    text: str,
    outlet: str | None = "Harbour Courier",
    published: str | None = "2026-03-10T08:00:00+00:00",
    title: str | None = "Quay closed for the summer",
    url: str | None = None,
) -> Filed:
    made = Report(
        id=name, text=text, sha256="", outlet=outlet, published=published, title=title, url=url,
        credits=credits(text),
    )  # fmt: skip
    return Filed(Reading(report=made), SEEN)


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


LATER = "2026-03-10T11:00:00+00:00"
FIRST = report("first", STORY)


def test_the_same_text_under_another_title_is_a_full_copy() -> None:
    copy = report("second", STORY.upper(), "Tarn Star", LATER, "Ferries move to the fish market")
    found = compare(FIRST, copy)
    assert found is not None
    assert (found.copy, found.of, found.kind, found.shared) == ("second", "first", "full", 1.0)
    assert found.spans == ((0, len(STORY) - 1),)
    assert "Quay closed for the summer" in found.why
    assert "published 3 h earlier" in found.why


def test_the_order_of_the_two_does_not_matter() -> None:
    copy = report("second", STORY, "Tarn Star", LATER)
    assert compare(FIRST, copy) == compare(copy, FIRST)


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: p[:3],
        lambda p: ["In Low Tarn the news was met with long faces on Tuesday evening.", *p[1:]],
        lambda p: [*p[:4], "On the island of Hod, the school has already changed its bell.", *p[4:]],
        lambda p: [x.replace("the", "this", 2).replace(" are ", " were ") for x in p],
    ],
    ids=["trimmed", "new lead", "local paragraph", "light edits"],
)
def test_edited_forms_are_full_copies(edit) -> None:  # type: ignore[no-untyped-def]
    copy = report("second", "\n\n".join(edit(paragraphs(STORY))), "Tarn Star", LATER)
    found = compare(FIRST, copy)
    assert found is not None
    assert (found.kind, found.of) == ("full", "first")


def test_a_passage_in_a_longer_story_is_a_partial_copy() -> None:
    text = "\n\n".join([OTHER, *paragraphs(STORY)[1:3]])
    found = compare(FIRST, report("long", text, "Tarn Star", LATER))
    assert found is not None
    assert found.kind == "partial"
    (span,) = found.spans
    assert text[slice(*span)] == "\n\n".join(paragraphs(STORY)[1:3]).rstrip(".")


def test_a_shared_speech_is_no_copy() -> None:
    speech = " ".join(paragraphs(STORY)[0:2])
    a = report("a", f"{OTHER}\n\n“{speech}” the harbour master told the assembly.")
    b = report("b", f'{OTHER[::-1]}\n\nThe master said: "{speech}"', "Tarn Star", LATER)
    assert compare(a, b) is None


def test_a_speech_that_only_one_of_them_marks_is_no_copy() -> None:
    speech = paragraphs(STORY)[0]
    a = report("a", f"{paragraphs(OTHER)[0]}\n\n“{speech}” the harbour master told the assembly.")
    b = report("b", f"{paragraphs(OTHER)[2]}\n\nHis speech in full:\n\n{speech}", "Tarn Star", LATER)
    assert compare(a, b) is None


def test_a_reprinted_interview_is_a_copy() -> None:
    a = report("a", f"“{STORY}”")
    found = compare(a, report("b", f"“{STORY}”", "Tarn Star", LATER))
    assert found is not None
    assert found.kind == "full"
    assert found.why.startswith("All of its text stands in")


def test_a_sentence_of_background_is_no_copy() -> None:
    line = "\n\nThe board has run the harbour since the flood of 2009, when the town was deep in debt."
    assert compare(report("a", STORY + line), report("b", OTHER + line, published=LATER)) is None


def test_stock_sentences_filled_with_other_facts_are_no_copy() -> None:
    def blotter(*slots: tuple[str, str, str]) -> str:
        return "\n\n".join(
            f"A {age}-year-old man was taken to the county hospital from {street} about {hour} p.m., police "
            f"said. He had gone to the door of a house in {street} when a stranger struck him. "
            "No arrests were made."
            for age, street, hour in slots
        )

    a = blotter(("31", "Elm Road", "7"), ("44", "Mill Lane", "9"), ("28", "Salt Row", "10"))
    b = blotter(("52", "North Quay", "8"), ("19", "Tanner Street", "11"), ("37", "Fen Close", "6"))
    assert compare(report("a", a), report("b", b, published=LATER)) is None


def test_boilerplate_is_left_out() -> None:
    footer = "\n\n".join(["", *paragraphs(STORY)[1:3]])
    reports = [
        report(f"r{n}", p + "\n\n" + p[::-1] + footer, published=f"2026-03-{10 + n}")
        for n, p in enumerate(paragraphs(OTHER))
    ]
    assert compare(reports[0], reports[1]) is not None
    common = boilerplate(reports)
    assert compare(reports[0], reports[1], common) is None
    assert compare(reports[0], reports[1], lambda hashes: [h in common for h in hashes.tolist()]) is None  # type: ignore[arg-type,return-value]
    assert find(reports) == ()


def test_a_credit_line_tells_the_way_against_the_clock() -> None:
    agency = report("agency", STORY, "Associated Press", LATER)
    paper = report("paper", f"PORT SAREN (AP) — {STORY}", "Tarn Star", "2026-03-10T08:00:00+00:00")
    found = compare(agency, paper)
    assert found is not None
    assert (found.copy, found.of) == ("paper", "agency")
    assert "which it credits (“PORT SAREN (AP)”)" in found.why


def test_without_a_time_the_copy_is_the_one_that_names_the_other() -> None:
    own = report("own", STORY, "Tarn Valley Herald", "2026-03-10")
    copy = report("copy", STORY + "\n\nMore on this in the Valley Herald.", "Bell", "2026-03-10")
    found = compare(own, copy)
    assert found is not None
    assert (found.copy, found.of) == ("copy", "own")
    assert "which it names (“Valley Herald”)" in found.why


def test_without_a_sign_the_shorter_is_the_copy_and_why_says_so() -> None:
    a = report("a", "\n\n".join(paragraphs(STORY)[:4]), "Tarn Star", "2026-03-10")
    b = report("b", STORY, published="2026-03-10")
    found = compare(a, b)
    assert found is not None
    assert (found.copy, found.of) == ("a", "b")
    assert "cannot be told" in found.why


def test_a_day_is_not_midnight() -> None:
    a = report("a", STORY, "Tarn Star", "2026-03-10")
    found = compare(a, report("b", STORY, published="2026-03-10T06:00:00Z"))
    assert found is not None
    assert "cannot be told" in found.why


def test_an_update_is_a_copy_of_the_outlets_own_report() -> None:
    found = compare(FIRST, report("update", STORY + "\n\n" + paragraphs(OTHER)[3], published="2026-03-14"))
    assert found is not None
    assert "published 4 days earlier by the same outlet" in found.why


def test_a_report_is_no_copy_of_itself_and_nothing_of_nothing() -> None:
    assert compare(FIRST, FIRST) is None
    assert compare(report("a", "..."), report("b", "...")) is None


def test_copies_point_at_the_first_report() -> None:
    reports = [
        FIRST,
        *(report(f"c{n}", STORY, f"Paper {n}", f"2026-03-10T{10 + n}:00:00Z") for n in range(4)),
    ]
    assert {(c.copy, c.of) for c in find(reports[::-1])} == {(f"c{n}", "first") for n in range(4)}


def test_a_copy_with_the_changes_of_another_copy_points_at_that_one() -> None:
    changed = STORY.replace("half an hour", "some forty minutes").replace("nine million", "eleven million")
    second = report("second", changed, "Tarn Star", LATER)
    third = report("third", "\n\n".join(paragraphs(changed)[1:]), "Bell", "2026-03-11T09:00:00Z")
    assert [(c.copy, c.of) for c in find([third, FIRST, second])] == [
        ("second", "first"),
        ("third", "second"),
    ]
    assert [c.of for c in copied(third, [second, FIRST])] == ["second"]


def test_a_report_that_took_from_two_is_a_copy_of_both() -> None:
    bees = report("bees", OTHER, "Eastmoor Gazette", "2026-03-10T07:00:00Z")
    both = report("both", "\n\n".join(paragraphs(STORY)[:3] + paragraphs(OTHER)[:3]), "Digest", LATER)
    assert {(c.copy, c.of, c.kind) for c in find([FIRST, bees, both])} == {
        ("both", "first", "partial"),
        ("both", "bees", "partial"),
    }
    assert copied(FIRST, [both]) == ()


def test_credits_in_a_circle_make_no_circle_of_copies() -> None:
    agency = report("ap", STORY, "Associated Press", "2026-03-12T08:00:00Z")
    paper = report("paper", f"PORT SAREN (AP) — {STORY}", "Tarn Star", "2026-03-10T08:00:00Z")
    between = report("between", STORY, "Bell", "2026-03-11T08:00:00Z")
    links = {c.copy: c.of for c in find([agency, paper, between])}
    for start in links:
        seen, at = {start}, links[start]
        while at in links:
            assert at not in seen
            seen.add(at)
            at = links[at]


def test_the_order_of_reports_does_not_matter() -> None:
    reports = [
        FIRST,
        report("second", "\n\n".join(paragraphs(STORY)[:3]), "Tarn Star", LATER),
        report("third", STORY, "Bell", "2026-03-10"),
        report("fourth", OTHER, "Bell", None),
        report("fifth", OTHER, "Gazette", None),
    ]
    assert find(reports) == find(reports[::-1]) == find(reports[2:] + reports[:2])


def test_changes() -> None:
    parts = paragraphs(STORY)
    text = "\n\n".join([
        "SAREN (AP) — " + parts[0],
        parts[1].replace("half an hour", "forty minutes"),
        "On Hod the school has changed its bell.",
        *parts[3:],
    ])  # fmt: skip
    copy = report("second", text, "Tarn Star", LATER, "Ferries move")
    found = changes(FIRST, copy)
    assert found.title == ("Quay closed for the summer", "Ferries move")
    assert [text[s:e] for s, e in found.added] == ["On Hod the school has changed its bell."]
    assert [STORY[s:e] for s, e in found.removed] == [parts[2]]
    assert [STORY[slice(*old)] for old, _ in found.edited] == [parts[0], parts[1]]
    assert found.kept == 2
    assert found.credits_added == ("Associated Press",)
    assert found.credits_dropped == ()


def test_new_paragraph_breaks_change_nothing() -> None:
    copy = report("second", STORY.replace("\n\n", " "), title="QUAY closed for the summer!")
    found = changes(FIRST, copy)
    assert found.title is None
    assert (found.kept, found.added, found.removed, found.edited) == (1, (), (), ())


@settings(max_examples=30)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(one: str, two: str) -> None:
    a, b = report("a", one), report("b", two, "Tarn Star", LATER)
    found = compare(a, b)
    assert found == compare(b, a)
    assert found is None or all(0 <= s < e <= len(two) for s, e in found.spans)
    changes(a, b)
    find([a, b])
