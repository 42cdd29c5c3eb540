"""Trigger tables: wordings that announce an event or a relation, found by their first word.

A row of a table gives a pattern, the part of speech of its first word and what
it announces. In a pattern

- the first word is inflected (``v`` any verb form, ``n`` singular and plural, ``w`` as it stands);
- ``a|b`` is a choice, ``_`` joins nothing (a word), ``…`` up to five words of a noun phrase,
- a later word followed by ``~`` is inflected too (as a noun).

Triggers are indexed by each form of their first word, so a sentence costs one
dictionary look-up a word however long the table is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from reportedly.data.tables import rows, words

from .phrases import Sentence
from .wordforms import VERBS, noun_forms, verb_forms

_GAP: Final = 9
_GAP_WORDS: Final = frozenset({"-", "of", "'", "(", ")", "and"})


@dataclass(frozen=True, slots=True)
class Context:
    """Words that tell what a sentence is about: one ``strong`` or two ``weak`` ones."""

    strong: frozenset[str]
    weak: frozenset[str]

    def holds(self, vocabulary: frozenset[str]) -> bool:
        """Whether a sentence of these words is about it."""
        if not self.strong.isdisjoint(vocabulary):
            return True
        return bool(self.weak) and len(self.weak & vocabulary) > 1


@dataclass(frozen=True, slots=True)
class Trigger:
    """One wording of a table row.

    ``rest`` holds a set of words, or ``None`` for a gap, for each later place.
    ``needs`` are the contexts that a sentence must have, ``unless`` those that
    it must not; ``conditions`` are left to the reader.
    """

    pattern: str
    kind: str
    label: str
    mode: str | None
    to: tuple[str, ...]
    needs: tuple[Context, ...]
    unless: tuple[Context, ...]
    conditions: tuple[str, ...]
    rest: tuple[frozenset[str] | None, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Match:
    """A trigger found at words ``start`` to ``end`` (half open); ``parts`` are its words without the gaps."""

    trigger: Trigger
    start: int
    end: int
    parts: tuple[int, ...]


Index = dict[str, tuple[Trigger, ...]]


@cache
def load(table: str) -> Index:
    """Return the triggers of ``data/<table>.tsv`` by the forms of their first word, longest first.

    Columns: pattern, kind (v, n or w), label, mode, to, needs, unless; missing
    ones are empty. A pattern may hold several alternatives parted by " / ".
    """
    index: dict[str, list[Trigger]] = {}
    for row in rows(table):
        pattern, kind, label, mode, to, needs, unless = (*row, *[""] * (7 - len(row)))[:7]
        for one in pattern.split(" / "):
            first, *rest = one.split()
            trigger = Trigger(
                one, kind, label, mode or None, _list(to),
                _contexts(needs), _contexts(unless), tuple(c for c in _list(needs) if c[0] == "@"),
                tuple(_place(word) for word in rest), f"{table}:{one}",
            )  # fmt: skip
            for form in _forms(first, kind):
                index.setdefault(form, []).append(trigger)
    return {form: tuple(sorted(found, key=lambda t: -len(t.rest))) for form, found in index.items()}


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",") if part.strip())


def _contexts(cell: str) -> tuple[Context, ...]:
    return tuple(_context(name) for name in _list(cell) if name[0] != "@")


@cache
def _context(name: str) -> Context:
    entries = words("contexts", name)
    weak = frozenset(w[1:] for w in entries if w[0] == "?")
    return Context(frozenset(w for w in entries if w[0] != "?"), weak)


def _forms(first: str, kind: str) -> Iterable[str]:
    make = {"v": verb_forms, "n": noun_forms}.get(kind)
    for choice in first.split("|"):
        yield from make(choice) if make else (choice,)


def _place(word: str) -> frozenset[str] | None:
    if word == "…":
        return None
    found: set[str] = set()
    for choice in word.split("|"):
        found.update(noun_forms(choice[:-1]) if choice.endswith("~") else (choice,))
    return frozenset(found)


def matches(sentence: Sentence, index: Index) -> Iterator[Match]:
    """Yield the triggers in a sentence, left to right; the longest of those that share words wins."""
    starts = [k for k, word in enumerate(sentence.low) if word in index]
    if not starts:
        return
    vocabulary = sentence.vocabulary
    held: dict[int, bool] = {}
    done = -1
    for k in starts:
        if k < done:
            continue
        for trigger in index[sentence.low[k]]:
            if any(place is not None and place.isdisjoint(vocabulary) for place in trigger.rest):
                continue
            parts = _match(sentence, k, trigger)
            if parts is None or not _allowed(vocabulary, trigger, held):
                continue
            yield Match(trigger, k, parts[-1] + 1, parts)
            if None not in trigger.rest:
                done = parts[-1] + 1
            break


def _match(sentence: Sentence, k: int, trigger: Trigger) -> tuple[int, ...] | None:
    tag = sentence.tags[k]
    if (
        trigger.kind == "v"
        and tag not in VERBS
        and sentence.low[k] not in ("is", "are", "was", "were", "been", "be")
    ):
        return None
    if trigger.kind == "n" and (
        tag != "N" or (sentence.named[k] >= 0 and sentence.words[k].text[:1].isupper())
    ):
        return None
    if trigger.kind == "w" and not trigger.rest and tag in VERBS:
        return None
    parts = [k]
    at, gap = k + 1, False
    for place in trigger.rest:
        if place is None:
            gap = True
            continue
        if not gap and trigger.kind == "v" and at == k + 1:
            at = _over_adverbs(sentence, at, place)
        stop = min(len(sentence), at + (_GAP if gap else 1))
        while at < stop and sentence.low[at] not in place:
            if not _in_gap(sentence, at):
                return None
            at += 1
        if at >= stop:
            return None
        parts.append(at)
        at, gap = at + 1, False
    return tuple(parts)


def _over_adverbs(sentence: Sentence, at: int, place: frozenset[str]) -> int:
    """Step over up to two adverbs or time words between a verb and its particle ("agreed on Monday to")."""
    for k in range(at, min(at + 3, len(sentence))):
        if sentence.low[k] in place:
            return k
        timed = sentence.tags[k] == "P" and sentence.tags[k + 1 : k + 2] == ["Y"]
        if sentence.tags[k] not in "XY" and not timed:
            return at
    return at


def _in_gap(sentence: Sentence, k: int) -> bool:
    """Whether word ``k`` may stand in a gap: what noun phrases are made of."""
    tag = sentence.tags[k]
    if tag in "DN#XYE" or sentence.low[k] in _GAP_WORDS:
        return True
    return tag == "G" and k + 1 < len(sentence) and sentence.tags[k + 1] == "N"  # "a data sharing agreement"


def allowed(sentence: Sentence, trigger: Trigger) -> bool:
    """Whether the words of the sentence are such as the trigger needs, and none that it excludes."""
    return _allowed(sentence.vocabulary, trigger, {})


def _allowed(vocabulary: frozenset[str], trigger: Trigger, held: dict[int, bool]) -> bool:
    """Do the same with what is known already; ``held`` tells by a context's identity whether it holds."""
    for wanted, contexts in ((False, trigger.unless), (True, trigger.needs)):
        for context in contexts:
            holds = held.get(id(context))
            if holds is None:
                holds = held[id(context)] = context.holds(vocabulary)
            if holds is not wanted:
                return False
    return True
