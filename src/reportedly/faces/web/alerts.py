"""Alerts: the saved searches, what fired lately, and a feed of each for a feed reader."""

from __future__ import annotations

import re
from typing import Annotated, get_args
from urllib.parse import quote
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...desk import alerts as saved
from ...desk.alert_changes import Change, Watch
from ...desk.alerts import Alert, Search
from ...desk.delivery import heading, lines
from ...desk.store import retried
from ...errors import DeskError
from .deps import AConnection, TheDesk, page
from .wording import visible

router = APIRouter()

_SHOWN = 50  # alerts on the page and in a feed
_Text = Annotated[str, Form(max_length=2_000)]
_Id = Annotated[str, Path(max_length=80)]
_ATOM = "http://www.w3.org/2005/Atom"
_IDS = UUID("3a0f7a52-6f0e-5b52-9d3c-0f5d8a4f6c11")  # ids of feeds and entries are made under this name
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@router.get("/alerts", response_class=HTMLResponse)
def every(
    request: Request, connection: AConnection, search: Annotated[str, Query(max_length=80)] = ""
) -> HTMLResponse:
    """Show the saved searches, the form for another, and what fired lately."""
    return _list(request, connection, search=search)


@router.post("/alerts", response_class=HTMLResponse)
def add(
    request: Request,
    desk: TheDesk,
    name: _Text = "",
    about: _Text = "",
    by: _Text = "",
    story: _Text = "",
    on: Annotated[list[Change] | None, Form(max_length=10)] = None,
    webhook: _Text = "",
    mail: _Text = "",
) -> Response:
    """Save a search; the secret of its webhook is shown this once."""
    watch = Watch(about=about, by=by, story=story, changes=tuple(on or ()))

    def act() -> tuple[Search, str | None]:
        with desk.writing(alone=False) as connection:
            return saved.add(connection, name, watch=watch, webhook=webhook, mail=mail)

    try:
        found, secret = retried(act)
    except DeskError as error:
        if error.__cause__ is not None:
            raise
        with desk.reading() as connection:
            return _list(request, connection, error=error, typed=watch, called=name)
    if secret is None:
        return RedirectResponse(f"/alerts?search={found.id}", 303)
    with desk.reading() as connection:
        return _list(request, connection, secret=secret, search=found.id)


@router.post("/alerts/{search}/remove")
def remove(desk: TheDesk, search: _Id) -> Response:
    """Remove a saved search; what fired stays in the log."""

    def act() -> Search:
        with desk.writing(alone=False) as connection:
            return saved.remove(connection, search)

    retried(act)
    return RedirectResponse("/alerts", 303)


@router.get("/alerts/{search}.atom")
def feed(request: Request, connection: AConnection, search: _Id) -> Response:
    """Give what fired of one saved search as an Atom feed (RFC 4287)."""
    found = saved.get(connection, search)
    body = atom(found, saved.log(connection, found.id, _SHOWN), str(request.base_url))
    return Response(body, media_type="application/atom+xml")


def atom(search: Search, found: list[Alert], base: str) -> bytes:
    """Return alerts as an Atom feed; ``base`` is the desk's own address, with a slash at its end."""
    register_namespace("", _ATOM)
    root = Element(f"{{{_ATOM}}}feed")
    _put(root, "id", uuid5(_IDS, f"search/{search.id}").urn)
    _put(root, "title", f"reportedly: {search.name}")
    _put(root, "updated", max((a.at for a in found), default=search.created))
    _link(root, f"{base}alerts/{search.id}.atom", "self")
    _link(root, f"{base}alerts?search={search.id}", "alternate")
    _put(SubElement(root, f"{{{_ATOM}}}author"), "name", "reportedly")
    for alert in found:
        entry = SubElement(root, f"{{{_ATOM}}}entry")
        _put(entry, "id", uuid5(_IDS, f"alert/{alert.id}").urn)
        _put(entry, "title", heading(alert))
        _put(entry, "updated", alert.at)
        _link(entry, base + _place(alert).lstrip("/"), "alternate")
        SubElement(entry, f"{{{_ATOM}}}category", term=alert.change)
        _put(entry, "content", "\n".join(lines(alert))).set("type", "text")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _put(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, f"{{{_ATOM}}}{name}")
    made.text = _NOT_XML.sub("\ufffd", visible(text))
    return made


def _link(parent: Element, to: str, rel: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}link", rel=rel, href=_NOT_XML.sub("", to))


def _place(alert: Alert) -> str:
    """Return the path of the claim, or of the story, that an alert is about."""
    story = f"/stories/{quote(alert.story, safe='')}"
    return f"{story}#{quote(alert.claim, safe='')}" if alert.claim else story


def _list(
    request: Request,
    connection: AConnection,
    *,
    search: str = "",
    error: DeskError | None = None,
    typed: Watch | None = None,
    called: str = "",
    secret: str | None = None,
) -> HTMLResponse:
    user = getattr(request.state, "user", None)
    return page(
        request,
        "alerts.html",
        status=422 if error else 200,
        searches=saved.every(connection),
        fired=saved.log(connection, search or None, _SHOWN),
        only=search,
        changes=get_args(Change),
        may=user is None or user.may("administer"),
        typed=typed or Watch(),
        called=called,
        error=error,
        secret=secret,
        lines=lines,
        place=_place,
    )
