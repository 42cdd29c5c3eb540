"""Loading an archive into a desk: the same desk as if the sources had been taken in there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from reportedly.archive import loading
from reportedly.archive.needs import ArchiveError
from reportedly.desk import open_desk
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.ingest import ingest, quarantine
from reportedly.desk.tables import items, overlaps, readings, revisions

from .conftest import run


def weighed(desk):
    for _ in weigh_all(desk):
        pass


def held(desk):
    """What a desk holds, without the times at which it was put there."""
    with desk.reading() as connection:
        book = Book(connection)
        r, i, o = revisions.c, items.c, overlaps.c
        return {
            "ledger": book.ledger().to_json(),
            "reports": connection.execute(
                select(r.report, r.number, r.sha256, r.raw_sha256, r.text, r.about).order_by(r.report)
            ).all(),
            "readings": connection.execute(
                select(readings.c.body, readings.c.model, readings.c.manifest).order_by(readings.c.body)
            ).all(),
            "items": connection.execute(
                select(i.locator, i.sha256, i.state, i.code, i.reason, i.capture).order_by(i.locator)
            ).all(),
            "overlaps": connection.execute(select(o.body).order_by(o.body)).all(),
        }


def test_a_loaded_desk_is_equal_to_one_that_took_the_sources_in(tmp_path, source):
    for name in ("a.txt", "c.txt"):  # they have no date, and would stand where they were seen
        (source / name).unlink()
    run(tmp_path / "out", source, shard_size=5)
    with open_desk(tmp_path / "loaded.db") as desk:
        states = [o.state for o in loading.load(tmp_path / "out", desk)]
        weighed(desk)
        loaded = held(desk)
    with open_desk(tmp_path / "direct.db") as desk:
        assert sorted(states) == sorted(o.state for o in ingest(desk, [str(source)]))
        weighed(desk)
        direct = held(desk)
    for part, value in direct.items():
        assert loaded[part] == value, part


def test_nothing_is_read_and_a_load_that_stopped_goes_on(tmp_path, source, monkeypatch):
    run(tmp_path / "out", source, shard_size=5)
    monkeypatch.setattr("reportedly.desk.ingest.read_report", None)
    with open_desk(tmp_path / "desk.db") as desk:
        loads = loading.load(tmp_path / "out", desk)
        for _ in range(6):
            next(loads)
        loads.close()
        states = [o.state for o in loading.load(tmp_path / "out", desk)]
        assert states.count("known") >= 5
        assert states.count("filed") == 14 - states.count("known")
        with desk.reading() as connection:
            (bad,) = quarantine(connection)
            assert bad.code == 4
        again = [o.state for o in loading.load(tmp_path / "out", desk)]
        assert set(again) == {"known", "quarantined"}
        assert {o.state for o in ingest(desk, [str(source / "reports.jsonl")])} == {"known"}


def test_a_shard_that_is_gone_is_said(tmp_path, source):
    run(tmp_path / "out", source, shard_size=5)
    next((tmp_path / "out" / "readings").glob("*")).unlink()
    with (
        open_desk(tmp_path / "desk.db") as desk,
        pytest.raises(ArchiveError, match="read the sources once more"),
    ):
        list(loading.load(tmp_path / "out", desk))


def test_there_must_be_an_archive(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk, pytest.raises(ArchiveError, match="there is no archive"):
        list(loading.load(tmp_path / "nothing", desk))
