"""The tables of an archive: their columns, their rows, and how they are written as Parquet.

A shard has one file in each table, also where it is empty, so that a shard is
taken back or written anew as a whole and ``claims/*.parquet`` always has a
schema. What was read stands in ``readings`` without loss; the others repeat
parts of it flat, for queries.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..intake.captures import Capture
from ..records import Passage, Reading
from ..weighing.filed import moment
from .needs import need

Row = dict[str, Any]

_TEXT, _TEXTS, _INT, _NUMBER, _STAMP = "text", "texts", "int", "number", "stamp"


@dataclass(frozen=True, slots=True)
class Read:
    """A report that was read, and where it stood."""

    locator: str
    raw_sha256: str
    seen: str | None
    capture: Capture | None
    reading: Reading


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read, and why; ``code`` is the exit status that goes with the reason."""

    locator: str
    raw_sha256: str
    seen: str | None
    reason: str
    code: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a table that was written; ``path`` is where it stands for now."""

    table: str
    path: str
    size: int
    sha256: str


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _bounds(passage: Passage | None) -> tuple[int | None, int | None]:
    return (passage.start, passage.end) if passage is not None and passage.spans else (None, None)


def _head(one: Read) -> Row:
    report = one.reading.report
    return {"report": report.id, "outlet": report.outlet, "published": report.published}


def _reports(one: Read) -> Iterator[Row]:
    report = one.reading.report
    when = moment(report.published)
    yield {
        **_head(one),
        "title": report.title,
        "url": report.url,
        "authors": list(report.authors),
        "updated": report.updated,
        "published_utc": when,
        "month": when.strftime("%Y-%m") if when else None,
        "language": report.language,
        "words": len(report.text.split()),
        "sha256": report.sha256,
        "text": report.text,
        "credits": _json(report.credits),
        "warnings": list(report.warnings),
        "locator": one.locator,
        "raw_sha256": one.raw_sha256,
        "seen": one.seen,
        "capture": _json(one.capture) if one.capture else None,
    }


def _readings(one: Read) -> Iterator[Row]:
    yield {"report": one.reading.report.id, "locator": one.locator, "reading": one.reading.to_json()}


def _claims(one: Read) -> Iterator[Row]:
    names = {entity.id: entity.name for entity in one.reading.entities}
    for a in one.reading.attributions:
        source, cue, content = _bounds(a.source), _bounds(a.cue), _bounds(a.content)
        yield {
            **_head(one),
            "attribution": a.id,
            "source": a.source.text,
            "source_kind": a.source.kind,
            "source_name": names.get(a.source.entity or ""),
            "source_start": source[0],
            "source_end": source[1],
            "cue": a.cue.text if a.cue else None,
            "cue_start": cue[0],
            "cue_end": cue[1],
            "content": a.content.text,
            "content_start": content[0],
            "content_end": content[1],
            "spans": _json(
                {"source": a.source.spans, "cue": a.cue.spans if a.cue else (), "content": a.content.spans}
            ),
            "via": [m.text for m in a.via],
            "quotation": a.quotation,
            "stance": a.stance,
            "factuality": a.factuality,
            "hedges": [h.text for h in a.hedges],
            "parent": a.parent,
            "disputes": list(a.disputes),
            "about": [names[e] for e in a.about if e in names],
            "confidence": a.confidence,
            "decided_by": a.decided_by,
        }


def _events(one: Read) -> Iterator[Row]:
    for e in one.reading.events:
        yield {
            **_head(one),
            "event": e.id,
            "type": e.type,
            "mode": e.mode,
            "trigger": e.trigger.text,
            "start": e.trigger.start,
            "end": e.trigger.end,
            "status": e.status,
            "actors": [m.text for m in e.actors],
            "recipients": [m.text for m in e.recipients],
            "place": e.place,
            "time": e.time,
            "attribution": e.attribution,
        }


def _figures(one: Read) -> Iterator[Row]:
    holder = {f: a.id for a in one.reading.attributions for f in a.figures}
    for f in one.reading.figures:
        yield {
            **_head(one),
            "figure": f.id,
            "text": f.text,
            "start": f.spans[0][0],
            "end": f.spans[-1][1],
            "value": f.value,
            "low": f.low,
            "high": f.high,
            "bound": f.bound,
            "unit": f.unit,
            "measure": f.measure,
            "event": f.event,
            "attribution": holder.get(f.id),
        }


def _places(one: Read) -> Iterator[Row]:
    for p in one.reading.places:
        yield {
            **_head(one),
            "place": p.id,
            "text": p.text,
            "start": p.spans[0][0],
            "end": p.spans[-1][1],
            "geonames": p.geonames,
            "country": p.country,
            "lat": p.lat,
            "lon": p.lon,
            "precision": p.precision,
        }


def _times(one: Read) -> Iterator[Row]:
    for t in one.reading.times:
        yield {
            **_head(one),
            "time": t.id,
            "text": t.text,
            "start": t.spans[0][0],
            "end": t.spans[-1][1],
            "value": t.value,
            "anchor": t.anchor,
        }


_HEAD = {"report": _TEXT, "outlet": _TEXT, "published": _TEXT}
_SPAN = {"text": _TEXT, "start": _INT, "end": _INT}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "reports": {
        **_HEAD, "title": _TEXT, "url": _TEXT, "authors": _TEXTS, "updated": _TEXT, "published_utc": _STAMP,
        "month": _TEXT, "language": _TEXT, "words": _INT, "sha256": _TEXT, "text": _TEXT, "credits": _TEXT,
        "warnings": _TEXTS, "locator": _TEXT, "raw_sha256": _TEXT, "seen": _TEXT, "capture": _TEXT,
    },
    "readings": {"report": _TEXT, "locator": _TEXT, "reading": _TEXT},
    "claims": {
        **_HEAD, "attribution": _TEXT,
        "source": _TEXT, "source_kind": _TEXT, "source_name": _TEXT, "source_start": _INT, "source_end": _INT,
        "cue": _TEXT, "cue_start": _INT, "cue_end": _INT,
        "content": _TEXT, "content_start": _INT, "content_end": _INT, "spans": _TEXT,
        "via": _TEXTS, "quotation": _TEXT, "stance": _TEXT, "factuality": _TEXT, "hedges": _TEXTS,
        "parent": _TEXT, "disputes": _TEXTS, "about": _TEXTS, "confidence": _NUMBER, "decided_by": _TEXT,
    },
    "events": {
        **_HEAD, "event": _TEXT, "type": _TEXT, "mode": _TEXT, "trigger": _TEXT, "start": _INT, "end": _INT,
        "status": _TEXT, "actors": _TEXTS, "recipients": _TEXTS, "place": _TEXT, "time": _TEXT,
        "attribution": _TEXT,
    },
    "figures": {
        **_HEAD, "figure": _TEXT, **_SPAN, "value": _NUMBER, "low": _NUMBER, "high": _NUMBER, "bound": _TEXT,
        "unit": _TEXT, "measure": _TEXT, "event": _TEXT, "attribution": _TEXT,
    },
    "places": {
        **_HEAD, "place": _TEXT, **_SPAN, "geonames": _INT, "country": _TEXT, "lat": _NUMBER, "lon": _NUMBER,
        "precision": _TEXT,
    },
    "times": {**_HEAD, "time": _TEXT, **_SPAN, "value": _TEXT, "anchor": _TEXT},
    "quarantine": {"locator": _TEXT, "raw_sha256": _TEXT, "seen": _TEXT, "reason": _TEXT, "code": _INT},
    "copies": {
        "copy": _TEXT, "of": _TEXT, "kind": _TEXT, "containment": _NUMBER, "why": _TEXT, "spans": _TEXT,
        "copy_outlet": _TEXT, "of_outlet": _TEXT, "copy_published": _TEXT, "of_published": _TEXT,
    },
}  # fmt: skip
"""The columns of every table and what kind of values they have."""

_ROWS: Mapping[str, Callable[[Read], Iterator[Row]]] = {
    "reports": _reports, "readings": _readings, "claims": _claims, "events": _events, "figures": _figures,
    "places": _places, "times": _times,
}  # fmt: skip

OF_A_SHARD: tuple[str, ...] = (*_ROWS, "quarantine")
"""The tables of which every shard has a file."""


class Sheets:
    """The rows of one shard, gathered report after report."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {table: [] for table in OF_A_SHARD}
        self.words = 0

    def add(self, one: Read) -> None:
        found = {table: list(rows(one)) for table, rows in _ROWS.items()}  # all of it or nothing
        for table, some in found.items():
            self._rows[table] += some
        self.words += int(self._rows["reports"][-1]["words"])

    def put_aside(self, one: Unread) -> None:
        self._rows["quarantine"].append(
            {
                "locator": one.locator,
                "raw_sha256": one.raw_sha256,
                "seen": one.seen,
                "reason": one.reason,
                "code": one.code,
            }
        )

    def count(self, table: str) -> int:
        return len(self._rows[table])

    def write(self, folder: Path, name: str) -> tuple[Written, ...]:
        """Write a file for every table, named for the table, the shard and this process."""
        return tuple(
            write(table, self._rows[table], folder / f"{name}.{os.getpid()}.{table}.part")
            for table in OF_A_SHARD
        )


def write(table: str, rows: Sequence[Row], path: Path) -> Written:
    """Write rows of a table as Parquet (zstd), down to the disk; the same rows always give the same bytes.

    Raises:
        ArchiveError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    arrow, parquet = need("pyarrow", "archive"), need("pyarrow.parquet", "archive")
    schema = _schema(arrow, table)
    columns = [
        arrow.array([_stored(row[name]) for row in rows], schema.field(name).type) for name in schema.names
    ]
    sink = arrow.BufferOutputStream()
    parquet.write_table(
        arrow.Table.from_arrays(columns, schema=schema), sink, compression="zstd", compression_level=3
    )
    data = sink.getvalue()
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return Written(table, path.name, len(data), hashlib.sha256(data).hexdigest())


def _stored(cell: Any) -> Any:
    """Return a cell as Parquet can hold it: a text without halves of surrogate pairs."""
    if isinstance(cell, str):
        return cell if cell.isascii() else cell.encode("utf-8", "replace").decode()
    return [_stored(one) for one in cell] if isinstance(cell, list) else cell


def _schema(arrow: Any, table: str) -> Any:
    types = {
        _TEXT: arrow.string(), _TEXTS: arrow.list_(arrow.string()), _INT: arrow.int64(),
        _NUMBER: arrow.float64(), _STAMP: arrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    return arrow.schema([(name, types[kind]) for name, kind in COLUMNS[table].items()])


def rows(path: Path, columns: Iterable[str] | None = None, *, at_once: int = 64) -> Iterator[Row]:
    """Give the rows of a file, a few at a time.

    Raises:
        ArchiveError: pyarrow is not installed.
        OSError: the file is not there or is no Parquet.
    """
    parquet = need("pyarrow.parquet", "archive")
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=at_once, columns=list(columns) if columns else None):
            yield from batch.to_pylist()
