"""Who speaks inside quotation marks: so that "I" is the speaker, and "he" is somebody else."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ..data import tables
from .mentions import Mention
from .page import Page
from .paragraphs import Range
from .phrases import Sentence, Sentences
from .wordforms import VERBS

_MARK: Final = re.compile(r"[“”„«»\"]|''|``")
_NEAR: Final = 12  # words from a quotation in which its speech verb stands


class Said(Protocol):
    """What is known of an attribution: character ranges of its source and its content."""

    @property
    def source(self) -> Sequence[Range]: ...
    @property
    def content(self) -> Sequence[Range]: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """A quotation (the characters between its marks) and the mention of who speaks, if that is known."""

    start: int
    end: int
    speaker: Mention | None


class Speeches:
    """The quotations of a page, each with its speaker."""

    def __init__(self, speeches: Iterable[Speech]) -> None:
        self.all = sorted(speeches, key=lambda s: s.start)
        self._starts = [s.start for s in self.all]

    def at(self, offset: int) -> Speech | None:
        """Return the quotation that ``offset`` stands in."""
        k = bisect.bisect_right(self._starts, offset) - 1
        return self.all[k] if k >= 0 and offset < self.all[k].end else None


def quotations(page: Page) -> list[Range]:
    """Return what stands in double quotation marks, paragraph by paragraph.

    A mark that is not closed in its paragraph reaches to the end of it, as where a speech goes on.
    """
    found = []
    for low, high in page.paragraphs:
        opened = -1
        for match in _MARK.finditer(page.text, low, high):
            if opened < 0 and match[0] not in "”»":
                opened = match.end()
            elif opened >= 0 and match[0] not in ("“", "„", "«", "``"):
                found.append((opened, match.start()))
                opened = -1
        if opened >= 0:
            found.append((opened, high))
    return found


def find_speeches(
    page: Page, tagged: Sentences, mentions: Sequence[Mention], said: Iterable[Said]
) -> Speeches:
    """Return the quotations of a page with their speakers.

    The source of an attribution whose content fills the quotation comes first; then the
    subject of the speech verb beside it; then the speaker of the quotation before it in
    the same paragraph, or of one that was not closed at the end of the last paragraph.
    """
    starts = [m.start for m in mentions]
    sources: list[tuple[int, int, Range]] = sorted(
        (start, end, attribution.source[0])
        for attribution in said
        if attribution.source
        for start, end in attribution.content
    )
    found: list[Speech] = []
    ends = {high for _, high in page.paragraphs}
    at = 0
    for start, end in quotations(page):
        while at < len(sources) and sources[at][1] <= start:
            at += 1
        best: tuple[int, Mention] | None = None
        for low, high, source in sources[at : at + 8]:
            shared = min(high, end) - max(low, start)
            speaker = _mention_in(mentions, starts, *source) if 2 * shared > end - start else None
            if speaker is not None and (best is None or high - low < best[0]):
                best = (high - low, speaker)
        speaker = best[1] if best else _beside(page, tagged, mentions, starts, start, end)
        if speaker is None and found:
            last = found[-1]
            same = page.text.rfind("\n\n", last.end, start) < 0
            if same or (last.end in ends and not page.text[last.end : start].strip(" \n\t“\"'")):
                speaker = last.speaker
        found.append(Speech(start, end, speaker))
    return Speeches(found)


def _mention_in(mentions: Sequence[Mention], starts: Sequence[int], start: int, end: int) -> Mention | None:
    """Return the outermost mention that begins a source phrase."""
    for mention in mentions[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)]:
        if mention.end <= end + 1:
            return mention
    return None


def _beside(
    page: Page, tagged: Sentences, mentions: Sequence[Mention], starts: Sequence[int], start: int, end: int
) -> Mention | None:
    """Return the subject of a speech verb right behind or right before a quotation."""
    low, high = _paragraph(page, start)
    after = min(page.sentence_number(end), len(page.sentences) - 1)
    for number in (after, after + 1):
        if number < len(page.sentences) and page.sentences[number][0] < high:
            found = _speaker_after(tagged[number], mentions, starts, end, high)
            if found is not None:
                return found
    before = page.sentence_number(start)
    if page.sentences and page.sentences[before][0] >= low:
        return _speaker_before(tagged[before], mentions, starts, start)
    return None


def _paragraph(page: Page, offset: int) -> Range:
    k = bisect.bisect_right(page.paragraphs, (offset, len(page.text) + 1)) - 1
    return page.paragraphs[max(0, k)]


def _is_speech_verb(sentence: Sentence, k: int) -> bool:
    return sentence.tags[k] in VERBS and sentence.lemma(k) in tables.words("people", "speech_verbs")


def _speaker_after(
    sentence: Sentence, mentions: Sequence[Mention], starts: Sequence[int], end: int, high: int
) -> Mention | None:
    """“…,” she said · “…,” said the minister. Only what follows the closing mark at once counts."""
    first = bisect.bisect_left(sentence.words, end, key=lambda w: w.start)
    while first < len(sentence) and not sentence.words[first].text[0].isalnum():
        if sentence.words[first].text in ("“", "„"):
            return None
        first += 1
    if first >= len(sentence) or sentence.words[first].start - end > 4 or sentence.words[first].start >= high:
        return None
    for k in range(first, min(first + _NEAR, len(sentence))):
        if _is_speech_verb(sentence, k):
            at = sentence.words[first if k > first else min(k + 1, len(sentence) - 1)].start
            i = bisect.bisect_left(starts, at)
            return mentions[i] if i < len(mentions) and mentions[i].start < at + 40 else None
        if sentence.low[k] in ('"', "“", ".", ";"):
            return None
    return None


def _speaker_before(
    sentence: Sentence, mentions: Sequence[Mention], starts: Sequence[int], start: int
) -> Mention | None:
    """She said: “…” · The minister told the paper that he was “…”."""
    last = bisect.bisect_left(sentence.words, start, key=lambda w: w.start)
    for k in range(last - 1, max(-1, last - _NEAR - 1), -1):
        if _is_speech_verb(sentence, k):
            i = bisect.bisect_left(starts, sentence.words[k].start) - 1
            low = max(0, i - _NEAR)
            while i >= low and mentions[i].start >= sentence.words[0].start:
                if mentions[i].subject or mentions[i].last == k:
                    return mentions[i]
                i -= 1
            return None
        if sentence.low[k] in (";", "”"):
            return None
    return None
