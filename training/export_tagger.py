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

from .network import EARLY, Tagger, from_minilm, minilm_folder
from .train_tagger import take_over

TARGET = Path("src/reportedly/models/tagger")
OUTPUTS = ("tags", "names", "content_arcs", "source_arcs", "hidden")


class Lower(nn.Module):
    """Embeddings and the layers up to :data:`EARLY`: what every reading needs."""

    def __init__(self, tagger: Tagger):
        super().__init__()
        self.tagger = tagger

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor) -> Tensor:
        encoder = self.tagger.encoder
        hidden = encoder.embeddings(input_ids=ids, token_type_ids=shapes)
        return _layers(encoder.encoder.layer[:EARLY], hidden, mask)


class Upper(nn.Module):
    """The layers above, if ``whole``, and the heads: log probabilities; arcs never point at padding."""

    def __init__(self, tagger: Tagger, whole: bool):
        super().__init__()
        self.tagger, self.whole = tagger, whole

    def forward(self, layer: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        hidden = layer
        if self.whole:
            hidden = _layers(self.tagger.encoder.encoder.layer[EARLY:], layer, mask)
        tags, names, content, source = (self.tagger.late if self.whole else self.tagger.early)(hidden)
        absent = (mask == 0)[:, None, :]
        return (
            tags.log_softmax(-1),
            names.log_softmax(-1),
            content.masked_fill(absent, -1e4).log_softmax(-1),
            source.masked_fill(absent, -1e4).log_softmax(-1),
            hidden,
        )


def _layers(layers: nn.ModuleList, hidden: Tensor, mask: Tensor) -> Tensor:
    weight = (1.0 - mask[:, None, None, :].float()) * -1e4
    for layer in layers:
        found = layer(hidden, weight)
        hidden = found[0] if isinstance(found, tuple) else found
    return hidden


def load(run: Path) -> Tagger:
    """Load the finished weights of a run, or its last checkpoint."""
    model = from_minilm(minilm_folder())
    done = run / "model.pt"
    if done.exists():
        take_over(model, torch.load(done, weights_only=True))
    else:
        take_over(model, torch.load(run / "checkpoint.pt", weights_only=True)["model"])
    return model.eval()


def export(model: Tagger, folder: Path) -> list[Path]:
    """Write the float32 network into ``folder`` in three parts; windows and length stay free.

    ``lower.onnx`` reads pieces and gives ``layer``; ``upper.onnx`` goes on from
    there to the answers; ``early.onnx`` answers from there at once.
    """
    whole = tuple(torch.ones(2, 9, dtype=torch.int64) for _ in range(3))
    with torch.no_grad():
        layer = Lower(model)(*whole)
    half = (layer, whole[1])
    parts = [
        ("lower.onnx", Lower(model), whole, ("ids", "mask", "shapes"), ("layer",)),
        ("upper.onnx", Upper(model, whole=True), half, ("layer", "mask"), OUTPUTS),
        ("early.onnx", Upper(model, whole=False), half, ("layer", "mask"), OUTPUTS),
    ]
    for name, part, example, inputs, outputs in parts:
        torch.onnx.export(
            part,
            example,
            folder / name,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: {0: "windows", 1: "pieces"} for name in (*inputs, *outputs)},
            opset_version=17,
            dynamo=False,
        )
    return [folder / name for name, *_ in parts]


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
    written = []
    with tempfile.TemporaryDirectory() as folder:
        for raw in export(model, Path(folder)):
            target = args.out / raw.name
            if args.float32:
                shutil.copy(raw, target)
            else:
                quantise(raw, target)
            written.append(target)
    tokenizer = args.out / "tokenizer.json"
    shutil.copy(minilm_folder() / "tokenizer.json", tokenizer)
    record = args.run / "run.json"
    about = {
        "files": {path.name: sha256(path) for path in (*written, tokenizer)},
        "run": json.loads(record.read_text()) if record.exists() else None,
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    for path in written:
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
