"""Finds the reports of a desk that share text with one that is filed, and writes the overlaps down.

Candidates come from a table of fingerprints, of each the first reports that had
it, so that the work does not grow with the desk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, or_, select

from ..records import Copy
from ..weighing import copies, shingles
from ..weighing.direction import house
from ..weighing.filed import Filed, moment
from ..weighing.printings import Nearest, Printed, boilerplate_bands
from . import shelf
from .tables import bands, overlaps, revisions

_CHUNK = 500
_TELLING = 0.25  # of the fingerprints that two reports share must not be boilerplate


def compare(connection: Connection, filed: Filed, *, first: bool = True) -> list[Copy]:
    """Find the reports that share text with a revision, and write down the overlaps.

    What the desk's reports print again and again (a login page, a notice on
    cookies) counts for nothing. ``first`` tells that the report had no revision
    before this one.
    """
    report = filed.id
    if not first:
        connection.execute(delete(bands).where(bands.c.report == report))
        connection.execute(delete(overlaps).where(or_(overlaps.c.copy == report, overlaps.c.of == report)))
    signed = shingles.signature(filed.report.text)
    having = _having(connection, signed, report)
    if signed.bands:
        connection.execute(insert(bands), [{"band": b, "report": report} for b in signed.bands])
    sizes = _sizes(connection, having)
    common = _boilerplate(connection, filed, signed, having, sizes)
    others = list(shelf.texts(connection, near_reports(signed, having, sizes, common)).values())
    found = copies.overlapping(filed, others, Nearest(common) if common else ())
    if found:
        connection.execute(insert(overlaps), [_row(copy) for copy in found])
    return found


def recheck(connection: Connection, since: int) -> int:
    """Look again at the overlaps of reports filed after the revision ``since``; return how many are gone.

    The first reports that print a notice look like copies of each other, until
    it is known that many print it.
    """
    new = select(revisions.c.report).where(revisions.c.id > since)
    query = select(overlaps.c.copy, overlaps.c.of).where(
        or_(overlaps.c.copy.in_(new), overlaps.c.of.in_(new))
    )
    pairs: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(overlaps.c.copy, overlaps.c.of)):
        pairs.setdefault(row.copy, []).append(row.of)
    gone = 0
    for name, partners in pairs.items():
        texts = shelf.texts(connection, [name, *partners])
        if name not in texts:
            continue
        filed = texts.pop(name)
        signed = shingles.signature(filed.report.text)
        having = _having(connection, signed, name)
        sizes = _sizes(connection, having)
        common = _boilerplate(connection, filed, signed, having, sizes)
        if not common:
            continue
        near = set(near_reports(signed, having, sizes, common))
        found = {
            c.of if c.copy == name else c.copy: c
            for c in copies.overlapping(filed, [t for t in texts.values() if t.id in near], Nearest(common))
        }
        for other in texts:
            connection.execute(delete(overlaps).where(overlaps.c.copy == name, overlaps.c.of == other))
            if other in found:
                connection.execute(insert(overlaps), _row(found[other]))
            gone += other not in found
    return gone


def _row(copy: Copy) -> dict[str, str]:
    return {"copy": copy.copy, "of": copy.of, "body": msgspec.json.encode(copy).decode()}


def near_reports(
    signed: shingles.Signature,
    having: Mapping[int, Sequence[str]],
    sizes: Mapping[str, int],
    common: Collection[int],
) -> list[str]:
    """Return the reports worth an exact comparison: they share enough that is not boilerplate."""
    telling = msgspec.structs.replace(signed, bands=tuple(b for b in signed.bands if b not in common))
    shared = Counter(name for row in having.values() for name in row)
    own = Counter(name for band, row in having.items() if band not in common for name in row)
    ranked = shingles.rank(telling, having, sizes)
    return [name for name in ranked if own[name] >= _TELLING * shared[name]]


def _having(connection: Connection, signed: shingles.Signature, own: str) -> dict[int, list[str]]:
    """Look fingerprints up: of each the first reports that had it, ``own`` left out."""
    found: dict[int, list[str]] = {}
    for at in range(0, len(signed.bands), _CHUNK):
        place = func.row_number().over(partition_by=bands.c.band, order_by=bands.c.id)
        rows = select(bands.c.id, bands.c.band, bands.c.report, place.label("place"))
        rows = rows.where(bands.c.band.in_(signed.bands[at : at + _CHUNK]), bands.c.report != own)
        first = rows.subquery()
        query = select(first.c.band, first.c.report).where(first.c.place <= shingles.KEEP)
        for row in connection.execute(query.order_by(first.c.id)):
            found.setdefault(row.band, []).append(row.report)
    return found


def _sizes(connection: Connection, having: Mapping[int, Sequence[str]]) -> dict[str, int]:
    """Return how many fingerprints the reports have that stand in ``having``."""
    names = sorted({name for row in having.values() for name in row})
    sizes: dict[str, int] = {}
    for at in range(0, len(names), _CHUNK):
        counted = select(bands.c.report, func.count()).where(bands.c.report.in_(names[at : at + _CHUNK]))
        rows = connection.execute(counted.group_by(bands.c.report))
        sizes.update((report, count) for report, count in rows)
    return sizes


def _boilerplate(
    connection: Connection,
    filed: Filed,
    signed: shingles.Signature,
    having: Mapping[int, Sequence[str]],
    sizes: Mapping[str, int],
) -> set[int]:
    """Return the fingerprints of a report that are boilerplate."""
    often = [row for row in having.values() if len(row) >= shingles.REPEATED - 1]
    names = sorted({name for row in often for name in row})
    if not names:
        return set()
    printed: dict[str, Printed] = {}
    for at in range(0, len(names), _CHUNK):
        query = select(revisions.c.report, revisions.c.outlet, revisions.c.url, revisions.c.published)
        query = query.where(revisions.c.report.in_(names[at : at + _CHUNK]), revisions.c.latest == 1)
        for row in connection.execute(query):
            printed[row.report] = _printed(row.report, row.outlet, row.url, row.published, sizes)
    own = filed.report
    return boilerplate_bands(
        _printed(own.id, own.outlet, own.url, own.published, {own.id: len(signed.bands)}),
        signed.bands,
        {band: [printed[name] for name in row if name in printed] for band, row in having.items()},
    )


def _printed(
    report: str, outlet: str | None, url: str | None, published: str | None, sizes: Mapping[str, int]
) -> Printed:
    when = moment(published)
    return Printed(report, house(outlet, url), when.toordinal() if when else None, sizes.get(report, 1))
