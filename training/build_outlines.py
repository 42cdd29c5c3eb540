"""Build the outlines of land and countries that maps are drawn with: ``src/reportedly/data/outlines.tsv.gz``.

Source: Natural Earth 1:50m (public domain), as world-atlas (npm, ISC) packs it. No network is used here:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m training.build_outlines --atlas package/countries-50m.json \\
        --out src/reportedly/data/outlines.tsv.gz

A row is ``land`` (a closed ring) or ``border`` (an open line between two countries), a tab, and the points as
longitude and latitude in hundredths of a degree: the first as it is, the others as steps from the one before.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

Line = list[tuple[int, int]]


def arcs_of(atlas: dict[str, Any]) -> list[Line]:
    """Return the atlas's arcs as lines in hundredths of a degree (TopoJSON's steps undone)."""
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    found: list[Line] = []
    for arc in atlas["arcs"]:
        x = y = 0
        line: Line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            point = (round((x * sx + tx) * 100), round((y * sy + ty) * 100))
            if not line or point != line[-1]:
                line.append(point)
        found.append(line)
    return found


def rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """Yield the rings of a geometry as the numbers of their arcs, ``~n`` for one that is walked backwards."""
    for part in geometry.get("geometries", ()):
        yield from rings(part)
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def joined(numbers: Iterable[int], arcs: list[Line]) -> Line:
    """Return arcs one after the other as one line."""
    line: Line = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        line += arc[1:] if line and arc[0] == line[-1] else arc
    return line


def unwound(ring: Line) -> Line:
    """Return a ring whose longitudes run on over the 180th meridian; one round a pole is closed there."""
    turn, found = 0, ring[:1]
    for (x, _), (u, v) in pairwise(ring):
        turn += 36_000 if u - x < -18_000 else -36_000 if u - x > 18_000 else 0
        found.append((u + turn, v))
    if turn:
        pole = -9_000 if sum(y for _, y in ring) < 0 else 9_000
        found += [(found[-1][0], pole), (found[0][0], pole), found[0]]
    return found


def packed(line: Line) -> str:
    """Return a line's points as steps."""
    (x, y), *rest = line
    numbers = [x, y]
    for u, v in rest:
        numbers += [u - x, v - y]
        x, y = u, v
    return " ".join(map(str, numbers))


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the outlines that maps are drawn with.")
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    atlas = json.loads(given.atlas.read_text(encoding="utf-8"))
    arcs = arcs_of(atlas)
    land = [unwound(joined(ring, arcs)) for ring in rings(atlas["objects"]["land"])]
    rows = [f"land\t{packed(line)}" for line in land if len(line) > 3]
    used = Counter(
        number if number >= 0 else ~number
        for country in atlas["objects"]["countries"]["geometries"]
        for number in {n if n >= 0 else ~n for r in rings(country) for n in r}
    )
    borders = [arcs[number] for number, count in sorted(used.items()) if count > 1]
    rows += [f"border\t{packed(line)}" for line in borders if len(line) > 1]
    given.out.write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
