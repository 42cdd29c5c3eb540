"""The store: one SQLite file (WAL) that holds a desk, and how it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from ..errors import DeskError
from . import migrate

_PATIENCE = 30  # seconds to wait for another writer
_HEAD = b"SQLite format 3\x00"


class Desk:
    """An open desk. Use it as a context manager, or call :meth:`close`.

    Everything that reads or writes takes one of the two connections:
    :meth:`reading` (a snapshot) or :meth:`writing` (all of it or nothing).
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the desk.

        Raises:
            DeskError: the store cannot be read.
        """
        with self._told(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept when the block ends, and dropped when it raises.

        Raises:
            DeskError: another program is writing, the disk is full, or the file is damaged.
        """
        with self._told(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the store's errors into ones that say what to do."""
        try:
            yield
        except (OperationalError, DatabaseError, sqlite3.Error) as error:
            raise DeskError(_explained(self.path, error)) from error


def open_desk(path: str | Path, *, create: bool = True) -> Desk:
    """Open a desk, or make a new one.

    Args:
        path: the desk's file.
        create: make it if it is not there.

    Raises:
        DeskError: it is not there, is no desk, is damaged or locked, or was made by a newer program.
    """
    if "://" in str(path):
        raise DeskError(f"{str(path)!r} is an address; a desk is a file, such as desk.db")
    path = Path(path)
    _check(path, create)
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": _PATIENCE, "isolation_level": None}
    )
    event.listen(engine, "connect", _prepare)
    desk = Desk(path, engine)
    try:
        with desk.reading() as connection:  # whoever only reads need not wait for a writer
            current = migrate.is_current(connection)
        if not current:
            with desk.writing() as connection:
                migrate.upgrade(connection)
    except BaseException:
        desk.close()
        raise
    return desk


def _check(path: Path, create: bool) -> None:
    try:
        if path.is_dir():
            raise DeskError(f"'{path}' is a folder; a desk is a file, such as desk.db")
        if not path.exists():
            if not create:
                raise DeskError(
                    f"there is no desk at '{path}'; make one with: reportedly ingest … --desk {path}"
                )
            if not path.parent.is_dir():
                raise DeskError(f"there is no folder '{path.parent}' to make a desk in")
            return
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
    except OSError as error:
        raise DeskError(f"'{path}' cannot be opened: {error.strerror or error}") from error
    if head and head != _HEAD:
        raise DeskError(f"'{path}' is not a desk; give another name")


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _explained(path: Path, error: Exception) -> str:
    reason = str(getattr(error, "orig", None) or error)
    if "locked" in reason or "busy" in reason:
        return f"'{path}' is being written by another program; try again when it is done"
    if "full" in reason:
        return (
            f"the disk is full; nothing that '{path}' holds is lost. Make room and run the same command again"
        )
    if "readonly" in reason:
        return f"'{path}' may not be written"
    if "malformed" in reason or "not a database" in reason:
        return f"'{path}' is damaged ({reason}); restore it from a backup"
    return f"'{path}': {reason}"


def now() -> str:
    """Return the present moment as a desk writes it."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, to the microsecond, so that text sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
