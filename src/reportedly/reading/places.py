"""Places: what a report's names stand for on the map, and which of them are governments instead.

A name is a place where the name finder says so, or where the words around it do
("in Caracas", "Springfield, Illinois", a dateline). Which of the places of that
name is meant is decided by the containing phrase, by the countries and places that
the report names besides, by size and by nearness: one meaning a name and report
(toponym resolution by default sense, discourse and spatial minimality, after
Leidner 2007, "Toponym Resolution in Text"). A capital or country that speaks or
decides ("Moscow said") is a government and no place here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..data import tables
from ..records import Place
from ..records.things import Precision
from .gazetteer import (
    WELL_KNOWN,
    Ambiguous,
    Form,
    Row,
    choose,
    country_of_demonym,
    country_of_name,
    gazetteer,
    is_capital,
    is_seat,
    lies_in,
    name_key,
)
from .page import Name, Page, Word

_TABLE = "gazetteer.words"
_LONGEST = 6  # words of a name that is looked up without the model
_LINKS = frozenset(
    ("of", "de", "la", "el", "al", "del", "di", "da", "do", "and", "du", "des", "les", "the", "upon", "on")
)
_DATELINE = re.compile(
    r"(?P<city>[^\W\d_][\w.'’\- ]{1,30}?)(?:, [\w.'’\- ]{2,30}){0,2}"
    r"(?: ?\([\w .,/&'’\-]{2,40}\))? ?(?:—|–|--|- )"
)
_ABBREVIATED = frozenset({"us", "usa", "uk", "uae", "drc"})
_PRECISION: dict[str, Precision] = {
    "C": "country", "T": "continent", "S": "region", "A": "region", "B": "region", "Q": "city", "P": "city",
}  # fmt: skip


@dataclass(slots=True)
class _Mention:
    """A name under the eye: words ``first`` to ``last`` (exclusive) and what it may stand for."""

    start: int
    end: int
    first: int
    last: int
    candidates: tuple[tuple[Row, Form], ...]
    found_by_model: bool
    within: tuple[Row, ...] = ()  # what the phrase says it lies in; one of these
    about: bool = False  # only a part of the place that was looked up ("eastern Ukraine")
    kinds: str = ""  # the kinds of place that the words around it ask for ("Helmand province")
    row: Row | None = None


def read_places(page: Page, names: Sequence[Name]) -> list[Place]:
    """Return the places that a page names, in order.

    ``names`` are what a name finder saw, with CoNLL's types: its LOC names become
    places (without coordinates where the gazetteer has none), its other names are
    left alone, and the gazetteer adds what the words around a name speak for.
    """
    finder = _Finder(page, names)
    mentions = finder.mentions()
    _resolve(mentions, finder.evidence)
    return [_place(page.text, m) for m in mentions]


def _place(text: str, mention: _Mention) -> Place:
    row = mention.row
    country = row.country if row else next((w.country for w in mention.within), None)
    precision = _PRECISION[row.kind] if row else None
    return Place(
        id=f"p{mention.start}",
        text=text[mention.start : mention.end],
        spans=((mention.start, mention.end),),
        geonames=row.geonames if row and not mention.about else None,
        country=country or None,
        lat=row.lat if row else None,
        lon=row.lon if row else None,
        precision="region" if mention.about and precision in ("country", "continent") else precision,
    )


class _Finder:
    """Finds the names of a page that are places, and which countries it speaks of."""

    def __init__(self, page: Page, names: Sequence[Name]) -> None:
        self.page = page
        self.words = page.words
        self.gazetteer = gazetteer()
        self.evidence: Counter[str] = Counter()  # countries, by how often the page names them or their people
        self._model: dict[int, tuple[int, str]] = {}  # first word of a model's name: (last, type)
        self._in_name = [False] * len(self.words)
        for name in sorted(names, key=lambda n: (n.start, n.end)):
            first, last = self._words_of(name.start, name.end)
            if first < last and not any(self._in_name[first:last]):
                self._model[first] = (last, name.type)
                self._in_name[first:last] = [True] * (last - first)
        self._datelines = self._find_datelines()

    def _words_of(self, start: int, end: int) -> tuple[int, int]:
        first = self.page.word_at(max(0, start))
        last = first
        while last < len(self.words) and self.words[last].start < end:
            last += 1
        return first, last

    def _find_datelines(self) -> set[int]:
        found = set()
        for start, _ in self.page.paragraphs:
            line = _DATELINE.match(self.page.text, start, start + 120)
            if line and (line["city"].isupper() or "(" in line[0]):
                found.add(self.page.word_at(start))
        return found

    def mentions(self) -> list[_Mention]:
        """Return the mentions that are places, in order and without overlap."""
        found: list[_Mention] = []
        number = 0
        while number < len(self.words):
            if number in self._model:
                last, kind = self._model[number]
                if kind == "LOC":
                    found.extend(self._from_model(number, last))
                else:
                    self._note_peoples(number, last)
                number = last
                continue
            word = self.words[number]
            if not word.text[:1].isupper():
                number += 1
                continue
            mention = self._from_gazetteer(number)
            if mention is not None:
                found.append(mention)
                number = mention.last
                continue
            self._note_peoples(number, number + 1)
            number += 1
        found = self._contained(self._again(found))
        return self._without_governments(found)

    def _again(self, found: list[_Mention]) -> list[_Mention]:
        """Add where the names that are places stand again, unless in a longer name."""
        known = {self.page.text[m.start : m.end].lower() for m in found if m.candidates}
        taken = set[int]().union(*(range(m.first, m.last) for m in found)) if found else set()
        more = []
        for number, word in enumerate(self.words):
            if number in taken or self._in_name[number] or not word.text[:1].isupper():
                continue
            for last in range(self._run_end(number), number, -1):
                mention = self._mention(number, last, False)
                if self.page.text[mention.start : mention.end].lower() in known and taken.isdisjoint(
                    range(number, last)
                ):
                    if not (
                        self._is_body(mention)
                        or self._in_larger_name(number, last)
                        or self._is_adjective(mention)
                    ):
                        more.append(mention)
                        taken.update(range(number, last))
                    break
        return sorted([*found, *more], key=lambda m: m.start)

    # -- finding ---------------------------------------------------------------------------------

    def _note_peoples(self, first: int, last: int) -> None:
        for word in self.words[first:last]:
            if word.text[:1].isupper() and (country := country_of_demonym(_bare(word.text))):
                self.evidence[country] += 1

    def _mention(self, first: int, last: int, by_model: bool) -> _Mention:
        start, end = self.words[first].start, self.words[last - 1].end
        end -= len(self.page.text[start:end]) - len(_bare(self.page.text[start:end]))
        text = self.page.text[start:end]
        if "." in text[:-1] and self.page.text[end : end + 1] == ".":  # "W.Va."
            text, end = text + ".", end + 1
        candidates = self.gazetteer.find(name_key(text))
        if text.endswith(".") and (short := tuple(c for c in candidates if c[1] == "short")):
            candidates = short
        return _Mention(start, end, first, last, candidates, by_model, kinds=self._kinds(first, last))

    def _kinds(self, first: int, last: int) -> str:
        follower = self._next_to(last)
        if follower is not None and follower.lower in _list("place.region_nouns"):
            return "AB"
        if follower is not None and follower.lower in _list("place.town_nouns"):
            return "PQ"
        if first >= 2 and self.words[first - 1].lower == "of":
            head = self.words[first - 2].lower
            return (
                "AB"
                if head in _list("place.region_nouns")
                else "PQ"
                if head in _list("place.town_nouns")
                else ""
            )
        return ""

    def _from_model(self, first: int, last: int) -> Iterable[_Mention]:
        while first < last and self.words[first].lower == "the":
            first += 1
        while (
            first < last
            and not self.words[last - 1].text[-1].isalnum()
            and self.words[last - 1].text[-1] != "."
        ):
            last -= 1
        if first >= last:
            return []
        whole = self._mention(first, last, True)
        if whole.start >= whole.end:
            return []
        if not whole.candidates:
            for number in range(first + 1, last - 1):
                if self.words[number].text == ",":
                    return [*self._from_model(first, number), *self._from_model(number + 1, last)]
            self._strip(whole)
        if self._is_body(whole):
            return []
        return [whole]

    def _strip(self, mention: _Mention) -> None:
        """Look up a name without words that the gazetteer's lacks ("eastern Ukraine")."""
        before, after = _list("place.before"), _list("place.after")
        first, last = mention.first, mention.last
        if (
            last - first > 2
            and self.words[first + 1].lower == "of"
            and self.words[first].lower in _list("place.heads")
        ):
            first += 2
        while last - first > 1 and self.words[first].lower in before:
            first, mention.about = first + 1, True
        while last - first > 1 and self.words[last - 1].lower in after:
            last -= 1
        if (first, last) != (mention.first, mention.last):
            mention.candidates = self._mention(first, last, True).candidates

    def _from_gazetteer(self, first: int) -> _Mention | None:
        """Return the longest name from word ``first`` on that the words around it make a place."""
        for last in range(self._run_end(first), first, -1):
            mention = self._mention(first, last, False)
            if mention.candidates and self._is_place(mention):
                return mention
            if mention.candidates and last - first > 1:
                return None
        return None

    def _run_end(self, first: int) -> int:
        """Return the end of the capitalised words from ``first`` on that might be one name."""
        end = number = first + 1
        while number < len(self.words) and number - first < _LONGEST and not self._in_name[number]:
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

    def _is_place(self, mention: _Mention) -> bool:
        first, last = mention.first, mention.last
        text = self.page.text[mention.start : mention.end]
        if not text[:1].isupper() or (len(text) < 3 and name_key(text) not in _ABBREVIATED):
            return False
        full = [row for row, form in mention.candidates if form != "short"]
        if not full:
            return self._after_comma(first)
        if name_key(text) in _ABBREVIATED and not text.replace(".", "").isupper():
            return False
        shouted = self._shouted(mention)
        if not shouted and (self._is_body(mention) or self._in_larger_name(first, last)):
            return False
        if first in self._datelines or self._after_comma(first) or self._region_follows(mention):
            return True
        lower = text.lower()
        if self._after_preposition(first):
            return lower not in _list("place.doubtful") and not self._is_adjective(mention)
        if self._listed(first):
            return lower not in _list("place.doubtful")
        free = any(
            r.kind in "CTS" or (r.kind == "A" and r.country in WELL_KNOWN) or (r.kind == "B" and " " in text)
            for r in full
        )
        return free and not shouted and lower not in _list("place.shared") and not self._is_adjective(mention)

    def _is_body(self, mention: _Mention) -> bool:
        """Whether the next word makes the name that of a body or a paper ("Boston Globe")."""
        follower = self._next_to(mention.last)
        if follower is None or self.words[mention.last - 1].text[-2:].lower() in ("'s", "’s"):
            return False
        return follower.text[:1].isupper() and follower.lower in _list("body.heads")

    def _is_adjective(self, mention: _Mention) -> bool:
        """Whether a country's name only tells whose the next word is ("U.S. officials", "U.S.-led")."""
        follower = self._next_to(mention.last)
        if follower is None or not any(row.kind == "C" for row, _ in mention.candidates):
            return False
        if follower.text == "-":
            after = self._next_to(mention.last + 1)
            return after is not None and after.text[:1].islower()
        return follower.lower in _list("government.state_nouns")

    def _shouted(self, mention: _Mention) -> bool:
        """Whether the words around are all in capitals, so that capitals tell nothing."""
        around = self.words[max(0, mention.first - 2) : mention.last + 2]
        letters = "".join(w.text for w in around if len(w.text) > 1)
        return (
            letters.isupper()
            and len(around) > mention.last - mention.first + 1
            and mention.first not in self._datelines
        )

    def _in_larger_name(self, first: int, last: int) -> bool:
        before, follower = self._previous_to(first), self._next_to(last)
        if follower is not None and follower.text[:1].isupper() and not self._possessive(last):
            return True
        if before is None or self._starts_sentence(first):
            return False
        if before.lower in ("of", "and", "&", "for") and first >= 2:
            head = self.words[first - 2]
            joined = self.page.text[head.end : before.start] == " "
            return (
                joined
                and head.text[:1].isupper()
                and before.lower != "and"
                and head.lower not in _list("place.heads")
            )
        if not before.text[:1].isupper() or before.lower in _list("place.prepositions") | {"the"}:
            return False
        return not (self._starts_sentence(first - 1) and before.lower in _list("place.before"))

    def _possessive(self, last: int) -> bool:
        return self.words[last - 1].text[-2:].lower() in ("'s", "’s")

    def _next_to(self, last: int) -> Word | None:
        """Return the word that follows with at most a space between."""
        if last >= len(self.words) or _ends(self.words[last - 1]):
            return None
        gap = self.page.text[self.words[last - 1].end : self.words[last].start]
        return self.words[last] if gap in ("", " ") else None

    def _previous_to(self, first: int) -> Word | None:
        if first == 0 or self.page.text[self.words[first - 1].end : self.words[first].start] not in ("", " "):
            return None
        return self.words[first - 1]

    def _starts_sentence(self, number: int) -> bool:
        return self.page.sentence_at(self.words[number].start)[0] >= self.words[number].start

    def _after_preposition(self, first: int) -> bool:
        number = first - 1
        while number >= 0 and (
            self.words[number].lower == "the" or self.words[number].lower in _list("place.before")
        ):
            number -= 1
        if number < 0 or number < first - 3:
            return False
        word = self.words[number].lower
        if word == "of":
            return number > 0 and self.words[number - 1].lower in _list("place.heads")
        return word in _list("place.prepositions")

    def _after_comma(self, first: int) -> bool:
        """Whether the name stands after "Town," and a town of that name lies in it."""
        if first < 2 or self.words[first - 1].text not in (",", "("):
            return False
        regions = self._mention(first, first + 1, False)
        for last in range(first + 1, min(first + 4, len(self.words) + 1)):
            longer = self._mention(first, last, False)
            regions = longer if longer.candidates else regions
        for start in range(first - 2, max(-1, first - 6), -1):
            if not self.words[start].text[:1].isupper():
                break
            inner = self._mention(start, first - 1, False)
            if any(
                lies_in(a, b) for a, form in inner.candidates if form == "full" for b, _ in regions.candidates
            ):
                return True
        return False

    def _region_follows(self, mention: _Mention) -> bool:
        last = mention.last
        if last + 1 >= len(self.words) or self.words[last].text not in (",", "("):
            return False
        for end in range(min(last + 4, len(self.words)), last + 1, -1):
            outer = self._mention(last + 1, end, False)
            if outer.candidates and self.words[last + 1].text[:1].isupper():
                return any(
                    lies_in(a, b)
                    for a, form in mention.candidates
                    if form == "full"
                    for b, _ in outer.candidates
                )
        return False

    def _listed(self, first: int) -> bool:
        """Whether the name goes on a list that a preposition began ("in Texas, Ohio and Maine")."""
        number, steps = first - 1, 0
        while number > 0 and steps < 8:
            word = self.words[number]
            if word.text == "," or word.lower in ("and", "or", "the"):
                number -= 1
            elif word.text[:1].isupper() and self.gazetteer.find(name_key(_bare(word.text))):
                if self._after_preposition(number):
                    return number != first - 1 and self.words[first - 1].text in (",", "and", "or", "the")
                number -= 1
            else:
                return False
            steps += 1
        return False

    # -- what the phrase contains, and who speaks ------------------------------------------------

    def _contained(self, found: list[_Mention]) -> list[_Mention]:
        for inner, outer in pairwise(found):
            between = self.page.text[inner.end : outer.start]
            if between.strip() not in (",", "(", ", the") and between not in (", in ", " in ", " in the "):
                continue
            regions = tuple(row for row, _ in outer.candidates if row.kind in "CAB")
            fitting = tuple(
                b for b in regions if any(lies_in(a, b) for a, form in inner.candidates if form != "short")
            )
            if fitting:
                inner.within = fitting
            elif regions and between.strip() == "," and not self._goes_on(outer) and not _is_wide(inner):
                inner.within, inner.candidates = regions[:1], ()
        return [
            m
            for m in found
            if m.within
            or m.found_by_model
            or any(f != "short" for _, f in m.candidates)
            or self._after_comma(m.first)
        ]

    def _goes_on(self, mention: _Mention) -> bool:
        """Whether a list goes on after this name, so that a comma before it parts equals."""
        follower = self._next_to(mention.last)
        if follower is None or follower.text != ",":
            return follower is not None and follower.lower in ("and", "or")
        after = self.words[mention.last + 1 : mention.last + 2]
        return any(w.text[:1].isupper() or w.lower in ("and", "or") for w in after)

    def _without_governments(self, found: list[_Mention]) -> list[_Mention]:
        acting = [self._acts(m) for m in found]
        kept: list[_Mention] = []
        for number, mention in enumerate(found):
            text = self.page.text[mention.start : mention.end]
            country = country_of_name(text)
            if country:
                self.evidence[country] += 1
            joined = (
                number + 1 < len(found) and self.page.text[mention.end : found[number + 1].start] == " and "
            )
            acts = acting[number] or (
                joined
                and acting[number + 1]
                and is_capital(text)
                and not self._after_preposition(mention.first)
            )
            if not acts:
                kept.append(mention)
        return kept

    def _acts(self, mention: _Mention) -> bool:
        """Whether a capital or a country stands for its government here."""
        text = self.page.text[mention.start : mention.end]
        capital = is_capital(text)
        country = country_of_name(text)
        if is_seat(text) and not capital and country is None:
            return not mention.within
        if not capital and country is None:
            return False
        if mention.within or mention.first in self._datelines:
            return False
        after = [w.lower for w in self.words[mention.last : mention.last + 3]]
        if capital and self._possessive(mention.last):
            return not any(w in _list("government.town_possessions") for w in after)
        if self._after_preposition(mention.first):
            return False
        if self._possessive(mention.last):
            return any(w in _list("government.possessions") for w in after)
        if mention.found_by_model and self._is_adjective(mention):
            return True
        if self._subject(mention, capital or name_key(text) in _ABBREVIATED):
            return True
        before = self._previous_to(mention.first)
        return capital and before is not None and before.lower in _list("government.dealings")

    def _subject(self, mention: _Mention, capital: bool) -> bool:
        number = mention.last
        for _ in range(4):
            if number >= len(self.words):
                return False
            word = self.words[number].lower
            if word in _list("government.verbs"):
                return True
            if capital and word in _list("government.subject_helpers"):
                return True
            if word not in _list("government.helpers"):
                return False
            number += 1
        return False


def _resolve(mentions: list[_Mention], evidence: Counter[str]) -> None:
    """Choose a row for every mention, one meaning a name and page."""
    by_name: dict[tuple[int, ...], list[_Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.candidates:
            by_name[tuple(row.number for row, _ in mention.candidates)].append(mention)
    names = []
    for same in by_name.values():
        options = same[0].candidates
        options = tuple(o for o in options if o[1] != "short") or options
        if within := next((m.within for m in same if m.within), ()):
            options = tuple(o for o in options if any(lies_in(o[0], w) for w in within)) or options
        names.append(Ambiguous(options, len(same), frozenset("".join(m.kinds for m in same))))
    for same, row in zip(by_name.values(), choose(names, evidence), strict=True):
        for mention in same:
            mention.row = row


def _is_wide(mention: _Mention) -> bool:
    return any(row.kind in "CT" or (row.kind == "A" and form == "full") for row, form in mention.candidates)


def _list(key: str) -> frozenset[str]:
    return tables.words(_TABLE, key)


def _bare(text: str) -> str:
    """Return a name without its possessive ending."""
    if text[-2:].lower() in ("'s", "’s"):
        return text[:-2]
    return text[:-1] if text[-1:] in "'’" and text[-2:-1] in ("s", "S") else text


def _ends(word: Word) -> bool:
    return word.text in (".", "!", "?", ",", ";", ":", "(", ")")
