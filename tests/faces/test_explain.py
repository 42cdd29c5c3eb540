"""One claim explained: every field has its reason, every id its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportedly.data.tables import rows
from reportedly.faces.explain import decisions, explain
from reportedly.records import Attribution, Entity, Passage, Reading, Report, Source

TEXT = "The port could close, Ana Orr told the Courier. The ministry denied that it would not open."


def passage(text: str) -> Passage:
    start = TEXT.index(text)
    return Passage(text=text, spans=((start, start + len(text)),))


def source(text: str, kind: str, entity: str | None = None) -> Source:
    found = passage(text)
    return Source(text=found.text, spans=found.spans, entity=entity, kind=kind)  # type: ignore[arg-type]


READING = Reading(
    report=Report(id="r-1", text=TEXT, sha256=""),
    attributions=(
        Attribution(
            id="a0",
            source=source("Ana Orr", "person", "n22"),
            cue=passage("told"),
            content=passage("The port could close"),
            quotation="indirect",
            stance="predict",
            factuality="PS+",
            hedges=(passage("could"),),
            confidence=0.91,
            decided_by="tagger-12345678; rule:factuality; judgement-9abcdef0",
        ),
        Attribution(
            id="a60",
            source=source("The ministry", "organization"),
            cue=passage("denied"),
            content=passage("that it would not open"),
            quotation="indirect",
            stance="deny",
            factuality="CT-",
            disputes=("a0",),
            confidence=0.7,
            decided_by="rule:trailing; rule:stance",
        ),
    ),
    entities=(Entity(id="n22", name="Ana Orr", schema="Person", mentions=(passage("Ana Orr"),)),),
)


def test_each_field_says_how_it_was_decided() -> None:
    told = explain(READING, "a0")
    assert told.startswith("a0: Ana Orr — The port could close\n")
    for line in ("[tagger-12345678]", "[rule:factuality]", "“could”", "PS+", "disputed by a60", "0.91"):
        assert line in told
    assert "the wording alone would give" in told  # the model chose another stance than the table


def test_a_denial_shows_its_words_and_its_target() -> None:
    told = explain(READING, "a60")
    assert "words that deny: “denied”, “not”" in told
    assert "disputes    a0: Ana Orr" in told
    assert "a constant of the rule" in told


def test_an_unknown_claim_names_those_that_are_there() -> None:
    with pytest.raises(LookupError, match="a0, a60"):
        explain(READING, "a1")


def test_every_part_that_the_documentation_lists_has_words() -> None:
    page = (Path(__file__).parents[2] / "docs/how-it-works.md").read_text(encoding="utf-8")
    listed = {
        line.split("`")[1].replace("…", "")
        for line in page.split("(decided-by)=")[1].splitlines()
        if line.startswith(("| `rule:", "| `tagger-", "| `judgement-"))
    }
    assert listed == {row[0] for row in rows("decisions")}


def test_parts_of_another_version_are_kept() -> None:
    claim = READING.attributions[0]
    strange = Attribution(
        **{f: getattr(claim, f) for f in claim.__struct_fields__ if f != "decided_by"}, decided_by="rule:new"
    )
    assert [d.settles for d in decisions(strange)] == ["other"]
