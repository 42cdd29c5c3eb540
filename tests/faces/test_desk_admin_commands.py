"""The commands that look after a desk."""

from __future__ import annotations

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from reportedly.errors import DeskError
from reportedly.faces.cli import app

RUN = CliRunner()
ROWS = [
    {"id": "one", "title": "Port to close", "text": "The port of Saren will close, two officials said."},
    {"id": "two", "title": "Port stays open", "text": "The mayor of Saren denied that the port will close."},
]


def call(*words, code=0):
    result = RUN.invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.output


@pytest.fixture
def desk(tmp_path):
    source = tmp_path / "reports.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    call("ingest", source, "--desk", tmp_path / "desk.db")
    call("review", "hide", "two", "--why", "a test", "--desk", tmp_path / "desk.db")
    return tmp_path / "desk.db"


def test_a_desk_is_copied_backed_up_and_restored(desk, tmp_path):
    assert "rows and ledger are equal" in call("desk", "copy", desk, tmp_path / "copy.db")
    assert "backup.db" in call("desk", "backup", tmp_path / "backup.db", "--desk", desk)
    call("desk", "restore", tmp_path / "backup.db", "--desk", tmp_path / "again.db")
    want = call("export", "--desk", desk)
    for name in ("copy.db", "backup.db", "again.db"):
        assert call("export", "--desk", tmp_path / name) == want
    done = json.loads(call("desk", "copy", desk, tmp_path / "third.db", "--json"))
    assert done["tables"]["revisions"]["rows"] == 2
    result = RUN.invoke(app, ["desk", "copy", str(desk), str(tmp_path / "copy.db")])
    assert isinstance(result.exception, DeskError)
    assert "not empty" in str(result.exception)


def test_info_says_what_it_is(desk):
    shown = call("desk", "info", "--desk", desk)
    assert "SQLite" in shown
    found = json.loads(call("desk", "info", "--desk", desk, "--json"))
    assert (found["reports"], found["decisions"]) == (2, 1)
    assert found["ends"]["decisions"].startswith("1:")


def test_verify_says_what_is_wrong_and_ends_with_a_status_of_its_own(desk):
    shown = call("verify", "--desk", desk, "--reread", "2")
    assert "All is as it was" in shown
    assert "2 of 2 the same" in shown
    end = json.loads(call("verify", "--desk", desk, "--json"))["ends"]["decisions"]
    call("verify", "--desk", desk, "--through", end)
    with sqlite3.connect(desk) as raw:
        raw.execute("UPDATE revisions SET text = replace(text, 'two', 'ten')")
        raw.execute("UPDATE decisions SET who = 'eve'")
    raw.close()
    shown = call("verify", "--desk", desk, code=14)
    assert "text: one revision 1" in shown
    assert "decision: decision 1" in shown
    found = json.loads(call("verify", "--desk", desk, "--json", code=14))
    assert {fault["what"] for fault in found["faults"]} >= {"text", "decision"}
    assert "no chain" in call("verify", "--desk", desk, "--through", "1:abc", code=14)


def test_a_reading_that_comes_out_otherwise_is_a_fault(desk, monkeypatch):
    from reportedly.desk import rereading

    other = rereading.Reread(report="one", number=1, verdict="differs", parts=("figures",))
    monkeypatch.setattr(rereading, "reread", lambda connection, most: iter([other]))
    assert "figures" in call("verify", "--desk", desk, "--reread", "1", code=14)
