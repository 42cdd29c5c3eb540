"""What the judgement of an attribution looks at: its words, and the encoder's view of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..data import tables
from .draft import Draft
from .encoder import Window
from .page import Page, Word
from .paragraphs import Range
from .stance import cue_lemma, factuality_of, stance_of

OPENING = 12  # words of the content whose encoder output is averaged


class Hidden:
    """The encoder's output of all words of a text, found by character ranges."""

    def __init__(self, windows: Sequence[Window]) -> None:
        own = [w.own for w in windows]
        self._starts = _joined([w.starts[o] for w, o in zip(windows, own, strict=True)])
        self._ends = _joined([w.ends[o] for w, o in zip(windows, own, strict=True)])
        self._values = (
            np.concatenate([w.hidden[o] for w, o in zip(windows, own, strict=True)])
            if windows
            else np.zeros((0, 1), np.float32)
        )

    def mean(self, ranges: Sequence[Range], most: int | None = None) -> NDArray[np.float32]:
        """Return the mean output ``(size,)`` of the (first ``most``) words in ``ranges``; zeros if none."""
        rows: list[int] = []
        for start, end in ranges:
            low = int(np.searchsorted(self._ends, start, side="right"))
            high = int(np.searchsorted(self._starts, end, side="left"))
            rows.extend(range(low, high))
        rows = rows[:most]
        if not rows:
            return np.zeros(self._values.shape[1], np.float32)
        mean: NDArray[np.float32] = self._values[rows].mean(0)
        return mean


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def dense(draft: Draft, hidden: Hidden) -> NDArray[np.float32]:
    """Return ``(4 * size,)``: the encoder's means of cue, content's opening, content and source."""
    return np.concatenate(
        [
            hidden.mean(draft.cue),
            hidden.mean(draft.content, OPENING),
            hidden.mean(draft.content),
            hidden.mean(draft.source),
        ]
    )


def sparse(page: Page, draft: Draft) -> list[str]:
    """Return the names of the word features that hold, and what the rules would say."""
    stance = stance_of(page, draft.cue, draft.content)
    factuality, _ = factuality_of(page, draft.cue, draft.content, stance)
    cue = [w for s, e in draft.cue for w in page.words_in(s, e)]
    opening = _opening_words(page, draft)
    low = [w.lower for w in opening]
    found = [
        f"kind={draft.kind}",
        f"stance={stance}",
        f"factuality={factuality}",
        f"both={stance}/{factuality}",
        f"lemma={cue_lemma(page, draft.cue)}",
        *(f"cue={w.lower}" for w in cue),
        *(f"opens={w}" for w in low[:2]),
        *(f"has={_plain(w)}" for w in low if _plain(w) in tables.words("cues", "telling.words")),
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


def _opening_words(page: Page, draft: Draft) -> list[Word]:
    found: list[Word] = []
    for start, end in draft.content:
        found += page.words_in(start, end)
        if len(found) > 2 * OPENING:
            break
    return found[: 2 * OPENING]


def _plain(word: str) -> str:
    return "not" if word.endswith("n't") else word
