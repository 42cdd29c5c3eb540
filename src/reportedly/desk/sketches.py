"""Reports in outline: who, where and which posts a reading names, without its text and claims.

Reading this much takes a fraction of the time of a whole reading, which counts where a story has hundreds.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select

from ..records import Place, Relation
from ..records.things import Schema
from ..weighing.filed import moment
from . import redactions
from .book import Book
from .shelf import revisions_of
from .tables import readings

_CHUNK = 500


class Named(msgspec.Struct, frozen=True):
    """Somebody or something under its names, as :class:`reportedly.records.Entity` without its mentions."""

    id: str
    name: str
    schema: Schema
    aliases: tuple[str, ...] = ()


class Outline(msgspec.Struct, frozen=True):
    """As much of a reading as a sketch has."""

    entities: tuple[Named, ...] = ()
    relations: tuple[Relation, ...] = ()
    places: tuple[Place, ...] = ()


class Sketch(msgspec.Struct, frozen=True):
    """A report: ``at`` is when it was published, or else seen; the rest is as its reading has it."""

    id: str
    outlet: str | None
    title: str | None
    at: datetime
    outline: Outline


def sketches(book: Book, reports: Sequence[str]) -> list[Sketch]:
    """Return reports in outline, at the moment of the book, in order of publication."""
    rows = revisions_of(book.connection, reports, book.as_of, clock=book.clock)
    bodies: dict[int, bytes] = {}
    for at in range(0, len(rows), _CHUNK):
        numbers = [row.id for row in rows[at : at + _CHUNK]]
        query = select(readings.c.revision, readings.c.body).where(readings.c.revision.in_(numbers))
        for found in book.connection.execute(query.order_by(readings.c.made)):
            bodies[found.revision] = found.body
    decoder = msgspec.json.Decoder(Outline)
    cut = sorted(set(reports).intersection(redactions.standing(book.connection).reports))
    whole = {filed.id: filed.reading for filed in book.filed(cut)} if cut else {}
    made = []
    for row in rows:
        when = moment(row.published) or moment(row.seen)
        assert when is not None  # the desk writes when it saw a report
        if row.report in whole:
            body = msgspec.json.encode(whole[row.report])
        else:
            body = zlib.decompress(bodies[row.id])
        outline = decoder.decode(body)
        made.append(Sketch(row.report, row.outlet, row.title, when, outline))
    return made
