"""The report reader: a report's text with its claims beside it, and what its revisions changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from ...desk import changes, gists
from ...records import Reading
from .deps import ABook, AConnection, page, path
from .inking import Ink
from .layout import Layout, lay_out

router = APIRouter()

_COPIES = 12  # reports that share text, named on the page


@router.get("/reports/{name:path}", response_class=HTMLResponse)
def report(
    request: Request,
    book: ABook,
    connection: AConnection,
    name: str,
    part: Annotated[int | None, Query(ge=1)] = None,
    claim: Annotated[str | None, Query(max_length=40)] = None,
    own: bool = False,
) -> HTMLResponse:
    """Show a report; ``claim`` lights the parts of one claim, ``own`` adds what the report says itself."""
    filed = book.report(name)
    overlaps = book.overlaps_of(filed.id)
    taken = [c for c in overlaps if c.copy == filed.id]
    layout = lay_out(filed.reading, part=part, claim=claim, own=own, copies=taken)
    story = book.story_of(filed.id)
    others = sorted({c.of if c.copy == filed.id else c.copy for c in overlaps})[:_COPIES]
    return page(
        request,
        "report.html",
        **around(filed.reading, layout, claim),
        filed=filed,
        own=own,
        me=path("reports", filed.id),
        story_id=story,
        story=book.title_of(story) if story else None,
        ties=gists.of_report(connection, filed.id) if book.as_of is None else {},
        taken=taken,
        overlaps=[c for c in overlaps if {c.copy, c.of} & set(others)],
        known={f.id: f for f in book.headings(others)},
        retention=book.retention_of(filed.id),
        revisions=changes.count(connection, filed.id),
    )


def around(reading: Reading, layout: Layout, claim: str | None = None) -> dict[str, Any]:
    """Return what the reader's templates need of any reading, filed or not."""
    return {
        "reading": reading,
        "report": reading.report,
        "layout": layout,
        "ink": Ink.of(layout, claim),
        "chosen": claim,
        "names": {e.id: e.name for e in reading.entities},
        "figures": {f.id: f for f in reading.figures},
        "events": {e.id: e for e in reading.events},
    }


@router.get("/revisions/{name:path}", response_class=HTMLResponse)
def revisions(request: Request, book: ABook, connection: AConnection, name: str) -> HTMLResponse:
    """Show the revisions of a report and what each changed."""
    filed = book.report(name)
    return page(
        request,
        "revisions.html",
        report=filed.report,
        history=[r for r in reversed(changes.history(connection, filed.id)) if r.number <= filed.revision],
        edits=changes.edits,
    )
