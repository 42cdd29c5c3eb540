"""Relations: what a report states of two parties ("leads", "accused_of", "reward_for").

Wordings stand in ``data/relations.tsv``, each with the frame by which its
subject and object are found; posts, which have none, are read by
:mod:`.posts`, sites by :mod:`.sites`. Patterns of this kind go back to Hearst
(1992); precision is preferred to recall, so most of them ask for a name or a
fitting head noun on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from reportedly.data.tables import words

from .accusations import read_allegation, read_alleged, read_charge, read_faced
from .found import FoundRelation, Span, make_relation
from .page import Name, Page
from .parties import described, has_name, is_body, is_person, posts
from .phrases import Sentence, sentences
from .posts import read_post
from .rewards import read_reward
from .sites import IN, read_based, read_site
from .status import verb_status
from .subjects import clause_subject, subject_of
from .triggers import Match, load, matches
from .wordforms import VERBS, grammar, small
from .wordtags import Range

__all__ = ["FoundRelation", "find_relations"]

_CAPITALS: Final = 0.75  # share of capitalised longer words from which a sentence is a heading


def find_relations(page: Page, names: Sequence[Name]) -> list[FoundRelation]:
    """Return the relations that a page states, sentence by sentence; headings state none."""
    index = load("relations")
    tagged = sentences(page, names)
    found: dict[tuple[str, Span, Span], FoundRelation] = {}
    for number in range(len(page.sentences)):
        sentence = tagged[number]
        if _is_heading(sentence):
            continue
        for match in matches(sentence, index):
            for relation in _FRAMES[match.trigger.mode or "verb"](sentence, match):
                found.setdefault((relation.type, relation.subject, relation.object), relation)
        for k in range(len(sentence)):
            for relation in _at_word(sentence, k):
                found.setdefault((relation.type, relation.subject, relation.object), relation)
    return list(found.values())


def _at_word(sentence: Sentence, k: int) -> Iterator[FoundRelation]:
    word = sentence.low[k]
    if word in IN:
        yield from read_site(sentence, k)
    elif word.endswith("-based"):
        yield from read_based(sentence, k)
    elif _may_be_post(word):
        yield from read_post(sentence, k)


def _may_be_post(word: str) -> bool:
    heads = posts()
    return (
        word in heads or word.removesuffix("s") in heads or ("-" in word and word.split("-", 1)[1] in heads)
    )


def _is_heading(sentence: Sentence) -> bool:
    """Whether a sentence has no end mark and most of its longer words in capitals, as headings have."""
    texts = [w.text for w in sentence.words if w.text[0].isalpha()]
    long = [t for t in texts if len(t) > 3]
    if len(long) < 3 or sentence.words[-1].text[-1] in small("end_marks"):
        return False
    return sum(t[0].isupper() for t in long) >= _CAPITALS * len(long)


# -- who and what


def _objects(sentence: Sentence, k: int) -> list[Range]:
    """Return the noun phrases at word ``k`` and those that "including" adds to them."""
    found = sentence.phrases_after(k)
    if found:
        end = found[-1][1]
        at = end + 1 if end < len(sentence) and sentence.low[end] == "," else end
        if at + 1 < len(sentence) and sentence.low[at] in ("including", "notably"):
            found = found + sentence.phrases_after(at + 1)
    return found


def _fronted_object(sentence: Sentence, subjects: Sequence[Range]) -> list[Range]:
    """Return the object before a relative clause ("a group that I direct", "the firms they own")."""
    if len(subjects) != 1 or subjects[0][0] < 1:
        return []
    j = subjects[0][0] - 1
    if sentence.low[j] in ("that", "which"):
        j -= 1
        j -= j >= 1 and sentence.low[j] == ","
    elif sentence.tags[subjects[0][0]] != "O":
        return []
    chunk = sentence.chunk(j) if j >= 0 else None
    return [chunk] if chunk is not None and chunk[1] == j + 1 and sentence.tags[j] not in "OY" else []


# -- frames


def _verb(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """A verb with its subject and object ("X leads Y", "Y is led by X")."""
    trigger, k = match.trigger, match.start
    if sentence.tags[k] not in VERBS:
        return
    group = sentence.group(k)
    status = verb_status(sentence, group)
    if status not in ("occurred", "ongoing", "denied") and not _is_said(sentence, group.start):
        return
    direct = "obj" in trigger.to
    passive = group.passive or (direct and sentence.is_reduced_passive(group))
    if passive and direct:
        at = next(
            (j for j in range(match.end, min(match.end + 4, len(sentence))) if sentence.low[j] == "by"), None
        )
        if at is None:
            return
        subjects = sentence.phrases_after(at + 1)
        objects = ([] if group.passive else sentence.described(group)) or subject_of(sentence, group)
    elif passive:
        return
    else:
        subjects, objects = subject_of(sentence, group), _objects(sentence, match.end)
        if not objects and direct:
            objects = _fronted_object(sentence, subjects)
    for subject in subjects:
        for obj in objects:
            if subject != obj and _fits(sentence, trigger.label, trigger.conditions, subject, obj):
                yield make_relation(
                    sentence, trigger.label, subject, obj, (k, match.end), trigger.rule, status != "denied"
                )


def _is_said(sentence: Sentence, start: int) -> bool:
    """Whether an infinitive hangs on "is said to", "is believed to"."""
    j = start - 1
    return j >= 0 and sentence.tags[j] == "E" and sentence.lemma(j) in grammar().reporting


def _noun(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """A noun that describes somebody ("X, an ally of Y", "X is part of Y")."""
    trigger = match.trigger
    objects = [o for o in _objects(sentence, match.end) if _fits_object(sentence, trigger.label, o)]
    chunk = sentence.chunk(match.start) or (match.start, match.end)
    for holder, polarity in described(sentence, (chunk[0], objects[-1][1] if objects else match.end)):
        kind = trigger.label
        if sentence.low[match.start] == "part" and has_name(sentence, holder, "PER"):
            kind = "member_of"
        for obj in objects:
            if _fits(sentence, kind, trigger.conditions, holder, obj):
                yield make_relation(
                    sentence, kind, holder, obj, (match.start, match.end), trigger.rule, polarity
                )


def _with(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """An adverbial of the clause ("in partnership with Y"): its subject is that of the clause."""
    trigger = match.trigger
    for subject in clause_subject(sentence, match.start):
        for obj in _objects(sentence, match.end):
            if _fits(sentence, trigger.label, trigger.conditions, subject, obj):
                yield make_relation(
                    sentence, trigger.label, subject, obj, (match.start, match.end), trigger.rule
                )


def _participle(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """What a body is ("based in Y", "affiliated with Y", "X's headquarters in Y")."""
    trigger, k = match.trigger, match.start
    objects = sentence.phrases_after(match.end)
    objects = objects[:1] if trigger.label == "located_in" else objects
    polarity = True
    if sentence.tags[k] in VERBS:
        group = sentence.group(k)
        status = verb_status(sentence, group)
        if sentence.tags[k] not in "EL" or status not in ("occurred", "ongoing", "denied"):
            return
        polarity = status != "denied"
        if group.passive:
            subjects = subject_of(sentence, group)
        else:
            j = group.start - 1
            j -= j >= 1 and sentence.low[j] == ","
            before = sentence.phrases_before(j + 1, frozenset({"of"})) if sentence.chunk(j) else []
            subjects = before[-1:]
    else:
        chunk = sentence.chunk(k)
        if chunk is None or not (k > chunk[0] and sentence.is_possessive(k - 1)):
            return
        subjects = [(chunk[0], k)]
    for subject in subjects:
        for obj in objects:
            if _fits(sentence, trigger.label, trigger.conditions, subject, obj):
                yield make_relation(
                    sentence, trigger.label, subject, obj, (k, match.end), trigger.rule, polarity
                )


_FRAMES: Final[dict[str, Callable[[Sentence, Match], Iterator[FoundRelation]]]] = {
    "verb": _verb,
    "noun": _noun,
    "with": _with,
    "participle": _participle,
    "charge": read_charge,
    "plead": read_charge,
    "face": read_faced,
    "allegedly": read_alleged,
    "allegation": read_allegation,
    "reward": read_reward,
}


# -- what fits


def _fits(sentence: Sentence, kind: str, conditions: Sequence[str], subject: Range, obj: Range) -> bool:
    """Whether two noun phrases can be the parties of a relation of this kind.

    Of the ``conditions`` of a table row, ``@person`` asks for a person's name
    as the subject and ``@named`` for a body's name as the object.
    """
    head, other = sentence.low[sentence.head(subject)], sentence.low[sentence.head(obj)]
    if other in small("no_subject") or head in small("no_subject") - small("personal"):
        return False
    if sentence.tags[sentence.head(obj)] in "#Y" or not _fits_object(sentence, kind, obj):
        return False
    if "@person" in conditions and not (has_name(sentence, subject, "PER") or head in small("holders")):
        return False
    if "@named" in conditions and not has_name(sentence, obj, "ORG"):
        return is_body(sentence, obj) and has_name(sentence, obj) and kind == "member_of"
    party = is_person(sentence, subject) or is_body(sentence, subject) or head in small("personal")
    named = has_name(sentence, subject) or has_name(sentence, obj)
    if kind in ("owns", "leads", "member_of"):
        plain = "@plain" in conditions and sentence.tags[obj[0]] in "D#"
        return (party or (kind == "owns" and has_name(sentence, subject))) and (named or plain)
    if kind == "collaborates_with":
        return (party or has_name(sentence, subject)) and (named or "@plain" in conditions)
    if kind == "part_of":
        return (party or has_name(sentence, subject, "ORG")) and head not in small("personal") - {"they"}
    if kind == "located_in":
        return has_name(sentence, subject, "ORG PER MISC") or party or head in words("contexts", "buildings")
    return True


def _fits_object(sentence: Sentence, kind: str, obj: Range) -> bool:
    head = sentence.low[sentence.head(obj)]
    body = is_body(sentence, obj)
    if kind == "leads":
        people = sentence.named[sentence.head(obj)] < 0 and head.endswith("s") and head in grammar().parties
        none = small("territories") | small("inquiries") | small("contestants")
        return (body or people) and head not in none
    if kind == "member_of":
        return has_name(sentence, obj, "ORG") or body
    if kind == "owns":
        return (
            has_name(sentence, obj, "ORG") or body or head in words("contexts", "buildings") | small("goods")
        )
    if kind == "collaborates_with":
        party = has_name(sentence, obj) or body or is_person(sentence, obj)
        return party and head not in small("inquiries")
    if kind == "part_of":
        return has_name(sentence, obj, "ORG") or body
    if kind == "located_in":
        return has_name(sentence, obj, "LOC ORG") or head in small("corners")
    return True
