"""Tells of every request, in one line of the log and in the figures: what kind it was, and how it went."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import logs
from .guard import template
from .metrics import Requests

_LOG = logging.getLogger(__name__)
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CLOSED = 499  # who asked hung up before there was an answer
_OFTEN = ("/healthz", "/readyz", "/metrics", "/static/")  # what machines ask for all the time


class Telling:
    """Middleware around everything else. Gives each request an id, which the answer carries too.

    A proxy may give the id, as ``X-Request-ID``: 8 to 64 letters, digits, ``-`` and ``_``.

    Args:
        app: what answers.
        requests: where they are counted.
    """

    def __init__(self, app: ASGIApp, *, requests: Requests) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _ID.fullmatch(given) else secrets.token_hex(8)
        within = logs.request_id.set(name)
        status = 0
        begun = time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except BaseException:
            status = status or 500
            raise
        finally:
            self._tell(scope, status or _CLOSED, time.perf_counter() - begun)
            logs.request_id.reset(within)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = template(scope)
        self._requests.add(scope["method"], route, status, seconds)
        level = logging.DEBUG if route.startswith(_OFTEN) and status < 500 else logging.INFO
        if not _LOG.isEnabledFor(level):
            return
        user = scope.get("state", {}).get("user")
        fields = {
            "method": scope["method"][:20],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "user": getattr(user, "name", None),
            "through": getattr(user, "through", None),
        }
        _LOG.log(level, "request", extra={"fields": fields})
