import pytest

from reportedly.reading.hearsay import hearsay
from reportedly.reading.page import Page


def found(text):
    page = Page(text)
    return [
        (
            " … ".join(text[s:e] for s, e in d.cue),
            " … ".join(text[s:e] for s, e in d.content),
            d.stance,
        )
        for d in hearsay(page)
    ]


@pytest.mark.parametrize(
    ("text", "cue", "content", "stance"),
    [
        (
            "The company has reportedly dismissed its accountant.",
            "reportedly",
            "The company has … dismissed its accountant",
            "assert",
        ),
        (
            "In a sharp turn, the ministry has reportedly frozen the fund.",
            "reportedly",
            "the ministry has … frozen the fund",
            "assert",
        ),
        (
            "Police searched the warehouses allegedly used by the ring.",
            "allegedly",
            "the warehouses … used by the ring",
            "allege",
        ),
        (
            "The gang is said to work with customs men.",
            "is said to",
            "The gang … work with customs men",
            "assert",
        ),
        (
            "Harbour chief Lena Moss, who is accused of taking bribes, was absent.",
            "is accused of",
            "Harbour chief Lena Moss … taking bribes",
            "allege",
        ),
        (
            "The patrol stopped two boats accused of carrying arms.",
            "accused of",
            "two boats … carrying arms",
            "allege",
        ),
        ("It is believed that the pilot survived.", "It is believed", "the pilot survived", "assert"),
        (
            "It remains unclear whether the dam will hold, but families have left.",
            "It remains unclear",
            "whether the dam will hold",
            "question",
        ),
    ],
)
def test_claims_without_a_source(text, cue, content, stance):
    assert found(text) == [(cue, content, stance)]


@pytest.mark.parametrize(
    "text",
    [
        "The minister said that the fund was safe.",
        "She was known for her patience.",
        "He thought about it and left.",
        "The reports were late.",
    ],
)
def test_what_is_not_hearsay(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "cue", "content"),
    [
        ("Word is that the bridge will close.", "Word is that", "the bridge will close"),
        ("Rumour has it the mayor sold the mill.", "Rumour has it", "the mayor sold the mill"),
    ],
)
def test_idioms_at_the_head_of_a_sentence(text, cue, content):
    assert found(text) == [(cue, content, "assert")]


@pytest.mark.parametrize("text", ["Word is spreading.", "His word is that of all."])
def test_a_word_is_not_always_an_idiom(text):
    assert found(text) == []
