from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.reading.page import Page
from reportedly.reading.paragraphs import paragraphs


def texts(text: str) -> list[str]:
    return [text[s:e] for s, e in paragraphs(text)]


def test_blank_lines_part_paragraphs():
    assert texts("One.\n\nTwo.\n \n\nThree.") == ["One.", "Two.", "Three."]


def test_lines_without_blank_lines_are_paragraphs():
    assert texts("A headline\nA long enough sentence that stands alone.\nAnother one.") == [
        "A headline",
        "A long enough sentence that stands alone.",
        "Another one.",
    ]


def test_hard_wrapped_lines_belong_together():
    wrapped = (
        "The harbour master said that the ferry had left the quay before\n"
        "the storm warning was issued, and that nobody on the shore had\n"
        "been told of the change to the timetable that morning, which\n"
        "the company denies."
    )
    assert texts(wrapped) == [wrapped]


@given(st.text(alphabet="ab .\n\t", max_size=200))
def test_every_letter_is_in_exactly_one_paragraph(text):
    found = paragraphs(text)
    assert all(s < e for s, e in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    covered = {k for s, e in found for k in range(s, e)}
    assert {k for k, c in enumerate(text) if not c.isspace()} <= covered


def test_a_line_that_goes_on_in_lower_case_belongs_to_the_next():
    text = "The harbour master said that the ferry had left the\nquay before the storm.\nNobody was told."
    assert texts(text) == [text[: text.rindex("\n")], "Nobody was told."]


@pytest.mark.parametrize(
    "text",
    [
        "a\x85b. c",
        "B1!B!B1.B\xa0. \x1c”",
        'B\u2028.……😀 a"\u200b。',
        "\nB\u2028.….\xa0\u2029\x1c\né\u2028\x1c\x0b",
    ],
)
def test_strange_white_space_makes_nothing_panic(text):
    for start, end in Page(text).sentences:
        assert text[start:end].strip() == text[start:end]
