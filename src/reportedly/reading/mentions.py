"""What a text speaks of: names, noun phrases and pronouns, each with what its form tells about it.

A mention is a base noun phrase (:mod:`.phrases`), a name or possessive inside one, or a pronoun.
Number, gender and sort come from word lists and from the names' types; where the form tells
nothing, they are ``None``, which agrees with everything.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from ..data import tables
from .cast import Cast, Member
from .nouns import Sort, gender_of, number_of, sort_of
from .page import Page, Word
from .paragraphs import Range
from .phrases import Sentence, sentences
from .wordforms import grammar

Kind = Literal["name", "noun", "pronoun"]

_NAMED: Final[dict[str, Sort]] = {"PER": "person", "ORG": "body", "LOC": "place"}
_MOST: Final = 20  # names with the same first word that are looked for inside others
_FINITE: Final = "VFEBHMK"


@dataclass(slots=True, eq=False)
class Mention:
    """One mention. ``start``, ``end`` and ``head`` (where its head word begins) are character offsets.

    ``word`` is the head in lower case, ``modifiers`` the other words that tell it from its like.
    ``number`` is ``"s"`` or ``"p"``, ``gender`` ``"m"`` or ``"f"``. ``first`` and ``last`` are its words
    in sentence ``sentence`` (half open). ``nested`` are names inside longer names.
    """

    start: int
    end: int
    head: int
    word: str
    kind: Kind
    sentence: int
    first: int
    last: int
    member: Member | None = None
    number: str | None = None
    gender: str | None = None
    sort: Sort | None = None
    definite: bool = False
    indefinite: bool = False
    modifiers: frozenset[str] = field(default_factory=frozenset)
    subject: bool = False
    possessive: bool = False
    nested: bool = False
    order: int = 0

    def holds(self, other: Mention) -> bool:
        """Tell whether ``other`` stands inside this mention."""
        return self is not other and self.start <= other.start and other.end <= self.end


def first_or_second(mention: Mention) -> str | None:
    """Return ``"me"``, ``"we"`` or ``"you"`` for a pronoun of the first or second person."""
    if mention.kind != "pronoun":
        return None
    return next((key for key in ("me", "we", "you") if mention.word in _list(f"pronouns_{key}")), None)


def find_mentions(page: Page, cast: Cast) -> list[Mention]:
    """Return the mentions of a page in text order, outer ones before those inside them."""
    tagged = sentences(page, cast.names)
    nested = _Nested(page, cast)
    found: list[Mention] = []
    for number in range(len(page.sentences)):
        sentence = tagged[number]
        if len(sentence):
            found.extend(_in_sentence(sentence, number, cast))
            found.extend(nested.within(sentence, number))
    found.sort(key=lambda m: (m.start, -m.end))
    for order, mention in enumerate(found):
        mention.order = order
    return found


class _Nested:
    """Names inside longer names: "Norland" in "the Norland government", if Norland is named elsewhere."""

    def __init__(self, page: Page, cast: Cast) -> None:
        self.page = page
        self.cast = cast
        self._forms: dict[str, list[tuple[str, Member]]] = {}
        for member in cast.members:
            if member.type in ("PER", "LOC"):
                for form in member.forms:
                    if member.type == "LOC" or " " in form:
                        self._forms.setdefault(form.split()[0], []).append((form, member))

    def within(self, sentence: Sentence, number: int) -> Iterator[Mention]:
        words = sentence.words
        for start, end, member in self.cast.touching(words[0].start, words[-1].end):
            whole = self.page.text[start:end].split()
            if len(whole) < 2:
                continue
            inside = _word_range(sentence, start, end)
            for k in range(*inside) if inside is not None else ():
                for form, other in self._forms.get(words[k].text, ())[:_MOST]:
                    stop = words[k].start + len(form)
                    if other is member or stop > end or not self.page.text.startswith(form, words[k].start):
                        continue
                    if other.type == "LOC" and not whole[-1].islower():
                        continue  # "the Norland Herald" speaks of no place
                    own = _word_range(sentence, words[k].start, stop)
                    if own is not None and words[own[1] - 1].end <= stop + 2:
                        yield _name(sentence, number, *own, words[k].start, stop, other, nested=True)
                        break


def _in_sentence(sentence: Sentence, number: int, cast: Cast) -> Iterator[Mention]:
    words = sentence.words
    spans = cast.touching(words[0].start, words[-1].end)
    used: set[int] = set()
    yield from _times(sentence, number)
    for first, last in _chunks(sentence):
        inner = cast.touching(words[first].start, words[last - 1].end)
        yield from _in_chunk(sentence, number, first, last, inner, used)
    for start, end, member in spans:
        if start in used:
            continue
        inside = _word_range(sentence, start, end)
        if inside is not None:
            yield _name(sentence, number, *inside, start, end, member)


def _times(sentence: Sentence, number: int) -> Iterator[Mention]:
    """Yield weekdays, dates and years: what a report may name again by the same words."""
    months = grammar().months
    k = 0
    while k < len(sentence):
        low = sentence.low[k]
        if sentence.named[k] >= 0:
            k += 1
            continue
        if low in months and sentence.words[k].text[0].isupper() and sentence.low[k + 1 : k + 2] != []:
            day = sentence.low[k + 1]
            last = k + 2 if day[0].isdigit() else k
            if (
                last > k
                and sentence.low[last : last + 1] == [","]
                and _is_year(sentence.low[last + 1 : last + 2])
            ):
                last += 2
            if last > k:
                yield _time(sentence, number, k, last)
                if _is_year(sentence.low[last - 1 : last]) and last - k > 2:
                    yield _time(sentence, number, last - 1, last)
                k = last
                continue
        elif low in tables.words("people", "weekdays"):
            last = (
                k + 1 + (sentence.low[k + 1 : k + 2] in (["night"], ["morning"], ["evening"], ["afternoon"]))
            )
            yield _time(sentence, number, k, last)
        elif _is_year([low]) and sentence.low[k - 1 : k] in (["in"], ["since"], ["of"], ["until"], ["by"]):
            yield _time(sentence, number, k, k + 1)
        k += 1


def _is_year(words: list[str]) -> bool:
    return bool(words) and len(words[0]) == 4 and words[0].isdigit() and words[0][:2] in ("18", "19", "20")


def _time(sentence: Sentence, number: int, first: int, last: int) -> Mention:
    start, end = sentence.span((first, last))
    return Mention(
        start=start,
        end=end,
        head=start,
        word=" ".join(sentence.low[first:last]),
        kind="noun",
        sentence=number,
        first=first,
        last=last,
        number="s",
        sort="time",
        definite=True,
    )


def _chunks(sentence: Sentence) -> Iterator[Range]:
    """Yield base noun phrases; a possessive and the phrase that it belongs to are one."""
    pending: Range | None = None
    for first, last in sentence.chunks:
        if "'" in sentence.low[first] and _plain(sentence.low[first]) in _pronouns():
            if pending is not None:
                yield pending
            pending = None
            yield first, first + 1
            first += 1
            if first == last:
                continue
        if pending is not None:
            if pending[1] == first and sentence.is_possessive(first - 1):
                pending = (pending[0], last)
                continue
            yield pending
        pending = (first, last)
    if pending is not None:
        yield pending


def _in_chunk(
    sentence: Sentence,
    number: int,
    first: int,
    last: int,
    spans: list[tuple[int, int, Member]],
    used: set[int],
) -> Iterator[Mention]:
    low = sentence.low
    if last - first == 1 and (_plain(low[first]) in _pronouns() or sentence.tags[first] == "O"):
        if _plain(low[first]) in _pronouns():
            yield _pronoun(sentence, number, first)
        return
    if all(sentence.tags[k] in "D'X" for k in range(first, last)):
        return
    head = _head(sentence, first, last)
    word = sentence.words[head]
    own: tuple[int, int, Member] | None = None
    for start, end, member in spans:
        if start < word.end and word.start < end:
            own = (start, end, member)
            continue
        inside = _word_range(sentence, start, end)
        if inside is not None:
            used.add(start)
            yield _name(sentence, number, *inside, start, end, member)
    for k in range(first, last):
        if low[k] in _possessives() and k < last - 1:
            yield _pronoun(sentence, number, k)
        elif sentence.is_possessive(k) and first < k + 1 < last and (own is None or word.start > own[0]):
            inner = [s for s in spans if s[0] < sentence.words[k].end and s[1] > sentence.words[k].start]
            if not inner:
                yield _noun(sentence, number, first, k + 1, k, possessive=True)
    if own is not None:
        start, end, member = own
        used.add(start)
        inside = _word_range(sentence, start, end)
        if inside is None:
            return
        if first < inside[0] - 1 and member.type == "PER" and _is_role(sentence, first, inside[0]):
            yield _noun(sentence, number, first, inside[0], inside[0] - 1)
        else:
            start = min(start, sentence.words[first].start)
        yield _name(sentence, number, *inside, start, end, member)
        return
    yield _noun(sentence, number, first, last, head)


def _plain(word: str) -> str:
    """Return a pronoun without the verb that is written with it ("he's", "they've")."""
    return word.partition("'")[0]


def _is_role(sentence: Sentence, first: int, last: int) -> bool:
    """Whether the words before a name are a phrase of their own ("his wife" Anna Ross)."""
    opening = sentence.low[first]
    return (
        (opening in _definite() or opening in _indefinite() or sentence.is_possessive(first))
        and sentence.tags[last - 1] == "N"
        and sentence.words[last - 1].text.islower()
        and not sentence.is_possessive(last - 1)
    )


def _word_range(sentence: Sentence, start: int, end: int) -> Range | None:
    first = max(0, bisect.bisect_right(sentence.words, start, key=_start) - 1)
    last = bisect.bisect_left(sentence.words, end, key=_start)
    return (first, last) if first < last else None


def _start(word: Word) -> int:
    return word.start


def _head(sentence: Sentence, first: int, last: int) -> int:
    """Return the head word of a base noun phrase: its last nominal word."""
    for k in range(last - 1, first - 1, -1):
        if sentence.tags[k] in "N#" and sentence.low[k] not in ("'", "’"):
            return k
    return last - 1


def _name(
    sentence: Sentence,
    number: int,
    first: int,
    last: int,
    start: int,
    end: int,
    member: Member,
    nested: bool = False,
) -> Mention:
    words = sentence.words
    prepositions = (k for k in range(first + 1, last) if sentence.low[k] in _list("name_prepositions"))
    head = next(prepositions, last) - 1
    text = words[head].lower.removesuffix("'s")
    return Mention(
        start=start,
        end=end,
        head=words[head].start,
        word=text,
        kind="name",
        sentence=number,
        first=first,
        last=last,
        member=member,
        number="s" if member.type == "PER" else None,
        gender=member.gender,
        sort=_NAMED.get(member.type),
        definite=True,
        subject=_is_subject(sentence, first, last),
        possessive=sentence.is_possessive(last - 1),
        nested=nested,
    )


def _noun(
    sentence: Sentence, number: int, first: int, last: int, head: int, possessive: bool = False
) -> Mention:
    words, low = sentence.words, sentence.low
    text = low[head].removesuffix("'s")
    whole = sentence.phrase(first) if sentence.chunk(first) and sentence.chunk(last - 1) else None
    chunk_end = (sentence.chunk(head) or (first, last))[1]
    stop = whole[1] if whole is not None and last == chunk_end and not possessive else last
    start, end = sentence.span((first, max(stop, last)))
    opening = low[first]
    owned = opening in _possessives() or any(sentence.is_possessive(k) for k in range(first, head))
    closed = tables.words("people", "unlike")
    return Mention(
        start=start,
        end=end,
        head=words[head].start,
        word=text,
        kind="noun",
        sentence=number,
        first=first,
        last=last,
        number=number_of(sentence, head),
        gender=gender_of(text),
        sort=sort_of(text),
        definite=opening in _definite() or owned,
        indefinite=opening in _indefinite(),
        modifiers=frozenset(
            w.removesuffix("'s") for w in low[first:head] if w not in closed and (w[0].isalnum())
        ),
        subject=_is_subject(sentence, first, last),
        possessive=possessive or sentence.is_possessive(last - 1),
    )


def _pronoun(sentence: Sentence, number: int, k: int) -> Mention:
    word = sentence.words[k]
    text = _plain(word.lower)
    return Mention(
        start=word.start,
        end=word.start + len(text),
        head=word.start,
        word=text,
        kind="pronoun",
        sentence=number,
        first=k,
        last=k + 1,
        number="p" if text in _list("pronouns_they") | _list("pronouns_we") else "s",
        gender="m" if text in _list("pronouns_he") else "f" if text in _list("pronouns_she") else None,
        sort="person"
        if text in _list("pronouns_he") | _list("pronouns_she") | _list("pronouns_me")
        else "thing"
        if text in _list("pronouns_it")
        else None,
        definite=True,
        subject=text != word.lower or _is_subject(sentence, k, k + 1),
        possessive=text in _possessives(),
    )


def _is_subject(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a phrase stands right before a finite verb, and hangs on no preposition."""
    if first >= 1 and sentence.tags[first - 1] in "PT":
        return False
    k = last
    while k < len(sentence) and sentence.tags[k] == "X":
        k += 1
    if k < len(sentence) and sentence.low[k] == ",":
        for j in range(k + 1, min(k + 25, len(sentence))):
            if sentence.low[j] == ",":
                k = j + 1
                break
    return k < len(sentence) and sentence.tags[k] in _FINITE


def _list(key: str) -> frozenset[str]:
    return tables.words("people", key)


@cache
def _pronouns() -> frozenset[str]:
    return frozenset().union(
        *(_list(f"pronouns_{key}") for key in ("he", "she", "they", "it", "me", "we", "you"))
    )


def _possessives() -> frozenset[str]:
    return _list("possessives")


def _definite() -> frozenset[str]:
    return _list("definite")


def _indefinite() -> frozenset[str]:
    return _list("indefinite")
