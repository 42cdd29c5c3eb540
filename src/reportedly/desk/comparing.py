"""Two lists of words or paragraphs, compared."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_MANY = 2_000  # paragraphs or words: with more, those that are everywhere are no landmarks


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Compare two lists, setting aside what both begin and end with; a pair of long ones in rougher steps."""
    low = 0
    while low < min(len(old), len(new)) and old[low] == new[low]:
        low += 1
    high = 0
    while high < min(len(old), len(new)) - low and old[-1 - high] == new[-1 - high]:
        high += 1
    a, b = old[low : len(old) - high], new[low : len(new) - high]
    if len(a) * len(b) > _MANY * _MANY:
        inner = (
            [("replace", 0, len(a), 0, len(b))]
            if set(a).isdisjoint(b) or min(len(a), len(b)) > 20_000
            else (list(difflib.SequenceMatcher(None, a, b).get_opcodes()))
        )
    else:
        inner = list(difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes())
    moved = [(tag, i + low, j + low, k + low, m + low) for tag, i, j, k, m in inner]
    head = [("equal", 0, low, 0, low)] if low else []
    tail = [("equal", len(old) - high, len(old), len(new) - high, len(new))] if high else []
    return [*head, *moved, *tail]
