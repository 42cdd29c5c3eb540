from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.intake.credits import credits


def found(text: str) -> list[tuple[str, str]]:
    got = credits(text)
    assert all(credit.text in text for credit in got)
    return [(credit.kind, credit.name) for credit in got]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PORT SELWYN (Reuters) — A ferry sank.", "Reuters"),
        ("PORT SELWYN, May 5 (AP) - A ferry sank.", "Associated Press"),
        ("A ferry sank.\n\nNobody was hurt. (AFP)", "Agence France-Presse"),
        ("A ferry sank.\n\n© 2024 AFP", "Agence France-Presse"),
        ("A ferry sank.\n\nCopyright 2024 The Associated Press. All rights reserved.", "Associated Press"),
        ("A ferry sank.\n\n— Reuters", "Reuters"),
        ("By Jane Roe, Associated Press\n\nA ferry sank.", "Associated Press"),
        ("WASHINGTON (CNN) — A ferry sank.", "CNN"),
    ],
)
def test_agency_lines(text: str, name: str) -> None:
    assert found(text) == [("agency", name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The plan was first reported by the Harbour Courier on Monday.", "Harbour Courier"),
        ("As first reported by The Boston Globe, the plan failed.", "The Boston Globe"),
        ("The Miami Herald first reported the plan.", "Miami Herald"),
        ("This story was originally published in the Selwyn Gazette.", "Selwyn Gazette"),
        ("The minister will go, as reported by Reuters.", "Reuters"),
    ],
)
def test_citations(text: str, name: str) -> None:
    assert found(text) == [("citation", name)]


def test_two_outlets_are_two_citations() -> None:
    text = "It was first reported by The New York Times and The Washington Post."
    assert found(text) == [("citation", "The New York Times"), ("citation", "The Washington Post")]


def test_contributions() -> None:
    text = (
        "The Associated Press contributed to this report. St. Louis Post-Dispatch reporters "
        "Jane Roe and John Doe in Selwyn contributed reporting.\n"
        "Additional reporting by Ann Poe in Rome; editing by Bob Moe\n"
        "(With inputs from PTI)"
    )
    names = [
        "Associated Press",
        "St. Louis Post-Dispatch",
        "Jane Roe",
        "John Doe",
        "Ann Poe",
        "Press Trust of India",
    ]
    assert found(text) == [("contribution", name) for name in names]


@pytest.mark.parametrize(
    "text",
    [
        "He was tired, according to the Miami Herald.",
        "She told the BBC that it was over.",
        "The agency (AP) said so — twice.",
        "The fever was first reported in Selwyn.",
        "The flaw was first reported by Ruritanian officials.",
        "Police first reported the fire at noon.",
        "Smoke over the town (AFP Photo/Jane Roe).",
        "People say that Time flies.",
    ],
)
def test_attributions_are_no_credits(text: str) -> None:
    assert found(text) == []


PIECES = (
    *("(AP)", "(", ")", " — ", "\n", "By ", "Jane Roe", "first reported by ", "the "),
    *("©", "Reuters", "."),
    *("contributed to this report", "with files from "),
)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_credit_text_is_always_literal(text: str) -> None:
    found(text)
