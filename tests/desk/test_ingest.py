"""Taking in: nothing twice, nothing lost, bad items aside, changed pages as revisions."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from reportedly.desk import changes, open_desk
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.ingest import counts, ingest, quarantine
from reportedly.desk.tables import items, revisions
from reportedly.errors import IntakeError

from .conftest import LEAK, REPORTS, write


def states(desk, *sources):
    return [o.state for o in ingest(desk, [str(s) for s in sources])]


def test_the_same_bytes_twice_add_nothing(tmp_path):
    source = write(tmp_path / "reports.jsonl", REPORTS)
    with open_desk(tmp_path / "desk.db") as desk:
        assert states(desk, source) == ["filed"] * 3
        assert states(desk, source) == ["known"] * 3
        copied = write(tmp_path / "again.jsonl", REPORTS)
        assert states(desk, copied) == ["known"] * 3
        with desk.reading() as connection:
            assert len(connection.execute(select(revisions)).all()) == 3


def test_a_changed_page_is_a_new_revision_with_its_changes(tmp_path):
    row = {k: v for k, v in REPORTS[0].items() if k != "id"}
    first = write(tmp_path / "one.jsonl", [row])
    later = row | {"title": "Velmora may close Saren port", "text": LEAK.replace("will close", "may close")}
    second = write(tmp_path / "two.jsonl", [later])
    with open_desk(tmp_path / "desk.db") as desk:
        assert states(desk, first) == ["filed"]
        assert states(desk, second) == ["revised"]
        with desk.reading() as connection:
            (report,) = {r.report for r in connection.execute(select(revisions))}
            found = changes.history(connection, report)
    assert [r.number for r in found] == [1, 2]
    assert {c.what for c in found[1].changes} == {"title", "edited"}


def test_what_cannot_be_read_is_set_aside_and_tried_again(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"")
    (folder / "b.txt").write_text(LEAK)
    with open_desk(tmp_path / "desk.db") as desk:
        assert sorted(states(desk, folder)) == ["filed", "quarantined"]
        with desk.reading() as connection:
            (bad,) = quarantine(connection)
            assert bad.locator.endswith("a.txt")
            assert bad.code == 4
        (folder / "a.txt").write_text(LEAK.replace("June", "July"))
        assert sorted(states(desk, folder)) == ["filed", "known"]
        with desk.reading() as connection:
            assert not quarantine(connection)
            assert counts(connection) == {"filed": 2}


def test_a_source_that_is_not_there_is_refused_before_anything_is_taken_in(tmp_path):
    source = write(tmp_path / "reports.jsonl", REPORTS)
    with open_desk(tmp_path / "desk.db") as desk:
        with pytest.raises(IntakeError, match="no such file"):
            states(desk, source, tmp_path / "missing.jsonl")
        with desk.reading() as connection:
            assert not connection.execute(select(items)).all()


@pytest.mark.parametrize(("retention", "length"), [("excerpt", 200), ("hash", 0)])
def test_less_of_the_text_can_be_kept(tmp_path, retention, length):
    source = write(tmp_path / "reports.jsonl", REPORTS)
    with open_desk(tmp_path / "desk.db") as desk:
        list(ingest(desk, [str(source)], retention=retention))
        for _ in weigh_all(desk):
            pass
        with desk.reading() as connection:
            assert all(len(r.text) <= max(length, 500) for r in connection.execute(select(revisions)))
            assert Book(connection).ledger().claims


def test_a_run_killed_anywhere_ends_like_one_left_alone(tmp_path):
    rows = [
        row
        | {
            "id": f"{row['id']}-{k}",
            "url": f"{row['url']}/{k}",
            "text": row["text"].replace("June 1", f"June {k}"),
        }
        for k in range(1, 5)
        for row in REPORTS
    ]
    source = write(tmp_path / "reports.jsonl", rows)
    with open_desk(tmp_path / "whole.db") as desk:
        list(ingest(desk, [str(source)]))
    command = [
        sys.executable,
        "-m",
        "reportedly",
        "ingest",
        str(source),
        "--desk",
        str(tmp_path / "killed.db"),
    ]
    rng = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
        )
        time.sleep(0.8 + rng.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, check=True, capture_output=True)
    assert contents(tmp_path / "killed.db") == contents(tmp_path / "whole.db")


def contents(path):
    """What a desk says, without when it was told."""
    with open_desk(path) as desk:
        for _ in weigh_all(desk):
            pass
        with desk.reading() as connection:
            numbers = [(r.report, r.number, r.sha256) for r in connection.execute(select(revisions))]
            return sorted(numbers), Book(connection).ledger().to_json()
