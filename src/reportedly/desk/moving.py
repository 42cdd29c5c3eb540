"""Moving a desk from one store to another: all of it or nothing, and compared row by row afterwards."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, Integer, Table, insert, select

from ..errors import DeskError
from ..records import Reading
from . import access_tables, alert_tables, postgres_store, search, tables
from .book import Book
from .store import Desk

_AT_ONCE = 200  # rows that are held in memory
_MODULES = (tables, access_tables, alert_tables)  # each of them enters its tables into the one metadata
Told = Callable[[str, int, int], None]
"""Hears how far it is: the table, rows done, and of how many."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and a digest of them that does not depend on their order.

    The rows' SHA-256 are added modulo 2**256, as in MSet-Add-Hash (Clarke et al. 2003).
    """

    rows: int = 0
    total: int = 0

    def with_row(self, values: Sequence[object]) -> Sum:
        plain = [hashlib.sha256(v).hexdigest() if isinstance(v, bytes | memoryview) else v for v in values]
        found = int.from_bytes(hashlib.sha256(msgspec.json.encode(plain)).digest(), "big")
        return Sum(self.rows + 1, (self.total + found) % (1 << 256))

    @property
    def digest(self) -> str:
        """The digest in hex."""
        return f"{self.total:064x}"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied: the rows and digest of each table, and the SHA-256 of the ledger, both equal."""

    tables: Mapping[str, Sum] = field(default_factory=dict)
    ledger: str = ""

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(one.rows for one in self.tables.values())


def copy(source: Desk, target: Desk, told: Told | None = None) -> Moved:
    """Copy everything that a desk holds, as it stands now, into an empty one, and compare the two.

    What others write to ``source`` meanwhile is not in the copy. If anything
    fails or differs, the target stays empty.

    Raises:
        DeskError: the target is not empty, or does not hold afterwards what the source holds.
    """
    say = told or (lambda _name, _done, _total: None)
    with source.reading() as old, target.writing() as new:
        filled = first_filled(new)
        if filled is not None:
            raise DeskError(
                f"'{target.name}' is not empty (it has {filled}); give a desk that does not exist yet"
            )
        sums = {table.name: _copy_table(old, new, table, say) for table in ordered()}
        _index(new, say, sums["revisions"].rows)
        moved = Moved(sums, ledger_digest(old))
        check(new, moved, target.name)
        return moved


def ordered() -> list[Table]:
    """Return all tables, those first that others point to."""
    return list(tables.metadata.sorted_tables)


def first_filled(connection: Connection) -> str | None:
    """Return the name of a table that has rows, if there is one."""
    for table in ordered():
        if connection.execute(select(table).limit(1)).first() is not None:
            return table.name
    return None


def sums_of(connection: Connection) -> dict[str, Sum]:
    """Return how many rows each table has, and what they come to."""
    found = {}
    for table in ordered():
        total = Sum()
        for rows in _batches(connection, table):
            for row in rows:
                total = total.with_row(row)
        found[table.name] = total
    return found


def check(connection: Connection, expected: Moved, name: str) -> None:
    """Compare what a desk holds with what it should hold.

    Raises:
        DeskError: they differ; the message says in what.
    """
    found = sums_of(connection)
    for table, want in expected.tables.items():
        have = found[table]
        if have.rows != want.rows:
            raise DeskError(f"'{name}': {table} has {have.rows:,} rows and should have {want.rows:,}")
        if have != want:
            raise DeskError(f"'{name}': the rows of {table} are not those that were copied")
    if search.indexed(connection) != expected.tables["revisions"].rows:
        raise DeskError(f"'{name}': not every revision can be searched")
    if ledger_digest(connection) != expected.ledger:
        raise DeskError(f"'{name}': the ledger is not the one that was copied")


def ledger_digest(connection: Connection) -> str:
    """Return the SHA-256 of the ledger of all stories that are weighed; nothing is weighed for it."""
    book = Book(connection)
    kept = [story for story in book.stories() if book.is_kept(story)]
    return hashlib.sha256(book.ledger(kept).to_json().encode()).hexdigest()


def _copy_table(old: Connection, new: Connection, table: Table, say: Told) -> Sum:
    names = [column.name for column in table.columns]
    count = old.exec_driver_sql(f"SELECT count(*) FROM {_quoted(old, table)}").scalar_one()
    total = Sum()
    say(table.name, 0, count)
    for rows in _batches(old, table):
        for row in rows:
            total = total.with_row(row)
        new.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        say(table.name, total.rows, count)
    if new.dialect.name == "postgresql":
        for key in table.primary_key:
            if isinstance(key.type, Integer):
                postgres_store.next_numbers(new, table.name, key.name)
    return total


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[object]]]:
    """Give a table's rows some at a time, in the order of its key."""
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    for rows in connection.execute(query).partitions():
        yield [tuple(row) for row in rows]


def _index(connection: Connection, say: Told, total: int) -> None:
    """Enter every revision into the search, as it was entered when it was filed."""
    revisions, readings = tables.revisions, tables.readings
    last, done = 0, 0
    while True:
        query = (
            select(revisions.c.id, revisions.c.text, readings.c.body)
            .join(readings, readings.c.revision == revisions.c.id)
            .where(revisions.c.id > last, revisions.c.id <= last + _AT_ONCE)
            .order_by(revisions.c.id, readings.c.made.desc())
        )
        first = {row.id: row for row in connection.execute(query)}  # the oldest reading of each
        for row in first.values():
            reading = msgspec.json.decode(zlib.decompress(row.body), type=Reading)
            search.index(connection, row.id, reading, row.text)
        done += len(first)
        say("search", done, total)
        if done >= total or not _any_after(connection, last + _AT_ONCE):
            return
        last += _AT_ONCE


def _any_after(connection: Connection, number: int) -> bool:
    query = select(tables.revisions.c.id).where(tables.revisions.c.id > number).limit(1)
    return connection.execute(query).first() is not None


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
