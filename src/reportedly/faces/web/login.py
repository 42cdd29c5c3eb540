"""Signing in and out, for desks that others on the network may call."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from ...desk import access
from ...desk.access import TooManyAttempts
from .. import guard
from .deps import TheDesk, page

router = APIRouter()
_Typed = Annotated[str, Form(max_length=2_000)]


@router.get("/login")
def form(request: Request, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:
    """Show the form."""
    return page(request, "login.html", next=within(next), typed="", wrong="")


@router.post("/login")
def sign_in(
    request: Request, desk: TheDesk, name: _Typed = "", password: _Typed = "", next: _Typed = "/"
) -> Response:
    """Begin a session, or show the form again."""
    address = request.client.host if request.client else ""
    try:
        secret = access.sign_in(desk, name, password, address)
    except TooManyAttempts as error:
        answer = page(request, "login.html", status=429, next=within(next), typed=name, wrong=str(error))
        answer.headers["Retry-After"] = str(error.wait)
        return answer
    if secret is None:
        wrong = "Name or password is not right."
        return page(request, "login.html", status=401, next=within(next), typed=name, wrong=wrong)
    _end(request, desk)  # a session that was there before does not go on beside the new one
    inside = RedirectResponse(within(next), 303)
    _set(request, inside, secret, round(access.LONGEST.total_seconds()))
    return inside


@router.post("/logout")
def sign_out(request: Request, desk: TheDesk) -> Response:
    """End the session."""
    _end(request, desk)
    answer = RedirectResponse("/login", 303)
    _set(request, answer, "", 0)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _end(request: Request, desk: TheDesk) -> None:
    session = getattr(request.state, "session", None)
    if session:
        with desk.writing(alone=False) as connection:
            access.end_session(connection, session)


def _set(request: Request, answer: Response, secret: str, seconds: int) -> None:
    secure = request.url.scheme == "https"
    answer.headers.append("set-cookie", guard.cookie(guard.SESSION, secret, secure=secure, seconds=seconds))


def within(path: str) -> str:
    """Return a path of this desk; an address elsewhere gives the first page."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    plain = path.isprintable() and path.isascii() and "\\" not in path
    inside = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith("//")
    return path if plain and inside and not path.startswith("/login") else "/"
