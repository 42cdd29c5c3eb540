"""Tables: what goes out as CSV and Parquet comes back the same, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import ExchangeError
from reportedly.exchange.choice import Choice
from reportedly.exchange.tables import TABLES, Column, Table, rows
from reportedly.exchange.tabular import guarded, read_csv, unguarded


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def expected(book):
    """The rows of each table, entities apart."""
    found = {name: [] for name in TABLES}
    choice = Choice(book=book)
    for part in choice.parts():
        for name, row in rows(choice, part):
            found[name].append(row)
    return found


def test_csv_comes_back_as_it_was(exported, expected):
    files = members(exported("csv"))
    for name, table in TABLES.items():
        back = list(read_csv(io.BytesIO(files[f"{name}.csv"]), table))
        if name != "entities":
            assert back == expected[name], name
        assert files[f"{name}.csv"].startswith(b"\xef\xbb\xbf")
    assert expected["appearances"]
    assert expected["figures"]
    assert expected["disputes"]
    assert b"\r\n" in files["claims.csv"]


def test_parquet_holds_the_same(exported, expected, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    for name, data in members(exported("parquet")).items():
        (tmp_path / name).write_bytes(data)
    for name, table in TABLES.items():
        if name != "entities":
            found = duckdb.execute("SELECT * FROM read_parquet(?)", [str(tmp_path / f"{name}.parquet")])
            assert tuple(d[0] for d in found.description) == table.names
            assert found.fetchall() == expected[name], name


def test_every_row_with_words_says_who(expected):
    for name in ("appearances", "disputes", "figures"):
        at = TABLES[name].names.index("source")
        assert all(row[at] for row in expected[name]), name
    assert all(row[TABLES["claims"].names.index("holders")] for row in expected["claims"])


def test_contents_are_short_and_texts_are_left_out_unless_asked_for(exported, book):
    short = members(exported("csv", excerpts=20))
    at = TABLES["appearances"].names.index("content")
    assert all(
        len(row[at]) <= 20 for row in read_csv(io.BytesIO(short["appearances.csv"]), TABLES["appearances"])
    )
    at = TABLES["reports"].names.index("text")
    reports = {r[0]: r for r in read_csv(io.BytesIO(short["reports.csv"]), TABLES["reports"])}
    assert not any(row[at] for row in reports.values())
    whole = members(exported("csv", full_text=True))
    reports = {r[0]: r for r in read_csv(io.BytesIO(whole["reports.csv"]), TABLES["reports"])}
    assert reports["echo-1"][at] == book.report("echo-1").report.text
    assert reports["short"][at] is None  # only an excerpt is kept
    assert "../secret" not in reports


def test_columns_are_described(exported):
    package = json.loads(members(exported("csv"))["datapackage.json"])
    assert [r["name"] for r in package["resources"]] == list(TABLES)
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == list(TABLES[resource["name"]].names)
        assert all(f["description"] for f in fields)


HOSTILE = st.one_of(
    st.sampled_from(["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''@x", "-5"]), st.text()
)


@given(HOSTILE)
def test_no_cell_is_a_formula_and_each_comes_back(text):
    cell = guarded(text)
    assert unguarded(cell) == text
    if cell[:1] in "=+@\t\r\n＝＋－＠" and cell:
        raise AssertionError(cell)
    if cell.startswith("-"):
        float(cell)


@given(
    st.lists(
        st.tuples(HOSTILE.filter(lambda t: "\x00" not in t and t), st.integers() | st.none(), st.booleans())
    )
)
def test_any_cells_come_back(cells):
    table = Table("t", "", (Column("a", "text", ""), Column("b", "integer", ""), Column("c", "boolean", "")))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.names)
    for a, b, c in cells:
        writer.writerow([guarded(a), "" if b is None else str(b), "true" if c else "false"])
    data = io.BytesIO(text.getvalue().encode("utf-8-sig", "replace"))
    back = list(read_csv(data, table))
    assert back == [(a.encode("utf-8", "replace").decode(), b, c) for a, b, c in cells]


def test_other_files_are_no_tables_of_ours():
    for data in (b"", b"a,b\n1,2\n", b"\xff\xfe", b"copy\n1\n"):
        with pytest.raises(ExchangeError):
            list(read_csv(io.BytesIO(data), TABLES["copies"]))
