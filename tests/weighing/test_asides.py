"""Clauses that remind of what is known."""

from __future__ import annotations

import pytest

from reportedly.weighing.asides import asides


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Police arrested the captain of the ferry that sank off Hurne", ["that sank off Hurne"]),
        ("The union, which called the strike, will meet", ["which called the strike"]),
        ("He left when the doors were shut", ["when the doors were shut"]),
        ("After the ferry sank, police arrested the captain", ["After the ferry sank"]),
        ("They said that the ferry sank", []),
        ("that the ferry sank", []),
        ("", []),
    ],
)
def test_relative_clauses_and_clauses_of_time(text, found):
    assert [text[s:e] for s, e in asides(text)] == found
