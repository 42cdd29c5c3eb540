from __future__ import annotations

import pytest

from reportedly.intake import byline


def test_the_whole_line() -> None:
    found = byline.read("By Jane Roe, Political Editor | Updated 5 May 2024 14:30 BST")
    assert found == byline.Byline(authors=("Jane Roe",), updated="2024-05-05T14:30+01:00")


@pytest.mark.parametrize(
    ("line", "authors", "affiliation"),
    [
        ("By JANE ROE and JOHN DOE, Associated Press", ("JANE ROE", "JOHN DOE"), "Associated Press"),
        ("By JANE ROE Associated Press", ("JANE ROE",), "Associated Press"),
        ("By Jane Roe | AP", ("Jane Roe",), "Associated Press"),
        ("By Jane van der Berg, BBC News, Nairobi", ("Jane van der Berg",), "BBC News"),
        ("By Ana de la Cruz-Núñez in Port Selwyn", ("Ana de la Cruz-Núñez",), None),
    ],
)
def test_names_roles_and_houses(line: str, authors: tuple[str, ...], affiliation: str | None) -> None:
    found = byline.read(line)
    assert found is not None
    assert (found.authors, found.affiliation) == (authors, affiliation)


@pytest.mark.parametrize(
    "line",
    [
        "By Monday, the army had taken the town",
        "By New Year's Eve, Jane Roe was gone.",
        "The talks began on 5 May 2024 in Geneva",
        "Jane Roe",
        "",
        "By " + "Jane Roe, " * 100,
    ],
)
def test_sentences_are_no_bylines(line: str) -> None:
    assert byline.read(line) is None


def test_author_fields() -> None:
    assert byline.people("By Jane Roe, John Doe and Ann Poe") == ("Jane Roe", "John Doe", "Ann Poe")
    assert byline.people("Analysis by Jane Roe, Editor-at-large") == ("Jane Roe",)
    assert byline.people("Jane Roe, MD; jane@example.org") == ("Jane Roe",)
    assert byline.people("Jane Roe, Associated Press") == ("Jane Roe", "Associated Press")
    assert byline.people("Reuters Staff") == ("Reuters Staff",)
