"""Groups things by how likely each two are the same, under what people decided.

Agglomerative clustering on log-odds, between average and single linkage
(Lance and Williams 1967): how likely two groups are the same is a mean of the
mean over their pairs of members and of their best pair. The average keeps
unlike things apart; the best pair follows a story that moves on. The most
likely two are joined first, until no two are more likely the same than not.
What comes out does not depend on the order of what goes in.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

Pair = tuple[int, int]


class Link(NamedTuple):
    """Log-odds between two groups: their sum over pairs of members, how many pairs, and the best."""

    total: float
    pairs: float
    best: float

    def __add__(self, other: Link) -> Link:  # type: ignore[override]
        return Link(self.total + other.total, self.pairs + other.pairs, max(self.best, other.best))


def group(
    sizes: Sequence[int],
    links: Mapping[Pair, Link],
    *,
    absent: float,
    single: float = 0.0,
    together: Iterable[Pair] = (),
    apart: Iterable[Pair] = (),
    threshold: float = 0.0,
) -> list[list[int]]:
    """Return the groups, each a list of item numbers in order, the groups by their first item.

    Groups are found first; those that hold items of one pair of ``together`` are
    then made one. (So a report that is like half of a story that people put
    together still finds it.) Where ``apart`` forbids that, the items of
    ``together`` are put together first and the rest is grouped around them.

    Args:
        sizes: how many members each item stands for.
        links: the :class:`Link` of pairs ``(i, j)`` with ``i < j``.
        absent: the log-odds of a pair of members that ``links`` leaves out.
        single: the weight of the best pair, 0 (average linkage) to 1 (single linkage).
        together: pairs that must share a group, as far as ``apart`` lets them.
        apart: pairs that must not.
        threshold: groups are joined while their log-odds are above it.
    """
    together, apart = list(together), list(apart)
    forest = _Forest(sizes, links, absent, single, _widened(len(sizes), together, apart))
    _grow(forest, threshold)
    refused = [pair for pair in together if not forest.join_if_allowed(*pair)]
    if refused:
        forest = _Forest(sizes, links, absent, single, apart)
        for i, j in together:
            forest.join_if_allowed(i, j)
        _grow(forest, threshold)
    return sorted(sorted(members) for members in forest.members.values())


def _grow(forest: _Forest, threshold: float) -> None:
    """Join the two most alike groups while they are alike enough."""
    heap = [
        (-score, i, j, forest.version[i], forest.version[j])
        for i, j in forest.pairs()
        if (score := forest.score(i, j)) > threshold
    ]
    heapq.heapify(heap)
    while heap:
        _, i, j, version_i, version_j = heapq.heappop(heap)
        if forest.version[i] != version_i or forest.version[j] != version_j or not forest.allowed(i, j):
            continue
        kept = forest.join(i, j)
        for other in forest.links[kept]:
            score = forest.score(kept, other)
            if score > threshold:
                a, b = min(kept, other), max(kept, other)
                heapq.heappush(heap, (-score, a, b, forest.version[a], forest.version[b]))


def _widened(size: int, together: Iterable[Pair], apart: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the pairs that must not share a group because of what each of them is put together with."""
    home = {item: {item} for item in range(size)}
    for i, j in together:
        if home[i] is not home[j]:
            home[i] |= home[j]
            for item in home[j]:
                home[item] = home[i]
    for i, j in apart:
        yield from product(sorted(home[i]), sorted(home[j])) if home[i] is not home[j] else [(i, j)]


class _Forest:
    """Groups under way. A group goes by its smallest item, so that ties are broken the same way always."""

    def __init__(
        self,
        sizes: Sequence[int],
        links: Mapping[Pair, Link],
        absent: float,
        single: float,
        apart: Iterable[Pair],
    ) -> None:
        self.sizes = list(sizes)
        self.absent = absent
        self.single = single
        self.members: dict[int, list[int]] = {i: [i] for i in range(len(sizes))}
        self.version = [0] * len(sizes)
        self.links: list[dict[int, Link]] = [{} for _ in sizes]
        self.apart: list[set[int]] = [set() for _ in sizes]
        self._home = list(range(len(sizes)))
        for (i, j), link in links.items():
            self.links[i][j] = self.links[j][i] = link
        for i, j in apart:
            if i != j:
                self.apart[i].add(j)
                self.apart[j].add(i)

    def pairs(self) -> Iterable[Pair]:
        return ((i, j) for i in sorted(self.members) for j in sorted(self.links[i]) if i < j)

    def score(self, i: int, j: int) -> float:
        """Return the log-odds that two groups are the same."""
        link = self.links[i][j]
        pairs = self.sizes[i] * self.sizes[j]
        mean = (link.total + max(0, pairs - link.pairs) * self.absent) / max(pairs, link.pairs)
        return self.single * link.best + (1 - self.single) * mean

    def allowed(self, i: int, j: int) -> bool:
        return j not in self.apart[i]

    def join_if_allowed(self, i: int, j: int) -> bool:
        """Join the groups of two items; tell whether they are one now."""
        i, j = self._home[i], self._home[j]
        if i != j and self.allowed(i, j):
            self.join(i, j)
            return True
        return i == j

    def join(self, i: int, j: int) -> int:
        """Join two groups and return the one that is left."""
        kept, gone = min(i, j), max(i, j)
        self.links[kept].pop(gone, None)
        self.links[gone].pop(kept, None)
        for other, link in self.links[gone].items():
            del self.links[other][gone]
            old = self.links[kept].get(other)
            self.links[kept][other] = self.links[other][kept] = old + link if old else link
        self.links[gone] = {}
        for other in self.apart[gone]:
            self.apart[other].discard(gone)
            self.apart[other].add(kept)
        self.apart[kept] |= self.apart[gone]
        for item in self.members[gone]:
            self._home[item] = kept
        self.members[kept] += self.members.pop(gone)
        self.sizes[kept] += self.sizes[gone]
        self.version[kept] += 1
        self.version[gone] += 1
        return kept
