"""Tables as files: CSV that a spreadsheet may open, and Parquet; both described by a data package.

CSV follows RFC 4180 in UTF-8 with a byte order mark, which spreadsheets want.
A cell that a spreadsheet would take for a formula gets an apostrophe before it
(OWASP, "CSV injection"); :func:`read_csv` takes it away again. Parquet is written by DuckDB, which
reads the rows from a file and so holds few of them at a time.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import msgspec

from ..desk.book import merged
from ..errors import ExchangeError
from ..records import Known
from .choice import Choice
from .outputs import Output
from .tables import TABLES, Cell, Row, Table, entity_row, rows

_FORMULA = "=+-@\t\r\n＝＋－＠"  # with their full-width forms, which some spreadsheets take too
_RISKY = re.compile(f"'*[{re.escape(_FORMULA)}]")
_GUARDED = re.compile(f"'+[{re.escape(_FORMULA)}]")
_CELL = 20_000_000  # characters of a cell that are read, at most
_SQL = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
_PACKAGE = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def write_csv(choice: Choice, output: Output) -> None:
    """Write every table as a CSV file, and ``datapackage.json`` that says what the columns mean."""
    with ExitStack() as stack:
        writers = {}
        for table in TABLES.values():
            stream = stack.enter_context(output.open(f"{table.name}.csv"))
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            stack.callback(text.detach)
            writers[table.name] = csv.writer(text, lineterminator="\r\n")
            writers[table.name].writerow(table.names)
        for name, row in _all(choice):
            writers[name].writerow([guarded(_spelled(cell)) for cell in row])
    _describe(output, "csv", "text/csv")


def read_csv(stream: IO[bytes], table: Table) -> Iterator[Row]:
    """Yield the rows of a CSV file of ours, as they were before they were written.

    Raises:
        ExchangeError: it is not such a file; the error names the line.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    before = csv.field_size_limit(_CELL)
    try:
        reader = csv.reader(text, strict=True)
        if tuple(next(reader, ())) != table.names:
            raise ExchangeError(f"these are not the columns of {table.name!r}: {', '.join(table.names)}")
        for cells in reader:
            if len(cells) != len(table.columns):
                raise ExchangeError(f"line {reader.line_num}: {len(cells)} cells, not {len(table.columns)}")
            yield tuple(
                _cell(unguarded(cell), column.type) for cell, column in zip(cells, table.columns, strict=True)
            )
    except (csv.Error, ValueError) as error:
        raise ExchangeError(f"{table.name}: this is not such a CSV file: {error}") from None
    finally:
        csv.field_size_limit(before)
        text.detach()


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return "'" + text if _RISKY.match(text) and not _is_number(text) else text


def unguarded(cell: str) -> str:
    """Take back what :func:`guarded` did."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-\d+(?:\.\d+)?(?:e[+-]?\d+)?", text))


def _spelled(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15 else str(cell)


def _cell(text: str, type: str) -> Cell:
    if not text:
        return None
    if type == "boolean":
        return text == "true"
    return int(text) if type == "integer" else float(text) if type == "number" else text


def write_parquet(choice: Choice, output: Output) -> None:
    """Write every table as a Parquet file (zstd), and ``datapackage.json``.

    Raises:
        ExchangeError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise ExchangeError("Parquet needs DuckDB: pip install 'reportedly[tables]'") from None
    encoder = msgspec.json.Encoder()
    with tempfile.TemporaryDirectory(prefix="reportedly-") as room:
        folder = Path(room)
        with ExitStack() as stack:
            files = {t: stack.enter_context((folder / f"{t}.jsonl").open("wb")) for t in TABLES}
            for name, row in _all(choice):
                files[name].write(encoder.encode(dict(zip(TABLES[name].names, row, strict=True))) + b"\n")
        fixed: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with duckdb.connect(":memory:", config=fixed) as database:
            for table in TABLES.values():
                _convert(database, table, folder)
                name = f"{table.name}.parquet"
                with (folder / name).open("rb") as done, output.open(name) as out:
                    shutil.copyfileobj(done, out, 1 << 20)
    _describe(output, "parquet", "application/vnd.apache.parquet")


def _convert(database: Any, table: Table, folder: Path) -> None:
    columns = ", ".join(f'"{c.name}": {_quoted(_SQL[c.type])}' for c in table.columns)
    source = _quoted(str(folder / f"{table.name}.jsonl"))
    target = _quoted(str(folder / f"{table.name}.parquet"))
    database.execute(
        f"COPY (SELECT * FROM read_json({source}, format='newline_delimited', columns={{{columns}}}, "
        f"maximum_object_size=1000000000)) TO {target} (FORMAT parquet, COMPRESSION zstd)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _all(choice: Choice) -> Iterator[tuple[str, Row]]:
    known: dict[str, Known] = {}
    for part in choice.parts():
        yield from rows(choice, part)
        for entity in part.ledger.entities:
            known[entity.id] = merged(known.get(entity.id), entity)
    for name in sorted(known):
        yield "entities", entity_row(known[name])


def _describe(output: Output, ending: str, media: str) -> None:
    """Write ``datapackage.json`` (the Frictionless Data Package standard)."""
    package = {
        "profile": "data-package",
        "name": "reportedly",
        "title": "Claims in news reports, with who makes them",
        "resources": [
            {
                "name": table.name,
                "path": f"{table.name}.{ending}",
                "mediatype": media,
                "encoding": "utf-8",
                "description": table.about,
                "schema": {
                    "fields": [
                        {"name": c.name, "type": _PACKAGE[c.type], "description": c.about}
                        for c in table.columns
                    ]
                },
            }
            for table in TABLES.values()
        ],
    }
    with output.open("datapackage.json") as out:
        out.write(msgspec.json.format(msgspec.json.encode(package), indent=2) + b"\n")
