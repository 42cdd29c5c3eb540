"""The copies among all reports of an archive, found out of core.

The same is compared with the same as when a desk takes the reports in, in order
of publication: candidates share winnowing fingerprints
(:mod:`..weighing.shingles`; the bands of the locality-sensitive hashing here),
what is printed again and again counts for nothing
(:mod:`..weighing.printings`), and :func:`..weighing.copies.overlapping` decides
on the texts. What grows with the archive stands in files; memory holds some
numbers a report.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from ..data import outlets
from ..desk.reuse import near_reports
from ..desk.shelf import address
from ..records import Copy, Credit, Reading, Report
from ..weighing import copies, shingles
from ..weighing.direction import house
from ..weighing.filed import Filed, moment
from ..weighing.printings import Nearest, Printed, boilerplate_bands
from . import buckets, engines, tables
from .buckets import CHUNK, PRINT, Buckets, Crowd, Spill
from .manifest import WORK, Manifest, path_of
from .needs import ArchiveError, need

_COLUMNS = (
    "report", "outlet", "published", "title", "url", "authors", "updated", "language", "sha256", "text",
    "credits", "seen",
)  # fmt: skip
_NO_DAY = -1
_CREDITS = msgspec.json.Decoder(tuple[Credit, ...])
_PER_REPORT = (
    ("published", "<i8"), ("seen", "<i8"), ("head", "<u8"), ("id", "<u8"), ("url", "<u8"),
    ("other", "?"), ("by_text", "?"), ("size", "<u4"), ("day", "<i4"), ("length", "<u4"),
)  # fmt: skip
_ROW = np.dtype([*_PER_REPORT, ("house", "<i4")])


@dataclass(slots=True)
class Joined:
    """What the join came to.

    ``superseded`` reports are older revisions of others, and left out; ``boilerplate`` counts
    fingerprints of reports that count for nothing; ``crowd`` says what the size of a bucket left out.
    """

    reports: int = 0
    superseded: int = 0
    compared: int = 0
    full: int = 0
    partial: int = 0
    boilerplate: int = 0
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def pairs(self) -> int:
        return self.full + self.partial


@dataclass(frozen=True, slots=True)
class Step:
    """How far the join is: what it does, and how much of that is done."""

    what: str
    done: int
    total: int
    joined: Joined


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is taken from the reports of one shard; ``rows`` are of ``_ROW``, without the house."""

    rows: npt.NDArray[Any]
    houses: tuple[str | None, ...]
    bands: npt.NDArray[np.uint64]
    bodies: bytes


class _Body(msgspec.Struct):
    seen: datetime
    report: Report


def join(folder: Path, *, workers: int | None = None) -> Iterator[Step]:
    """Find the copies among the reports of an archive and write them to its table ``copies``.

    Every pair stands there once; ``copy`` took from ``of``. The result does not
    depend on ``workers`` or on how the reports are spread over shards.

    Raises:
        ArchiveError: there is no archive; a shard is gone; the disk is full; pyarrow is not installed.
    """
    need("pyarrow.parquet", "archive")
    try:
        yield from _join(folder, workers or engines.cores())
    except OSError as error:
        raise ArchiveError(f"{str(folder)!r} cannot be written: {error}") from None


def _join(folder: Path, workers: int) -> Iterator[Step]:
    with Manifest(folder) as manifest:
        work = folder / WORK / "join"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        joined = Joined()
        shards = [(str(path_of(folder, "reports", s.name)), s.at) for s in manifest.shards()]
        joined.reports = manifest.totals()["reports"]
        prints = Spill(work / "prints", PRINT, buckets.parts_for(joined.reports))
        found = np.zeros(joined.reports, _ROW)
        houses: dict[str, int] = {}
        at = 0
        with (work / "bodies").open("wb") as bodies:
            for done, sheet in enumerate(engines.in_order(_sheet, shards, workers), 1):
                _gather(sheet, found, at, houses, prints)
                bodies.write(sheet.bodies)
                at += len(sheet.rows)
                yield Step("fingerprints", done, len(shards), joined)
        if at != joined.reports:
            raise ArchiveError("the shards do not hold what the manifest says: read the sources once more")
        rank, current = _ranked(found, joined)
        _put_down(found, rank, work)
        del found
        yield Step("sorting", 0, 1, joined)
        joined.crowd = buckets.fill(prints, rank, current, work)
        yield Step("sorting", 1, 1, joined)
        del rank, current
        yield from _compared(work, joined, workers)
        _publish(folder, work / "copies")
        manifest.put_about("copies", msgspec.json.encode({"shards": len(shards), **summary(joined)}).decode())
        shutil.rmtree(work)


def summary(joined: Joined) -> dict[str, Any]:
    """Return what a join came to, for JSON."""
    found: dict[str, Any] = msgspec.to_builtins(joined)
    return found | {"pairs": joined.pairs}


# the reports of one shard -----------------------------------------------------------------------


def _sheet(shard: tuple[str, str]) -> _Sheet:
    """Take what the join needs from a shard: ``(path of its reports, when it was taken in)``."""
    path, at = shard
    rows, names, bands, bodies = [], [], [], []
    try:
        for row in tables.rows(Path(path), _COLUMNS):
            seen = moment(row.pop("seen")) or moment(at)
            assert seen is not None  # the manifest writes when it took a shard in
            row["id"] = row.pop("report")
            report = Report(
                **row | {"authors": tuple(row["authors"]), "credits": _CREDITS.decode(row["credits"])}
            )
            own, printed, body = _line(Filed(Reading(report=report), seen))
            rows.append(own)
            names.append(house(report.outlet, report.url))
            bands.append(printed)
            bodies.append(body)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{path} cannot be read ({error}): read the sources once more") from None
    return _Sheet(
        np.array(rows, np.dtype(list(_PER_REPORT))),
        tuple(names),
        np.concatenate(bands) if bands else np.zeros(0, np.uint64),
        b"".join(bodies),
    )


def _line(filed: Filed) -> tuple[tuple[object, ...], npt.NDArray[np.uint64], bytes]:
    """Return the numbers of a report, its fingerprints, and itself, packed."""
    report = filed.report
    known = outlets.by_name(house(report.outlet, report.url) or "")
    day = moment(report.published)
    printed = shingles.fingerprints(shingles.shingles(report.text).hashes)
    body = zlib.compress(msgspec.msgpack.encode(_Body(filed.seen, report)), 1)
    name = report.id.encode("utf-8", "replace")
    url = address(report.url)
    own = (
        _micros(filed.published),
        _micros(filed.seen),
        int.from_bytes(name[:8].ljust(8, b"\0"), "big"),
        _hash(name),
        _hash(url.encode("utf-8", "replace")) if url else 0,
        not (known is not None and known.agency),
        report.id.startswith("r-"),
        len(printed),
        day.toordinal() if day else _NO_DAY,
        len(body),
    )
    return own, printed, body


def _micros(when: datetime) -> int:
    return int(when.timestamp() * 1_000_000)


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") | 1


def _gather(sheet: _Sheet, found: npt.NDArray[Any], at: int, houses: dict[str, int], prints: Spill) -> None:
    count = len(sheet.rows)
    if at + count > len(found):
        raise ArchiveError("the shards do not hold what the manifest says: read the sources once more")
    for name, _ in _PER_REPORT:
        found[name][at : at + count] = sheet.rows[name]
    found["house"][at : at + count] = [
        -1 if name is None else houses.setdefault(name, len(houses)) for name in sheet.houses
    ]
    rows = np.zeros(len(sheet.bands), PRINT)
    rows["band"] = sheet.bands
    rows["report"] = np.repeat(np.arange(at, at + count, dtype=np.uint32), sheet.rows["size"])
    if len(rows):
        prints.add(rows, (rows["band"] % np.uint64(prints.parts)).astype(np.int64))


# all of them together ---------------------------------------------------------------------------


def _ranked(found: npt.NDArray[Any], joined: Joined) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.bool_]]:
    """Return each report's place in the order of publication, and which are the last of their revisions.

    A report whose id comes from its text is a revision of what stood at its address before, as in a desk.
    """
    keys = ("id", "head", "seen", "other", "published")
    order = np.lexsort(tuple(found[key] for key in keys))
    rank = np.zeros(len(found), np.uint32)
    rank[order] = np.arange(len(found), dtype=np.uint32)
    same = found["id"].copy()
    placed = np.flatnonzero(found["url"])
    if len(placed):
        known, first = np.unique(found["url"][placed], return_index=True)
        moved = placed[found["by_text"][placed]]
        same[moved] = found["id"][placed[first[np.searchsorted(known, found["url"][moved])]]]
    _, last = np.unique(same[::-1], return_index=True)
    current = np.zeros(len(found), np.bool_)
    current[len(found) - 1 - last] = True
    joined.superseded = len(found) - int(current.sum())
    return rank, current


def _put_down(found: npt.NDArray[Any], rank: npt.NDArray[np.uint32], work: Path) -> None:
    """Write what comparing needs of each report, in the order of publication."""
    offsets = np.concatenate(([0], np.cumsum(found["length"], dtype=np.uint64)[:-1])) if len(found) else rank
    for name, values in (
        ("size", found["size"]), ("day", found["day"]), ("house", found["house"]),
        ("length", found["length"]), ("offset", offsets.astype(np.uint64)),
    ):  # fmt: skip
        ordered = np.zeros_like(values)
        ordered[rank] = values
        np.save(work / f"{name}.npy", ordered)


class _Shelf:
    """What stands in the working folder of a join, report by report; a report is its place in the order."""

    def __init__(self, work: Path) -> None:
        self.size, self._day, self._house, self._length, self._offset = (
            np.load(work / f"{name}.npy", mmap_mode="r")
            for name in ("size", "day", "house", "length", "offset")
        )
        self._bodies = (work / "bodies").open("rb")
        self._decoder = msgspec.msgpack.Decoder(_Body)
        self.filed = lru_cache(maxsize=1024)(self._filed)
        self.printed = lru_cache(maxsize=16384)(self._printed)

    def close(self) -> None:
        self._bodies.close()

    def _filed(self, place: int) -> Filed:
        data = os.pread(self._bodies.fileno(), int(self._length[place]), int(self._offset[place]))
        body = self._decoder.decode(zlib.decompress(data))
        return Filed(Reading(report=body.report), body.seen)

    def _printed(self, place: int) -> Printed:
        house, day = int(self._house[place]), int(self._day[place])
        return Printed(
            _name(place),
            None if house < 0 else str(house),
            None if day == _NO_DAY else day,
            int(self.size[place]),
        )


def _name(place: int) -> str:
    return f"{place:010d}"


# comparing --------------------------------------------------------------------------------------


def _compared(work: Path, joined: Joined, workers: int) -> Iterator[Step]:
    (work / "copies").mkdir()
    chunks = max(1, -(-joined.reports // CHUNK))
    compare = partial(_chunk, str(work))
    for done, found in enumerate(engines.in_order(compare, range(chunks), workers), 1):
        joined.compared += found.compared
        joined.full += found.full
        joined.partial += found.partial
        joined.boilerplate += found.boilerplate
        yield Step("comparing", done, chunks, joined)


def _chunk(folder: str, number: int) -> Joined:
    """Compare the reports of one chunk with those published before, and write what is found."""
    work = Path(folder)
    shelf, joined = _Shelf(work), Joined()
    rows: list[tables.Row] = []
    try:
        for own, having in Buckets(work).of(number):
            filed, others, common = _candidates(shelf, own, having)
            joined.boilerplate += len(common)
            joined.compared += len(others)
            found = copies.overlapping(filed, others, Nearest(common) if common else ()) if others else []
            known = {one.id: one for one in (filed, *others)}
            rows += (_row(copy, known) for copy in found)
    finally:
        shelf.close()
    joined.full = sum(row["kind"] == "full" for row in rows)
    joined.partial = len(rows) - joined.full
    tables.write("copies", rows, work / "copies" / f"part-{number:05d}.parquet")
    return joined


def _candidates(shelf: _Shelf, own: int, having: dict[int, list[int]]) -> tuple[Filed, list[Filed], set[int]]:
    """Return a report, the earlier ones that are worth an exact comparison, and its boilerplate."""
    filed = shelf.filed(own)
    signed = shingles.signature(filed.report.text)
    common = _boilerplate(shelf, own, signed.bands, having)
    earlier = {band: [m for m in row if m < own] for band, row in having.items()}
    sizes = {_name(m): int(shelf.size[m]) for m in {m for row in earlier.values() for m in row}}
    named = {band: [_name(m) for m in row] for band, row in earlier.items() if row}
    near = near_reports(signed, named, sizes, common) if named else []
    return filed, [shelf.filed(int(name)) for name in near], common


def _boilerplate(shelf: _Shelf, own: int, bands: Sequence[int], having: dict[int, list[int]]) -> set[int]:
    if not any(len(row) >= shingles.REPEATED - 1 for row in having.values()):
        return set()
    printed = {band: [shelf.printed(m) for m in row] for band, row in having.items()}
    return boilerplate_bands(shelf.printed(own), bands, printed)


def _row(copy: Copy, known: dict[str, Filed]) -> tables.Row:
    one, other = known[copy.copy].report, known[copy.of].report
    return {
        "copy": copy.copy,
        "of": copy.of,
        "kind": copy.kind,
        "containment": copy.shared,
        "why": copy.why,
        "spans": msgspec.json.encode(copy.spans).decode(),
        "copy_outlet": one.outlet,
        "of_outlet": other.outlet,
        "copy_published": one.published,
        "of_published": other.published,
    }


def _publish(folder: Path, made: Path) -> None:
    """Put the new table in the place of the old one."""
    there, old = folder / "copies", folder / WORK / "join" / "old"
    if there.exists():
        os.replace(there, old)
    os.replace(made, there)
