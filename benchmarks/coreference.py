"""How coreference is scored: MUC, B³, CEAF-e and their mean, the CoNLL F1.

MUC: Vilain and others 1995; B³: Bagga and Baldwin 1998; CEAF-e: Luo 2005;
their mean: Pradhan and others 2011. Mentions that stand on one side only
(found and not wanted, or the other way round) count as errors; single mentions
count in B³ and CEAF-e.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

Chains = Sequence[frozenset[Hashable]]


def scores(wanted: Chains, found: Chains) -> dict[str, float]:
    """Return F1 by each measure, 0 to 1."""
    muc = _f(_muc(found, wanted), _muc(wanted, found))
    b3 = _f(_b3(found, wanted), _b3(wanted, found))
    ceaf = _ceaf(wanted, found)
    return {"MUC": muc, "B3": b3, "CEAF-e": ceaf, "CoNLL F1": (muc + b3 + ceaf) / 3}


def _f(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _muc(chains: Chains, others: Chains) -> float:
    owner = {m: n for n, chain in enumerate(others) for m in chain}
    kept = links = 0
    for chain in chains:
        parts = {owner.get(m, ("alone", m)) for m in chain}
        kept += len(chain) - len(parts)
        links += len(chain) - 1
    return kept / links if links else 0.0


def _b3(chains: Chains, others: Chains) -> float:
    owner = {m: chain for chain in others for m in chain}
    total = sum(len(chain) for chain in chains)
    shared = sum(len(c & owner[m]) / len(c) for c in chains for m in c if m in owner)
    return shared / total if total else 0.0


def _ceaf(wanted: Chains, found: Chains) -> float:
    owner = {m: n for n, chain in enumerate(wanted) for m in chain}
    table = np.zeros((len(wanted), len(found)))
    for column, chain in enumerate(found):
        for row, count in Counter(owner[m] for m in chain if m in owner).items():
            table[row, column] = 2 * count / (len(wanted[row]) + len(chain))
    rows, columns = linear_sum_assignment(-table)
    total = float(table[rows, columns].sum())
    return _f(total / len(found) if found else 0.0, total / len(wanted) if wanted else 0.0)
