"""What the readers of relations give: a relation with its spans, and how one is made from runs of words."""

from __future__ import annotations

from dataclasses import dataclass

from .phrases import Sentence
from .wordtags import Range

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """One relation. All spans are character offsets of the page's text, half open.

    ``spans`` cover the whole evidence; ``polarity`` is false where the text
    denies the relation; ``rule`` is the table row or rule that found it.
    """

    type: str
    subject: Span
    object: Span
    spans: tuple[Span, ...]
    polarity: bool
    rule: str


def make_relation(
    sentence: Sentence, kind: str, subject: Range, obj: Range, at: Range, rule: str, polarity: bool = True
) -> FoundRelation:
    """Build a relation from runs of words; ``at`` are those of the wording that states it."""
    start, end = min(subject[0], obj[0], at[0]), max(subject[1], obj[1], at[1])
    return FoundRelation(
        kind, sentence.span(subject), sentence.span(obj), (sentence.span((start, end)),), polarity, rule
    )
