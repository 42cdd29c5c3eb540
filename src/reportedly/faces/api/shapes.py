"""What the interface answers with, where that is no record of the ledger."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ...desk.changes import Change
from ...desk.shelf import Retention
from ...records import Attribution, Citation, Claim, Copy, Credit, Filing, Known, Series, SourceKind, Story
from ...records.things import Schema

JobState = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was wrong with a request: where it stands, and what is wrong with it."""

    where: list[str | int]
    what: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not answered (RFC 9457). ``errors`` says more where several things were wrong."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[Wrong] = []


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the server runs and its desk can be read."""

    status: Literal["ok"]
    version: str


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """How much a desk holds, by name."""

    counts: dict[str, int]


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A story in a list; counts of claims are null where it is not weighed yet, or not at that moment."""

    story: Story
    outlets: int
    claims: int | None
    disputed: int | None
    single: int | None


class WholeStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story with its reports, what copies what, who cites whom, and who only cite each other."""

    story: Story
    reports: tuple[Filing, ...]
    copies: tuple[Copy, ...]
    citations: tuple[Citation, ...]
    loops: tuple[tuple[str, ...], ...]
    claims: int
    disputed: int
    single: int


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """Outlets that have it from each other, and from nobody else."""

    story: str
    outlets: tuple[str, ...]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with its holders, origins and the steps to them, its story, and the reports that these name."""

    claim: Claim
    story: Story
    reports: tuple[Filing, ...]
    copies: tuple[Copy, ...]


class ReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """A report in a list: its last revision then. ``sort`` is the moment from which it stands."""

    id: str
    outlet: str | None
    title: str | None
    published: str | None
    updated: str | None
    url: str | None
    language: str | None
    sha256: str
    revision: int
    seen: str
    sort: str
    story: str | None


class WholeReport(ReportLine, frozen=True, kw_only=True):
    """A report without its text."""

    authors: tuple[str, ...]
    credits: tuple[Credit, ...]
    warnings: tuple[str, ...]
    retention: Retention


class ReportText(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a report as far as it is kept; offsets go by characters of it."""

    report: str
    revision: int
    retention: Retention
    sha256: str
    text: str


class RevisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a report. ``changes`` counts the differences from the one before."""

    report: str
    number: int
    published: str | None
    updated: str | None
    seen: str
    sha256: str
    changes: int


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """How one revision of a report differs from the one before."""

    report: str
    number: int
    seen: str
    changes: tuple[Change, ...]


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who speaks in reports, under a name. Unnamed sources are never joined, nor listed."""

    id: str
    name: str
    schema: Schema
    kinds: tuple[SourceKind, ...]
    claims: int
    reports: int
    stories: int
    first_seen: str | None
    last_seen: str | None


class EntityLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody or something that reports name. ``stories`` counts those that do."""

    id: str
    name: str
    schema: Schema
    aliases: tuple[str, ...]
    stories: int


class WholeEntity(msgspec.Struct, frozen=True, kw_only=True):
    """An entity with the ids of its stories, the latest first; null for a private person."""

    entity: Known
    stories: tuple[str, ...] | None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Reports that were posted, on their way into the desk.

    ``counts`` says how many were filed, revised, known or quarantined; ``rate`` is
    in reports a second, ``seconds_left`` an estimate; null where there is none.
    A job that was ``interrupted`` can be resumed.
    """

    id: str
    state: JobState
    phase: Literal["reading", "weighing"] | None
    kind: str
    who: str
    retention: Retention
    created: str
    started: str | None
    finished: str | None
    total: int | None
    done: int
    counts: dict[str, int]
    rate: float | None
    seconds_left: float | None
    reason: str | None
    resumable: bool


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that was written down; ``who`` is not told to readers."""

    id: int
    decided: str
    who: str | None
    kind: str
    body: dict[str, Any]
    why: str
    undoes: int | None


class Logged(Taken, frozen=True, kw_only=True):
    """A decision in the log; ``stands`` is false where it was undone."""

    stands: bool


class ExportFormat(msgspec.Struct, frozen=True, kw_only=True):
    """A form in which a desk, or a part of it, can be had; ``covers`` says which parts."""

    name: str
    media_type: str
    about: str
    covers: tuple[str, ...]


class Attributed(msgspec.Struct, frozen=True, kw_only=True):
    """An attribution, with its report; offsets go by characters of the report's text."""

    report: str
    attribution: Attribution


class StorySeries(msgspec.Struct, frozen=True, kw_only=True):
    """How one figure of a story moved."""

    story: str
    series: Series
