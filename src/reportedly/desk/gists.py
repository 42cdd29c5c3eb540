"""Gists: what lists say of claims, kept beside what is weighed so that no list opens every story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, select, true

from ..records import Appearance, Claim, Objection, SourceKind
from ..weighing.identities import folded
from .tables import appearances, claims, revisions

_CHUNK = 500


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """A claim in a list: how many reports and outlets carry it, and to how many origins it goes back.

    ``disputed`` counts the objections to it.
    """

    id: str
    story: str
    text: str
    reports: int
    outlets: int
    low: int
    high: int
    disputed: int
    first: str | None
    last: str | None

    @property
    def single(self) -> bool:
        """Whether several reports carry it and it goes back to one origin."""
        return self.high == 1 and self.reports > 1


class Tie(NamedTuple):
    """How an attribution stands to a claim: it makes it, or is ``against`` it."""

    gist: Gist
    against: bool


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which claims are looked for; what is not said leaves all in.

    ``about``: all its words, or words that begin so, stand in one wording; ``by``:
    the same in the name of one who makes it or is against it; ``kind``: of one of these;
    ``disputed``: somebody is against it; ``single``: in several reports, with one origin.
    """

    about: str = ""
    by: str = ""
    kind: SourceKind | None = None
    disputed: bool = False
    single: bool = False

    def __bool__(self) -> bool:
        return bool(self.about or self.by or self.kind or self.disputed or self.single)


def enter(connection: Connection, story: str, found: Sequence[Claim]) -> None:
    """Write down the gists of a story's claims, in place of those that were there."""
    forget(connection, story)
    if not found:
        return
    ids = sorted({claim.id for claim in found})
    for at in range(0, len(ids), _CHUNK):  # a claim that was another story's
        connection.execute(delete(claims).where(claims.c.id.in_(ids[at : at + _CHUNK])))
    outlets = _outlets(connection, {a.report for claim in found for a in claim.appearances})
    unique = {claim.id: claim for claim in found}.values()
    connection.execute(insert(claims), [_row(story, claim, outlets) for claim in unique])
    rows = [
        {
            "claim": claim.id,
            "report": a.report,
            "attribution": a.attribution,
            "kind": a.source.kind,
            "source": f" {folded(a.source.text)} ",
            "words": f" {folded(a.content.text)} ",
            "objects": int(isinstance(a, Objection)),
        }
        for claim in unique
        for a in _said(claim)
    ]
    if rows:
        connection.execute(insert(appearances), rows)


def _said(claim: Claim) -> Iterator[Appearance | Objection]:
    yield from claim.appearances
    yield from claim.disputed_by


def forget(connection: Connection, story: str) -> None:
    """Remove the gists of a story's claims."""
    connection.execute(delete(claims).where(claims.c.story == story))


def _row(story: str, claim: Claim, outlets: Mapping[str, str]) -> dict[str, object]:
    reports = {a.report for a in claim.appearances}
    return {
        "id": claim.id,
        "story": story,
        "text": claim.text,
        "reports": len(reports),
        "outlets": len({outlets.get(r, r) for r in reports}),
        "low": claim.origins.low,
        "high": claim.origins.high,
        "disputed": len(claim.disputed_by),
        "first": claim.first_seen,
        "last": claim.last_seen,
    }


def _outlets(connection: Connection, reports: Iterable[str]) -> dict[str, str]:
    names, found = sorted(reports), {}
    for at in range(0, len(names), _CHUNK):
        query = select(revisions.c.report, revisions.c.outlet).where(
            revisions.c.report.in_(names[at : at + _CHUNK]), revisions.c.latest == 1
        )
        found.update({r.report: r.outlet or r.report for r in connection.execute(query)})
    return found


def fitting(wanted: Wanted, among: Select[tuple[str]] | None = None) -> ColumnElement[bool]:
    """Return the condition on ``claims`` under which a claim is looked for.

    ``among``: a query for the ids of the reports in which the words and sources have to stand.
    """
    parts: list[ColumnElement[bool]] = []
    for column, words in ((appearances.c.words, wanted.about), (appearances.c.source, wanted.by)):
        if words:
            each = [column.contains(f" {word}", autoescape=True) for word in folded(words).split()]
            each += [appearances.c.objects == 0] if column is appearances.c.words else []
            parts.append(_appears(and_(true(), *each), among))
    if wanted.kind:
        parts.append(_appears(appearances.c.kind == wanted.kind, among))
    if wanted.disputed:
        parts.append(claims.c.disputed > 0)
    if wanted.single:
        parts.append(and_(claims.c.high == 1, claims.c.reports > 1))
    return and_(true(), *parts)


def _appears(condition: ColumnElement[bool], among: Select[tuple[str]] | None) -> ColumnElement[bool]:
    found = select(appearances.c.claim).where(condition)
    return claims.c.id.in_(found if among is None else found.where(appearances.c.report.in_(among)))


def stories_with(wanted: Wanted, among: Select[tuple[str]] | None = None) -> Select[tuple[str]]:
    """Return a query for the ids of the stories that hold a claim that is looked for."""
    return select(claims.c.story).where(fitting(wanted, among)).distinct()


def leading(
    connection: Connection, stories: Sequence[str], wanted: Wanted | None = None, *, most: int = 1
) -> dict[str, list[Gist]]:
    """Return of each story the ``most`` claims (among those looked for) that the most outlets carry.

    Between equals first what more reports carry, then what somebody disputes, then what was there first.
    """
    c = claims.c
    order = (c.outlets.desc(), c.reports.desc(), c.disputed.desc(), c.first.nulls_last(), c.id)
    ranked = (
        select(claims, func.row_number().over(partition_by=claims.c.story, order_by=order).label("place"))
        .where(claims.c.story.in_(list(stories)), fitting(wanted or Wanted()))
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.story, ranked.c.place)
    found: dict[str, list[Gist]] = {}
    for row in connection.execute(query):
        found.setdefault(row.story, []).append(_gist(row))
    return found


def of_claims(connection: Connection, story: str, found: Sequence[Claim]) -> list[Gist]:
    """Return the gists of claims that are not written down, in the order in which they lead a story."""
    outlets = _outlets(connection, {a.report for claim in found for a in claim.appearances})
    made = [msgspec.convert(_row(story, claim, outlets), type=Gist) for claim in found]
    made.sort(key=lambda g: (-g.outlets, -g.reports, -g.disputed, g.first is None, g.first or "", g.id))
    return made


def of_report(connection: Connection, report: str) -> dict[str, Tie]:
    """Return the claims of a report as they were weighed, by the id of the attribution that makes them.

    One that makes none and is against a claim leads to that one.
    """
    query = (
        select(appearances.c.attribution, appearances.c.objects, claims)
        .join(claims, claims.c.id == appearances.c.claim)
        .where(appearances.c.report == report)
        .order_by(appearances.c.objects.desc(), appearances.c.id.desc())
    )
    return {row.attribution: Tie(_gist(row), bool(row.objects)) for row in connection.execute(query)}


def _gist(row: Row[*tuple[Any, ...]]) -> Gist:
    return Gist(**{name: getattr(row, name) for name in Gist.__struct_fields__})
