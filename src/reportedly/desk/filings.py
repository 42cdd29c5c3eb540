"""What is known of reports besides what was read in them: in pages, by outlet, story and time."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Select, and_, func, or_, select

from ..errors import NotInDesk
from ..records import Credit
from . import redactions
from .book import Book
from .shelf import Retention
from .tables import members, readings, revisions


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """A revision of a report as it was filed, without its reading.

    ``sort`` is the moment from which it stands, ``seen`` when the desk took it
    in, ``read`` when it was read last. ``text`` is what is kept of the text.
    """

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
    authors: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    warnings: tuple[str, ...] = ()
    retention: Retention = "full"
    text: str = ""
    read: str = ""


class _About(msgspec.Struct, frozen=True):
    authors: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    warnings: tuple[str, ...] = ()


def filings(
    book: Book,
    limit: int,
    *,
    after: tuple[str, str] | None = None,
    outlet: str | None = None,
    story: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[Filing]:
    """Return up to ``limit`` reports without their texts, the latest first.

    Args:
        book: the desk, perhaps at a moment.
        limit: how many.
        after: ``sort`` and id of the report after which to go on.
        outlet, story: only of this outlet, of this story.
        since, until: between which moments they stand.
    """
    r = revisions.c
    light = [c for c in revisions.c if c.name not in ("text", "about")]
    query = select(*light, members.c.story).outerjoin(members, members.c.report == r.report)
    query = query.where(_there(book)).order_by(r.sort.desc(), r.report.desc()).limit(limit)
    if after is not None:
        query = query.where(or_(r.sort < after[0], and_(r.sort == after[0], r.report < after[1])))
    if outlet is not None:
        query = query.where(r.outlet == outlet)
    if story is not None:
        query = query.where(members.c.story == story)
    if since is not None:
        query = query.where(r.sort >= since)
    if until is not None:
        query = query.where(r.sort <= until)
    taken_out = redactions.standing(book.connection)
    return [_filing(taken_out.row(row)) for row in book.connection.execute(query)]


def filing(book: Book, name: str) -> Filing:
    """Return one report with its text.

    Raises:
        NotInDesk: there is none, it is hidden, or it was not there at the moment asked for.
    """
    query = (
        select(revisions, members.c.story, func.max(readings.c.made).label("read"))
        .outerjoin(members, members.c.report == revisions.c.report)
        .outerjoin(readings, readings.c.revision == revisions.c.id)
        .where(revisions.c.report == name, _there(book))
        .group_by(*revisions.c, members.c.story)
    )
    row = book.connection.execute(query).first()
    if row is None:
        raise NotInDesk(f"there is no report {name!r} in this desk; look for it with: reportedly search")
    seen = redactions.standing(book.connection).row(row)
    about = msgspec.json.decode(seen.about, type=_About)
    return msgspec.structs.replace(
        _filing(seen), authors=about.authors, credits=about.credits, warnings=about.warnings,
        text=seen.text, read=seen.read or "",
    )  # fmt: skip


def _there(book: Book) -> Any:
    """Return the condition for the last revision of each report that is not hidden, at the book's moment."""
    r = revisions.c
    there: Any = r.latest == 1
    if book.as_of is not None:
        other = revisions.alias()
        moment = other.c.sort if book.clock == "published" else other.c.seen
        last: Select[Any] = select(func.max(other.c.number)).where(
            other.c.report == r.report, moment <= book.as_of
        )
        there = r.number == last.scalar_subquery()
    if book.rulings.hidden:
        there = and_(there, r.report.not_in(sorted(book.rulings.hidden)))
    return there


def _filing(row: Any) -> Filing:
    return Filing(
        id=row.report,
        outlet=row.outlet,
        title=row.title,
        published=row.published,
        updated=row.updated,
        url=row.url,
        language=row.language,
        sha256=row.sha256,
        revision=row.number,
        seen=row.seen,
        sort=row.sort,
        story=row.story,
        retention=row.retention,
    )
