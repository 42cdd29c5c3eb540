"""Relations: who leads, belongs to, is accused of, is sought; and what states none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.reading.page import Name, NameType, Page
from reportedly.reading.relations import find_relations

NAMES: dict[str, NameType] = {
    "Ruritania": "LOC",
    "Ruritanian": "MISC",
    "Tolvek": "LOC",
    "Ana Petrov": "PER",
    "Marek Dolin": "PER",
    "Dolin": "PER",
    "Red Dawn": "ORG",
    "Night Owls": "ORG",
    "Steel Union": "ORG",
    "Alba Motors": "ORG",
    "Corvin Group": "ORG",
    "Harbour Board": "ORG",
}


def read(text: str) -> set[tuple[str, str, str, bool]]:
    found = [
        Name(m.start(), m.end(), kind)
        for name, kind in NAMES.items()
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]
    found.sort(key=lambda n: (n.start, -n.end))
    names = [
        n for k, n in enumerate(found) if not any(o.start <= n.start and n.end <= o.end for o in found[:k])
    ]
    return {
        (r.type, text[slice(*r.subject)], text[slice(*r.object)], r.polarity)
        for r in find_relations(Page(text), names)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marek Dolin leads Red Dawn.", ("leads", "Marek Dolin", "Red Dawn", True)),
        ("Marek Dolin does not lead Red Dawn.", ("leads", "Marek Dolin", "Red Dawn", False)),
        (
            "It shelled Red Dawn, which the ministry claims is led by Marek Dolin.",
            ("leads", "Marek Dolin", "Red Dawn", True),
        ),
        (
            "Ruritanian President Ana Petrov spoke.",
            ("holds_post", "Ana Petrov", "Ruritanian President", True),
        ),
        (
            "Ana Petrov, the chief executive of Alba Motors, resigned.",
            ("holds_post", "Ana Petrov", "chief executive of Alba Motors", True),
        ),
        (
            "Ana Petrov was named director of Alba Motors.",
            ("holds_post", "Ana Petrov", "director of Alba Motors", True),
        ),
        ("Ana Petrov was named director of Alba Motors.", ("leads", "Ana Petrov", "Alba Motors", True)),
        ("Marek Dolin is a member of Red Dawn.", ("member_of", "Marek Dolin", "Red Dawn", True)),
        ("Marek Dolin is not a member of Red Dawn.", ("member_of", "Marek Dolin", "Red Dawn", False)),
        (
            "Alba Motors, a subsidiary of Corvin Group, closed.",
            ("part_of", "Alba Motors", "Corvin Group", True),
        ),
        (
            "Red Dawn is said to collaborate with the Night Owls gang.",
            ("collaborates_with", "Red Dawn", "the Night Owls gang", True),
        ),
        (
            "Marek Dolin, who is accused of running a smuggling ring, fled.",
            ("accused_of", "Marek Dolin", "running a smuggling ring", True),
        ),
        ("Police stopped boats accused of carrying arms.", ("accused_of", "boats", "carrying arms", True)),
        ("Prosecutors accused Ana Petrov of fraud.", ("accused_of", "Ana Petrov", "fraud", True)),
        ("Marek Dolin was charged with murder.", ("charged_with", "Marek Dolin", "murder", True)),
        (
            "They put a $5 million bounty on Marek Dolin.",
            ("reward_for", "a $5 million bounty", "Marek Dolin", True),
        ),
        (
            "They offer a $2 million reward for information leading to the arrest of Marek Dolin.",
            ("reward_for", "a $2 million reward", "Marek Dolin", True),
        ),
        ("Corvin Group owns Alba Motors.", ("owns", "Corvin Group", "Alba Motors", True)),
        ("Alba Motors is based in Tolvek.", ("located_in", "Alba Motors", "Tolvek", True)),
        ("The Tolvek-based Steel Union called a meeting.", ("located_in", "Steel Union", "Tolvek", True)),
        ("She spoke at the embassy in Tolvek.", ("located_in", "the embassy", "Tolvek", True)),
        ("The troops stationed in Tolvek left.", ("located_in", "The troops", "Tolvek", True)),
        ("Sen. Ana Petrov agreed.", ("holds_post", "Ana Petrov", "Sen.", True)),
        (
            "Alba Motors spokesman Marek Dolin agreed.",
            ("holds_post", "Marek Dolin", "Alba Motors spokesman", True),
        ),
        ("They appointed Ana Petrov director of the agency.", ("leads", "Ana Petrov", "the agency", True)),
        (
            "Ana Petrov, a former aide to Dolin and now a reporter at Alba Motors, wrote it.",
            ("holds_post", "Ana Petrov", "reporter at Alba Motors", True),
        ),
        ("Steel Union owner Ana Petrov agreed.", ("owns", "Ana Petrov", "Steel Union", True)),
        ("They own a warehouse that Marek Dolin once used.", ("owns", "They", "a warehouse", True)),
        (
            "Ana Petrov, one of only three Harbour Board members, left.",
            ("member_of", "Ana Petrov", "Harbour Board", True),
        ),
        ("She’s a member of Red Dawn.", ("member_of", "She", "Red Dawn", True)),
        ("Marek Dolin sits on the Harbour Board.", ("member_of", "Marek Dolin", "the Harbour Board", True)),
        ("Red Dawn, a group that I run, met.", ("leads", "I", "a group", True)),
        ("The council is headed by three officers.", ("leads", "three officers", "The council", True)),
        (
            "Red Dawn is not affiliated with the Steel Union.",
            ("part_of", "Red Dawn", "the Steel Union", False),
        ),
        (
            "Red Dawn, in partnership with the Steel Union, met.",
            ("collaborates_with", "Red Dawn", "the Steel Union", True),
        ),
        ("Steel Union ally Ana Petrov agreed.", ("collaborates_with", "Ana Petrov", "Steel Union", True)),
        (
            "He accused Ana Petrov of “stonewalling”.",
            ("accused_of", "Ana Petrov", "stonewalling", True),
        ),
        (
            "Allegations that Marek Dolin took bribes surfaced.",
            ("accused_of", "Marek Dolin", "took bribes", True),
        ),
        ("Marek Dolin allegedly stole the boat.", ("accused_of", "Marek Dolin", "stole the boat", True)),
        (
            "They accused members of the army of the murder.",
            ("accused_of", "members of the army", "the murder", True),
        ),
        (
            "Marek Dolin faces arms smuggling charges.",
            ("charged_with", "Marek Dolin", "arms smuggling charges", True),
        ),
        (
            "Marek Dolin pleaded not guilty to two counts of fraud.",
            ("charged_with", "Marek Dolin", "fraud", True),
        ),
        ("Marek Dolin was arrested on charges of fraud.", ("charged_with", "Marek Dolin", "fraud", True)),
    ],
)
def test_stated(text: str, expected: tuple[str, str, str, bool]) -> None:
    assert expected in read(text)


def test_every_partner_is_taken() -> None:
    text = "Red Dawn collaborates with the Night Owls gang, Alba Motors and the Steel Union."
    partners = {obj for kind, _, obj, _ in read(text) if kind == "collaborates_with"}
    assert partners == {"the Night Owls gang", "Alba Motors", "the Steel Union"}


def test_every_wrong_is_taken() -> None:
    text = "She accused Marek Dolin of pulling her hair, kicking the dog and stealing her bag."
    wrongs = {obj for kind, _, obj, _ in read(text) if kind == "accused_of"}
    assert wrongs == {"pulling her hair", "kicking the dog", "stealing her bag"}


@pytest.mark.parametrize(
    "text",
    [
        "Record Bounty On Marek Dolin",
        "Ana Petrov Named Director of Alba Motors",
        "Ana Petrov leads her opponents by two points.",
        "Ana Petrov is leading the investigation.",
        "The judge Ana Petrov was speaking of agreed.",
        "The business owner Ana Petrov agreed.",
        "Lawyer Ana Petrov agreed.",
        "A suspect is in custody in Tolvek.",
        "Marek Dolin was indicted on charges.",
        "Marek Dolin allegedly said so.",
        "They attended school in Tolvek.",
        "Ana Petrov leads the race by two strokes.",
        "The road leads to Tolvek.",
        "Ana Petrov could lead Red Dawn one day.",
        "He charged the battery with care.",
        "Marek Dolin was charged with overseeing the budget.",
        "The verdict was based on two statements.",
        "The hike was a reward for patience.",
        "Ana Petrov belongs to nobody.",
    ],
)
def test_not_stated(text: str) -> None:
    assert read(text) == set()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "the",
                "of",
                ",",
                ".",
                "who",
                "is",
                "led",
                "by",
                "leads",
                "member",
                "president",
                "Dolin",
                "Red",
                "Dawn",
                "accused",
                "with",
                "charged",
                "based",
                "in",
                "bounty",
                "on",
                "$",
                "5",
                "million",
                "Tolvek-based",
                "owns",
                "not",
                "'",
                "and",
                "for",
                "information",
                "capture",
                "his",
            ]
        ),
        max_size=40,
    )
)
def test_any_words_give_literal_spans(words: list[str]) -> None:
    text = " ".join(words)
    for relation in find_relations(Page(text), ()):
        for start, end in (relation.subject, relation.object, *relation.spans):
            assert 0 <= start < end <= len(text)
    assert read(text) == read(text)
