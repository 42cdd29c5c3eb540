"""Train the judges together with the encoder, on attributions labelled by reading.

    python -m training.train_judgement --data DATA --run runs/tagger --out runs/judged

Begins with a trained tagger. Each step sees windows that hold labelled
attributions and learns both what the tagger learns and the labels, so that the
encoder comes to tell stances apart without forgetting who speaks. One article in
eight is kept out to choose by. Writes the tagger's weights and the judges' into
``--out``; ``export_tagger --run`` and ``export_judgement --run`` ship them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from reportedly.reading import tagging
from reportedly.reading.attribution import settle_sources
from reportedly.reading.draft import Draft
from reportedly.reading.encoder import encoder
from reportedly.reading.entities import gather, with_datelines
from reportedly.reading.features import sparse
from reportedly.reading.page import Page

from . import corpora
from .corpora import Document, json_lines
from .judges import LABELS, Judges, means
from .network import from_minilm, minilm_folder
from .train_tagger import Augmenter, Settings, collate, losses_of, take_over, windows_of

LABEL_FILE = Path("training/labels/attribution-labels.jsonl")
FILES = (
    "attribution/polnear-train.jsonl.gz",
    "names/polnear-corenlp-silver-train.jsonl.gz",
    "events/muc34-train.jsonl.gz",
)
UNSURE = 0.5  # weight of an item that its annotator hesitated over


@dataclass(frozen=True, slots=True)
class Item:
    """One labelled attribution: its number in the document, its labels and word features."""

    document: str
    number: int
    labels: dict[str, int]
    weight: float
    words: tuple[str, ...]


def read_labels() -> list[dict]:
    """Return the first reading of every labelled item."""
    unique: dict[str, dict] = {}
    for line in LABEL_FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        unique.setdefault(row["item"], row)
    return list(unique.values())


def draft_of(spans: dict) -> Draft:
    """Build a draft from gold spans."""
    ranges = {role: tuple((s, e) for s, e in spans[role]) for role in ("source", "cue", "content")}
    return Draft(**ranges, confidence=1.0, rules=["gold"])


def word_features(text: str, spans: list[dict]) -> list[tuple[str, ...]]:
    """Return the word features of attributions of one text, with the kind that the rules give each source."""
    page = Page(text)
    windows = encoder().run(page.text, page.paragraphs)
    cast = gather(page, with_datelines(page, tagging.names(windows, page)))
    drafts = [draft_of(s) for s in spans]
    for draft in drafts:
        if draft.source:
            draft.member = cast.head_of(*draft.source[0])
    settle_sources(page, cast, drafts)
    return [tuple(sparse(page, d)) for d in drafts]


def items_of(data: Path, tokenizer: Tokenizer, cache: Path) -> tuple[dict[str, Document], list[Item]]:
    """Return the documents that hold labelled attributions, and the items."""
    rows = read_labels()
    articles = corpora.polnear(data / FILES[0], data / FILES[1], tokenizer)
    documents = {d.id: d for d in articles}
    texts = {a["id"]: a for a in json_lines(data / FILES[0])}
    muc: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        if "muc" in row:
            row["article"], row["attribution"] = f"muc:{row['muc']}", len(muc[row["muc"]])
            muc[row["muc"]].append(row)
    for record in json_lines(data / FILES[2]):
        own = muc.get(record.get("docid") or record.get("id"))
        if own:
            name = own[0]["article"]
            text = record.get("doctext") or record.get("text")
            documents[name] = corpora.with_attributions(name, text, own, tokenizer)
            texts[name] = {"text": text, "attributions": own}
    wanted = defaultdict(list)
    for row in rows:
        wanted[row["article"]].append(row)
    known: dict[str, list] = json.loads(cache.read_text()) if cache.exists() else {}
    items = []
    for number, (article, own) in enumerate(wanted.items()):
        if article not in known:
            spans = [texts[article]["attributions"][r["attribution"]] for r in own]
            known[article] = word_features(texts[article]["text"], spans)
            if number % 50 == 0:
                print(f"features: {number} of {len(wanted)} documents", flush=True)
        for row, words in zip(own, known[article], strict=True):
            labels = {n: LABELS[n].index(row[n]) for n in LABELS}
            weight = 1.0 if row["sure"] else UNSURE
            items.append(Item(article, row["attribution"], labels, weight, tuple(words)))
    cache.write_text(json.dumps(known))
    return {name: documents[name] for name in wanted}, items


def is_kept_out(document: str) -> bool:
    """Tell whether a document serves to choose by (1 in 8)."""
    return hashlib.sha256(document.encode()).digest()[1] % 8 == 0


def places(document: Document, number: int, slots: list) -> tuple[list[int], list[int], list[int]] | None:
    """Return where source, cue and content of an attribution stand in a window; ``None`` if not all in it."""
    at = {slot.paragraph: slot for slot in slots}
    attribution = document.attributions[number]
    found = []
    for role in (attribution.source, attribution.cue, attribution.content):
        own = []
        for paragraph, piece in role:
            slot = at.get(paragraph)
            if slot is None or not slot.start <= piece < slot.end:
                return None
            own.append(slot.at + piece - slot.start)
        found.append(own)
    return (found[0], found[1], found[2]) if found[2] else None


def judged(hidden, batch, judges, vocabulary, by_document):
    """Return the logits and the targets of all items that lie wholly in the windows of ``batch``."""
    rows, words, offsets, targets = [], [], [], []
    for k, (document, slots) in enumerate(batch):
        for item in by_document.get(document.id, ()):
            where = places(document, item.number, slots)
            if where is None:
                continue
            rows.append(means(hidden[k], *where))
            offsets.append(len(words))
            words += [vocabulary[w] for w in item.words if w in vocabulary]
            targets.append(item)
    if not rows:
        return None, []
    return judges(torch.stack(rows), torch.tensor(words), torch.tensor(offsets)), targets


def loss_of(logits, targets) -> torch.Tensor:
    weight = torch.tensor([t.weight for t in targets])
    total = torch.zeros(())
    for name, scores in logits.items():
        gold = torch.tensor([t.labels[name] for t in targets])
        each = nn.functional.cross_entropy(scores, gold, reduction="none", label_smoothing=0.05)
        total = total + (each * weight).sum() / weight.sum()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=Path("runs/tagger"))
    parser.add_argument("--out", type=Path, default=Path("runs/judged"))
    parser.add_argument("--epochs", type=float, default=4.0)
    parser.add_argument(
        "--rate", type=float, default=6e-5, help="of the encoder; the judges' is twenty times it"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="keep nothing out (for the weights that ship)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    folder = minilm_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    documents, items = items_of(args.data, tokenizer, args.out / "features.json")
    learn = [i for i in items if args.all or not is_kept_out(i.document)]
    kept = [i for i in items if is_kept_out(i.document)]
    count: dict[str, int] = defaultdict(int)
    for item in learn:
        for word in item.words:
            count[word] += 1
    vocabulary = {w: k for k, w in enumerate(sorted(w for w, n in count.items() if n >= 2))}
    model = from_minilm(folder)
    take_over(model, torch.load(args.run / "model.pt", weights_only=True))
    judges = Judges(model.config.hidden_size, len(vocabulary))
    by_learn, by_kept = defaultdict(list), defaultdict(list)
    for item in learn:
        by_learn[item.document].append(item)
    for item in kept:
        by_kept[item.document].append(item)
    settings = Settings(masked=0.03, swapped=0.15, seed=args.seed)
    augment = Augmenter(tokenizer, [d for d in documents.values() if d.name_weight], settings)
    one = sum(len(_windows(documents[d], by_learn[d], None)) for d in by_learn)
    steps = int(args.epochs * one / 16)
    optimizer = torch.optim.AdamW(
        [
            {"params": list(model.parameters()), "lr": args.rate},
            {"params": list(judges.parameters()), "lr": 20 * args.rate},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / 30, max(0.0, (steps - s) / steps))
    )
    print(
        f"{len(learn)} items to learn, {len(kept)} kept out, {len(vocabulary)} words, {steps} steps",
        flush=True,
    )
    began, step, epoch = time.monotonic(), 0, 0
    while step < steps:
        rng = random.Random(args.seed * 1000 + epoch)
        windows = [
            w for d in sorted(by_learn) for w in _windows(augment(documents[d], rng), by_learn[d], rng)
        ]
        rng.shuffle(windows)
        for k in range(0, len(windows) - 15, 16):
            if step >= steps:
                break
            batch = windows[k : k + 16]
            part = collate(batch)
            hidden, early = model.encode(part["ids"], part["mask"], part["shapes"])
            tagged = losses_of(model.late(hidden), part, settings)["all"]
            tagged = tagged + settings.early_weight * losses_of(model.early(early), part, settings)["all"]
            logits, targets = judged(hidden, batch, judges, vocabulary, by_learn)
            loss = tagged + (loss_of(logits, targets) if targets else 0.0)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([*model.parameters(), *judges.parameters()], 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 20 == 0:
                left = (steps - step) * (time.monotonic() - began) / step / 60
                print(
                    f"step {step}/{steps} loss {loss.item():.3f} tags {tagged.item():.3f} "
                    f"| {left:.0f} min left",
                    flush=True,
                )
        epoch += 1
        if kept and not args.all:
            print(
                f"kept out after {step}: {_accuracy(model, judges, documents, by_kept, vocabulary)}",
                flush=True,
            )
    torch.save(model.state_dict(), args.out / "model.pt")
    torch.save(judges.state_dict(), args.out / "judges.pt")
    (args.out / "vocabulary.json").write_text(json.dumps(sorted(vocabulary, key=vocabulary.get)))
    record = json.loads((args.run / "run.json").read_text()) if (args.run / "run.json").exists() else {}
    record["judgement"] = {
        "epochs": args.epochs,
        "rate": args.rate,
        "seed": args.seed,
        "labels": hashlib.sha256(LABEL_FILE.read_bytes()).hexdigest(),
        "data": {name: corpora.data_hash([args.data / name]) for name in FILES},
        "kept_out": {} if args.all else _accuracy(model, judges, documents, by_kept, vocabulary),
    }
    (args.out / "run.json").write_text(json.dumps(record, indent=1) + "\n")


def _windows(document: Document, items: list[Item], rng) -> list:
    """Return the windows of a document that hold a labelled attribution."""
    found = windows_of(document, rng)
    return [w for w in found if any(places(w[0], i.number, w[1]) for i in items)]


def _accuracy(model, judges, documents, by_document, vocabulary) -> dict[str, float]:
    model.eval()
    judges.eval()
    right: dict[str, int] = defaultdict(int)
    count = 0
    windows = [w for d in sorted(by_document) for w in _windows(documents[d], by_document[d], None)]
    with torch.inference_mode():
        for k in range(0, len(windows), 16):
            batch = windows[k : k + 16]
            part = collate(batch)
            hidden, _ = model.encode(part["ids"], part["mask"], part["shapes"])
            logits, targets = judged(hidden, batch, judges, vocabulary, by_document)
            count += len(targets)
            for name, scores in (logits or {}).items():
                gold = torch.tensor([t.labels[name] for t in targets])
                right[name] += int((scores.argmax(-1) == gold).sum())
    model.train()
    judges.train()
    return {name: round(n / max(1, count), 4) for name, n in right.items()}


if __name__ == "__main__":
    main()
