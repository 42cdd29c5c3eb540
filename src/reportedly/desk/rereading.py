"""Reading again what a desk has read, to see that the same comes out."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, func, select

from ..records import Reading, Report
from . import manifests
from .tables import manifests as manifest_table
from .tables import readings, revisions

Verdict = Literal["same", "differs", "another program"]
_PARTS = ("attributions", "entities", "events", "figures", "places", "times", "relations", "warnings")


class Reread(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was read again.

    ``verdict``: ``same``; ``differs``, although program, weights and tables are
    the same; or ``another program`` made the kept reading. ``parts`` of the
    reading differ; ``changed`` of the program's manifest did.
    """

    report: str
    number: int
    verdict: Verdict
    parts: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def reread(
    connection: Connection, most: int, *, read: Callable[[Report], Reading] | None = None
) -> Iterator[Reread]:
    """Read some reports again, spread evenly over the desk, and compare; only those kept whole can be read.

    Args:
        connection: of :meth:`Desk.reading`.
        most: how many.
        read: what reads; the program's own reader, if not said.

    Raises:
        ModelError: the weights are missing or damaged.
    """
    from ..reading.reader import read_report

    reader = read or read_report
    mine = manifests.current()
    bodies = {row.digest: row.body for row in connection.execute(select(manifest_table))}
    for row in _chosen(connection, most):
        kept = msgspec.json.decode(zlib.decompress(row.body), type=Reading)
        report = msgspec.structs.replace(kept.report, text=row.text)
        again = reader(report)
        parts = tuple(name for name in _PARTS if getattr(kept, name) != getattr(again, name))
        changed: tuple[str, ...] = ()
        if row.manifest != mine.digest:
            known = bodies.get(row.manifest or "")
            changed = tuple(manifests.differences(known, mine.body)) if known else ("manifest not kept",)
        verdict: Verdict = "same" if not parts else "another program" if changed else "differs"
        yield Reread(report=row.report, number=row.number, verdict=verdict, parts=parts, changed=changed)


def _chosen(connection: Connection, most: int) -> list[Row[Any]]:
    """Return the newest readings of revisions that lie evenly over all that are kept whole."""
    whole = revisions.c.retention == "full"
    numbers = list(connection.execute(select(revisions.c.id).where(whole).order_by(revisions.c.id)).scalars())
    step = max(1, len(numbers) // max(1, most))
    found = []
    for number in numbers[::step][:most]:
        query = (
            select(revisions, readings.c.body, readings.c.manifest)
            .join(readings, readings.c.revision == revisions.c.id)
            .where(revisions.c.id == number)
            .order_by(readings.c.made.desc())
            .limit(1)
        )
        row = connection.execute(query).first()
        if row is not None:
            found.append(row)
    return found


def count(connection: Connection) -> int:
    """Return how many revisions can be read again."""
    query = select(func.count()).select_from(revisions).where(revisions.c.retention == "full")
    return connection.execute(query).scalar_one()
