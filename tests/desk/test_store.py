"""Opening a desk, and what is said when that fails."""

from __future__ import annotations

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select

from reportedly.desk import open_desk
from reportedly.desk.store import now, stamp
from reportedly.desk.tables import metadata, runs
from reportedly.errors import DeskError
from reportedly.weighing.filed import moment


def test_the_migrations_make_the_tables_that_the_program_knows(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk, desk.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert not [d for d in differences if "words" not in str(d)]  # the search tables are SQLite's own


def test_a_desk_opens_again_with_what_it_held(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk, desk.writing() as connection:
        connection.execute(insert(runs).values(started=now(), sources="[]", version="1"))
    with open_desk(tmp_path / "desk.db") as desk, desk.reading() as connection:
        assert connection.execute(select(runs.c.version)).scalars().all() == ["1"]


def test_what_fails_half_way_leaves_nothing(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        with pytest.raises(RuntimeError):
            write_and_fail(desk)
        with desk.reading() as connection:
            assert not connection.execute(select(runs)).all()


def write_and_fail(desk):
    with desk.writing() as connection:
        connection.execute(insert(runs).values(started=now(), sources="[]", version="1"))
        raise RuntimeError


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: p.write_text("no desk at all, but long enough"), "is not a desk"),
        (lambda p: p.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096), "damaged"),
    ],
)
def test_what_is_no_desk_is_refused_in_one_line(tmp_path, make, said):
    path = tmp_path / "desk.db"
    make(path)
    with pytest.raises(DeskError, match=said) as caught:
        open_desk(path)
    assert "\n" not in str(caught.value)


def test_a_missing_desk_is_not_made_by_asking(tmp_path):
    with pytest.raises(DeskError, match="there is no desk"):
        open_desk(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


def test_a_desk_of_a_newer_program_is_refused(tmp_path):
    path = tmp_path / "desk.db"
    open_desk(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DeskError, match="newer version"):
        open_desk(path)


def test_a_locked_desk_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("reportedly.desk.store._PATIENCE", 0.1)
    path = tmp_path / "desk.db"
    with (
        open_desk(path) as desk,
        desk.writing(),
        open_desk_quietly(path) as other,
        pytest.raises(DeskError, match="written by another"),
        other.writing(),
    ):
        pass


def open_desk_quietly(path):
    """A second connection to a desk that is being written: opening it writes nothing."""
    from sqlalchemy import URL, create_engine

    from reportedly.desk.store import Desk

    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": 0.1, "isolation_level": None}
    )
    return Desk(path, engine)


def test_a_full_disk_says_so_and_loses_nothing(tmp_path):
    path = tmp_path / "desk.db"
    with open_desk(path) as desk:
        with desk.writing() as connection:
            connection.execute(insert(runs).values(started=now(), sources="[]", version="1"))
        with pytest.raises(DeskError, match="disk is full"):
            write_too_much(desk)
    with open_desk(path) as desk, desk.reading() as connection:
        assert connection.execute(select(runs.c.version)).scalars().all() == ["1"]


def write_too_much(desk):
    with desk.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        for _ in range(200):
            connection.execute(insert(runs).values(started=now(), sources="x" * 5000, version="2"))


def test_moments_sort_as_text_does():
    values = ["2026-03-10T06:40:00+02:00", "2026-03-10", "2026-03-10T04:40:00.5Z"]
    moments = [moment(v) for v in values]
    assert sorted(moments) == sorted(moments, key=stamp)
