"""Source kind, stance and factuality of an attribution, learnt from labels and checked by rules.

One hidden layer over word features and the output of the encoder's lower layers, in
numpy, so that judging adds next to nothing to the cost of reading. What the wording settles by
itself stays with the rules of :mod:`.sources` and :mod:`.stance`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ..data import tables
from ..errors import ModelError
from ..models import store
from ..records.attribution import Factuality, SourceKind, Stance
from .draft import Draft
from .features import Hidden, dense, sparse
from .page import Page
from .stance import cue_lemma, factuality_of, stance_of

MODEL = "judgement"
LABELS = ("source_kind", "stance", "factuality")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One label: ``weights`` ``(classes, size)``, ``bias`` ``(classes,)``."""

    classes: tuple[str, ...]
    weights: Floats
    bias: Floats

    def decide(self, layer: Floats) -> tuple[str, float]:
        """Return the best class and its probability."""
        scores = self.bias + self.weights @ layer
        best = int(scores.argmax())
        return self.classes[best], float(1 / np.exp(scores - scores[best]).sum())


@dataclass(frozen=True, slots=True)
class Judge:
    """The hidden layer and the heads.

    ``vocabulary`` numbers the word features; ``values`` is ``(size, PARTS * hidden)``,
    ``words`` ``(features, size)``.
    """

    vocabulary: dict[str, int]
    values: Floats
    bias: Floats
    words: Floats
    heads: dict[str, Head]

    def judge(self, page: Page, draft: Draft, hidden: Hidden) -> dict[str, tuple[str, float]]:
        """Return the class of each label and its probability."""
        rows = [self.vocabulary[name] for name in sparse(page, draft) if name in self.vocabulary]
        layer = gelu(self.bias + self.values @ dense(draft, hidden) + self.words[rows].sum(0))
        return {name: head.decide(layer) for name, head in self.heads.items()}


def gelu(x: Floats) -> Floats:
    """The Gaussian error linear unit (Hendrycks and Gimpel 2016), exact."""
    found: Floats = (x * 0.5 * (1 + _erf(x / math.sqrt(2)))).astype(np.float32)
    return found


_erf = np.vectorize(math.erf, otypes=[np.float32])


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """Load the model that ships, once; raises :class:`ModelError` if it is missing or damaged."""
    store.about(MODEL)
    folder = store.folder(MODEL)
    try:
        with np.load(folder / "model.npz", allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float32) for name in file.files}
        record = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        heads = {
            name: Head(tuple(record[name]), arrays[f"{name}_weights"], arrays[f"{name}_bias"])
            for name in LABELS
        }
        vocabulary = {word: k for k, word in enumerate(record["words"])}
        return Judge(vocabulary, arrays["values"], arrays["bias"], arrays["words"], heads)
    except (KeyError, ValueError, OSError) as error:
        raise ModelError(f"the weights at {folder} do not load: {error}") from error


# Where the rules say this, they are right more often than the model (cross-validated on the training labels).
_RULED_STANCES: frozenset[str] = frozenset({"confirm", "dispute"})
_RULED_KINDS: frozenset[str] = frozenset({"hearsay", "narrator", "anonymous", "document", "official"})
_FEW_WORDS = 40


def settle(page: Page, draft: Draft, hidden: Hidden | None) -> None:
    """Fill kind, stance, factuality and hedges of a draft whose source is settled.

    The rules decide alone without ``hidden`` (a network that stopped half way) and
    on texts of a sentence or two, where the network, used to reports, sees too little.
    """
    fixed = draft.stance
    rule_stance = fixed or stance_of(page, draft.cue, draft.content)
    rule_factuality, draft.hedges = factuality_of(page, draft.cue, draft.content, rule_stance)
    if fixed is not None or not draft.cue or hidden is None or len(page.words) < _FEW_WORDS:
        draft.stance, draft.factuality = rule_stance, rule_factuality
        return
    said = load_judge().judge(page, draft, hidden)
    draft.stance = cast(Stance, said["stance"][0])
    if rule_stance in _RULED_STANCES:
        draft.stance = rule_stance
        draft.rules.append("rule:stance")
    draft.factuality = cast(Factuality, said["factuality"][0])
    if _is_plain(page, draft):
        draft.factuality = rule_factuality
        draft.rules.append("rule:factuality")
    if draft.source and draft.kind not in _RULED_KINDS:
        draft.kind = cast(SourceKind, said["source_kind"][0])
    draft.rules.append(store.version(MODEL))


def _is_plain(page: Page, draft: Draft) -> bool:
    """Tell whether the wording settles the factuality ("doubted that …", "neither confirm nor deny")."""
    plain = tables.toml("cues")["plain"]
    if cue_lemma(page, draft.cue) in plain["cues"].split():
        return True
    text = " ".join(page.text[s:e] for s, e in (*draft.cue, *draft.content))[:200].lower()
    return any(phrase in text for phrase in plain["phrases"])
