"""Whom a pronoun or description stands for, as far as sources and their claims need it.

A salience walk in the spirit of Hobbs (1978) and of Lee et al.'s sieves (2013):
nearest fitting name first, subjects and sources of the sentences before
preferred. Where nothing fits, the answer is "nobody".
"""

from __future__ import annotations

import bisect

from ..data import tables
from .cast import Cast, Member
from .page import Page
from .paragraphs import Range

_REACH = 3  # paragraphs to look back over
_NAMES = 400  # names to look back over for a description
_AHEAD = 2000  # characters to look ahead for one
_RECENT = 12  # speakers that are remembered


class Resolver:
    """Resolves mentions of one page against its cast."""

    def __init__(self, page: Page, cast: Cast) -> None:
        self.page = page
        self.cast = cast
        self._sources: list[tuple[int, Member]] = []

    def note_source(self, offset: int, member: Member) -> None:
        """Remember that ``member`` spoke at ``offset``: speakers are likelier antecedents."""
        self._sources.append((offset, member))

    def resolve(self, span: Range, speaker: Member | None = None) -> Member | None:
        """Return the member that the text at ``span`` stands for, or ``None``.

        ``speaker`` is whose words the text stands in: "I" is the speaker, and
        "he" is anybody but the speaker.
        """
        start, end = span
        direct = self.cast.head_of(start, end)
        if direct is not None:
            return direct
        text = self.page.text[start:end].lower()
        if text in tables.words("people", "pronouns_i"):
            return speaker
        if text in tables.words("people", "pronouns_he"):
            return self._person(start, "m", speaker)
        if text in tables.words("people", "pronouns_she"):
            return self._person(start, "f", speaker)
        if text in tables.words("people", "pronouns_it"):
            return self._body(start)
        if text in tables.words("people", "pronouns_they"):
            return None
        return self._description(start, text)

    def _person(self, offset: int, gender: str, speaker: Member | None) -> Member | None:
        low = self._reach(offset)
        best: tuple[float, Member] | None = None
        sentence = self.page.sentence_at(offset)
        for start, _, member in self.cast.spans:
            if start >= offset:
                break
            if (
                member is speaker
                or start < low
                or member.type != "PER"
                or member.gender not in (None, gender)
            ):
                continue
            score = -(offset - start) / 150.0
            if member.gender == gender:
                score += 1.5
            first, _ = self.page.sentence_at(start)
            if start - first < 40:
                score += 1.0  # near the head of its sentence: most likely the subject
            if first == sentence[0]:
                score += 0.3
            score += 1.5 * any(0 <= offset - at < 600 and m is member for at, m in self._sources[-_RECENT:])
            if best is None or score > best[0]:
                best = (score, member)
        if best is None:
            return None
        best[1].gender = best[1].gender or gender  # what "he" stood for once is no "she" later
        return best[1]

    def _body(self, offset: int) -> Member | None:
        low = max(self._reach(offset), offset - 500)
        best: tuple[float, Member] | None = None
        for start, _, member in self.cast.before(offset, low):
            if member.type != "ORG":
                continue
            first, _ = self.page.sentence_at(start)
            score = -(offset - start) / 150.0 + (1.0 if start - first < 40 else 0.0)
            score += 1.0 * any(0 <= offset - at < 500 and m is member for at, m in self._sources[-_RECENT:])
            if best is None or score > best[0]:
                best = (score, member)
        return best[1] if best else None

    def _description(self, offset: int, text: str) -> Member | None:
        """Resolve "the minister", "the cartel": a definite phrase whose noun fits one member before it."""
        words = text.split()
        if len(words) < 2 or words[0] not in ("the", "this", "that") or len(words) > 3:
            return None
        noun = words[-1]
        titles = tables.words("people", "titles")
        before = self.cast.before(offset)[:-_NAMES:-1]
        after = self.cast.before(offset + _AHEAD, offset)  # news often names after describing
        for _, _, member in (*before, *after):
            if member.type == "PER":
                if noun in titles and any(
                    t.split()[-1] == noun or t == " ".join(words[1:]) for t in member.titles
                ):
                    return member
            elif (
                any(form.lower().split()[-1:] == [noun] for form in member.forms)
                or (noun in tables.words("people", "body_nouns") and member.tokens[:1] == [noun])
                or (noun in tables.words("people", "outlet_nouns") and member.is_outlet)
            ):
                return member
        return None

    def _reach(self, offset: int) -> int:
        starts = [s for s, _ in self.page.paragraphs]
        k = bisect.bisect_right(starts, offset)
        return starts[k - _REACH] if k >= _REACH else 0
