"""The commands: what they print, and how they end."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from reportedly.faces.cli import app, main

from .conftest import rows, run, write


def called(*words: str):
    return CliRunner().invoke(app, ["archive", *words])


def test_read_copies_load_and_status(tmp_path, source):
    out = str(tmp_path / "out")
    found = called("read", str(source), "--out", out, "--workers", "1", "--json")
    assert found.exit_code == 10
    told = json.loads(found.stdout)
    assert (told["reports"], told["quarantined"], told["kept"]) == (14, 1, 0)
    found = called("copies", out, "--workers", "1", "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["reports"] == 14
    found = called("load", out, "--desk", str(tmp_path / "desk.db"))
    assert found.exit_code == 10
    assert "14 filed, 1 quarantined" in found.stdout
    found = called("status", out, "--json")
    assert json.loads(found.stdout)["unfinished_inputs"] == 0


def test_duckdb_reads_the_tables(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    run(tmp_path / "out", write(tmp_path / "reports.jsonl", rows(3)), shard_size=2)
    query = f"select count(*), min(month) from '{tmp_path}/out/reports/*.parquet'"
    assert duckdb.sql(query).fetchall() == [(3, "2026-05")]
    joined = f"""select c.source, r.title from '{tmp_path}/out/claims/*.parquet' c
        join '{tmp_path}/out/reports/*.parquet' r using (report) where c.source_kind = 'person'"""
    assert len(duckdb.sql(joined).fetchall()) == 3


def test_help_shows_examples_and_exit_codes():
    for command in ("read", "copies", "load"):
        text = called(command, "--help").stdout
        assert "Examples" in text
        assert "14" in text


def test_an_error_is_one_line_with_its_exit_status(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["reportedly", "archive", "copies", str(tmp_path / "none")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 14
    assert capsys.readouterr().err.count("\n") == 1
