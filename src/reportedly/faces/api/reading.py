"""Reading one report that is posted; nothing of it is kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from ...intake import Overrides, from_html, from_text
from ...reading.reader import read_report
from ...records import Reading, Report
from .answers import answer
from .asking import AService
from .bodies import body_of_kind
from .contract import body_of, one
from .models import ReportToRead
from .problems import Refused, invalid

router = APIRouter(tags=["read"])
MOST = 300_000  # bytes of a report that is read while the client waits
_KINDS: dict[str, Any] = {
    "application/json": ReportToRead,
    "text/plain": {"type": "string", "minLength": 1},
    "text/html": {"type": "string", "minLength": 1},
}
_Line = Annotated[str | None, Query(max_length=2_000)]


@router.post(
    "/read",
    operation_id="read",
    summary="Read a report",
    response_class=Response,
    responses=one(Reading, 413, 415),
    openapi_extra=body_of(_KINDS),
)
async def read(
    request: Request,
    service: AService,
    title: _Line = None,
    outlet: _Line = None,
    published: _Line = None,
    url: _Line = None,
) -> Response:
    """Find every claim of a report: who says what, by which word, through whom, how firmly.

    Post a text, a page, or JSON. The parameters say what is known of a text or page. Nothing is stored, and
    no address is fetched.
    """
    kind, body = await body_of_kind(request, tuple(_KINDS), MOST)
    overrides = Overrides(title=title, outlet=outlet, published=published, url=url)
    return await run(request, service, kind, body, overrides)


async def run(request: Request, service: AService, kind: str, body: bytes, overrides: Overrides) -> Response:
    """Read a body of a kind in another thread, when it is this request's turn."""
    from starlette.concurrency import run_in_threadpool

    def work() -> bytes:
        report = _report(kind, body, overrides)
        with service.reader():
            return read_report(report).to_json().encode()

    return answer(request, await run_in_threadpool(work))


def _report(kind: str, body: bytes, overrides: Overrides) -> Report:
    if kind == "text/plain":
        return from_text(body, overrides=overrides, max_bytes=MOST)
    if kind == "text/html":
        return from_html(body, overrides=overrides, max_bytes=MOST)
    try:
        posted = ReportToRead.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error.errors()) from None
    if (posted.text is None) == (posted.html is None):
        raise Refused(422, "invalid", "give either text or html")
    said = {name: getattr(posted, name) for name in ("title", "outlet", "published", "url")}
    known = Overrides(**{name: value or getattr(overrides, name) for name, value in said.items()})
    if posted.html is not None:
        return from_html(posted.html, overrides=known, max_bytes=MOST)
    return from_text(posted.text or "", overrides=known, max_bytes=MOST)
