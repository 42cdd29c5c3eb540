"""Light phrase finding: noun phrases and verb groups of a sentence, without a parser.

Over the tags and base noun phrases (chunks) of :mod:`.wordtags`, a few left-to-right rules
of English join noun phrases with their modifiers and coordinates, and verbs with their
auxiliaries; who a verb's subject is, :mod:`.subjects` tells. Each rule looks only a
bounded number of words away, so the time is linear in the text.

The cascade of finite patterns follows FASTUS (Hobbs et al. 1997) in spirit.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .page import Name, Page, Word
from .wordforms import AUXILIARY, VERBS, grammar, small
from .wordtags import Range, base_phrases, name_numbers, tag_words

REACH: Final = 40  # words: how far any rule looks
DEPTH: Final = 4
_POST: Final = frozenset({"of"})
_SUBJECT_POST: Final = small("subject_post")


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A verb with its auxiliaries. ``start`` to ``end`` are word numbers; ``end`` is after the verb."""

    start: int
    verb: int
    end: int
    passive: bool
    infinitive: bool
    progressive: bool
    helpers: tuple[str, ...]


class Sentence:
    """One sentence with its words, their tags and chunks.

    ``named`` holds for each word the number of the name it stands in, or -1.
    """

    def __init__(self, words: Sequence[Word], names: Sequence[Name]) -> None:
        self.words = words
        self.low = [w.lower for w in words]
        self.names = names
        self._groups: dict[int, VerbGroup] = {}
        self.named = name_numbers(words, names)
        self.tags = tag_words(self.low, words, self.named)

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The lower-case words of the sentence."""
        return frozenset(self.low)

    @cached_property
    def chunks(self) -> list[Range]:
        """Base noun phrases, left to right."""
        return base_phrases(self.tags, self.low, self.words)

    @cached_property
    def _chunk_of(self) -> list[Range | None]:
        found: list[Range | None] = [None] * len(self.words)
        for chunk in self.chunks:
            for k in range(*chunk):
                found[k] = chunk
        return found

    def lemma(self, k: int) -> str:
        """Return the base form of the verb at word ``k``, or the word itself."""
        return grammar().lemmas.get(self.low[k], self.low[k])

    def chunk(self, k: int) -> Range | None:
        """Return the base noun phrase that word ``k`` stands in."""
        return self._chunk_of[k] if 0 <= k < len(self.words) else None

    def span(self, phrase: Range) -> tuple[int, int]:
        """Return the character span of a run of words, without a final possessive mark."""
        end = self.words[phrase[1] - 1].end
        if self.low[phrase[1] - 1].endswith("'s") and phrase[1] - phrase[0] >= 1:
            end -= 2
        start = self.words[phrase[0]].start
        return start, max(end, start + 1)

    def text(self, phrase: Range) -> str:
        """Return the lower-case words of a phrase with single spaces."""
        return " ".join(self.low[phrase[0] : phrase[1]])

    def head(self, phrase: Range) -> int:
        """Return the number of a phrase's head word: the last before its first preposition."""
        for k in range(phrase[0], phrase[1]):
            if self.tags[k] in "PT" and self.named[k] < 0 and k > phrase[0]:
                return k - 1
        return phrase[1] - 1

    def is_possessive(self, k: int) -> bool:
        """Whether word ``k`` is a possessive form ("Kenya's", "workers'")."""
        return self.low[k].endswith("'s") or (
            self.low[k].endswith("s") and k + 1 < len(self.low) and self.low[k + 1] == "'"
        )

    # -- verb groups

    def group(self, k: int) -> VerbGroup:
        """Return the verb group of the verb at word ``k``."""
        found = self._groups.get(k)
        if found is None:
            found = self._groups[k] = self._group(k, 0)
        return found

    def _group(self, k: int, depth: int) -> VerbGroup:
        tags, low = self.tags, self.low
        start = k
        passive = progressive = infinitive = False
        helpers: list[str] = []
        j = k - 1
        while j >= 0 and k - j <= 8:
            tag = tags[j]
            if tag == "T":
                start, infinitive = j, True
                break
            if tag in AUXILIARY:
                helpers.append(low[j])
                start = j
            elif tag == "X":
                helpers.append(low[j])
            elif tag == "G" and low[j] in ("being", "having"):
                helpers.append(low[j])
                start = j
            else:
                break
            j -= 1
        lemmas = grammar().lemmas
        nearest = next((h for h in helpers if lemmas.get(h) in ("be", "have", "do")), "")
        if lemmas.get(nearest) == "be":
            passive = tags[k] in "EL"
            progressive = tags[k] == "G"
        elif tags[k] in "EL" and j >= 0 and self.lemma(j) == "get" and tags[j] in VERBS:
            passive, start = True, j
        if (
            not nearest
            and j >= 1
            and tags[k] in "EL"
            and self.low[j] in ("and", "or")
            and tags[j - 1] in "EL"
        ):
            passive = depth < DEPTH and self._group(j - 1, depth + 1).passive  # "were killed or injured"
        if tags[k] == "L" and not nearest:
            passive = True
        return VerbGroup(start, k, k + 1, passive, infinitive, progressive, tuple(reversed(helpers)))

    def described(self, group: VerbGroup) -> list[Range]:
        """Return the noun phrase that a bare participle follows ("the man arrested in Oslo")."""
        j = group.start - 1
        return self.phrases_before(j + 1, _POST)[-1:] if self.chunk(j) is not None else []

    def is_reduced_passive(self, group: VerbGroup) -> bool:
        """Whether a bare -ed form without auxiliary is a passive participle ("the man arrested in Oslo")."""
        k = group.verb
        if group.passive or group.helpers or self.tags[k] not in "EL":
            return group.passive
        nxt = self._next(k + 1)
        if nxt < len(self) and self.low[nxt] == "by":
            return True
        if self.chunk(nxt) is not None:
            return False
        return self._has_finite_after(k) or self.tags[k] == "L"

    def _next(self, k: int) -> int:
        while k < len(self) and self.tags[k] in "XY":
            k += 1
        return k

    def _has_finite_after(self, k: int) -> bool:
        """Whether another finite verb follows that the words before ``k`` may be the subject of."""
        for j in range(k + 1, min(k + REACH, len(self))):
            tag = self.tags[j]
            if tag in "RS;":
                return False
            if tag in AUXILIARY or (tag in "VFE" and self.tags[j - 1] not in "TM"):
                return True
        return False

    # -- noun phrases

    def phrase(self, k: int, posts: frozenset[str] = _POST) -> Range | None:
        """Return the noun phrase that begins in the chunk at ``k``, with its prepositional modifiers."""
        chunk = self.chunk(k)
        if chunk is None:
            return None
        start, end = k, chunk[1]
        for _ in range(DEPTH):
            if end + 1 >= len(self) or self.low[end] not in posts:
                break
            inner = self.chunk(end + 1)
            if inner is None or inner[0] != end + 1 or self.tags[end + 1] == "Y":
                break
            end = inner[1]
        return start, end

    def phrases_after(self, k: int, posts: frozenset[str] = _POST) -> list[Range]:
        """Return the coordinated noun phrases that begin at word ``k`` ("A, B and C")."""
        k = self._next(k)
        first = self.phrase(k, posts)
        if first is None or self.chunk(k) is None:
            return []
        found = [first]
        pending: list[Range] = []
        for _ in range(12):
            end = (pending or found)[-1][1]
            comma = end < len(self) and self.low[end] == ","
            at = end + comma
            conjunction = at < len(self) and self.low[at] in ("and", "or", "&")
            if not (comma or conjunction):
                break
            at += conjunction
            if conjunction and at < len(self) and self.low[at] == "other" and self.chunk(at) is None:
                at += 1
            chunk = self.chunk(at)
            if chunk is None or chunk[0] != at or self.tags[at] == "O":
                break
            item = self.phrase(at, posts)
            if item is None or self._starts_clause(item[1]):
                break
            pending.append(item)
            if conjunction:
                found += pending
                pending = []
        return found

    def _starts_clause(self, k: int) -> bool:
        k = self._next(k)
        return k < len(self) and (
            self.tags[k] in AUXILIARY
            or self.tags[k] in "VF"
            or (
                self.tags[k] == "E"
                and self.low[self._next(k + 1) if k + 1 < len(self) else k] != "by"
                and self.chunk(self._next(k + 1)) is not None
            )
        )

    def phrases_before(self, end: int, posts: frozenset[str] = _SUBJECT_POST) -> list[Range]:
        """Return the coordinated noun phrases that end at word ``end`` (half open).

        Each is taken with the head that it modifies, over the prepositions ``posts``.
        """
        first = self.climb(end, posts)
        if first is None:
            return []
        found = [first]
        for _ in range(12):
            j = found[0][0] - 1
            conjunction = j >= 0 and self.low[j] in ("and", "&")
            j -= conjunction
            comma = j >= 0 and self.low[j] == ","
            if not conjunction and len(found) == 1:
                break
            if not (conjunction or comma):
                break
            j -= comma
            chunk = self.chunk(j)
            if chunk is None or chunk[1] != j + 1 or self.tags[j] == "Y":
                break
            item = self.climb(j + 1, posts)
            if item is None:
                break
            if self.is_clause_object(item[0]):
                break
            if conjunction and not comma and self._modified(item):
                found[0] = (item[0], found[0][1])  # "strikes in Gaza and Lebanon": one phrase
                continue
            found.insert(0, item)
        return found

    def _modified(self, phrase: Range) -> bool:
        return any(self.tags[k] == "P" and self.named[k] < 0 for k in range(phrase[0] + 1, phrase[1]))

    def is_clause_object(self, start: int) -> bool:
        """Whether the phrase that begins at ``start`` is the object of a verb or of a fronted preposition."""
        j = start - 1
        if j < 0:
            return False
        if self.tags[j] in "VFELG":
            return self.lemma(j) not in grammar().reporting
        return self.tags[j] in "PT"

    def climb(self, end: int, posts: frozenset[str] = _SUBJECT_POST) -> Range | None:
        """Return the noun phrase ending at ``end`` with the head that its last chunk modifies."""
        chunk = self.chunk(end - 1)
        if chunk is None:
            return None
        start = chunk[0]
        for _ in range(DEPTH + 2):
            j = start - 1
            if j < 1 or self.low[j] not in posts or self.named[j] >= 0:
                if (
                    posts is _SUBJECT_POST
                    and j >= 1
                    and self.tags[j] == "G"
                    and self.chunk(j - 1)
                    and not self._comma(j)
                ):
                    outer = self.chunk(j - 1)  # "men carrying guns"
                    if outer and self.tags[outer[1] - 1] != "Y":
                        start = outer[0]
                        continue
                break
            before = j - 1
            while before > 0 and self.tags[before] in "XY":
                before -= 1
            by = self.low[j] == "by" and self.tags[before] in "EL" and before >= 1
            if by and self.chunk(before - 1) and self._bare(before):
                before -= 1  # "missiles fired by the army"
            outer = self.chunk(before)
            if outer is None or self.tags[before] == "O":
                break
            start = outer[0]
        return start, chunk[1]

    def _comma(self, j: int) -> bool:
        return j >= 1 and self.low[j - 1] == ","

    def _bare(self, k: int) -> bool:
        return k >= 1 and self.tags[k - 1] not in AUXILIARY and self.tags[k - 1] != "X"


class Sentences:
    """The sentences of a page, tagged when first asked for."""

    def __init__(self, page: Page, names: Sequence[Name]) -> None:
        self.page = page
        self.names = tuple(sorted(names, key=lambda n: (n.start, -n.end)))
        self._starts = [n.start for n in self.names]
        self._found: dict[int, Sentence] = {}

    def __getitem__(self, number: int) -> Sentence:
        found = self._found.get(number)
        if found is None:
            start, end = self.page.sentences[number]
            low = max(0, bisect.bisect_left(self._starts, start) - 1)
            high = bisect.bisect_left(self._starts, end)
            inside = [name for name in self.names[low:high] if name.end > start]
            found = self._found[number] = Sentence(self.page.words_in(start, end), inside)
        return found


def sentences(page: Page, names: Sequence[Name]) -> Sentences:
    """Return the tagged sentences of a page; the last ones made are kept, so that readers share the work."""
    kept = page.kept.get("sentences")
    if not isinstance(kept, Sentences) or len(kept.names) != len(names) or set(kept.names) != set(names):
        kept = page.kept["sentences"] = Sentences(page, names)
    return kept
