"""Teach the tagger's encoder to judge stance and factuality too, from labelled attributions.

    python -m training.train_judgement --data DATA --run runs/tagger --out runs/judged

Goes on from a finished tagger: each step mixes labelled attributions with other
windows of PolNeAR, so that the tagger's own heads keep what they know. The
judges are linear over the encoder's means and over word features, which is what
:mod:`reportedly.reading.judgement` computes. One article in ten is kept out and
its accuracy printed. Writes the judges into ``src/reportedly/models/judgement``;
export the tagger again afterwards, for its encoder has moved:

    python -m training.export_tagger --run runs/judged
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from reportedly.reading.draft import Draft
from reportedly.reading.features import OPENING, sparse
from reportedly.reading.page import Page

from . import corpora
from .corpora import Document, data_hash, is_held_out, json_lines
from .export_tagger import load, sha256
from .network import minilm_folder
from .train_tagger import FILES, Settings, _positions, collate, losses_of, windows_of

LABELS = Path("training/labels/attribution-labels.jsonl")
TARGET = Path("src/reportedly/models/judgement")
FIELDS = ("stance", "factuality")
_WORD_SCALE = 0.3


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled attribution: its document, its number there, its word features and labels."""

    document: Document
    number: int
    words: list[str]
    labels: dict[str, str]


def items(data: Path, documents: dict[str, Document]) -> list[Item]:
    """Read the labels; of items labelled twice the first label counts."""
    rows: dict[str, dict] = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["item"], row)
    wanted = defaultdict(list)
    for row in rows.values():
        wanted[row["article"]].append(row)
    found = []
    for article in json_lines(data / FILES[0]):
        page = Page(article["text"])
        for row in wanted.get(article["id"], ()):
            gold = article["attributions"][row["attribution"]]
            ranges = {role: tuple((s, e) for s, e in gold[role]) for role in corpora.ROLES}
            words = sparse(page, Draft(**ranges, confidence=1.0, rules=[]))
            labels = {name: row[name] for name in FIELDS}
            found.append(Item(documents[article["id"]], row["attribution"], words, labels))
    return found


class Judges(nn.Module):
    """One linear judge a label, over ``words`` word features and four means of the encoder's output."""

    def __init__(self, words: int, size: int, classes: dict[str, list[str]]):
        super().__init__()
        self.parts = nn.ModuleDict({name: nn.Linear(words + 4 * size, len(c)) for name, c in classes.items()})
        self.drop_words, self.drop_means = nn.Dropout(0.2), nn.Dropout(0.2)

    def forward(self, words: torch.Tensor, means: torch.Tensor) -> dict[str, torch.Tensor]:
        joined = torch.cat([self.drop_words(words), self.drop_means(means)], -1)
        return {name: part(joined) for name, part in self.parts.items()}


def window_of(item: Item, rng: random.Random | None) -> tuple[Document, list] | None:
    """Return the window of the document that shows the item's cue, or else its content."""
    gold = item.document.attributions[item.number]
    for document, slots in windows_of(item.document, rng):
        at = {slot.paragraph: slot for slot in slots}
        if _positions(gold.cue or gold.content[:1], at):
            return document, slots
    return None


def means(hidden: torch.Tensor, item: Item, slots: list) -> torch.Tensor:
    """Return ``(4 * size,)``: the means over cue, opening of the content, content and source."""
    gold = item.document.attributions[item.number]
    at = {slot.paragraph: slot for slot in slots}
    parts = []
    for places in (gold.cue, gold.content[:OPENING], gold.content, gold.source):
        positions = _positions(places, at)
        parts.append(hidden[positions].mean(0) if positions else torch.zeros(hidden.shape[-1]))
    return torch.cat(parts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=Path("runs/tagger"), help="the tagger to go on from")
    parser.add_argument("--out", type=Path, default=Path("runs/judged"))
    parser.add_argument("--target", type=Path, default=TARGET, help="where the judges are written")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    documents = {d.id: d for d in corpora.polnear(args.data / FILES[0], args.data / FILES[1], tokenizer)}
    every = items(args.data, documents)
    kept_out = {i for i, item in enumerate(every) if item.document.id.encode()[-1] % 10 == 0}
    learn = [item for i, item in enumerate(every) if i not in kept_out]
    test = [every[i] for i in sorted(kept_out)]
    other = [w for d in documents.values() if not is_held_out(d.id) for w in windows_of(d, rng)]
    count = Counter(word for item in learn for word in item.words)
    vocabulary = sorted(word for word, n in count.items() if n >= 2)
    number = {word: k for k, word in enumerate(vocabulary)}
    classes = {name: sorted({item.labels[name] for item in every}) for name in FIELDS}
    model = load(args.run).train()
    judges = Judges(len(vocabulary), model.config.hidden_size, classes)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    groups = [
        {"params": list(model.encoder.parameters()), "lr": 1e-4},
        {"params": heads, "lr": 2e-4},
        {"params": list(judges.parameters()), "lr": 2e-3},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.02, fused=True)
    batch, mixed = 12, 4
    steps = args.epochs * (len(learn) // batch)
    warm = max(1, steps // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm)))
    )

    def word_rows(part: list[Item]) -> torch.Tensor:
        table = torch.zeros(len(part), len(vocabulary))
        for k, item in enumerate(part):
            table[k, [number[w] for w in item.words if w in number]] = _WORD_SCALE
        return table

    def judged(part: list[Item], hidden: torch.Tensor, windows: list) -> dict[str, torch.Tensor]:
        rows = [means(hidden[k], item, windows[k][1]) for k, item in enumerate(part)]
        return judges(word_rows(part), torch.stack(rows))

    settings, began, step = Settings(), time.monotonic(), 0
    for epoch in range(args.epochs):
        order = rng.sample(learn, len(learn))
        for k in range(0, len(order) - batch + 1, batch):
            chosen = [(item, window_of(item, rng)) for item in order[k : k + batch]]
            part = [item for item, window in chosen if window]
            windows = [window for _, window in chosen if window]
            tensors = collate([*windows, *rng.sample(other, mixed)])
            hidden = model.encode(tensors["ids"], tensors["mask"], tensors["shapes"])
            loss = losses_of(model.heads(hidden), tensors, settings)["all"]
            for name, scores in judged(part, hidden, windows).items():
                gold = torch.tensor([classes[name].index(item.labels[name]) for item in part])
                loss = loss + nn.functional.cross_entropy(scores, gold, label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([*model.parameters(), *judges.parameters()], 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 20 == 0:
                left = (steps - step) * (time.monotonic() - began) / step / 60
                print(f"step {step}/{steps} loss {loss.item():.3f} | {left:.0f} min left", flush=True)
        model.eval()
        judges.eval()
        right: Counter[str] = Counter()
        with torch.inference_mode():
            for k in range(0, len(test), 16):
                chosen = [(item, window_of(item, None)) for item in test[k : k + 16]]
                part = [item for item, window in chosen if window]
                windows = [window for _, window in chosen if window]
                tensors = collate(windows)
                hidden = model.encode(tensors["ids"], tensors["mask"], tensors["shapes"])
                for name, scores in judged(part, hidden, windows).items():
                    got = [classes[name][c] for c in scores.argmax(-1).tolist()]
                    right[name] += sum(a == item.labels[name] for a, item in zip(got, part, strict=True))
        model.train()
        judges.train()
        accuracy = {name: right[name] / len(test) for name in FIELDS}
        print(f"epoch {epoch + 1}: kept out {accuracy}", flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), args.out / "model.pt")
    shutil.copy(args.run / "run.json", args.out / "run.json")
    size = 4 * model.config.hidden_size
    arrays = {"mean": np.zeros(size), "scale": np.ones(size)}
    for name, part in judges.parts.items():
        weights = part.weight.detach().numpy().copy()
        weights[:, : len(vocabulary)] *= _WORD_SCALE
        arrays |= {f"{name}_weights": weights, f"{name}_bias": part.bias.detach().numpy()}
    args.target.mkdir(parents=True, exist_ok=True)
    path, words_path = args.target / "model.npz", args.target / "vocabulary.json"
    np.savez_compressed(path, **{k: v.astype(np.float16) for k, v in arrays.items()})
    words_path.write_text(
        json.dumps({"words": vocabulary, **classes}, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    about = {
        "files": {p.name: sha256(p) for p in (path, words_path)},
        "kept out": {"items": len(test), **accuracy},
        "settings": {"epochs": args.epochs, "seed": args.seed},
        "labels": hashlib.sha256(LABELS.read_bytes()).hexdigest(),
        "data": data_hash([args.data / FILES[0]]),
    }
    (args.target / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
