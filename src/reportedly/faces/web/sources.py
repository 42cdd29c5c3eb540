"""The source page: what a body, an outlet or somebody in office said, and what stands against it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from ...desk.sources import NoSourcePage, source
from .deps import ABook, AConnection, page, remembered

router = APIRouter()


@router.get("/sources/{name:path}", response_class=HTMLResponse)
def source_page(
    request: Request,
    connection: AConnection,
    _book: ABook,  # reads the moment that the address asks for
    name: str,
    offset: Annotated[int, Query(ge=0, le=100_000, alias="from")] = 0,
) -> HTMLResponse:
    """Show a source across stories; say why there is no page of anybody else."""
    state = request.state
    try:
        view = source(
            connection,
            name,
            as_of=state.as_of,
            clock=state.clock,
            offset=offset,
            weighed=remembered(request).weighed,
        )
    except NoSourcePage:
        return page(request, "source.html", status=404, view=None, offset=0)
    return page(request, "source.html", view=view, offset=offset)
