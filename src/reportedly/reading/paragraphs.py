"""Where the paragraphs of a text begin and end.

Offsets never change here: a paragraph is a half-open range of characters of
the text it was found in.
"""

from __future__ import annotations

import re

Range = tuple[int, int]

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"[^\n]+")
_WRAP_WIDTH = 100  # characters: longer lines are taken for whole paragraphs
_SENTENCE_END = tuple(".!?:;\"'”’)]")


def paragraphs(text: str) -> list[Range]:
    """Return the paragraphs of ``text`` as ``(start, end)`` character ranges.

    Blank lines always part paragraphs. Within a block that has no blank lines
    every line is a paragraph of its own, unless the block looks hard-wrapped
    (several lines of at most 100 characters, most of which stop in the middle
    of a sentence): then its lines belong together, as does a line with a next one
    that begins in lower case.
    """
    found: list[Range] = []
    start = 0
    for gap in [*_BLANK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        found.extend(_block(text, start, end))
        start = gap.end() if gap else end
    return found


def _block(text: str, start: int, end: int) -> list[Range]:
    lines = [_strip(text, m.start(), m.end()) for m in _LINE.finditer(text, start, end)]
    lines = [(s, e) for s, e in lines if s < e]
    if _is_wrapped(text, lines):
        return [(lines[0][0], lines[-1][1])]
    joined: list[Range] = []
    for low, high in lines:
        if joined and _goes_on(text, joined[-1], low):
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _goes_on(text: str, line: Range, following: int) -> bool:
    """Tell whether a line stops in the middle of a sentence that the next one carries on."""
    start, end = line
    return end - start >= 30 and text[following].islower() and not text[start:end].endswith(_SENTENCE_END)


def _strip(text: str, start: int, end: int) -> Range:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _is_wrapped(text: str, lines: list[Range]) -> bool:
    if len(lines) < 3 or any(e - s > _WRAP_WIDTH for s, e in lines):
        return False
    inner = lines[:-1]
    longest = max(e - s for s, e in inner)
    if longest < 40:
        return False
    broken = sum(not text[s:e].endswith(_SENTENCE_END) for s, e in inner)
    full = sum(e - s > 0.6 * longest for s, e in inner)
    return broken * 2 >= len(inner) and full * 3 >= len(inner) * 2
