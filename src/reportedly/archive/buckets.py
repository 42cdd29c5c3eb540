"""The fingerprints of very many reports, sorted into buckets on disk.

A bucket holds the reports that have one fingerprint. Rows are spread over files
by the fingerprint's hash, each file is sorted by itself, and what comes out is
spread over files again, by report: the memory that is needed does not grow with
the number of rows (a partitioned hash join; Shapiro 1986, "Join processing in
database systems with large main memories"). Of a bucket the first ``KEEP + 1``
reports are kept, as the desk looks at no more; the rest look at those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..weighing.shingles import KEEP

CHUNK = 2_000  # reports that are compared together
_ROWS = 1_000_000  # rows that are sorted at once
_EACH = 30  # fingerprints of a report, about
_MOST_PARTS = 4_096
_HELD = 32_000_000  # bytes of rows that wait to be written

PRINT = np.dtype([("band", "<u8"), ("report", "<u4")])
"""A fingerprint and the report that has it."""
LOOK = np.dtype([("report", "<u4"), ("bucket", "<u8")])
"""A report and a bucket in which it is not alone."""

Rows = npt.NDArray[Any]


class Spill:
    """Rows that are spread over numbered files, to be read back file by file."""

    def __init__(self, folder: Path, kind: np.dtype[Any], parts: int) -> None:
        folder.mkdir(parents=True)
        self._folder, self._kind, self.parts = folder, kind, parts
        self._held: dict[int, list[Rows]] = {}
        self._size = 0

    def add(self, rows: Rows, part: npt.NDArray[np.integer[Any]]) -> None:
        """Add rows; ``part`` says for each into which file."""
        order = np.argsort(part, kind="stable")
        rows, part = rows[order], part[order]
        edges = np.flatnonzero(np.diff(part)) + 1
        for piece, number in zip(np.split(rows, edges), part[np.concatenate(([0], edges))], strict=True):
            if len(piece):
                self._held.setdefault(int(number), []).append(piece)
        self._size += rows.nbytes
        if self._size > _HELD:
            self.flush()

    def flush(self) -> None:
        for number, pieces in self._held.items():
            with self.path(number).open("ab") as file:
                np.concatenate(pieces).tofile(file)
        self._held.clear()
        self._size = 0

    def path(self, number: int) -> Path:
        return self._folder / f"{number:05d}"

    def read(self, number: int) -> Rows:
        """Return the rows of one file; none if it was never written."""
        path = self.path(number)
        return np.fromfile(path, self._kind) if path.exists() else np.zeros(0, self._kind)


@dataclass(slots=True)
class Crowd:
    """What the limit of a bucket leaves out: of how many buckets, and how many pairs are not looked at."""

    buckets: int = 0
    crowded: int = 0
    pairs_left_out: int = 0
    largest: int = 0


def parts_for(reports: int) -> int:
    """Return into how many files the fingerprints of so many reports are spread: a power of two."""
    wanted = max(1, reports * _EACH // _ROWS)
    return min(_MOST_PARTS, 1 << (wanted - 1).bit_length())


def fill(prints: Spill, rank: npt.NDArray[np.uint32], current: npt.NDArray[np.bool_], work: Path) -> Crowd:
    """Make the buckets in ``work``; :class:`Buckets` reads them.

    Args:
        prints: rows of ``PRINT``, spread by the low bits of the fingerprint.
        rank: for every report its place among all, in order of publication.
        current: which reports count; the others are older revisions of them.
    """
    prints.flush()
    looks = Spill(work / "looks", LOOK, max(1, -(-len(rank) // CHUNK)))
    crowd = Crowd()
    base = start = 0
    with (
        (work / "members").open("wb") as members,
        (work / "starts").open("wb") as starts,
        (work / "bands").open("wb") as bands,
    ):
        for number in range(prints.parts):
            rows = prints.read(number)
            prints.path(number).unlink(missing_ok=True)
            rows = rows[current[rows["report"]]]
            if not len(rows):
                continue
            reports = rank[rows["report"]]
            order = np.lexsort((reports, rows["band"]))
            band, reports = rows["band"][order], reports[order]
            first = np.flatnonzero(np.concatenate(([True], band[1:] != band[:-1])))
            counts = np.diff(np.concatenate((first, [len(band)])))
            place = np.arange(len(band)) - np.repeat(first, counts)
            shared = counts > 1
            inside = np.repeat(shared, counts)
            bucket = np.repeat(base + np.cumsum(shared) - 1, counts)
            kept = np.minimum(counts[shared], KEEP + 1)
            reports[inside & (place <= KEEP)].astype("<u4").tofile(members)
            (start + np.concatenate(([0], np.cumsum(kept)[:-1]))).astype("<u8")[: len(kept)].tofile(starts)
            band[first[shared]].astype("<u8").tofile(bands)
            found = np.zeros(int(inside.sum()), LOOK)
            found["report"], found["bucket"] = reports[inside], bucket[inside]
            if len(found):
                looks.add(found, found["report"] // CHUNK)
            base += int(shared.sum())
            start += int(kept.sum())
            crowd.crowded += int((counts > KEEP).sum())
            crowd.pairs_left_out += int(np.maximum(place - KEEP, 0).sum())
            crowd.largest = max(crowd.largest, int(counts.max()))
        np.array([start], "<u8").tofile(starts)
    looks.flush()
    crowd.buckets = base
    return crowd


class Buckets:
    """The buckets in a folder, for one report after another. They stay on disk."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._members = _mapped(work / "members", "<u4")
        self._starts = _mapped(work / "starts", "<u8")
        self._bands = _mapped(work / "bands", "<u8")

    def of(self, chunk: int) -> Iterator[tuple[int, dict[int, list[int]]]]:
        """Give each report of a chunk that shares a fingerprint, and for each such fingerprint (a signed
        integer) the first ``KEEP`` other reports that have it, in order."""
        path = self._work / "looks" / f"{chunk:05d}"
        if not path.exists():
            return
        rows = np.fromfile(path, LOOK)
        rows = rows[np.lexsort((rows["bucket"], rows["report"]))]
        edges = np.flatnonzero(np.diff(rows["report"])) + 1
        for group in np.split(rows, edges):
            own = int(group["report"][0])
            found: dict[int, list[int]] = {}
            for bucket in group["bucket"].tolist():
                members = self._members[int(self._starts[bucket]) : int(self._starts[bucket + 1])]
                band = int(self._bands[bucket : bucket + 1].view("<i8")[0])
                found[band] = [m for m in members.tolist() if m != own][:KEEP]
            yield own, found


def _mapped(path: Path, kind: str) -> Rows:
    return np.memmap(path, kind, "r") if path.stat().st_size else np.zeros(0, kind)
