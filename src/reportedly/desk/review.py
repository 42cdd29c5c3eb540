"""Review: decisions checked against what the desk holds before they are written down."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ..errors import DeskError
from ..records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES
from ..weighing.rulings import CORRECTABLE
from . import decisions
from .book import Book
from .decisions import Decision
from .tables import members

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
