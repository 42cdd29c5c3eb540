import pytest

from reportedly.reading.draft import Draft, Nearby
from reportedly.reading.page import Page
from reportedly.reading.trailing import trailing


def found(text, *drafts):
    page = Page(text)
    return [
        tuple(text[slice(*part[0])] for part in (d.source, d.cue, d.content))
        for d in trailing(page, Nearby(drafts))
    ]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        (
            "OSTRAVA — The dam was closed for repairs, two people familiar with the work told the Gazette.",
            "two people familiar with the work",
            "told",
            "The dam was closed for repairs",
        ),
        (
            "The ferry left before the storm, Lena Moss said on Monday.",
            "Lena Moss",
            "said",
            "The ferry left before the storm",
        ),
        (
            "The minister was told in April that checks were late, two officials have told the Gazette.",
            "two officials",
            "have told",
            "The minister was told in April that checks were late",
        ),
    ],
)
def test_closing_speech_tags(text, source, cue, content):
    assert found(text) == [(source, cue, content)]


@pytest.mark.parametrize(
    "text",
    [
        "The club held a poll of its members, the results of which will be announced on Monday.",
        "The ferry left before the storm, and nobody on the shore had said so.",
        "Moss said.",
    ],
)
def test_what_is_no_speech_tag(text):
    assert found(text) == []


def test_a_cue_that_is_taken_is_left_alone():
    text = "The ferry left before the storm, Lena Moss said on Monday."
    taken = Draft(((33, 42),), ((43, 47),), ((0, 31),), confidence=0.9, rules=["model"])
    assert found(text, taken) == []
