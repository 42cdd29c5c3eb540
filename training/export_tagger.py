"""Export a trained tagger: int8 ONNX, tokenizer, checksums and model card.

    python -m training.export_tagger --run runs/tagger

Writes into ``src/reportedly/models/tagger``. Weights are quantised to int8 with
one scale an output column, activations on the fly (``quantize_dynamic``). The
range of the weights is kept to 7 bits, because CPUs without VNNI saturate at 8:
with one scale a matrix that would cost 4 points of F1, with one a column it
costs half a point.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from .network import Tagger, from_minilm, minilm_folder
from .train_tagger import take_over

TARGET = Path("src/reportedly/models/tagger")
OUTPUTS = ("tags", "names", "content_arcs", "source_arcs", "hidden")
EARLY_OUTPUTS = tuple(f"early_{name}" for name in OUTPUTS)


class Probabilities(nn.Module):
    """Gives logarithms of probabilities; arcs never point at padding."""

    def __init__(self, tagger: Tagger):
        super().__init__()
        self.tagger = tagger

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor) -> tuple[Tensor, ...]:
        hidden, early = self.tagger.encode(ids, mask, shapes)
        absent = (mask == 0)[:, None, :]
        found: list[Tensor] = []
        for layer, heads in ((hidden, self.tagger.late), (early, self.tagger.early)):
            tags, names, content, source = heads(layer)
            found += [
                tags.log_softmax(-1),
                names.log_softmax(-1),
                content.masked_fill(absent, -1e4).log_softmax(-1),
                source.masked_fill(absent, -1e4).log_softmax(-1),
                layer,
            ]
        return tuple(found)


def load(run: Path) -> Tagger:
    """Load the finished weights of a run, or its last checkpoint."""
    model = from_minilm(minilm_folder())
    done = run / "model.pt"
    if done.exists():
        take_over(model, torch.load(done, weights_only=True))
    else:
        take_over(model, torch.load(run / "checkpoint.pt", weights_only=True)["model"])
    return model.eval()


def export(model: Tagger, path: Path) -> None:
    """Write the float32 network to ``path``; batch and length stay free."""
    example = tuple(torch.ones(2, 9, dtype=torch.int64) for _ in range(3))
    free = {0: "windows", 1: "pieces"}
    torch.onnx.export(
        Probabilities(model),
        example,
        path,
        input_names=["ids", "mask", "shapes"],
        output_names=[*OUTPUTS, *EARLY_OUTPUTS],
        dynamic_axes=dict.fromkeys(("ids", "mask", "shapes", *OUTPUTS, *EARLY_OUTPUTS), free),
        opset_version=17,
        dynamo=False,
    )


def quantise(source: Path, target: Path) -> None:
    """Write the int8 network: dynamic quantisation, one scale an output column."""
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul", "Gather"],
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, default=Path("runs/tagger"))
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--float32", action="store_true", help="do not quantise (to measure what it costs)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model = load(args.run)
    target = args.out / "model.onnx"
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        export(model, raw)
        if args.float32:
            shutil.copy(raw, target)
        else:
            quantise(raw, target)
    tokenizer = args.out / "tokenizer.json"
    shutil.copy(minilm_folder() / "tokenizer.json", tokenizer)
    record = args.run / "run.json"
    about = {
        "files": {path.name: sha256(path) for path in (target, tokenizer)},
        "run": json.loads(record.read_text()) if record.exists() else None,
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
