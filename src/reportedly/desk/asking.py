"""Questions to a book that go over all stories: which claims, how many of everything."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from ..errors import DeskError
from ..records import Claim
from ..weighing.filed import moment
from ..weighing.identities import folded
from . import ingest
from .book import Book, is_single
from .store import kept_by, stamp
from .tables import claims, decisions, overlaps, revisions, stories


def asked_moment(value: str | None) -> str | None:
    """Return a time that was asked for as the desk compares it; a day means its last moment.

    Raises:
        DeskError: it is no time in ISO 8601.
    """
    if not value:
        return None
    found = moment(value)
    if found is None:
        raise DeskError(f"a time is wanted in ISO 8601, such as 2026-03-12T09:00, not {value!r}")
    text = stamp(found)
    return text.replace("T00:00:00.000000Z", "T23:59:59.999999Z") if len(value) == 10 else text


def select_claims(
    book: Book,
    *,
    about: str | None = None,
    by: str | None = None,
    status: str = "any",
    since: str | None = None,
    story: str | None = None,
    limit: int = 50,
) -> list[Claim]:
    """Return the claims that fit, those in most reports first.

    ``about``: all its words stand in one of the claim's wordings; ``by``: all its
    words stand in the name of one source; ``status``: any, disputed, single (in
    several reports, with one origin), confirmed (joined by a person); ``since``:
    first seen then or later (ISO 8601, UTC).
    """
    chosen = [book.story(story)] if story else book.stories()
    found = [
        claim for one in chosen for claim in book.weighed(one).claims if fits(claim, about, by, status, since)
    ]
    found.sort(key=lambda c: (-len({a.report for a in c.appearances}), c.first_seen or "", c.id))
    return found[:limit]


def fits(claim: Claim, about: str | None, by: str | None, status: str, since: str | None) -> bool:
    """Tell whether a claim is one of those that are asked for; see :func:`select_claims`."""
    if since is not None and (claim.first_seen or "") < since.split(".")[0]:
        return False
    if status == "disputed" and not claim.disputed_by:
        return False
    if status == "single" and not is_single(claim):
        return False
    if status == "confirmed" and not any(a.link == "confirmed" for a in claim.appearances):
        return False
    if about and not any(_holds(a.content.text, about) for a in claim.appearances):
        return False
    return not by or any(_holds(a.source.text, by) for a in claim.appearances)


def _holds(text: str, words: str) -> bool:
    there = set(folded(text).split())
    return all(word in there for word in folded(words).split())


def tally(connection: Connection) -> dict[str, int]:
    """Return how much a desk holds: reports, revisions, stories and so on, and its bytes on disk."""

    def count(table: Table) -> int:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()

    latest = select(func.count()).select_from(revisions).where(revisions.c.latest == 1)
    outlets = select(func.count(func.distinct(revisions.c.outlet)))
    states = ingest.counts(connection)
    return {
        "reports": connection.execute(latest).scalar_one(),
        "revisions": count(revisions),
        "outlets": connection.execute(outlets).scalar_one(),
        "stories": count(stories),
        "claims": count(claims),
        "overlaps": count(overlaps),
        "decisions": count(decisions),
        "quarantined": states.get("quarantined", 0),
        "bytes_on_disk": kept_by(connection)[1],
    }
