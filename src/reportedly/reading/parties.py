"""Parties: which noun phrases can act, lead, be led, and whom a describing phrase describes."""

from __future__ import annotations

from functools import cache

from reportedly.data.tables import rows, words

from .phrases import Sentence
from .status import verb_status
from .wordforms import VERBS, grammar, small
from .wordtags import Range


@cache
def posts() -> dict[str, bool]:
    """Return the heads of posts ("president", "minister"), and whether their holders lead a body."""
    return {row[0]: row[1] == "yes" for row in rows("posts")}


def is_party(sentence: Sentence, phrase: Range) -> bool:
    """Whether a noun phrase can act: a name, a person or body, a personal pronoun."""
    head = sentence.head(phrase)
    low = sentence.low[head]
    if low in small("no_party"):
        return False
    if low in small("personal") or low in grammar().parties or sentence.named[head] >= 0:
        return True
    return (low.endswith("'s") and low[:-2] in grammar().parties) or any(
        sentence.named[k] >= 0
        and (sentence.is_possessive(k) or sentence.names[sentence.named[k]].type in ("PER", "ORG"))
        for k in range(phrase[0], head + 1)
    )


def is_official(sentence: Sentence, phrase: Range) -> bool:
    """Whether a noun phrase is a name, an office, a state or an armed body."""
    head = sentence.head(phrase)
    if sentence.named[head] >= 0:
        return True
    officials = words("contexts", "officials")
    return any(sentence.low[k] in officials for k in range(phrase[0], head + 1))


def is_somebody(sentence: Sentence, phrase: Range) -> bool:
    """Whether a noun phrase is a person or persons: what can be killed, freed or executed."""
    head = sentence.head(phrase)
    if sentence.named[head] >= 0:
        counted = sentence.tags[phrase[0]] == "#" or sentence.low[phrase[0]] in (
            "dozens",
            "hundreds",
            "some",
            "several",
            "at",
        )
        return sentence.names[sentence.named[head]].type == "PER" or counted
    low = sentence.low[head]
    return (
        low in small("personal") - {"it"}
        or low in grammar().parties
        or "#" in sentence.tags[phrase[0] : head + 1]
    )


def has_name(sentence: Sentence, phrase: Range, types: str = "PER LOC ORG MISC") -> bool:
    """Whether a name of one of the ``types`` stands in a phrase."""
    return any(
        sentence.named[k] >= 0 and sentence.names[sentence.named[k]].type in types for k in range(*phrase)
    )


def is_person(sentence: Sentence, phrase: Range) -> bool:
    """Whether a noun phrase can be a party to a relation: a name, a person or body, a personal pronoun."""
    head = sentence.head(phrase)
    low = sentence.low[head]
    if low in small("no_subject"):
        return False
    return (
        low in ("he", "she", "they", "him", "them", "who")
        or low in grammar().parties
        or low in posts()
        or (sentence.named[head] >= 0 and sentence.names[sentence.named[head]].type in ("PER", "ORG", "MISC"))
    )


def is_body(sentence: Sentence, phrase: Range) -> bool:
    """Whether a noun phrase is a body that somebody can lead, own or belong to."""
    head = sentence.head(phrase)
    if sentence.named[head] >= 0:
        return sentence.names[sentence.named[head]].type in ("ORG", "MISC") or _spells_body(sentence, phrase)
    return sentence.low[head] in words("contexts", "bodies")


def _spells_body(sentence: Sentence, phrase: Range) -> bool:
    return not words("contexts", "bodies").isdisjoint(sentence.low[phrase[0] : phrase[1]])


def described(sentence: Sentence, phrase: Range) -> list[tuple[Range, bool]]:
    """Return whom a describing noun phrase describes, and whether positively.

    By copula or appointment ("X is …", "X was named …"), or by apposition
    ("X, …," and "…, X,").
    """
    j = phrase[0] - 1
    if j >= 1 and sentence.low[j] == "as" and sentence.tags[j - 1] in VERBS:
        if sentence.lemma(j - 1) not in small("copula") | small("appointing"):
            return []
        j -= 1
    elif j >= 0 and sentence.low[j] == "," and j >= 1:
        chunk = sentence.chunk(j - 1)
        if chunk is not None and sentence.tags[j - 1] != "Y" and sentence.named[j - 1] >= 0:
            name = sentence.named[j - 1]
            start = j - 1
            while start > chunk[0] and sentence.named[start - 1] == name:
                start -= 1
            return [((start, j), True)]
    at = _copula(sentence, j)
    if at is not None:
        group = sentence.group(at)
        negative = _negated((*group.helpers, *sentence.low[at : phrase[0]]))
        return [(p, not negative) for p in sentence.subject(group)]
    if j >= 0 and sentence.tags[j] in VERBS:
        lemma = sentence.lemma(j)
        group = sentence.group(j)
        if lemma in small("copula") or (lemma in small("appointing") and group.passive):
            status = verb_status(sentence, group)
            if status in ("occurred", "ongoing", "denied"):
                return [(p, status != "denied") for p in sentence.subject(group)]
        return []
    k = phrase[1]
    if (
        k + 1 < len(sentence)
        and sentence.low[k] == ","
        and has_name(sentence, (k + 1, k + 2), "PER")
        and not has_name(sentence, (k - 1, k), "PER")
    ):
        return [(name_range(sentence, k + 1), True)]
    return []


def _negated(helpers: tuple[str, ...]) -> bool:
    return any(h in ("not", "never", "no") or h.endswith("n't") for h in helpers)


def _copula(sentence: Sentence, j: int) -> int | None:
    """Return the form of "be" at word ``j`` or before it, over adverbs."""
    while j >= 0 and sentence.tags[j] == "X":
        j -= 1
    if j < 0 or sentence.tags[j] != "B" or sentence.low[j] in ("being", "be"):
        return None
    return j


def name_range(sentence: Sentence, k: int) -> Range:
    """Return the words of the name at word ``k``, from ``k`` on."""
    end = k + 1
    while end < len(sentence) and sentence.named[end] == sentence.named[k]:
        end += 1
    return k, end
