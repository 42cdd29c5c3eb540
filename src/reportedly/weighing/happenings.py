"""What happens in a sentence, word by word, and which words of several reports speak of the same happening.

Wider than the 16 types of PLOVER: any verb or noun that stands for something
that happens ("checked into", "quake", "verdict"). Found by a linear model over
the word and its neighbours; two are compared by their words' likeness, their
sentences (:mod:`.alike`) and their reports, and joined by average linkage.
Learnt from ECB+ (Cybulska and Vossen 2014) by ``training/train_happenings.py``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..models import store
from ..reading.wordforms import grammar
from .alike import features as sentence_features
from .senses import Floats, senses
from .statements import Part, Quantity
from .wording import base_form, terms

MODEL = "happenings"
_ENDINGS = ("ing", "ed", "ion", "ment", "er", "s", "al", "ance", "ence", "th", "ure")
_AROUND = 4  # words to each side
_KIN = 0.04  # mean likeness of reports, by their rarer words, from which they count as of one story
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SENTENCE = (
    2,
    3,
    4,
    13,
    14,
    10,
    11,
)  # dice, meaning, shared, name_same, name_apart, figure_same, figure_apart
_SAME_SENTENCE = [1.0] * 8 + [1.0, 0.0] + [0.0] * 12

Place = tuple[str, int, int]
"""Report, number of the sentence, number of the word."""


@dataclass(frozen=True, eq=False)
class Happening:
    """One word that stands for something that happens, with what it is compared by."""

    place: Place
    word: str
    sentence: Part
    near: Part
    before: frozenset[str]
    after: frozenset[str]

    @property
    def report(self) -> str:
        return self.place[0]

    @cached_property
    def key(self) -> str:
        return base_form(self.word.lower())

    @cached_property
    def tag(self) -> str:
        return tag(self.word)

    @cached_property
    def weight(self) -> float:
        found = terms(self.word.lower())
        return found[0].weight if found else 0.2

    @cached_property
    def vector(self) -> Floats:
        found: Floats = senses().vectors([self.key])[0]
        return found

    @cached_property
    def direction(self) -> Floats:
        """The unit mean of the vectors of the words beside it."""
        total: Floats = self.near.weights @ self.near.vectors
        return total / (float(np.linalg.norm(total)) + 1e-6)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset().union(*self.near.names)


def tag(word: str) -> str:
    """Return the tag of a word form (``reading.wordforms``), ``?`` where it is not listed."""
    return grammar().lexicon.get(word.lower(), "?")


def plain_part(words: Sequence[str]) -> Part:
    """Return a sentence for comparing, by its words alone: names are runs of capitals."""
    text = " ".join(words)
    found = terms(text)
    names, run = [], []
    for word in (*words, ""):
        if word[:1].isupper() and terms(word):
            run.append(word)
        elif run:
            names.append(frozenset(term.key for term in terms(" ".join(run))))
            run = []
    numbers = [w for w in words if _NUMBER.fullmatch(w)]
    return Part(
        words={t.key: t.weight for t in reversed(found)},
        forms={t.key: text[t.start : t.end] for t in reversed(found)},
        verbs=frozenset(t.key for t in found if t.verb),
        clause=True,
        names=tuple(names),
        figures=tuple(Quantity(float(n.replace(",", "")), None, None, "number", None, n) for n in numbers),
        kinds=frozenset(),
        acts=frozenset(),
        days=frozenset(),
        holds=None,
    )


def clues(words: Sequence[str], at: int) -> list[str]:
    """Return the features by which a word is told to stand for a happening."""
    low = [w.lower() for w in words[max(0, at - 2) : at + 2]]
    low = ["<s>"] * max(0, 2 - at) + low + ["</s>"] * (at + 2 - len(words))
    two_before, before, own, after = low
    mine, left, right = tag(own), tag(before), tag(after)
    return [
        f"base={base_form(own)}",
        f"word={own}",
        f"tag={mine}",
        f"before-tag={left}",
        f"after-tag={right}",
        f"before={before}",
        f"after={after}",
        f"two-before={two_before}",
        f"tags={left}{mine}",
        f"tags-after={mine}{right}",
        f"tag-after={mine} {after}",
        f"tag-before={before} {mine}",
        f"capital={words[at][:1].isupper() and at > 0}",
        f"letters={own.isalpha()}",
        *(f"ending={e}" for e in _ENDINGS if own.endswith(e)),
    ]


class Happenings:
    """Finds happenings and joins them. One instance may be used by many threads."""

    def __init__(self) -> None:
        path = store.folder(MODEL)
        store.about(MODEL)
        try:
            with np.load(path / "model.npz") as saved:
                self._clue, self._sense = saved["clue"].astype(np.float64), saved["sense"].astype(np.float64)
                self._bias, self._cut = float(saved["bias"]), float(saved["cut"])
                self._same, self._same_bias = saved["same"].astype(np.float64), float(saved["same_bias"])
                self._least = float(saved["least"])
            listed = (path / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"the weights at {path} do not load: {error}") from error
        self._rows = {clue: row for row, clue in enumerate(listed) if clue}

    def find(self, report: str, sentences: Sequence[Sequence[str]]) -> list[Happening]:
        """Return the happenings of a report, given as sentences of words."""
        return [h for n, words in enumerate(sentences) for h in at(report, n, words, self._places(words))]

    def _places(self, words: Sequence[str]) -> list[int]:
        if not words:
            return []
        vectors = senses().vectors([base_form(w.lower()) for w in words])
        scores = vectors @ self._sense + self._bias
        for place in range(len(words)):
            rows = [row for clue in clues(words, place) if (row := self._rows.get(clue)) is not None]
            scores[place] += self._clue[rows].sum()
        return [int(n) for n in np.nonzero(1 / (1 + np.exp(-scores)) > self._cut)[0]]

    def chains(self, happenings: Sequence[Happening], least: float | None = None) -> list[list[Happening]]:
        """Join what is the same happening; ``least`` is the mean probability that two groups need to join."""
        if not happenings:
            return []
        likeness = np.eye(len(happenings))
        for (a, b), values in zip(
            combinations(range(len(happenings)), 2), pair_features(happenings), strict=True
        ):
            probability = 1 / (1 + math.exp(-self._same_bias - float(np.dot(self._same, values))))
            likeness[a, b] = likeness[b, a] = probability
        groups = average_linkage(likeness, self._least if least is None else least)
        return [[happenings[n] for n in group] for group in groups]


@lru_cache(maxsize=1)
def happenings() -> Happenings:
    """Return the one model of this process, loaded on first use."""
    return Happenings()


def at(report: str, number: int, words: Sequence[str], places: Iterable[int]) -> list[Happening]:
    """Return the happenings at given words of a sentence."""
    sentence = plain_part(words)
    found = []
    for place in places:
        low, high = max(0, place - _AROUND), place + 1 + _AROUND
        found.append(
            Happening(
                place=(report, number, place),
                word=words[place],
                sentence=sentence,
                near=plain_part([*words[low:place], "·", *words[place + 1 : high]]),
                before=frozenset(t.key for t in terms(" ".join(words[low:place]).lower())),
                after=frozenset(t.key for t in terms(" ".join(words[place + 1 : high]).lower())),
            )
        )
    return found


def pair_features(found: Sequence[Happening]) -> Iterable[list[float]]:
    """Return what speaks for and against two happenings being one, for each pair in order."""
    words: dict[str, dict[str, float]] = {}
    for h in found:
        words.setdefault(h.report, {}).update(h.sentence.words)
    spread = Counter(w for own in words.values() for w in own)
    rare = {r: {w: v * math.log(len(words) / spread[w]) for w, v in own.items()} for r, own in words.items()}
    reports = {(a, b): (_cosine(words[a], words[b]), _cosine(rare[a], rare[b])) for a in words for b in words}
    listed = list(words)
    table = np.array([[reports[a, b][1] for b in listed] for a in listed])
    kin = {listed[n]: k for k, group in enumerate(average_linkage(table, _KIN)) for n in group}
    sentences: dict[tuple[str, int, str, int], list[float]] = {}
    for a, b in combinations(found, 2):
        places = (*a.place[:2], *b.place[:2])
        if places not in sentences:
            one_sentence = a.place[:2] == b.place[:2]
            sentences[places] = (
                _SAME_SENTENCE if one_sentence else sentence_features(a.sentence, b.sentence, 0.0, {})
            )
        close = (*reports[a.report, b.report], float(kin[a.report] == kin[b.report]))
        yield _pair(a, b, sentences[places], close)


def _pair(
    a: Happening, b: Happening, sentences: Sequence[float], reports: tuple[float, float, float]
) -> list[float]:
    same, sense = float(a.key == b.key), float(a.vector @ b.vector)
    one_report = a.report == b.report
    alike, rarely, kin = (1.0, 1.0, 1.0) if one_report else reports
    shared = sum(min(v, b.near.words[w]) for w, v in a.near.words.items() if w in b.near.words)
    near = 2 * shared / (a.near.mass + b.near.mass + 0.01)
    named = float(bool(a.names & b.names))
    apart = float(bool(a.names and b.names) and not named)
    dice, common = sentences[2], sentences[4]
    return [
        same,
        sense,
        max(sense, 0.0) ** 3,
        alike,
        rarely,
        rarely**0.5,
        same * rarely**0.5,
        kin,
        same * kin,
        sense * kin,
        sense * rarely**0.5,
        same * alike,
        sense * alike,
        same * a.weight,
        same * a.weight * alike,
        float(one_report),
        float(a.place[:2] == b.place[:2]),
        same * one_report,
        *(sentences[n] for n in _SENTENCE),
        near,
        float(a.direction @ b.direction),
        shared,
        named,
        apart,
        same * dice,
        same * common,
        sense * dice,
        same * near,
        sense * near,
        float(len(a.before & b.before)),
        float(len(a.after & b.after)),
        float(a.tag == b.tag),
        alike * dice,
        same * apart,
        same * (a.tag == "?"),
        float(a.key in b.sentence.words) + float(b.key in a.sentence.words),
    ]


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    norm = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return sum(v * b[w] for w, v in a.items() if w in b) / norm if norm else 0.0


def average_linkage(likeness: NDArray[np.float64], least: float) -> list[list[int]]:
    """Join the two groups of highest mean likeness (n × n, symmetric) until none reaches ``least``."""
    work = likeness.astype(np.float64).copy()
    np.fill_diagonal(work, -np.inf)
    members = [[n] for n in range(len(work))]
    best = work.max(1)
    while len(work) > 1:
        one = int(best.argmax())
        if best[one] < least:
            break
        two = int(work[one].argmax())
        sizes = len(members[one]), len(members[two])
        row = (work[one] * sizes[0] + work[two] * sizes[1]) / sum(sizes)
        work[one], work[:, one] = row, row
        work[one, one] = -np.inf
        work[two], work[:, two] = -np.inf, -np.inf
        members[one] += members[two]
        members[two] = []
        best = work.max(1)
    return sorted((sorted(group) for group in members if group), key=lambda group: group[0])
