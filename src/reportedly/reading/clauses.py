"""The clause around a word, found without a parser: from closed-class words and marks."""

from __future__ import annotations

from ..data import tables
from .draft import trim
from .lemmas import lemma
from .page import Page, Word
from .paragraphs import Range

_BREAKS = frozenset(';:—–“”"()[]')


def _list(key: str) -> frozenset[str]:
    return tables.words("clauses", key)


def clause(page: Page, start: int, end: int, cue_words: frozenset[str]) -> Range:
    """Return the clause that holds ``[start, end)``, within its sentence.

    The clause ends at marks, at a comma with a subordinator, relative or
    conjunction behind it, and begins after the "that" of a reporting verb (one of
    ``cue_words``). A relative clause begins with its relative pronoun.
    """
    low, high = page.sentence_at(start)
    words = page.words_in(low, high)
    first = next((k for k, w in enumerate(words) if w.end > start), 0)
    last = next((k for k, w in enumerate(words) if w.start >= end), len(words)) - 1
    left = _left(words, first, cue_words)
    right = _right(words, max(first, last))
    if 0 < left < len(words) and words[left].lower in _list("relatives") and words[left - 1].lower == ",":
        right = _end_of_aside(words, max(first, last), right)
    begin = words[left].start if left < len(words) else low
    finish = words[right - 1].end if right else high
    begin = _skip_opening(page, words, left, first, begin)
    return trim(page.text, begin, finish, ",.;:")


def _left(words: list[Word], first: int, cue_words: frozenset[str]) -> int:
    for k in range(first - 1, -1, -1):
        word = words[k].lower
        if word in _BREAKS or (word == "-" and k):
            return k + 1
        if word in _list("relatives"):
            if word == "that" and k and lemma(words[k - 1].lower, cue_words):
                return k + 1
            if word != "that" or (k and words[k - 1].lower != ","):
                return k
        after = words[k + 1].lower if k + 1 < len(words) else ""
        if word == "," and (after in _list("subordinators") or after in ("and", "or")) and k + 2 <= first:
            return k + 2
        if word in ("while", "although", "though", "because", "whereas", "if", "whether") and k + 1 < first:
            return k + 1
    return 0


def _right(words: list[Word], last: int) -> int:
    for k in range(last + 1, len(words)):
        word = words[k].lower
        if word in _BREAKS:
            return k
        after = words[k + 1].lower if k + 1 < len(words) else ""
        if word == "," and (after in _list("subordinators") or after in _list("relatives")):
            return k
        if word in ("but", "while", "although", "whereas", "though") and k > last + 2:
            return k
    return len(words)


def _end_of_aside(words: list[Word], last: int, right: int) -> int:
    """End a relative clause between commas at the comma before the main verb ("who …, was absent")."""
    for k in range(last + 1, right - 1):
        after = words[k + 1].lower
        if words[k].lower == "," and (after in _list("auxiliaries") or after.endswith("ed")):
            return k
    return right


def _skip_opening(page: Page, words: list[Word], left: int, first: int, begin: int) -> int:
    """Leave out an opening phrase ("In a major escalation, …", "However, …") before the subject."""
    if left >= len(words):
        return begin
    opening = words[left].lower in _list("prepositions") or words[left].lower in _list("openers")
    if not opening:
        return begin
    for k in range(left + 1, min(first, left + 14)):
        if words[k].lower in _list("auxiliaries"):
            return begin
        if words[k].lower == "," and k + 1 < first:
            return words[k + 1].start
    return begin


def noun_phrase_before(page: Page, end: int, low: int) -> Range | None:
    """Return the noun phrase that ends right before ``end`` (not before ``low``), or ``None``."""
    words = page.words_in(low, end)
    stop = len(words)
    k = stop
    while k:
        word = words[k - 1]
        closed = (
            word.lower in _list("prepositions")
            or word.lower in _list("auxiliaries")
            or word.lower in _list("relatives")
        )
        if closed and word.lower == "of" and k < stop:
            k -= 1
            continue
        if closed or word.lower in _BREAKS or word.lower in (",", ".", "and", "or", "but"):
            if word.lower == "to" and k < stop - 1:
                k += 1  # the verb of an infinitive is no part of the phrase
            break
        if k < stop and word.lower.endswith("ed") and words[k].lower in _list("numbers"):
            break  # a verb before a counted noun: "stopped two boats"
        k -= 1
        if word.lower in _list("determiners"):
            break
    if k >= stop:
        return None
    return words[k].start, words[stop - 1].end


def is_auxiliary(word: str) -> bool:
    """Tell whether ``word`` (lower case) is a form of be, have or do, or a modal."""
    return word in _list("auxiliaries")
