"""Average the weights of taggers that began with the same run (model soup; Wortsman et al. 2022).

    python -m training.average_taggers --runs runs/tagger runs/second --out runs/averaged

Averaged weights generalise better than either run where the second began with
the weights of the first (``train_tagger --start``). Export the result like any
run.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from .network import from_minilm, minilm_folder
from .train_tagger import take_over


def weights_of(run: Path) -> dict[str, torch.Tensor]:
    """Return the weights of a finished run, with early heads also where it had none."""
    model = from_minilm(minilm_folder())
    take_over(model, torch.load(run / "model.pt", weights_only=True))
    return model.state_dict()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    all_weights = [weights_of(run) for run in args.runs]
    mean = {
        name: sum(w[name] for w in all_weights) / len(all_weights) if value.is_floating_point() else value
        for name, value in all_weights[0].items()
    }
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(mean, args.out / "model.pt")
    records = [run / "run.json" for run in args.runs]
    record = {"mean_of": [json.loads(r.read_text()) if r.exists() else None for r in records]}
    (args.out / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
