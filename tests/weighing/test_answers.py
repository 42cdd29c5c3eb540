"""How headlines and texts answer a claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.weighing.answers import Body, answers

CLAIM = "A shark was seen swimming in the flooded streets of Port Karsa"


def likeliest(found):
    return max(found, key=lambda name: found[name])


def test_headlines():
    assert (
        likeliest(answers().headline(CLAIM, "No, that shark in the streets of Port Karsa is a hoax"))
        == "against"
    )
    assert likeliest(answers().headline(CLAIM, "Shark swims through flooded streets of Port Karsa")) == "for"


def test_a_text_about_something_else_is_unrelated():
    body = Body("The central bank raised its rate on Tuesday. Economists had expected the move.")
    assert likeliest(answers().text(CLAIM, body)) == "unrelated"


def test_a_text_about_the_claim_is_not():
    body = Body(
        "A shark was seen swimming in the flooded streets of Port Karsa on Monday. Residents filmed it."
    )
    assert likeliest(answers().text(CLAIM, body)) != "unrelated"


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_gets_probabilities(claim, text):
    for found in (answers().headline(claim, text), answers().text(claim, Body(text))):
        assert sum(found.values()) == pytest.approx(1.0)
        assert all(0 <= value <= 1 for value in found.values())
