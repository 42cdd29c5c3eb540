"""Train the judges of source kind, stance and factuality on attributions labelled by reading.

    python -m training.train_judgement --data DATA --out runs/judged

Needs the tagger that ships: its encoder and the rules give the features, which
are computed once and kept in ``--out``. One document in eight is kept out to
measure by; then the judges that ship are trained on all. ``export_judgement``
writes them into the package.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from reportedly.models import store
from reportedly.reading import tagging
from reportedly.reading.attribution import settle_sources
from reportedly.reading.draft import Draft
from reportedly.reading.encoder import MODEL, encoder
from reportedly.reading.entities import gather, with_datelines
from reportedly.reading.features import Hidden, dense, sparse
from reportedly.reading.page import Page

from . import corpora
from .corpora import json_lines
from .judges import LABELS, Judges

LABEL_FILE = Path("training/labels/attribution-labels.jsonl")
FILES = ("attribution/polnear-train.jsonl.gz", "events/muc34-train.jsonl.gz")
UNSURE = 0.5  # weight of an item that its annotator hesitated over
STEPS = 260
RATE = 2e-3
DECAY = 1e-4
DROPOUT = 0.4
SMOOTHING = 0.05


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


def features_of(text: str, spans: list[dict]) -> list[tuple[list[str], np.ndarray]]:
    """Return word features and the encoder's values ``(4 * size,)`` of attributions of one text."""
    page = Page(text)
    windows = encoder().run(page.text, page.paragraphs)
    cast = gather(page, with_datelines(page, tagging.names(windows, page)))
    hidden = Hidden(windows)
    drafts = [draft_of(s) for s in spans]
    settle_sources(page, cast, drafts)
    return [(sparse(page, d), dense(d, hidden)) for d in drafts]


def features(data: Path, cache: Path) -> tuple[list[dict], list[list[str]], np.ndarray]:
    """Return the labelled rows with their features, from ``cache`` where it was made by the same weights."""
    rows = read_labels()
    muc: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        if "muc" in row:
            row["article"], row["attribution"] = f"muc:{row['muc']}", len(muc[row["muc"]])
            muc[row["muc"]].append(row)
    key = f"{store.version(MODEL)} {hashlib.sha256(LABEL_FILE.read_bytes()).hexdigest()}"
    if cache.exists():
        with np.load(cache, allow_pickle=False) as file:
            if str(file["key"]) == key:
                return rows, json.loads(str(file["words"])), file["values"]
    texts = {a["id"]: a for a in json_lines(data / FILES[0])}
    for record in json_lines(data / FILES[1]):
        if record["docid"] in muc:
            own = muc[record["docid"]]
            texts[f"muc:{record['docid']}"] = {"text": record["doctext"], "attributions": own}
    wanted = defaultdict(list)
    for number, row in enumerate(rows):
        wanted[row["article"]].append(number)
    words: list[list[str]] = [[] for _ in rows]
    values: list[np.ndarray | None] = [None] * len(rows)
    for done, (article, numbers) in enumerate(wanted.items()):
        spans = [texts[article]["attributions"][rows[n]["attribution"]] for n in numbers]
        for n, found in zip(numbers, features_of(texts[article]["text"], spans), strict=True):
            words[n], values[n] = found
        if done % 100 == 0:
            print(f"features: {done} of {len(wanted)} documents", flush=True)
    table = np.array(values, np.float32)
    np.savez(cache, key=key, words=json.dumps(words), values=table)
    return rows, words, table


def weights_of(rows: list[dict], words: list[list[str]]) -> np.ndarray:
    """Return a weight a row that undoes how the rows were drawn.

    The items ``L`` are a random draw; of ``M`` and ``N`` those whose cue is
    another word than "say" or "tell" were preferred. Each of the two groups of
    cues weighs as much in them as it does in the random draw.
    """
    plain = np.array([bool({"lemma=say", "lemma=tell"} & set(own)) for own in words])
    drawn = np.array([row["item"][0] for row in rows])
    share = plain[drawn == "L"].mean()
    found = np.ones(len(rows), np.float32)
    for name in ("M", "N"):
        here = drawn == name
        if here.any():
            of_plain = plain[here].mean()
            found[here] = np.where(plain[here], share / of_plain, (1 - share) / (1 - of_plain))
    return found


def is_kept_out(document: str) -> bool:
    """Tell whether a document serves to measure by (1 in 8)."""
    return hashlib.sha256(document.encode()).digest()[1] % 8 == 0


def train(
    rows: list[dict], words: list[list[str]], values: np.ndarray, learn: np.ndarray, seed: int
) -> tuple[Judges, dict[str, int]]:
    """Train judges on the rows where ``learn`` is true; returns them and their vocabulary."""
    count = Counter(w for k in np.nonzero(learn)[0] for w in set(words[k]))
    vocabulary = {w: n for n, w in enumerate(sorted(w for w, n in count.items() if n >= 2))}
    torch.manual_seed(seed)
    judges = Judges(values.shape[1] // 4, len(vocabulary), DROPOUT)
    judges.train()
    numbers = np.nonzero(learn)[0]
    inputs = tensors([words[k] for k in numbers], values[numbers], vocabulary)
    natural = weights_of(rows, words)
    weight = torch.tensor([natural[k] * (1.0 if rows[k]["sure"] else UNSURE) for k in numbers])
    gold = {n: torch.tensor([LABELS[n].index(rows[k][n]) for k in numbers]) for n in LABELS}
    optimizer = torch.optim.AdamW(judges.parameters(), lr=RATE, weight_decay=DECAY * 100)
    for step in range(STEPS):
        loss = torch.zeros(())
        for name, logits in judges(*inputs).items():
            each = nn.functional.cross_entropy(
                logits, gold[name], reduction="none", label_smoothing=SMOOTHING
            )
            loss = loss + (each * weight).sum() / weight.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % 65 == 0:
            print(f"step {step + 1}/{STEPS} loss {loss.item():.3f}", flush=True)
    return judges.eval(), vocabulary


def tensors(words: list[list[str]], values: np.ndarray, vocabulary: dict[str, int]) -> tuple:
    """Return what the judges take: values, and words with their offsets as for EmbeddingBag."""
    known = [[vocabulary[w] for w in own if w in vocabulary] for own in words]
    offsets = np.cumsum([0, *(len(own) for own in known[:-1])])
    return torch.tensor(values), torch.tensor([n for own in known for n in own]), torch.tensor(offsets)


def accuracy(judges: Judges, vocabulary: dict[str, int], rows, words, values, where) -> dict[str, float]:
    """Return the accuracy a label on the rows where ``where`` is true."""
    numbers = np.nonzero(where)[0]
    with torch.inference_mode():
        found = judges(*tensors([words[k] for k in numbers], values[numbers], vocabulary))
    gold = {n: torch.tensor([LABELS[n].index(rows[k][n]) for k in numbers]) for n in LABELS}
    return {n: round((found[n].argmax(-1) == gold[n]).float().mean().item(), 4) for n in LABELS}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("runs/judged"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rows, words, values = features(args.data, args.out / "features.npz")
    kept = np.array([is_kept_out(row["article"]) for row in rows])
    judges, vocabulary = train(rows, words, values, ~kept, args.seed)
    measured = accuracy(judges, vocabulary, rows, words, values, kept)
    print(f"{int(kept.sum())} items kept out: {measured}", flush=True)
    random_draw = kept & np.array([row["item"].startswith("L") for row in rows])
    measured |= {
        f"{name}, random draw": value
        for name, value in accuracy(judges, vocabulary, rows, words, values, random_draw).items()
    }
    print(measured, flush=True)
    judges, vocabulary = train(rows, words, values, np.ones(len(rows), bool), args.seed)
    torch.save(judges.state_dict(), args.out / "judges.pt")
    (args.out / "vocabulary.json").write_text(json.dumps(sorted(vocabulary, key=vocabulary.__getitem__)))
    record = {
        "tagger": store.version(MODEL),
        "seed": args.seed,
        "steps": STEPS,
        "items": len(rows),
        "kept_out_accuracy": measured,
        "labels": hashlib.sha256(LABEL_FILE.read_bytes()).hexdigest(),
        "data": {name: corpora.data_hash([args.data / name]) for name in FILES},
    }
    (args.out / "run.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
