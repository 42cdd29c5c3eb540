"""Desks on both stores: a test that asks for ``place`` runs on each of them."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import zlib
from functools import cached_property
from pathlib import Path

import msgspec
import pytest
from alembic import command
from sqlalchemy import text

from reportedly.desk import Desk, migrate, open_desk, postgres_store, search, sqlite_store
from reportedly.desk import ingest as taking
from reportedly.desk.book import weigh_all
from reportedly.faces import demo
from reportedly.reading.reader import read_report
from reportedly.records import Reading, Report

from .cluster import Cluster

STORES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def rows():
    """The demo's 24 reports."""
    return [demo.row(entry) for entry in demo.index()]


@pytest.fixture(scope="session")
def reader():
    """The real reader, which reads the same report once."""
    known = {}

    def read(report):
        key = (report.id, report.sha256, report.title)
        if key not in known:
            known[key] = read_report(report)
        return known[key]

    return read


@pytest.fixture(autouse=True)
def _read_once(monkeypatch, reader):
    monkeypatch.setattr(taking, "read_report", reader)


@pytest.fixture(scope="session")
def source(rows, tmp_path_factory):
    """The demo's reports as a file."""
    return write(tmp_path_factory.mktemp("source") / "reports.jsonl", rows)


def write(path: Path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def older(place):
    """Make a desk of the form before the chain, with three reports and two decisions in it."""
    if "://" in place:
        engine = postgres_store.engine(postgres_store.address(place), 10)
    else:
        engine = sqlite_store.engine(Path(place), 10)
    config = migrate._config()
    with Desk(place, engine) as desk, desk.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        run = text("INSERT INTO runs (id, started, sources, version) VALUES (1, 'then', '[]', '0')")
        connection.execute(run)
        for number, body in enumerate(("One said so.", "Two denied it.", "Three\x00 knew."), 1):
            sha256 = hashlib.sha256(body.encode()).hexdigest()
            reading = Reading(report=Report(id=f"r{number}", text="", sha256=sha256))
            values = {"n": number, "report": f"r{number}", "text": body, "sha256": sha256}
            for statement in (
                "INSERT INTO revisions "
                "(id, report, number, latest, seen, sort, sha256, retention, text, about) "
                "VALUES (:n, :report, 1, 1, 'then', 'then', :sha256, 'full', :text, '{}')",
                "INSERT INTO readings (revision, model, made, body) VALUES (:n, 'm', 'then', :body)",
                "INSERT INTO items (id, locator, sha256, run, at, state, revision) "
                "VALUES (:n, :report, 'x', 1, 'then', 'filed', :n)",
            ):
                packed = zlib.compress(msgspec.json.encode(reading))
                connection.execute(text(statement), values | {"body": packed})
            search.index(connection, number, reading, body)
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO decisions (id, decided, who, kind, body, why) "
                    "VALUES (:n, 'then', 'ann', 'hide', '{}', '')"
                ),
                {"n": number},
            )
        if "://" in place:
            postgres_store.next_numbers(connection, "decisions", "id")


class Places:
    """Makes new desks, and copies of a desk that holds the demo."""

    def __init__(self, folder, source, reader):
        self._folder, self._source, self._reader = folder, source, reader
        self._filled = {}
        self._number = itertools.count()

    @cached_property
    def cluster(self):
        """A PostgreSQL server, begun when it is first asked for; a skip where there is none."""
        return Cluster()

    def new(self, store):
        if store == "postgresql":
            return self.cluster.database()
        return str(self._folder / f"desk{next(self._number)}.db")

    def filled(self, store):
        """A copy of the demo's desk that may be changed."""
        if store not in self._filled:
            place = self.new(store)
            with pytest.MonkeyPatch.context() as patched, open_desk(place) as desk:
                patched.setattr(taking, "read_report", self._reader)
                assert {o.state for o in taking.ingest(desk, [self._source])} == {"filed"}
                for _ in weigh_all(desk):
                    pass
            self._filled[store] = place
        if store == "postgresql":
            return self.cluster.database(self._filled[store])
        place = self.new(store)
        shutil.copy(self._filled[store], place)
        return place


@pytest.fixture(scope="session")
def places(tmp_path_factory, source, reader):
    made = Places(tmp_path_factory.mktemp("desks"), source, reader)
    yield made
    if "cluster" in made.__dict__:
        made.cluster.stop()


@pytest.fixture
def cluster(places):
    return places.cluster


@pytest.fixture(params=STORES)
def store(request):
    """The name of a store."""
    return request.param


@pytest.fixture
def place(store, places):
    """Where a new desk is to be."""
    return places.new(store)


@pytest.fixture
def desk(store, places):
    """An open desk that holds the demo, weighed."""
    with open_desk(places.filled(store)) as opened:
        yield opened
