"""The store that holds a desk, a file (SQLite) or a database (PostgreSQL), and how it is opened."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..errors import DeskError
from . import migrate, postgres_store, sqlite_store
from .postgres_store import LOCK_DECISIONS

T = TypeVar("T")

_PATIENCE = 30  # seconds to wait for another writer
_TRIES = 5  # how often what conflicts with another writer is done again
_LONGEST_PAUSE = 5.0  # seconds between two tries to reach a store that is gone
PATIENT = 120.0  # seconds for which what runs in the background waits for a store that is gone


class Store(Protocol):
    """What the modules of the two kinds of store have in common."""

    def begin_reading(self, connection: Connection) -> Connection: ...

    def begin_writing(self, connection: Connection, alone: bool) -> Connection: ...

    def is_conflict(self, error: BaseException) -> bool: ...

    def is_gone(self, error: BaseException) -> bool: ...

    def explained(self, name: str, error: BaseException) -> str: ...

    def about(self, connection: Connection) -> tuple[str, int]: ...


_STORES: dict[str, Store] = {"sqlite": sqlite_store, "postgresql": postgres_store}


class Conflict(DeskError):
    """What was written met what another program wrote at the same moment; it may be done again."""


class Unreachable(DeskError):
    """The store cannot be reached, or was lost before anything was kept; it may be tried again."""


class InDoubt(DeskError):
    """The store was lost while a change was being kept: it may be kept, or not."""


class Desk:
    """An open desk. Use it as a context manager, or call :meth:`close`.

    Everything that reads or writes takes one of the two connections:
    :meth:`reading` (a snapshot) or :meth:`writing` (all of it or nothing).

    Attributes:
        name: the file or address, as it may be shown; it holds no password.
        path: the file; ``None`` where the desk is a database.
    """

    def __init__(self, place: Path | str, engine: Engine) -> None:
        self.name = str(place)
        self.path = place if isinstance(place, Path) else None
        self._engine = engine
        self._store = _STORES[engine.dialect.name]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the desk.

        Raises:
            Unreachable: there is no way to the store just now.
            DeskError: the store cannot be read.
        """
        with self._told(), self._engine.connect() as connection:
            try:
                yield self._store.begin_reading(connection)
            except zlib.error as error:
                raise DeskError(self._damaged(error)) from error

    @contextmanager
    def writing(self, *, alone: bool = True) -> Iterator[Connection]:
        """Give a connection whose changes are kept when the block ends, and dropped when it raises.

        Args:
            alone: wait until no other program files or groups stories, and keep others from it. A file has
                one writer at a time anyhow; on a server, what needs no such care (a decision on a claim)
                can go on beside.

        Raises:
            Conflict: the store could not do this beside what others did; see :func:`retried`.
            Unreachable: there is no way to the store, or it was lost on the way; nothing is kept.
            InDoubt: it was lost at the very end; nobody can tell from here whether the change is kept.
            DeskError: another program is writing for too long, the disk is full, or the store is damaged.
        """
        with self._told(), self._engine.connect() as connection:
            connection = self._store.begin_writing(connection, alone)
            try:
                yield connection
            except BaseException:
                with suppress(DBAPIError):  # it is lost; what was found first is told
                    connection.rollback()
                raise
            try:
                connection.commit()
            except DBAPIError as error:
                if self._store.is_gone(error):
                    said = self._store.explained(self.name, error)
                    raise InDoubt(
                        f"{said}; look whether the change was kept before you do it again"
                    ) from error
                raise

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _damaged(self, error: Exception) -> str:
        return f"'{self.name}' is damaged ({str(error)[:80]}); restore it from a backup"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the store's errors into ones that say what to do."""
        try:
            yield
        except UnicodeEncodeError:
            raise DeskError("what was asked for or written holds half a character: no text") from None
        except UnicodeDecodeError as error:
            raise DeskError(self._damaged(error)) from error
        except (DBAPIError, sqlite3.Error) as error:
            kind: type[DeskError] = DeskError
            if self._store.is_conflict(error):
                kind = Conflict
            elif self._store.is_gone(error):
                kind = Unreachable
            raise kind(self._store.explained(self.name, error)) from error
        except PoolTimeout as error:
            raise DeskError(
                f"too much is asked of '{self.name}' at the same time; try again later"
            ) from error


def open_desk(place: str | Path, *, create: bool = True) -> Desk:
    """Open a desk, or make a new one.

    Args:
        place: the desk's file, or its address (``postgresql://name@host/database``).
        create: make it if it is not there. A database itself is never made, only the tables in it.

    Raises:
        DeskError: it is not there, is no desk, is damaged or locked, cannot be reached, or was made by a
            newer program.
    """
    scheme, mark, _ = str(place).partition("://")
    if not mark:
        path = Path(place)
        sqlite_store.check(path, create)
        desk = Desk(path, sqlite_store.engine(path, _PATIENCE))
    elif scheme.lower() in postgres_store.SCHEMES:
        url = postgres_store.address(str(place))
        desk = Desk(postgres_store.name(url), postgres_store.engine(url, _PATIENCE))
    else:
        raise DeskError(
            f"{scheme[:20]!r} is no kind of desk; a desk is a file, such as desk.db, or a database, such as "
            "postgresql://name@host/database"
        )
    try:
        with desk.reading() as connection:  # whoever only reads need not wait for a writer
            if desk.path is None:
                postgres_store.check(connection, desk.name, create)
            current = migrate.is_current(connection)
        if not current:
            with desk.writing() as connection:
                migrate.upgrade(connection)
    except BaseException:
        desk.close()
        raise
    return desk


def retried(
    action: Callable[[], T],
    *,
    patience: float = 5.0,
    twice: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Do what writes to a desk, and again if it conflicts with another writer (five times at the most), or if
    the store cannot be reached (with pauses that grow to five seconds).

    Args:
        action: what to do; nothing of it is kept if it raises one of the errors below.
        patience: how many seconds to pause in all for a store that cannot be reached.
        twice: whether it does no harm if it is done although it was done and kept already; then it is also
            done again where that is in doubt.
        sleep: waits so many seconds.

    Raises:
        Conflict, Unreachable: so it still is.
        InDoubt: whether it is kept is in doubt, and ``twice`` does not hold.
    """
    tries, slept, pause = 1, 0.0, 0.2
    while True:
        try:
            return action()
        except Conflict:
            if tries >= _TRIES:
                raise
            sleep(0.02 * 2**tries)
            tries += 1
        except (Unreachable, InDoubt) as error:
            if slept >= patience or (isinstance(error, InDoubt) and not twice):
                raise
            sleep(pause)
            slept, pause = slept + pause, min(2 * pause, _LONGEST_PAUSE)


def hold_decisions(connection: Connection) -> None:
    """Keep others from writing decisions until this transaction ends, as each follows on the one before."""
    if connection.dialect.name == "postgresql":
        postgres_store.hold(connection, LOCK_DECISIONS)


def kept_by(connection: Connection) -> tuple[str, int]:
    """Return what keeps the desk, such as "SQLite 3.45.1", and how many bytes the desk takes."""
    return _STORES[connection.dialect.name].about(connection)


def now() -> str:
    """Return the present moment as a desk writes it."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, to the microsecond, so that text sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


__all__ = [
    "PATIENT",
    "Conflict",
    "Desk",
    "InDoubt",
    "Unreachable",
    "hold_decisions",
    "kept_by",
    "now",
    "open_desk",
    "retried",
    "stamp",
]
