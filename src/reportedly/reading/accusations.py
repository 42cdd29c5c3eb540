"""Accusations and charges: who is accused of, or charged with, which wrong.

Wordings stand in ``data/relations.tsv``. The wrong is a noun phrase or an -ing
form with its object; several of them give several relations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .found import FoundRelation, make_relation
from .parties import is_person
from .phrases import Sentence
from .status import verb_status
from .subjects import subject_of
from .triggers import Match
from .wordforms import AUXILIARY, VERBS, grammar, small
from .wordtags import Range

_QUOTES: Final = frozenset("“\"'‘„«`")
_SPAN: Final = 16  # words between the verb and the preposition of the charge
_REACH: Final = 25  # words in which coordinate wrongs are looked for


def read_charge(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Read "accuse X of Y", "X was charged with Y"."""
    trigger, k = match.trigger, match.start
    if sentence.tags[k] not in VERBS:
        return
    group = sentence.group(k)
    last = match.end - 1
    stop = min(last + _SPAN, len(sentence))
    of = next((j for j in range(last + 1, stop) if sentence.low[j] in trigger.to), None)
    if last > k and sentence.low[last] in trigger.to:
        of = last  # "faces accusations of"
    elif of is not None:
        of = _past_party(sentence, last, of)
    if of is None or (any(sentence.low[j] in (",", ";") for j in range(last + 1, of)) and of - last < 3):
        return
    if sentence.low[of] == "in" and of != last + 1:
        return  # "accused in the killing", not "accused the man in the car of"
    if sentence.lemma(k) == "charge" and _is_duty(sentence, of + 1):
        return
    status = verb_status(sentence, group)
    if status in ("hypothetical", "planned", "threatened") and group.helpers:
        return
    named = _after_counts(sentence, of + 1)
    if named == of + 1 and "@charges" in trigger.conditions:
        return
    contents = wrongs(sentence, named)
    if not contents:
        return
    for one in _accused(sentence, match, of):
        head = sentence.low[sentence.head(one)]
        if head in small("no_subject") - {"i", "you", "we"}:
            continue
        if sentence.tags[one[0]] == "#" and one[1] - one[0] == 1:
            continue
        positive = status != "denied" and sentence.low[one[0]] not in small("nobody")
        for content in contents:
            if one[0] < content[1] and content[0] < one[1]:
                continue
            yield make_relation(sentence, trigger.label, one, content, (k, of + 1), trigger.rule, positive)


def _is_duty(sentence: Sentence, k: int) -> bool:
    """Whether what follows "charged with" is a task ("charged with the defence of …")."""
    return k < len(sentence) and sentence.low[k] in ("the", "his", "her", "their", "this")


def _past_party(sentence: Sentence, last: int, of: int) -> int:
    """Return the second "of" in "accused members of the army of the crime"."""
    chunk = sentence.chunk(of + 1)
    if of == last + 1 or chunk is None or chunk[1] >= len(sentence) or sentence.low[of] != "of":
        return of
    second = sentence.low[chunk[1]] == "of" and is_person(sentence, chunk)
    return chunk[1] if second else of


def _after_counts(sentence: Sentence, k: int) -> int:
    """Return the number of the word after "two counts of", "charges of" at word ``k``, else ``k``."""
    chunk = sentence.chunk(k)
    if chunk is None:
        return k
    at = chunk[1]
    at += at < len(sentence) and sentence.low[at] == "each"
    if at >= len(sentence) or sentence.low[at] not in ("of", "including"):
        return k
    return at + 1 if not small("counts").isdisjoint(sentence.low[chunk[0] : chunk[1]]) else k


def _accused(sentence: Sentence, match: Match, of: int) -> list[Range]:
    k, group = match.start, sentence.group(match.start)
    if match.end - match.start > 1 or match.trigger.mode == "plead":
        return subject_of(sentence, group)
    if group.passive or of == k + 1 or sentence.is_reduced_passive(group):
        if group.passive:
            return subject_of(sentence, group)
        return [_party_of(sentence, one) for one in sentence.described(group)] or subject_of(sentence, group)
    found = [one for one in sentence.phrases_after(k + 1, frozenset()) if one[1] <= of]
    if len(found) == 1 and found[0][1] < of and sentence.low[found[0][1]] == "of":
        return [(found[0][0], of)]  # "accused members of the army of"
    return found


def _party_of(sentence: Sentence, phrase: Range) -> Range:
    """Return the party in "clips of five men" that a participle after it speaks of."""
    inner = sentence.chunk(phrase[1] - 1)
    if inner is None or is_person(sentence, phrase) or not is_person(sentence, inner):
        return phrase
    return inner


def read_faced(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Read "faces fraud charges": the kind of the charges stands before the word."""
    k = match.start
    if sentence.tags[k] not in VERBS:
        return
    group = sentence.group(k)
    status = verb_status(sentence, group)
    if status not in ("occurred", "ongoing", "denied"):
        return
    chunk = sentence.chunk(match.end - 1)
    if chunk is None:
        return
    start = chunk[0]
    while start < match.end - 1 and sentence.tags[start] in "D#":
        start += 1
    if start >= match.end - 1 or all(w in small("bare_charges") for w in sentence.low[start : match.end - 1]):
        return
    for subject in subject_of(sentence, group):
        if is_person(sentence, subject):
            yield make_relation(
                sentence, "charged_with", subject, (start, match.end), (k, match.end), match.trigger.rule,
                status != "denied",
            )  # fmt: skip


def read_alleged(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Read "allegedly": the verb beside it names the wrong, its subject is the accused."""
    k = match.start
    near = [j for j in (k + 1, k + 2, k - 1) if 0 <= j < len(sentence) and sentence.tags[j] in VERBS]
    if not near:
        return
    verb = near[0]
    group = sentence.group(verb)
    if group.passive or sentence.tags[verb] == "L" or sentence.lemma(verb) in grammar().reporting:
        return
    content = _with_object(sentence, verb)
    for one in subject_of(sentence, group):
        if is_person(sentence, one) and not (one[0] < content[1] and content[0] < one[1]):
            yield make_relation(sentence, "accused_of", one, content, (k, k + 1), match.trigger.rule)


def read_allegation(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Read "alleges that X did Y", "allegations that X did Y"."""
    k = match.end
    k += k < len(sentence) and sentence.low[k] == "that" and match.trigger.kind == "v"
    for one in sentence.phrases_after(k):
        verb = one[1]
        while verb < len(sentence) and sentence.tags[verb] in AUXILIARY | {"X"}:
            verb += 1
        if verb >= len(sentence) or sentence.tags[verb] not in VERBS or not is_person(sentence, one):
            continue
        if sentence.group(verb).passive:
            continue
        content = _with_object(sentence, verb)
        yield make_relation(
            sentence, "accused_of", one, content, (match.start, match.end), match.trigger.rule
        )


# -- wrongs


def wrongs(sentence: Sentence, k: int) -> list[Range]:
    """Return what follows "of" or "with" in a charge: noun phrases, or -ing forms with their objects."""
    while k < len(sentence) and (sentence.low[k] in _QUOTES or sentence.tags[k] == "X"):
        k += 1
    if k >= len(sentence):
        return []
    if sentence.tags[k] != "G" or sentence.chunk(k) is not None:
        found = _phrases(sentence, k)
        none = small("no_subject") | small("counts")
        return [f for f in found if sentence.low[sentence.head(f)] not in none]
    found = [_with_object(sentence, k)]
    for j in range(found[0][1], min(len(sentence), k + _REACH)):
        tag = sentence.tags[j]
        if tag in AUXILIARY or tag in "FR;":
            break
        if tag == "G" and (sentence.low[j - 1] in (",", "and", "or") or sentence.tags[j - 1] == "X"):
            if sentence.low[j - 1] == "," and not _is_listed(sentence, j):
                break  # an -ing clause of its own
            if j >= found[-1][1]:
                found.append(_with_object(sentence, j))
    return found


def _is_listed(sentence: Sentence, k: int) -> bool:
    """Whether a coordinate -ing form with "and" or "or" follows the one at word ``k``."""
    return any(
        sentence.tags[j] == "G" and sentence.low[j - 1] in ("and", "or")
        for j in range(k + 1, min(len(sentence), k + _REACH))
    )


def _with_object(sentence: Sentence, k: int) -> Range:
    """Return the verb at word ``k`` with its first object, or with its first prepositional phrase."""
    start = k
    k += 1
    while k < len(sentence) and (sentence.tags[k] in "GX" or sentence.low[k] in _QUOTES):
        k += 1
    objects = _phrases(sentence, k)
    if not objects and k < len(sentence) and (sentence.tags[k] in "PT" or sentence.low[k] == "as"):
        objects = _phrases(sentence, k + 1)
    if not objects:
        return start, max(start + 1, k)
    first = objects[0]
    return start, (sentence.phrase(first[0], small("object_post")) or first)[1]


def _phrases(sentence: Sentence, k: int) -> list[Range]:
    """Return the noun phrases at word ``k``, also over a date between article and noun ("the May 2 raid")."""
    found = sentence.phrases_after(k)
    if len(found) != 1 or found[0][1] - found[0][0] > 1 or sentence.tags[found[0][0]] != "D":
        return found
    start, at = found[0]
    while at < len(sentence) and (sentence.tags[at] in "Y#" or sentence.low[at] == ","):
        at += 1
    after = sentence.phrases_after(at)
    return [(start, after[0][1]), *after[1:]] if after and after[0][0] == at else []
