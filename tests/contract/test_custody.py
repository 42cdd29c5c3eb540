"""The chain of custody: a changed byte or a missing row is found, and said, on both stores."""

from __future__ import annotations

import json
import zlib

import msgspec
import pytest
from sqlalchemy import select, text

from reportedly.desk import (
    custody,
    decisions,
    manifests,
    open_desk,
    rereading,
    verifying,
)
from reportedly.desk.ingest import ingest
from reportedly.desk.tables import custody as entries
from reportedly.desk.tables import items, readings, revisions, runs
from reportedly.desk.tables import manifests as manifest_table
from reportedly.records import Reading

from .conftest import older


@pytest.fixture
def decided(desk):
    """The demo's desk with three decisions."""
    with desk.writing() as connection:
        for name in ("a", "b", "c"):
            decisions.record(connection, "hide", {"report": name}, who="ann", why="a test")
    return desk


def tamper(desk, *statements, **values):
    """Change a desk as somebody would who goes past the program and its constraints."""
    with desk._engine.connect() as connection:
        if desk.path is None:
            connection.exec_driver_sql("SET session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for statement in statements:
            assert connection.execute(text(statement), values).rowcount
        if desk.path is None:
            connection.commit()


def faults(desk, **options):
    with desk.reading() as connection:
        return [(f.what, f.which, f.why) for f in verifying.verify(connection, **options)]


def test_a_desk_that_was_left_alone_is_as_it_was(decided, source):
    list(ingest(decided, [source]))
    assert not faults(decided)


ID = "(SELECT id FROM revisions WHERE report = 'tern-1-exclusive')"


@pytest.mark.parametrize(
    ("statement", "what", "which"),
    [
        (
            f"UPDATE revisions SET text = replace(text, 'raid', 'rain') WHERE id = {ID}",
            "text",
            "tern-1-exclusive",
        ),
        (
            f"UPDATE revisions SET outlet = 'Nobody' WHERE id = {ID}",
            "revision",
            "tern-1-exclusive revision 1",
        ),
        (f"UPDATE revisions SET seen = '2020-01-01T00:00:00.000000Z' WHERE id = {ID}", "revision", "tern-1"),
        (f"UPDATE revisions SET raw_sha256 = NULL WHERE id = {ID}", "revision", "tern-1-exclusive"),
        (f"UPDATE revisions SET latest = 0 WHERE id = {ID}", "revision", "tern-1-exclusive"),
        (f"UPDATE revisions SET number = 2 WHERE id = {ID}", "revision", "tern-1-exclusive"),
        (
            f"UPDATE readings SET made = '2020' WHERE revision = {ID}",
            "reading",
            "tern-1-exclusive revision 1",
        ),
        (f"DELETE FROM readings WHERE revision = {ID}", "reading", "tern-1-exclusive revision 1"),
        (f"DELETE FROM revisions WHERE id = {ID}", "revision", "revision "),
        ("UPDATE items SET sha256 = 'ab' WHERE id = 4", "item", "reports.jsonl#4"),
        ("DELETE FROM items WHERE id = 4", "item", "item 4"),
        ("UPDATE items SET capture = '{}' WHERE id = 4", "item", "reports.jsonl#4"),
        ("UPDATE decisions SET who = 'eve' WHERE id = 2", "decision", "decision 2"),
        ('UPDATE decisions SET body = \'{"report":"z"}\' WHERE id = 1', "decision", "decision 1"),
        ("UPDATE decisions SET decided = '2020' WHERE id = 3", "decision", "decision 3"),
        ("DELETE FROM decisions WHERE id = 2", "decision", "decision 3"),
        ("DELETE FROM decisions WHERE id = 3", "decision", "the last"),
        ("UPDATE custody SET digest = 'ab' WHERE number = 10", "custody", "entry 10"),
        ("DELETE FROM custody WHERE number = 10", "custody", "entry 10"),
        ("DELETE FROM custody WHERE number = (SELECT max(number) FROM custody)", "custody", "entry "),
        ("DELETE FROM state WHERE key = 'end of custody'", "custody", "its end"),
        ("UPDATE custody SET subject = 'x y' WHERE kind = 'reading' AND number = 11", "custody", "entry 11"),
        ("UPDATE manifests SET body = '{}'", "manifest", "manifest "),
        ("DELETE FROM manifests", "manifest", "manifest "),
    ],
)
def test_what_was_changed_or_taken_away_is_named(decided, statement, what, which):
    tamper(decided, statement)
    found = faults(decided)
    assert any(a == what and which in b for a, b, _ in found), found
    assert len(found) <= 5  # and nothing that is as it was


def test_a_changed_byte_of_a_reading_is_found(decided):
    with decided.reading() as connection:
        body = connection.execute(select(readings.c.body).where(readings.c.revision == 5)).scalar_one()
    reading = msgspec.json.decode(zlib.decompress(body), type=Reading)
    other = msgspec.structs.replace(reading, attributions=reading.attributions[1:])
    tamper(
        decided,
        "UPDATE readings SET body = :body WHERE revision = 5",
        body=zlib.compress(msgspec.json.encode(other), 6),
    )
    ((what, which, _),) = faults(decided)
    assert (what, which.endswith("revision 1")) == ("reading", True)
    tamper(decided, "UPDATE readings SET body = :body WHERE revision = 5", body=body[:50])
    assert "cannot be read" in faults(decided)[0][2]


def test_a_row_that_was_slipped_in_is_found(decided):
    tamper(
        decided,
        "INSERT INTO items (id, locator, sha256, run, at, state) VALUES (999, 'x', 'y', 1, 'z', 'filed')",
    )
    ((what, which, why),) = faults(decided)
    assert (what, which) == ("item", "x")
    assert "never entered" in why


def test_a_chain_made_anew_no_longer_goes_through_an_end_that_was_noted(decided):
    with decided.reading() as connection:
        noted = verifying.ends(connection)
    assert not faults(decided, through=noted["decisions"])
    assert not faults(decided, through=noted["custody"])
    assert not faults(decided, through=str(custody.End(0, custody.BEGINNING)))
    with decided.writing() as connection:
        decisions.record(connection, "hide", {"report": "d"}, who="ann", why="")
    assert not faults(decided, through=noted["decisions"])  # it goes on from there
    tamper(decided, "UPDATE decisions SET who = 'eve' WHERE id = 1")
    with decided.writing() as connection:  # somebody who knows the program seals everything again
        last = custody.BEGINNING
        for row in connection.execute(text("SELECT * FROM decisions ORDER BY id")).all():
            last = custody.decision_digest(last, row)
            connection.execute(
                text("UPDATE decisions SET digest = :digest WHERE id = :id"), {"digest": last, "id": row.id}
            )
        custody.put_end(connection, "decisions", custody.End(4, last))
    assert not faults(decided)
    assert faults(decided, through=noted["decisions"])[0][0] == "custody"


def test_what_a_desk_held_before_it_kept_a_chain_is_entered(place):
    older(place)
    with open_desk(place) as desk:
        with desk.reading() as connection:
            assert len(connection.execute(select(entries)).all()) == 9
            assert verifying.ends(connection)["decisions"].startswith("2:")
        assert not faults(desk)
        tamper(desk, "UPDATE decisions SET who = 'eve' WHERE id = 1")
        tamper(desk, "UPDATE revisions SET text = 'Two confirmed it.' WHERE id = 2")
        assert [f[0] for f in faults(desk)] == ["text", "decision"]


def test_runs_and_readings_say_what_they_were_made_with(desk):
    with desk.reading() as connection:
        (manifest,) = connection.execute(select(manifest_table)).all()
        assert connection.execute(select(runs.c.manifest)).scalars().all() == [manifest.digest]
        assert set(connection.execute(select(readings.c.manifest)).scalars()) == {manifest.digest}
    body = json.loads(manifest.body)
    assert body["tables"]["cues.toml"]
    assert body["models"]["tagger"]
    changed = json.dumps(body | {"tables": body["tables"] | {"cues.toml": "0"}, "version": "0"})
    assert manifests.differences(manifest.body, changed) == ["tables.cues.toml", "version"]


def test_reading_again_gives_the_same(desk, reader, monkeypatch):
    def forgetful(report):
        """A reader that forgets the first attribution."""
        reading = reader(report)
        return msgspec.structs.replace(reading, attributions=reading.attributions[1:])

    with desk.reading() as connection:
        again = list(rereading.reread(connection, 5))
        assert [one.verdict for one in again] == ["same"] * 5
        assert len({one.report for one in again}) == 5
        assert len(list(rereading.reread(connection, 100, read=forgetful))) == 24
        assert all(
            one.verdict == "differs" and one.parts == ("attributions",)
            for one in rereading.reread(connection, 2, read=forgetful)
        )
        mine = manifests.current()
        other = json.dumps(json.loads(mine.body) | {"version": "9"})
        monkeypatch.setattr(manifests, "current", lambda: manifests.Manifest(digest="x", body=other))
        found = list(rereading.reread(connection, 2, read=forgetful))
        assert [(one.verdict, one.changed) for one in found] == [("another program", ("version",))] * 2


def test_raw_bytes_are_known_by_their_digest(desk):
    with desk.reading() as connection:
        rows = connection.execute(
            select(items.c.sha256, revisions.c.raw_sha256).join(revisions, revisions.c.id == items.c.revision)
        ).all()
    assert len(rows) == 24
    assert all(a == b and len(a) == 64 for a, b in rows)
