"""Names settled over a whole report: bounds, types, and what tells a country from a person."""

import pytest

from reportedly.reading.naming import consistent, settle_names
from reportedly.reading.page import Name, Page


@pytest.fixture
def types(cast_of):
    """Return the schema of each entity of a text by name."""

    def make(text, *names):
        _, cast = cast_of(text, *names)
        return {m.name: m.schema for m in cast.members}

    return make


@pytest.mark.parametrize(
    "text",
    [
        "Velmora said no. Velmora's embassy was shut.",
        "Velmora said no. The president of Velmora left.",
        "Velmora said no. Velmora's foreign minister left.",
        "Velmora said no. Its ambassador to Velmora left.",
        "Velmora said no. Troops in Velmora waited.",
    ],
)
def test_what_only_countries_have(types, text):
    assert types(text, ("Velmora", "PER")) == {"Velmora": "Address"}


def test_a_people_of_its_own(types):
    found = types("Velmora said no. The Velmoran navy sailed.", ("Velmora", "PER"), ("Velmoran", "MISC"))
    assert found["Velmora"] == "Address"


def test_the_place_of_the_dateline(cast_of):
    _, cast = cast_of("TESSEN (ILA) - Tessen was quiet.", ("TESSEN", "LOC"), ("Tessen", "PER"))
    assert {m.schema for m in cast.members} == {"Address"}


@pytest.mark.parametrize(
    "text",
    [
        "Dask said no. Dask's government fell.",
        "President Dask's embassy guards came. Dask said no.",
        "Corin Dask spoke. Dask's navy sailed.",
    ],
)
def test_rulers_are_no_countries(types, text):
    names = [("Corin Dask", "PER")] if "Corin" in text else []
    assert set(types(text, *names, ("Dask", "PER")).values()) == {"Person"}


def test_the_first_word_of_a_company(types):
    found = types(
        "Halvane Petrochem shut a plant. Halvane said it was safe.",
        ("Halvane Petrochem", "PER"),
        ("Halvane", "PER"),
    )
    assert found == {"Halvane Petrochem": "Company"}


def test_the_first_word_of_a_company_may_be_its_founder_or_its_town(types):
    found = types(
        "Anna Halvane runs Halvane Foods. Halvane said it was safe. Saren Foods left Saren.",
        ("Anna Halvane", "PER"),
        ("Halvane Foods", "ORG"),
        ("Saren Foods", "ORG"),
        ("Halvane", "PER"),
        ("Saren", "LOC"),
    )
    assert found["Anna Halvane"] == "Person"
    assert set(found) == {"Anna Halvane", "Halvane Foods", "Saren Foods", "Saren"}


def test_titles_are_no_part_of_a_name(cast_of):
    _, cast = cast_of(
        "Maureen Orr wrote it. Ms. Orr and Sen. Dask met.",
        ("Maureen Orr", "PER"),
        ("Ms. Orr", "PER"),
        ("Sen. Dask", "PER"),
    )
    assert [m.name for m in cast.members] == ["Maureen Orr", "Dask"]
    assert cast.members[0].titles == {"ms"}


def test_mrs_and_mr_are_two_people(cast_of):
    _, cast = cast_of(
        "William Orr came with Patricia Orr. Mr. Orr spoke. Mrs. Orr left.",
        ("William Orr", "PER"),
        ("Patricia Orr", "PER"),
        ("Orr", "PER"),
    )
    assert {m.name: len(m.names) for m in cast.members} == {"William Orr": 2, "Patricia Orr": 2}


def test_a_common_noun_is_reached_over_nouns_only(cast_of):
    _, cast = cast_of("Anna Ross said her party won.", ("Anna Ross", "PER"))
    assert [m.name for m in cast.members] == ["Anna Ross"]


def settled(text, *names):
    page = Page(text)
    found = [Name(text.index(form), text.index(form) + len(form), kind) for form, kind in names]
    return [(text[s:e], k) for s, e, k in settle_names(page, found)]


def test_a_name_in_pieces_is_made_whole():
    text = "The Church of the Tide met. A priest of the Church of the Tide spoke."
    page = Page(text)
    second = text.rindex("Church")
    names = [Name(4, 22, "ORG"), Name(second, second + 6, "ORG"), Name(second + 14, second + 18, "LOC")]
    assert [text[s:e] for s, e, _ in settle_names(page, names)] == ["Church of the Tide"] * 2


def test_a_surname_that_was_missed():
    text = "Lena Tesarik spoke. Then Tesarik left."
    assert settled(text, ("Lena Tesarik", "PER")) == [("Lena Tesarik", "PER"), ("Tesarik", "PER")]
    assert settled("Lena Price spoke. The Price is high.", ("Lena Price", "PER")) == [("Lena Price", "PER")]


def test_a_table_of_results_is_no_heading():
    text = "Results were as follows.\n\nMarek Tesarik ( Norland )\n\nLena Orban ( Velmora )"
    assert len(settled(text, ("Marek Tesarik", "PER"), ("Lena Orban", "PER"))) == 2


def test_consistent_names_keep_the_bounds_of_the_model():
    text = "Velmora won in south Saren. Velmora lost. Velmora drew."
    starts = [0, text.index("Velmora lost"), text.index("Velmora drew")]
    names = [
        Name(starts[0], starts[0] + 7, "ORG"),
        Name(text.index("south"), text.index("south") + 11, "LOC"),
        *(Name(s, s + 7, "LOC") for s in starts[1:]),
    ]
    found = consistent(Page(text), names)
    assert [(text[n.start : n.end], n.type) for n in found] == [
        ("Velmora", "LOC"), ("Saren", "LOC"), ("Velmora", "LOC"), ("Velmora", "LOC")
    ]  # fmt: skip
