"""Names gathered into entities, from names as the model gives them."""

from reportedly.reading.entities import with_datelines
from reportedly.reading.page import Name, Page


def names(cast):
    return {m.name: sorted(m.forms) for m in cast.members}


def test_full_name_surname_and_titled_name_are_one_person(cast_of):
    _, cast = cast_of(
        "President Orsolya Brandt arrived. Brandt spoke first. Later President Brandt left.",
        ("Orsolya Brandt", "PER"),
        ("Brandt", "PER"),
    )
    (member,) = cast.members
    assert member.name == "Orsolya Brandt"
    assert {"Brandt", "President Brandt", "President Orsolya Brandt"} <= set(member.forms)
    assert member.titles == {"president"}


def test_two_people_with_one_surname_stay_apart(cast_of):
    _, cast = cast_of("Marta Kolb met Pieter Kolb.", ("Marta Kolb", "PER"), ("Pieter Kolb", "PER"))
    assert sorted(names(cast)) == ["Marta Kolb", "Pieter Kolb"]


def test_short_form_of_an_outlet(cast_of):
    _, cast = cast_of(
        "She told the Norland Herald so. The Herald printed it.",
        ("Norland Herald", "ORG"),
        ("Herald", "ORG"),
    )
    (member,) = cast.members
    assert member.name == "Norland Herald"
    assert member.is_outlet


def test_acronym_and_translation_in_brackets(cast_of):
    _, cast = cast_of(
        "The Liga del Mar (League of the Sea) met the Coastal Workers Union (CWU). The CWU left.",
        ("Liga del Mar", "ORG"),
        ("Coastal Workers Union", "ORG"),
        ("CWU", "ORG"),
    )
    assert names(cast) == {
        "Liga del Mar": ["League of the Sea", "Liga del Mar"],
        "Coastal Workers Union": ["CWU", "Coastal Workers Union"],
    }


def test_common_noun_behind_a_name_makes_a_body(cast_of):
    _, cast = cast_of("The Brandt administration denied it.", ("Brandt", "PER"))
    (member,) = cast.members
    assert (member.name, member.schema) == ("Brandt administration", "PublicBody")


def test_head_of_a_phrase(cast_of):
    page, cast = cast_of(
        "Anna Ross, who led the talks, met a spokesman for Ross and the Bank of Norland.",
        ("Anna Ross", "PER"),
        ("Ross", "PER"),
        ("Bank of Norland", "ORG"),
    )

    def head(phrase):
        start = page.text.index(phrase)
        member = cast.head_of(start, start + len(phrase))
        return member and member.name

    assert head("Anna Ross, who led the talks") == "Anna Ross"
    assert head("a spokesman for Ross") is None
    assert head("the Bank of Norland") == "Bank of Norland"


def test_a_dateline_is_one_place():
    text = "PORT SAREN, Velmora (TPA) — The ferry sank."
    page = Page(text)
    (name, *_) = with_datelines(page, [Name(5, 10, "LOC"), Name(12, 19, "LOC")])
    assert text[name.start : name.end] == "PORT SAREN"


def test_the_name_behind_a_description(cast_of):
    page, cast = cast_of("A ministry spokesman, Colonel Arlo Fenn, spoke.", ("Arlo Fenn", "PER"))
    member = cast.head_of(0, page.text.index(", spoke"))
    assert member is not None
    assert member.name == "Arlo Fenn"


def test_a_country_that_has_a_people_is_no_person(cast_of):
    _, cast = cast_of(
        "Velmora denied it. The Velmoran minister left.", ("Velmora", "PER"), ("Velmoran", "MISC")
    )
    assert {m.name: m.schema for m in cast.members}["Velmora"] == "Address"
