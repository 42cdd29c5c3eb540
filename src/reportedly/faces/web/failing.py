"""Errors as pages that say what to do. Requests under ``/api/`` keep FastAPI's own answers."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ...desk.remembered import StillWeighing
from ...errors import DeskError, NotInDesk, ReportedlyError
from .deps import page, waiting
from .shield import HEADERS

_LOG = logging.getLogger(__name__)
_SAID = {
    404: "There is no such page",
    405: "This page does not take that",
    413: "That is too large",
    429: "Too many requests; wait a little",
}


def install(app: FastAPI) -> None:
    """Add the pages for errors to an application."""
    app.add_exception_handler(ReportedlyError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def status_of(error: ReportedlyError) -> int:
    """Return the HTTP status for an error of ours: not there, the desk cannot be used, or not as asked."""
    if isinstance(error, NotInDesk):
        return 404
    return 503 if isinstance(error, DeskError) and error.__cause__ is not None else 400


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReportedlyError)
    status = status_of(error)
    if isinstance(error, StillWeighing):
        return waiting(request)
    if _is_api(request):
        return JSONResponse({"detail": str(error)}, status_code=status)
    title = {404: "Not in this desk", 503: "The desk cannot be used just now"}.get(
        status, "This cannot be shown"
    )
    return _page(request, status, title, str(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _is_api(request) or (error.headers or {}).get("location"):
        return await http_exception_handler(request, error)
    said = "" if error.status_code in _SAID else str(error.detail)
    answer = _page(request, error.status_code, _SAID.get(error.status_code, "This cannot be done"), said)
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if _is_api(request):
        return await request_validation_exception_handler(request, error)
    said = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:])}: {e['msg']}" for e in error.errors()[:5])
    return _page(request, 422, "Something in this address or form is not right", said)


async def _unexpected(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    if _is_api(request):
        return JSONResponse({"detail": "internal error"}, status_code=500)
    answer = _page(request, 500, "Something went wrong here", "It is written to the server's log.")
    answer.headers.update(HEADERS)  # this answer is made outside of the shield
    return answer


def _page(request: Request, status: int, title: str, said: str) -> Response:
    return page(request, "error.html", status=status, title=title, said=said)
