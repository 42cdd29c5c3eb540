"""Reports: one by one, their texts, what was read in them, and how they changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...desk import changes
from ...desk.book import Book
from ...desk.filings import Filing, filing, filings
from ...errors import NotInDesk
from ...records import Reading, SourceKind, Stance
from .answers import Cursor, answer, cut, is_known, listed, tag, unchanged
from .asking import AnAsked, APage, Asked, Moment, ReportId, moment
from .contract import one, page_of
from .shapes import Attributed, Diff, ReportLine, ReportText, RevisionLine, WholeReport

router = APIRouter(prefix="/reports", tags=["reports"])


@router.get(
    "",
    operation_id="listReports",
    summary="List reports, the latest first",
    response_class=Response,
    responses=page_of(ReportLine, 304),
)
def reports(
    asked: AnAsked,
    page: APage,
    outlet: Annotated[str | None, Query(max_length=200, description="Of this outlet.")] = None,
    story: Annotated[str | None, Query(max_length=200, description="Of this story.")] = None,
    since: Moment = None,
    until: Moment = None,
) -> Response:
    """Each report stands as its last revision, or as the last one at the moment asked for."""
    first, last = moment("since", since), moment("until", until)
    cursor = Cursor(("reports", outlet, story, first, last, asked.as_of, asked.clock), page.cursor, str, str)
    with asked.book() as book:
        found, more = cut(
            filings(
                book, page.limit + 1, after=cursor.keys, outlet=outlet, story=story, since=first, until=last
            ),
            page.limit,
        )
    after = cursor.after((found[-1].sort, found[-1].id)) if more else None
    return listed(asked.request, [_line(f) for f in found], after)


def _line(found: Filing) -> ReportLine:
    return ReportLine(**{name: getattr(found, name) for name in ReportLine.__struct_fields__})


def _filing(book: Book, name: str) -> Filing:
    return filing(book, name)


@router.get(
    "/{report:path}/text",
    operation_id="getReportText",
    summary="Show a report's text",
    response_class=Response,
    responses=one(ReportText, 304, 404),
)
def text(asked: AnAsked, report: ReportId) -> Response:
    """The text as far as the desk keeps it: all of it, an excerpt, or nothing (`retention`)."""
    with asked.book() as book:
        found = _filing(book, report)
    etag = tag("text", found.id, found.sha256, found.revision, found.retention)
    body = ReportText(
        report=found.id, revision=found.revision, retention=found.retention, sha256=found.sha256,
        text=found.text,
    )  # fmt: skip
    return answer(asked.request, body, etag=etag)


@router.get(
    "/{report:path}/revisions",
    operation_id="listRevisions",
    summary="List a report's revisions",
    response_class=Response,
    responses=page_of(RevisionLine, 304, 404),
)
def revisions(asked: AnAsked, page: APage, report: ReportId) -> Response:
    """The oldest first."""
    cursor = Cursor(("revisions", report, asked.as_of, asked.clock), page.cursor, int)
    start = cursor.keys[0] if cursor.keys else 0
    rest = [r for r in _history(asked, report) if r.number > start]
    found, more = cut(rest, page.limit)
    lines = [
        RevisionLine(
            report=r.report, number=r.number, published=r.published, updated=r.updated, seen=r.seen,
            sha256=r.sha256, changes=len(r.changes),
        )
        for r in found
    ]  # fmt: skip
    return listed(asked.request, lines, cursor.after((found[-1].number,)) if more else None)


def _history(asked: Asked, name: str) -> list[changes.Revision]:
    with asked.book() as book:
        last = _filing(book, name).revision
        return [r for r in changes.history(book.connection, name) if r.number <= last]


@router.get(
    "/{report:path}/diff",
    operation_id="diffReport",
    summary="Show what a revision changed",
    response_class=Response,
    responses=one(Diff, 304, 404),
)
def diff(
    asked: AnAsked,
    report: ReportId,
    revision: Annotated[int | None, Query(ge=1, le=1_000_000, description="The last, if not said.")] = None,
) -> Response:
    """Paragraph by paragraph, against the revision before; the first has no changes."""
    found = _history(asked, report)
    chosen = next((r for r in found if r.number == (revision or found[-1].number)), None)
    if chosen is None:
        raise NotInDesk(f"report {report!r} has no revision {revision}")
    body = Diff(report=chosen.report, number=chosen.number, seen=chosen.seen, changes=chosen.changes)
    return answer(asked.request, body)


@router.get(
    "/{report:path}/reading",
    operation_id="getReading",
    summary="Show what was read in a report",
    response_class=Response,
    responses=one(Reading, 304, 404),
)
def reading(asked: AnAsked, report: ReportId) -> Response:
    """The reading, with what people corrected."""
    with asked.book() as book:
        etag = _reading_tag(book, report)
        if is_known(asked.request, etag):
            return unchanged(etag)
        body = book.report(report).reading.to_json().encode()
    return answer(asked.request, body, etag=etag)


def _reading_tag(book: Book, name: str) -> str:
    found = _filing(book, name)
    fields = sorted((p, sorted(f.items())) for p, f in book.rulings.corrections.items() if p[0] == found.id)
    about = found.title, found.url, found.authors
    return tag("reading", found.id, found.revision, found.sha256, found.read, fields, about)


@router.get(
    "/{report:path}/attributions",
    operation_id="listAttributions",
    summary="List who says what in a report",
    response_class=Response,
    responses=page_of(Attributed, 304, 404),
)
def attributions(
    asked: AnAsked,
    page: APage,
    report: ReportId,
    kind: Annotated[SourceKind | None, Query(description="Of this kind of source.")] = None,
    stance: Annotated[Stance | None, Query(description="With this stance.")] = None,
) -> Response:
    """In the order of the text, each with its holder."""
    with asked.book() as book:
        etag = _reading_tag(book, report)
        cursor = Cursor(("attributions", report, kind, stance, etag), page.cursor, int)
        found = book.report(report)
    start = cursor.keys[0] if cursor.keys else 0
    fits = [
        (number, a)
        for number, a in enumerate(found.reading.attributions, 1)
        if number > start and kind in (None, a.source.kind) and stance in (None, a.stance)
    ]
    rows, more = cut(fits, page.limit)
    items = [Attributed(report=found.id, attribution=a) for _, a in rows]
    return listed(asked.request, items, cursor.after((rows[-1][0],)) if more else None)


@router.get(
    "/{report:path}",
    operation_id="getReport",
    summary="Show a report",
    response_class=Response,
    responses=one(WholeReport, 304, 404),
)
def report(asked: AnAsked, report: ReportId) -> Response:  # the last of all: an id may have slashes in it
    """Everything that is known of a report, without its text."""
    with asked.book() as book:
        found = _filing(book, report)
    names = WholeReport.__struct_fields__
    return answer(asked.request, WholeReport(**{name: getattr(found, name) for name in names}))
