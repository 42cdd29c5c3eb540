"""Review: decisions checked against what the desk holds before they are written down."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from ..errors import DeskError
from ..records import Span
from ..records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES
from ..weighing.rulings import CORRECTABLE
from . import decisions
from .blocking import BLOCK
from .book import Book
from .decisions import Decision
from .ratings import PLACES, Rating
from .redactions import FIELDS, Field, standing_words
from .search import search
from .tables import claims, members, weighed

_WORDS = 500  # characters of a quotation that may be looked for in other reports
_VALUES = {"stance": STANCES, "factuality": FACTUALITIES, "kind": SOURCE_KINDS}


def merge(connection: Connection, names: Sequence[str], *, who: str, why: str) -> Decision:
    """Decide that stories are one.

    Raises:
        NotInDesk: one of them is not there.
        DeskError: fewer than two are named.
    """
    book = Book(connection)
    found = {book.story(name).id: book.story(name) for name in names}
    if len(found) < 2:
        raise DeskError("to merge, name two stories or more")
    reports = [story.reports[0] for story in found.values()]
    return decisions.record(connection, "join", {"reports": reports}, who=who, why=why)


def split(connection: Connection, name: str, reports: Sequence[str], *, who: str, why: str) -> Decision:
    """Decide that ``reports`` of a story are a story of their own.

    Raises:
        NotInDesk: the story is not there.
        DeskError: a report is not of this story, or nothing would be left of it.
    """
    story = Book(connection).story(name)
    strange = sorted(set(reports) - set(story.reports))
    rest = [r for r in story.reports if r not in set(reports)]
    if strange:
        raise DeskError(f"not in story {story.id}: {', '.join(strange)}")
    if not reports or not rest:
        raise DeskError("name some of the story's reports, and not all of them")
    body = {"part": sorted(set(reports)), "rest": rest}
    return decisions.record(connection, "part", body, who=who, why=why)


def link(
    connection: Connection, a: tuple[str, str], b: tuple[str, str], *, same: bool, who: str, why: str
) -> Decision:
    """Confirm or reject that two appearances (report id, attribution id) make the same claim.

    Raises:
        NotInDesk, DeskError: one of them is not there, or they are one and the same.
    """
    if a == b:
        raise DeskError("these are one and the same appearance")
    book = Book(connection)
    for report, attribution in (a, b):
        if all(x.id != attribution for x in book.report(report).reading.attributions):
            raise DeskError(f"report {report!r} has no attribution {attribution!r}")
    if book.story_of(a[0]) != book.story_of(b[0]):
        raise DeskError("these stand in different stories: merge the stories first")
    body = {"a": list(a), "b": list(b)}
    return decisions.record(connection, "confirm" if same else "reject", body, who=who, why=why)


def correct(
    connection: Connection, place: tuple[str, str], field: str, value: str, *, who: str, why: str
) -> Decision:
    """Set a field of an attribution: stance, factuality or kind (of its source).

    Raises:
        NotInDesk, DeskError: it is not there, or the field or value is none that can be set.
    """
    report, attribution = place
    if field not in CORRECTABLE:
        raise DeskError(f"{field!r} cannot be corrected; these can: {', '.join(CORRECTABLE)}")
    if value not in _VALUES[field]:
        raise DeskError(f"{value!r} is no {field}; these are: {', '.join(_VALUES[field])}")
    if all(x.id != attribution for x in Book(connection).report(report).reading.attributions):
        raise DeskError(f"report {report!r} has no attribution {attribution!r}")
    body = {"report": report, "attribution": attribution, "field": field, "value": value}
    return decisions.record(connection, "correct", body, who=who, why=why)


def hide(connection: Connection, report: str, *, who: str, why: str) -> Decision:
    """Leave a report out of everything. It stays in the store.

    Raises:
        NotInDesk: it is not there, or hidden already.
    """
    Book(connection).report(report)
    return decisions.record(connection, "hide", {"report": report}, who=who, why=why)


def redact(
    connection: Connection,
    report: str,
    *,
    spans: Sequence[Span] = (),
    quote: str = "",
    field: Field = "text",
    who: str,
    why: str,
) -> Decision:
    """Take words out of a report: blocks stand in their place everywhere, until this is undone.

    Args:
        connection: of :meth:`Desk.writing`.
        report: its id.
        spans: half-open character ranges of the field.
        quote: words, taken out wherever they stand in the field; white space and case do not matter.
        field: text, title, authors or url; without ``spans`` and ``quote`` the whole of it.
        who, why: are kept; a reason is needed.

    Raises:
        NotInDesk: the report is not there, or hidden.
        DeskError: a range or the words do not stand in the field, or no reason is given.
    """
    if field not in FIELDS:
        raise DeskError(f"{field!r} cannot be redacted; these can: {', '.join(FIELDS)}")
    if not why.strip():
        raise DeskError("say why it is redacted; the reason is kept, the words are not shown")
    filed = Book(connection).report(report)
    body = {"text": filed.report.text, "title": filed.report.title or ""}.get(field)
    if body is None:
        if spans or quote:
            raise DeskError(f"{field} can only be redacted as a whole")
        if not getattr(filed.report, field):
            raise DeskError(f"report {report!r} has no {field} that could be redacted")
        found: list[Span] = []
    else:
        found = [*_within(body, spans), *_quoted(body, quote)]
        if not body.strip():
            raise DeskError(f"report {report!r} has no {field} that could be redacted")
    decision = decisions.record(
        connection,
        "redact",
        {
            "report": filed.id,
            "revision": filed.revision,
            "field": field,
            "spans": [list(span) for span in sorted(set(found))],
        },
        who=who,
        why=why,
    )
    forget_weighing(connection, [filed.id])
    return decision


def _within(body: str, spans: Sequence[Span]) -> list[Span]:
    for start, end in spans:
        if not 0 <= start < end <= len(body):
            raise DeskError(f"there is no range {start}:{end}; what is redacted has {len(body)} characters")
    return [(start, end) for start, end in spans]


def _quoted(body: str, quote: str) -> list[Span]:
    if not quote:
        return []
    found = standing_words(quote, body) if quote.strip() else []
    if not found:
        raise DeskError("these words do not stand there; give them as they are written, or a range")
    return found


def elsewhere(connection: Connection, report: str, words: Sequence[str]) -> list[str]:
    """Return the ids of other reports, at most 50, in which one of these runs of words stands too."""
    found: dict[str, None] = {}
    for run in words:
        plain = " ".join(run.split()).replace('"', " ")
        if plain and len(plain) <= _WORDS and BLOCK not in plain:
            found.update(dict.fromkeys(hit.report for hit in search(connection, f'"{plain}"', limit=50)))
    hidden = Book(connection).rulings.hidden
    return sorted(name for name in found if name != report and name not in hidden)


def forget_weighing(connection: Connection, reports: Sequence[str]) -> None:
    """Forget what was weighed of the stories of reports, as it holds words that are redacted now."""
    names = stories_of(connection, reports)
    connection.execute(delete(claims).where(claims.c.story.in_(names)))
    connection.execute(delete(weighed).where(weighed.c.story.in_(names)))


def rate(
    connection: Connection,
    name: str,
    *,
    rating: str,
    organisation: str,
    url: str | None = None,
    value: float | None = None,
    best: float | None = None,
    worst: float | None = None,
    who: str,
    why: str,
) -> Decision:
    """Write down how an organisation rated a claim in a review that it published or publishes.

    It says nothing of the program's: it counts nothing and weighs nothing, and goes out as schema.org's
    ``ClaimReview``. A later rating by the same organisation takes the place of this one.

    Args:
        connection: of :meth:`Desk.writing`.
        name: the claim's id, or how it begins.
        rating: the verdict in words, such as "unproven".
        organisation: who rates.
        url: of the published review, http or https.
        value, best, worst: the verdict on the organisation's scale, and the ends of the scale.
        who, why: are kept.

    Raises:
        NotInDesk: there is no such claim.
        DeskError: the words are missing or too long, or the numbers make no scale.
    """
    _, _, claim = Book(connection).claim(name)
    body = Rating(
        claim=claim.id,
        places=tuple((a.report, a.attribution) for a in claim.appearances[:PLACES]),
        rating=rating,
        organisation=organisation,
        url=url or None,
        value=value,
        best=best,
        worst=worst,
    ).checked()
    return decisions.record(connection, "rate", msgspec.to_builtins(body), who=who, why=why)


def touched(connection: Connection, decision: Decision) -> bool:
    """Tell whether a decision may change which report belongs to which story."""
    if decision.kind == "undo":
        before = next(d for d in decisions.log(connection) if d.id == decision.undoes)
        return touched(connection, before)
    return decision.kind in ("join", "part", "hide")


def stories_of(connection: Connection, reports: Sequence[str]) -> list[str]:
    """Return the ids of the stories that reports belong to."""
    query = select(members.c.story).where(members.c.report.in_(list(reports))).distinct()
    return sorted(connection.execute(query).scalars())
