"""Which stories are today what they were at a moment, so that what is written down of them holds for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from . import decisions
from .book import Book
from .deciding import reports_of
from .review import stories_of
from .tables import members, revisions


@dataclass(frozen=True, slots=True)
class Then:
    """The stories at a book's moment.

    ``same`` is a query for the ids of those to which nothing was added since, and on which nothing was
    decided; ``other`` are the ids of the rest of those that were there.
    """

    same: Select[tuple[str]]
    other: list[str]


def stories_then(book: Book) -> Then:
    """Tell the stories of a book with a moment apart; no story is weighed for that."""
    moment: Any = revisions.c.sort if book.clock == "published" else revisions.c.seen
    touched = _decided_since(book)
    first, last = func.min(moment), func.max(moment)
    grouped = (
        select(members.c.story)
        .join(revisions, revisions.c.report == members.c.report)
        .group_by(members.c.story)
    )
    apart = members.c.story.in_(touched)
    same = grouped.having(and_(last <= book.as_of, ~apart))
    other = grouped.having(and_(first <= book.as_of, or_(last > book.as_of, apart)))
    return Then(same, sorted(book.connection.execute(other).scalars()))


def _decided_since(book: Book) -> list[str]:
    """Return the stories with a report that a later decision is about."""
    entries = decisions.log(book.connection)
    later = [d for d in entries if book.as_of is not None and d.decided > book.as_of]
    names = sorted({report for d in later for report in reports_of(d, entries)})
    return stories_of(book.connection, names) if names else []
