"""The chain of custody: what was taken in is entered in a book in which every entry seals those before it.

An entry holds the SHA-256 of a row (a revision, a reading, an item, a run's
manifest) and of the entry before it, so that no byte and no row can be changed
or taken away without the book's saying so; a hash chain as in Haber and
Stornetta (1991). Decisions have a chain of their own, for they are written
beside. How long each chain is and how it ends stands in ``state``; note an end
elsewhere, and later it can be shown that the chain still goes through it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from .tables import custody, state

Kind = Literal["revision", "reading", "item"]
Chain = Literal["custody", "decisions"]
BEGINNING = "0" * 64
_ENDS: dict[Chain, str] = {"custody": "end of custody", "decisions": "end of decisions"}
_COLUMNS: Mapping[Kind, Sequence[str]] = {
    "revision": (
        "id", "report", "number", "url", "outlet", "title", "published", "updated", "seen", "sort",
        "language", "sha256", "raw_sha256", "retention", "text", "about",
    ),
    "reading": ("revision", "model", "made", "manifest", "body"),
    "item": ("id", "locator", "sha256", "run", "at", "state", "revision", "capture"),
}  # fmt: skip
_DECISION = ("id", "decided", "who", "kind", "body", "why", "undoes")


@dataclass(frozen=True, slots=True)
class End:
    """How a chain ends: after how many entries, and with what digest."""

    count: int
    digest: str

    def __str__(self) -> str:
        return f"{self.count}:{self.digest}"


def digest(values: Iterable[object]) -> str:
    """Return the SHA-256 of some values as JSON; bytes stand in it as their own SHA-256."""
    plain = [hashlib.sha256(v).hexdigest() if isinstance(v, bytes | memoryview) else v for v in values]
    return hashlib.sha256(msgspec.json.encode(plain)).hexdigest()


def row_digest(kind: Kind, row: Mapping[str, Any]) -> str:
    """Return the digest of a row, of everything in it that never changes."""
    return digest([kind, *(row[name] for name in _COLUMNS[kind])])


def subject(kind: Kind, row: Mapping[str, Any]) -> str:
    """Return the name of a row in the book."""
    return f"{row['revision']} {row['model']}" if kind == "reading" else str(row["id"])


def enter(connection: Connection, kind: Kind, row: Mapping[str, Any], at: str) -> None:
    """Enter a new row; the connection must be the only one that files (``Desk.writing()``)."""
    enter_all(connection, [(kind, subject(kind, row), row_digest(kind, row))], at)


def enter_all(connection: Connection, entries: Sequence[tuple[Kind, str, str]], at: str) -> None:
    """Enter new rows, given as (kind, subject, digest), as :func:`enter` does."""
    before = end(connection, "custody")
    rows: list[dict[str, object]] = []
    count, last = before.count, before.digest
    for kind, name, row in entries:
        count += 1
        last = link(last, (count, at, kind, name, row))
        rows.append({"number": count, "at": at, "kind": kind, "subject": name, "digest": row, "chain": last})
    if rows:
        connection.execute(insert(custody), rows)
        put_end(connection, "custody", End(count, last))


def link(before: str, values: Sequence[object]) -> str:
    """Return the digest of an entry that follows on another."""
    return digest([before, *values])


def decision_digest(before: str, row: Mapping[str, Any] | Row[Any]) -> str:
    """Return the digest of a decision that follows on another."""
    values = row._mapping if isinstance(row, Row) else row
    return link(before, [values[name] for name in _DECISION])


def end(connection: Connection, chain: Chain) -> End:
    """Return how a chain ends, as the desk has noted it."""
    value = connection.execute(select(state.c.value).where(state.c.key == _ENDS[chain])).scalar()
    if value is None:
        return End(0, BEGINNING)
    count, _, last = value.partition(":")
    return End(int(count) if count.isdecimal() else 0, last)


def put_end(connection: Connection, chain: Chain, new: End) -> None:
    """Note how a chain ends now."""
    done = connection.execute(update(state).where(state.c.key == _ENDS[chain]).values(value=str(new)))
    if done.rowcount == 0:
        connection.execute(insert(state).values(key=_ENDS[chain], value=str(new)))
