"""What people marked in a report's text elsewhere, brought back: found again, and entered as decisions.

A mark that stands where an attribution of the reading stands, and says something
else of its stance, factuality or kind of source, becomes a correction, which can
be undone. Marks that stand elsewhere change nothing and are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection, select

from ..desk import review, shelf
from ..desk.book import Book
from ..desk.tables import revisions
from ..errors import DeskError, ExchangeError, NotInDesk
from ..records import Attribution, Report
from ..records.span import Span
from ..weighing.filed import Filed
from ..weighing.rulings import CORRECTABLE
from .sayings import NAMELESS

_WORD = re.compile(r"\S+")
How = Literal["position", "quote"]
Find = Callable[[Report], tuple[tuple[Span, ...], How]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    Attributes:
        where: where it stands in what was brought in, for messages.
        report: the report's id, or its address.
        find: finds the marked words in the report's text as it is now.
        attribution: the id of the attribution that it was made of, where it says so.
        values: of ``stance``, ``factuality``, ``kind``; those that it does not state are missing.

    ``find`` raises :class:`ExchangeError` where the words are not there.
    """

    where: str
    report: str
    find: Find
    attribution: str | None = None
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Entered:
    """What became of marks: how many say what the desk says, how many corrected something, which were left.

    ``moved`` counts those whose words were found elsewhere than they were.
    """

    same: int = 0
    corrected: int = 0
    moved: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


def enter(connection: Connection, marks: Iterable[Mark], *, who: str, why: str) -> Entered:
    """Enter marks as corrections; the connection must be one that writes.

    Args:
        who: who decided so, for the desk's log.
        why: the reason that is logged with each.
    """
    done = Entered()
    book, filed, name = Book(connection), None, ""
    for mark in marks:
        try:
            if filed is None or mark.report != name:
                filed, name = _report(book, mark.report), mark.report
            spans, how = mark.find(filed.report)
            attribution = _attribution(filed, mark.attribution, spans)
        except (ExchangeError, NotInDesk) as error:
            filed = None if isinstance(error, NotInDesk) else filed
            done.left.append((mark.where, str(error)))
            continue
        done.moved += how == "quote"
        try:
            changed = [
                _correct(connection, filed, attribution, mark, field, who, why) for field in CORRECTABLE
            ]
        except (DeskError, ExchangeError) as error:
            done.left.append((mark.where, str(error)))
            continue
        if any(changed):
            done.corrected += 1
            book, filed = Book(connection), None  # they say something else now
        else:
            done.same += 1
    return done


def _correct(
    connection: Connection, filed: Filed, one: Attribution, mark: Mark, name: str, who: str, why: str
) -> bool:
    value = mark.values.get(name)
    if value is None or value == (one.source.kind if name == "kind" else getattr(one, name)):
        return False
    if name == "kind" and not one.source.text and value not in NAMELESS:
        raise ExchangeError(f"nobody is named there who could be of kind {value!r}")
    review.correct(connection, (filed.id, one.id), name, value, who=who, why=why)
    return True


def _report(book: Book, name: str) -> Filed:
    """Return a report by its id or its address."""
    address = shelf.address(name)
    try:
        return book.report(name)
    except NotInDesk:
        query = select(revisions.c.report).where(revisions.c.url == address, revisions.c.latest == 1)
        found = list(book.connection.execute(query).scalars()) if address else []
        if len(found) != 1:
            raise
        return book.report(found[0])


def _attribution(filed: Filed, name: str | None, spans: tuple[Span, ...]) -> Attribution:
    wanted = _covered(filed, spans)
    there = [a for a in filed.reading.attributions if _covered(filed, a.content.spans) == wanted]
    named = [a for a in there if a.id == name]
    if not there:
        raise ExchangeError("no attribution of this report has these words for its content")
    if len(there) > 1 and not named:
        raise ExchangeError("several attributions of this report have these words for their content")
    return (named or there)[0]


def _covered(filed: Filed, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return spans without what is only white space, so that torn and whole ones can be compared."""
    return tuple(trimmed(filed.report.text, spans))


def trimmed(text: str, spans: Iterable[Span]) -> Iterable[Span]:
    """Yield the runs of words within spans: split where white space stands, and without it."""
    for start, end in spans:
        for word in _WORD.finditer(text, start, end):
            yield word.span()
