"""What the judgement of an attribution looks at: its words, and the encoder's view of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..data import tables
from .draft import Draft
from .encoder import Window
from .page import Page, Word
from .paragraphs import Range
from .stance import cue_lemma, factuality_of, stance_of

OPENING: Final = 12  # words of the content whose encoder output is averaged
_FIRST: Final = 4  # words of the content that show what kind of clause it is
_BEFORE: Final = 8  # words before the attribution that are looked at
_BEHIND: Final = 3  # words behind each of its parts
PARTS: Final = 6  # means that :func:`dense` puts side by side
_CLAUSE: Final = 24  # words in which the content's first verb is looked for

Floats = NDArray[np.float32]


class Hidden:
    """The lower layers' output for all words of a text, found by character ranges."""

    def __init__(self, windows: Sequence[Window]) -> None:
        own = [w.own for w in windows]
        self._starts = _joined([w.starts[o] for w, o in zip(windows, own, strict=True)])
        self._ends = _joined([w.ends[o] for w, o in zip(windows, own, strict=True)])
        self._values = (
            np.concatenate([w.hidden[o] for w, o in zip(windows, own, strict=True)])
            if windows
            else np.zeros((0, 1), np.float32)
        )

    def rows(self, ranges: Sequence[Range]) -> list[int]:
        """Return the numbers of the words that ``ranges`` touch, range by range."""
        found: list[int] = []
        for start, end in ranges:
            low = int(np.searchsorted(self._ends, start, side="right"))
            high = int(np.searchsorted(self._starts, end, side="left"))
            found.extend(range(low, high))
        return found

    def beside(self, draft: Draft) -> list[int]:
        """Return the numbers of the words before an attribution and behind its parts."""
        parts = [self.rows([span]) for span in draft.spans()]
        own = {k for part in parts for k in part}
        if not own:
            return []
        first = min(own)
        near = set(range(max(0, first - _BEFORE), first))
        for part in parts:
            if part:
                near.update(range(part[-1] + 1, min(part[-1] + 1 + _BEHIND, len(self._values))))
        return sorted(near - own)

    def mean(self, rows: Sequence[int]) -> Floats:
        """Return the mean output ``(size,)`` of words; zeros if there are none."""
        if not rows:
            return np.zeros(self._values.shape[1], np.float32)
        mean: Floats = self._values[list(rows)].mean(0)
        return mean


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def dense(draft: Draft, hidden: Hidden) -> Floats:
    """Return ``(PARTS * size,)``: means over the cue, the content's opening, the content, the source,
    the content's first words, and what stands beside the attribution."""
    content = hidden.rows(draft.content)
    return np.concatenate(
        [
            hidden.mean(hidden.rows(draft.cue)),
            hidden.mean(content[:OPENING]),
            hidden.mean(content),
            hidden.mean(hidden.rows(draft.source)),
            hidden.mean(content[:_FIRST]),
            hidden.mean(hidden.beside(draft)),
        ]
    )


def sparse(page: Page, draft: Draft) -> list[str]:
    """Return the names of the word features that hold, and what the rules would say."""
    stance = stance_of(page, draft.cue, draft.content)
    factuality, _ = factuality_of(page, draft.cue, draft.content, stance)
    cue = [w.lower for s, e in draft.cue for w in page.words_in(s, e)]
    opening = _opening_words(page, draft)
    low = [w.lower for w in opening]
    found = [
        f"kind={draft.kind}",
        f"stance={stance}",
        f"factuality={factuality}",
        f"both={stance}/{factuality}",
        f"lemma={cue_lemma(page, draft.cue)}",
        *(f"cue={w}" for w in cue),
        *(f"cues={first} {second}" for first, second in pairwise(cue)),
        *(f"opens={w}" for w in low[:2]),
        *(f"has={_plain(w)}" for w in low if _plain(w) in tables.words("cues", "telling.words")),
        *_clause(low),
    ]
    if not draft.source:
        found.append("no source")
    else:
        found += [f"source={w.lower}" for w in page.words_in(*draft.source[0])][:8]
    start = draft.content[0][0]
    text = page.text[start : draft.content[-1][1]]
    found.append("quoted" if text[:1] in ("“", '"') else "unquoted")
    if text.rstrip("”\"’'").endswith("?"):
        found.append("asks")
    if low[:1] == ["to"]:
        found.append("to do")
    words = len(text.split())
    found.append("short" if words < 6 else "long" if words > 25 else "middling")
    if draft.cue and draft.cue[0][0] > start:
        found.append("cue after")
    return list(dict.fromkeys(found))


def _clause(low: Sequence[str]) -> list[str]:
    """Return who the content's first clause is about, its first auxiliary, modal verb and negation."""
    words = list(low[:_CLAUSE])
    stop = next((k for k, w in enumerate(words) if k and w in (".", ";", "?", "!")), len(words))
    words = words[:stop]
    table = tables.toml("cues")["telling"]
    modals, helpers = table["modals"].split(), table["auxiliaries"].split()
    negations, subjects = table["negations"].split(), table["subjects"].split()
    modal = next((w for w in words if w in modals or w.endswith("'ll")), "-")
    helper = next((w for w in words if w in helpers or w in modals or "'" in w[-3:]), "-")
    negation = next((w for w in words if w in negations or w.endswith("n't")), "-")
    subject = next((w for w in words[:4] if w in subjects), "-")
    found = [
        f"modal={modal}",
        f"helper={helper}",
        f"negation={negation}",
        f"subject={subject}",
        f"clause={subject} {helper}",
    ]
    if helper == "-" and not any(w.endswith("ed") for w in words):
        found.append("no verb")
    return found


def _opening_words(page: Page, draft: Draft) -> list[Word]:
    found: list[Word] = []
    for start, end in draft.content:
        found += page.words_in(start, end)
        if len(found) > 2 * OPENING:
            break
    return found[: 2 * OPENING]


def _plain(word: str) -> str:
    return "not" if word.endswith("n't") else word
