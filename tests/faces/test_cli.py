from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from reportedly.faces.cli import app

runner = CliRunner()
TEXT = "Engineer Lena Moss said the dam was safe. Residents of Ostrava denied it."


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_json_is_a_line_a_report(report):
    result = runner.invoke(app, ["read", str(report), "--format", "json"])
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    reading = json.loads(line)
    assert reading["schema"] == "reportedly/reading/1"
    assert reading["report"]["text"] == TEXT
    assert [a["source"]["text"] for a in reading["attributions"]][:1] == ["Engineer Lena Moss"]


def test_table_names_source_and_content(report):
    result = runner.invoke(app, ["read", str(report)])
    assert result.exit_code == 0
    assert "Engineer Lena Moss" in result.stdout
    assert "the dam was safe" in result.stdout


def test_attributions_leave_the_narrator_out(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"id": "x1", "text": "Rain fell. " + TEXT}) + "\n", encoding="utf-8")
    result = runner.invoke(app, ["read", str(rows), "--format", "attributions"])
    row = json.loads(result.stdout)
    assert row["id"] == "x1"
    assert row["text"] == "Rain fell. " + TEXT
    assert row["attributions"]
    assert all(set(a) == {"source", "cue", "content"} for a in row["attributions"])
    assert all(start >= 11 for a in row["attributions"] for start, _ in a["content"])


def test_csv_has_a_row_a_claim(report):
    result = runner.invoke(app, ["read", str(report), "-f", "csv"])
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows
    assert rows[0]["source"] == "Engineer Lena Moss"


def test_html_page_is_whole_and_escaped(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("<script>alert(1)</script> & more\n\n" + TEXT, encoding="utf-8")
    out = tmp_path / "page.html"
    result = runner.invoke(app, ["read", str(path), "-f", "html", "-o", str(out)])
    assert result.exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "Content-Security-Policy" in page


def test_standard_input():
    result = runner.invoke(app, ["read", "-", "--json", "--outlet", "The Gazette"], input=TEXT)
    assert json.loads(result.stdout)["report"]["outlet"] == "The Gazette"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", 4),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", 5),
        ("huge.txt", b"word " * 4_200_000, 6),
        ("bare.html", b"<html><body><nav>Home</nav></body></html>", 7),
    ],
)
def test_bad_input_has_its_own_status_and_one_line(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    result = runner.invoke(app, ["read", str(path)])
    assert result.exit_code == code
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_one_bad_file_does_not_stop_the_others(tmp_path, report):
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"")
    result = runner.invoke(app, ["read", str(bad), str(report), "--json"])
    assert result.exit_code == 10
    assert len(result.stdout.splitlines()) == 1
    assert "bad.txt" in result.stderr


def test_missing_file_is_said_in_one_line(tmp_path):
    result = runner.invoke(app, ["read", str(tmp_path / "none.txt")])
    assert result.exit_code == 3
    assert "none.txt" in result.stderr


def test_another_language_is_said_and_not_read(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(
        "El ministro dijo ayer que la presa era segura y que los vecinos podían volver a sus casas. "
        "Los vecinos lo niegan y dicen que nadie les ha explicado qué ocurrió durante la noche.",
        encoding="utf-8",
    )
    result = runner.invoke(app, ["read", str(path), "--json"])
    reading = json.loads(result.stdout)
    assert reading["attributions"] == []
    assert "English" in reading["warnings"][0]


def test_confidence_leaves_out_the_less_sure(report):
    every = json.loads(runner.invoke(app, ["read", str(report), "--json"]).stdout)
    few = json.loads(runner.invoke(app, ["read", str(report), "--json", "--min-confidence", "1"]).stdout)
    assert len(few["attributions"]) < len(every["attributions"])


def test_failed_run_leaves_an_older_file_alone(tmp_path):
    out = tmp_path / "claims.csv"
    out.write_text("kept", encoding="utf-8")
    result = runner.invoke(app, ["read", str(tmp_path / "none.txt"), "-f", "csv", "-o", str(out)])
    assert result.exit_code == 3
    assert out.read_text(encoding="utf-8") == "kept"


def test_schema_accepts_what_read_writes(report):
    schema = json.loads(runner.invoke(app, ["schema"]).stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    reading = json.loads(runner.invoke(app, ["read", str(report), "--json"]).stdout)
    assert set(reading) == set(schema["$defs"]["Reading"]["properties"])


def test_demo_lists_and_reads():
    listed = runner.invoke(app, ["demo"])
    assert listed.exit_code == 0
    name = listed.stdout.splitlines()[2].split()[0]
    shown = runner.invoke(app, ["demo", name])
    assert shown.exit_code == 0
    assert "who" in shown.stdout
    assert runner.invoke(app, ["demo", "no-such-report"]).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["-", "-"],
        ["{report}", "-o", "{report}"],
        ["{report}", "{report}", "--title", "X"],
        ["{report}", "--published", "yesterday-ish"],
        ["{report}", "--format", "docx"],
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_done(report, words):
    result = runner.invoke(app, ["read", *(w.format(report=report) for w in words)])
    assert result.exit_code == 2
    assert report.read_text(encoding="utf-8") == TEXT
