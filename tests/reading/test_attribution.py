"""The attribution reader as a whole, with the weights that ship: plain cases that must never break."""

import pytest

import reportedly


def claims(text, **known):
    reading = reportedly.read(text, **known)
    return [a for a in reading.attributions if a.source.kind != "narrator"]


def by_source(text):
    return {a.source.text: a for a in claims(text)}


def test_source_cue_and_content():
    (claim,) = claims("Engineer Lena Moss said the dam was safe.")
    assert (claim.source.text, claim.cue.text, claim.content.text) == (
        "Engineer Lena Moss",
        "said",
        "the dam was safe",
    )
    assert (claim.source.kind, claim.stance, claim.factuality) == ("person", "assert", "CT+")
    assert claim.quotation == "indirect"


def test_anonymous_sources_through_an_outlet():
    (claim,) = claims(
        "Sources close to the talks, speaking to the Norland Herald, said that the port could close soon."
    )
    assert claim.source.text == "Sources close to the talks"
    assert claim.source.kind == "anonymous"
    assert [v.text for v in claim.via] == ["the Norland Herald"]
    assert claim.factuality == "PS+"
    assert [h.text for h in claim.hedges] == ["could"]


def test_pronoun_and_surname_are_the_person():
    text = (
        "Engineer Lena Moss said the dam was safe. “It will hold,” she said. "
        "Moss added that the pumps were running."
    )
    reading = reportedly.read(text)
    (moss,) = [e for e in reading.entities if e.name == "Lena Moss"]
    spoken = [a for a in reading.attributions if a.source.kind == "person"]
    assert len(spoken) == 3
    assert {a.source.entity for a in spoken} == {moss.id}


def test_a_denial_points_back():
    found = claims(
        "The prosecutor alleges that Corin Dask took bribes from the ferry company. "
        "Dask denied taking bribes from the company."
    )
    allegation = next(a for a in found if a.stance == "allege")
    denial = next(a for a in found if a.stance == "deny")
    assert denial.disputes == (allegation.id,)
    assert denial.factuality == "CT-"


def test_claims_taken_up_by_a_noun():
    found = claims(
        "At least 11 passengers were reportedly killed by boats accused of carrying arms. "
        "However, several governments dispute these claims, insisting the dead were fishermen."
    )
    hearsay = {a.id for a in found if a.source.kind == "hearsay"}
    disputing = [a for a in found if a.disputes]
    assert {a.stance for a in disputing} >= {"dispute"}
    assert all(set(a.disputes) == hearsay for a in disputing)


def test_handed_over_to_another():
    found = claims("Police raided the quay used by the ring, which the ministry claims is led by Osk Venmar.")
    claim = next(a for a in found if a.cue.text == "claims")
    assert claim.source.text == "the ministry"
    assert claim.content.text == "the ring is led by Osk Venmar"


def test_told_that_somebody_had_said():
    found = by_source("The prosecutor said that a foreman had told investigators that the alarm was off.")
    assert found["a foreman"].parent == found["The prosecutor"].id


@pytest.mark.parametrize("quote", ["“{}”", '"{}"', "„{}“", "«{}»", "»{}«"])
def test_quotation_is_direct_with_any_marks(quote):
    content = "The dam will hold through the night and nobody has to leave"
    (claim,) = claims(quote.format(content + ",") + " Lena Moss said.")
    assert claim.quotation == "direct"
    assert content in claim.content.text
    assert claim.source.text == "Lena Moss"


def test_a_closing_speech_tag_behind_another_cue():
    found = by_source(
        "PORT SAREN — Velmora has drawn up plans to raid bases allegedly used by the Morvath Kel (Black "
        "Tern) smuggling network on the Gannet Islands, and the operation could happen within days, two "
        "people familiar with the talks told the Harbour Courier."
    )
    claim = found["two people familiar with the talks"]
    assert claim.source.kind == "anonymous"
    assert claim.content.text.startswith("Velmora has drawn up plans")
    assert [v.text for v in claim.via] == ["the Harbour Courier"]


def test_somebodys_claim_is_that_persons():
    found = by_source(
        "The mayor said the dam was safe. Two engineers said that it had cracks. "
        "Rival Ann Lee rejected the mayor's claim."
    )
    assert found["Rival Ann Lee"].disputes == (found["The mayor"].id,)


def test_bylines_and_datelines_are_no_statements():
    reading = reportedly.read(
        "By Anna Ross and Lena Moss\n\nPORT SAREN (TPA) — Rain fell all night over the hills."
    )
    assert [a.content.text for a in reading.attributions] == ["Rain fell all night over the hills."]


def test_items_of_a_list():
    (claim,) = claims("• Engineer Lena Moss said the dam was safe.")
    assert claim.source.text == "Engineer Lena Moss"


def test_a_content_ends_before_a_sentence_with_a_cue_of_its_own():
    known = by_source("The depot was closed in 2019, police said. Tarsk is said to be ill.")
    assert "Tarsk" not in known["police"].content.text


def test_no_content_ends_with_an_open_bracket():
    found = claims(
        "PORT SAREN — Velmora has drawn up plans to raid bases allegedly used by the Morvath Kel (Black "
        "Tern) smuggling network on the Gannet Islands, and the operation could happen within days, two "
        "people familiar with the talks told the Harbour Courier."
    )
    assert found
    assert not [a.content.text for a in found if a.content.text.rstrip().endswith(("(", "["))]
