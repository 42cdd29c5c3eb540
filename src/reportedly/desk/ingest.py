"""Taking reports in: each is read and filed by itself, so that a run may stop anywhere and be given again.

An item is known by where it stands and by its bytes; what is known already is
passed over, and what cannot be read goes to quarantine with the reason and is
tried again by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ..errors import IntakeError, ModelError, ReportedlyError
from ..intake import batch
from ..intake.batch import Batch
from ..intake.item import Item, printable
from ..reading.reader import read_report
from ..records import Reading
from . import custody, manifests
from .filing import Done, Filer, settle
from .shelf import Retention, reader_version
from .store import PATIENT, Desk, now, retried
from .tables import items, runs

T = TypeVar("T")
State = Literal["filed", "revised", "known", "quarantined"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item.

    ``known``: nothing new in it; ``revised``: a new revision of a report that was
    there. ``report`` is the report's id, ``story`` the story it joined. ``done``
    and ``total`` say how far the run is, in bytes of files; addresses count nothing.
    """

    locator: str
    state: State
    report: str | None = None
    story: str | None = None
    error: ReportedlyError | None = None
    done: int = 0
    total: int | None = None


def ingest(
    desk: Desk,
    sources: Sequence[str],
    *,
    retention: Retention = "full",
    how: Batch | None = None,
) -> Iterator[Outcome]:
    """Take in everything that ``sources`` name; yields what became of each item, as it is done.

    Raises:
        IntakeError: a source is not there (before anything is taken in).
        DeskError: the desk cannot be written. What was filed until then is kept.
        ModelError: the weights are missing or damaged.
    """
    for source in sources:
        _check(source)
    found = batch.sources(sources, how)
    for outcome in take(desk, found, sources, retention=retention):
        yield replace(outcome, done=found.done, total=found.total or None)


def _check(source: str) -> None:
    """Refuse a file that is not there, rather than to put it into quarantine."""
    if source == "-" or "://" in source or any(c in source for c in "*?["):
        return
    if not Path(source).exists():
        raise IntakeError(f"{source!r}: there is no such file or folder")


def _read(item: Item) -> Reading:
    return read_report(item.report())


def take(
    desk: Desk,
    found: Iterable[Item],
    sources: Sequence[str],
    *,
    retention: Retention = "full",
    read: Callable[[Item], Reading] = _read,
) -> Iterator[Outcome]:
    """Take in items; see :func:`ingest`. While the store is gone, for two minutes at the most, it waits.

    ``read`` gives what is read in an item, or raises as :meth:`Item.report` does.
    """
    filer = Filer(desk, retention)
    version = reader_version()

    def begin() -> int:
        with desk.writing() as connection:
            row = connection.execute(
                insert(runs).values(
                    started=now(),
                    sources=msgspec.json.encode([printable(s) for s in sources]).decode(),
                    version=version,
                    manifest=manifests.put(connection),
                )
            )
            assert row.inserted_primary_key is not None
            return int(row.inserted_primary_key[0])

    def end() -> None:
        with desk.writing(alone=False) as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(finished=now()))

    run = _waiting(begin)
    for item in found:
        yield _take_one(desk, filer, run, item, read)
    _waiting(lambda: settle(desk))
    _waiting(end)


def _waiting(action: Callable[[], T]) -> T:
    """Do what may be done twice (what is filed is known then), and wait while the store is gone."""
    return retried(action, patience=PATIENT, twice=True)


def _take_one(desk: Desk, filer: Filer, run: int, item: Item, read: Callable[[Item], Reading]) -> Outcome:
    sha256 = item.sha256

    def known() -> Row[*tuple[Any, ...]] | None:
        with desk.reading() as connection:
            return _known(connection, item.locator, sha256)

    before = _waiting(known)
    if before is not None and before.state != "quarantined":
        return Outcome(item.locator, "known")
    seen = item.seen or datetime.now(UTC)
    try:
        reading = read(item)
    except ModelError:
        raise
    except ReportedlyError as error:
        wrong = error

        def put_aside() -> None:
            with desk.writing() as connection:
                _note(connection, run, item, "quarantined", error=wrong)

        _waiting(put_aside)
        return Outcome(item.locator, "quarantined", error=wrong)

    def file() -> Done:
        with filer.writing() as connection:
            done = filer.file(connection, reading, seen=seen, raw_sha256=sha256)
            _note(connection, run, item, "filed" if done.new else "known", revision=done.revision)
            return done

    done = _waiting(file)
    state: State = "known" if not done.new else "filed" if done.number == 1 else "revised"
    return Outcome(item.locator, state, done.report, done.story)


def _known(connection: Connection, locator: str, sha256: str | None) -> Row[*tuple[Any, ...]] | None:
    return connection.execute(
        select(items.c.state).where(items.c.locator == locator, items.c.sha256 == (sha256 or ""))
    ).first()


def _note(
    connection: Connection,
    run: int,
    item: Item,
    state: str,
    *,
    error: ReportedlyError | None = None,
    revision: int | None = None,
) -> None:
    locator, digest = item.locator, item.sha256 or ""
    before = _known(connection, locator, item.sha256)
    if before is not None and before.state != "quarantined":
        return  # another program settled it meanwhile
    connection.execute(delete(items).where(items.c.locator == locator, items.c.sha256 == digest))
    if state != "quarantined":  # what stood here and could not be had, or was bad, is settled now
        connection.execute(delete(items).where(items.c.locator == locator, items.c.state == "quarantined"))
    values = {
        "locator": locator,
        "sha256": digest,
        "run": run,
        "at": now(),
        "state": state,
        "reason": str(error) if error else None,
        "code": error.exit_code if error else None,
        "revision": revision,
        "capture": msgspec.json.encode(item.capture).decode() if item.capture else None,
    }
    row = connection.execute(insert(items).values(values))
    if state != "quarantined":
        assert row.inserted_primary_key is not None
        custody.enter(connection, "item", {**values, "id": row.inserted_primary_key[0]}, now())


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be taken in: where it stands, when it was tried last, and why not."""

    locator: str
    at: str
    reason: str
    code: int


def quarantine(connection: Connection) -> list[Quarantined]:
    """Return what could not be taken in, the latest last."""
    query = select(items).where(items.c.state == "quarantined").order_by(items.c.id)
    return [
        Quarantined(locator=r.locator, at=r.at, reason=r.reason or "", code=r.code or 1)
        for r in connection.execute(query)
    ]


def counts(connection: Connection) -> dict[str, int]:
    """Return how many items stand in each state."""
    query = select(items.c.state, func.count().label("number")).group_by(items.c.state)
    return {row.state: row.number for row in connection.execute(query)}
