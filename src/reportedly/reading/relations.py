"""Relations: what a report states of two parties ("leads", "accused_of", "reward_for").

Wordings stand in ``data/relations.tsv``, posts in ``data/posts.tsv``; subjects
and objects come from light phrase finding (:mod:`.phrases`). Patterns of this
kind go back to Hearst (1992); precision is preferred to recall, so most of
them ask for a name or a fitting head noun on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from .page import Name, Page
from .parties import described, has_name, is_body, is_person, posts
from .phrases import Sentence, sentences
from .posts import FoundRelation, Span, make_relation, read_based, read_post
from .status import verb_status
from .triggers import Match, load, matches
from .wordforms import VERBS, grammar, small
from .wordtags import Range

__all__ = ["FoundRelation", "find_relations"]


def find_relations(page: Page, names: Sequence[Name]) -> list[FoundRelation]:
    """Return the relations that a page states, sentence by sentence."""
    index, heads = load("relations"), posts()
    tagged = sentences(page, names)
    found: dict[tuple[str, Span, Span], FoundRelation] = {}
    for number in range(len(page.sentences)):
        sentence = tagged[number]
        for match in matches(sentence, index):
            for relation in _FRAMES[match.trigger.mode or "verb"](sentence, match):
                found.setdefault((relation.type, relation.subject, relation.object), relation)
        for k, word in enumerate(sentence.low):
            if word.endswith("-based") or (word in heads and sentence.named[k] < 0):
                make = read_based if word.endswith("-based") else read_post
                for relation in make(sentence, k):
                    found.setdefault((relation.type, relation.subject, relation.object), relation)
    return list(found.values())


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


def _complement(sentence: Sentence, k: int) -> Range | None:
    """Return what follows "of" or "with" in a charge: a noun phrase, or an -ing form with its object."""
    if k >= len(sentence):
        return None
    start = k
    if sentence.tags[k] == "G":
        k += 1
        while k < len(sentence) and sentence.tags[k] in "GX":
            k += 1
        objects = sentence.phrases_after(k)
        if objects:
            return start, (sentence.phrase(objects[-1][0], small("object_post")) or objects[-1])[1]
        if k < len(sentence) and (sentence.tags[k] in "PT" or sentence.low[k] == "as"):
            objects = sentence.phrases_after(k + 1)
            if objects:
                return start, objects[-1][1]
        return start, k
    found = sentence.phrases_after(k)
    return (found[0][0], found[-1][1]) if found else None


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
        objects = ([] if group.passive else sentence.described(group)) or sentence.subject(group)
    elif passive:
        return
    else:
        subjects, objects = sentence.subject(group), _objects(sentence, match.end)
    kind = trigger.label
    for subject in subjects:
        for obj in objects:
            if subject != obj and _fits(sentence, kind, trigger.pattern, subject, obj):
                yield make_relation(
                    sentence, kind, subject, obj, (match.start, match.end), trigger.rule, status != "denied"
                )


def _is_said(sentence: Sentence, start: int) -> bool:
    """Whether an infinitive hangs on "is said to", "is believed to"."""
    j = start - 1
    return j >= 0 and sentence.tags[j] == "E" and sentence.lemma(j) in grammar().reporting


def _fits(sentence: Sentence, kind: str, pattern: str, subject: Range, obj: Range) -> bool:
    if sentence.low[sentence.head(subject)] in small("no_subject") or sentence.low[
        sentence.head(obj)
    ] in small("no_subject"):
        return False
    if kind == "leads":
        named = has_name(sentence, subject) or has_name(sentence, obj)
        strict = pattern in ("run", "oversee")
        body = is_body(sentence, obj)
        if strict:
            body = body and has_name(sentence, subject, "PER")
        return named and body and is_person(sentence, subject) and not _is_time_or_number(sentence, obj)
    if kind == "member_of":
        body = has_name(sentence, obj, "ORG") or (pattern == "belong to" and is_body(sentence, obj))
        return body and is_person(sentence, subject)
    if kind == "owns":
        if pattern == "own":
            return has_name(sentence, subject) and (has_name(sentence, obj, "ORG") or is_body(sentence, obj))
        return has_name(sentence, subject, "ORG PER") and has_name(sentence, obj, "ORG")
    if kind == "collaborates_with":
        both = is_person(sentence, subject) or is_body(sentence, subject)
        other = is_person(sentence, obj) or is_body(sentence, obj) or has_name(sentence, obj)
        return (
            both
            and other
            and (has_name(sentence, subject) or has_name(sentence, obj) or pattern.startswith("coll"))
        )
    if kind == "charged_with":
        return is_person(sentence, subject)
    return True


def _is_time_or_number(sentence: Sentence, phrase: Range) -> bool:
    return sentence.tags[sentence.head(phrase)] in "#Y"


def _charge(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Somebody is accused of, or charged with, something."""
    trigger, k = match.trigger, match.start
    if sentence.tags[k] not in VERBS:
        return
    group = sentence.group(k)
    of = next((j for j in range(k + 1, min(k + 16, len(sentence))) if sentence.low[j] in trigger.to), None)
    if of is None or (any(sentence.low[j] in (",", ";") for j in range(k + 1, of)) and of - k < 3):
        return
    if (
        trigger.label == "charged_with"
        and sentence.tags[min(of + 1, len(sentence) - 1)] == "D"
        and sentence.lemma(k) == "charge"
    ):
        nxt = sentence.low[of + 1]
        if nxt in ("the", "his", "her", "their", "this"):
            return
    passive = group.passive or of == k + 1 or sentence.is_reduced_passive(group)
    if passive:
        if group.passive:
            accused = sentence.subject(group)
        else:
            accused = sentence.described(group) or sentence.subject(group)
    else:
        accused = sentence.phrases_after(k + 1, frozenset())
        if not accused or not any(a[1] <= of for a in accused):
            return
    content = _complement(sentence, of + 1)
    if content is None:
        return
    status = verb_status(sentence, group)
    if status in ("hypothetical", "planned", "threatened") and group.helpers:
        return
    for one in accused:
        if one[0] < content[1] and content[0] < one[1]:
            continue
        if sentence.low[sentence.head(one)] in small("no_subject") - {"i", "you", "we"} or (
            sentence.tags[one[0]] == "#" and one[1] - one[0] == 1
        ):
            continue
        positive = status != "denied" and sentence.low[one[0]] not in small("nobody")
        yield make_relation(sentence, trigger.label, one, content, (k, of + 1), trigger.rule, positive)


def _face(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Somebody faces charges of a kind ("faces fraud charges")."""
    if sentence.tags[match.start] not in VERBS:
        return
    group = sentence.group(match.start)
    status = verb_status(sentence, group)
    if status not in ("occurred", "ongoing", "denied"):
        return
    for subject in sentence.subject(group):
        if is_person(sentence, subject):
            obj = (match.parts[1], match.end)
            yield make_relation(
                sentence,
                "charged_with",
                subject,
                obj,
                (match.start, match.end),
                match.trigger.rule,
                status != "denied",
            )


def _noun(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """A noun that describes somebody ("X, a member of Y", "X is part of Y")."""
    kind = match.trigger.label
    objects = _objects(sentence, match.end)
    if not objects:
        return
    chunk = sentence.chunk(match.start) or (match.start, match.end)
    if kind == "part_of":
        objects = [o for o in objects if has_name(sentence, o, "ORG LOC")]
    elif kind == "collaborates_with":
        objects = [o for o in objects if has_name(sentence, o, "PER ORG")]
    elif kind == "owns":
        objects = [o for o in objects if has_name(sentence, o, "ORG") or is_body(sentence, o)]
    else:
        objects = [o for o in objects if has_name(sentence, o, "ORG LOC MISC") or is_body(sentence, o)]
    for holder, polarity in described(sentence, (chunk[0], objects[-1][1] if objects else match.end)):
        if not has_name(sentence, holder) and not is_person(sentence, holder):
            continue
        if kind == "part_of" and not has_name(sentence, holder):
            continue
        if kind == "part_of" and has_name(sentence, holder, "PER") and sentence.low[match.start] == "part":
            continue
        for obj in objects:
            yield make_relation(
                sentence, kind, holder, obj, (match.start, match.end), match.trigger.rule, polarity
            )


def _reward(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """An amount offered for somebody ("a $5 million bounty on X", "a reward for his capture")."""
    k = match.start
    chunk = sentence.chunk(k)
    if chunk is None:
        return
    amount = (chunk[0], k + 1)
    end = k + 1
    if end + 1 < len(sentence) and sentence.low[end] == "of":
        inner = sentence.chunk(end + 1) or (
            sentence.chunk(end + 3) if sentence.low[end + 1] == "up" else None
        )
        if inner is not None and any(sentence.tags[j] == "#" for j in range(*inner)):
            amount, end = (chunk[0], inner[1]), inner[1]
    has_money = any(
        sentence.low[j] in "$€£" or sentence.low[j] in ("million", "dollars", "euros") for j in range(*amount)
    )
    is_bounty = sentence.low[k].startswith("bount")
    target: list[Range] = []
    for j in range(end, min(end + 24, len(sentence))):
        low = sentence.low[j]
        if (
            low in ("for", "on")
            and j + 1 < len(sentence)
            and sentence.low[j + 1] not in ("information", "tips", "anyone", "any")
        ):
            if low == "on" and not is_bounty:
                continue
            target = _objects(sentence, j + 1)
            break
        if low in small("capture") and sentence.tags[j] == "N":
            break
        if (
            low == ";"
            or sentence.tags[j] in "RF"
            or (sentence.tags[j] in VERBS and sentence.lemma(j) not in small("offering"))
        ):
            break
    if not target or _is_capture(sentence, target[0]):
        start = target[0][0] if target else end
        target = _captured(sentence, start, min(start + 24, len(sentence)))
        has_money = has_money or bool(target)
    if not (has_money or is_bounty):
        return
    for one in target:
        if (
            is_person(sentence, one)
            or has_name(sentence, one)
            or sentence.low[one[0]] in ("his", "her", "their")
        ):
            yield make_relation(sentence, "reward_for", amount, one, (k, k + 1), match.trigger.rule)


def _is_capture(sentence: Sentence, phrase: Range) -> bool:
    return not small("capture").isdisjoint(sentence.low[phrase[0] : phrase[1]])


def _captured(sentence: Sentence, start: int, stop: int) -> list[Range]:
    """Return who is to be captured: "the arrest of X", "X's capture", "his capture"."""
    for j in range(start, stop):
        if sentence.low[j] not in small("capture"):
            continue
        if j + 2 < len(sentence) and sentence.low[j + 1] == "of":
            return sentence.phrases_after(j + 2)
        chunk = sentence.chunk(j)
        if chunk is not None and j > chunk[0]:
            if sentence.low[chunk[0]] in ("his", "her", "their"):
                return [(chunk[0], chunk[0] + 1)]
            if sentence.is_possessive(j - 1):
                return [(chunk[0], j)]
    return []


def _place(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """Somebody or something has its seat somewhere ("based in", "headquartered in")."""
    k = match.start
    objects = [o for o in sentence.phrases_after(match.end)[:1] if has_name(sentence, o, "LOC ORG")]
    if not objects:
        return
    if sentence.tags[k] in VERBS:
        if sentence.tags[k] not in "EL":
            return
        group = sentence.group(k)
        if verb_status(sentence, group) not in ("occurred", "ongoing"):
            return
        if group.passive:
            subjects = sentence.subject(group)
        else:
            j = group.start - 1
            j -= j >= 1 and sentence.low[j] == ","
            subjects = (
                sentence.phrases_before(j + 1, frozenset({"of"}))[-1:] if j >= 0 and sentence.chunk(j) else []
            )
    else:
        chunk = sentence.chunk(k)
        if chunk is None or not (k > chunk[0] and sentence.is_possessive(k - 1)):
            return
        subjects = [(chunk[0], k)]
    for subject in subjects:
        if has_name(sentence, subject, "ORG PER MISC") or is_body(sentence, subject):
            yield make_relation(
                sentence, "located_in", subject, objects[0], (k, match.end), match.trigger.rule
            )


_FRAMES: Final[dict[str, Callable[[Sentence, Match], Iterator[FoundRelation]]]] = {
    "verb": _verb,
    "charge": _charge,
    "face": _face,
    "noun": _noun,
    "reward": _reward,
    "place": _place,
}
