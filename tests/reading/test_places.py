"""Places on the page: which names are places, which place is meant, and which are governments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.reading.gazetteer import (
    country_name,
    country_of_demonym,
    country_of_name,
    gazetteer,
    government_of,
    kilometres,
    name_key,
)
from reportedly.reading.page import Name, NameType, Page
from reportedly.reading.places import read_places
from reportedly.records import Place


def read(text: str, **names: NameType) -> list[Place]:
    """Read ``text`` with names given as ``Word_Word="LOC"``."""
    found = []
    for name, kind in names.items():
        start = text.index(name.replace("_", " "))
        found.append(Name(start, start + len(name), kind))
    return read_places(Page(text), found)


def texts(text: str, **names: NameType) -> list[str]:
    return [p.text for p in read(text, **names)]


def only(text: str, name: str, **names: NameType) -> Place:
    (place,) = [p for p in read(text, **names) if p.text == name]
    return place


def test_dateline_gives_the_city_and_its_country() -> None:
    places = read("CARACAS, Venezuela (AP) — Two men died on Monday, police said.")
    assert [(p.text, p.country, p.precision) for p in places] == [
        ("CARACAS", "VE", "city"),
        ("Venezuela", "VE", "country"),
    ]
    assert places[0].geonames == 3646738
    assert places[0].id == "p0"


def test_unknown_place_of_the_model_is_listed_without_coordinates() -> None:
    place = only("Shells fell on Qorvania at dawn.", "Qorvania", Qorvania="LOC")
    assert (place.geonames, place.country, place.lat, place.lon, place.precision) == (None,) * 5


def test_unknown_town_keeps_the_country_of_its_phrase() -> None:
    place = only(
        "A barn burned in Pebblestead, Kansas, overnight.", "Pebblestead", Pebblestead="LOC", Kansas="LOC"
    )
    assert (place.geonames, place.country, place.lat) == (None, "US", None)


@pytest.mark.parametrize(
    ("text", "name", "country", "latitude"),
    [
        ("The trial began in Paris, Texas, on Friday.", "Paris", "US", 33.7),
        ("The trial began in Paris on Friday.", "Paris", "FR", 48.9),
        ("She was born in Springfield, Illinois, and moved away.", "Springfield", "US", 39.8),
        ("She was born in Springfield, Mass., and moved away.", "Springfield", "US", 42.1),
        ("Police in London, Ontario, made an arrest.", "London", "CA", 43.0),
        ("Fighting spread across Helmand province.", "Helmand", "AF", 31.6),
        ("Floods hit the city of Kandahar at night.", "Kandahar", "AF", 31.6),
    ],
)  # fmt: skip
def test_the_words_around_choose_among_places_of_a_name(
    text: str, name: str, country: str, latitude: float
) -> None:
    place = only(text, name)
    assert place.country == country
    assert place.lat == pytest.approx(latitude, abs=0.1)


def test_other_places_of_the_report_choose() -> None:
    text = "The two men drove from Atlanta to Savannah and on to Athens. All of Georgia was on alert."
    assert only(text, "Athens").country == "US"
    assert (
        only("The ferry sailed from Athens to Crete, the Greek coast guard said.", "Athens").country == "GR"
    )


def test_one_meaning_a_name_and_report() -> None:
    text = "The mayor of the town of Paris, Texas, resigned. Crowds in Paris cheered."
    assert {p.country for p in read(text) if p.text == "Paris"} == {"US"}


def test_people_papers_and_bodies_are_no_places() -> None:
    assert texts("Paris Hilton told the Boston Globe that Bank of America had called.") == []
    assert texts("Jordan Smith lives in Jordan, Minnesota.") == ["Jordan", "Minnesota"]
    assert texts("The Cairo Rangers won in Lagos.", Cairo_Rangers="ORG") == ["Lagos"]
    assert texts("He quoted the Boston Globe.", Boston="LOC") == []


@pytest.mark.parametrize(
    "text",
    [
        "Moscow said it would not attend.",
        "The move underlines Washington’s growing readiness.",
        "It was part of Washington's broader offensive.",
        "Tensions between Washington and Caracas rose.",
        "Beijing has repeatedly denied it.",
        "U.S. officials said so.",
        "The White House and the Kremlin agreed.",
        "Venezuela accused its neighbour.",
    ],
)
def test_a_government_is_no_place(text: str) -> None:
    assert texts(text) == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("The envoy flew to Moscow on Monday.", ["Moscow"]),
        ("Washington's mayor closed the streets.", ["Washington"]),
        ("Troops massed inside Venezuela.", ["Venezuela"]),
        ("Strikes in the Caribbean and the Pacific went on.", ["Caribbean", "Pacific"]),
        ("Shelling in eastern Ukraine, the West Bank and Gaza went on.", ["Ukraine", "West Bank", "Gaza"]),
        ("POLICE IN SPRINGFIELD, ILLINOIS, TOLD US SO.", ["SPRINGFIELD", "ILLINOIS"]),
    ],
)
def test_where_things_happen_is_a_place(text: str, places: list[str]) -> None:
    assert texts(text) == places


@pytest.mark.parametrize(
    ("text", "name", "kind", "places"),
    [
        ("The Dublin City Council met.", "Dublin City Council", "ORG", ["Dublin"]),
        ("The Kansas City Council met.", "Kansas City Council", "ORG", ["Kansas City"]),
        ("She studied at the University of Hartford.", "University of Hartford", "ORG", ["Hartford"]),
        ("A Laurel County Fiscal Court ruled.", "Laurel County Fiscal Court", "ORG", ["Laurel County"]),
        ("The Georgia State Board voted.", "Georgia State Board", "ORG", ["Georgia"]),
        ("The Texas Rangers lost.", "Texas Rangers", "ORG", []),
        ("The U.S. Supreme Court ruled.", "U.S. Supreme Court", "ORG", []),
        ("He was treated at Norvane Hospital.", "Norvane Hospital", "LOC", []),
        ("The Canadian team won.", "Canadian", "LOC", []),
        ("A Roswell man was held.", "Roswell", "ORG", ["Roswell"]),
        ("Ann Vane, 39, of Pomeroy, was hurt.", "Pomeroy", "PER", ["Pomeroy"]),
        ("The Northbrook-based firm paid.", "Northbrook-based", "MISC", ["Northbrook"]),
        ("Hugh Vane, D-Minneapolis, spoke.", "Hugh Vane", "PER", ["Minneapolis"]),
        ("They met at St. Paul's Church.", "St. Paul's", "LOC", []),
        ("Shells fell on west Aleppo.", "west Aleppo", "LOC", ["Aleppo"]),
    ],
)
def test_places_inside_other_names(text: str, name: str, kind: NameType, places: list[str]) -> None:
    start = text.index(name)
    assert [p.text for p in read_places(Page(text), [Name(start, start + len(name), kind)])] == places


def test_a_persons_name_is_no_place_again() -> None:
    text = "Police held Dale Fairfield on Friday. Fairfield denied it."
    names = [Name(12, 26, "PER"), Name(38, 47, "LOC")]
    assert read_places(Page(text), names) == []


def test_a_name_is_a_place_where_the_page_has_it_as_one() -> None:
    text = "She lives in Lancaster. Lancaster raised its taxes."
    names = [Name(13, 22, "LOC"), Name(24, 33, "ORG")]
    assert [p.text for p in read_places(Page(text), names)] == ["Lancaster", "Lancaster"]
    assert read_places(Page(text[24:]), [Name(0, 9, "ORG")]) == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("The crash closed Castle Drive.", ["Castle Drive"]),
        ("A car burned on Highway 19 overnight.", ["Highway 19"]),
        ("A car burned at 775 Main St., police said.", ["Main St."]),
        ("The Highway Patrol came.", []),
    ],
)
def test_streets_are_places_without_coordinates(text: str, places: list[str]) -> None:
    found = read(text)
    assert [p.text for p in found] == places
    assert all(p.geonames is None and p.lat is None for p in found)


def test_the_name_finder_must_be_sure_of_unknown_places() -> None:
    assert read_places(Page("They saw Qorvania."), [Name(9, 17, "LOC", 0.4)]) == []
    assert len(read_places(Page("They saw Qorvania."), [Name(9, 17, "LOC", 0.8)])) == 1


def test_neighbours_choose_each_other() -> None:
    places = read("The road from Lebanon to Wilson County was shut near Mount Juliet.")
    assert {p.country for p in places} == {"US"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("PORT SAREN, Velmora (TPA) — Rain fell.", "PORT SAREN"),
        ("Caracas, Venezuela (Reuters) - Rain fell.", "Caracas"),
        ("Anna Ross (left) — the captain — spoke.", None),
        ("Rain — all day — fell.", None),
    ],
)
def test_datelines(text: str, place: str | None) -> None:
    found = Page(text).dateline(0, len(text))
    assert (found and found[1]) == place


def test_possessives_are_left_out_of_the_span() -> None:
    assert texts("Crowds filled Nairobi's streets.", Nairobi="LOC") == ["Nairobi"]
    page = Page("Crowds filled Nairobi’s streets.")
    assert [p.text for p in read_places(page, [Name(14, 23, "LOC")])] == ["Nairobi"]


def test_a_part_of_a_place_is_a_region_near_it() -> None:
    place = only("Rain fell over northern Kenya all week.", "Kenya", northern_Kenya="LOC")
    assert (place.country, place.precision, place.geonames) == ("KE", "region", None)


def test_governments_and_peoples() -> None:
    assert government_of("Washington") == government_of("the White House") == "US"
    assert government_of("the Kremlin") == government_of("Moscow") == government_of("Moscow's") == "RU"
    assert government_of("Downing Street") == "GB"
    assert government_of("Brussels") == "EU"
    assert government_of("the Venezuelan government") == government_of("Venezuela") == "VE"
    assert government_of("the harbour") is None
    assert country_of_demonym("Venezuelan") == country_of_demonym("Venezuelans") == "VE"
    assert country_of_demonym("harbour") is None
    assert country_name("VE") == "Venezuela"
    assert country_name("ZZ") is None
    assert country_of_name("the U.S.") == "US"


def test_names_are_looked_up_without_accents_and_marks() -> None:
    assert name_key("the São  Paulo") == name_key("SAO PAULO") == "sao paulo"
    assert name_key("St. Louis") == name_key("Saint Louis")
    assert {row.country for row, _ in gazetteer().find(name_key("Bogotá"))} >= {"CO"}
    assert gazetteer().find("no such place at all") == ()


def test_distance() -> None:
    assert kilometres(0, 0, 0, 0) == 0
    assert kilometres(51.5, -0.13, 48.86, 2.35) == pytest.approx(343, abs=5)


_TEXT = (
    "Paris Texas in , Washington ’s 's said New York the U.S. Ill. W.Va. ( ) — Georgia and of Kansas İ - Q ."
)
_PIECES = st.sampled_from([*_TEXT.split(), "\n\n", "of the", "\u200b", "City", "Globe"])


@given(st.lists(_PIECES, max_size=40).map(" ".join) | st.text(max_size=80), st.data())
def test_spans_are_literal_ordered_and_the_same_each_time(text: str, data: st.DataObject) -> None:
    kinds = st.sampled_from(["PER", "LOC", "ORG", "MISC"])
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, 12), kinds), max_size=4))
    names = [Name(start, min(len(text), start + length), kind) for start, length, kind in spans]  # type: ignore[arg-type]
    places = read_places(Page(text), names)
    assert places == read_places(Page(text), names)
    assert len({p.id for p in places}) == len(places)
    last = 0
    for place in places:
        ((start, end),) = place.spans
        assert last <= start < end
        assert place.text == text[start:end]
        last = end
