"""Names that are one across reports."""

from __future__ import annotations

import pytest

from reportedly.weighing.identities import Identities, acronym, bare_person, folded
from reportedly.weighing.outlets import Outlets


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Dr. Mila Brandt", "mila brandt"), ("Prime Minister Ola Reck", "ola reck"), ("Reck", "reck")],
)
def test_titles_are_no_part_of_a_name(name, bare):
    assert bare_person(name) == bare


def test_folding_takes_away_case_accents_and_articles():
    assert folded("The Élan’s  Bank") == "elan bank"
    assert folded("東京") == "東京"


def test_a_surname_is_the_one_person_of_that_name(make):
    said = ("Corin Dask", "person", "it is so", "")
    one = make("a", "Herald", "2026-05-01", said, entities={"Corin Dask": ("Corin Dask", "Person")})
    other = make(
        "b", "Echo", "2026-05-01", ("Dask", "person", "so", ""), entities={"Dask": ("Dask", "Person")}
    )
    names = Identities([one, other])
    assert names.key("a", "n-Corin Dask") == names.key("b", "n-Dask")


def test_a_surname_that_two_share_is_nobodys(make):
    reports = [
        make(i, "Herald", "2026-05-01", (n, "person", "so", ""), entities={n: (n, "Person")})
        for i, n in (("a", "Corin Dask"), ("b", "Mila Dask"), ("c", "Dask"))
    ]
    names = Identities(reports)
    assert (
        len({names.key(i, f"n-{n}") for i, n in (("a", "Corin Dask"), ("b", "Mila Dask"), ("c", "Dask"))})
        == 3
    )


def test_outlets_go_by_short_names_and_initials():
    outlets = Outlets(["Transmarine Press Agency", "Harbour Courier", "Evening Courier", "Drasvik Tribune"])
    assert outlets.find("TPA") == "Transmarine Press Agency"
    assert outlets.find("the Tribune") == "Drasvik Tribune"
    assert outlets.find("the Harbour Courier newspaper") == "Harbour Courier"
    assert outlets.find("the Gazette") is None


def test_an_ambiguous_outlet_is_none():
    assert Outlets(["Harbour Courier", "Valley Courier"]).find("the Courier") is None


def test_acronyms():
    assert acronym("Transmarine Press Agency") == "tpa"
    assert acronym("Reuters") == ""
