"""Which fingerprints are boilerplate, told from the first reports that had each of them.

:func:`.shingles.repeated` looks at every shingle of every report. When one
report is filed among many thousands, its fingerprints and the first reports
that had each are at hand, no more; they are judged by the same rule, and what
stands between two fingerprints is taken for what the nearer one is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .shingles import APART, REPEATED, VERSION, WINDOW, Hashes, fingerprints


@dataclass(frozen=True, slots=True)
class Printed:
    """A report that has a fingerprint: its outlet, the day as a number, and how many fingerprints it has."""

    report: str
    outlet: str | None
    day: int | None
    size: int


def boilerplate_bands(own: Printed, bands: Iterable[int], found: Mapping[int, Sequence[Printed]]) -> set[int]:
    """Return those of a report's fingerprints that are printed again and again.

    Args:
        own: the report.
        bands: its fingerprints.
        found: for each fingerprint the reports that had it first, this one left out.
    """
    rows = {band: [*found.get(band, ()), own] for band in bands}
    return {band for band, row in rows.items() if _returns(row)} | _of_one_outlet(rows)


def _returns(row: Sequence[Printed]) -> bool:
    days = sorted(one.day for one in row if one.day is not None)
    return sum(b - a >= APART for a, b in pairwise(days)) >= REPEATED - 1


def _of_one_outlet(rows: Mapping[int, Sequence[Printed]]) -> set[int]:
    """Return what stands in several reports of one outlet that are otherwise different."""
    often = defaultdict[str, set[int]](set)
    for band, row in rows.items():
        for house, some in _by_outlet(row).items():
            if len(some) >= REPEATED:
                often[house].add(band)
    repeated = defaultdict[str, int](int)  # by report: how many of its fingerprints its outlet prints often
    for house, bands in often.items():
        for band in bands:
            for one in _by_outlet(rows[band])[house]:
                repeated[one.report] += 1
    found = set()
    for house, bands in often.items():
        for band in bands:
            different = [o for o in _by_outlet(rows[band])[house] if repeated[o.report] < VERSION * o.size]
            if len(different) >= REPEATED:
                found.add(band)
    return found


def _by_outlet(row: Sequence[Printed]) -> dict[str, list[Printed]]:
    found: dict[str, list[Printed]] = {}
    for one in row:
        if one.outlet is not None:
            found.setdefault(one.outlet, []).append(one)
    return found


class Nearest:
    """Tells which shingles of a text are boilerplate: those whose nearest fingerprint is.

    ``bands`` are fingerprints that are boilerplate, as signed integers.
    """

    def __init__(self, bands: Iterable[int]) -> None:
        self._common = np.array(sorted(bands), np.int64).view(np.uint64)

    def __call__(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Return a mask over the shingles of a text, which are in the order of the text."""
        places = np.flatnonzero(np.isin(hashes, fingerprints(hashes)))
        common = np.isin(hashes[places], self._common)
        if not common.any():
            return np.zeros(len(hashes), np.bool_)
        at = np.arange(len(hashes))
        after = np.minimum(np.searchsorted(places, at), len(places) - 1)
        before = np.maximum(after - 1, 0)
        nearest = np.where(np.abs(places[before] - at) < np.abs(places[after] - at), before, after)
        mask: npt.NDArray[np.bool_] = common[nearest] & (np.abs(places[nearest] - at) <= WINDOW)
        return mask
