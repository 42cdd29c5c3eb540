"""Outlines of land and countries, cut to the part of the world that a map shows."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

_FINE, _COARSE = 1.5, 2.5  # steps of an outline shorter than this, in the picture, are not drawn
_BROAD = 60  # degrees across, from which a map shows outlines coarsely

Point = tuple[float, float]  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world that a map shows, in degrees; longitudes may run past 180."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        return self.west <= self.turned(lon) <= self.east and self.south <= lat <= self.north

    def turned(self, lon: float) -> float:
        """Return a longitude as the frame counts it."""
        return lon + 360 if lon < self.west and lon + 360 <= self.east else lon


@lru_cache(maxsize=128)
def paths(shown: Frame, width: float, height: float) -> tuple[tuple[str, str], ...]:
    """Return the land and the borders in a frame as SVG paths (kind, ``d``) in a picture of this size."""
    found = []
    for kind in ("land", "border"):
        lines = _near(kind, shown)
        path = "".join(_path(line, shown, width, height, kind == "land") for line in lines)
        if path:
            found.append((kind, path))
    return tuple(found)


@cache
def _outlines() -> tuple[tuple[str, Frame, tuple[Point, ...]], ...]:
    """Return the outlines that ship: kind, what they span, points (``training/build_outlines.py``)."""
    packed = files("reportedly.data").joinpath("outlines.tsv.gz").read_bytes()
    found = []
    for row in gzip.decompress(packed).decode().splitlines():
        kind, _, steps = row.partition("\t")
        numbers = [int(n) for n in steps.split()]
        x = y = 0
        points = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x / 100, y / 100))
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        found.append((kind, Frame(min(lons), min(lats), max(lons), max(lats)), tuple(points)))
    return tuple(found)


def _near(kind: str, shown: Frame) -> Iterator[list[Point]]:
    """Yield the outlines that reach into the frame, cut at its edges, in the frame's longitudes."""
    for one, spans, points in _outlines():
        if one != kind or spans.north < shown.south or spans.south > shown.north:
            continue
        for turn in (-360, 0, 360):
            if spans.east + turn >= shown.west and spans.west + turn <= shown.east:
                line = [(lon + turn, lat) for lon, lat in points]
                yield from ([_cut_ring(line, shown)] if kind == "land" else _cut_line(line, shown))


def _cut_ring(ring: list[Point], shown: Frame) -> list[Point]:
    """Cut a closed ring at the frame's four edges (Sutherland and Hodgman 1974)."""
    for axis, edge, sign in (
        (0, shown.west, 1), (0, shown.east, -1), (1, shown.south, 1), (1, shown.north, -1)
    ):  # fmt: skip
        kept: list[Point] = []
        for a, b in zip(ring[-1:] + ring[:-1], ring, strict=True):
            before, after = (a[axis] - edge) * sign >= 0, (b[axis] - edge) * sign >= 0
            if before != after:
                share = (edge - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
            if after:
                kept.append(b)
        ring = kept
    return ring


def _cut_line(line: list[Point], shown: Frame) -> Iterator[list[Point]]:
    """Yield the pieces of an open line that touch the frame; the picture hides what is outside of it."""
    piece: list[Point] = []
    for a, b in pairwise(line):
        beside = (
            max(a[0], b[0]) < shown.west or min(a[0], b[0]) > shown.east
            or max(a[1], b[1]) < shown.south or min(a[1], b[1]) > shown.north
        )  # fmt: skip
        if beside:
            if piece:
                yield piece
            piece = []
        else:
            piece = piece or [a]
            piece.append(b)
    if piece:
        yield piece


def _path(line: list[Point], shown: Frame, width: float, height: float, closed: bool) -> str:
    """Return a line as an SVG path to half a pixel, without specks and steps too small to be seen."""
    fine = 2 * (_FINE if shown.east - shown.west < _BROAD else _COARSE)
    points: list[tuple[int, int]] = []  # in halves of a pixel
    for number, (lon, lat) in enumerate(line):
        x = round(2 * width * (lon - shown.west) / (shown.east - shown.west))
        y = round(2 * height * (shown.north - lat) / (shown.north - shown.south))
        last = not closed and number == len(line) - 1
        if not points or last or abs(x - points[-1][0]) + abs(y - points[-1][1]) >= fine:
            points.append((x, y))
    if len(points) < (3 if closed else 2):
        return ""
    steps = [f"{(u - x) / 2:g} {(v - y) / 2:g}" for (x, y), (u, v) in pairwise(points)]
    return (
        f"M{points[0][0] / 2:g} {points[0][1] / 2:g}l"
        + " ".join(steps).replace(" -", "-")
        + ("z" if closed else "")
    )
