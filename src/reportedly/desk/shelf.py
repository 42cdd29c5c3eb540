"""Reports and readings on their way into the store and out of it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from ..models import store as models
from ..reading.encoder import MODEL
from ..records import Credit, Reading, Report
from ..weighing.filed import Filed, moment
from . import custody, manifests, redactions
from .canvas import canvas as canvas
from .store import now, stamp
from .tables import readings, revisions

Clock = Literal["published", "seen"]
Retention = Literal["full", "excerpt", "hash"]
RETENTIONS: tuple[Retention, ...] = get_args(Retention)
_EXCERPT = 500  # characters of the text that are kept as an excerpt
_TRACKING = re.compile(r"[?&](?:utm_[^&#]*|fbclid=[^&#]*|gclid=[^&#]*|cmpid=[^&#]*)")
_CHUNK = 500


def reader_version() -> str:
    """Return the name of the reader that makes readings now: the weights and the program's version."""
    from .. import __version__

    return f"{__version__}+{models.version(MODEL)}"


def address(url: str | None) -> str | None:
    """Return an address without its fragment and tracking parameters, for comparing."""
    return _TRACKING.sub("", url.split("#", 1)[0]).rstrip("/?&") if url else None


def latest(connection: Connection, report: Report) -> Row[*tuple[Any, ...]] | None:
    """Return the last revision of a report: by its id, or by its address if its id comes from its text."""
    row = connection.execute(
        select(revisions).where(revisions.c.report == report.id, revisions.c.latest == 1)
    ).first()
    if row is None and report.url and report.id.startswith("r-"):
        row = connection.execute(
            select(revisions).where(revisions.c.url == address(report.url), revisions.c.latest == 1)
        ).first()
    return row


def is_same(row: Row[*tuple[Any, ...]], report: Report) -> bool:
    """Tell whether a report says nothing that its last revision does not."""
    return bool(
        row.sha256 == report.sha256
        and (report.title is None or row.title == report.title)
        and (report.updated is None or row.updated == report.updated)
    )


def put(
    connection: Connection,
    reading: Reading,
    *,
    seen: datetime,
    number: int,
    retention: Retention,
    raw_sha256: str | None,
) -> int:
    """Write a revision and its reading; returns the revision's number in the store."""
    report = reading.report
    stands = moment(report.published) if number == 1 else moment(report.updated)
    if number > 1:
        connection.execute(update(revisions).where(revisions.c.report == report.id).values(latest=0))
    about = {
        "authors": report.authors,
        "credits": msgspec.to_builtins(report.credits),
        "warnings": report.warnings,
    }
    values = {
        "report": report.id,
        "number": number,
        "latest": 1,
        "url": address(report.url),
        "outlet": report.outlet,
        "title": report.title,
        "published": report.published,
        "updated": report.updated,
        "seen": stamp(seen),
        "sort": stamp(stands or seen),
        "language": report.language,
        "sha256": report.sha256,
        "raw_sha256": raw_sha256,
        "retention": retention,
        "text": kept_text(report.text, retention),
        "about": msgspec.json.encode(about).decode(),
    }
    row = connection.execute(insert(revisions), values)
    assert row.inserted_primary_key is not None
    revision = int(row.inserted_primary_key[0])
    made = _insert_reading(connection, revision, reading)
    rows: list[tuple[custody.Kind, dict[str, Any]]]
    rows = [("revision", {**values, "id": revision}), ("reading", made)]
    entries = [(kind, custody.subject(kind, row), custody.row_digest(kind, row)) for kind, row in rows]
    custody.enter_all(connection, entries, made["made"])
    return revision


def put_reading(connection: Connection, revision: int, reading: Reading) -> None:
    """Write the reading of a revision, as made by this version of the reader."""
    made = _insert_reading(connection, revision, reading)
    custody.enter(connection, "reading", made, made["made"])


def _insert_reading(connection: Connection, revision: int, reading: Reading) -> dict[str, Any]:
    without = msgspec.structs.replace(reading, report=msgspec.structs.replace(reading.report, text=""))
    values = {
        "revision": revision,
        "model": reader_version(),
        "made": now(),
        "body": zlib.compress(msgspec.json.encode(without), 6),
        "manifest": manifests.put(connection),
    }
    connection.execute(insert(readings), values)
    return values


def kept_text(text: str, retention: Retention) -> str:
    """Return what is kept of a text."""
    if retention == "full":
        return text
    return text[:_EXCERPT] if retention == "excerpt" else ""


def filed(connection: Connection, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Filed]:
    """Return the revisions ``rows`` with their newest readings, in this order, without what is redacted."""
    rows = list(rows)
    taken_out = redactions.standing(connection)
    if taken_out:
        rows = _as_filed(connection, rows, taken_out)
    bodies: dict[int, bytes] = {}
    for at in range(0, len(rows), _CHUNK):
        numbers = [row.id for row in rows[at : at + _CHUNK]]
        query = select(readings.c.revision, readings.c.body).where(readings.c.revision.in_(numbers))
        for found in connection.execute(query.order_by(readings.c.made)):
            bodies[found.revision] = found.body
    return [_filed(row, bodies[row.id], taken_out) for row in rows]


def _as_filed(
    connection: Connection, rows: Sequence[Any], taken_out: redactions.Redactions
) -> list[Row[*tuple[Any, ...]]]:
    """Return rows with the words that are redacted, as what was read in them stands at its offsets."""
    cut = [row.id for row in rows if row.report in taken_out.reports]
    query = select(revisions).where(revisions.c.id.in_(cut))
    whole = {row.id: row for row in connection.execute(query)}
    return [whole.get(row.id, row) for row in rows]


def texts(connection: Connection, reports: Sequence[str]) -> dict[str, Filed]:
    """Return reports whose text is kept whole, by their ids in this order, without what was read in them.

    They are as they were filed, redacted words too, for comparing: nothing of them is to be given out.
    """
    found = {}
    for row in _last(connection, reports, None, "published"):
        if row.retention != "full":
            continue
        about = msgspec.json.decode(row.about, type=_About)
        seen = moment(row.seen)
        assert seen is not None
        report = Report(
            id=row.report,
            text=row.text,
            sha256=row.sha256,
            url=row.url,
            title=row.title,
            outlet=row.outlet,
            authors=about.authors,
            published=row.published,
            updated=row.updated,
            language=row.language,
            credits=about.credits,
            warnings=about.warnings,
        )
        found[row.report] = Filed(Reading(report=report), seen, row.number)
    return {name: found[name] for name in reports if name in found}


class _About(msgspec.Struct):
    """The rest of a report, as it is kept beside its revision."""

    authors: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    warnings: tuple[str, ...] = ()


def _filed(row: Row[*tuple[Any, ...]], body: bytes, taken_out: redactions.Redactions) -> Filed:
    reading = msgspec.json.decode(zlib.decompress(body), type=Reading)
    text = row.text if row.retention == "full" else canvas(reading, row.text)
    report = msgspec.structs.replace(reading.report, text=text, id=row.report)
    seen = moment(row.seen)
    assert seen is not None
    whole = msgspec.structs.replace(reading, report=report)
    return Filed(taken_out.reading(whole, row.report, row.number), seen, row.number)


def revisions_of(
    connection: Connection, reports: Sequence[str], as_of: str | None = None, *, clock: Clock = "published"
) -> list[Any]:
    """Return the last revision of each report, in order of publication; as it stood at ``as_of``.

    By the clock ``published``, a first revision stands from its publication and a
    later one from its update (or when it was seen, where that is not known). By
    the clock ``seen``, each stands from when the desk took it in. Rows have the columns of ``revisions``,
    without what is redacted.
    """
    rows = _last(connection, reports, as_of, clock)
    taken_out = redactions.standing(connection)
    return [taken_out.row(row) for row in rows] if taken_out else list(rows)


def _last(
    connection: Connection, reports: Sequence[str], as_of: str | None, clock: Clock
) -> list[Row[*tuple[Any, ...]]]:
    found: list[Row[*tuple[Any, ...]]] = []
    for at in range(0, len(reports), _CHUNK):
        query = select(revisions).where(revisions.c.report.in_(reports[at : at + _CHUNK]))
        if as_of is None:
            query = query.where(revisions.c.latest == 1)
        else:
            query = query.where((revisions.c.sort if clock == "published" else revisions.c.seen) <= as_of)
        found += connection.execute(query)
    last: dict[str, Row[*tuple[Any, ...]]] = {}
    for row in sorted(found, key=lambda r: r.number):
        last[row.report] = row
    return sorted(last.values(), key=lambda r: (r.sort, r.report))
