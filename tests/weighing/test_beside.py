"""Two reports of a small desk beside all the others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.weighing.beside import beside_others
from reportedly.weighing.grouping import Link, group


def links(odds: np.ndarray) -> dict[tuple[int, int], Link]:
    pairs = combinations(range(len(odds)), 2)
    return {(i, j): Link(float(odds[i, j]), 1, float(odds[i, j])) for i, j in pairs}


def blocks(size: int, within: float, between: float) -> np.ndarray:
    """Two affairs of ``size`` reports each; one report is alike to all."""
    home = np.repeat([0, 1], size)
    odds = np.where(home[:, None] == home[None, :], within, between)
    odds[0, :] = odds[:, 0] = np.maximum(odds[0, :], 1.5)
    return odds


def test_two_affairs_of_the_same_people_are_told_apart() -> None:
    odds = blocks(6, 1.5, -0.5)
    plain = group([1] * 12, links(odds), absent=-2.0, single=0.15, threshold=-0.5)
    assert len(plain) == 1
    seen = beside_others(12, links(odds), absent=-2.0, company=2.0, centred=0.5)
    found = group([1] * 12, seen, absent=-2.0, single=0.15, threshold=-0.5)
    assert [6, 7, 8, 9, 10, 11] in found


def test_of_few_reports_nothing_is_said() -> None:
    few = {(0, 1): Link(1.0, 1, 1.0)}
    assert beside_others(3, few, absent=-2.0, company=2.0, centred=0.5) == few


def test_even_rows_tell_nothing() -> None:
    odds = np.full((5, 5), -3.0)
    seen = beside_others(5, links(odds), absent=-2.0, company=2.0, centred=0.5)
    assert all(link.best == pytest.approx(-3.0, abs=1e-9) for link in seen.values())


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 9), st.integers(0, 10_000))
def test_it_is_a_correlation_over_the_others(count: int, seed: int) -> None:
    odds = np.random.default_rng(seed).normal(0, 4000, (count, count))
    odds = (odds + odds.T) / 2
    seen = beside_others(count, links(odds), absent=-2.0, company=1.0, centred=0.0)
    for (i, j), link in seen.items():
        others = [k for k in range(count) if k not in (i, j)]
        wanted = np.corrcoef(odds[i, others], odds[j, others])[0, 1]
        assert link.best - odds[i, j] == pytest.approx(wanted, abs=0.05)
