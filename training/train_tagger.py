"""Train the attribution and name tagger. Resumable; two processes on two cores.

    python -m training.train_tagger --data DATA --out runs/tagger

Stop it at any time and give the same command again: it goes on from the last
checkpoint. ``--help`` lists the settings; the defaults are those of the weights
that ship.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from reportedly.reading.windows import PAD, Pieces, batch, pack

from . import corpora
from .corpora import Document
from .network import Tagger, from_minilm, minilm_folder


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is made of; written beside the weights."""

    epochs: float = 3.0
    name_epochs: float = 2.0
    windows: int = 16  # a step, over all processes
    rate: float = 3e-4
    head_rate: float = 1.5e-3
    warm_up: float = 0.08
    arc_weight: float = 0.5
    name_loss_weight: float = 0.5
    early_weight: float = 0.3
    masked: float = 0.06  # of the pieces, while learning
    swapped: float = 0.25  # of the documents get other names
    bf16: bool = False
    seed: int = 0


FILES = (
    "attribution/polnear-train.jsonl.gz",
    "names/polnear-corenlp-silver-train.jsonl.gz",
    "names/conllpp-train.txt.gz",
)


def load(data: Path, tokenizer: Tokenizer) -> tuple[list[Document], list[Document], list[Document]]:
    """Return (PolNeAR to learn, PolNeAR held out for tuning, names to learn)."""
    articles = corpora.polnear(data / FILES[0], data / FILES[1], tokenizer)
    learn = [d for d in articles if not corpora.is_held_out(d.id)]
    tune = [d for d in articles if corpora.is_held_out(d.id)]
    return learn, tune, corpora.conll(data / FILES[2], tokenizer)


class Augmenter:
    """Makes the text of a document plainer, as badly kept text is.

    Of all documents 7% lose their capitals, 4% are set in capitals, 35% get
    straight quotation marks for typographic ones, 4% single ones and 5% lose their
    marks. In a quarter the words of names are exchanged for those of other names,
    the same for the same all through the document, and everywhere some pieces are
    masked: the network is to go by the build of a sentence, not by who speaks.
    """

    def __init__(self, tokenizer: Tokenizer, learn: list[Document], settings: Settings):
        self.masked, self.swapped = settings.masked, settings.swapped
        self.mask = tokenizer.token_to_id("[MASK]")
        self.inside = np.array(
            [(tokenizer.id_to_token(k) or "").startswith("##") for k in range(tokenizer.get_vocab_size())]
        )
        seen = [p.ids[_named(p, n)] for d in learn for p, n in zip(d.paragraphs, d.names, strict=True)]
        every = np.unique(np.concatenate(seen)) if seen else np.zeros(0, np.int64)
        self.names = {True: every[self.inside[every]], False: every[~self.inside[every]]}
        one = lambda mark: tokenizer.token_to_id(mark)  # noqa: E731  (a local table, not a function)
        self.straight = {one("“"): one('"'), one("”"): one('"'), one("‘"): one("'"), one("’"): one("'")}
        self.single = {one("“"): one("‘"), one("”"): one("’"), one('"'): one("'")}
        self.marks = {one("“"), one("”"), one('"')}

    def __call__(self, document: Document, rng: random.Random) -> Document:
        parts, tags, names = document.paragraphs, document.tags, document.names
        attributions = document.attributions
        case, quotes = rng.random(), rng.random()
        if case < 0.11:
            value = 0 if case < 0.07 else 2
            parts = [_with(p, shapes=np.where(p.shapes == 4, 4, value)) for p in parts]
        if rng.random() < self.swapped:
            parts = self._swap_names(parts, names, rng)
        parts = [_with(p, ids=self._masked(p.ids, rng)) for p in parts]
        if quotes < 0.35:
            parts = [_with(p, ids=_replace(p.ids, self.straight)) for p in parts]
        elif quotes < 0.40:
            return self._drop_marks(document, parts)
        elif quotes < 0.44:
            parts = [_with(p, ids=_replace(p.ids, self.single)) for p in parts]
        return Document(document.id, parts, tags, names, document.name_weight, attributions)

    def _masked(self, ids: np.ndarray, rng: random.Random) -> np.ndarray:
        chosen = np.random.default_rng(rng.getrandbits(32)).random(len(ids)) < self.masked
        chosen &= ~np.isin(ids, list(self.marks))
        return np.where(chosen, self.mask, ids)

    def _swap_names(self, parts: list[Pieces], names: list[np.ndarray], rng: random.Random) -> list[Pieces]:
        table: dict[int, int] = {}
        for part, labels in zip(parts, names, strict=True):
            for k in np.unique(part.ids[_named(part, labels)]):
                table.setdefault(int(k), int(rng.choice(self.names[bool(self.inside[k])])))
        return [_with(p, ids=_replace(p.ids, table)) for p in parts]

    def _drop_marks(self, document: Document, parts: list[Pieces]) -> Document:
        kept = [np.array([i not in self.marks for i in p.ids], bool) for p in parts]
        number = [np.cumsum(k) - 1 for k in kept]

        def move(places):
            return tuple((p, int(number[p][k])) for p, k in places if kept[p][k])

        attributions = document.attributions
        if attributions is not None:
            attributions = [
                corpora.Attribution(move(a.source), move(a.cue), move(a.content)) for a in attributions
            ]
        shorter = [
            Pieces(p.ids[k], p.shapes[k], p.starts[k], p.ends[k], p.first[k])
            for p, k in zip(parts, kept, strict=True)
        ]
        tags = [t[k] for t, k in zip(document.tags, kept, strict=True)]
        names = [n[k] for n, k in zip(document.names, kept, strict=True)]
        # a run whose B- stood on a dropped mark begins at its next word
        for rows in (tags, names):
            for row in rows:
                before = 0
                for k in np.nonzero(row >= 0)[0]:
                    label = int(row[k])
                    if label > 0 and label % 2 == 0 and before not in (label, label - 1):
                        row[k] = label - 1
                    before = label
        return Document(document.id, shorter, tags, names, document.name_weight, attributions)


def _named(part: Pieces, labels: np.ndarray) -> np.ndarray:
    """Tell of each piece whether its word is part of a name: only a word's first piece carries the label."""
    number = np.maximum.accumulate(np.where(part.first, np.arange(len(part)), 0))
    return labels[number] > 0


def _with(part: Pieces, *, ids=None, shapes=None) -> Pieces:
    return Pieces(
        part.ids if ids is None else ids,
        part.shapes if shapes is None else shapes,
        part.starts,
        part.ends,
        part.first,
    )


def _replace(ids, table):
    return np.array([table.get(k, k) for k in ids.tolist()], ids.dtype)


def windows_of(document: Document, rng: random.Random | None) -> list[tuple[Document, list]]:
    """Pack a document into windows; with ``rng`` the first window starts at a random paragraph."""
    lengths = [len(p) for p in document.paragraphs]
    cut = rng.randrange(len(lengths)) if rng and lengths else 0
    head, tail = pack(lengths[:cut]), pack([0] * cut + lengths[cut:])
    return [(document, w) for w in head + tail if w]


def collate(items) -> dict[str, torch.Tensor]:
    """Turn windows into tensors: inputs, labels and arc targets."""
    rows = [batch(document.paragraphs, [slots]) for document, slots in items]
    width = max(ids.shape[1] for ids, _, _ in rows)
    count = len(items)
    ids = np.full((count, width), PAD, np.int64)
    mask, shapes = np.zeros_like(ids), np.zeros_like(ids)
    tags, names = np.full_like(ids, -100), np.full_like(ids, -100)
    weight = np.ones(count, np.float32)
    content = np.zeros((count, width, width), bool)
    source = np.zeros((count, width, width), bool)
    for k, (document, slots) in enumerate(items):
        n = rows[k][0].shape[1]
        ids[k, :n], mask[k, :n], shapes[k, :n] = (part[0] for part in rows[k])
        weight[k] = document.name_weight
        at = {}
        for slot in slots:
            length = slot.end - slot.start
            where = slice(slot.at, slot.at + length)
            tags[k, where] = document.tags[slot.paragraph][slot.start : slot.end]
            names[k, where] = document.names[slot.paragraph][slot.start : slot.end]
            at[slot.paragraph] = slot
        for item in document.attributions or ():
            cue = _positions(item.cue, at)
            if not cue:
                continue
            own_source = _positions(item.source, at)
            for position in _positions(item.content, at):
                content[k, position, cue] = True
            if own_source or not item.source:
                for position in cue:
                    source[k, position, own_source or [0]] = True
    tensors = {
        "ids": ids, "mask": mask, "shapes": shapes, "tags": tags, "names": names,
        "weight": weight, "content": content, "source": source,
    }  # fmt: skip
    return {name: torch.from_numpy(value) for name, value in tensors.items()}


def _positions(places, at) -> list[int]:
    found = []
    for paragraph, piece in places:
        slot = at.get(paragraph)
        if slot and slot.start <= piece < slot.end:
            found.append(slot.at + piece - slot.start)
    return found


def arc_loss(scores: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean negative log of the probability that all right heads hold together."""
    scores = scores.float().masked_fill(~mask.bool()[:, None, :], -1e4)
    rows = target.any(-1)
    if not rows.any():
        return scores.sum() * 0.0
    scores, target = scores[rows], target[rows]
    right = scores.masked_fill(~target, -1e4).logsumexp(-1)
    return (scores.logsumexp(-1) - right).mean()


def losses(model: nn.Module, part: dict[str, torch.Tensor], settings: Settings) -> dict[str, torch.Tensor]:
    with torch.autocast("cpu", torch.bfloat16, enabled=settings.bf16):
        outputs = model(part["ids"], part["mask"], part["shapes"])
    late, early = (losses_of(each, part, settings) for each in outputs)
    late["early"] = early["all"]
    late["all"] = late["all"] + settings.early_weight * early["all"]
    return late


def losses_of(
    outputs: tuple[torch.Tensor, ...], part: dict[str, torch.Tensor], settings: Settings
) -> dict[str, torch.Tensor]:
    """Return the losses of the four heads and their weighted sum."""
    tags, names, content, source = outputs
    tags, names = tags.float(), names.float()
    name_each = nn.functional.cross_entropy(
        names.transpose(1, 2), part["names"], reduction="none", ignore_index=-100
    )
    name_count = ((part["names"] >= 0) * part["weight"][:, None]).sum().clamp(min=1)
    has_tags = (part["tags"] >= 0).any()
    tag_loss = (
        nn.functional.cross_entropy(tags.transpose(1, 2), part["tags"], ignore_index=-100)
        if has_tags
        else tags.sum() * 0.0
    )
    found = {
        "tags": tag_loss,
        "names": (name_each * part["weight"][:, None]).sum() / name_count,
        "content": arc_loss(content, part["content"], part["mask"]),
        "source": arc_loss(source, part["source"], part["mask"]),
    }
    found["all"] = (
        found["tags"]
        + settings.name_loss_weight * found["names"]
        + settings.arc_weight * (found["content"] + found["source"])
    )
    return found


def plan(learn: list[Document], names: list[Document], settings: Settings) -> int:
    """Return the number of steps of a run."""
    one = sum(len(windows_of(d, None)) for d in learn)
    other = sum(len(windows_of(d, None)) for d in names)
    return int((settings.epochs * one + settings.name_epochs * other) / settings.windows)


def stream(learn, names, settings: Settings, augment: Augmenter):
    """Yield the windows of each step for ever, in an order that the seed decides."""
    share = settings.name_epochs / settings.epochs
    epoch = 0
    while True:
        rng = random.Random(settings.seed * 1000 + epoch)
        items = [w for d in learn for w in windows_of(augment(d, rng), rng)]
        some = rng.sample(names, int(len(names) * min(share, 1.0)))
        items += [w for d in some for w in windows_of(augment(d, rng), rng)]
        rng.shuffle(items)
        for k in range(0, len(items) - settings.windows + 1, settings.windows):
            step = sorted(items[k : k + settings.windows], key=lambda w: w[1][-1].at + w[1][-1].end)
            yield step
        epoch += 1


def run(
    rank: int, world: int, data: Path, out: Path, settings: Settings, every: int, start: Path | None
) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(settings.seed)
    if world > 1:
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", "29511")
        dist.init_process_group("gloo", rank=rank, world_size=world)
    folder = minilm_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    learn, tune, names = load(data, tokenizer)
    steps = plan(learn, names, settings)
    model = from_minilm(folder)
    if start:
        take_over(model, torch.load(start, weights_only=True))
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [
            {"params": list(model.encoder.parameters()), "lr": settings.rate},
            {"params": heads, "lr": settings.head_rate},
        ],
        weight_decay=0.01,
        fused=True,
    )
    warm = max(1, int(steps * settings.warm_up))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm)))
    )
    done, checkpoint = 0, out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["step"]
    torch.manual_seed(settings.seed * 1000 + done * world + rank)
    net = DistributedDataParallel(model) if world > 1 else model
    augment = Augmenter(tokenizer, learn, settings)
    began, seen = time.monotonic(), 0
    for step, items in enumerate(stream(learn, names, settings, augment)):
        if step >= steps:
            break
        if step < done:
            continue
        part = collate(items[rank::world])
        found = losses(net, part, settings)
        optimizer.zero_grad(set_to_none=True)
        found["all"].backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        seen += int(part["mask"].sum()) * world
        if rank == 0 and (step + 1) % 20 == 0:
            rate = seen / (time.monotonic() - began)
            left = (steps - step - 1) * (time.monotonic() - began) / (step + 1 - done)
            values = " ".join(f"{k} {v.item():.3f}" for k, v in found.items())
            print(
                f"step {step + 1}/{steps} {values} | {rate:.0f} pieces/s, {left / 60:.0f} min left",
                flush=True,
            )
        if (step + 1) % every == 0 or step + 1 == steps:
            if rank == 0:
                _save(model, optimizer, schedule, step + 1, checkpoint)
            if (step + 1) % (3 * every) == 0 or step + 1 == steps:
                if rank == 0:
                    print(f"held out at {step + 1}: {held_out(model, tune, settings)}", flush=True)
                if world > 1:
                    dist.barrier()
    if rank == 0:
        torch.save(model.state_dict(), out / "model.pt")
        record = {
            "settings": asdict(settings),
            "steps": steps,
            "start": corpora.data_hash([start]) if start else None,
            "data": {name: corpora.data_hash([data / name]) for name in FILES},
        }
        (out / "run.json").write_text(json.dumps(record, indent=1) + "\n")
    if world > 1:
        dist.destroy_process_group()


def take_over(model: Tagger, weights: dict[str, torch.Tensor]) -> None:
    """Begin with the weights of an earlier run; the early heads begin as the late ones where it had none."""
    heads = ("tags.", "names.", "content_arcs.", "source_arcs.")
    weights = {f"late.{k}" if k.startswith(heads) else k: v for k, v in weights.items()}
    for name in [k for k in weights if k.startswith("late.")]:
        weights.setdefault(f"early.{name.removeprefix('late.')}", weights[name])
    model.load_state_dict(weights)


def held_out(model: Tagger, documents: list[Document], settings: Settings) -> str:
    """Return the mean losses on documents that were not learnt."""
    model.eval()
    items = [w for d in documents[:16] for w in windows_of(d, None)]
    sums: dict[str, float] = {}
    count = 0
    with torch.inference_mode():
        for k in range(0, len(items), 16):
            for name, value in losses(model, collate(items[k : k + 16]), settings).items():
                sums[name] = sums.get(name, 0.0) + value.item()
            count += 1
    model.train()
    return " ".join(f"{name} {value / count:.4f}" for name, value in sums.items())


def _save(model, optimizer, schedule, step: int, path: Path) -> None:
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "step": step,
    }
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--out", type=Path, default=Path("runs/tagger"))
    parser.add_argument("--epochs", type=float, default=Settings().epochs, help="passes over PolNeAR")
    parser.add_argument(
        "--name-epochs", type=float, default=Settings().name_epochs, help="passes over CoNLL++"
    )
    parser.add_argument(
        "--bf16",
        action="store_true",
        help="half the time where the CPU has AVX512_BF16, ten times it elsewhere",
    )
    parser.add_argument(
        "--rate", type=float, default=Settings().rate, help="of the encoder; the heads' is five times it"
    )
    parser.add_argument("--start", type=Path, help="weights of an earlier run (model.pt) to begin with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    args = parser.parse_args()
    missing = [name for name in FILES if not (args.data / name).exists()]
    if missing:
        parser.error(f"not in {args.data}: {', '.join(missing)}")
    args.out.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        epochs=args.epochs,
        name_epochs=args.name_epochs,
        rate=args.rate,
        head_rate=5 * args.rate,
        bf16=args.bf16,
        seed=args.seed,
    )
    rest = (args.processes, args.data, args.out, settings, args.every, args.start)
    if args.processes == 1:
        run(0, *rest)
    else:
        torch.multiprocessing.spawn(run, args=rest, nprocs=args.processes)


if __name__ == "__main__":
    main()
