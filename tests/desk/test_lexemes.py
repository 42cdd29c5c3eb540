"""Words as they are searched."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from reportedly.desk import lexemes

_ENTRY = re.compile(r"'([^']+)':([\dABCD,]+)")


def places(vector):
    return {word: [int(p[:-1]) for p in at.split(",")] for word, at in _ENTRY.findall(vector)}


def test_words_are_compared_without_case_and_accents():
    assert lexemes.words("Zürich's O’Neill_12 — ÉCOLE") == ["zurich", "s", "o", "neill", "12", "ecole"]


def test_fields_are_told_apart_and_no_phrase_reaches_across():
    (vector,) = lexemes.vectors([("title", "port closed"), ("text", "the port")])
    assert vector == "'port':1A,14D 'closed':2A 'the':13D"


@given(st.lists(st.sampled_from(["a", "bb", "ccc", "dddd"]), max_size=3000), st.integers(1, 5))
def test_a_part_stays_within_the_server_s_limits_and_parts_overlap(words, often):
    run = words * often
    parts = list(lexemes.vectors([("text", " ".join(run))]))
    found = [places(part) for part in parts]
    for part in found:
        assert all(len(at) <= 256 and max(at) < 16_384 for at in part.values())
    pairs = {
        (x, y)
        for part in found
        for x, at in part.items()
        for y, also in part.items()
        if {p + 1 for p in at} & set(also)
    }
    assert pairs == set(itertools.pairwise(run))


def test_a_phrase_is_whole_in_some_part_wherever_it_stands():
    run = [f"w{k}" for k in range(9_000)]
    parts = [places(part) for part in lexemes.vectors([("text", " ".join(run))])]
    assert len(parts) > 2
    for at in range(len(run) - 5):
        phrase = run[at : at + 5]
        assert any(all(word in part for word in phrase) for part in parts), phrase


def test_many_long_words_make_many_small_parts():
    text = " ".join(f"{k}{'x' * 600}" for k in range(3000))
    parts = list(lexemes.vectors([("text", text)]))
    assert len(parts) > 2
    assert all(len(part.encode()) < 1_000_000 for part in parts)
    assert all(len(word.encode()) < 2_046 for part in parts for word in places(part))


@given(st.text())
def test_nothing_but_words_gets_into_a_query_or_vector(text):
    words = lexemes.words(text)
    marks = lexemes.query(words, prefix=True, field="sources") if words else []
    for mark in marks:
        assert re.fullmatch(r"'[^\W_]+':(?:\*?B)(?: <-> '[^\W_]+':\*?B)*", mark)
    for vector in lexemes.vectors([("text", text)]):
        assert re.fullmatch(r"(?:'[^\W_]+':[\dD,]+ ?)*", vector)


def test_a_long_phrase_is_looked_for_in_overlapping_windows():
    marks = lexemes.query([f"w{k}" for k in range(120)], prefix=True)
    assert len(marks) == 3
    assert marks[0].endswith("'w49'")
    assert marks[1].startswith("'w49' <-> ")
    assert [mark.endswith(":*") for mark in marks] == [False, False, True]
