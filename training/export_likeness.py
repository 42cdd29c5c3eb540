"""Make the table of word vectors by which claims are compared.

    python -m training.export_likeness --data DATA

Each word of the news (a word of all-MiniLM-L6-v2's vocabulary, or one in at
least ``--least`` reports of ``load/allsides-2020.jsonl.gz``) is read by all-MiniLM-L6-v2 as a
text of its own; the mean of its outputs is centred, cut to its first 128
principal components and made a unit vector (Tulkens and van Dongen 2024,
"Model2Vec"). Words of one base form share the mean of their vectors, the
commoner words weighing more. Values are kept in int8. Takes some minutes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from reportedly.weighing.wording import base_form

from .export_tagger import sha256
from .network import minilm_folder

TARGET = Path("src/reportedly/models/likeness")
NEWS = "load/allsides-2020.jsonl.gz"
SIZE = 128
_WORD = re.compile(r"[a-z]{3,}")


def counted(data: Path) -> Counter[str]:
    """Return in how many reports each lower-case word stands."""
    found: Counter[str] = Counter()
    with gzip.open(data / NEWS, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            found.update(
                set(_WORD.findall(" ".join(v for v in record.values() if isinstance(v, str)).lower()))
            )
    return found


@torch.inference_mode()
def read(words: list[str], batch: int = 512) -> np.ndarray:
    """Return the mean output of the network for each word, shape ``(len(words), 384)``."""
    folder = minilm_folder()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    by_length: dict[int, list[int]] = defaultdict(list)  # equal lengths need no padding
    pieces = tokenizer(words)["input_ids"]
    for number, ids in enumerate(pieces):
        by_length[len(ids)].append(number)
    found = np.zeros((len(words), model.config.hidden_size), dtype=np.float32)
    for numbers in by_length.values():
        for start in range(0, len(numbers), batch):
            rows = numbers[start : start + batch]
            found[rows] = model(torch.tensor([pieces[n] for n in rows])).last_hidden_state.mean(1).numpy()
    return found


def reduced(vectors: np.ndarray, size: int = SIZE) -> np.ndarray:
    """Return centred unit vectors in ``size`` dimensions."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centred = unit - unit.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    found = centred @ axes[:, ::-1][:, :size]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--least", type=int, default=10, help="reports that a word must stand in")
    args = parser.parse_args()
    counts = counted(args.data)
    pieces = json.loads((minilm_folder() / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    words = sorted(
        {w for w in pieces if _WORD.fullmatch(w)} | {w for w, n in counts.items() if n >= args.least}
    )
    vectors = reduced(read(words))
    sums: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(SIZE))
    for word, vector in zip(words, vectors, strict=True):
        sums[base_form(word)] += vector * (1 + counts[word]) ** 0.5
    keys = sorted(sums)
    table = np.array([sums[key] / np.linalg.norm(sums[key]) for key in keys])
    scale = float(np.abs(table).max() / 127)
    args.out.mkdir(parents=True, exist_ok=True)
    weights, listed = args.out / "model.npz", args.out / "vocabulary.txt"
    np.savez(weights, vectors=np.round(table / scale).astype(np.int8), scale=np.float32(scale))
    listed.write_text("\n".join(keys) + "\n", encoding="utf-8")
    about = {
        "files": {path.name: sha256(path) for path in (weights, listed)},
        "settings": {"size": SIZE, "least": args.least, "words": len(words)},
        "data": {NEWS: sha256(args.data / NEWS)},
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    print(f"{weights}: {len(keys)} base forms, {weights.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
