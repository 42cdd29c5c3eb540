"""Shingles, signatures and the index of fingerprints."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.weighing.shingles import (
    KEEP,
    LIMIT,
    WIDTH,
    WINDOW,
    Bands,
    Printing,
    Signature,
    normal,
    rank,
    repeated,
    shingles,
    signature,
)


def prose(seed: int, words: int) -> str:
    """Words that no two seeds have in common."""
    return " ".join(f"word{seed}x{n}" for n in range(words))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Don’t", "don't"),
        ("U.S.", "us"),
        ("Café", "Cafe\u0301"),
        ("co\u00adoperate", "cooperate"),
        ("ﬁnal", "FINAL"),
        ("1,000", "1000"),
    ],
)
def test_words_are_the_same_without_case_accents_and_punctuation(one: str, two: str) -> None:
    assert normal(one) == normal(two)


def test_quotes_dashes_and_line_breaks_do_not_change_shingles() -> None:
    one = shingles("The mayor said: “We are ready” — and left the hall.")
    two = shingles('the MAYOR said "we are ready"\n\nand left the hall')
    assert one.hashes.tolist() == two.hashes.tolist()


def test_hashes_are_the_same_in_every_run() -> None:
    assert shingles("the ferry left the old harbour").hashes.view(np.int64).tolist() == [
        -853332310401921075,
        8001830163410469562,
    ]
    assert signature("the ferry left").scheme == "winnow-5-32/1"


def test_a_shingle_knows_its_characters() -> None:
    text = "  Rain fell, then  it stopped."
    cut = shingles(text)
    start, end = cut.span(1, 3)
    assert text[start:end] == "fell, then  it"


def test_scripts_without_spaces_are_cut_by_character() -> None:
    assert len(shingles("港の船は月曜日に出た").starts) == 10


def test_short_and_empty_texts() -> None:
    assert len(shingles("")) == 0
    assert signature("...") == Signature(bands=(), words=0)
    assert len(shingles("Two words")) == 1
    assert signature("Two words").bands == signature("two words!").bands


def test_a_signature_survives_storage() -> None:
    signed = signature(prose(1, 300))
    assert msgspec.json.decode(msgspec.json.encode(signed), type=Signature) == signed
    assert all(-(2**63) <= band < 2**63 for band in signed.bands)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 60))
def test_a_common_run_always_has_a_fingerprint(before: int, after: int, more: int) -> None:
    """Winnowing's guarantee: WIDTH + WINDOW - 1 words in common are enough."""
    run = prose(0, WIDTH + WINDOW - 1 + more)
    one = signature(f"{prose(1, before)} {run} {prose(2, after)}")
    two = signature(f"{prose(3, after)} {run} {prose(4, before)}")
    assert set(one.bands) & set(two.bands)


@given(st.text(max_size=400))
def test_any_text_has_a_signature(text: str) -> None:
    cut = shingles(text)
    assert signature(text) == signature(text)
    assert all(0 <= s < e <= len(text) for s, e in zip(cut.starts, cut.ends, strict=True))


def test_a_piece_of_a_long_text_is_found() -> None:
    bands = Bands()
    for n in range(50):
        bands.add(f"r{n}", signature(prose(n, 2000)))
    piece = " ".join(prose(7, 2000).split()[900:1050])
    assert bands.candidates(signature(f"{prose(100, 800)} {piece} {prose(101, 800)}")) == ("r7",)


def test_a_footer_under_everything_makes_no_candidates() -> None:
    bands = Bands()
    footer = prose(1000, 60)
    for n in range(200):
        bands.add(f"r{n}", signature(f"{prose(n, 400)} {footer}"))
    assert bands.candidates(signature(f"{prose(500, 400)} {footer}")) == ()
    assert bands.candidates(signature(f"{prose(60, 400)} {footer}"))[0] == "r60"


def test_a_story_that_everybody_took_over_brings_the_first_only() -> None:
    bands = Bands()
    for n in range(100):
        bands.add(f"r{n:03}", signature(f"{prose(n, 30)} {prose(1000, 400)}"))
    found = bands.candidates(signature(prose(1000, 400)))
    assert len(found) == KEEP <= LIMIT
    assert set(found) == {f"r{n:03}" for n in range(KEEP)}


def test_adding_twice_changes_nothing() -> None:
    bands = Bands()
    signed = signature(prose(1, 100))
    bands.add("a", signed)
    bands.add("a", signed)
    assert len(bands) == 1
    assert bands.entries == len(signed.bands)


def test_signatures_of_another_scheme_are_refused() -> None:
    with pytest.raises(ValueError, match="scheme"):
        Bands().add("a", Signature(bands=(1,), words=5, scheme="other/9"))


def test_rank_does_not_depend_on_the_order_of_what_is_found() -> None:
    wanted = Signature(bands=tuple(range(20)), words=300)
    found = {n: ["b", "a"] for n in range(4)} | {n: ["c"] for n in range(4, 10)}
    sizes = {"a": 20, "b": 20, "c": 20}
    assert rank(wanted, found, sizes) == ("c", "a", "b")
    assert rank(wanted, dict(reversed(found.items())), sizes) == ("c", "a", "b")


def test_what_returns_week_after_week_is_repeated() -> None:
    footer = prose(9, 30)
    reports = [(prose(n, 50) + " " + footer, day) for n, day in enumerate((10, 20, 30))]
    found = repeated([Printing(np.unique(shingles(t).hashes), None, day) for t, day in reports])
    assert found == frozenset(shingles(footer).hashes.tolist())


def test_a_story_printed_by_many_in_one_week_is_not() -> None:
    printings = [Printing(np.unique(shingles(prose(9, 200)).hashes), f"o{n}", 100 + n % 3) for n in range(9)]
    assert repeated(printings) == frozenset()


def test_what_an_outlet_prints_under_different_reports_is_repeated() -> None:
    footer = prose(9, 30)
    different = [
        Printing(np.unique(shingles(f"{prose(n, 99)} {footer}").hashes), "o", None) for n in range(3)
    ]
    assert repeated(different) == frozenset(shingles(footer).hashes.tolist())
    versions = [
        Printing(np.unique(shingles(f"{prose(n, 9)} {prose(8, 99)}").hashes), "o", None) for n in range(3)
    ]
    assert repeated(versions) == frozenset()
