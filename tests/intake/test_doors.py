from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from reportedly.errors import IntakeError, TooLarge
from reportedly.intake import Overrides, from_text, take_in
from reportedly.records import Report

TEXT = "Ferries stay in port\n\nThe harbour master said on Monday that no ferry would sail.\n"
HTML = (
    "<!-- x --><html><body><article><p>" + "The harbour master said on Monday that no ferry would sail. " * 4
)


def one(source: str | Path | bytes, **options: object) -> Report:
    (outcome,) = take_in(source, **options)  # type: ignore[arg-type]  # options of several types
    assert isinstance(outcome, Report)
    return outcome


def test_a_headline_is_the_title_and_stays_in_the_text() -> None:
    report = one(TEXT.encode())
    assert (report.title, report.text) == ("Ferries stay in port", TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry sank.\n\nNobody was hurt.",
        "Only one line",
        "the ferry sank\nand nobody was hurt",
        "By Jane Roe\n\nA ferry sank.",
    ],
)
def test_no_headline(text: str) -> None:
    assert from_text(text).title is None


def test_byline_of_plain_text() -> None:
    report = from_text("Ferries stay in port\nBy Jane Roe | 5 May 2024\n\nThe harbour master said no.")
    assert (report.authors, report.published) == (("Jane Roe",), "2024-05-05")


def test_same_input_same_id() -> None:
    first, second = one(TEXT.encode()), one(TEXT.encode())
    assert first == second
    assert first.id.startswith("r-")
    assert len(first.id) == 18
    assert one(TEXT.encode(), overrides=Overrides(url="https://selwyn.example/1")).id != first.id


def test_overrides_win() -> None:
    over = Overrides(
        outlet="Gazette", published="May 5, 2024", title="T", url="https://selwyn.example/1", id="x"
    )
    report = one(TEXT.encode(), overrides=over)
    assert (report.outlet, report.published, report.title, report.url, report.id) == (
        "Gazette", "2024-05-05", "T", "https://selwyn.example/1", "x",
    )  # fmt: skip
    with pytest.raises(IntakeError, match="not understood"):
        take_in(TEXT.encode(), overrides=Overrides(published="soon"))


def test_sorts_by_how_it_begins() -> None:
    assert one(HTML.encode()).text.startswith("The harbour master")
    assert one(json.dumps({"id": "a", "text": "A ferry sank."}).encode()).id == "a"
    assert one(HTML.encode(), kind="text").text.startswith("<!--")


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "a.html").write_text(HTML)
    rows = "".join(json.dumps({"text": f"Ferry {n} sank."}) + "\n" for n in range(3))
    (tmp_path / "a.jsonl").write_text(rows)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    (tmp_path / "plain.gz").write_bytes(gzip.compress(rows.encode()))
    assert one(tmp_path / "a.txt").text == TEXT
    assert one(str(tmp_path / "a.html")).text.startswith("The harbour")
    for name in ("a.jsonl", "a.jsonl.gz", "plain.gz"):
        assert len(list(take_in(tmp_path / name))) == 3


def test_broken_archive_and_bomb(tmp_path: Path) -> None:
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(TEXT.encode())[:-12])
    (tmp_path / "not.txt.gz").write_bytes(b"not packed")
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"a " * 1_000_000))
    for name in ("cut.txt.gz", "not.txt.gz"):
        with pytest.raises(IntakeError):
            take_in(tmp_path / name)
    with pytest.raises(TooLarge):
        take_in(tmp_path / "bomb.txt.gz", max_bytes=10_000)


@pytest.mark.parametrize("source", ["/no/such/file.txt", "x" * 5000, "a\0b"])
def test_no_such_file(source: str) -> None:
    with pytest.raises(IntakeError) as caught:
        take_in(source)
    assert "\n" not in str(caught.value)


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="directory"):
        take_in(tmp_path)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(TEXT.encode())))
    monkeypatch.setattr("sys.stdin", stream)
    assert one("-").text == TEXT


def test_a_long_paragraph_is_fine_and_a_long_file_is_not() -> None:
    assert len(one(b"The harbour master said no. " * 2_200).text) > 60_000
    with pytest.raises(TooLarge):
        take_in(b"word " * 4_000_000)


def test_another_language_is_warned_of() -> None:
    report = one(
        "La capitana del puerto dijo el lunes que ningún barco saldría hasta que pasara la tormenta.".encode()
    )
    assert report.language == "es"
    assert "Spanish" in report.warnings[0]
    assert (
        one(
            b"PORT SELWYN FERRIES STAY IN THE HARBOUR AND THE CREWS OF THE SHIPS GO HOME SAID THE MAYOR"
        ).language
        == "en"
    )
    assert one(b"Ferry sinks").language is None
