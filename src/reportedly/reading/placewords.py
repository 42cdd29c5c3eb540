"""The words around a name that may be a place's: what they make of it.

:mod:`~reportedly.reading.placenames` asks a :class:`Surroundings` to find places,
:mod:`~reportedly.reading.governments` to tell governments from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..data import tables
from .gazetteer import Form, Row, gazetteer, lies_in, name_key
from .page import Name, Page, Word

_TABLE = "gazetteer.words"
_LONGEST = 6  # words of a name that is looked up without the model
_LINKS = frozenset(
    ("of", "de", "la", "el", "al", "del", "di", "da", "do", "and", "du", "des", "les", "the", "upon", "on")
)
_DOTTED = re.compile(r"\.[^\W\d_]{1,2}\Z")
ABBREVIATED = frozenset({"us", "usa", "uk", "uae", "drc"})
"""Short names of countries that are words in small letters."""


def words_for(key: str) -> frozenset[str]:
    """Return a list of ``data/gazetteer.words.toml``, such as ``place.prepositions``."""
    return tables.words(_TABLE, key)


@dataclass(slots=True)
class Mention:
    """A name under the eye: words ``first`` to ``last`` (exclusive) and what it may stand for."""

    start: int
    end: int
    first: int
    last: int
    candidates: tuple[tuple[Row, Form], ...]
    found_by_model: bool
    within: tuple[Row, ...] = ()  # what the phrase says it lies in; one of these
    about: bool = False  # only a part of the place that was looked up ("eastern Ukraine")
    in_body: bool = False  # stands in the name of a body ("Georgia" in "Georgia State Board")
    kinds: str = ""  # the kinds of place that the words around it ask for ("Helmand province")
    row: Row | None = None


class Surroundings:
    """A page's words, and what stands around a name among them. Words are given by their numbers.

    ``model`` maps the first word of each name that the name finder saw to its last
    (exclusive), its type and its score; ``in_name`` tells of each word whether it is in one.
    """

    def __init__(self, page: Page, names: Sequence[Name]) -> None:
        self.page = page
        self.words = page.words
        self.gazetteer = gazetteer()
        self.model: dict[int, tuple[int, str, float]] = {}
        self.in_name = [False] * len(self.words)
        for name in sorted(names, key=lambda n: (n.start, n.end)):
            first, last = self._words_of(name.start, name.end)
            if first < last and not any(self.in_name[first:last]):
                self.model[first] = (last, name.type, name.score)
                self.in_name[first:last] = [True] * (last - first)
        self.datelines = {page.word_at(start) for start, end in page.paragraphs if page.dateline(start, end)}

    def text(self, mention: Mention) -> str:
        """Return the words of a mention as they stand."""
        return self.page.text[mention.start : mention.end]

    def _words_of(self, start: int, end: int) -> tuple[int, int]:
        first = self.page.word_at(max(0, start))
        last = first
        while last < len(self.words) and self.words[last].start < end:
            last += 1
        return first, last

    def mention(self, first: int, last: int, by_model: bool) -> Mention:
        """Return words ``[first, last)`` as a mention, without a possessive ending."""
        start, end = self.words[first].start, self.words[last - 1].end
        end -= len(self.page.text[start:end]) - len(bare(self.page.text[start:end]))
        if _DOTTED.search(self.page.text, start, end) and self.page.text[end : end + 1] == ".":  # "W.Va."
            end += 1
        return self.mention_at(start, end, first, last, by_model)

    def mention_at(self, start: int, end: int, first: int, last: int, by_model: bool = True) -> Mention:
        """Return the text ``[start, end)``, which stands in words ``[first, last)``, as a mention."""
        text = self.page.text[start:end]
        candidates = self.gazetteer.find(name_key(text))
        if text.endswith(".") and (short := tuple(c for c in candidates if c[1] == "short")):
            candidates = short
        return Mention(start, end, first, last, candidates, by_model, kinds=self.kinds(first, last))

    def kinds(self, first: int, last: int) -> str:
        follower = self.next_to(last)
        if follower is not None and follower.lower in words_for("place.region_nouns"):
            return "AB"
        if follower is not None and follower.lower in words_for("place.town_nouns"):
            return "PQ"
        if first >= 2 and self.words[first - 1].lower == "of":
            head = self.words[first - 2].lower
            return (
                "AB"
                if head in words_for("place.region_nouns")
                else "PQ"
                if head in words_for("place.town_nouns")
                else ""
            )
        return ""

    def run_end(self, first: int) -> int:
        """Return the end of the capitalised words from ``first`` on that might be one name."""
        end = number = first + 1
        while number < len(self.words) and number - first < _LONGEST and not self.in_name[number]:
            word = self.words[number]
            if self.page.text[self.words[number - 1].end : word.start] not in (" ", "") or _ends(
                self.words[number - 1]
            ):
                break
            if word.text[:1].isupper():
                end = number + 1
            elif word.text not in _LINKS:
                break
            number += 1
        return end

    def is_body(self, mention: Mention) -> bool:
        """Whether the next word makes the name that of a body or a paper ("Boston Globe")."""
        follower = self.next_to(mention.last)
        if follower is None or self.words[mention.last - 1].text[-2:].lower() in ("'s", "’s"):
            return False
        if follower.lower == "state" and follower.text[:1].isupper():
            return not self.has_state_body(mention.last)
        return (
            follower.text[:1].isupper()
            and follower.lower in words_for("body.heads")
            and follower.lower not in words_for("body.local")
        )

    def has_state_body(self, number: int) -> bool:
        """Whether "State" begins a body's name: "Georgia State Board", but not "Georgia State" alone."""
        after = self.next_to(number + 1)
        if after is None or not after.text[:1].isupper():
            return False
        return after.lower in words_for("body.local") or after.lower not in words_for("body.heads")

    def is_adjective(self, mention: Mention) -> bool:
        """Whether a country's name only tells whose the next word is ("U.S. officials", "U.S.-led")."""
        follower = self.next_to(mention.last)
        if follower is None or not any(row.kind == "C" for row, _ in mention.candidates):
            return False
        if follower.text == "-":
            after = self.next_to(mention.last + 1)
            return after is not None and after.text[:1].islower()
        return follower.lower in words_for("government.state_nouns")

    def shouted(self, mention: Mention) -> bool:
        """Whether the words around are all in capitals, so that capitals tell nothing."""
        around = self.words[max(0, mention.first - 2) : mention.last + 2]
        letters = "".join(w.text for w in around if len(w.text) > 1)
        return (
            letters.isupper()
            and len(around) > mention.last - mention.first + 1
            and mention.first not in self.datelines
        )

    def in_larger_name(self, first: int, last: int) -> bool:
        before, follower = self.previous_to(first), self.next_to(last)
        if follower is not None and follower.text[:1].isupper() and not self.possessive(last):
            return True
        if before is None or self.starts_sentence(first):
            return False
        if before.lower in ("of", "and", "&", "for") and first >= 2:
            head = self.words[first - 2]
            joined = self.page.text[head.end : before.start] == " "
            return (
                joined
                and head.text[:1].isupper()
                and before.lower != "and"
                and head.lower not in words_for("place.heads")
            )
        if not before.text[:1].isupper() or before.lower in words_for("place.prepositions") | {"the"}:
            return False
        return not (self.starts_sentence(first - 1) and before.lower in words_for("place.before"))

    def possessive(self, last: int) -> bool:
        return self.words[last - 1].text[-2:].lower() in ("'s", "’s")

    def next_to(self, last: int) -> Word | None:
        """Return the word that follows with at most a space between."""
        if last >= len(self.words) or _ends(self.words[last - 1]):
            return None
        gap = self.page.text[self.words[last - 1].end : self.words[last].start]
        return self.words[last] if gap in ("", " ") else None

    def previous_to(self, first: int) -> Word | None:
        if first == 0 or self.page.text[self.words[first - 1].end : self.words[first].start] not in ("", " "):
            return None
        return self.words[first - 1]

    def starts_sentence(self, number: int) -> bool:
        return self.page.sentence_at(self.words[number].start)[0] >= self.words[number].start

    def after_preposition(self, first: int) -> bool:
        number = first - 1
        while number >= 0 and (
            self.words[number].lower == "the" or self.words[number].lower in words_for("place.before")
        ):
            number -= 1
        if number < 0 or number < first - 3:
            return False
        word = self.words[number].lower
        if word == "of":
            return number > 0 and self.words[number - 1].lower in words_for("place.heads")
        return word in words_for("place.prepositions")

    def after_comma(self, first: int) -> bool:
        """Whether the name stands after "Town," and a town of that name lies in it."""
        if first < 2 or self.words[first - 1].text not in (",", "("):
            return False
        regions = self.mention(first, first + 1, False)
        for last in range(first + 1, min(first + 4, len(self.words) + 1)):
            longer = self.mention(first, last, False)
            regions = longer if longer.candidates else regions
        for start in range(first - 2, max(-1, first - 6), -1):
            if not self.words[start].text[:1].isupper():
                break
            inner = self.mention(start, first - 1, False)
            if any(
                lies_in(a, b) for a, form in inner.candidates if form == "full" for b, _ in regions.candidates
            ):
                return True
        return False

    def region_follows(self, mention: Mention) -> bool:
        last = mention.last
        if last + 1 >= len(self.words) or self.words[last].text not in (",", "("):
            return False
        for end in range(min(last + 4, len(self.words)), last + 1, -1):
            outer = self.mention(last + 1, end, False)
            if outer.candidates and self.words[last + 1].text[:1].isupper():
                return any(
                    lies_in(a, b)
                    for a, form in mention.candidates
                    if form == "full"
                    for b, _ in outer.candidates
                )
        return False

    def listed(self, first: int) -> bool:
        """Whether the name goes on a list that a preposition began ("in Texas, Ohio and Maine")."""
        number, steps = first - 1, 0
        while number > 0 and steps < 8:
            word = self.words[number]
            if word.text == "," or word.lower in ("and", "or", "the"):
                number -= 1
            elif word.text[:1].isupper() and self.gazetteer.find(name_key(bare(word.text))):
                if self.after_preposition(number):
                    return number != first - 1 and self.words[first - 1].text in (",", "and", "or", "the")
                number -= 1
            else:
                return False
            steps += 1
        return False


def bare(text: str) -> str:
    """Return a name without its possessive ending."""
    if text[-2:].lower() in ("'s", "’s"):
        return text[:-2]
    return text[:-1] if text[-1:] in "'’" and text[-2:-1] in ("s", "S") else text


def _ends(word: Word) -> bool:
    return word.text in (".", "!", "?", ",", ";", ":", "(", ")")
