"""A page: the text under the readers' eyes, cut into paragraphs, sentences and words."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import sentencex

from ..data import outlets, tables
from .paragraphs import Range, paragraphs
from .windows import plain_marks

_WORD = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|[^\W_]+(?:['’.&\-][^\W_]+)*\.?|[$€£¥₹%]|[^\w\s]|_+")
_INITIALS = re.compile(r"^(?:[^\W\d_]\.)+[^\W\d_]?\.?$")

# A place, a region, an agency in brackets, a dash; Page.dateline asks more of places in small letters.
_DATELINE = re.compile(
    r"([^\W\d_a-z][\w.'’\-]{2,}(?: [^\W\d_a-z][\w.'’\-]+){0,3})"
    r"(?:, [^\n()—–]{2,30})?(?: ?\(([^()\n]{2,40})\))? ?[—–-]{1,2} "
)
_QUOTE = re.compile(r"[“”\"]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark. ``lower`` is its text in lower case with straight apostrophes."""

    text: str
    lower: str
    start: int
    end: int


NameType = Literal["PER", "LOC", "ORG", "MISC"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the model found: CoNLL's four types, ``score`` its probability."""

    start: int
    end: int
    type: NameType
    score: float = 1.0


class Page:
    """One text, cut up once for all readers. Offsets are characters of ``text``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kept: dict[str, object] = {}  # what readers make of it once and share

    @cached_property
    def paragraphs(self) -> list[Range]:
        return paragraphs(self.text)

    @cached_property
    def sentences(self) -> list[Range]:
        """Sentences, none of which crosses a paragraph."""
        found: list[Range] = []
        for start, end in self.paragraphs:
            found.extend(_sentences(self.text, start, end))
        return found

    @cached_property
    def words(self) -> list[Word]:
        """Words and marks in order; a full stop belongs to a word only in an abbreviation."""
        return _words(self.text)

    @cached_property
    def _word_starts(self) -> list[int]:
        return [w.start for w in self.words]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [s for s, _ in self.sentences]

    @cached_property
    def marked(self) -> str:
        """The text with “ and ” for the quotation marks of other tongues, at the same offsets."""
        return plain_marks(self.text)

    @cached_property
    def _quotations(self) -> tuple[list[int], list[int]]:
        """Starts and ends of what stands in double quotation marks, paragraph by paragraph."""
        starts, ends = [], []
        for low, high in self.paragraphs:
            opened = -1
            for match in _QUOTE.finditer(self.marked, low, high):
                mark = match[0]
                if opened < 0 and mark in '“"':
                    opened = match.end()
                elif opened >= 0 and mark in '”"':
                    starts.append(opened)
                    ends.append(match.start())
                    opened = -1
            if opened >= 0:  # a quotation that goes on in the next paragraph
                starts.append(opened)
                ends.append(high)
        return starts, ends

    def in_quotation(self, offset: int) -> bool:
        """Tell whether ``offset`` lies inside double quotation marks."""
        starts, ends = self._quotations
        k = bisect.bisect_right(starts, offset) - 1
        return k >= 0 and offset < ends[k]

    def dateline(self, start: int, end: int) -> re.Match[str] | None:
        """Match a dateline ("PORT SAREN, Velmora (TPA) — ") at ``start``; group 1 is its place.

        The place is in capitals, or stands before the name of an outlet that is known
        ("Port Saren (Reuters) - ").
        """
        found = _DATELINE.match(self.text, start, end)
        if found and not found[1].isupper() and (found[2] is None or outlets.by_name(found[2]) is None):
            return None
        return found

    def words_in(self, start: int, end: int) -> list[Word]:
        """Return the words that begin in ``[start, end)``."""
        low = bisect.bisect_left(self._word_starts, start)
        high = bisect.bisect_left(self._word_starts, end)
        return self.words[low:high]

    def word_at(self, offset: int) -> int:
        """Return the number of the word at or after ``offset`` (``len(words)`` past the last)."""
        low = bisect.bisect_right(self._word_starts, offset) - 1
        if low >= 0 and self.words[low].end > offset:
            return low
        return low + 1

    def sentence_at(self, offset: int) -> Range:
        """Return the sentence that ``offset`` stands in, or the nearest one before it."""
        number = self.sentence_number(offset)
        return self.sentences[number] if self.sentences else (0, len(self.text))

    def sentence_number(self, offset: int) -> int:
        """Return the number of the sentence at ``offset``; 0 before the first."""
        return max(0, bisect.bisect_right(self._sentence_starts, offset) - 1)


def _words(text: str) -> list[Word]:
    found = []
    for match in _WORD.finditer(text):
        word, start, end = match[0], match.start(), match.end()
        if len(word) > 1 and word[-1] == "." and not _is_abbreviation(word):
            found.append(Word(word[:-1], _lower(word[:-1]), start, end - 1))
            found.append(Word(".", ".", end - 1, end))
            continue
        found.append(Word(word, _lower(word), start, end))
    return found


def _is_abbreviation(word: str) -> bool:
    return bool(_INITIALS.match(word)) or (
        word[0].isupper() and word[:-1].lower() in tables.words("clauses", "abbreviations")
    )


def _lower(word: str) -> str:
    return word.lower().replace("’", "'")


_SPACE = re.compile(r"[^\S \n]")  # every white space but these two: sentencex cuts some of them in two


def _boundaries(text: str) -> Sequence[Mapping[str, int]]:
    """Return where sentences begin and end; the whole text is one where the library panics on it."""
    try:
        found: Sequence[Mapping[str, int]] = sentencex.get_sentence_boundaries("en", text)
    except BaseException as error:  # a panic of its Rust code is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return [{"start_index": 0, "end_index": len(text)}]
    return found


def _sentences(text: str, start: int, end: int) -> list[Range]:
    found: list[Range] = []
    for part in _boundaries(_SPACE.sub(" ", text[start:end])):
        low, high = start + part["start_index"], start + part["end_index"]
        while low < high and text[low].isspace():
            low += 1
        while low < high and text[high - 1].isspace():
            high -= 1
        if low < high:
            found.append((low, high))
    return found
