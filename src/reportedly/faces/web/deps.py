"""What all pages share: a book for each request, the templates, and how addresses and dates are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from sqlalchemy import Connection
from starlette.responses import HTMLResponse
from starlette.templating import Jinja2Templates

from ...desk.asking import asked_moment
from ...desk.book import Book
from ...desk.remembered import Remembered
from ...desk.shelf import Clock
from ...desk.store import Desk
from .. import words
from . import wording

HERE = Path(__file__).parent
STATIC = HERE / "static"

#: The pages of the bar at the top: address, name.
NAV: list[tuple[str, str]] = [
    ("/", "Stories"),
    ("/search", "Search"),
    ("/review", "Review"),
    ("/alerts", "Alerts"),
    ("/read", "Read a report"),
    ("/jobs", "Intake"),
]


def the_desk(request: Request) -> Desk:
    """Return the desk that the application stands on."""
    desk: Desk = request.app.state.desk
    return desk


def a_connection(request: Request) -> Iterator[Connection]:
    """Give a connection that sees one state of the desk for as long as the request lasts."""
    with the_desk(request).reading() as connection:
        yield connection


def remembered(request: Request) -> Remembered:
    """Return the weighings that the application keeps in memory."""
    found: Remembered = request.app.state.remembered
    return found


TheDesk = Annotated[Desk, Depends(the_desk)]
# No more connections at once than the engine's pool has, so that no thread ever waits for one; given back
# before the answer goes out, so that a slow reader keeps none.
AConnection = Annotated[Connection, Depends(a_connection, scope="function", max_concurrency=10)]


def a_book(
    request: Request,
    connection: AConnection,
    as_of: Annotated[str | None, Query(max_length=40)] = None,
    clock: Annotated[Clock, Query()] = "published",
) -> Book:
    """Return the book of this request, as of the moment that its address asks for.

    Raises:
        DeskError: ``as_of`` is no time in ISO 8601.
    """
    moment = asked_moment(as_of)
    request.state.as_of, request.state.clock = moment, clock
    return Book(connection, as_of=moment, clock=clock)


ABook = Annotated[Book, Depends(a_book)]


# addresses ------------------------------------------------------------------------------------------

_KEPT = ("as_of", "clock")  # what goes along from page to page


def path(room: str, name: str = "") -> str:
    """Return the path of a thing: ``path("stories", id)``, ``path("reports", id)``."""
    return f"/{room}/{quote(name, safe='')}" if name else f"/{room}"


def claim_path(story: str, claim: str) -> str:
    """Return the place of a claim on the page of its story."""
    return f"{path('stories', story)}#{quote(claim, safe='')}"


def address(request: Request, to: str, **query: object) -> str:
    """Return an address within the desk that keeps the moment asked for; ``None`` and "" are left out."""
    to, mark, fragment = to.partition("#")
    kept = {k: v for k in _KEPT if (v := request.query_params.get(k))}
    asked = {k: "1" if v is True else str(v) for k, v in (kept | query).items() if v not in (None, "")}
    return to + (f"?{urlencode(asked)}" if asked else "") + mark + fragment


@pass_context
def _to(context: Context, to: str, **query: object) -> str:
    request: Request = context["request"]
    return address(request, to, **query)


def asset(name: str) -> str:
    """Return the address of a static file."""
    return f"/static/{name}"


# templates ------------------------------------------------------------------------------------------


def _around(request: Request) -> dict[str, Any]:
    """Return what the frame of every page needs."""
    state = request.state
    return {
        "here": request.url.path,
        "csrf": getattr(state, "csrf", None),
        "user": getattr(state, "user", None),
        "as_of": getattr(state, "as_of", None),
        "clock": getattr(state, "clock", "published"),
    }


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals |= {
        "origins": wording.origins,
        "range": wording.between,
        "span": wording.span,
        "to": _to,
        "path": path,
        "claim_path": claim_path,
        "asset": asset,
        "nav": NAV,
        "words": words,
    }
    made.filters |= {
        "day": wording.day,
        "moment": wording.moment,
        "span": wording.span,
        "count": wording.count,
        "stance": lambda value: words.STANCE[value],
        "factuality": lambda value: words.FACTUALITY[value],
        "kind": lambda value: words.KIND[value],
        "visible": wording.visible,
        "shown": wording.shown,
        "amount": words.amount,
        "but": lambda asked, **changed: {**asked, **changed},
        "oneline": wording.oneline,
        "excerpt": lambda hit: wording.excerpt(hit.excerpt, hit.start, hit.end),
        "web": wording.web_address,
    }
    return made


templates = Jinja2Templates(env=_environment(), context_processors=[_around])


def waiting(request: Request) -> HTMLResponse:
    """Say that what was asked for is being worked out; a script of the page asks again."""
    return page(request, "waiting.html", status=202)


def page(request: Request, name: str, *, status: int = 200, **content: Any) -> HTMLResponse:
    """Render a template of this folder."""
    return templates.TemplateResponse(request, name, content, status_code=status)
