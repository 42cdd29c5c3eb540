"""Which candidate a pronoun most likely stands for: a weighted sum over a few features.

Distance, subjecthood and frequency are Hobbs's (1978) and Lappin and Leass's (1994) evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..data import tables
from .mentions import Mention


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that a pronoun may stand for, with what tells for and against it.

    ``mention`` is the last of its chain before the pronoun, ``size`` how many the chain has there, and
    ``named`` whether one of them is a name. ``sentences`` and ``between`` count what stands from it to
    the pronoun. ``tells`` and ``told`` say whether it, and the pronoun, is the subject of a speech verb.
    """

    mention: Mention
    size: int
    named: bool
    sentences: int
    between: int
    quoted: bool
    same_speech: bool
    speaks: bool
    tells: bool
    told: bool
    gender: bool
    clause: bool
    same_paragraph: bool


def features(pronoun: Mention, candidates: Sequence[Candidate]) -> list[dict[str, float]]:
    """Return what tells for or against each candidate; candidates come nearest first."""
    found = []
    subjects = persons = 0
    reflexive = pronoun.word.endswith(("self", "selves"))
    for rank, c in enumerate(candidates):
        m = c.mention
        fresh = m.subject and not c.quoted
        own = {
            "sentences": float(min(c.sentences, 4)),
            "same_sentence": float(c.sentences == 0),
            "last_sentence": float(c.sentences == 1),
            "same_paragraph": float(c.same_paragraph),
            "between": math.log1p(c.between),
            "rank": math.log1p(rank),
            "nearest": float(rank == 0),
            "subject": float(m.subject),
            "subjects": float(m.subject and pronoun.subject),
            "last_subject": float(fresh and subjects == 0),
            "first_in_sentence": float(m.first <= 2),
            "opening": float(m.first <= 2 and pronoun.first <= 2),
            "possessive": float(m.possessive),
            "size": math.log(c.size),
            "named": float(c.named),
            "name": float(m.kind == "name"),
            "pronoun": float(m.kind == "pronoun"),
            "same_word": float(m.word == pronoun.word),
            "quoted_apart": float(c.quoted and not c.same_speech),
            "same_speech": float(c.same_speech),
            "speaks": float(c.speaks),
            "tells": float(c.tells),
            "tells_too": float(c.tells and c.told),
            "last_to_tell": float(c.tells and persons == 0),
            "gender": float(c.gender),
            "clause_object": float(c.clause and not pronoun.possessive and not reflexive),
            "clause_own": float(c.clause and (pronoun.possessive or reflexive)),
            "own_subject": float(c.clause and m.subject and (pronoun.possessive or reflexive)),
            "noun": float(m.kind == "noun"),
            "definite": float(m.kind == "noun" and m.definite),
            "indefinite": float(m.kind == "noun" and m.indefinite),
            "person": float(m.sort == "person"),
            "body": float(m.sort == "body"),
            "place": float(m.sort == "place"),
            "thing": float(m.sort == "thing"),
            "plural": float(m.number == "p"),
            "owning_thing": float(m.sort == "thing" and pronoun.possessive),
            "owning_body": float(m.sort == "body" and pronoun.possessive),
        }
        subjects += fresh
        persons += c.tells
        found.append(own)
    return found


def best_antecedent(pronoun: Mention, candidates: Sequence[Candidate]) -> Mention | None:
    """Return the likeliest candidate, or ``None`` if there is none or none is likely."""
    weights = tables.toml("pronouns")[table_for(pronoun, candidates)]
    best: tuple[float, Mention] | None = None
    for c, told in zip(candidates, features(pronoun, candidates), strict=True):
        score = sum(weights.get(name, 0.0) * value for name, value in told.items() if value)
        if best is None or score > best[0]:
            best = (score, c.mention)
    return best[1] if best is not None and best[0] >= weights["nobody"] else None


def table_for(pronoun: Mention, candidates: Sequence[Candidate]) -> str:
    """Return the name of the table of weights; who speaks has one of its own."""
    if pronoun.sort == "person":
        return "speaker" if candidates and candidates[0].told else "person"
    return "it" if pronoun.word in tables.words("people", "pronouns_it") else "they"
