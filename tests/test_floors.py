"""The floors of the benchmarks may rise; they fall only with a reason."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

FILE = Path(__file__).parent.parent / "benchmarks" / "floors.toml"
ROWS = [
    (bench, figure, history)
    for bench, rows in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
    for figure, history in rows.items()
]


@pytest.mark.parametrize(("bench", "figure", "history"), ROWS, ids=[f"{b}/{f}" for b, f, _ in ROWS])
def test_a_lowered_floor_says_why(bench, figure, history):
    assert history, f"{bench}/{figure} has no floor"
    for before, after in pairwise(history):
        if after["floor"] < before["floor"]:
            assert after.get("why", "").strip(), (
                f"{bench}/{figure} was lowered to {after['floor']} without a word"
            )
