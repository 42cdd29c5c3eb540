"""Train the judgement of stance and factuality on labelled attributions.

    python -m training.train_judgement --data DATA

Needs the tagger that ships (its encoder gives the features). Regularisation is
chosen by cross-validation over articles; the two accuracies are printed and
kept in ``about.json``. Takes a few minutes on one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from reportedly.reading.draft import Draft
from reportedly.reading.encoder import encoder
from reportedly.reading.features import Hidden, dense, sparse
from reportedly.reading.page import Page

from .corpora import data_hash, json_lines
from .export_tagger import sha256

LABELS = Path("training/labels/attribution-labels.jsonl")
TARGET = Path("src/reportedly/models/judgement")
_WORD_SCALE = 0.3


def draft_of(spans: dict) -> Draft:
    """Build a draft from gold spans."""
    ranges = {role: tuple((s, e) for s, e in spans[role]) for role in ("source", "cue", "content")}
    return Draft(**ranges, confidence=1.0, rules=["gold"])


def features(data: Path, rows: list[dict]) -> tuple[list[list[str]], np.ndarray]:
    """Return the word features and the encoder's values ``(rows, 4 * size)`` of labelled attributions."""
    wanted = defaultdict(list)
    for k, row in enumerate(rows):
        wanted[row["article"]].append(k)
    words: list[list[str]] = [[] for _ in rows]
    values: list[np.ndarray | None] = [None] * len(rows)
    for article in json_lines(data / "attribution/polnear-train.jsonl.gz"):
        if article["id"] not in wanted:
            continue
        page = Page(article["text"])
        hidden = Hidden(encoder().run(page.text, page.paragraphs))
        for k in wanted[article["id"]]:
            draft = draft_of(article["attributions"][rows[k]["attribution"]])
            words[k] = sparse(page, draft)
            values[k] = dense(draft, hidden)
    return words, np.array(values, np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=TARGET)
    args = parser.parse_args()
    unique: dict[str, dict] = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        unique.setdefault(row["item"], row)
    rows = list(unique.values())
    words, values = features(args.data, rows)
    count: dict[str, int] = defaultdict(int)
    for own in words:
        for word in own:
            count[word] += 1
    vocabulary = sorted(word for word, n in count.items() if n >= 2)
    number = {word: k for k, word in enumerate(vocabulary)}
    mean, scale = values.mean(0), 1 / (values.std(0) + 1e-6) / np.sqrt(values.shape[1])
    table = np.zeros((len(rows), len(vocabulary)), np.float32)
    for k, own in enumerate(words):
        table[k, [number[w] for w in own if w in number]] = _WORD_SCALE
    table = np.hstack([table, (values - mean) * scale])
    groups = [row["article"] for row in rows]
    arrays = {"mean": mean, "scale": scale}
    record: dict[str, object] = {"words": vocabulary}
    accuracy = {}
    for name in ("stance", "factuality"):
        gold = np.array([row[name] for row in rows])
        tried = {}
        for strength in (1.0, 3.0, 10.0):
            right = []
            for learn, test in GroupKFold(4).split(table, gold, groups):
                model = LogisticRegression(C=strength, max_iter=120, tol=1e-3).fit(table[learn], gold[learn])
                right += list(model.predict(table[test]) == gold[test])
            tried[strength] = float(np.mean(right))
            print(f"{name}: C={strength:g} accuracy {tried[strength]:.3f} (cross-validated)", flush=True)
        best = max(tried, key=lambda c: tried[c])
        accuracy[name] = tried[best]
        model = LogisticRegression(C=best, max_iter=300, tol=1e-3).fit(table, gold)
        weights = model.coef_.astype(np.float32)
        weights[:, : len(vocabulary)] *= _WORD_SCALE
        arrays |= {f"{name}_weights": weights, f"{name}_bias": model.intercept_.astype(np.float32)}
        record[name] = [str(c) for c in model.classes_]
    args.out.mkdir(parents=True, exist_ok=True)
    path, words_path = args.out / "model.npz", args.out / "vocabulary.json"
    np.savez_compressed(path, **{k: v.astype(np.float16) for k, v in arrays.items()})
    words_path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    about = {
        "files": {p.name: sha256(p) for p in (path, words_path)},
        "accuracy": accuracy,
        "labels": hashlib.sha256(LABELS.read_bytes()).hexdigest(),
        "data": data_hash([args.data / "attribution/polnear-train.jsonl.gz"]),
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
