"""Who objects to a claim."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from msgspec.structs import replace

from reportedly.reading.figures import read_figures
from reportedly.reading.page import Page
from reportedly.records import Attribution, Entity, Passage, Reading, Report, Source
from reportedly.weighing.claims import join
from reportedly.weighing.filed import Filed
from reportedly.weighing.objections import objections, standing
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


def says(source, content, kind="person", stance="assert", factuality="CT+", cue="said", *disputes):
    return (source, kind, cue, content, stance, factuality, *disputes)


def weighed(*reports):
    """Return the objections to each claim as ``{text: [(kind, report)]}``, and the groups that stand."""
    stated = [s for filed in reports for s in statements(filed)]
    groups = join(stated)
    found = objections(reports, groups, stated)
    by_text = {g.text: [(o.kind, o.report) for o in found.get(g.id, ())] for g in groups}
    for items in found.values():
        assert all(o.why and o.against for o in items)
    return by_text, [g.text for g in standing(groups, found)]


ORDER = "the president ordered the attack on the bridge"


def test_a_denial_in_another_report():
    claim = report("a", "Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    denial = report(
        "b",
        "Echo",
        DAY.format(9),
        says("the president", "that he ordered the attack on the bridge", "person", "deny", "CT-", "denied"),
    )
    found, stand = weighed(claim, denial)
    assert found[ORDER] == [("denial", "b")]
    assert stand == [ORDER]


def test_a_flat_contradiction_needs_no_word_of_denial():
    claim = report("a", "Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    contrary = "the president never ordered the attack on the bridge"
    denial = report("b", "Echo", DAY.format(9), says("his lawyer", contrary, factuality="CT-"))
    found, stand = weighed(claim, denial)
    assert found[ORDER] == [("denial", "b")]
    assert found[contrary] == [("contradiction", "a")]
    assert len(stand) == 2


def test_a_denial_of_something_else_is_no_objection():
    claim = report("a", "Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    other = "that schools would close on Monday"
    denial = report(
        "b", "Echo", DAY.format(9), says("the governor", other, "person", "deny", "CT-", "denied")
    )
    found, _ = weighed(claim, denial)
    assert found[ORDER] == []


def test_nothing_objects_to_what_was_said_after_it():
    denial = report(
        "a",
        "Echo",
        DAY.format(7),
        says("the president", "that he ordered the attack on the bridge", "person", "deny", "CT-", "denied"),
    )
    claim = report("b", "Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    found, _ = weighed(denial, claim)
    assert found[ORDER] == []


def test_the_reading_links_a_denial_in_the_same_report():
    both = report(
        "a",
        "Herald",
        DAY.format(8),
        says("two officials", ORDER, "anonymous"),
        says("The palace", "the allegations", "organization", "deny", "CT-", "denied", "a0"),
    )
    found, _ = weighed(both)
    assert found[ORDER] == [("denial", "a")]


def test_rejecting_a_report_is_aimed_at_what_is_cited_before():
    claim = report("a", "Norden Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    second = report(
        "b",
        "Echo",
        DAY.format(9),
        says("the Norden Herald", ORDER, "outlet", cue="reported"),
        says("The palace", "the report", "organization", "dispute", "CT-", "rejected"),
        names=("Norden Herald",),
    )
    found, _ = weighed(claim, second)
    assert found[ORDER] == [("denial", "b")]


def test_rejecting_an_outlets_report_that_is_not_retold():
    claim = report("a", "Norden Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    second = report(
        "b",
        "Echo",
        DAY.format(9),
        says("The palace", "the Norden Herald report", "organization", "dispute", "CT-", "rejected"),
        names=("Norden Herald",),
    )
    found, _ = weighed(claim, second)
    assert found[ORDER] == [("denial", "b")]


def test_calling_it_false_is_a_denial():
    both = report(
        "a",
        "Herald",
        DAY.format(8),
        says("two officials", ORDER, "anonymous"),
        says("His lawyer", "that the accusations are invented"),
    )
    found, _ = weighed(both)
    assert found[ORDER] == [("denial", "a")]


def test_figures_that_exclude_each_other():
    first = report(
        "a", "Herald", DAY.format(8), says("the police", "12 people were killed in the ferry disaster")
    )
    later = report(
        "b", "Echo", DAY.format(11), says("the hospital", "15 people were killed in the ferry disaster")
    )
    found, _ = weighed(first, later)
    assert found["12 people were killed in the ferry disaster"] == [("figure", "b")]
    assert found["15 people were killed in the ferry disaster"] == []


def test_a_lower_bound_is_not_excluded_by_more():
    first = report(
        "a",
        "Herald",
        DAY.format(8),
        says("the police", "at least 12 people were killed in the ferry disaster"),
    )
    later = report(
        "b", "Echo", DAY.format(11), says("the hospital", "15 people were killed in the ferry disaster")
    )
    found, _ = weighed(first, later)
    assert found["at least 12 people were killed in the ferry disaster"] == []


def test_a_figure_that_is_put_aside():
    first = report(
        "a", "Herald", DAY.format(8), says("the ministry", "14 people were killed in the depot fire")
    )
    later = report(
        "b", "Echo", DAY.format(11), says("the ministry", "13 people were killed in the depot fire, not 14")
    )
    found, _ = weighed(first, later)
    assert found["14 people were killed in the depot fire"] == [("figure", "b")]


def test_an_outlet_corrects_itself():
    claim = "14 people were killed in the depot fire"
    first = report("a", "Herald", DAY.format(8), says("the ministry", claim))
    other = report("x", "Echo", DAY.format(9), says("the ministry", claim))
    later = report(
        "b",
        "Herald",
        DAY.format(12),
        says("the minister", "hospitals had enough beds for everybody"),
        extra="(This report corrects an earlier one, which gave the number of people killed as 14.)",
    )
    found, _ = weighed(first, other, later)
    assert found[claim] == [("retraction", "b")]


def test_an_outlet_withdraws_its_report():
    first = report("a", "Norden Herald", DAY.format(8), says("two officials", ORDER, "anonymous"))
    later = report(
        "b",
        "Echo",
        DAY.format(12),
        says("the editor", "the Norden Herald has withdrawn its report about the attack on the bridge"),
        names=("Norden Herald",),
    )
    found, _ = weighed(first, later)
    assert ("retraction", "b") in found[ORDER]


def test_silence_is_no_denial():
    both = report(
        "a",
        "Herald",
        DAY.format(8),
        says("two officials", ORDER, "anonymous"),
        says("The palace", "the report", "organization", "deny", "CT+", "could not confirm"),
    )
    found, _ = weighed(both)
    assert found[ORDER] == []


def test_an_answer_behind_what_it_answers_needs_no_words_of_it():
    filed = report(
        "a",
        "Herald",
        DAY.format(8),
        says("two officials", "the government will stop all exports of grain", "anonymous"),
        says("The government", "that no decision has been taken", "organization", "assert", "CT-", "insists"),
    )
    found, _ = weighed(filed)
    assert found["the government will stop all exports of grain"] == [("denial", "a")]


def test_what_a_source_says_after_rejecting_a_report_is_the_substance_of_it():
    claim = report("a", "Courier", DAY.format(7), says("Mila Dask", "the bow door had been open", "person"))
    filed = report(
        "b",
        "Herald",
        DAY.format(8),
        says(
            "The company",
            "reports that the bow door had been open",
            "organization",
            "dispute",
            "CT-",
            "rejected",
        ),
        says("The company", "the door was closed and locked", "organization"),
    )
    found, _ = weighed(claim, filed)
    objected = [items for text, items in found.items() if "open" in text]
    assert objected == [[("denial", "b")]]


def test_who_only_declines_to_speak_answers_nothing():
    filed = report(
        "a",
        "Herald",
        DAY.format(8),
        says("two officials", "the government will stop all exports of grain", "anonymous"),
        says("The government", "it would not comment on drafts", "organization", "assert", "CT-", "said"),
    )
    found, _ = weighed(filed)
    assert found["the government will stop all exports of grain"] == []


def test_rejecting_a_report_that_another_outlet_has_is_aimed_at_that_claim():
    claim = report(
        "a",
        "Courier",
        DAY.format(7),
        says("two officials", "Brenmark will stop all exports of grain", "anonymous"),
    )
    denial = report(
        "b",
        "Herald",
        DAY.format(8),
        says(
            "Brenmark's government",
            "a newspaper report that it will stop exports of grain",
            "organization",
            "dispute",
            "CT-",
            "denied",
        ),
        says("Brenmark's government", "no decision of this kind has been taken", "organization"),
    )
    found, stand = weighed(claim, denial)
    assert found["Brenmark will stop all exports of grain"] == [("denial", "b")]
    assert "a newspaper report that it will stop exports of grain" not in stand


def test_what_stands_inside_a_rejection_does_not_part_it_from_what_follows():
    text = "reports that a lack of crew had delayed the rescue"
    claim = report("a", "Courier", DAY.format(7), says("Ilse Ponn", "a lack of crew delayed the rescue"))
    filed = report(
        "b",
        "Herald",
        DAY.format(8),
        says("Isla Renn", text, "person", "dispute", "CT-", "rejected"),
        says("Isla Renn", "the helicopter was in the air within minutes"),
    )
    whole = filed.reading.attributions[0]
    start = whole.content.start + text.index("a lack")
    inner = replace(
        whole,
        id="b-inner",
        parent=whole.id,
        source=Source(text="", spans=(), kind="hearsay"),
        cue=None,
        content=Passage(text=text[text.index("a lack") :], spans=((start, whole.content.end),)),
        stance="assert",
        factuality="CT+",
    )
    rest = filed.reading.attributions[1]
    filed = Filed(replace(filed.reading, attributions=(whole, inner, rest)), filed.seen)
    found = objections((claim, filed), join([*statements(claim), *statements(filed)]))
    assert ("b1", "denial") in {(o.attribution, o.kind) for items in found.values() for o in items}
