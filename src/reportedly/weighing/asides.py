"""Clauses that remind the reader of what is known, beside what a sentence has to tell."""

from __future__ import annotations

import re

from ..data import tables
from ..records.span import Span
from .wording import is_verb

_TOKEN = re.compile(r"[^\W\d_]+|[,;:.!?—–]")
_MARKS = frozenset(",;:.!?—–")


def asides(text: str) -> list[Span]:
    """Return the ranges of ``text`` that stand in relative clauses and in clauses of time.

    "Police arrested the captain *of the ferry that sank on Monday*" tells of an
    arrest; another sentence about the ferry that sank does not tell the same. A
    clause runs to the next mark. One that fills the whole text is none.
    """
    relative = tables.words("clauses", "asides.relative")
    temporal = tables.words("clauses", "asides.temporal")
    found = [(m[0].lower(), m.start()) for m in _TOKEN.finditer(text)]
    ranges: list[Span] = []
    main, k = False, 0
    while k < len(found):
        word, start = found[k]
        opens = (
            (k > 0 and word in relative)
            or (word in temporal and (main or k == 0))
            or (word == "that" and _after_a_noun([w for w, _ in found[max(0, k - 1) : k + 2]]))
        )
        if opens:
            k += 1
            while k < len(found) and found[k][0] not in _MARKS:
                k += 1
            end = found[k][1] if k < len(found) else len(text)
            if main or any(w not in _MARKS for w, _ in found[k:]):
                ranges.append((start, end))
        else:
            main = main or is_verb(word)
            k += 1
    return ranges


def _after_a_noun(words: list[str]) -> bool:
    """Tell whether "that", between the word before and the word behind it, stands for a noun."""
    return len(words) == 3 and words[0] not in _MARKS and not is_verb(words[0]) and is_verb(words[2])
