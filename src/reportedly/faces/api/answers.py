"""How answers are written: JSON with an entity tag; lists in pages that hold still while the desk grows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from ... import __version__
from .problems import Refused

JSON = "application/json"
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
_LONGEST_CURSOR = 2_000

#: As part of every entity tag: another version of the program may write answers otherwise.
_FORM = f"{__version__} 1"


def tag(*parts: object) -> str:
    """Return an entity tag for an answer that depends on ``parts`` alone."""
    digest = hashlib.sha256(repr((_FORM, *parts)).encode("utf-8", "backslashreplace"))
    return f'"{digest.hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Tell whether the client says that it has this answer (RFC 9110, If-None-Match)."""
    said = request.headers.get("if-none-match")
    if not said:
        return False
    return said.strip() == "*" or etag in {part.strip().removeprefix("W/") for part in said.split(",")}


def unchanged(etag: str) -> Response:
    """Return the answer that says: what you have is what there is."""
    return Response(status_code=304, headers=_HEADERS | {"ETag": etag})


def answer(request: Request, content: Any, *, etag: str | None = None, status: int = 200) -> Response:
    """Return a record, or bytes that are JSON already, as an answer.

    Args:
        request: what is answered.
        content: a record, or its JSON.
        etag: its entity tag; made from the content if not given.
        status: its status.
    """
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    if request.method not in ("GET", "HEAD"):
        return Response(body, status, {"Cache-Control": "no-store"}, JSON)
    etag = etag or tag(hashlib.sha256(body).digest())
    if is_known(request, etag):
        return unchanged(etag)
    return Response(body, status, _HEADERS | {"ETag": etag}, JSON)


def listed(request: Request, items: Iterable[Any], after: str | None, *, etag: str | None = None) -> Response:
    """Return one page of a list: ``{"items": […], "next": cursor or null}``.

    Items that are ``msgspec.Raw`` go out as they are.
    """
    body = msgspec.json.encode({"items": list(items), "next": after})
    return answer(request, body, etag=etag)


class Cursor:
    """Where a page begins: the keys of the last item of the page before, for one list and what it was asked.

    Args:
        asked: what makes this list another one than others: its name, filters, and so on.
        given: the cursor that the client gave back.
        kinds: the types of the keys.

    Raises:
        Refused: the cursor was not given out for this list.
    """

    def __init__(self, asked: object, given: str | None, *kinds: type) -> None:
        self._mark = hashlib.sha256(repr(asked).encode("utf-8", "backslashreplace")).hexdigest()[:8]
        self.keys: tuple[Any, ...] | None = None
        if given is None:
            return
        try:
            if len(given) > _LONGEST_CURSOR:
                raise ValueError("too long")
            raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
            mark, *keys = msgspec.json.decode(raw, type=list[Any])
            if mark != self._mark or len(keys) != len(kinds):
                raise ValueError("of another list")
            self.keys = tuple(msgspec.convert(key, kind) for key, kind in zip(keys, kinds, strict=True))
        except (ValueError, msgspec.MsgspecError):
            raise Refused(
                422,
                "cursor",
                "this cursor was not given out for this list; begin without one, with the same filters",
            ) from None

    def after(self, keys: Sequence[Any]) -> str:
        """Return the cursor of the page that begins after the item with these keys."""
        return base64.urlsafe_b64encode(msgspec.json.encode([self._mark, *keys])).rstrip(b"=").decode()


def cut(items: Sequence[Any], limit: int) -> tuple[Sequence[Any], bool]:
    """Return the first ``limit`` of items of which one more was asked for, and whether there is more."""
    return items[:limit], len(items) > limit
