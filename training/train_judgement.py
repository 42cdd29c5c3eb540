"""Train the judges of source kind, stance and factuality on attributions labelled by reading.

    python -m training.train_judgement --data DATA --out runs/judged

Needs the tagger that ships: the output of its lower layers and the rules give the
features, which are computed once and kept in ``--out``. Three small networks learn
from word features and principal components of the encoder's output; what they say
on average is one wider network, which is what ships. The accuracies printed are of
five-fold cross-validation by document; then the judges that ship are trained on
all. ``export_judgement`` writes them into the package.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

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
UNSURE = 0.6  # weight of an item that its annotator hesitated over, or that two annotators read differently
COMPONENTS = 300  # principal components of the encoder's output that are learnt from
SCALE = 0.5  # of a component beside a word feature, which is 0 or 1
LEAST = 4  # items that must have a word feature
NETWORKS = 3
EPOCHS = 22
BATCH = 192
RATE = 3e-3
DECAY = 0.05
SMOOTHING = 0.05
FOLDS = 5
# Drawn at random, as attributions come; what is measured on these is what to expect.
RANDOM = ("L", "Q")

Floats = NDArray[np.float32]


def read_labels() -> list[dict]:
    """Return one row an item: its final reading if it has one, else its first."""
    readings: dict[str, list[dict]] = defaultdict(list)
    for line in LABEL_FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        readings[row["item"]].append(row)
    return [_settled(rows) for rows in readings.values()]


def _settled(rows: list[dict]) -> dict:
    final = next((row for row in rows if row.get("final")), None)
    if final is not None:
        return rows[0] | {name: final[name] for name in ("stance", "factuality")} | {"sure": True}
    agree = len({(row["stance"], row["factuality"]) for row in rows}) == 1
    return rows[0] | {"sure": rows[0]["sure"] and agree}


def draft_of(spans: dict) -> Draft:
    """Build a draft from gold spans."""
    ranges = {role: tuple((s, e) for s, e in spans[role]) for role in ("source", "cue", "content")}
    return Draft(**ranges, confidence=1.0, rules=["gold"])


def features_of(text: str, spans: list[dict]) -> list[tuple[list[str], Floats]]:
    """Return word features and the encoder's values of attributions of one text."""
    page = Page(text)
    windows = encoder().run(page.text, page.paragraphs)
    cast = gather(page, with_datelines(page, tagging.names(windows, page)))
    hidden = Hidden(windows)
    drafts = [draft_of(s) for s in spans]
    settle_sources(page, cast, drafts)
    return [(sparse(page, d), dense(d, hidden)) for d in drafts]


def features(data: Path, cache: Path) -> tuple[list[dict], list[list[str]], Floats]:
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
    values: list[Floats | None] = [None] * len(rows)
    for done, (article, numbers) in enumerate(wanted.items()):
        spans = [texts[article]["attributions"][rows[n]["attribution"]] for n in numbers]
        for n, found in zip(numbers, features_of(texts[article]["text"], spans), strict=True):
            words[n], values[n] = found
        if done % 100 == 0:
            print(f"features: {done} of {len(wanted)} documents", flush=True)
    table = np.array(values, np.float32)
    np.savez(cache, key=key, words=json.dumps(words), values=table)
    return rows, words, table


@dataclass(frozen=True)
class Inputs:
    """What the judges learn from: numbers of word features, and components ``(items, COMPONENTS)``.

    Components are ``(values - mean) @ turn``.
    """

    vocabulary: list[str]
    mean: Floats
    turn: Floats
    words: list[list[int]]
    components: Floats

    def of(self, items: NDArray) -> tuple[Tensor, Tensor, Tensor]:
        """Return what the judges take for some items (words and offsets as for EmbeddingBag)."""
        known = [self.words[k] for k in items]
        offsets = np.cumsum([0, *(len(own) for own in known[:-1])])
        flat = torch.tensor([n for own in known for n in own], dtype=torch.int64)
        return torch.tensor(self.components[items]), flat, torch.tensor(offsets)


def inputs(words: list[list[str]], values: Floats) -> Inputs:
    """Number the word features that some items have, and turn the values into principal components."""
    count = Counter(w for own in words for w in set(own))
    vocabulary = sorted(w for w, n in count.items() if n >= LEAST)
    number = {w: n for n, w in enumerate(vocabulary)}
    mean, spread = values.mean(0), values.std(0) + 1e-3
    scaled = (values - mean) / spread
    power, axes = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    power, axes = power[::-1][:COMPONENTS], axes[:, ::-1][:, :COMPONENTS]
    turn = (SCALE * axes / np.sqrt(power + 0.3 * power.mean()) / spread[:, None]).astype(np.float32)
    known = [[number[w] for w in dict.fromkeys(own) if w in number] for own in words]
    return Inputs(vocabulary, mean, turn, known, (values - mean) @ turn)


def train(given: Inputs, gold: dict[str, Tensor], weight: Tensor, items: NDArray, seed: int) -> Judges:
    """Train one network on ``items``."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    judges = Judges(COMPONENTS, len(given.vocabulary)).train()
    optimizer = torch.optim.AdamW(judges.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(items) // BATCH)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 30, max(0.0, (steps - step) / steps))
    )
    for _ in range(EPOCHS):
        order = rng.permutation(items)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            loss = torch.zeros(())
            for name, logits in judges(*given.of(part)).items():
                each = nn.functional.cross_entropy(
                    logits, gold[name][part], reduction="none", label_smoothing=SMOOTHING
                )
                loss = loss + (each * weight[part]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rate.step()
    return judges.eval()


def fold_of(document: str) -> int:
    """Return the fold that a document is measured in."""
    return hashlib.sha256(document.encode()).digest()[2] % FOLDS


def cross_validate(
    given: Inputs, gold: dict[str, Tensor], weight: Tensor, folds: NDArray
) -> dict[str, NDArray]:
    """Return for each label and item whether judges that did not learn from its document are right."""
    right = {name: np.zeros(len(folds), bool) for name in LABELS}
    for fold in range(FOLDS):
        learn, measure = np.nonzero(folds != fold)[0], np.nonzero(folds == fold)[0]
        networks = [train(given, gold, weight, learn, seed) for seed in range(NETWORKS)]
        with torch.inference_mode():
            said = [network(*given.of(measure)) for network in networks]
        for name in LABELS:
            mean = torch.stack([each[name] for each in said]).mean(0)
            right[name][measure] = (mean.argmax(-1) == gold[name][measure]).numpy()
    return right


def joined(networks: list[Judges], given: Inputs) -> dict[str, Floats]:
    """Return the one network that says what ``networks`` say on average, over values as they come."""
    states = [{k: v.numpy() for k, v in network.state_dict().items()} for network in networks]
    values = np.concatenate([s["values.weight"] for s in states]) @ given.turn.T
    arrays = {
        "values": values,
        "bias": np.concatenate([s["values.bias"] for s in states]) - values @ given.mean,
        "words": np.concatenate([s["words.weight"] for s in states], 1),
    }
    for name in LABELS:
        weights = [s[f"labels.{name}.weight"] for s in states]
        arrays[f"{name}_weights"] = np.concatenate(weights, 1) / len(states)
        arrays[f"{name}_bias"] = np.mean([s[f"labels.{name}.bias"] for s in states], 0)
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("runs/judged"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rows, words, values = features(args.data, args.out / "features.npz")
    given = inputs(words, values)
    weight = torch.tensor([1.0 if row["sure"] else UNSURE for row in rows])
    gold = {n: torch.tensor([c.index(row[n]) for row in rows]) for n, c in LABELS.items()}
    folds = np.array([fold_of(row["article"]) for row in rows])
    drawn = np.array([row["item"][0] in RANDOM for row in rows])
    measured = {}
    for name, right in cross_validate(given, gold, weight, folds).items():
        measured[name] = round(float(right.mean()), 4)
        measured[f"{name}, random draw"] = round(float(right[drawn].mean()), 4)
    print(measured, flush=True)
    networks = [train(given, gold, weight, np.arange(len(rows)), seed) for seed in range(NETWORKS)]
    np.savez(args.out / "judges.npz", **joined(networks, given))
    (args.out / "vocabulary.json").write_text(json.dumps(given.vocabulary))
    record = {
        "tagger": store.version(MODEL),
        "items": len(rows),
        "networks": NETWORKS,
        "cross_validated_accuracy": measured,
        "labels": hashlib.sha256(LABEL_FILE.read_bytes()).hexdigest(),
        "data": {name: corpora.data_hash([args.data / name]) for name in FILES},
    }
    (args.out / "run.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
