"""A desk in a PostgreSQL database, or in one schema of it: many readers and several programs at once.

Whoever files or settles holds an advisory lock for the length of the
transaction; decisions are written beside it. PostgreSQL keeps no NUL in a text,
so that character goes in and comes out under another name (:func:`register`).
"""

from __future__ import annotations

import re
import zlib
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from ..errors import DeskError

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
LOCK_FILING = "filing"
LOCK_DECISIONS = "decisions"

_LOCKS = {LOCK_FILING: 1, LOCK_DECISIONS: 2}
_OURS = zlib.crc32(b"reportedly desk") & 0x3FFFFFFF  # the first of the two keys of our advisory locks
_SECRET = re.compile(r"password|passwd|secret|key$", re.IGNORECASE)
_CONFLICTS = ("40001", "40P01")  # serialization_failure, deadlock_detected
_STOPPING = ("57P01", "57P02", "57P03")  # admin_shutdown, crash_shutdown, cannot_connect_now
_NO_WAY = ("connect", "resolve", "closed", "SSL", "starting up", "shutting down", "timeout")
_STANDS_FOR_NUL = "\ufdd0"  # a character that Unicode keeps for such uses: no text has it
_NUL, _ITSELF = _STANDS_FOR_NUL + "0", _STANDS_FOR_NUL + "1"


def address(given: str) -> URL:
    """Return the address of a desk as SQLAlchemy has it.

    Raises:
        DeskError: it cannot be understood; the message holds nothing of it, as there may be a password in it.
    """
    authority = given.partition("://")[2].split("/", 1)[0].split("?", 1)[0]
    if authority.count("@") > 1:
        raise DeskError("in the address of a desk an @ in the name or password is written %40")
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise DeskError(
            "the address of a desk cannot be understood; write it as postgresql://NAME@HOST:PORT/DATABASE"
        ) from None
    return url.set(drivername="postgresql+psycopg")


def name(url: URL) -> str:
    """Return an address as it may be shown: without any password."""
    query = {key: value for key, value in url.query.items() if not _SECRET.search(key)}
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return shown.render_as_string()


def engine(url: URL, patience: float) -> Engine:
    """Return the way to the server; ``patience`` is how many seconds to wait for it and for other writers.

    Raises:
        DeskError: psycopg is not installed.
    """
    try:
        import psycopg
    except ImportError:
        raise DeskError(
            "a desk on PostgreSQL needs psycopg, which is not installed: pip install 'reportedly[postgres]'"
        ) from None
    made = create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        use_native_hstore=False,
        connect_args={
            "connect_timeout": max(1, int(min(patience, 10))),
            "application_name": "reportedly",
            "client_encoding": "utf8",
        },
    )

    def prepare(connection: psycopg.Connection[Any], _record: object) -> None:
        register(connection)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", (f"{int(patience * 1000)}ms",))
            connection.commit()
        except psycopg.Error as error:  # the server was stopped just now
            raise OperationalError(None, None, error) from error
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise DeskError(
                f"this database keeps its text as {encoding}; make one with: createdb --encoding=UTF8"
            )

    event.listen(made, "connect", prepare)
    return made


def check(connection: Connection, shown: str, create: bool) -> None:
    """Raise :class:`DeskError` where no desk is and none is to be made, or where something else stands."""
    query = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    there = set(connection.execute(query).scalars())
    if "alembic_version" in there and "revisions" in there:
        return
    if connection.execute(select(func.current_schema())).scalar() is None:
        raise DeskError(f"'{shown}' has no schema that this user may use: CREATE SCHEMA, or set search_path")
    if there:
        raise DeskError(f"'{shown}' holds other tables; give a desk a database or schema of its own")
    if not create:
        raise DeskError(f"there is no desk at '{shown}'; make one with: reportedly ingest … --desk {shown}")


def begin_reading(connection: Connection) -> Connection:
    """Begin a transaction that sees one state, and cannot write."""
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def begin_writing(connection: Connection, alone: bool) -> Connection:
    """Begin a transaction; if ``alone``, when nobody else is filing or settling."""
    connection = connection.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False)
    if alone:
        hold(connection, LOCK_FILING)
    return connection


def hold(connection: Connection, lock: str) -> None:
    """Wait for a lock of this desk, and hold it until the transaction ends."""
    desk = func.hashtext(func.current_schema())
    key = func.pg_advisory_xact_lock(_OURS + _LOCKS[lock], desk)
    connection.execute(select(key))


def sort_as_bytes(connection: Connection) -> None:
    """Give every column of text the order of its bytes, so that times and ids sort as on any other store."""
    query = text(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' "
        "AND c.data_type = 'text' AND c.collation_name IS DISTINCT FROM 'C'"
    )
    quoted = connection.dialect.identifier_preparer.quote
    for table, column in connection.execute(query).all():
        connection.exec_driver_sql(
            f'ALTER TABLE {quoted(table)} ALTER COLUMN {quoted(column)} TYPE text COLLATE "C"'
        )


def is_conflict(error: BaseException) -> bool:
    """Tell whether a transaction failed only because of another one, and may be tried again."""
    return _state(error) in _CONFLICTS


def is_gone(error: BaseException) -> bool:
    """Tell whether the server cannot be reached, starts, stops, or ended this connection.

    Classes 08 and 57P of PostgreSQL's error codes; an error on the way there has no code.
    """
    state = _state(error)
    if state is not None:
        return state.startswith("08") or state in _STOPPING
    if getattr(error, "connection_invalidated", False):
        return True
    reason = _reason(error)
    return not _is_refused(state, reason) and any(word in reason for word in _NO_WAY)


def explained(name: str, error: BaseException) -> str:
    """Say in one line what happened to the desk ``name``, and what to do."""
    state = _state(error)
    reason = _reason(error)
    if state == "55P03":
        return f"'{name}' is being written by another program; try again when it is done"
    if state in _CONFLICTS:
        return f"'{name}' was written by others at the same moment; run the same command again"
    if state == "53100":
        return f"the server's disk is full; nothing that '{name}' holds is lost. Make room and try again"
    if state in ("42501", "25006"):
        return f"'{name}' may not be written by this user"
    if _is_refused(state, reason) and not _is_no_database(state, reason):
        return f"'{name}': the server refuses this user or password (PGPASSWORD and ~/.pgpass are read too)"
    if _is_no_database(state, reason):
        return f"'{name}': there is no such database; make it with: createdb --encoding=UTF8 NAME"
    if is_gone(error):
        return f"'{name}' cannot be reached: is the server running, and is this its address? ({reason[:200]})"
    return f"'{name}': {reason[:300]}"


def about(connection: Connection) -> tuple[str, int]:
    """Return what keeps the desk, with its version, and how many bytes the desk takes."""
    version = connection.execute(text("SHOW server_version")).scalar_one()
    size = connection.execute(
        text(
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
            "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        )
    ).scalar_one()
    return f"PostgreSQL {version.split()[0]}", int(size)


def next_numbers(connection: Connection, table: str, column: str) -> None:
    """Have the numbers of new rows begin after the last that is there."""
    quoted = connection.dialect.identifier_preparer.quote
    found = connection.execute(select(func.pg_get_serial_sequence(quoted(table), column))).scalar()
    if found is not None:
        connection.execute(
            text(
                f"SELECT setval(CAST(:sequence AS regclass), coalesce(max({quoted(column)}), 0) + 1, false) "
                f"FROM {quoted(table)}"
            ),
            {"sequence": found},
        )


def register(connection: Any) -> None:
    """Have a psycopg connection write NUL in a text as two other characters, and read it back as it was."""
    from psycopg.adapt import Loader
    from psycopg.types.string import StrBinaryDumper, StrDumper, StrDumperUnknown

    class Binary(StrBinaryDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(written(obj))

    class Plain(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(written(obj))

    class Untyped(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(written(obj))

    class Read(Loader):
        def load(self, data: Any) -> str:
            return read(bytes(data).decode())

    for dumper in (Binary, Plain, Untyped):  # the last is the one taken where nothing else is said
        connection.adapters.register_dumper(str, dumper)
    for type_name in ("text", "varchar"):
        connection.adapters.register_loader(type_name, Read)


def written(value: str) -> str:
    """Return a text as PostgreSQL can keep it."""
    if "\x00" not in value and _STANDS_FOR_NUL not in value:
        return value
    return value.replace(_STANDS_FOR_NUL, _ITSELF).replace("\x00", _NUL)


def read(value: str) -> str:
    """Return a text as it was before :func:`written`."""
    if _STANDS_FOR_NUL not in value:
        return value
    return value.replace(_NUL, "\x00").replace(_ITSELF, _STANDS_FOR_NUL)


def _reason(error: BaseException) -> str:
    """Return the server's message in one line, without the values of rows that its details may hold."""
    original = getattr(error, "orig", None) or error
    told = getattr(getattr(original, "diag", None), "message_primary", None)
    return " ".join(str(told or original).split())


def _is_refused(state: str | None, reason: str) -> bool:
    """Tell whether the server is there and wants nothing of this user, or has no such database."""
    if state in ("28P01", "28000") or _is_no_database(state, reason):
        return True
    return "password" in reason or ("role" in reason and "not exist" in reason)


def _is_no_database(state: str | None, reason: str) -> bool:
    return state == "3D000" or ("database" in reason and "does not exist" in reason)


def _state(error: BaseException) -> str | None:
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None)
    return state if isinstance(state, str) else None
