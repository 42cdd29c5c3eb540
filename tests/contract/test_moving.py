"""Copies, backups and restored desks hold what the desk held: from each store to each."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from reportedly.desk import backup as backups
from reportedly.desk import decisions, moving, open_desk, search, verifying
from reportedly.desk.book import Book
from reportedly.desk.ingest import ingest
from reportedly.desk.tables import decisions as decision_table
from reportedly.desk.tables import items, metadata, revisions, state
from reportedly.errors import DeskError

from .conftest import STORES, write


def ledger(desk):
    with desk.reading() as connection:
        return Book(connection).ledger().to_json()


def is_empty(desk):
    with desk.reading() as connection:
        return moving.first_filled(connection) is None and not search.indexed(connection)


@pytest.mark.parametrize("to", STORES)
def test_a_copy_holds_all_and_goes_on_as_a_desk(desk, to, places, tmp_path, rows):
    with desk.writing() as connection:
        made = decisions.record(connection, "hide", {"report": "x\x00"}, who="ann\x00", why="a test")
    told = []
    with open_desk(places.new(to)) as target:
        moved = moving.copy(desk, target, lambda *said: told.append(said))
        assert set(moved.tables) == set(metadata.tables)
        assert moved.tables["revisions"].rows == 24
        assert ("revisions", 24, 24) in told
        assert ("search", 24, 24) in told
        assert ledger(target) == ledger(desk)
        with desk.reading() as one, target.reading() as other:
            assert decisions.log(other)[0].body == {"report": "x\x00"}
            assert not list(verifying.verify(other))
            assert verifying.ends(other) == verifying.ends(one)
            for query in ("raid", '"harbour courier"', "minist*"):
                assert {h.report for h in search.search(one, query)} == {
                    h.report for h in search.search(other, query)
                }
        row = rows[0] | {"id": "new", "url": "https://new.example/1", "text": rows[0]["text"] + " New."}
        assert [o.state for o in ingest(target, [write(tmp_path / "new.jsonl", [row])])] == ["filed"]
        with target.writing() as connection:
            decisions.undo(connection, made.id, who="ann", why="")
        with target.reading() as connection:
            assert not list(verifying.verify(connection))


def test_a_desk_that_is_not_empty_is_refused(desk, store, places):
    with open_desk(places.filled(store)) as target:
        before = ledger(target)
        with pytest.raises(DeskError, match="not empty"):
            moving.copy(desk, target)
        with pytest.raises(DeskError, match="not empty"):
            moving.copy(desk, desk)
        assert ledger(target) == before


def test_a_copy_that_fails_leaves_the_target_empty(desk, store, places, monkeypatch):
    real, times = search.index, []

    def index(*arguments):
        times.append(1)
        if len(times) == 5:
            raise RuntimeError("stopped")
        real(*arguments)

    with open_desk(places.new(store)) as target:
        monkeypatch.setattr(search, "index", index)
        with pytest.raises(RuntimeError):
            moving.copy(desk, target)
        assert is_empty(target)
        moving.copy(desk, target)
        assert ledger(target) == ledger(desk)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (update(revisions).where(revisions.c.id == 7).values(title="Another"), "revisions are not those"),
        (text("DELETE FROM bands WHERE id = (SELECT min(id) FROM bands)"), "bands has"),
        (insert(state).values(key="strange", value="1"), "state has"),
        (text("DELETE FROM weighed"), "weighed has 0 rows"),
    ],
)
def test_a_copy_that_differs_is_found_and_dropped(desk, store, places, monkeypatch, change, said):
    real = moving._index
    monkeypatch.setattr(moving, "_index", lambda new, *rest: (real(new, *rest), new.execute(change)))
    with open_desk(places.new(store)) as target:
        with pytest.raises(DeskError, match=said):
            moving.copy(desk, target)
        assert is_empty(target)


def test_a_copy_is_of_one_moment(desk, places, monkeypatch):
    real, done = moving._copy_table, []

    def slowly(old, new, table, say):
        if table.name == "state" and not done:  # tables are half done
            done.append(1)
            with desk.writing() as other:
                decisions.record(other, "hide", {"report": "y"}, who="ann", why="")
        return real(old, new, table, say)

    monkeypatch.setattr(moving, "_copy_table", slowly)
    with open_desk(places.new("sqlite")) as target:
        moving.copy(desk, target)
        assert done
        with target.reading() as connection:
            assert not decisions.log(connection)
            assert not list(verifying.verify(connection))


@pytest.mark.parametrize("to", STORES)
def test_a_backup_of_a_desk_in_use_is_restored(desk, to, places, tmp_path):
    file = tmp_path / "backup.db"
    before = ledger(desk)
    with desk.writing() as connection:  # somebody is in the middle of something
        connection.execute(insert(state).values(key="half", value="done"))
        backups.backup(desk, file)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("backup")] == ["backup.db"]
    bytes_before = file.read_bytes()
    with open_desk(places.new(to)) as target:
        moved, faults = backups.restore(file, target)
        assert moved.tables["revisions"].rows == 24
        assert not faults
        assert ledger(target) == before
        with target.reading() as connection:
            assert connection.execute(select(state).where(state.c.key == "half")).first() is None
    assert file.read_bytes() == bytes_before
    with open_desk(file, create=False) as itself:
        assert ledger(itself) == before


def test_a_backup_is_of_one_moment(desk, tmp_path, monkeypatch):
    real, done = moving.ledger_digest, []

    def slowly(connection):
        found = real(connection)
        if not done:
            done.append(1)
            with desk.writing() as other:
                decisions.record(other, "hide", {"report": "y"}, who="ann", why="")
        return found

    monkeypatch.setattr(moving, "ledger_digest", slowly)
    backups.backup(desk, tmp_path / "backup?#.db")
    with open_desk(tmp_path / "backup?#.db") as itself, itself.reading() as connection:
        assert not decisions.log(connection)


def test_what_is_not_weighed_is_copied_without_being_weighed(place, rows, places, tmp_path, monkeypatch):
    def weigh(*_):
        raise AssertionError("nothing is weighed for a copy")

    monkeypatch.setattr("reportedly.desk.book.weigh", weigh)
    with open_desk(place) as desk, open_desk(places.new("sqlite")) as target:
        list(ingest(desk, [write(tmp_path / "some.jsonl", rows[:3])]))
        assert moving.copy(desk, target).tables["weighed"].rows == 0


def test_a_backup_takes_no_other_file_s_place(desk, tmp_path):
    file = tmp_path / "backup.db"
    file.write_text("mine")
    with pytest.raises(DeskError, match="there already"):
        backups.backup(desk, file)
    with pytest.raises(DeskError, match="no folder"):
        backups.backup(desk, tmp_path / "none" / "backup.db")
    assert file.read_text() == "mine"


def test_a_backup_that_is_not_right_does_not_count(desk, tmp_path, monkeypatch):
    said = iter("abcdef")
    monkeypatch.setattr(moving, "ledger_digest", lambda connection: next(said))
    with pytest.raises(DeskError, match="ledger"):
        backups.backup(desk, tmp_path / "backup.db")
    assert not list(Path(tmp_path).iterdir())


def test_what_was_changed_in_a_backup_is_said_when_it_is_restored(desk, places, tmp_path):
    file = tmp_path / "backup.db"
    backups.backup(desk, file)
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE revisions SET text = replace(text, 'e', 'a') WHERE id = 3")
    raw.close()
    with open_desk(places.new("sqlite")) as target:
        _, faults = backups.restore(file, target)
    assert [fault.what for fault in faults] == ["text"]


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.write_text("no backup"), lambda p: p.mkdir()])
def test_what_is_no_backup_is_refused(places, tmp_path, make):
    file = tmp_path / "backup.db"
    make(file)
    with open_desk(places.new("sqlite")) as target:
        with pytest.raises(DeskError, match="no backup"):
            backups.restore(file, target)
        assert is_empty(target)


def test_numbers_of_the_rows_stay(desk, places):
    with open_desk(places.new("postgresql")) as target:
        moving.copy(desk, target)
        for table in (revisions, items, decision_table):
            with desk.reading() as one, target.reading() as other:
                query = select(table).order_by(table.c.id)
                assert one.execute(query).all() == other.execute(query).all()
