"""Moments: when what is known of a story or a claim changed, and what a claim was then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ..errors import NotInDesk
from ..records import Claim, Story
from ..weighing.weigh import Weighed
from .book import Book
from .shelf import Clock, revisions_of
from .tables import claims

_SHORT = 4  # letters of an id that are enough to name it, if no other begins with them

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
    book: Book, name: str, *, weighed: Weigh = Book.weighed, story: str | None = None
) -> tuple[Story, Claim]:
    """Return a claim as it stood at the moment of ``book``.

    Args:
        book: of the desk, as of a moment.
        name: the claim's id, or how it begins now.
        weighed: how a story is weighed.
        story: where to look first; a claim that is not written down yet, or is no more, is only found there.

    Raises:
        NotInDesk: there is no such claim, or it stood in no report yet.
    """
    if story is not None:
        home = book.story(story)
        found = _named(weighed(book, home), name)
        if found is not None:
            return home, found
    name, at = _written(book.connection, name)
    home = book.story(at)
    whole = weighed(book, home)
    found = _named(whole, name)
    if found is None:  # what appeared first is hidden or corrected since, so that it had another id
        today = Book(book.connection)
        now = _named(weighed(today, today.story(at)), name)
        places = {(a.report, a.attribution) for a in now.appearances} if now else set()
        found = max(whole.claims, key=lambda claim: _shared(claim, places), default=None)
        if found is None or not _shared(found, places):
            raise NotInDesk(f"claim {name} stood in no report yet at this moment")
    return home, found


def _named(whole: Weighed, name: str) -> Claim | None:
    return next((claim for claim in whole.claims if claim.id == name), None)


def _shared(claim: Claim, places: Collection[tuple[str, str]]) -> int:
    return sum((a.report, a.attribution) in places for a in claim.appearances)


def _written(connection: Connection, name: str) -> tuple[str, str]:
    """Return the whole id of a claim and the story in which it stands."""
    query = (
        select(claims.c.id, claims.c.story)
        .where(claims.c.id.startswith(name[:2_001], autoescape=True))
        .limit(2)
    )
    found = {row.id: row.story for row in connection.execute(query)}
    if name in found:
        return name, found[name]
    if len(found) != 1 or len(name) < _SHORT:
        reason = "several claims begin" if len(found) > 1 else "there is no claim that begins"
        raise NotInDesk(f"{reason} with {name!r}; list them with: reportedly claims")
    return next(iter(found.items()))


def thinned(found: Sequence[Moment], most: int) -> list[Moment]:
    """Return at most ``most`` of the moments, evenly chosen, the first and the last among them."""
    if len(found) <= most:
        return list(found)
    return [found[round(k * (len(found) - 1) / (most - 1))] for k in range(most)]
