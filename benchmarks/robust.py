"""How attribution holds out where the text is spoilt: PolNeAR articles that the weights did not learn from.

    python -m benchmarks.robust --data DATA

The articles are those of the train split that training keeps out (every second of
them). :mod:`benchmarks.spoil` rewrites each in many ways, and moves the gold spans
along; a row of the table is one way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.corpora import is_held_out

from .attribution import alone
from .corpora import Absent, find, json_lines
from .scoring import AttributionScore
from .spoil import SPOILERS
from .table import arguments, show

TRAIN = "attribution/polnear-train.jsonl.gz"
_STEP = 2


def articles(data: Path) -> Iterator[dict]:
    """Yield every second article that was kept out of training."""
    kept = [a for a in json_lines(find(data, TRAIN)) if is_held_out(a["id"])]
    yield from kept[::_STEP]


def rows(data: Path) -> dict[str, dict[str, float]]:
    """Return the figures of each way to spoil a text."""
    found = {}
    every = list(articles(data))
    for name, spoil in SPOILERS.items():
        score = AttributionScore()
        for article in map(spoil, every):
            score.add(article["text"], article["attributions"], alone(article["text"]))
        figures = score.figures()
        found[name] = {
            "match": figures["match"],
            "+ source": figures["match+source"],
            "content exact": figures["content exact"],
            "found": float(score.found),
            "wanted": float(score.wanted),
        }
    return found


def measure(data: Path) -> dict[str, float]:
    """Return the match F1 of each way."""
    return {f"match, {name}": row["match"] for name, row in rows(data).items()}


def main() -> None:
    args = arguments(__doc__)
    try:
        show("PolNeAR, articles kept out of training", rows(args.data))
    except Absent as absent:
        raise SystemExit(str(absent)) from None


if __name__ == "__main__":
    main()
