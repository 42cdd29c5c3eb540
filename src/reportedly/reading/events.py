"""Events: what happened, who did it to whom, in PLOVER's 16 types.

A wording of ``data/plover.tsv`` announces an event (Open Event Data Alliance
2018); light phrase finding (:mod:`.phrases`) gives actors and recipients,
:mod:`.status` says whether it occurred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from reportedly.data.tables import words
from reportedly.records.things import PloverType, Status

from .page import Name, Page
from .parties import has_name, is_official, is_party, is_somebody
from .phrases import Sentence, VerbGroup, sentences
from .status import noun_status, verb_status
from .subjects import subject_of
from .triggers import Match, load, matches
from .wordforms import VERBS, grammar, small
from .wordtags import Range

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """One event. All spans are character offsets of the page's text, half open.

    ``rule`` is the table row that found it.
    """

    trigger: Span
    type: PloverType
    mode: str | None
    status: Status
    actors: tuple[Span, ...]
    recipients: tuple[Span, ...]
    rule: str


def find_events(page: Page, names: Sequence[Name]) -> list[FoundEvent]:
    """Return the events that a page tells, in the order of their triggers."""
    index = load("plover")
    tagged = sentences(page, names)
    found: list[FoundEvent] = []
    for number in range(len(page.sentences)):
        sentence = tagged[number]
        seen: set[int] = set()
        end = -1
        for match in matches(sentence, index):
            if not seen.isdisjoint(match.parts):
                continue
            event = _event(sentence, match)
            if event is None:
                continue
            seen.update(match.parts)
            if (
                event.type in small("hostile")
                and found
                and found[-1].type == "AGREE"
                and end in (match.start, match.start - 1)
            ):
                found.pop()  # "vowed to fight": no agreement
            found.append(event)
            end = match.end
    return found


def _event(sentence: Sentence, match: Match) -> FoundEvent | None:
    trigger = match.trigger
    if "said" in trigger.to:
        return _demand(sentence, match)
    by_verb = sentence.tags[match.start] in VERBS or (
        trigger.kind == "w" and sentence.tags[match.start] == "B"
    )
    if by_verb:
        group = sentence.group(match.start)
        actors, recipients = _of_verb(sentence, match, group)
        status = verb_status(sentence, group)
    else:
        if _is_modifier(sentence, match):
            return None
        actors, recipients = _of_noun(sentence, match)
        status = noun_status(sentence, (match.start, match.end), trigger.label)
    actors = [a for a in actors if not _overlaps(a, match)]
    recipients = [
        r for r in recipients if r not in actors and ("self" in trigger.to or not _overlaps(r, match))
    ]
    if any(sentence.low[a[0]] == "you" for a in actors) or not _fits(
        sentence, trigger.conditions, actors, recipients, match.end
    ):
        return None
    if by_verb and status == "occurred" and _is_nobody(sentence, recipients if group.passive else actors):
        status = "denied"
    words_ = sentence.words
    return FoundEvent(
        trigger=(words_[match.start].start, words_[match.end - 1].end),
        type=cast(PloverType, trigger.label),
        mode=trigger.mode,
        status=status,
        actors=tuple(sentence.span(a) for a in actors),
        recipients=tuple(sentence.span(r) for r in recipients),
        rule=trigger.rule,
    )


def _is_nobody(sentence: Sentence, phrases: Sequence[Range]) -> bool:
    return any(sentence.low[p[0]] in small("nobody") for p in phrases)


def _demand(sentence: Sentence, match: Match) -> FoundEvent | None:
    """Read "A said B must …" as a demand on B."""
    k = match.start
    addressed = sentence.phrases_before(k) if k and sentence.chunk(k - 1) else []
    if not addressed:
        return None
    for j in range(addressed[0][0] - 1, max(-1, addressed[0][0] - 5), -1):
        if sentence.tags[j] in VERBS and sentence.lemma(j) in small("demanding"):
            speakers = subject_of(sentence, sentence.group(j))
            if not (
                is_official(sentence, addressed[0])
                and _fits(sentence, match.trigger.conditions, speakers, addressed, match.end)
            ):
                return None
            return FoundEvent(
                (sentence.words[k].start, sentence.words[k].end),
                cast(PloverType, match.trigger.label),
                match.trigger.mode,
                "occurred",
                tuple(map(sentence.span, speakers)),
                tuple(map(sentence.span, addressed)),
                match.trigger.rule,
            )
    return None


def _is_modifier(sentence: Sentence, match: Match) -> bool:
    """Whether an event noun only describes another noun ("arrest warrant", "strike group")."""
    k = match.end
    if match.trigger.kind == "v" or k >= len(sentence) or sentence.tags[k] != "N":
        return False
    return sentence.low[k] not in words("contexts", "event_heads") and sentence.chunk(
        match.end - 1
    ) == sentence.chunk(k)


def _overlaps(phrase: Range, match: Match) -> bool:
    return (
        phrase[0] < match.end
        and phrase[1] > match.start
        and any(phrase[0] <= k < phrase[1] for k in match.parts)
    )


# -- verbs


def _of_verb(sentence: Sentence, match: Match, group: VerbGroup) -> tuple[list[Range], list[Range]]:
    trigger = match.trigger
    direct = "obj" in trigger.to
    passive = group.passive or (direct and sentence.is_reduced_passive(group))
    if passive:
        agent = _by(sentence, match.end)
        if group.passive:
            patient = subject_of(sentence, group)
        else:
            patient = sentence.described(group) or subject_of(sentence, group)
        if not direct and not patient:
            return agent, _by_prepositions(sentence, match.end, trigger.to)
        if not direct:
            return agent, _by_prepositions(sentence, match.end, trigger.to) or patient
        return agent, patient
    actors = subject_of(sentence, group)
    if "subj" in trigger.to:
        return _by(sentence, match.end), actors
    recipients: list[Range] = []
    last = match.end - 1
    if not direct and "inf" not in trigger.to and len(match.parts) > 1 and sentence.tags[last] in "PTS":
        return actors, sentence.phrases_after(match.end) or _by_prepositions(sentence, match.end, trigger.to)
    gapped = None in trigger.rest
    if trigger.to[:1] == ("self",):
        return actors, _itself(sentence, last)
    if "inf" in trigger.to:
        recipients = _of_infinitive(sentence, match.end)
    if not recipients and direct:
        at = (
            match.start + 1
            if gapped and len(match.parts) > 1 and match.parts[1] > match.start + 1
            else match.end
        )
        recipients = sentence.phrases_after(at)
        recipients = [r for r in recipients if not _overlaps(r, match)] or sentence.phrases_after(match.end)
    prepositions = tuple(p for p in trigger.to if p not in ("obj", "inf"))
    if not recipients and prepositions:
        recipients = _by_prepositions(sentence, match.end, prepositions)
    if not recipients and None in trigger.rest and sentence.tags[last] == "N":
        chunk = sentence.chunk(last)
        if chunk is not None and chunk[0] > match.start:
            recipients = _possessor(sentence, chunk, last)  # "rejected a Bordurian offer"
    if not recipients and "self" in trigger.to:
        recipients = _itself(sentence, last)
    return actors, recipients


def _itself(sentence: Sentence, k: int) -> list[Range]:
    """Return the noun phrase that the last word of a wording stands in."""
    chunk = sentence.chunk(k)
    return [(chunk[0], (sentence.phrase(chunk[0]) or chunk)[1])] if chunk else []


def _of_infinitive(sentence: Sentence, k: int) -> list[Range]:
    """Return the object of the infinitive that begins at or after word ``k``."""
    stop = min(k + 6, len(sentence))
    for j in range(max(0, k - 1), stop):
        if sentence.tags[j] in "VG" and sentence.tags[j - 1] in "TX":
            found = sentence.phrases_after(j + 1)
            return found or _by_prepositions(sentence, j + 1, ("from", "to", "with", "on", "in", "against"))
    return []


def _by(sentence: Sentence, k: int) -> list[Range]:
    """Return the agent after "by" within a few words of ``k``."""
    for j in range(k, min(k + 14, len(sentence))):
        if sentence.low[j] == "by":
            found = sentence.phrases_after(j + 1)
            if found and sentence.tags[j + 1] != "Y" and sentence.tags[j + 1] != "G":
                return found
            return []
        if sentence.tags[j] in ";VFR" or (sentence.low[j] == "," and not _adverb_by(sentence, j + 1)):
            return []
    return []


def _adverb_by(sentence: Sentence, k: int) -> bool:
    """Whether "apparently by" or the like stands at word ``k``."""
    return k + 1 < len(sentence) and sentence.tags[k] == "X" and sentence.low[k + 1] == "by"


def _by_prepositions(sentence: Sentence, k: int, prepositions: Sequence[str]) -> list[Range]:
    """Return the noun phrases after the first of ``prepositions`` that follows word ``k`` closely."""
    best: tuple[int, list[Range]] | None = None
    skip = k
    for j in range(k, min(k + 12, len(sentence))):
        tag, low = sentence.tags[j], sentence.low[j]
        if j < skip:
            continue
        if low in prepositions and tag in "PTSX":
            found = sentence.phrases_after(j + 1)
            if found and sentence.tags[j + 1] not in "Y":
                rank = prepositions.index(low)
                if best is None or rank < best[0]:
                    best = (rank, found)
                if rank == 0:
                    break
        elif tag == "P" and low != "of":
            inner = sentence.phrase(j + 1)  # what another preposition brings is not ours
            skip = inner[1] if inner is not None else j + 1
        if tag in ";VFR" or (tag in "EG" and j > k) or (tag == "S" and low not in prepositions):
            break
    return best[1] if best else []


# -- nouns


def _of_noun(sentence: Sentence, match: Match) -> tuple[list[Range], list[Range]]:
    trigger = match.trigger
    chunk = sentence.chunk(match.start) or (match.start, match.end)
    actors = _possessor(sentence, chunk, match.start)
    prepositions = tuple(p for p in trigger.to if p not in ("by", "from", "obj", "inf"))
    recipients = _by_prepositions(sentence, match.end, prepositions) if prepositions else []
    by = _by(sentence, match.end) if "by" in trigger.to else []
    if not recipients or not by:
        after = _passive_after(sentence, match.end)
        if after is not None:
            recipients = recipients or _by_prepositions(sentence, after, prepositions)
            by = by or _by(sentence, after)
    if not by and "from" in trigger.to:
        by = _by_prepositions(sentence, match.end, ("from",))
    mutual = (
        "between" in prepositions
        and "between" in sentence.low[match.end : match.end + 6]
        and len(recipients) > 1
    )
    if mutual:
        return recipients, []
    if trigger.to[:1] == ("of",) and actors and not recipients:
        actors, recipients = [], actors  # "his arrest": the possessor suffers it
    if by:
        if actors and not recipients:
            recipients = actors
        return by, recipients
    if not actors or sentence.low[actors[0][0]] in small("possessive"):
        actors = _light_subject(sentence, chunk) or actors  # "rebels continued their attacks"
    if not recipients and "obj" in trigger.to:
        recipients = sentence.phrases_after(match.end)
    return actors, recipients


def _passive_after(sentence: Sentence, k: int) -> int | None:
    """Return the word after the passive verb that the event noun before word ``k`` is the subject of."""
    for j in range(k, min(k + 10, len(sentence))):
        tag = sentence.tags[j]
        if tag in "EL":
            return j + 1 if sentence.group(j).passive else None
        if tag in ",;RSVFG":
            return None
    return None


def _possessor(sentence: Sentence, chunk: Range, k: int) -> list[Range]:
    """Return who stands before an event noun in its phrase: "Kenya's attack", "the U.S. strikes"."""
    for j in range(k - 1, chunk[0] - 1, -1):
        if sentence.is_possessive(j):
            start = chunk[0]
            if j > start and sentence.tags[start] == "D" and sentence.low[start] in ("this", "these"):
                start += 1
            return [(start, j + 1)]
    start = chunk[0]
    while start < k and sentence.tags[start] in "D#":
        if sentence.low[start] in ("their", "his", "its", "our", "my"):
            return [(start, start + 1)]
        start += 1
    for j in range(start, k):
        name = sentence.named[j]
        if name >= 0:
            end = j
            while end + 1 < k and sentence.named[end + 1] == name:
                end += 1
            if (
                sentence.names[name].type == "LOC"
                and end + 1 < k
                and sentence.low[end + 1] in grammar().parties
            ):
                end += 1
            return [(j, end + 1)]
        if sentence.low[j] in grammar().parties and sentence.low[j] not in small("describing"):
            return [(start, j + 1)]
    return []


def _light_subject(sentence: Sentence, chunk: Range) -> list[Range]:
    """Return the subject of the verb that an event noun is the object of ("launched an attack")."""
    j = chunk[0] - 1
    if j >= 2 and sentence.low[j] == "for" and sentence.low[j - 1] in ("responsibility", "credit"):
        taker = sentence.tags[j - 2] in VERBS and sentence.lemma(j - 2) in small("claiming")
        return subject_of(sentence, sentence.group(j - 2)) if taker else []
    if j >= 0 and sentence.low[j] in ("out", "in", "up", "into", "for", "off", "of") and j >= 1:
        j -= 1
    if j < 0 or sentence.tags[j] not in VERBS or sentence.lemma(j) not in grammar().light:
        return []
    group = sentence.group(j)
    if group.passive or (sentence.is_reduced_passive(group) and sentence.tags[j] != "G"):
        return []
    return subject_of(sentence, group)


# -- conditions


def _fits(
    sentence: Sentence, needs: Sequence[str], actors: Sequence[Range], recipients: Sequence[Range], end: int
) -> bool:
    """Whether actors and recipients meet the conditions of a trigger that ends at word ``end``."""
    for need in needs:
        if need == "@party":
            if not any(is_party(sentence, p) for p in (*actors, *recipients)):
                return False
        elif need == "@both":
            mutual = len(actors) > 1 and all(is_party(sentence, p) for p in actors)
            both = any(is_party(sentence, p) for p in actors) and any(
                is_party(sentence, p) for p in recipients
            )
            if not (mutual or both):
                return False
        elif need == "@patient":
            if not any(is_party(sentence, p) for p in recipients):
                return False
        elif need == "@thing":
            if not sentence.phrases_after(end):
                return False
        elif need == "@object":
            if not recipients:
                return False
        elif need == "@infinitive":
            if end >= len(sentence) or sentence.tags[end] not in "VBHX":
                return False
        elif need == "@person":
            if not any(is_somebody(sentence, p) for p in recipients):
                return False
        elif need == "@official":
            if not any(is_official(sentence, p) for p in actors):
                return False
        elif need == "@name" and not any(has_name(sentence, p) for p in (*actors, *recipients)):
            return False
    return True
