"""Search, and what could not be taken in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...desk import ingest
from ...desk.search import Hit, search
from .answers import Cursor, cut, listed
from .asking import AnAsked, APage
from .contract import page_of
from .problems import Refused

router = APIRouter()
_MOST = 1_000  # reports that a search goes through, page by page
_ROOM = 50  # for what was filed, or is hidden, since the page before


@router.get(
    "/search",
    tags=["search"],
    operation_id="search",
    summary="Find reports, the best first",
    response_class=Response,
    responses=page_of(Hit, 304),
)
def find(
    asked: AnAsked,
    page: APage,
    q: Annotated[
        str, Query(max_length=500, description='Words; "in quotes" they stand together; fire* begins so.')
    ] = "",
    source: Annotated[str, Query(max_length=200, description="Who speaks in the report.")] = "",
    entity: Annotated[str, Query(max_length=200, description="Whom or what it names.")] = "",
) -> Response:
    """Give at least one of `q`, `source` and `entity`. The first thousand reports can be paged through."""
    if not (q or source or entity):
        raise Refused(422, "invalid", "give q, source or entity")
    cursor = Cursor(("search", q, source, entity, asked.as_of, asked.clock), page.cursor, int, str)
    before, last = cursor.keys or (0, "")
    with asked.book() as book:
        hits = search(
            book.connection, q, source=source or None, entity=entity or None,
            limit=min(_MOST, before + page.limit + _ROOM), as_of=asked.as_of, clock=asked.clock,
        )  # fmt: skip
        hidden = book.rulings.hidden
    names = [hit.report for hit in hits]
    start = names.index(last) + 1 if last in names else before
    found, more = cut([hit for hit in hits[start:] if hit.report not in hidden], page.limit)
    after = cursor.after((names.index(found[-1].report) + 1, found[-1].report)) if more else None
    return listed(asked.request, found, after)


@router.get(
    "/quarantine",
    tags=["quarantine"],
    operation_id="listQuarantine",
    summary="List what could not be taken in",
    response_class=Response,
    responses=page_of(ingest.Quarantined, 304),
)
def quarantine(asked: AnAsked, page: APage) -> Response:
    """With the reason; what was tried first comes first. The next ingest tries it again."""
    cursor = Cursor(("quarantine", asked.as_of), page.cursor, str, str)
    with asked.book() as book:
        rows = ingest.quarantine(book.connection)
    keys = cursor.keys
    rest = sorted((r.at, r.locator, r) for r in rows if asked.as_of is None or r.at <= asked.as_of)
    rest = [row for row in rest if keys is None or row[:2] > keys]
    found, more = cut(rest, page.limit)
    return listed(asked.request, [r for *_, r in found], cursor.after(found[-1][:2]) if more else None)
