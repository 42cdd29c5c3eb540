"""The search page: reports by their words, by who speaks in them, by whom they name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from ...desk.search import search
from .deps import ABook, AConnection, page

router = APIRouter()

_A_PAGE = 20
_FARTHEST = 10  # pages; who needs more narrows the search
_WORDS = Query(max_length=400)


@router.get("/search", response_class=HTMLResponse)
def find(
    request: Request,
    book: ABook,
    connection: AConnection,
    q: Annotated[str, _WORDS] = "",
    source: Annotated[str, _WORDS] = "",
    entity: Annotated[str, _WORDS] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=_FARTHEST)] = 1,
) -> HTMLResponse:
    """Find reports, the best first."""
    asked = {"q": q.strip(), "source": source.strip(), "entity": entity.strip()}
    hidden = book.rulings.hidden
    found = search(
        connection,
        asked["q"],
        source=asked["source"],
        entity=asked["entity"],
        limit=_A_PAGE * number + 1 + len(hidden),
        as_of=book.as_of,
        clock=book.clock,
    )
    found = [hit for hit in found if hit.report not in hidden]
    here = found[_A_PAGE * (number - 1) : _A_PAGE * number]
    return page(
        request,
        "search.html",
        asked=asked,
        hits=here,
        stories=book.stories_of(hit.report for hit in here),
        number=number,
        more=len(found) > _A_PAGE * number and number < _FARTHEST,
        cut=len(found) > _A_PAGE * number and number == _FARTHEST,
    )
