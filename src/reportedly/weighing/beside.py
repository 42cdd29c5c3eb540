"""How likely two reports of a small desk are of one happening, seen beside all others of the desk.

Where everything is about one affair, or about a few of the same people, any
two reports are somewhat alike. Two of one happening are more so than each is
with the rest, and they are alike to the same others and unlike the same others
(shared neighbours, Jarvis and Patrick 1973, as a correlation). In a large desk
the pairs that are not alike are far too many to look at, and they tell nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .grouping import Link, Pair
from .rarity import Floats

_FEWEST = 4  # reports: of fewer, nothing can be said about the rest
_EVEN = 8.0  # squared log-odds: rows that vary by less in all tell little


def beside_others(
    count: int, links: Mapping[Pair, Link], *, absent: float, company: float, centred: float
) -> dict[Pair, Link]:
    """Return the links of reports with the log-odds that are left beside all others.

    Args:
        count: how many reports there are; ``links`` are between two single ones.
        absent: the log-odds of pairs that ``links`` leaves out; these stay out.
        company: log-odds for two reports that are alike to just the same others.
        centred: how much of how alike the two are to everything is taken off, 0 to 1.
    """
    if count < _FEWEST:
        return dict(links)
    odds = np.full((count, count), absent)
    for (i, j), link in links.items():
        odds[i, j] = odds[j, i] = link.best
    np.fill_diagonal(odds, 0.0)
    mean = odds.sum(axis=1) / (count - 1)
    shifted = odds - centred * (mean[:, None] + mean[None, :] - 2 * mean.mean())
    shifted += company * _correlations(odds)
    found = {}
    for (i, j), _ in links.items():
        value = float(shifted[i, j])
        found[i, j] = Link(value, 1, value)
    return found


def _correlations(odds: Floats) -> Floats:
    """Return the correlation of each two rows, their own two places left out; nearly 0 for even rows."""
    left = len(odds) - 2
    sums, squares = odds.sum(axis=1), (odds**2).sum(axis=1)
    one, two = sums[:, None] - odds, sums[None, :] - odds
    both = odds @ odds - one * two / left
    first = np.maximum(squares[:, None] - odds**2 - one**2 / left, 0.0) + _EVEN
    found: Floats = both / np.sqrt(first * first.T)
    return found
