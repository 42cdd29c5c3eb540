"""The words of source phrases: the noun they are built on, and what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ..data import tables
from .identities import folded

TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_CUT = re.compile(
    r",|[:;(]| (?:who|which|whose|that|of|in|at|from|for|with|on|to|by|near|inside|close|familiar|briefed"
    r"|seen|shown|obtained|leaked|shared|reviewed|speaking|citing|about|told|and)\b"
)
_GOT = re.compile(r",|[:;(]| (?:who|which|that|seen|shown|obtained|leaked|shared|reviewed|in which|about)\b")
_POSSESSIVE = re.compile(r"['’]s?$")


def core(text: str) -> str:
    """Return a source phrase up to its first preposition, comma or relative clause."""
    return _CUT.split(text, maxsplit=1)[0]


def head_word(text: str) -> str:
    """Return the noun that a source phrase is built on, in lower case, or "": its last word before a
    preposition, a comma or a relative clause.
    """
    words = TOKEN.findall(core(text))
    return _POSSESSIVE.sub("", words[-1]).lower() if words else ""


def without_provenance(text: str) -> str:
    """Return a source phrase without how it was come by ("a letter seen by the Courier")."""
    return _GOT.split(text, maxsplit=1)[0] or text


def source_words(text: str) -> set[str]:
    """Return the words of a source phrase that tell it from others, in the singular, lower case."""
    head = without_provenance(text)
    plain, same = tables.words("weighing", "sources.plain"), tables.toml("weighing")["sources"]["same"]
    found = set()
    for word in folded(head).split():
        word = same.get(word, word)
        if word not in plain and not word.isdigit():
            found.add(_singular(word))
    return found


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return (
        word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
    )


def body_kinds(words: Iterable[str]) -> set[str]:
    """Return the kinds of bodies that some words name."""
    listed: dict[str, str] = tables.toml("weighing")["bodies"]
    return {kind for kind, nouns in listed.items() if set(words) & set(nouns.split())}


@cache
def documents() -> frozenset[str]:
    return tables.words("sources", "document_nouns") | papers()


@cache
def papers() -> frozenset[str]:
    """Return the nouns for papers that can be read: no polls, figures or speeches."""
    return frozenset(w for name, words in paper_kinds().items() if name != "figures" for w in words)


@cache
def paper_kinds() -> dict[str, frozenset[str]]:
    found: dict[str, str] = tables.toml("weighing")["documents"]["classes"]
    return {name: frozenset(words.split()) for name, words in found.items()}


@cache
def people_nouns() -> frozenset[str]:
    return (
        tables.words("sources", "group_nouns")
        | tables.words("sources", "official_nouns")
        | tables.words("sources", "definite_people")
        | tables.words("weighing", "sources.individuals")
    )


@cache
def body_nouns() -> frozenset[str]:
    return tables.words("sources", "organization_nouns") | tables.words("weighing", "sources.collective")


def is_pronoun(text: str) -> bool:
    return text.lower().removeprefix("the ") in tables.words("weighing", "sources.pronouns")


def is_plural(text: str) -> bool:
    head = head_word(text)
    return " and " in text or (head.endswith("s") and not head.endswith("ss"))
