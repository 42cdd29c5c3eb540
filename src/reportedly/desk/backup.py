"""Backups: one SQLite file that is itself a desk, made while the desk is in use, and checked at once."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DeskError
from . import moving, verifying
from .moving import Moved, Told
from .store import Desk, open_desk
from .verifying import Fault


def backup(desk: Desk, file: Path, told: Told | None = None) -> Moved:
    """Write all that a desk holds at this moment to a new file; whoever uses the desk goes on.

    A file is copied page by page through SQLite's online backup, a database row by
    row. The file takes its name only when it has been compared with the desk.

    Raises:
        DeskError: there is a file of this name, it cannot be written, or it differs from the desk.
    """
    if file.exists():
        raise DeskError(f"'{file}' is there already; give a backup a name of its own")
    if not file.parent.is_dir():
        raise DeskError(f"there is no folder '{file.parent}' to put a backup in")
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        moved = _pages(desk, part) if desk.path is not None else _rows(desk, part, told)
        part.replace(file)
    except OSError as error:
        raise DeskError(f"'{file}' cannot be written: {error.strerror or error}") from error
    finally:
        for left in (part, part.with_name(part.name + "-wal"), part.with_name(part.name + "-shm")):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
    return moved


def restore(file: Path, target: Desk, told: Told | None = None) -> tuple[Moved, list[Fault]]:
    """Copy a backup into an empty desk, of either kind, and verify that desk; the backup stays as it is.

    Returns:
        What was copied, and what was found to be wrong with it (as it was in the backup).

    Raises:
        DeskError: the backup is damaged, or the desk is not empty.
    """
    with _opened(file) as source:
        moved = moving.copy(source, target, told)
    with target.reading() as connection:
        return moved, list(verifying.verify(connection))


def _pages(desk: Desk, part: Path) -> Moved:
    with desk.reading() as connection:
        sums = moving.sums_of(connection)  # what is read here and what is copied are one state
        moved = Moved(sums, moving.ledger_digest(connection))
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        with contextlib.closing(sqlite3.connect(part)) as copied:
            raw.backup(copied)
    _compare(part, moved)
    return moved


def _rows(desk: Desk, part: Path, told: Told | None) -> Moved:
    with open_desk(part) as made:
        moved = moving.copy(desk, made, told)
    _compare(part, moved)
    return moved


def _compare(part: Path, moved: Moved) -> None:
    """Check the file itself, and that it holds what it should."""
    with contextlib.closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as file:
        (said,) = file.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise DeskError(f"'{part}' was not written as it should be ({said}); is the disk sound?")
    with open_desk(part) as made, made.reading() as connection:
        moving.check(connection, moved, str(part))
    with contextlib.closing(sqlite3.connect(part)) as file:  # one file that stands alone
        file.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _opened(file: Path) -> Iterator[Desk]:
    """Open a copy of a backup, so that a newer program leaves the backup itself in the form it has."""
    if not file.is_file():
        raise DeskError(f"there is no backup '{file}'")
    with tempfile.TemporaryDirectory(prefix="reportedly-") as folder:
        copied = Path(folder) / "backup.db"
        try:
            with (
                contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old,
                contextlib.closing(sqlite3.connect(copied)) as new,
            ):
                old.backup(new)
        except sqlite3.Error as error:
            raise DeskError(f"'{file}' is no backup that can be read: {error}") from error
        with open_desk(copied, create=False) as desk:
            yield desk
