"""Event status: whether an event occurred, is going on, is planned, threatened, hypothetical or denied.

The cues are those of event factuality work (Saurí and Pustejovsky 2009):
auxiliaries and negation of the event's own verb, the verbs and nouns that
govern it, adjectives before an event noun. They stand in ``data/status.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from reportedly.data.tables import toml
from reportedly.records.things import Status

from .phrases import Sentence, VerbGroup
from .wordforms import AUXILIARY, VERBS, grammar, small
from .wordtags import Range

_DEPTH: Final = 4
_PRESENT: Final = frozenset({"is", "are", "am", "'s", "'re", "isn't", "aren't"})
# "pressed them into leaving", "stopped them from leaving": the object's own doing, as with an infinitive
_FROM: Final = frozenset({"into", "from", "against"})
_MUST: Final = frozenset({"have", "has", "'ve"})  # "has to leave", not "had to leave"
_SPEECH: Final = frozenset({"ACCUSE", "REQUEST", "THREATEN", "REJECT", "AGREE"})


@dataclass(frozen=True, slots=True)
class _Cues:
    modal: dict[str, Status]
    verb: dict[str, Status]
    before: dict[str, Status]
    after: frozenset[str]
    negation: frozenset[str]
    clause: frozenset[str]
    own: frozenset[str]
    not_noun: frozenset[str]
    implicative: frozenset[str]
    nouns: frozenset[str]


@cache
def _cues() -> _Cues:
    data = toml("status")
    tables: dict[str, dict[str, Status]] = {"modal": {}, "verb": {}, "before": {}}
    for name in reversed(data["order"].split()):
        for field, table in tables.items():
            table.update(dict.fromkeys(data[name].get(field, "").split(), cast(Status, name)))
    return _Cues(
        modal=tables["modal"],
        verb=tables["verb"],
        before=tables["before"],
        after=frozenset(data["ongoing"]["after"].split()),
        negation=frozenset(data["denied"]["negation"].split()),
        clause=frozenset(data["hypothetical"]["clause"].split()),
        own=frozenset(data["planned"]["own"].split()),
        not_noun=frozenset(data["planned"]["not_noun"].split()),
        implicative=frozenset(data["occurred"]["implicative"].split()),
        nouns=frozenset(data["occurred"]["nouns"].split()),
    )


def verb_status(sentence: Sentence, group: VerbGroup) -> Status:
    """Return the status of the event that a verb tells."""
    return _of_verb(sentence, group, 0) or _of_clause(sentence, group.start) or "occurred"


def noun_status(sentence: Sentence, trigger: Range, kind: str) -> Status:
    """Return the status of the event of PLOVER type ``kind`` that the noun at words ``trigger`` tells."""
    cues = _cues()
    chunk = sentence.chunk(trigger[0]) or trigger
    governing = _governing(sentence, chunk, kind)
    if governing == "denied":
        return governing  # "rejected any possible talks"
    for k in range(trigger[0] - 1, chunk[0] - 1, -1):
        found = cues.before.get(sentence.low[k])
        if found is not None:
            return found
    if governing is not None:
        return governing
    following = _following(sentence, trigger[1])
    return following or _of_clause(sentence, chunk[0]) or "occurred"


def word_status(sentence: Sentence, k: int) -> Status:
    """Return the status of the event that any one word tells, a verb or not."""
    if sentence.tags[k] in VERBS:
        return verb_status(sentence, sentence.group(k))
    if k and sentence.low[k - 1] in _cues().negation:
        return "denied"  # "not sufficient"
    return noun_status(sentence, (k, k + 1), "")


def _of_verb(sentence: Sentence, group: VerbGroup, depth: int) -> Status | None:
    cues = _cues()
    if any(h in cues.negation for h in group.helpers):
        return "denied"
    asked = _of_question(sentence, group)
    if asked is not None:
        return asked
    for helper in group.helpers:
        found = cues.modal.get(helper)
        if found is not None:
            return _reported_future(sentence, group) if helper in ("would", "'d") else found
    if group.infinitive or (sentence.tags[group.verb] == "G" and not group.progressive):
        return _governor(sentence, group, depth)
    if group.helpers[:1] == ("be",) and not group.infinitive:
        return "hypothetical"  # "demanded that he be freed"
    if group.progressive and not _PRESENT.isdisjoint(group.helpers):
        return "ongoing"
    if group.progressive and "been" in group.helpers:
        return "ongoing"
    return _coordinated(sentence, group, depth)


def _of_question(sentence: Sentence, group: VerbGroup) -> Status | None:
    """Return what an auxiliary before the verb's subject makes of it ("did he go?")."""
    chunk = sentence.chunk(group.start - 1)
    if chunk is None or group.infinitive or chunk[0] == 0 or sentence.tags[chunk[0] - 1] not in AUXILIARY:
        return None
    if sentence.low[chunk[0] - 1] in _cues().negation:
        return "denied"
    first = sentence.low[0] if chunk[0] > 1 else ""
    return "hypothetical" if sentence.low[-1] == "?" and first not in small("asking") else None


def _reported_future(sentence: Sentence, group: VerbGroup) -> Status:
    """Return what "would" means: planned after "said", threatened after "warned", else hypothetical."""
    for k in range(group.start - 1, max(-1, group.start - 15), -1):
        if sentence.tags[k] in VERBS:
            lemma = sentence.lemma(k)
            if lemma in ("warn", "threaten"):
                return "threatened"
            if lemma in small("announcing"):
                return "hypothetical" if _of_clause(sentence, group.start) else "planned"
            return "hypothetical"
    return "hypothetical"


def _coordinated(sentence: Sentence, group: VerbGroup, depth: int) -> Status | None:
    """Let "will arrest and deport" share its auxiliary."""
    j = group.start - 1
    if depth > 1 or j < 1 or sentence.low[j] not in ("and", "or") or sentence.tags[group.verb] != "V":
        return None
    for k in range(j - 1, max(-1, j - 12), -1):
        if sentence.tags[k] in VERBS:
            return _of_verb(sentence, sentence.group(k), depth + 1)
    return None


def _governor(sentence: Sentence, group: VerbGroup, depth: int) -> Status | None:
    """Return what the verb or noun that an infinitive or -ing form hangs on makes of it."""
    if depth > _DEPTH:
        return None
    cues = _cues()
    j = group.start - 1
    while j >= 0 and sentence.tags[j] in "XYP":
        if sentence.low[j] in cues.negation:
            return "denied"
        j -= 1
    if j < 0:
        return None
    aim: Status | None = "planned" if group.infinitive and group.helpers[:1] != ("have",) else None
    if sentence.tags[j] == "H" and group.infinitive:
        return "hypothetical" if sentence.low[j] in _MUST else None
    if sentence.tags[j] not in VERBS:
        if sentence.tags[group.verb] == "G" and sentence.tags[group.start - 1] not in "PT":
            return None
        chunk = sentence.chunk(j)
        if chunk is None:
            return aim
        for k in range(j, chunk[0] - 1, -1):
            found = cues.before.get(sentence.low[k])
            if found is not None:
                return found
        if sentence.low[j] in cues.nouns:
            return None
        told = sentence.phrases_before(j + 1)
        j = (told[0][0] if told else chunk[0]) - 1
        j -= j > 0 and sentence.tags[j] == "P"  # "called on them to leave"
        if j < 0 or sentence.tags[j] not in VERBS:
            return aim
        if not group.infinitive and sentence.low[group.start - 1] not in _FROM:
            return None
        if aim is not None and sentence.lemma(j) not in cues.verb.keys() | cues.implicative:
            return aim
    lemma = sentence.lemma(j)
    outer = sentence.group(j)
    found = cues.verb.get(lemma)
    if (lemma in cues.own and j == group.start - 1 and not outer.passive) or (
        sentence.low[j] == "going" and group.infinitive
    ):
        found = "planned"
    above = _of_verb(sentence, outer, depth + 1)
    if found is None:
        return above
    return "denied" if above == "denied" else found


def _of_clause(sentence: Sentence, start: int) -> Status | None:
    """Return "hypothetical" inside an "if" clause."""
    cues = _cues()
    for k in range(start - 1, max(-1, start - 12), -1):
        word = sentence.low[k]
        if word in cues.clause:
            return "hypothetical"
        if word in (",", ";", "that", "and", "but"):
            return None
    return None


def _governing(sentence: Sentence, chunk: Range, kind: str) -> Status | None:
    """Return what governs the event noun of ``chunk`` as its object makes of it."""
    cues = _cues()
    j = chunk[0] - 1
    if j < 0:
        return None
    if sentence.tags[j] in "PT" and sentence.low[j] in ("of", "for", "to", "from", "on", "against"):
        if sentence.tags[j - 1] not in VERBS:
            head = sentence.low[j - 1] if j else ""
            found = cues.before.get(head)
            return found if found in ("hypothetical", "planned", "threatened") else None
        j -= 1
    if sentence.tags[j] not in VERBS:
        return None
    lemma = sentence.lemma(j)
    group = sentence.group(j)
    if group.passive or (sentence.tags[j] in "EL" and sentence.is_reduced_passive(group)):
        return None
    found = cues.verb.get(lemma) if lemma not in cues.not_noun else None
    if (found == "denied" and kind in _SPEECH) or (found == "hypothetical" and kind == "REQUEST"):
        return None
    above = _of_verb(sentence, group, 1)
    if found is not None:
        return "denied" if above == "denied" and found != "denied" else found
    return above if lemma in grammar().light else None


def _following(sentence: Sentence, end: int) -> Status | None:
    """Return what the verb that the event noun is the subject of makes of it."""
    cues = _cues()
    for k in range(end, min(end + 12, len(sentence))):
        tag = sentence.tags[k]
        if tag in ",;RSW" or tag == "O":
            return None
        if tag not in VERBS:
            if sentence.low[k] in cues.after and any(t == "B" for t in sentence.tags[end:k]):
                return "ongoing"
            continue
        group = sentence.group(k)
        if not group.helpers and tag in "ELG":
            continue
        lemma = sentence.lemma(k)
        if group.passive and lemma in cues.verb:
            return cues.verb[lemma]
        if lemma in ("continue", "intensify", "persist", "escalate") and not group.passive:
            return "ongoing" if tag == "V" else None
        return _of_verb(sentence, group, 1) if lemma in small("happen") else None
    return None
