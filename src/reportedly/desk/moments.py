"""Moments: when what is known of a story or a claim changed, and what a claim was then."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from ..errors import NotInDesk
from ..records import Claim, Story
from ..weighing.weigh import Weighed
from .book import Book
from .shelf import Clock, revisions_of

Weigh = Callable[[Book, Story], Weighed]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a report came in: ``at`` (UTC, ISO 8601, to the microsecond), and how many there were then."""

    at: str
    reports: int


def moments(
    connection: Connection, story: str, *, clock: Clock = "published", only: Collection[str] | None = None
) -> list[Moment]:
    """Return when the reports of a story came in, the first first, whatever moment is being shown.

    Args:
        connection: of :meth:`Desk.reading`.
        story: its id.
        clock: whether a report comes in when it is published, or when the desk sees it.
        only: reports to which the moments belong; all, if it is ``None``.

    Raises:
        NotInDesk: there is no such story.
    """
    rows = revisions_of(connection, Book(connection).story(story).reports)
    times = sorted(
        r.sort if clock == "published" else r.seen for r in rows if only is None or r.report in only
    )
    counted = {at: number for number, at in enumerate(times, 1)}
    return [Moment(at, number) for at, number in counted.items()]


def claim_then(
    connection: Connection, book: Book, name: str, *, weighed: Weigh = Book.weighed, story: str | None = None
) -> tuple[Story, Claim]:
    """Return a claim as it stood at the moment of ``book``.

    Args:
        connection: the one of the book.
        book: of the desk, as of a moment.
        name: the claim's id, or how it begins now.
        weighed: how a story is weighed.
        story: where to look first; a claim that is not written down yet, or is no more, is only found there.

    Raises:
        NotInDesk: there is no such claim, or it stood in no report yet.
    """
    if story is not None:
        home = book.story(story)
        for claim in weighed(book, home).claims:
            if claim.id == name:
                return home, claim
    return _claim_then(connection, book, name, weighed)


def _claim_then(connection: Connection, book: Book, name: str, weighed: Weigh) -> tuple[Story, Claim]:
    _, _, now = Book(connection).claim(name)
    places = {(a.report, a.attribution) for a in now.appearances}

    def shared(claim: Claim) -> tuple[int, bool]:
        return sum((a.report, a.attribution) in places for a in claim.appearances), claim.id == now.id

    story = book.story(now.story)
    found = max(weighed(book, story).claims, key=shared, default=None)
    if found is None or not shared(found)[0]:
        raise NotInDesk(f"claim {now.id} stood in no report yet at this moment")
    return story, found
