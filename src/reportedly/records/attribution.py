"""Attributions: who said what, by what word, how firmly, through whom."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from .span import Mention, Passage

SourceKind = Literal[
    "person", "organization", "official", "anonymous", "group", "outlet", "document", "hearsay", "narrator"
]
Stance = Literal[
    "assert", "confirm", "deny", "dispute", "allege", "predict", "intend", "demand", "question", "evaluate",
    "hint",
]  # fmt: skip
Factuality = Literal["CT+", "PR+", "PS+", "CT-", "PR-", "PS-", "CTu", "Uu"]
Quotation = Literal["direct", "indirect", "mixed"]

SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
STANCES: tuple[Stance, ...] = get_args(Stance)
FACTUALITIES: tuple[Factuality, ...] = get_args(Factuality)


class Source(Mention, frozen=True, kw_only=True):
    """Who says so. ``text`` is empty and ``spans`` too where nobody is named."""

    kind: SourceKind


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as a report attributes it.

    Source, cue and content are PARC's and PolNeAR's (Pareti 2016; Newell,
    Margolin and Ruths 2018). ``via`` is the chain through which the claim came,
    the outermost last. ``factuality`` is how firmly the *source* holds the
    content, in FactBank's values (Saurí and Pustejovsky 2009). ``parent`` is the
    attribution whose content this one stands in; ``disputes`` are those of the
    same report that it denies or contests. ``decided_by`` names the model or
    rule behind each decision.
    """

    id: str
    source: Source
    cue: Passage | None
    content: Passage
    via: tuple[Mention, ...] = ()
    quotation: Quotation
    stance: Stance
    factuality: Factuality
    hedges: tuple[Passage, ...] = ()
    parent: str | None = None
    disputes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    confidence: float
    decided_by: str
