"""Groups things by how likely each two are the same, under what people decided.

Agglomerative clustering with average linkage (UPGMA; Sokal and Michener 1958)
on log-odds: the two groups whose members are, on the mean, most likely the same
are joined first, until no two groups are more likely the same than not. What
comes out does not depend on the order of what goes in.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

Pair = tuple[int, int]
Sum = tuple[float, float]  # log-odds summed over pairs of members, and how many pairs


def group(
    sizes: Sequence[int],
    links: Mapping[Pair, Sum],
    *,
    absent: float,
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
        links: for pairs ``(i, j)`` with ``i < j`` the sum of log-odds over pairs
            of members and the number of pairs summed.
        absent: the log-odds of a pair of members that ``links`` leaves out.
        together: pairs that must share a group, as far as ``apart`` lets them.
        apart: pairs that must not.
        threshold: groups are joined while their mean log-odds are above it.
    """
    together, apart = list(together), list(apart)
    forest = _Forest(sizes, links, absent, _widened(len(sizes), together, apart))
    _grow(forest, threshold)
    refused = [pair for pair in together if not forest.join_if_allowed(*pair)]
    if refused:
        forest = _Forest(sizes, links, absent, apart)
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
        self, sizes: Sequence[int], links: Mapping[Pair, Sum], absent: float, apart: Iterable[Pair]
    ) -> None:
        self.sizes = list(sizes)
        self.absent = absent
        self.members: dict[int, list[int]] = {i: [i] for i in range(len(sizes))}
        self.version = [0] * len(sizes)
        self.links: list[dict[int, Sum]] = [{} for _ in sizes]
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
        """Return the mean log-odds between the members of two groups."""
        total, known = self.links[i][j]
        pairs = self.sizes[i] * self.sizes[j]
        return (total + max(0, pairs - known) * self.absent) / max(pairs, known)

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
        for other, (total, known) in self.links[gone].items():
            if other == kept:
                continue
            del self.links[other][gone]
            old = self.links[kept].get(other, (0.0, 0.0))
            self.links[kept][other] = self.links[other][kept] = (old[0] + total, old[1] + known)
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
