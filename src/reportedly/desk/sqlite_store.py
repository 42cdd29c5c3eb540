"""A desk in one file: SQLite with a write-ahead log, one writer at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from ..errors import DeskError

_HEAD = b"SQLite format 3\x00"


def engine(path: Path, patience: float) -> Engine:
    """Return the way to the file; ``patience`` is how many seconds to wait for another writer."""
    made = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": patience, "isolation_level": None}
    )
    event.listen(made, "connect", _prepare)
    return made


def check(path: Path, create: bool) -> None:
    """Raise :class:`DeskError` where no desk is and none can be made."""
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


def begin_reading(connection: Connection) -> Connection:
    """Begin a transaction that sees one state."""
    connection.exec_driver_sql("BEGIN")
    return connection


def begin_writing(connection: Connection, alone: bool) -> Connection:
    """Begin a transaction that nobody else writes beside; SQLite has no other kind."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    return connection


def is_conflict(error: BaseException) -> bool:
    """Tell whether a transaction failed only because of another one: never, they come one after another."""
    return False


def is_gone(error: BaseException) -> bool:
    """Tell whether the store was lost for the time being: a file is there, or it is not."""
    return False


def explained(name: str, error: BaseException) -> str:
    """Say in one line what happened to the desk ``name``, and what to do."""
    reason = str(getattr(error, "orig", None) or error)
    reason = " ".join(reason.split(" with text ")[0].split())[:200]  # never what stands in the desk
    if "locked" in reason or "busy" in reason:
        return f"'{name}' is being written by another program; try again when it is done"
    if "full" in reason:
        return (
            f"the disk is full; nothing that '{name}' holds is lost. Make room and run the same command again"
        )
    if "readonly" in reason:
        return f"'{name}' may not be written"
    if any(sign in reason for sign in ("malformed", "not a database", "not decode")):
        return f"'{name}' is damaged ({reason}); restore it from a backup"
    return f"'{name}': {reason}"


def about(connection: Connection) -> tuple[str, int]:
    """Return what keeps the desk, with its version, and how many bytes the desk takes."""
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    size = int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return f"SQLite {sqlite3.sqlite_version}", pages * size


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
