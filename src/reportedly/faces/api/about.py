"""About the desk and the server themselves."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from ... import __version__
from ...desk.asking import tally
from ...desk.tables import runs
from .answers import answer
from .asking import AService
from .contract import one
from .shapes import Health, Stats

router = APIRouter(tags=["about"])


@router.get(
    "/stats",
    operation_id="getStats",
    summary="Count what the desk holds",
    response_class=Response,
    responses=one(Stats, 304),
)
def stats(request: Request, service: AService) -> Response:
    """Reports, stories, claims, and so on, and the bytes on disk."""
    with service.desk.reading() as connection:
        counts = tally(connection)
    return answer(request, Stats(counts=counts))


@router.get(
    "/health",
    operation_id="getHealth",
    summary="Tell whether the server works",
    response_class=Response,
    responses=one(Health, 304),
)
def health(request: Request, service: AService) -> Response:
    """That it answers, and its desk can be read. Anybody may ask."""
    with service.desk.reading() as connection:
        connection.execute(select(runs.c.id).limit(1)).first()
    return answer(request, Health(status="ok", version=__version__))


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """The document that describes this interface (OpenAPI 3.1)."""
    return answer(request, request.app.openapi())
