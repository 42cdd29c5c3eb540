"""Events: types, actors and recipients, status; what is no event."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.reading.events import FoundEvent, find_events
from reportedly.reading.page import Name, NameType, Page
from reportedly.reading.wordtags import name_numbers

NAMES: dict[str, NameType] = {
    "Ruritania": "LOC",
    "Borduria": "LOC",
    "Tolvek": "LOC",
    "Ana Petrov": "PER",
    "Petrov": "PER",
    "Marek Dolin": "PER",
    "U.S.": "LOC",
    "Steel Union": "ORG",
    "Red Dawn": "ORG",
    "Harbour Times": "ORG",
}


def names_of(text: str) -> list[Name]:
    found = [
        Name(m.start(), m.end(), kind)
        for name, kind in NAMES.items()
        for m in re.finditer(rf"(?<!\w){re.escape(name)}", text)
    ]
    found.sort(key=lambda n: (n.start, -n.end))
    return [
        n for k, n in enumerate(found) if not any(o.start <= n.start and n.end <= o.end for o in found[:k])
    ]


def read(text: str) -> list[FoundEvent]:
    return find_events(Page(text), names_of(text))


def one(text: str, kind: str) -> FoundEvent:
    found = [e for e in read(text) if e.type == kind]
    assert found, f"no {kind} in {text!r}: {read(text)}"
    return found[0]


def parts(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[s:e] for s, e in spans]


@pytest.mark.parametrize(
    ("text", "kind", "actors", "recipients"),
    [
        ("Ruritania attacked two army bases on Monday.", "ASSAULT", ["Ruritania"], ["two army bases"]),
        ("Five soldiers were killed by rebels.", "ASSAULT", ["rebels"], ["Five soldiers"]),
        ("Red Dawn's attack on the army base lasted hours.", "ASSAULT", ["Red Dawn"], ["the army base"]),
        ("The U.S. air strikes in the region went on.", "ASSAULT", ["U.S."], []),
        ("Gunmen opened fire on a police patrol.", "ASSAULT", ["Gunmen"], ["a police patrol"]),
        ("Police arrested Ana Petrov and Marek Dolin.", "COERCE", ["Police"], ["Ana Petrov", "Marek Dolin"]),
        ("Ana Petrov, who lives in Tolvek, was arrested.", "COERCE", [], ["Ana Petrov"]),
        ("Borduria imposed new sanctions on Ruritania.", "COERCE", ["Borduria"], ["Ruritania"]),
        ("Borduria has placed a bounty on Marek Dolin.", "COERCE", ["Borduria"], ["Marek Dolin"]),
        ("Workers went on strike at the mine.", "PROTEST", ["Workers"], ["the mine"]),
        ("President Petrov met Marek Dolin in Tolvek.", "CONSULT", ["President Petrov"], ["Marek Dolin"]),
        ("The government freed 40 prisoners.", "RETREAT", ["The government"], ["40 prisoners"]),
        ("The minister condemned Borduria.", "ACCUSE", ["The minister"], ["Borduria"]),
        ("Ruritania expelled two diplomats.", "SANCTION", ["Ruritania"], ["two diplomats"]),
        ("Ruritania vetoed the resolution.", "REJECT", ["Ruritania"], ["the resolution"]),
        (
            "The rebels stormed the barracks and killed nine guards.",
            "ASSAULT",
            ["The rebels"],
            ["the barracks"],
        ),
        ("Borduria is ready to withdraw from Tolvek.", "AGREE", ["Borduria"], ["Tolvek"]),
        (
            "Red Dawn has set a 60-day deadline for the Steel Union.",
            "THREATEN",
            ["Red Dawn"],
            ["the Steel Union"],
        ),
        ("Borduria agreed on Monday to free Marek Dolin.", "AGREE", ["Borduria"], ["Marek Dolin"]),
        ("A court on March 10 rejected the offer.", "REJECT", ["A court"], ["the offer"]),
        ("Ruritania again rejected Borduria's offer.", "REJECT", ["Ruritania"], ["Borduria"]),
        ("The rebels continued their attacks on Tolvek.", "ASSAULT", ["The rebels"], ["Tolvek"]),
        ("Red Dawn claimed responsibility for the bombing of a bank.", "ASSAULT", ["Red Dawn"], ["a bank"]),
        ("Armed forces launched a missile attack on the port.", "ASSAULT", ["Armed forces"], ["the port"]),
        ("Two bombs were hurled at the embassy.", "ASSAULT", [], ["the embassy"]),
        ("Gunmen set fire to a bus near the station.", "ASSAULT", ["Gunmen"], ["a bus"]),
        ("Nine guards died in the attack by rebels.", "ASSAULT", ["rebels"], ["Nine guards"]),
        ("A court ordered the release of Marek Dolin.", "RETREAT", ["A court"], ["Marek Dolin"]),
        ("The government returned the statue to Borduria.", "RETREAT", ["The government"], ["Borduria"]),
        ("Ruritania sent troops to the peacekeeping force in Tolvek.", "AID", ["Ruritania"], ["Tolvek"]),
        ("Ruritania sent troops to Tolvek.", "MOBILIZE", ["Ruritania"], ["Tolvek"]),
        ("Ana Petrov chastised Marek Dolin.", "ACCUSE", ["Ana Petrov"], ["Marek Dolin"]),
    ],
)
def test_who_did_what_to_whom(text: str, kind: str, actors: list[str], recipients: list[str]) -> None:
    event = one(text, kind)
    assert parts(text, event.actors) == actors
    assert parts(text, event.recipients) == recipients


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Ruritania attacked the army base.", "occurred"),
        ("Ruritania will attack the army base.", "planned"),
        ("The government has planned attacks on army bases.", "planned"),
        ("The planned attack on the army base worried many.", "planned"),
        ("Ruritania threatened to attack the army base.", "threatened"),
        ("The general warned that it would attack the army base.", "threatened"),
        ("Ruritania could attack the army base.", "hypothetical"),
        ("The attack on the army base could happen soon.", "hypothetical"),
        ("If Ruritania attacks the army base, many will flee.", "hypothetical"),
        ("Ruritania did not attack the army base.", "denied"),
        ("Police foiled an attack on the army base.", "denied"),
        ("Ruritania is attacking the army base.", "ongoing"),
        ("The minister called on Ruritania to attack the army base.", "hypothetical"),
        ("Ruritania wants to attack the army base.", "planned"),
        ("Ruritania wants rebels to attack the army base.", "hypothetical"),
        ("Ruritania tried to attack the army base.", "planned"),
        ("The army is going to attack the rebels.", "planned"),
        ("Ruritania sent rebels to attack the army base.", "planned"),
        ("The general forced rebels to attack the army base.", "occurred"),
        ("Rebels were the first to attack the army base.", "occurred"),
        ("The army has to attack the rebels.", "hypothetical"),
        ("The army had to attack the rebels.", "occurred"),
        ("Why didn't the army attack the rebels?", "denied"),
        ("Did the army attack the rebels?", "hypothetical"),
        ("Why did the army attack the rebels?", "occurred"),
        ("Rebels committed the murders of five soldiers.", "occurred"),
        ("Ruritania rejected any possible attack on the army base.", "denied"),
        ("The army no longer attacked the rebels.", "denied"),
    ],
)
def test_status(text: str, status: str) -> None:
    assert one(text, "ASSAULT").status == status


def test_a_shared_subject_reaches_the_second_verb() -> None:
    text = "The rebels stormed the barracks and killed nine guards."
    killed = [e for e in read(text) if text[slice(*e.trigger)] == "killed"]
    assert [parts(text, e.actors) for e in killed] == [["The rebels"]]


def test_infinitive_after_possibility_is_hypothetical() -> None:
    text = "President Petrov hinted at the possibility of deploying ground forces against Red Dawn."
    event = one(text, "MOBILIZE")
    assert event.status == "hypothetical"
    assert parts(text, event.actors) == ["President Petrov"]


@pytest.mark.parametrize(
    "text",
    [
        "The striker hit the post before halftime and attacked the goal.",
        "The nurse said she told him so.",
        "He suffered a heart attack at home.",
        "The company fired its accountant.",
        "An arrest warrant lay on the desk.",
        "The report killed all hope of a quick sale.",
        "She returned to Tolvek after the summer.",
        "The candidate held a rally in Tolvek.",
    ],
)
def test_no_event(text: str) -> None:
    assert [e for e in read(text) if e.type in ("ASSAULT", "COERCE")] == []


def test_names_cover_words_as_a_plain_search_finds_them() -> None:
    text = "Marek Dolin of the Steel Union met Ana Petrov's aides in Tolvek"
    words = Page(text).words
    names = [
        Name(0, 11, "PER"),
        Name(6, 11, "PER"),
        Name(19, 30, "ORG"),
        Name(35, 45, "PER"),
        Name(57, 63, "LOC"),
    ]
    plain = [next((n for n, x in enumerate(names) if x.start < w.end and w.start < x.end), -1) for w in words]
    assert name_numbers(words, names) == plain


def test_strike_of_workers_and_strike_from_the_air() -> None:
    assert one("The strike by dock workers over pay entered its third week.", "PROTEST")
    assert one("The drone strike on the convoy killed six people.", "ASSAULT").mode == "heavy-weapons"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "the",
                "of",
                "to",
                "and",
                ",",
                ".",
                "who",
                "was",
                "by",
                "attack",
                "attacked",
                "strikes",
                "Ruritania",
                "killed",
                "on",
                "is",
                "will",
                "not",
                "if",
                "with",
                "U.S.",
                "threatened",
                "sanctions",
                "'",
                "’s",
                "(",
                ")",
                "—",
                "5",
                "$",
                "million",
                "accused",
            ]
        ),
        max_size=40,
    )
)
def test_any_words_give_literal_spans(words: list[str]) -> None:
    text = " ".join(words)
    for event in read(text):
        for start, end in (event.trigger, *event.actors, *event.recipients):
            assert 0 <= start < end <= len(text)
    assert read(text) == read(text)


@pytest.mark.parametrize(
    "piece", ["killed and ", "who accused of ", "to attack ", "(, ", "He said police killed the man, and "]
)
def test_long_runs_are_read(piece: str) -> None:
    assert isinstance(read(piece * 1500), list)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read(text: str) -> None:
    for event in find_events(Page(text), ()):
        assert 0 <= event.trigger[0] < event.trigger[1] <= len(text)
