"""Which statements join into one claim."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reportedly.reading.figures import read_figures
from reportedly.reading.page import Page
from reportedly.records import Attribution, Entity, Passage, Reading, Report, Source
from reportedly.weighing.alike import alike
from reportedly.weighing.claims import claim_id, comparable, join
from reportedly.weighing.filed import Filed
from reportedly.weighing.statements import statements

DAY = "2026-05-01T{:02d}:00Z"


def report(name, outlet, published, *sayings, names=(), extra=""):
    """Make a filed report; a saying is ``(source, kind, cue, content, stance, factuality, *disputes)``."""
    text, attributions = "", []
    for source, kind, cue, content, stance, factuality, *disputes in sayings:
        at = len(text)
        lead = f"{source} {cue} " if source or cue else ""
        start = at + len(lead)
        text += f"{lead}{content}. "
        word = at + len(source) + 1 if source else at
        attributions.append(
            Attribution(
                id=f"{name}{len(attributions)}",
                source=Source(text=source, spans=((at, at + len(source)),) if source else (), kind=kind),
                cue=Passage(text=cue, spans=((word, word + len(cue)),)) if cue else None,
                content=Passage(text=content, spans=((start, start + len(content)),)),
                quotation="indirect",
                stance=stance,
                factuality=factuality,
                disputes=tuple(disputes),
                confidence=1.0,
                decided_by="test",
            )
        )
    text += extra
    page = Page(text)
    entities = tuple(
        Entity(
            id=f"n{number}",
            name=each,
            schema="Thing",
            mentions=tuple(Passage(text=each, spans=(m.span(),)) for m in re.finditer(re.escape(each), text)),
        )
        for number, each in enumerate(names)
        if each in text
    )
    record = Report(id=name, text=text, sha256="0", outlet=outlet, published=published, language="en")
    reading = Reading(
        report=record,
        attributions=tuple(attributions),
        entities=entities,
        figures=tuple(read_figures(page, [])),
    )
    return Filed(reading, datetime(2026, 5, 1, tzinfo=UTC))


def says(source, content, kind="person", stance="assert", factuality="CT+", cue="said"):
    return (source, kind, cue, content, stance, factuality)


def story(*sayings, names=()):
    """One report a saying, an hour apart; returns all statements."""
    reports = [
        report(f"r{n}", f"Outlet {n}", DAY.format(n), saying, names=names) for n, saying in enumerate(sayings)
    ]
    return [s for filed in reports for s in statements(filed)]


def reports_of(groups):
    return [sorted(m.statement.report for m in g.members) for g in groups]


def test_paraphrases_of_a_toll_join():
    found = story(
        says(
            "the coast guard", "at least 12 people were killed when a ferry sank off Port Karsa on Saturday"
        ),
        says("coast guard officials", "12 passengers were killed when the ferry sank near Port Karsa"),
        names=("Port Karsa",),
    )
    assert reports_of(join(found)) == [["r0", "r1"]]


def test_different_things_by_one_speaker_stay_apart():
    found = story(
        says("Hela Vint", "the ferry had passed its last inspection in May"),
        says("Hela Vint", "a commission will look into the pay of dock workers"),
    )
    assert len(join(found)) == 2


def test_figures_that_differ_stay_apart():
    found = story(
        says("the police", "12 people were killed when the ferry sank off Port Karsa"),
        says("the hospital", "15 people were killed when the ferry sank off Port Karsa"),
    )
    assert len(join(found)) == 2


def test_a_denial_is_no_appearance():
    found = story(
        says("two officials", "the president ordered the attack on the bridge", kind="anonymous"),
        says("the president", "that he ordered the attack on the bridge", "person", "deny", "CT-", "denied"),
    )
    groups = join(found)
    assert reports_of(groups) == [["r0"], ["r1"]]
    assert [g.denial for g in groups] == [False, True]


def test_a_contrary_is_no_appearance():
    one, two = story(
        says("the utility", "the tap water in the town is safe"),
        says("a chemist", "the tap water in the town is dangerous"),
    )
    assert alike(one, two).opposed


def test_copies_join_whatever_their_number_and_say_why():
    found = story(*[says("Tomas Breck", "we had three tanks burning at once and a wind against us")] * 9)
    (group,) = join(found)
    assert len(group.members) == 9
    assert all(m.score == 1.0 and "same words" in m.why for m in group.members)


def test_ids_come_from_the_earliest_appearance():
    found = story(*[says("Tomas Breck", "we had three tanks burning at once")] * 3)
    (group,) = join(found)
    assert group.id == claim_id(found[0].key) == join(list(reversed(found)))[0].id


def test_people_part_and_join():
    found = story(
        says("Tomas Breck", "we had three tanks burning at once and a wind against us"),
        says("Tomas Breck", "we had three tanks burning at once and a wind against us"),
        says("Odile Farrant", "the school will stay closed until Friday"),
    )
    a, b, c = (s.key for s in found)
    assert reports_of(join(found, apart=[(a, b)])) == [["r0"], ["r1"], ["r2"]]
    groups = join(found, together=[(a, c)], apart=[(a, b)])
    assert reports_of(groups) == [["r0", "r2"], ["r1"]]
    assert {m.link for m in groups[0].members} == {"confirmed"}
    assert groups[1].members[0].link == "suggested"


def test_what_says_nothing_of_its_own_is_left_out():
    found = story(
        says("the ministry", "to comment on the report", stance="intend", factuality="Uu", cue="declined"),
        says("the minister", "the allegations", stance="deny", factuality="CT-", cue="denied"),
        says("the mayor", "it"),
        says("the paper", "two people familiar with the talks", cue="cited"),
    )
    assert comparable(found) == []


def test_the_reports_own_voice_counts_where_two_have_it_with_a_figure():
    told = ("", "narrator", "", "A fire in the harbour killed 14 people on Monday", "assert", "CT+")
    other = ("", "narrator", "", "The harbour lies west of the old town", "assert", "CT+")
    assert reports_of(join(story(told, told, other, other))) == [["r0", "r1"]]
    assert join(story(told)) == []


def test_a_statement_within_another_is_not_the_same_again():
    filed = report(
        "r0",
        "Outlet",
        DAY.format(0),
        says("the prosecutor", "that a foreman had told her that he was ordered to switch off the gas alarm"),
    )
    outer = filed.reading.attributions[0]
    start = filed.report.text.index("he was")
    inner = Attribution(
        id="inner",
        source=Source(text="a foreman", spans=((start - 30, start - 21),), kind="group"),
        cue=None,
        content=Passage(
            text=filed.report.text[start : outer.content.end], spans=((start, outer.content.end),)
        ),
        parent=outer.id,
        quotation="indirect",
        stance="assert",
        factuality="CT+",
        confidence=1.0,
        decided_by="test",
    )
    reading = Reading(report=filed.report, attributions=(outer, inner))
    assert len(join(statements(Filed(reading, filed.seen)))) == 2


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_contents_join_into_groups_that_hold_each_statement_once(contents):
    found = story(*[says("a source", c) for c in contents])
    groups = join(found)
    keys = [m.statement.key for g in groups for m in g.members]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {s.key for s in found}
    assert [g.id for g in groups] == [g.id for g in join(list(reversed(found)))]
