"""The ledger over many reports: copies, citations, stories, claims with their origins, figures over time.

These records are what ``reportedly export --format ledger`` writes. Reports are
named by ``report.id``, attributions by their id in that report's reading. Times
are ISO 8601 in UTC. Every link carries ``why``: how it was decided, in words.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .attribution import Factuality, SourceKind, Stance
from .span import Passage, Span
from .things import Schema

CopyKind = Literal["full", "partial"]
Link = Literal["suggested", "confirmed"]
HopKind = Literal["copy", "citation", "source"]
ObjectionKind = Literal["denial", "contradiction", "figure", "retraction"]
Role = Literal["initial", "supersedes", "corrects", "disputes", "repeats"]


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """A report as the ledger lists it."""

    id: str
    outlet: str | None
    title: str | None
    published: str | None
    url: str | None
    sha256: str


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """``copy`` took its text, or part of it, from ``of``.

    ``shared`` is the share of the copy's shingles that stand in ``of`` too, 0 to
    1; ``spans`` are the passages of the copy's text that are taken over.
    """

    copy: str
    of: str
    kind: CopyKind
    why: str
    shared: float
    spans: tuple[Span, ...] = ()


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """``report`` says that it has something from ``outlet``; ``cited_report`` is null outside the desk."""

    report: str
    outlet: str
    cited_report: str | None
    text: str
    spans: tuple[Span, ...]


class StorySource(msgspec.Struct, frozen=True, kw_only=True):
    """Who says so, as the report has it; ``entity`` is an id of the ledger's entities."""

    text: str
    kind: SourceKind
    entity: str | None = None


class Appearance(msgspec.Struct, frozen=True, kw_only=True):
    """One attribution that makes a claim. ``score`` says how alike it is to the claim, 0 to 1."""

    report: str
    attribution: str
    content: Passage
    source: StorySource
    stance: Stance
    factuality: Factuality
    link: Link = "suggested"
    score: float = 1.0
    why: str = ""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A last source that the chain of at least one appearance leads to.

    ``through_report`` is the report nearest to it; ``None`` if that is not in the
    desk. ``certain`` tells whether it counts for the low end of the range.
    """

    source: str
    kind: str
    through_report: str | None
    why: str
    certain: bool = True


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """A report that carries a claim and is no origin of it."""

    report: str
    why: str


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One step up the chain of an appearance: from a report to what it has the claim from.

    ``to`` names a source or an outlet; ``to_report`` is the report there, if the
    desk has it.
    """

    report: str
    attribution: str
    kind: HopKind
    to: str
    to_report: str | None
    why: str


class Origins(msgspec.Struct, frozen=True, kw_only=True):
    """How many independent origins stand behind a claim: between ``low`` and ``high``."""

    low: int
    high: int
    list: tuple[Origin, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    hops: tuple[Hop, ...] = ()


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """An attribution that denies, contradicts or takes back a claim.

    ``against`` is the appearance it is aimed at, as ``(report, attribution)``;
    ``at`` is when its report was published.
    """

    report: str
    attribution: str
    content: Passage
    kind: ObjectionKind
    source: StorySource
    at: str | None = None
    against: tuple[str, str] | None = None
    link: Link = "suggested"
    why: str = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The same content in one or more reports. ``text`` is that of its fullest appearance."""

    id: str
    story: str
    text: str
    appearances: tuple[Appearance, ...]
    origins: Origins
    disputed_by: tuple[Objection, ...] = ()
    first_seen: str | None = None
    last_seen: str | None = None


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One figure in a series, in the words used."""

    report: str
    published: str | None
    value: float | None
    low: float | None
    high: float | None
    text: str
    source: str
    role: Role
    figure: str
    attribution: str | None = None
    why: str = ""


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """The best range at the end of a series. ``value`` is ``None`` where the sources do not agree."""

    value: float | None
    low: float | None
    high: float | None
    why: str


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """How one figure of a story moved, oldest first.

    ``of`` is what most of its figures count, as they say it ("loans", "border
    guards"); ``None`` where they do not, or where it is just people.
    """

    story: str
    measure: str | None
    unit: str | None
    points: tuple[Point, ...]
    current: Current
    of: str | None = None


class Story(msgspec.Struct, frozen=True, kw_only=True, rename={"first": "from", "last": "to"}):
    """Reports about the same happening; ``first`` and ``last`` bound their publication (``from``, ``to``)."""

    id: str
    title: str
    reports: tuple[str, ...]
    first: str | None
    last: str | None
    entities: tuple[str, ...] = ()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody or something that reports of the desk speak of."""

    id: str
    name: str
    schema: Schema
    aliases: tuple[str, ...] = ()


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk holds: the contract of ``reportedly export --format ledger``."""

    schema: Literal["reportedly/ledger/1"] = "reportedly/ledger/1"
    reports: tuple[Filing, ...] = ()
    stories: tuple[Story, ...] = ()
    copies: tuple[Copy, ...] = ()
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    figures: tuple[Series, ...] = ()
    loops: tuple[tuple[str, ...], ...] = ()
    entities: tuple[Known, ...] = ()

    def to_json(self) -> str:
        """Return the ledger as JSON."""
        return msgspec.json.encode(self).decode()
