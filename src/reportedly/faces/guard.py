"""The guard: who asks, whether they may, and that it was they who asked; around every request.

Bound to the machine itself ("loopback") nobody signs in: the guard then makes sure
that the request comes from this machine, under its name, and not from a page of
another site. Bound wider, every request needs a token or a session. What a request
needs stands in :mod:`.permissions`, how much it may ask in :mod:`.limits`.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import math
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..desk import access
from ..desk.access import LOCAL, User, Visit
from ..desk.store import Desk, now
from ..desk.visits import VisitLog
from ..errors import DeskError
from .api.problems import problem
from .limits import Buckets, Limits, SharedBuckets, Throttle, TooLarge, counted, is_costly
from .permissions import LOOKING, needed

Bound = Literal["loopback", "wide"]

SESSION = "reportedly_session"
VISIT = "reportedly_visit"  # stands for a browser that has not signed in, so that its forms can be told
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})
_IN_PROCESS = "testclient"  # the address of Starlette's client that has no socket; no socket has it
_MOST_SECRET = 200
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
_NOBODY = "nobody"
_LOG = logging.getLogger(__name__)
_PROBES = ("/healthz", "/readyz", "/metrics")  # what machines ask all day; the log of visits is for people
MEASURING = User(name="metrics", role="admin", through="metrics-token")  # on that one path alone


class _Refusal(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, kind: str, said: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(said)
        self.status, self.kind, self.said, self.headers = status, kind, said, headers or {}


def install(
    app: FastAPI,
    *,
    bound: Bound = "loopback",
    limits: Limits | None = None,
    metrics_token: str | None = None,
    shared: Path | None = None,
) -> None:
    """Put the guard around an application whose ``app.state.desk`` is set.

    Requests get ``state.user``, ``state.csrf`` (for forms; empty for programs) and ``state.session``.

    Args:
        app: the application.
        bound: whether it can be reached from this machine alone.
        limits: how much one client may ask.
        metrics_token: who sends this may ask for the metrics, and for nothing else.
        shared: a folder in which the workers of one server count what clients ask.

    Raises:
        DeskError: it is bound wider, and there is nobody who could sign in.
    """
    desk: Desk = app.state.desk
    if bound == "wide":
        with desk.reading() as connection:
            if access.is_open(connection):
                raise DeskError(
                    "nobody could sign in; before others can reach this desk, add a user with: "
                    "reportedly access add-user"
                )
    app.add_middleware(
        Guard,
        desk=desk,
        bound=bound,
        limits=limits or Limits(),
        metrics_token=metrics_token,
        shared=shared,
    )


class Guard:
    """The middleware; see :func:`install`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        desk: Desk,
        bound: Bound = "loopback",
        limits: Limits | None = None,
        metrics_token: str | None = None,
        shared: Path | None = None,
    ) -> None:
        self._app, self._desk, self._wide = app, desk, bound != "loopback"
        self._limits = limits or Limits()
        self._metrics_token = metrics_token
        rate, costly = self._limits.rate, self._limits.costly_rate
        burst, costly_burst = self._limits.burst, self._limits.costly_burst
        self._rate: Throttle = Buckets(rate, burst)
        self._costly: Throttle = Buckets(costly, costly_burst)
        if shared is not None:
            self._rate = SharedBuckets(rate, burst, shared / "rate")
            self._costly = SharedBuckets(costly, costly_burst, shared / "costly")
        self.log = VisitLog(desk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, self._until_shutdown(receive), send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:  # there are no web sockets here
            await send({"type": "websocket.close", "code": 1008})

    def _until_shutdown(self, receive: Receive) -> Receive:
        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await run_in_threadpool(self.log.close)
            return message

        return receiving

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})
        visit = _Visitor(scope)
        status = 0
        started = False

        async def sending(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                visit.keep_cookies(headers)
            await send(message)

        try:
            receive = await self._checked(scope, receive, visit)
            visit.let_in = True
            await self._app(scope, receive, sending)
        except _Refusal as found:
            await _answer(scope, found, self._wide)(scope, receive, sending)
        except TooLarge as error:
            if started:
                raise
            refusal = _Refusal(413, "too-large", error.detail, dict(error.headers or {}))
            await _answer(scope, refusal, self._wide)(scope, receive, sending)
        finally:
            watched = scope["path"] not in _PROBES
            if watched and status != 429 and (visit.user or needed(scope["method"], scope["path"]) != "open"):
                session = visit.session if visit.user and visit.user.through == "session" else None
                self.log.add(visit.entry(status or 500), access.session_digest(session) if session else None)

    async def _checked(self, scope: Scope, receive: Receive, visit: _Visitor) -> Receive:
        """Refuse what must not go on; returns what the body is received by."""
        headers, method, path = visit.headers, scope["method"], scope["path"]
        if "\x00" in path or b"%00" in scope.get("query_string", b""):
            raise _Refusal(422, "invalid", "an address holds no null character")
        if not self._wide:
            _check_local(scope, headers)
        if method not in LOOKING:
            _check_site(headers)
        said = headers.get("content-length", "0")
        most = self._limits.of_body(path)
        if not said.isascii() or not said.isdecimal() or int(said[:20]) > most:
            raise _Refusal(413, "too-large", f"more than {most:,} bytes", {"Connection": "close"})
        try:
            await self._know(visit)
        except DeskError as error:
            _LOG.warning("nobody can be known: %s", error)
            said = "the desk cannot be used at the moment; try again in a little while"
            raise _Refusal(503, "unavailable", said, {"Retry-After": "5"}) from None
        finally:
            self._slow_down(scope, visit)
        permission = needed(method, path)
        if permission != "open":
            if visit.user is None:
                raise _Refusal(401, "who", "this needs a token or a session")
            if not visit.user.may(permission):
                raise _Refusal(403, "may-not", f"a {visit.user.role} may not do this")
        receive = counted(receive, most)
        if method not in LOOKING:
            receive = await self._check_form(scope, receive, visit)
        return receive

    async def _know(self, visit: _Visitor) -> None:
        """Find out who asks. A token or session that is no good is refused even where none is needed."""
        state = visit.scope["state"]
        state["user"], state["session"] = None, None
        authorization = visit.headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            user = None
            if self._may_measure(visit.scope["path"], scheme, token):
                user = MEASURING
            elif scheme.lower() == "bearer" and len(token) <= _MOST_SECRET:
                user = await run_in_threadpool(self._by_token, token.strip())
            if user is None:
                raise _Refusal(401, "who", "this token is not known, or good no more")
            visit.user = user
        elif visit.session is not None:
            visit.user = await run_in_threadpool(self._by_session, visit.session)
            if visit.user is None:
                visit.session = None
        if visit.user is None and not self._wide:
            visit.user = LOCAL
        if authorization is None:
            visit.give_cookie()
        state["user"], state["session"] = visit.user, visit.session
        state["csrf"] = access.csrf_token(visit.secret) if visit.secret else ""

    def _may_measure(self, path: str, scheme: str, token: str) -> bool:
        """Tell whether somebody asks for the metrics with their own token."""
        if self._metrics_token is None or path != "/metrics" or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(token.strip().encode(), self._metrics_token.encode())

    def _by_token(self, token: str) -> User | None:
        with self._desk.reading() as connection:
            return access.by_token(connection, token)

    def _by_session(self, secret: str) -> User | None:
        with self._desk.reading() as connection:
            return access.by_session(connection, secret)

    def _slow_down(self, scope: Scope, visit: _Visitor) -> None:
        if scope["path"].startswith("/static/"):
            return
        client = (scope.get("client") or ("",))[0]
        who = f"user {visit.user.name}" if visit.user else f"address {client}"
        wait = self._rate.take(who)
        if not wait and is_costly(scope["method"], scope["path"]):
            wait = self._costly.take(who)
        if wait:
            raise _Refusal(429, "rate", "too many requests", {"Retry-After": str(math.ceil(wait))})

    async def _check_form(self, scope: Scope, receive: Receive, visit: _Visitor) -> Receive:
        """Check that a browser sent this on purpose: with the token of its cookie (double submit, bound).

        Needed wherever a cookie says who asks, and for every form outside of the interface for programs.
        """
        kind = visit.headers.get("content-type", "").partition(";")[0].strip().lower()
        by_cookie = visit.user is not None and visit.user.through == "session"
        is_page = not scope["path"].startswith("/api/")
        if visit.headers.get("authorization") is not None or not (by_cookie or is_page):
            return receive
        given = visit.headers.get(CSRF_HEADER)
        if given is None and kind in _FORMS:
            body = await _whole(receive)
            given = await _field(scope, body, CSRF_FIELD)
            receive = _again(body, receive)
        secret = visit.sent
        if secret is None or given is None or not access.is_csrf_token(secret, given):
            raise _Refusal(
                403, "csrf", "this form has no valid token: load the page again, and send it again"
            )
        return receive


class _Visitor:
    """Who makes a request, by its cookies, and what the log says of it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.headers = Headers(scope=scope)
        self.at = now()
        self.user: User | None = None
        self.let_in = False  # whether it went on to the application
        self._secure = scope.get("scheme") == "https"
        cookies = cookie_parser(self.headers.get("cookie", ""))
        self.session = _secret(cookies.get(cookie_name(SESSION, self._secure)))
        self._visit = _secret(cookies.get(cookie_name(VISIT, self._secure)))
        self._new: str | None = None

    @property
    def sent(self) -> str | None:
        """The secret that this browser sent with the request."""
        return self.session or self._visit

    @property
    def secret(self) -> str | None:
        """The secret that forms of the answer are bound to."""
        return self.sent or self._new

    def give_cookie(self) -> None:
        """Give a browser that looks at a page a cookie by which its forms are told from those of others."""
        page = not self.scope["path"].startswith(("/api/", "/static/"))
        if page and self.sent is None and self.scope["method"] in ("GET", "HEAD"):
            self._new = secrets.token_urlsafe(32)

    def keep_cookies(self, headers: MutableHeaders) -> None:
        if self._new is not None:
            headers.append("set-cookie", cookie(VISIT, self._new, secure=self._secure))

    def entry(self, status: int) -> Visit:
        """Return the line of the log: the template of the path, and what stood in its places."""
        path = self.scope["path"]
        route = getattr(self.scope.get("route"), "path", None)
        if route is not None:
            values = self.scope.get("path_params", {})
            where = _template(path, route, values)
        elif self.let_in:
            where, values = "(no such path)", {}
        else:
            where, values = "(refused)", {"path": path} if self.user else {}
        ids = {str(k)[:50]: str(v).replace("\x00", "")[:200] for k, v in values.items()}
        return Visit(
            at=self.at,
            who=self.user.name if self.user else _NOBODY,
            through=self.user.through if self.user else _NOBODY,
            method=self.scope["method"][:20],
            path=where,
            ids=ids,
            status=status,
        )


def template(scope: Scope) -> str:
    """Return the template of what was asked for, once it is answered: one of few, with no value in it."""
    route = getattr(scope.get("route"), "path", None)
    if route is not None:
        return _template(scope["path"], route, scope.get("path_params", {}))
    return "/static/{file}" if scope["path"].startswith("/static/") else "(none)"


def _template(path: str, route: str, values: Mapping[str, object]) -> str:
    """Return the whole template of a path: where routers stand in each other, a route holds its end alone."""
    end = _PLACE.sub(lambda place: str(values.get(place[1], place[0])), route)
    before = path[: -len(end)] if path.endswith(end) else ""
    return before + _PLACE.sub(r"{\1}", route)


def _secret(value: str | None) -> str | None:
    return value if value and len(value) <= _MOST_SECRET and value.isascii() else None


def cookie_name(name: str, secure: bool) -> str:
    """Return a cookie's name; over https with the prefix that keeps other hosts from setting it."""
    return f"__Host-{name}" if secure else name


def cookie(name: str, value: str, *, secure: bool, seconds: int | None = None) -> str:
    """Return a Set-Cookie header that scripts cannot read and other sites cannot send."""
    parts = [f"{cookie_name(name, secure)}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
    parts += ["Secure"] if secure else []
    parts += [f"Max-Age={seconds}"] if seconds is not None else []
    return "; ".join(parts)


def _check_local(scope: Scope, headers: Headers) -> None:
    """Refuse who is not on this machine, and whoever calls it by another name (DNS rebinding)."""
    address = (scope.get("client") or ("",))[0]
    if not _is_loopback(address) and address != _IN_PROCESS:
        raise _Refusal(403, "not-local", "this desk is open to its own machine only")
    if len(headers.getlist("host")) != 1 or _host_name(headers["host"]) not in _LOCAL_NAMES:
        raise _Refusal(403, "not-local", "this desk answers to the names of its own machine only")


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _check_site(headers: Headers) -> None:
    """Refuse what a page of another site sent (OWASP, Cross-Site Request Forgery Prevention)."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        foreign = origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    if foreign:
        raise _Refusal(403, "another-site", "this was sent from another site")


async def _whole(receive: Receive) -> bytes:
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(found)
        found += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(found)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a way to receive a body that was received already."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _field(scope: Scope, body: bytes, name: str) -> str | None:
    """Return a field of a form; ``None`` if it is not there or the form cannot be read."""

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    try:
        async with Request(dict(scope), _again(body, nothing)).form(
            max_files=20, max_fields=200, max_part_size=len(body) + 1
        ) as form:
            found = form.get(name)
    except Exception:  # whatever a broken form trips over, it has no token
        return None
    return found if isinstance(found, str) else None


def _answer(scope: Scope, refusal: _Refusal, wide: bool) -> Response:
    headers: dict[str, Any] = dict(refusal.headers)
    path = scope["path"]
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="reportedly"'
    if path.startswith("/api/"):
        return problem(refusal.status, refusal.kind, refusal.said, headers=headers)
    looks = scope["method"] in ("GET", "HEAD") and path not in _PROBES
    if refusal.status == 401 and wide and looks:
        return RedirectResponse(f"/login?next={quote(path)}", 303, {"Cache-Control": "no-store"})
    return PlainTextResponse(refusal.said + "\n", refusal.status, {**headers, "Cache-Control": "no-store"})
