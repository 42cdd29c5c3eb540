"""How clusterings of mentions are scored: MUC, B³, CEAF-e, their mean (CoNLL F1), and LEA.

A clustering is a list of clusters, a cluster a set of mentions, and a mention
anything hashable that is equal in gold and prediction where the two mean the
same. A mention stands in one cluster at most. Singletons count if they are
there: leave them out of both sides to score as OntoNotes and CoNLL-2012 do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Cluster = AbstractSet[Hashable]
Clusters = Sequence[Cluster]
Parts = tuple[float, float]  # numerator, denominator


def _owner(clusters: Clusters) -> dict[Hashable, int]:
    return {mention: k for k, cluster in enumerate(clusters) for mention in cluster}


def muc(wanted: Clusters, found: Clusters) -> Parts:
    """Return the recall of links (Vilain et al. 1995) as numerator and denominator."""
    owner = _owner(found)
    hits = total = 0
    for cluster in wanted:
        parts = {owner[m] for m in cluster if m in owner}
        hits += len(cluster) - len(parts) - sum(m not in owner for m in cluster)
        total += len(cluster) - 1
    return hits, total


def b_cubed(wanted: Clusters, found: Clusters) -> Parts:
    """Return the recall of B³ (Bagga and Baldwin 1998) as numerator and denominator."""
    owner = _owner(found)
    hits = 0.0
    for cluster in wanted:
        shares = Counter(owner[m] for m in cluster if m in owner)
        hits += sum(n * n for n in shares.values()) / len(cluster)
    return hits, sum(map(len, wanted))


def lea(wanted: Clusters, found: Clusters) -> Parts:
    """Return the recall of LEA (Moosavi and Strube 2016) as numerator and denominator.

    A singleton is a link with itself, right where the other side has it as a singleton too.
    """
    owner = _owner(found)
    hits = 0.0
    for cluster in wanted:
        if len(cluster) == 1:
            (mention,) = cluster
            hits += mention in owner and len(found[owner[mention]]) == 1
            continue
        shares = Counter(owner[m] for m in cluster if m in owner)
        links = len(cluster) * (len(cluster) - 1) / 2
        hits += len(cluster) * sum(n * (n - 1) / 2 for n in shares.values()) / links
    return hits, sum(map(len, wanted))


def ceaf_e(wanted: Clusters, found: Clusters) -> Parts:
    """Return the recall of CEAF-e (Luo 2005): each cluster is paired with one of the other side at most."""
    owner = _owner(found)
    likeness: dict[tuple[int, int], float] = {}
    for i, cluster in enumerate(wanted):
        for j, shared in Counter(owner[m] for m in cluster if m in owner).items():
            likeness[i, j] = 2 * shared / (len(cluster) + len(found[j]))
    return _best_pairing(likeness), len(wanted)


def _best_pairing(likeness: Mapping[tuple[int, int], float]) -> float:
    """Return the greatest total likeness of a one-to-one pairing, part by connected part."""
    total = 0.0
    left: dict[int, set[int]] = {}
    right: dict[int, set[int]] = {}
    for i, j in likeness:
        left.setdefault(i, set()).add(j)
        right.setdefault(j, set()).add(i)
    unseen = set(left)
    while unseen:
        rows, columns, pending = set(), set(), [min(unseen)]
        while pending:
            row = pending.pop()
            if row not in rows:
                rows.add(row)
                columns |= left[row]
                pending.extend(i for j in left[row] for i in right[j] if i not in rows)
        unseen -= rows
        matrix = [[likeness.get((i, j), 0.0) for j in sorted(columns)] for i in sorted(rows)]
        total += _assign(matrix)
    return total


def _assign(matrix: list[list[float]]) -> float:
    """Return the greatest sum of one entry a row and column (Hungarian method with potentials)."""
    if len(matrix) > len(matrix[0]):
        matrix = [list(column) for column in zip(*matrix, strict=True)]
    rows, columns = len(matrix), len(matrix[0])
    u, v = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [0] * (columns + 1)
    for i in range(1, rows + 1):
        owner[0], at = i, 0
        least = [float("inf")] * (columns + 1)
        way, done = [0] * (columns + 1), [False] * (columns + 1)
        while owner[at]:
            done[at] = True
            row, step, following = owner[at], float("inf"), 0
            for j in range(1, columns + 1):
                if done[j]:
                    continue
                cost = -matrix[row - 1][j - 1] - u[row] - v[j]
                if cost < least[j]:
                    least[j], way[j] = cost, at
                if least[j] < step:
                    step, following = least[j], j
            for j in range(columns + 1):
                if done[j]:
                    u[owner[j]] += step
                    v[j] -= step
                else:
                    least[j] -= step
            at = following
        while at:
            owner[at] = owner[way[at]]
            at = way[at]
    return sum(matrix[owner[j] - 1][j - 1] for j in range(1, columns + 1) if owner[j])


METRICS: Mapping[str, Callable[[Clusters, Clusters], Parts]] = {
    "MUC": muc,
    "B3": b_cubed,
    "CEAFe": ceaf_e,
    "LEA": lea,
}


@dataclass
class ClusterScore:
    """Counts over documents; :meth:`figures` gives F1 values from the sums, as the CoNLL scorer does."""

    recall: dict[str, list[float]] = field(default_factory=lambda: {m: [0.0, 0.0] for m in METRICS})
    precision: dict[str, list[float]] = field(default_factory=lambda: {m: [0.0, 0.0] for m in METRICS})

    def add(self, wanted: Iterable[Cluster], found: Iterable[Cluster], singletons: bool = False) -> None:
        """Count one document; clusters of one mention are left out unless ``singletons``."""
        least = 1 if singletons else 2
        gold = [c for c in wanted if len(c) >= least]
        own = [c for c in found if len(c) >= least]
        for name, metric in METRICS.items():
            for sums, parts in ((self.recall, metric(gold, own)), (self.precision, metric(own, gold))):
                sums[name][0] += parts[0]
                sums[name][1] += parts[1]

    def figures(self) -> dict[str, float]:
        """Return the F1 of each metric, 0 to 1, and ``CoNLL``: the mean of MUC, B³ and CEAF-e."""
        out = {}
        for name in METRICS:
            r, p = (s[0] / s[1] if s[1] else 0.0 for s in (self.recall[name], self.precision[name]))
            out[name] = 2 * r * p / (r + p) if r + p else 0.0
        return {"CoNLL": (out["MUC"] + out["B3"] + out["CEAFe"]) / 3, **out}
