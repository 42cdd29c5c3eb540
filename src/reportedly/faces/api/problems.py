"""Errors as problem details (RFC 9457), for everything under ``/api``."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ...desk.access import TooManyAttempts
from ...desk.remembered import StillWeighing
from ...errors import DeskError, IntakeError, ModelError, NotInDesk, NotText, ReportedlyError, TooLarge
from .shapes import Problem, Wrong

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)
_MOST_ERRORS = 20
_RETRY = {"Retry-After": "5"}

Handler = Callable[[Request, Exception], Awaitable[Response]]


class Refused(Exception):
    """A request that is not answered as asked; becomes a problem.

    ``kind`` names the problem's type in a word, ``headers`` go with the answer.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        errors: list[Wrong] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.headers, self.errors = headers, errors or []


def problem(
    status: int,
    kind: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[Wrong] | None = None,
) -> Response:
    """Return a problem as an answer. ``kind`` names its type, as docs/api.md lists them."""
    body = Problem(
        type=f"urn:reportedly:problem:{kind}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=errors or [],
    )
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(body), status, kept, MEDIA_TYPE)


def invalid(errors: list[Any]) -> Refused:
    """Return the refusal of a request that is not as it has to be; ``errors`` are pydantic's."""
    wrong = [
        Wrong(where=[_short(part) for part in error["loc"]], what=str(error["msg"])[:300])
        for error in errors[:_MOST_ERRORS]
    ]
    return Refused(422, "invalid", "something in this request is not as it has to be", errors=wrong)


def _short(part: object) -> str | int:
    return part if isinstance(part, int) else str(part)[:100].encode("utf-8", "replace").decode()


def install(app: FastAPI) -> None:
    """Answer errors under ``/api`` with problems; whatever handled them before goes on for other paths.

    To be called after all other handlers are added.
    """
    for kind, made in _HANDLERS.items():
        before = app.exception_handlers.get(kind)
        app.add_exception_handler(kind, _handler(made, before))


def _handler(made: Callable[[Any], Response], before: Any) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return made(error)
        if before is None:
            raise error
        found: Response = await before(request, error)
        return found

    return handle


def _refused(error: Refused) -> Response:
    return problem(error.status, error.kind, error.detail, headers=error.headers, errors=error.errors)


def _ours(error: ReportedlyError) -> Response:
    """Say what is wrong with the request, or with the desk."""
    said = str(error)
    match error:
        case NotInDesk():
            return problem(404, "not-in-desk", said)
        case TooManyAttempts():
            return problem(429, "rate", said, headers={"Retry-After": str(error.wait)})
        case StillWeighing():
            return problem(503, "unavailable", said, headers=_RETRY)
        case TooLarge():
            return problem(413, "too-large", said)
        case NotText():
            return problem(415, "not-text", said)
        case IntakeError():
            return problem(422, "not-readable", said)
        case ModelError():
            return problem(503, "unavailable", said, headers=_RETRY)
        case DeskError() if error.__cause__ is not None:
            _LOG.error("the desk cannot be used: %s", said)
            return problem(503, "unavailable", "the desk cannot be used at the moment", headers=_RETRY)
    return problem(422, "cannot-be-done", said)


def _http(error: HTTPException) -> Response:
    if error.status_code == 400:  # what FastAPI says of a body that cannot be parsed
        return problem(422, "invalid", str(error.detail))
    kind = {404: "no-such-path", 405: "method", 413: "too-large"}.get(error.status_code, "http")
    return problem(error.status_code, kind, str(error.detail), headers=error.headers)


def _unexpected(error: Exception) -> Response:
    _LOG.error("unexpected", exc_info=error)
    return problem(500, "unexpected", "something went wrong here; it is written to the server's log")


def _busy(_error: Exception) -> Response:
    return problem(503, "unavailable", "too much is asked at the same time", headers=_RETRY)


_HANDLERS: dict[type[Exception], Callable[[Any], Response]] = {
    Refused: _refused,
    ReportedlyError: _ours,
    HTTPException: _http,
    RequestValidationError: lambda error: _refused(invalid(list(error.errors()))),
    ValidationError: lambda error: _refused(invalid(list(error.errors()))),
    PoolTimeout: _busy,
    SQLAlchemyError: _unexpected,
    Exception: _unexpected,
}
