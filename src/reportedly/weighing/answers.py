"""How a headline or a text answers a claim: takes it over, passes it on, or turns against it.

Two linear models over what :mod:`.alike` says of the claim and the sentences
nearest to it, over words that refute and that pass on, and over the words
beside them. Learnt from headlines (Emergent: Ferreira and Vlachos 2016) and
texts (FNC-1: Pomerleau and Rao 2017) by ``training/train_rumours.py``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..data import tables
from ..errors import ModelError
from ..models import store
from .alike import FEATURES, contrary, features
from .happenings import plain_part
from .wording import base_form, negations, terms

MODEL = "answers"
HEADLINE_ANSWERS = ("against", "for", "observing")
TEXT_ANSWERS = ("agree", "disagree", "discuss", "unrelated")
_WORD = re.compile(r"[\w$']+|[?!\"“”]")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’]?\s+|\n+")
_SENTENCES = 60  # of a text that are read
_RELATED = 0.2  # share of the claim's words that a text must have to be looked at closely

Clues = dict[str, float]


def headline_clues(claim: str, headline: str) -> Clues:
    """Return what tells how a headline answers a claim."""
    one, two = plain_part(claim.split()), plain_part(headline.split())
    values = features(one, two, 0.0, {})
    found = {f"like:{name}": value for name, value in zip(FEATURES, values, strict=True)}
    words, own = _words(headline), _words(claim)
    refuting, passing = _count(words, "refuting"), _count(words, "passing_on")
    found |= {
        "negated": float(min(negations(headline), 2)),
        "negated:claim": float(min(negations(claim), 2)),
        "negated:one": float((negations(headline) > 0) != (negations(claim) > 0)),
        "contrary": float(contrary(one, two)),
        "asks": float("?" in headline),
        "quotes": float(any(mark in headline for mark in "“\"'")),
        "colon": float(":" in headline),
        "refuting": float(min(refuting, 3)),
        "refuting:claim": float(min(_count(own, "refuting"), 3)),
        "refuting:like": min(refuting, 3) * found["like:dice"],
        "passing": float(min(passing, 3)),
        "passing:last": float(bool(words) and words[-1] in _listed("passing_on")),
    }
    bases = {base_form(w) for w in own}
    for word in sorted(set(words)):
        base = base_form(word)
        found[f"shared:{base}" if base in bases else f"new:{base}"] = 0.6
    for left, right in pairwise(words):
        if base_form(right) not in bases:
            found[f"pair:{left} {right}"] = 0.4
    return found


class Body:
    """A text cut into sentences, to be held against many claims."""

    def __init__(self, text: str) -> None:
        self._sentences = [s for s in _SENTENCE.split(text) if s and s.strip()][:_SENTENCES]
        self._weights = [{t.key: t.weight for t in terms(s)} for s in self._sentences]
        self._words = [_words(s) for s in self._sentences]
        self._refuting = [
            _count(w, "refuting") + (negations(s) > 0)
            for w, s in zip(self._words, self._sentences, strict=True)
        ]
        self._all = {w for weights in self._weights for w in weights}
        self._bases = Counter(base_form(w) for words in self._words for w in words)

    def clues(self, claim: str) -> Clues:
        """Return what tells how the text answers a claim."""
        if not self._sentences:
            return {"empty": 1.0}
        weights = {t.key: t.weight for t in terms(claim)}
        total = sum(weights.values()) + 1e-6
        shares = [sum(v for w, v in weights.items() if w in own) / total for own in self._weights]
        order = sorted(range(len(shares)), key=lambda n: -shares[n])[:3]
        lead = {w for own in self._weights[:3] for w in own}
        whole = sum(v for w, v in weights.items() if w in self._all) / total
        found = {
            "share": whole,
            "share:square": whole * whole,
            "share:best": shares[order[0]],
            "share:third": shares[order[-1]],
            "share:lead": sum(v for w, v in weights.items() if w in lead) / total,
            "share:mean": float(np.mean(sorted(shares)[-5:])),
            "length": math.log(len(shares)),
        }
        if whole < _RELATED:
            return found | {"unlike": 1.0}
        return found | self._turns(claim, order, min(1.0, whole * 1.3))

    def _turns(self, claim: str, order: Sequence[int], related: float) -> Clues:
        own = _words(claim)
        refutes = min(2, _count(own, "refuting") + (negations(claim) > 0))
        lead = min(3, sum(self._refuting[:3]))
        near = min(3, sum(self._refuting[n] for n in order))
        passing = [_count(words, "passing_on") for words in self._words]
        side = "claim refutes" if refutes else "claim holds"
        found = {
            "claim refutes": refutes * related,
            "claim passes on": min(2, _count(own, "passing_on")) * related,
            "claim asks": float("?" in claim) * related,
            "lead refutes": lead * related,
            "near refutes": near * related,
            "refutes": min(6, sum(self._refuting)) / 6 * related,
            "lead passes on": min(4, sum(passing[:3])) * related,
            "near passes on": min(4, sum(passing[n] for n in order)) * related,
            "related": related,
            "where": order[0] / len(self._sentences),
            f"{side}, lead {'refutes' if lead else 'holds'}": related,
            f"{side}, near {'refutes' if near else 'holds'}": related,
        }
        bases = {base_form(w) for w in own}
        close = {base_form(w) for n in order[:2] for w in self._words[n]}
        first = {base_form(w) for words in self._words[:3] for w in words}
        found |= {f"near:{w}": 0.3 * related for w in sorted(close - bases)}
        found |= {f"lead:{w}": 0.3 * related for w in sorted(first - bases)}
        found |= {f"claim:{w}": 0.3 * related for w in sorted(bases)}
        for word in _refuting_bases():
            if word in close or word in first:
                found[f"{side}:{word}"] = 0.6 * related
            if self._bases[word]:
                found[f"{side}:anywhere {word}"] = 0.5 * related
        turning = _listed("refuting") | _listed("passing_on")
        for words in [self._words[n] for n in order[:2]] + self._words[:2]:
            for left, right in pairwise(words):
                if left in turning or right in _listed("refuting"):
                    found[f"pair:{left} {right}"] = 0.4 * related
        return found


class Answers:
    """The two models. One instance may be used by many threads."""

    def __init__(self) -> None:
        path = store.folder(MODEL)
        store.about(MODEL)
        try:
            with np.load(path / "model.npz") as saved:
                self._headline, self._related, self._text = saved["headline"], saved["related"], saved["text"]
            listed = (path / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"the weights at {path} do not load: {error}") from error
        self._rows = {clue: row for row, clue in enumerate(listed) if clue}

    def headline(self, claim: str, headline: str) -> dict[str, float]:
        """Return the probabilities of ``HEADLINE_ANSWERS``."""
        return dict(
            zip(HEADLINE_ANSWERS, self._soft(self._headline, headline_clues(claim, headline)), strict=True)
        )

    def text(self, claim: str, body: Body) -> dict[str, float]:
        """Return the probabilities of ``TEXT_ANSWERS``; the first three share what is not "unrelated"."""
        clues = body.clues(claim)
        related = float(self._soft(self._related, clues)[1])
        stances = self._soft(self._text, clues) * related
        return dict(zip(TEXT_ANSWERS, [*stances.tolist(), 1 - related], strict=True))

    def _soft(self, weights: NDArray[np.float32], clues: Mapping[str, float]) -> NDArray[np.float64]:
        """Return class probabilities; the last row of ``weights`` is the bias, one column a class."""
        scores = weights[-1].astype(np.float64)
        for clue, value in clues.items():
            row = self._rows.get(clue)
            if row is not None:
                scores = scores + value * weights[row]
        powers = np.exp(scores - scores.max())
        total: NDArray[np.float64] = powers / powers.sum()
        return total


@lru_cache(maxsize=1)
def answers() -> Answers:
    """Return the one model of this process, loaded on first use."""
    return Answers()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("’", "'").lower())


def _count(words: Sequence[str], key: str) -> int:
    listed = _listed(key)
    return sum(w in listed for w in words)


def _listed(key: str) -> frozenset[str]:
    return tables.words("claims", f"answers.{key}")


@cache
def _refuting_bases() -> tuple[str, ...]:
    return tuple(sorted({base_form(w) for w in _listed("refuting")}))
