"""Text to model input: word pieces with their offsets, packed into windows.

The encoder is uncased; the letter case of each word travels beside its pieces
as a *shape*, fed to the network as BERT's token type. Training and reading
both build their input here, so that the two can never drift apart.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .paragraphs import Range

Ints = NDArray[np.int64]

CLS: Final = 101
SEP: Final = 102
PAD: Final = 0
WINDOW: Final = 128  # pieces, [CLS] and [SEP]s included
SHAPES: Final = 6  # lower or no letters, Title, UPPER, mixed, digits, single capital
_FOREIGN_MARK: Final = re.compile("[„‟«»]")
_LIST_MARK: Final = re.compile(r"[•◦▪▫‣⁃●○■□►▶➤✓*·–—-][^\S\n]+(?=\S)")
_SENTENCE_END: Final = re.compile(r"[.!?][\"”’)\]]*\s+(?=[\"“‘(\[]?[^\Wa-z])")
ROOM: Final = WINDOW - 2  # pieces of one paragraph that a window has room for
_OVERLAP: Final = 32  # pieces two windows of one long paragraph share on each side


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of one paragraph, all arrays of shape ``(n,)``.

    ``starts`` and ``ends`` are character offsets into the whole text; ``first``
    is true where a piece begins a word (a run without spaces or punctuation).
    """

    ids: Ints
    shapes: Ints
    starts: Ints
    ends: Ints
    first: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, start: int, end: int) -> Pieces:
        """Return pieces ``start`` to ``end`` (half open)."""
        return Pieces(
            self.ids[start:end],
            self.shapes[start:end],
            self.starts[start:end],
            self.ends[start:end],
            self.first[start:end],
        )


@lru_cache(maxsize=65536)
def shape_of(word: str) -> int:
    """Return the shape class of a word, ``0 <= class < SHAPES``."""
    if word.islower() or not any(c.isalnum() for c in word):
        return 0
    if word[0].isdigit():
        return 4
    if len(word) == 1:
        return 5
    if word.isupper():
        return 2
    if word[0].isupper() and word[1:].islower():
        return 1
    return 3


def plain_marks(text: str) -> str:
    """Return ``text`` with “ and ” for the quotation marks of other tongues, character by character.

    The network learnt from American news: it takes „…“, «…» and »…« for what they
    are only in part.
    """
    if not _FOREIGN_MARK.search(text):
        return text
    marks = list(text)
    low = False  # whether „ stands open
    for k, mark in enumerate(text):
        if mark in "„‟":
            marks[k], low = "“", True
        elif mark == "“" and low:
            marks[k], low = "”", False
        elif mark in "«»":
            before, after = text[k - 1 : k], text[k + 1 : k + 2]
            outward = (not before or before.isspace()) and after.isalnum()  # »…«
            inward = bool(before) and not before.isspace() and not after.isalnum()
            marks[k] = ("“" if outward else "”") if mark == "»" else ("”" if inward else "“")
        elif mark in "”\n":
            low = False
    return "".join(marks)


def _behind_list_mark(text: str, start: int, end: int) -> int:
    """Return where the words of a paragraph begin that is an item of a list."""
    match = _LIST_MARK.match(text, start, end)
    return match.end() if match else start


def pieces(tokenizer: Tokenizer, text: str, ranges: Sequence[Range]) -> list[Pieces]:
    """Split each range of ``text`` into word pieces.

    Args:
        tokenizer: an uncased BERT word-piece tokenizer without special tokens,
            truncation or padding.
        text: the whole text.
        ranges: paragraphs, as character ranges of ``text``; the mark before an item of
            a list is left out.

    Returns:
        One :class:`Pieces` a range, in order.
    """
    ranges = [(_behind_list_mark(text, start, end), end) for start, end in ranges]
    parts = [plain_marks(text[start:end]) for start, end in ranges]
    found = []
    for (offset, _), part, encoding in zip(
        ranges, parts, tokenizer.encode_batch(parts, add_special_tokens=False), strict=True
    ):
        words = encoding.word_ids
        spans = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        first = np.ones(len(words), bool)
        shapes = np.zeros(len(words), np.int64)
        for k, word in enumerate(words):
            if k and word == words[k - 1]:
                first[k] = False
                shapes[k] = shapes[k - 1]
                continue
            stop = k
            while stop + 1 < len(words) and words[stop + 1] == word:
                stop += 1
            shapes[k] = shape_of(part[spans[k, 0] : spans[stop, 1]])
        found.append(
            Pieces(
                np.array(encoding.ids, np.int64),
                shapes,
                spans[:, 0] + offset,
                spans[:, 1] + offset,
                first,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Slot:
    """A run of one paragraph's pieces inside a window.

    Pieces ``start`` to ``end`` of paragraph ``paragraph`` stand at
    ``at`` to ``at + end - start`` of the window; of these, ``keep_from`` to
    ``keep_to`` (piece numbers of the paragraph) are this window's to decide.
    """

    paragraph: int
    start: int
    end: int
    at: int
    keep_from: int
    keep_to: int


def sentence_starts(text: str, part: Pieces) -> list[int]:
    """Return the numbers of the pieces that a sentence seems to begin with: places to cut at."""
    if not len(part):
        return []
    low, high = int(part.starts[0]), int(part.ends[-1])
    offsets = [match.end() for match in _SENTENCE_END.finditer(text, low, high)]
    return [int(k) for k in np.searchsorted(part.starts, offsets)]


def pack(
    lengths: Sequence[int], size: int = WINDOW, sentences: Mapping[int, Sequence[int]] | None = None
) -> list[list[Slot]]:
    """Pack paragraphs of the given piece counts into windows of ``size`` pieces.

    Whole paragraphs stand side by side, each followed by [SEP]; one that does
    not fit a window is cut into overlapping runs, at sentences where ``sentences``
    gives their first pieces by the paragraph's number.
    """
    windows: list[list[Slot]] = []
    current: list[Slot] = []
    used = 1
    room = size - 2
    for number, length in enumerate(lengths):
        if length == 0:
            continue
        if length <= room:
            if used + length + 1 > size:
                windows.append(current)
                current, used = [], 1
            current.append(Slot(number, 0, length, used, 0, length))
            used += length + 1
            continue
        if current:
            windows.append(current)
            current, used = [], 1
        windows.extend([slot] for slot in _long(number, length, room, (sentences or {}).get(number, ())))
    if current:
        windows.append(current)
    return windows


def _long(number: int, length: int, room: int, sentences: Sequence[int]) -> Iterator[Slot]:
    start = keep_from = 0
    while True:
        if start + room >= length:
            yield Slot(number, start, length, 1, keep_from, length)
            return
        end = _near(sentences, start + room, start + 3 * _OVERLAP)
        following = _near(sentences, end - 2 * _OVERLAP, end - 3 * _OVERLAP + 1)
        keep_to = _near(sentences, end - _OVERLAP, max(keep_from, following) + 1)
        yield Slot(number, start, end, 1, keep_from, keep_to)
        start, keep_from = following, keep_to


def _near(sentences: Sequence[int], place: int, least: int) -> int:
    """Return the last beginning of a sentence from ``least`` to ``place``, or ``place`` if there is none."""
    k = bisect.bisect_right(sentences, place) - 1
    return sentences[k] if k >= 0 and sentences[k] >= least else place


def batch(paragraph_pieces: Sequence[Pieces], windows: Sequence[Sequence[Slot]]) -> tuple[Ints, Ints, Ints]:
    """Return ``(ids, mask, shapes)``, each int64 of shape ``(windows, longest)``."""
    width = max((w[-1].at + w[-1].end - w[-1].start + 1 for w in windows), default=1)
    ids = np.full((len(windows), width), PAD, np.int64)
    mask = np.zeros_like(ids)
    shapes = np.zeros_like(ids)
    for row, slots in enumerate(windows):
        ids[row, 0] = CLS
        for slot in slots:
            at, n = slot.at, slot.end - slot.start
            own = paragraph_pieces[slot.paragraph]
            ids[row, at : at + n] = own.ids[slot.start : slot.end]
            shapes[row, at : at + n] = own.shapes[slot.start : slot.end]
            ids[row, at + n] = SEP
        mask[row, : slots[-1].at + slots[-1].end - slots[-1].start + 1] = 1
    return ids, mask, shapes
