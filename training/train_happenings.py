"""Learn which words stand for happenings, and which of them are the same, from ECB+'s train topics.

    python -m training.train_happenings --data DATA

Two logistic models, written into ``src/reportedly/models/happenings``. The cut
for mentions and the least likeness for joining are chosen on every second
topic, with models that learnt from the others. Some minutes on one core.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.coreference import scores
from benchmarks.ecb import FOLDER, Sentences, by_topic, load, topic
from reportedly.weighing.happenings import Place, average_linkage, clues, pair_features
from reportedly.weighing.senses import senses
from reportedly.weighing.wording import base_form

from .corpora import data_hash as sha256

TARGET = Path("src/reportedly/models/happenings")
_SENSE_SCALE = 3.0


def word_rows(sentences: Sentences, known: dict[str, int], grow: bool) -> tuple[csr_matrix, list[Place]]:
    """Return the features of every word, and the words' places."""
    rows, columns, keys, places = [], [], [], []
    for (report, number), words in sorted(sentences.items()):
        for n, word in enumerate(words):
            for clue in clues(words, n):
                if grow:
                    known.setdefault(clue, len(known))
                if clue in known:
                    rows.append(len(places))
                    columns.append(known[clue])
            keys.append(base_form(word.lower()))
            places.append((report, number, n))
    sparse = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(places), len(known)))
    return hstack([sparse, csr_matrix(senses().vectors(keys) * _SENSE_SCALE)]).tocsr(), places


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=TARGET)
    args = parser.parse_args()
    sentences, heads = load(args.data, "Train")
    known: dict[str, int] = {}
    x, places = word_rows(sentences, known, grow=True)
    y = np.array([p in heads for p in places])
    topics = np.array([topic(p[0]) for p in places])
    second = np.isin(topics, sorted(set(topics))[1::2])

    def spotted(inside: np.ndarray) -> LogisticRegression:
        return LogisticRegression(C=0.5, max_iter=500, solver="liblinear").fit(x[inside], y[inside])

    held = spotted(~second).predict_proba(x[second])[:, 1]
    cut = max(np.linspace(0.2, 0.6, 41), key=lambda c: _f1(held > c, y[second]))
    print(f"mentions: F1 {_f1(held > cut, y[second]):.3f} at {cut:.2f} on held-out topics")

    found = by_topic(sentences, heads)
    pairs = {t: np.array(list(pair_features(h)), dtype=np.float32) for t, h in found.items()}
    same = {
        t: np.array([heads[a.place] == heads[b.place] for a, b in combinations(h, 2)])
        for t, h in found.items()
    }
    others, held_topics = sorted(found)[::2], sorted(found)[1::2]
    scale, model = _same(pairs, same, others)

    def joined(least: float) -> float:
        chains, wanted = [], {}
        for t in held_topics:
            likeness = np.eye(len(found[t]))
            likeness[np.triu_indices(len(found[t]), 1)] = model.predict_proba(scale.transform(pairs[t]))[:, 1]
            likeness = np.maximum(likeness, likeness.T)
            chains += [frozenset(found[t][n].place for n in g) for g in average_linkage(likeness, least)]
            for h in found[t]:
                wanted.setdefault(heads[h.place], set()).add(h.place)
        return scores([frozenset(c) for c in wanted.values()], chains)["CoNLL F1"]

    least = max((0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45), key=joined)
    print(f"chains of gold mentions: CoNLL F1 {joined(least):.3f} at {least:.2f} on held-out topics")

    words, (scale, model) = spotted(np.ones(len(y), dtype=bool)), _same(pairs, same, sorted(found))
    weights = words.coef_[0]
    kept = [c for c, n in known.items() if abs(weights[n]) >= 0.03]
    coefficients = model.coef_[0] / scale.scale_
    args.out.mkdir(parents=True, exist_ok=True)
    target, listed = args.out / "model.npz", args.out / "vocabulary.txt"
    np.savez(
        target,
        clue=weights[[known[c] for c in kept]].astype(np.float32),
        sense=(weights[len(known) :] * _SENSE_SCALE).astype(np.float32),
        bias=np.float32(words.intercept_[0]),
        cut=np.float32(cut),
        same=coefficients.astype(np.float32),
        same_bias=np.float32(model.intercept_[0] - float(coefficients @ scale.mean_)),
        least=np.float32(least),
    )
    listed.write_text("\n".join(kept) + "\n", encoding="utf-8")
    files = [f"{FOLDER}/ECB_Train_{name}" for name in ("corpus.txt.gz", "Event_gold_mentions.json.gz")]
    about = {
        "files": {path.name: sha256([path]) for path in (target, listed)},
        "data": {name: sha256([args.data / name]) for name in files},
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    print(f"{len(kept)} clues, {(target.stat().st_size + listed.stat().st_size) / 1e3:.0f} kB")


def _f1(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(2 * (found & wanted).sum() / max(1, found.sum() + wanted.sum()))


def _same(
    pairs: dict[str, np.ndarray], same: dict[str, np.ndarray], topics: list[str]
) -> tuple[StandardScaler, LogisticRegression]:
    x = np.vstack([pairs[t] for t in topics])
    scale = StandardScaler().fit(x)
    y = np.concatenate([same[t] for t in topics])
    return scale, LogisticRegression(C=0.3, max_iter=500).fit(scale.transform(x), y)


if __name__ == "__main__":
    main()
