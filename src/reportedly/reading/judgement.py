"""Source kind, stance and factuality of an attribution, learnt from labels and checked by rules.

Linear models (multinomial logistic regression) over word features and the
encoder's output, so that judging adds next to nothing to the cost of reading.
What the wording settles by itself stays with the rules of :mod:`.sources` and
:mod:`.stance`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..models import store
from ..records.attribution import Factuality, Stance
from .draft import Draft
from .features import Hidden, dense, sparse
from .page import Page
from .stance import factuality_of, stance_of

MODEL = "judgement"


@dataclass(frozen=True, slots=True)
class Linear:
    """One label's model: ``weights`` ``(classes, words + dense)``, ``bias`` ``(classes,)``."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def decide(self, rows: Sequence[int], values: NDArray[np.float32], words: int) -> tuple[str, float]:
        """Return the best class and its probability."""
        scores = self.bias + self.weights[:, list(rows)].sum(1) + self.weights[:, words:] @ values
        best = int(scores.argmax())
        return self.classes[best], float(1 / np.exp(scores - scores[best]).sum())


@dataclass(frozen=True, slots=True)
class Judge:
    """The models and their vocabulary; ``mean`` and ``scale`` make the encoder's values comparable."""

    words: dict[str, int]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    stance: Linear
    factuality: Linear

    def judge(self, page: Page, draft: Draft, hidden: Hidden) -> tuple[Stance, float, Factuality]:
        """Return the stance, how sure the model is of it, and the factuality."""
        rows = [self.words[name] for name in sparse(page, draft) if name in self.words]
        values = (dense(draft, hidden) - self.mean) * self.scale
        stance, sure = self.stance.decide(rows, values, len(self.words))
        factuality, _ = self.factuality.decide(rows, values, len(self.words))
        return cast(Stance, stance), sure, cast(Factuality, factuality)


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """Load the models that ship, once; raises :class:`ModelError` if they are missing or damaged."""
    store.about(MODEL)
    folder = store.folder(MODEL)
    try:
        with np.load(folder / "model.npz", allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float32) for name in file.files}
        record = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        labels = {
            name: Linear(tuple(record[name]), arrays[f"{name}_weights"], arrays[f"{name}_bias"])
            for name in ("stance", "factuality")
        }
        words = {word: k for k, word in enumerate(record["words"])}
        return Judge(words, arrays["mean"], arrays["scale"], labels["stance"], labels["factuality"])
    except (KeyError, ValueError, OSError) as error:
        raise ModelError(f"the weights at {folder} do not load: {error}") from error


# Where the rules say this, they are right more often than the models (cross-validated on the labels).
_RULED_STANCES = frozenset({"allege", "confirm", "deny", "dispute", "evaluate", "hint", "predict"})
_RULED_FACTUALITIES = frozenset({"PS+", "PR-", "PS-", "CT-"})
_COMMON_STANCES = ("assert", "evaluate")
_SURE = 0.5  # what a rarer stance that the wording does not show asks of the model
_STANCES_THAT_SETTLE = frozenset({"allege", "confirm", "deny", "dispute", "hint", "question"})


def settle(page: Page, draft: Draft, hidden: Hidden) -> None:
    """Fill stance, factuality and hedges of a draft whose source is settled."""
    fixed = draft.stance
    rule_stance = fixed or stance_of(page, draft.cue, draft.content)
    rule_factuality, draft.hedges = factuality_of(page, draft.cue, draft.content, rule_stance)
    if fixed is not None or not draft.cue:
        draft.stance, draft.factuality = rule_stance, rule_factuality
        return
    draft.stance, sure, draft.factuality = load_judge().judge(page, draft, hidden)
    unsure = draft.stance not in (rule_stance, *_COMMON_STANCES) and sure < _SURE
    if rule_stance in _RULED_STANCES or unsure:
        draft.stance = rule_stance
        draft.rules.append("rule:stance")
    if rule_factuality in _RULED_FACTUALITIES or rule_stance in _STANCES_THAT_SETTLE:
        draft.factuality = rule_factuality
        draft.rules.append("rule:factuality")
    draft.rules.append(store.version(MODEL))
