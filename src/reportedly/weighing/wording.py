"""The words of a claim as they are compared: base forms, what each weighs, which of them are names."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import snowballstemmer

from ..data import tables
from ..reading.wordforms import AUXILIARY, VERBS, grammar
from .profile import stems

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PEOPLE = re.compile(r"(?:ians?|ans?|ese|ia|a|ns?|i)$")
_VERBAL = VERBS | AUXILIARY | frozenset("vsg")
_STEMMING = threading.Lock()  # the stemmer keeps the word it is at: one thread at a time
_UNSEEN = 10.0  # of 10,000 reports, for words that are not in the table


@dataclass(frozen=True, slots=True)
class Term:
    """One word that counts: its key, its weight (0 to 1), where it stands.

    ``capital`` tells whether it begins with one, ``verb`` whether it is, or may be, a form of a verb.
    """

    key: str
    weight: float
    start: int
    end: int
    capital: bool
    verb: bool


def terms(text: str) -> list[Term]:
    """Return the words of ``text`` that tell claims apart, in order; numbers and empty words are left out."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        known = _known(word.replace("’", "'").lower())
        if known is not None:
            capital = word[0].isupper()
            key = nation(known[0]) if capital else known[0]
            verb = not capital and may_be_verb(word)
            found.append(Term(key, known[1], match.start(), match.end(), capital, verb))
    return found


def tokens(text: str) -> tuple[str, ...]:
    """Return every word in lower case: equal for contents that differ in marks and spaces only."""
    return tuple(_WORD.findall(text.replace("’", "'").lower()))


@lru_cache(maxsize=65536)
def _known(word: str) -> tuple[str, float] | None:
    """Return the key and weight of a lower-case word; ``None`` where it does not count."""
    word = word.removesuffix("'s").removesuffix("'")
    if word.endswith("n't") or not any(c.isalpha() for c in word):
        return None
    if word in _listed("words.empty") or word in _listed("words.numbers"):
        return None
    base = base_form(word)
    share = max((_shares().get(form, _UNSEEN) for form in stems(_forms().get(word, word))), default=_UNSEEN)
    weight = math.log(10000 / share) / math.log(10000 / _UNSEEN)
    return base, max(0.05, min(1.0, weight))


def may_be_verb(word: str) -> bool:
    """Tell whether a word is, or may be, a form of a known verb."""
    return grammar().lexicon.get(word.lower(), "") in _VERBAL


def is_verb(word: str) -> bool:
    """Tell whether a word is a form of a known verb and nothing else, auxiliaries included."""
    return grammar().lexicon.get(word.lower(), "") in VERBS | AUXILIARY


@lru_cache(maxsize=65536)
def base_form(word: str) -> str:
    """Return the form under which a lower-case word is compared (Porter 2001, "Snowball")."""
    with _STEMMING:
        stem: str = _stemmer().stemWord(_forms().get(word, word))
    return stem


@lru_cache(maxsize=16384)
def nation(key: str) -> str:
    """Return one key for a country's name and its people's ("Karsovia", "Karsovian"), by their endings."""
    ending = _PEOPLE.search(key)
    return key[: ending.start()] if ending and ending.start() >= 4 else key


def negations(text: str) -> int:
    """Return how many words of ``text`` turn it around."""
    listed = _listed("words.negation")
    return sum(w in listed or w.endswith("n't") for w in tokens(text))


@cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("english")


@cache
def _listed(key: str) -> frozenset[str]:
    return tables.words("claims", key)


@cache
def _forms() -> Mapping[str, str]:
    found: dict[str, str] = tables.toml("claims")["forms"]
    return found


@cache
def _shares() -> Mapping[str, int]:
    return {term: int(count) for term, count in tables.rows("word-shares")}
