"""Sites: where a body has its seat or a building stands.

"Based in" and its like stand in ``data/relations.tsv``; "Saren-based" and a
building followed by "in" and a place ("the embassy in Saren") are read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reportedly.data.tables import words

from .found import FoundRelation, make_relation
from .parties import has_name, is_body, is_person
from .phrases import Sentence

IN: Final = frozenset({"in", "at", "near"})


def read_based(sentence: Sentence, k: int) -> Iterator[FoundRelation]:
    """Find the place before "-based" at word ``k`` ("the Nairobi-based group")."""
    chunk = sentence.chunk(k)
    word = sentence.words[k]
    if chunk is None or k + 1 >= chunk[1] or not word.text[0].isupper():
        return
    subject = (k + 1, chunk[1])
    if not (
        has_name(sentence, subject, "ORG PER MISC")
        or is_body(sentence, subject)
        or is_person(sentence, subject)
    ):
        return
    place = (word.start, word.end - len("-based"))
    span = sentence.span(subject)
    yield FoundRelation("located_in", span, place, ((word.start, span[1]),), True, "relations:-based")


def read_site(sentence: Sentence, k: int) -> Iterator[FoundRelation]:
    """Find the building before the preposition at word ``k`` and the place after it."""
    if k < 1 or k + 1 >= len(sentence) or sentence.named[k] >= 0:
        return
    site, place = sentence.chunk(k - 1), sentence.chunk(k + 1)
    if site is None or place is None or site[1] != k or place[0] != k + 1:
        return
    if sentence.low[k - 1] not in words("contexts", "buildings"):
        return
    if site[1] - site[0] == 1:
        return  # "attended school in"
    named = next((j for j in range(*place) if sentence.named[j] >= 0), None)
    if named is None or sentence.names[sentence.named[named]].type != "LOC":
        return
    end = named
    while end < place[1] and sentence.named[end] == sentence.named[named]:
        end += 1
    if end < place[1] and sentence.named[end] < 0:
        return  # "in the Saren case"
    yield make_relation(sentence, "located_in", site, (named, end), (k, k + 1), "sites:building")
