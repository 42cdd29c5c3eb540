"""Who makes a claim, and who of them are the same."""

from __future__ import annotations

import pytest

from reportedly.weighing.holders import Holders
from reportedly.weighing.identities import Identities
from reportedly.weighing.sameness import Holder, distinct, same_holder
from reportedly.weighing.source_phrases import head_word, source_words

SHUT = "the ferry was overloaded"


def holders_of(*reports):
    known = Holders(reports, Identities(reports))
    return [known.holder(f.id, a) for f in reports for a in f.reading.attributions]


def body(*words):
    return Holder("w:" + " ".join(words), " ".join(words), "body", frozenset(words))


@pytest.mark.parametrize(
    ("phrase", "head"),
    [
        ("two officials in his ministry", "officials"),
        ("The minister’s spokesman, Tor Vane", "spokesman"),
        ("a letter seen by the Courier", "letter"),
        ("", ""),
    ],
)
def test_the_noun_a_phrase_is_built_on(phrase, head):
    assert head_word(phrase) == head


def test_source_phrases_are_compared_by_the_words_that_count():
    assert source_words("a spokeswoman for the Energy Ministry, who asked") == {"energy", "ministry"}
    assert source_words("officials") == set()
    assert same_holder(body("police"), body("city", "police"))
    assert not same_holder(body("police"), body("ministry"))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("two members of the crew", "official"),
        ("the crew member", "person"),
        ("A partner of the auditor", "person"),
        ("Three other survivors, who would not give their names", "person"),
        ("officials", "official"),
        ("a judge", "official"),
    ],
)
def test_whoever_is_only_described_stays_unnamed(make, source, kind):
    (holder,) = holders_of(make("a", "Herald", "2026-05-01", (source, kind, SHUT, "")))
    assert not holder.named
    assert holder.label == source


@pytest.mark.parametrize(
    ("source", "form"),
    [("the harbour police", "body"), ("the union", "body"), ("The passenger list", "document")],
)
def test_bodies_and_papers_are_named_by_what_they_are(make, source, form):
    (holder,) = holders_of(make("a", "Herald", "2026-05-01", (source, "organization", SHUT, "")))
    assert (holder.named, holder.form) == (True, form)


def test_a_paper_is_one_with_the_body_whose_it_is_and_with_other_words_for_it():
    whole = Holder(
        "d:1", "the note of the Wreck Board", "document", frozenset({"wreck", "board"}), frozenset({"report"})
    )
    short = Holder("d:2", "the report", "document", frozenset(), frozenset({"report"}))
    mail = Holder("d:3", "an e-mail", "document", frozenset(), frozenset({"mail"}))
    assert same_holder(whole, short)
    assert not same_holder(short, mail)
    assert same_holder(whole, body("wreck", "board"))


def test_two_who_speak_for_one_body_are_two_and_the_body_is_none_beside_them():
    spoken = frozenset({"coastguard"})
    people = [Holder(f"p:{n}", n, "person", spoken) for n in ("ola reck", "ida moss")]
    found = [(h.label, s and s.label) for h, s in distinct([body("coastguard"), *people])]
    assert [label for label, same in found if same is None] == ["ola reck", "ida moss"]


def test_a_rank_stands_for_the_one_person_who_has_it(make):
    named = make(
        "a", "Herald", "2026-05-01", ("Prosecutor Ida Moss", "person", SHUT, ""),
        entities={"Prosecutor Ida Moss": ("Ida Moss", "Person")},
    )  # fmt: skip
    other = make("b", "Courier", "2026-05-02", ("The prosecutor", "official", SHUT, ""))
    first, second = holders_of(named, other)
    assert first.key == second.key


def test_a_state_is_known_by_its_people_and_speaks_through_its_government(make):
    reports = [
        make("a", "Herald", "2026-05-01", ("Toruvia", "person", "Toruvian silos are full", ""),
             entities={"Toruvia": ("Toruvia", "Person")}),
        make("b", "Courier", "2026-05-01", ("the Agriculture Ministry", "organization", SHUT, "")),
    ]  # fmt: skip
    state, ministry = holders_of(*reports)
    assert state.form == "state"
    assert same_holder(state, ministry)


def test_a_description_is_not_believed_to_be_a_body_of_another_kind(make):
    report = make(
        "a", "Herald", "2026-05-01", ("The company", "organization", SHUT, ""),
        entities={"The company": ("Seafarers' Guild", "Organization")},
    )  # fmt: skip
    (holder,) = holders_of(report)
    assert "guild" not in holder.bodies


def test_the_own_voice_that_tells_what_a_paper_says_leads_to_the_paper(make):
    report = make("a", "Herald", "2026-05-01", ("", "narrator", "The list contains 171 names", ""))
    (holder,) = holders_of(report)
    assert holder.form == "document"


def test_everybody_is_nobody_and_a_definite_group_may_be_a_body(make):
    report = make(
        "a",
        "Herald",
        "2026-05-01",
        ("the whole town", "organization", SHUT, ""),
        ("half the country", "group", SHUT, ""),
        ("the auditors", "group", SHUT, ""),
        ("the survivors", "group", SHUT, ""),
    )
    assert [h.form for h in holders_of(report)] == ["unnamed", "unnamed", "body", "unnamed"]


def test_the_same_document_is_the_paper_named_before(make):
    report = make(
        "a",
        "Herald",
        "2026-05-01",
        ("a court filing", "document", SHUT, ""),
        ("the same document", "document", "the crew was tired", ""),
    )
    one, other = holders_of(report)
    assert one.key == other.key


def test_a_state_is_known_by_what_only_a_state_has(make):
    reports = [
        make("a", "Herald", "2026-05-01", ("Brenmark", "organization", "Brenmark's prime minister fled", ""),
             entities={"Brenmark": ("Brenmark", "Organization")}),
        make("b", "Courier", "2026-05-01", ("Brenmark's government", "organization", SHUT, "")),
    ]  # fmt: skip
    one, other = holders_of(*reports)
    assert (one.form, other.form) == ("state", "state")
    assert same_holder(one, other)
