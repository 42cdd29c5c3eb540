"""Export trained judges for numpy: weights in 16 bits, vocabulary, checksums.

    python -m training.export_judgement --run runs/judged

Writes into ``src/reportedly/models/judgement``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from .export_tagger import sha256
from .judges import LABELS

TARGET = Path("src/reportedly/models/judgement")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, default=Path("runs/judged"))
    parser.add_argument("--out", type=Path, default=TARGET)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    path, words = args.out / "model.npz", args.out / "vocabulary.json"
    with np.load(args.run / "judges.npz", allow_pickle=False) as file:
        np.savez_compressed(path, **{name: file[name].astype(np.float16) for name in file.files})
    vocabulary = json.loads((args.run / "vocabulary.json").read_text(encoding="utf-8"))
    record = {"words": vocabulary, **{name: list(classes) for name, classes in LABELS.items()}}
    words.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    run = json.loads((args.run / "run.json").read_text(encoding="utf-8"))
    about = {"files": {p.name: sha256(p) for p in (path, words)}, "run": run}
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
