"""What the form of a common noun tells: its number, its gender, and what sort of thing it stands for."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from ..data import tables
from .phrases import Sentence
from .wordforms import small

Sort = Literal["person", "body", "place", "thing", "time"]

_SINGULAR_S: Final = ("ss", "us", "is")


def number_of(sentence: Sentence, head: int) -> str | None:
    """Return ``"s"`` or ``"p"`` for the noun at word ``head``; ``None`` for a body, which may be either."""
    low = sentence.low[head].removesuffix("'s")
    if sentence.tags[head] == "#":
        return "p"
    if low in small("plural") or low in tables.words("people", "plural_nouns"):
        return "p"
    if low in tables.words("sources", "organization_nouns") and not low.endswith("s"):
        return None
    if low.endswith("s") and not low.endswith(_SINGULAR_S):
        return "p"
    return "s"


@lru_cache(maxsize=65536)
def sort_of(noun: str) -> Sort:
    """Return what a common noun in lower case stands for, by word lists and endings; a thing by default."""
    if noun in tables.words("people", "place_nouns"):
        return "place"
    if noun in tables.words("people", "body_nouns") or noun in tables.words("sources", "organization_nouns"):
        return "body"
    single = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    for form in (noun, single):
        if form not in tables.words("people", "no_persons") and (
            form in tables.words("people", "persons")
            or form in tables.words("people", "titles")
            or form in tables.words("sources", "definite_people")
            or form in tables.words("sources", "official_nouns")
            or form in tables.words("sources", "group_nouns")
            or gender_of(form) is not None
        ):
            return "person"
    if single in tables.words("people", "body_nouns") or noun in tables.words("sources", "outlet_nouns"):
        return "body"
    if single in tables.words("people", "place_nouns"):
        return "place"
    if single.endswith(tuple(tables.words("people", "person_endings"))):
        return "person"
    return "thing"


@lru_cache(maxsize=65536)
def gender_of(noun: str) -> str | None:
    """Return ``"m"``, ``"f"`` or ``None`` for a common noun in lower case."""
    single = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    if {noun, single} & tables.words("people", "female_nouns"):
        return "f"
    return "m" if {noun, single} & tables.words("people", "male_nouns") else None
