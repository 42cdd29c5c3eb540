"""Learn how a headline, and a text, answers a claim.

    python -m training.train_rumours --data DATA

Linear models over the clues of ``reportedly.weighing.answers``: from the half of
Emergent's claims and the four fifths of FNC-1's texts that ``benchmarks.rumours``
does not report on. "Disagree" is rare, so it weighs five times as much. The
settings were chosen by cross-validation over claims and on another fifth of the
texts. Writes into ``src/reportedly/models/answers``; two minutes on one core.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.rumours import BODIES, EMERGENT, STANCES, bodies, headlines, texts
from reportedly.weighing.answers import HEADLINE_ANSWERS, TEXT_ANSWERS, Body, headline_clues

from .corpora import data_hash

TARGET = Path("src/reportedly/models/answers")


def kept(rows: list[dict[str, float]], least: int) -> list[dict[str, float]]:
    """Leave out clues that fewer than ``least`` rows have."""
    counts = Counter(clue for row in rows for clue in row)
    return [{clue: value for clue, value in row.items() if counts[clue] >= least} for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=TARGET)
    args = parser.parse_args()

    pairs = headlines(args.data, report=False)
    first = DictVectorizer()
    x = first.fit_transform(kept([headline_clues(claim, line) for claim, line, _ in pairs], 3))
    headline = LogisticRegression(C=0.2, max_iter=2000, class_weight="balanced").fit(
        x, [a for *_, a in pairs]
    )

    rows = texts(args.data, report=False)
    cut = {name: Body(text) for name, text in bodies(args.data).items()}
    second = DictVectorizer()
    x = second.fit_transform(kept([cut[name].clues(claim) for claim, name, _ in rows], 8))
    x.indices, x.indptr = x.indices.astype(np.int32), x.indptr.astype(np.int32)
    y = np.array([answer for *_, answer in rows])
    related = LogisticRegression(max_iter=300, solver="liblinear").fit(x, y != "unrelated")
    inside = y != "unrelated"
    text = LogisticRegression(max_iter=500).fit(
        x[inside], y[inside], sample_weight=np.where(y[inside] == "disagree", 5.0, 1.0)
    )
    assert tuple(headline.classes_) == HEADLINE_ANSWERS
    assert (*text.classes_, "unrelated") == TEXT_ANSWERS

    tables = {
        "headline": _table(first, headline.coef_, headline.intercept_),
        "related": _table(
            second, np.vstack([0 * related.coef_, related.coef_]), np.append(0, related.intercept_)
        ),
        "text": _table(second, text.coef_, text.intercept_),
    }
    listed = sorted(
        {clue for table, _ in tables.values() for clue, row in table.items() if abs(row).max() >= 0.04}
    )
    args.out.mkdir(parents=True, exist_ok=True)
    target, words = args.out / "model.npz", args.out / "vocabulary.txt"
    np.savez(
        target,
        **{
            name: np.array(
                [table.get(clue, np.zeros(len(bias))) for clue in listed] + [bias], dtype=np.float32
            )
            for name, (table, bias) in tables.items()
        },
    )
    words.write_text("\n".join(listed) + "\n", encoding="utf-8")
    about = {
        "files": {path.name: data_hash([path]) for path in (target, words)},
        "data": {name: data_hash([args.data / name]) for name in (EMERGENT, BODIES, STANCES)},
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    print(f"{len(listed)} clues, {(target.stat().st_size + words.stat().st_size) / 1e3:.0f} kB")


def _table(
    names: DictVectorizer, weights: np.ndarray, bias: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    return dict(zip(names.feature_names_, weights.T, strict=True)), bias


if __name__ == "__main__":
    main()
