"""Learns the weights by which the antecedent of a pronoun is chosen (``src/reportedly/data/pronouns.toml``).

    python -m training.train_pronouns --data DATA --out src/reportedly/data/pronouns.toml

A log-linear ranker over :func:`reportedly.reading.salience.features`: each pronoun's candidates compete,
those of its own chain are right. It learns from the machine-made chains of PolNeAR train (articles that
are kept for tuning and those of ``labels/pronoun-labels.jsonl`` left out, names as that machine found
them, speakers from the gold attributions) and, counted twice, from the development half of GUM's news
with our own names. The machine's chains follow word order closely, so the weights for speakers ("he
said") are held near a prior set by hand.

Deterministic; a few minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.chains import GUM, is_development, read_gum
from reportedly.reading import salience, sieves, tagging
from reportedly.reading.cast import Cast
from reportedly.reading.encoder import encoder
from reportedly.reading.entities import gather, with_datelines
from reportedly.reading.mentions import Mention
from reportedly.reading.page import Name, Page
from reportedly.reading.salience import Candidate

from .corpora import SILVER_TYPES, is_held_out, json_lines

TRAIN = "attribution/polnear-train.jsonl.gz"
SILVER = "names/polnear-corenlp-silver-train.jsonl.gz"
LABELS = Path(__file__).parent / "labels/pronoun-labels.jsonl"
TABLES = ("speaker", "person", "it", "they")
PRIOR = {
    "sentences": -0.9, "same_sentence": 0.8, "last_sentence": 0.5, "same_paragraph": 0.5, "between": -0.15,
    "rank": -0.4, "subject": 1.0, "subjects": 0.3, "last_subject": 1.2, "first_in_sentence": 0.2,
    "opening": 0.2, "possessive": -0.4, "size": 0.15, "named": 0.8, "pronoun": 0.9, "quoted_apart": -3.0,
    "speaks": 0.8, "tells": 0.4, "tells_too": 0.6, "last_to_tell": 0.8, "gender": 0.5, "noun": -0.4,
    "definite": 0.4, "indefinite": 0.2, "person": 0.5,
}  # fmt: skip
PRIOR_STRENGTH, RIDGE, GUM_WEIGHT, STEPS = 20.0, 0.5, 2.0, 400
NO_THRESHOLD = -20.0  # for those who always stand for somebody

HEAD = (
    "# What tells for and against an antecedent of a pronoun, as weights of a sum (see reading/salience.py):",
    '# for those who speak, other people, things and several. An antecedent needs more than "nobody".',
    "# Written by python -m training.train_pronouns, from machine-made chains and from GUM (CC BY).",
)

Key = Callable[[Mention], object]  # the gold chain that a mention belongs to, or None
Example = tuple[list[dict[str, float]], list[float], float]  # features, right or wrong, weight


@dataclass(frozen=True)
class Known:
    """An attribution whose spans are known."""

    source: list[tuple[int, int]]
    content: list[tuple[int, int]]


def polnear(data: Path, count: int) -> Iterator[tuple[Page, Cast, list[Known], Key]]:
    """Yield articles with the chains that a machine found."""
    labelled = {json.loads(line)["article"] for line in LABELS.read_text(encoding="utf-8").splitlines()}
    articles = {row["id"]: row for row in json_lines(data / TRAIN)}
    for row in json_lines(data / SILVER):
        article = articles.get(row["id"])
        if article is None or row["id"] in labelled or is_held_out(row["id"]):
            continue
        if not count:
            return
        count -= 1
        page = Page(article["text"])
        names: list[Name] = []
        for start, end, kind in sorted(row["entities"]):
            if kind in SILVER_TYPES and end > start and (not names or start >= names[-1].end):
                names.append(Name(start, end, SILVER_TYPES[kind]))
        said = [
            Known([(a["source"][0][0], a["source"][-1][1])] if a["source"] else [], a["content"])
            for a in article["attributions"]
        ]
        yield page, gather(page, with_datelines(page, names)), said, _silver_key(row["coreference"])


def _silver_key(chains: list[list[list[int]]]) -> Key:
    spans = {(s, e): k for k, chain in enumerate(chains) for s, e, _ in chain}
    ends: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (start, end), k in spans.items():
        ends[end].append((start, k))

    def key(mention: Mention) -> object:
        if (mention.start, mention.end) in spans:
            return spans[mention.start, mention.end]
        for end in (mention.end, mention.end + 2):
            for start, k in sorted(ends.get(end, ()), reverse=True):
                if start <= mention.head:
                    return k
        return None

    return key


def gum(data: Path) -> Iterator[tuple[Page, Cast, list[Known], Key]]:
    """Yield the development documents of GUM's news."""
    for path in sorted((data / GUM).glob("*.conllu.gz")):
        if not is_development(path.name.partition(".")[0]):
            continue
        text, gold = read_gum(path)
        page = Page(text)
        windows = encoder().run(text, page.paragraphs)
        cast = gather(page, with_datelines(page, tagging.names(windows, page)))
        bounds = {(g.start, g.end): g.chain for g in gold}
        heads = {g.head: g.chain for g in gold}
        yield page, cast, [], lambda m, b=bounds, h=heads: b.get((m.start, m.end), h.get(m.head))


def examples(
    page: Page, cast: Cast, said: Sequence[Known], key: Key, weight: float
) -> dict[str, list[Example]]:
    """Return what each pronoun of a page had to choose from, by table of weights."""
    found: dict[str, list[Example]] = defaultdict(list)
    chains: list[sieves.Chains] = []
    choose = salience.best_antecedent

    def note(pronoun: Mention, candidates: Sequence[Candidate]) -> Mention | None:
        table = salience.table_for(pronoun, candidates)
        wanted = key(pronoun)
        right = [float(_is_right(chains[0], pronoun, c, key, wanted)) for c in candidates]
        if candidates and (any(right) or table == "it"):
            found[table].append((salience.features(pronoun, candidates), right, weight))
        return choose(pronoun, candidates)

    class Watched(sieves.Chains):
        def _by_pronoun(self) -> None:
            chains.append(self)
            sieves.best_antecedent = note
            try:
                super()._by_pronoun()
            finally:
                sieves.best_antecedent = choose

    Watched(page, cast, said)
    return found


def _is_right(chains: sieves.Chains, pronoun: Mention, c: Candidate, key: Key, wanted: object) -> bool:
    if wanted is None:
        return False
    before = [m for m in chains.of(c.mention).mentions if m.order < pronoun.order]
    keys = [key(m) for m in before if m.kind == "name"] or [key(m) for m in before]
    return key(c.mention) == wanted or 2 * keys.count(wanted) > len(keys)


def fit(rows: Sequence[Example], names: Sequence[str], prior: np.ndarray, strength: float) -> np.ndarray:
    """Return weights, the last that of "nobody": Adam on the marginal likelihood of what is right."""
    blocks, marks = [], []
    for told, right, _ in rows:
        block = np.zeros((len(told) + 1, len(names) + 1))
        block[:-1, :-1] = [[one.get(name, 0.0) for name in names] for one in told]
        block[-1, -1] = 1.0
        blocks.append(block)
        marks.append([*right, float(not any(right))])
    data, mark = np.concatenate(blocks), np.concatenate(marks)
    sizes = [len(b) for b in blocks]
    index = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    weight = np.array([w for *_, w in rows])
    total = weight.sum()
    w, m, v = prior.copy(), np.zeros_like(prior), np.zeros_like(prior)
    for step in range(1, STEPS + 1):
        score = data @ w
        power = np.exp(score - np.maximum.reduceat(score, starts)[index])
        share = power / np.add.reduceat(power, starts)[index]
        wanted = mark * power
        wanted /= np.add.reduceat(wanted, starts)[index]
        slope = ((share - wanted) * weight[index]) @ data / total + strength / total * (w - prior)
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        w -= 0.05 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return w


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rows: dict[str, list[Example]] = defaultdict(list)
    for source, weight in ((polnear(args.data, args.articles), 1.0), (gum(args.data), GUM_WEIGHT)):
        for page, cast, said, key in source:
            for table, found in examples(page, cast, said, key, weight).items():
                rows[table].extend(found)
    lines = list(HEAD)
    for table in TABLES:
        names = sorted({name for told, *_ in rows[table] for one in told for name in one})
        speaker = table == "speaker"
        prior = np.array([PRIOR.get(n, 0.0) if speaker else 0.0 for n in names] + [-1.5 if speaker else 0.0])
        weights = fit(rows[table], names, prior, PRIOR_STRENGTH if speaker else RIDGE)
        nobody = float(weights[-1]) if table == "it" else NO_THRESHOLD
        lines += [
            "",
            f"[{table}]",
            *(f"{n} = {w:.2f}" for n, w in zip(names, weights, strict=False) if abs(w) >= 0.05),
        ]
        lines.append(f"nobody = {nobody:.2f}")
        print(table, len(rows[table]))
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    args.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
