"""Parties: which noun phrases can act, lead, be led, and whom a describing phrase describes."""

from __future__ import annotations

from functools import cache
from typing import Final

from reportedly.data.tables import rows, words

from .phrases import Sentence
from .status import verb_status
from .subjects import subject_of
from .wordforms import VERBS, grammar, small
from .wordtags import Range

_DASHES: Final = frozenset("-–—")


@cache
def posts() -> dict[str, str]:
    """Return the names of posts ("president", "prime minister") with their ranks (see ``data/posts.tsv``)."""
    return {row[0]: row[1] for row in rows("posts")}


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
    return sentence.low[head].removesuffix("'s") in words("contexts", "bodies")


def _spells_body(sentence: Sentence, phrase: Range) -> bool:
    return not words("contexts", "bodies").isdisjoint(sentence.low[phrase[0] : phrase[1]])


def is_named_body(sentence: Sentence, phrase: Range) -> bool:
    """Whether a phrase that begins with a name is a body: its last word is one, or ends the name of one."""
    last = phrase[1] - 1
    return has_name(sentence, (last, last + 1), "ORG") or sentence.low[last] in words("contexts", "bodies")


def described(sentence: Sentence, phrase: Range, depth: int = 0) -> list[tuple[Range, bool]]:
    """Return whom a describing noun phrase describes, and whether positively.

    By copula or appointment ("X is …", "X was named …", "… is X"), by
    apposition ("X, …," and "…, X,"), or together with the phrase that it is
    coordinated with ("X, a … and a …"); ``depth`` counts those.
    """
    j = phrase[0] - 1
    while j >= 0 and sentence.tags[j] == "X":
        j -= 1
    if j >= 1 and sentence.low[j] == "and" and depth < 2:
        return _with_coordinate(sentence, j, depth)
    if j >= 0 and _contracted(sentence, j):
        return [((j, j + 1), "not" not in sentence.low[j : phrase[0]])]
    if j >= 1 and sentence.low[j] == "as" and sentence.tags[j - 1] in VERBS:
        if sentence.lemma(j - 1) not in small("copula") | small("appointing"):
            return []
        j -= 1
    elif j >= 1 and (sentence.low[j] == "," or sentence.tags[j] in _DASHES):
        before = _name_before(sentence, j)
        if before is not None:
            return [(before, True)]
    at = _copula(sentence, j)
    if at is not None:
        group = sentence.group(at)
        negative = _negated((*group.helpers, *sentence.low[at : phrase[0]]))
        return [(p, not negative) for p in subject_of(sentence, group)]
    if j >= 0 and sentence.tags[j] in VERBS:
        lemma = sentence.lemma(j)
        group = sentence.group(j)
        if lemma in small("copula") or (lemma in small("appointing") and group.passive):
            status = verb_status(sentence, group)
            if status in ("occurred", "ongoing", "denied"):
                return [(p, status != "denied") for p in subject_of(sentence, group)]
        return []
    k = phrase[1]
    if k + 1 >= len(sentence) or not has_name(sentence, (k + 1, k + 2), "PER"):
        return []
    if sentence.low[k] == "," and not has_name(sentence, (k - 1, k), "PER"):
        return [(name_range(sentence, k + 1), True)]
    if sentence.low[k] in ("is", "was"):
        return [(name_range(sentence, k + 1), True)]
    return []


def _contracted(sentence: Sentence, k: int) -> bool:
    """Whether word ``k`` is a pronoun joined with a form of "be" ("she's", "they're")."""
    word, mark, verb = sentence.low[k].partition("'")
    return mark == "'" and verb in ("s", "m", "re") and word in small("personal")


def _with_coordinate(sentence: Sentence, conjunction: int, depth: int) -> list[tuple[Range, bool]]:
    end = conjunction - (sentence.low[conjunction - 1] == ",")
    found = sentence.phrases_before(end, frozenset({"of", "for", "at", "to"}))
    for phrase in reversed(found):
        head = sentence.head(phrase)
        if has_name(sentence, (head, head + 1), "PER"):
            continue
        if sentence.tags[phrase[0]] == "D" or sentence.low[head] in posts():
            return described(sentence, phrase, depth + 1)
        return []
    return []


def _name_before(sentence: Sentence, comma: int) -> Range | None:
    """Return the name before the comma at a word, over a bracket ("X (D-Va.), …")."""
    j = comma - 1
    while j > 0 and sentence.tags[j] in _DASHES:
        j -= 1
    if sentence.low[j] == ")" and "(" in sentence.low[max(0, j - 8) : j]:
        while sentence.low[j] != "(":
            j -= 1
        j -= 1
    chunk = sentence.chunk(j)
    if chunk is None or sentence.tags[j] == "Y" or sentence.named[j] < 0:
        return None
    start = j
    while start > chunk[0] and sentence.named[start - 1] == sentence.named[j]:
        start -= 1
    return start, j + 1


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
