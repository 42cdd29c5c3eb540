"""Learn how likely two reports are of one happening, and count how rare words are in news.

    python -m training.train_stories --data DATA --shares       # writes data/word-shares.tsv
    REPORTEDLY_READINGS=FOLDER python -m training.train_stories --data DATA   # writes data/stories.toml

Logistic regression (iteratively reweighted least squares, ridge penalty) over
the features of pairs that :class:`~reportedly.weighing.nearby.Nearby` puts
forward. It learns from the development halves of ``benchmarks/story_sets.py``:
local shootings; FNC-1 bodies, as they are and with dates of chance (a story
begins within four months and its reports follow after half a day, two or six
days on the mean); ECB+ train; and small desks of one to four stories, drawn from
ECB+ (of one topic), from FNC-1 (also drawn out over four weeks) and from the
shootings. A set counts as ``WEIGHTS`` says, however many pairs it has.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.corpora import find, json_lines
from benchmarks.story_sets import StorySet, ecb, fnc, incidents, is_held_out, story_set
from reportedly.weighing.likeness_of_reports import FEATURES, features, weigh
from reportedly.weighing.nearby import Nearby
from reportedly.weighing.profile import stems
from reportedly.weighing.rarity import Rarity

DATA = Path("src/reportedly/data")
WEIGHTS = {
    "shootings": 4.0,
    "fnc": 0.5,
    "fnc dated": 0.5,
    "ecb": 2.0,
    "small desks of ecb": 2.0,
    "small desks of fnc": 0.5,
    "small desks of fnc, drawn out": 1.5,
    "small desks of shootings": 1.5,
}
_RIDGE = 1.0
_CANDIDATES = 50
_PAIRS = 8000  # what a set of weight 1 counts as
_SHARE_WEIGHTS = {"allsides": 3, "wikinews": 2, "polnear": 1, "reuters": 3, "shootings": 1}
_FEWEST = 25  # of 10,000 reports: a rarer word is left out
_FIRST = 600  # words of a report that are counted

Matrix = NDArray[np.float64]
Delay = Callable[[], float]


def pairs(of: StorySet) -> tuple[Matrix, Matrix]:
    """Return the features of candidate pairs ``(pairs, features)`` and whether each is of one story."""
    rarity, near = Rarity(), Nearby()
    for _, one in sorted(of.profiles.items()):
        rarity.add(one)
        near.add(one)
    weighed = {name: weigh(one, rarity) for name, one in of.profiles.items()}
    chosen = sorted(
        {(min(a, b), max(a, b)) for a, one in of.profiles.items() for b in near.find(one, _CANDIDATES)}
    )
    rows = [features(weighed[a], weighed[b], rarity) for a, b in chosen]
    same = [float(of.gold[a] == of.gold[b]) for a, b in chosen]
    return np.array(rows).reshape(len(rows), len(FEATURES)), np.array(same)


def dated(of: StorySet, chance: random.Random, within: float, after: Callable[[], Delay]) -> StorySet:
    """Return a set with dates of chance: stories begin ``within`` days, ``after`` delays their reports."""
    stories = sorted(set(of.gold.values()))
    starts = {story: (chance.uniform(17000, 17000 + within), after()) for story in stories}
    found = {}
    for name in sorted(of.profiles):
        start, later = starts[of.gold[name]]
        found[name] = msgspec.structs.replace(of.profiles[name], day=start + later(), dated=True)
    return StorySet(found, of.gold, of.held_out)


def small_desks(of: StorySet, count: int, chance: random.Random, by_topic: bool = False) -> list[StorySet]:
    """Return desks of one to four stories (of one topic of ECB+), three to ten reports of each."""
    stories: dict[str, list[str]] = defaultdict(list)
    for name in sorted(of.profiles):
        stories[of.gold[name]].append(name)
    topics: dict[str, list[str]] = defaultdict(list)
    for story, names in sorted(stories.items()):
        if len(names) >= 3:
            topics[story.split("_")[0] if by_topic else ""].append(story)
    desks = []
    for _ in range(count):
        among = topics[chance.choice(sorted(topics))]
        drawn = chance.sample(among, min(len(among), chance.randint(1, 4)))
        names = [
            name
            for story in drawn
            for name in chance.sample(stories[story], min(len(stories[story]), chance.randint(3, 10)))
        ]
        desks.append(
            StorySet({n: of.profiles[n] for n in names}, {n: of.gold[n] for n in names}, frozenset())
        )
    return desks


def fit(rows: Matrix, same: Matrix, counts: Matrix) -> Matrix:
    """Return bias and weights; ``counts`` is how much each row counts."""
    rows = np.hstack([np.ones((len(rows), 1)), rows])
    weights = np.zeros(rows.shape[1])
    ridge = np.eye(rows.shape[1]) * _RIDGE
    ridge[0, 0] = 1e-6
    for _ in range(40):
        guess = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (counts * (guess - same)) + ridge @ weights
        curve = (rows * (counts * guess * (1 - guess))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-7:
            break
    return weights


def learn(data: Path) -> None:
    """Write the weights into ``stories.toml``."""
    shootings = story_set("incidents", incidents(data)).half(False)
    bodies = story_set("fnc", fnc(data)).half(False)
    documents = story_set("ecb", ecb(data)).half(False)
    chance = random.Random(1)

    def soon() -> Delay:
        mean = chance.choice((0.5, 2.0, 6.0))
        return lambda: chance.expovariate(1 / mean)

    def drawn_out() -> Delay:
        return lambda: chance.uniform(0, 28)

    with_dates = dated(bodies, chance, 120, soon)
    sets = {
        "shootings": [shootings],
        "fnc": [bodies],
        "fnc dated": [with_dates],
        "ecb": [documents],
        "small desks of ecb": small_desks(documents, 40, chance, by_topic=True),
        "small desks of fnc": small_desks(with_dates, 20, chance),
        "small desks of fnc, drawn out": [
            dated(desk, chance, 10, drawn_out) for desk in small_desks(bodies, 20, chance)
        ],
        "small desks of shootings": small_desks(shootings, 40, chance),
    }
    rows, same, counts = [], [], []
    for name, parts in sets.items():
        found = [pairs(part) for part in parts]
        total = sum(len(labels) for _, labels in found)
        for matrix, labels in found:
            rows.append(matrix)
            same.append(labels)
            counts.append(np.full(len(labels), WEIGHTS[name] * _PAIRS / total))
        print(
            f"{name}: {total} pairs, {sum(int(labels.sum()) for _, labels in found)} of one story", flush=True
        )
    bias, *weights = fit(np.vstack(rows), np.concatenate(same), np.concatenate(counts))
    path = DATA / "stories.toml"
    head = re.split(r"^\[likeness\]", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    lines = [f'"{name}" = {weight:.3f}' for name, weight in zip(FEATURES, weights, strict=True)]
    body = [
        "[likeness]  # written by training/train_stories.py",
        f"bias = {bias:.3f}",
        "",
        "[likeness.weights]",
        *lines,
    ]
    path.write_text(head + "\n".join(body) + "\n", encoding="utf-8")


def count_shares(data: Path) -> None:
    """Write ``word-shares.tsv``: the weighed mean, over collections, of the share of reports with a word."""
    shares: dict[str, float] = defaultdict(float)
    whole = sum(_SHARE_WEIGHTS.values())
    for name, texts in _collections(data).items():
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            total += 1
            counts.update(set(stems(" ".join(text.split(" ")[:_FIRST]))))
        for term, count in counts.items():
            shares[term] += _SHARE_WEIGHTS[name] * count / total
    rows = sorted(
        (
            (count, term)
            for term, share in shares.items()
            if (count := round(share * 10000 / whole)) >= _FEWEST
        ),
        key=lambda row: (-row[0], row[1]),
    )
    head = """\
# In how many of 10,000 news reports a word stands: lower case, without the endings that
# reportedly.weighing.profile cuts. A weighed mean over five collections of news; rare words are left out.
# Written by training/train_stories.py.
"""
    lines = "".join(f"{term}\t{count}\n" for count, term in rows)
    (DATA / "word-shares.tsv").write_text(head + lines, encoding="utf-8")


def _collections(data: Path) -> dict[str, Iterator[str]]:
    def wikinews() -> Iterator[str]:
        for year in (2019, 2020):
            path = find(data, f"load/wikinews_{year}.csv.gz")
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    yield f"{row['title']} {row['text']}"

    def reuters() -> Iterator[str]:
        words: list[str] = []
        with gzip.open(find(data, "names/conllpp-train.txt.gz"), "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("-DOCSTART"):
                    if words:
                        yield " ".join(words)
                    words = []
                elif line.strip():
                    words.append(line.split()[0])
        yield " ".join(words)

    allsides = json_lines(find(data, "load/allsides-2020.jsonl.gz"))
    polnear = json_lines(find(data, "attribution/polnear-train.jsonl.gz"))
    shootings = json_lines(find(data, "incidents/articles-dev.jsonl.gz"))
    return {
        "allsides": (f"{row.get('title') or ''} {row.get('content_original') or ''}" for row in allsides),
        "wikinews": wikinews(),
        "polnear": (row["text"] for row in polnear),
        "reuters": reuters(),
        "shootings": (f"{r['title']} {r['content']}" for r in shootings if not is_held_out(r["incident"])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--shares", action="store_true", help="count words instead of learning weights")
    args = parser.parse_args()
    (count_shares if args.shares else learn)(args.data)


if __name__ == "__main__":
    main()
