"""`reportedly export` and `reportedly import`, as a person gives them."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest
from typer.testing import CliRunner

from reportedly.exchange import formats
from reportedly.faces.cli import app

RUN = CliRunner()


def call(*words, code=0):
    result = RUN.invoke(app, [str(w) for w in words])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


@pytest.fixture
def path(made, tmp_path):
    shutil.copy(made, tmp_path / "desk.db")
    return tmp_path / "desk.db"


@pytest.mark.parametrize("format", [f.name for f in formats()])
def test_every_format_is_written(path, tmp_path, format):
    found = next(f for f in formats() if f.name == format)
    if found.extra:
        pytest.importorskip("duckdb")
    words = ["--full-text"] if found.whole_text else []
    if "desk" not in found.covers:
        listed = json.loads(call("stories", "--desk", path, "--json").stdout)
        words += ["--story", listed[0]["id"]]
    out = tmp_path / "out"
    call("export", "--desk", path, "--format", format, "--output", out, *words)
    assert out.is_dir() == found.many
    again = RUN.invoke(app, ["export", "--desk", str(path), "--format", format, "--output", str(out), *words])
    assert "--force" in str(again.exception)
    call("export", "--desk", path, "--format", format, "--output", out, "--force", *words)
    if not found.many:
        assert (
            RUN.invoke(app, ["export", "--desk", str(path), "--format", format, *words]).stdout_bytes
            == out.read_bytes()
        )


def test_an_archive_goes_into_a_new_desk(path, tmp_path):
    out = tmp_path / "desk.jsonl"
    call("export", "--desk", path, "--format", "jsonl", "--full-text", "--output", out)
    with gzip.open(tmp_path / "desk.jsonl.gz", "wb") as file:
        file.write(out.read_bytes())
    found = json.loads(
        call("import", tmp_path / "desk.jsonl.gz", "--desk", tmp_path / "new.db", "--json").stdout
    )
    assert found["reports"] == 5
    assert call("export", "--desk", tmp_path / "new.db").stdout == call("export", "--desk", path).stdout
    assert "known already" in call("import", out, "--desk", tmp_path / "new.db").stdout
    rows = out.read_text().splitlines()
    rows[3] = rows[3][:-40]
    out.write_text("\n".join(rows) + "\n")
    refused = call("import", out, "--desk", tmp_path / "other.db", code=10)
    assert "desk.jsonl:4:" in refused.stderr


def test_marks_come_back(path, tmp_path):
    out = tmp_path / "a.jsonld"
    call("export", "--desk", path, "--format", "annotations", "--output", out)
    assert "as they were" in call("import", out, "--desk", path, "--format", "annotations").stdout
    call("export", "--desk", path, "--format", "brat", "--full-text", "--output", tmp_path / "b.zip")
    assert "as they were" in call("import", tmp_path / "b.zip", "--desk", path, "--format", "brat").stdout


def test_what_cannot_be_meant_is_refused(path, tmp_path):
    for words, code in (
        (("export", "--desk", path, "--format", "csv"), 2),
        (("export", "--desk", path, "--as-of", "yesterday"), 2),
        (("export", "--desk", path, "--format", "odt"), 2),
        (("export", "--desk", path, "--format", "jsonl"), None),
        (("export", "--desk", path, "--format", "dot"), None),
        (("export", "--desk", path, "--story", "nothing"), None),
        (("import", tmp_path / "none.jsonl", "--desk", path), None),
        (("import", path, "--desk", path), None),
    ):
        result = RUN.invoke(app, [str(w) for w in words])
        assert result.exit_code == (code or 1), words
        if code is None:
            assert "\n" not in str(result.exception)
