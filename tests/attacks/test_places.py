"""No name in what is brought in is a place elsewhere, and nothing that goes out is code."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from reportedly import exchange, read
from reportedly.desk import open_desk
from reportedly.desk.book import Book
from reportedly.errors import ExchangeError, ReportedlyError
from reportedly.exchange import brat_in
from reportedly.exchange.outputs import safe_name
from reportedly.exchange.restoring import restore
from reportedly.faces import drawing
from reportedly.faces.rows import CsvWriter
from reportedly.intake import batch, folders

from .conftest import GRAPH, MARKUP

LEADING_OUT = [
    "../x.ann", "..\\x.ann", "/etc/x.ann", "C:\\x.ann", "C:x.ann", "\\\\host\\share\\x.ann", "a/../../x.ann",
    "a/x.ann", "./x.ann", "..", ".", "x.ann/", "~/../x.ann", "a\\..\\x.ann",
]  # fmt: skip


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_name_that_leads_out_of_an_archive_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("r1.txt", "The")
        archive.writestr("r1.ann", "T1\tContent 0 3\tThe\n")
        archive.writestr(name, "T1\tContent 0 3\tThe\n")
    before = sorted(tmp_path.rglob("*"))
    if name == "C:x.ann":  # a plain name everywhere but on Windows: it is never opened as a file
        list(brat_in.read(path))
    else:
        with pytest.raises(ExchangeError):
            list(brat_in.read(path))
    assert sorted(tmp_path.rglob("*")) == before


def test_links_and_devices_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("hidden words")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "r1.ann").write_text("T1\tContent 0 3\thid\n")
    (tmp_path / "in" / "r1.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "r2.txt").symlink_to("/dev/zero")
    (tmp_path / "in" / "r2.ann").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "in" / "r3.txt")
    with pytest.raises(ExchangeError):
        list(brat_in.read(tmp_path / "in"))
    found = {f.path.name: f.refused for f in folders.walk(tmp_path / "in")}
    assert found["r1.txt"] is not None
    assert "link" in found["r1.txt"]
    assert "r3.txt" not in found
    said = [str(i.locator) for i in batch.sources([str(tmp_path / "in")])]
    assert "hidden" not in repr(said)


@given(st.text())
def test_no_report_makes_a_file_outside_of_its_folder(name: str) -> None:
    made = safe_name(name)
    assert made not in ("", ".", "..")
    assert not set(made) & set('/\\:\x00*?"<>|')
    assert not made.startswith((".", "-", "~"))


@pytest.mark.parametrize(
    "lines",
    [
        ['{"kind":"manifest","digest":"../../x","body":"{}"}'],
        ['{"kind":"report","report":"../../../etc/passwd"}'],
        ['{"kind":"desk","schema":"reportedly/desk/99"}'],
        ['{"kind":"end","lines":-1}'],
    ],
)
def test_names_in_an_archive_of_a_desk_are_no_places(lines: list[str], tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    data = "\n".join(['{"kind":"desk","schema":"reportedly/desk/1"}', *lines, ""])
    with open_desk(tmp_path / "desk.db") as desk:
        try:
            done = restore(desk, io.BytesIO(data.encode()))
        except ExchangeError:
            pass
        else:
            assert done.refused
    assert {p.name for p in tmp_path.rglob("*")} - {p.name for p in before} <= {
        "desk.db", "desk.db-wal", "desk.db-shm"
    }  # fmt: skip


def test_a_packed_archive_that_breaks_off_is_an_error_of_ours(tmp_path: Path) -> None:
    from reportedly.faces import exchange_commands

    data = gzip.compress(b'{"kind":"desk","schema":"reportedly/desk/1"}\n' * 5_000 + os.urandom(50_000))
    for number, broken in enumerate(
        (data[:-20], data[:40] + b"\xff" * 40 + data[80:], b"no gzip", b"\x1f\x8b")
    ):
        path = tmp_path / f"{number}.jsonl.gz"
        path.write_bytes(broken)
        with pytest.raises(ReportedlyError):
            exchange_commands._restore(str(tmp_path / "desk.db"), path, True)
        with pytest.raises(ReportedlyError):
            exchange_commands._enter(
                str(tmp_path / "desk.db"), path, exchange_commands.ImportFormat.annotations, "ann"
            )


# out ------------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "\uff1d1", "\n=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_reading_is_a_formula(formula: str) -> None:
    """As OWASP, CSV Injection, lists them: what a spreadsheet would take for one gets a letter before it."""
    reading = read(
        f"{formula} Ferry closes, the mayor said.", title=formula, outlet=formula, published="2026-05-04"
    )
    out = io.StringIO()
    CsvWriter(out).write(reading)
    for row in csv.reader(io.StringIO(out.getvalue(), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n", "\uff1d"))
            assert not re.match(r"-(?![\d.]+$)", cell)


def test_no_form_of_export_holds_a_report_s_markup(markup_desk: Path, tmp_path: Path) -> None:
    with open_desk(markup_desk) as desk, desk.reading() as connection:
        book = Book(connection)
        for name in ("html", "csv", "dot", "prov"):
            out = tmp_path / (name + ".zip" if name == "csv" else name)
            stories = [book.stories()[0].id] if name in ("html", "dot") else None
            exchange.write(name, book, out, draw=drawing.svg, stories=stories)
            data = out.read_bytes()
            if name == "html":
                check_page(data.decode())
            if name == "csv":
                with zipfile.ZipFile(out) as archive:
                    for member in archive.namelist():
                        if member.endswith(".csv"):
                            check_cells(archive.read(member).decode())
            if name == "dot":
                check_dot(data.decode())
        for claim in book.ledger().claims:
            titles = dict.fromkeys((a.report for a in claim.appearances), MARKUP + GRAPH)
            svg = ElementTree.fromstring(drawing.svg(claim, titles))
            names = {e.tag.rpartition("}")[2] for e in svg.iter()}
            assert names <= {"svg", "title", "style", "text", "path", "g", "rect", "tspan", "desc"}
            assert not any(a.lower().startswith("on") or "href" in a for e in svg.iter() for a in e.attrib)
            check_dot(drawing.dot(claim, titles))


def check_page(page: str) -> None:
    """Nothing runs and nothing is loaded but what is the program's own."""
    for element in html.document_fromstring(page.encode()).iter("*"):
        assert element.tag != "script" or "alert" not in (element.text or "")
        assert element.tag != "img" or element.get("src") != "x"
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert not value.strip().lower().startswith("javascript:")


def check_cells(text: str) -> None:
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)


def check_dot(text: str) -> None:
    """Outside of quoted strings nothing of a report stands in a graph, so it can name no address to call."""
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "S", text, flags=re.DOTALL)
    assert "evil" not in outside
    assert "URL" not in outside
    assert "<" not in outside
    assert '"' not in outside


def test_no_page_of_the_desk_holds_a_report_s_markup(markup_desk: Path) -> None:
    from fastapi.testclient import TestClient

    from reportedly.faces.web.app import create_app

    with TestClient(create_app(str(markup_desk)), base_url="http://localhost") as client:
        story = client.get("/api/v1/stories").json()
        name = re.search(r'"id": "(s[0-9a-f]+)"', json.dumps(story))[1]  # type: ignore[index]
        for path in ("/", f"/stories/{name}", "/search?q=port", "/review", f"/stories/{name}?view=origins"):
            answer = client.get(path)
            page = answer.text
            check_page(page)
