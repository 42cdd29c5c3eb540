"""Decisions: only added, undone by others, and what they come to."""

from __future__ import annotations

import pytest

from reportedly.desk import decisions, open_desk
from reportedly.errors import DeskError, NotInDesk


@pytest.fixture
def connection(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk, desk.writing() as connection:
        yield connection


def said(connection):
    return decisions.rulings(decisions.standing(decisions.log(connection)))


def test_a_decision_stands_until_it_is_undone(connection):
    made = decisions.record(connection, "hide", {"report": "a"}, who="ann", why="asked to")
    assert said(connection).hidden == {"a"}
    taken = decisions.undo(connection, made.id, who="ben", why="a mistake")
    assert said(connection).hidden == frozenset()
    decisions.undo(connection, taken.id, who="ann", why="no, it stands")
    assert said(connection).hidden == {"a"}
    assert len(decisions.log(connection)) == 3


def test_nothing_is_undone_twice(connection):
    made = decisions.record(connection, "hide", {"report": "a"}, who="ann", why="")
    decisions.undo(connection, made.id, who="ann", why="")
    with pytest.raises(DeskError, match="undone already"):
        decisions.undo(connection, made.id, who="ann", why="")
    with pytest.raises(NotInDesk):
        decisions.undo(connection, 99, who="ann", why="")


def test_what_was_decided_later_is_not_known_yet(connection):
    first = decisions.record(connection, "hide", {"report": "a"}, who="ann", why="")
    decisions.record(connection, "hide", {"report": "b"}, who="ann", why="")
    early = decisions.log(connection, as_of=first.decided)
    assert decisions.rulings(early).hidden == {"a"}


def test_the_later_of_two_contrary_decisions_holds(connection):
    pair = {"a": ["r1", "a1"], "b": ["r2", "a2"]}
    decisions.record(connection, "confirm", pair, who="ann", why="")
    decisions.record(connection, "reject", {"a": pair["b"], "b": pair["a"]}, who="ben", why="")
    found = said(connection)
    assert found.confirmed == ()
    assert found.rejected == ((("r1", "a1"), ("r2", "a2")),)


def test_splitting_takes_back_a_merge_of_the_same_reports(connection):
    decisions.record(connection, "join", {"reports": ["a", "b"]}, who="ann", why="")
    assert said(connection).together == (frozenset("ab"),)
    decisions.record(connection, "part", {"part": ["b"], "rest": ["a", "c"]}, who="ann", why="")
    found = said(connection)
    assert frozenset("ab") not in found.together
    assert found.apart == (("b", "a"),)
