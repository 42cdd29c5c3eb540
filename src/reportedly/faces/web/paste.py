"""Reading a report that somebody pastes or uploads, without storing it; and filing it in the desk."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from threading import Lock
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...desk import shelf
from ...desk.book import unweighed, weigh_some
from ...desk.ingest import take
from ...desk.store import Desk
from ...errors import IntakeError, ReportedlyError
from ...intake import Fetching, Overrides, from_html, from_text
from ...intake import text as texts
from ...intake.dates import normal
from ...intake.doors import kind_of, sniffed
from ...intake.item import Item, document, given
from ...intake.web import fetch
from ...reading.reader import read_report
from ...records import Reading, Report
from ..api.problems import Refused
from .deps import page, path, the_desk
from .layout import lay_out
from .reports import around

router = APIRouter()

MOST = 2_000_000  # bytes of a report that is pasted or uploaded
_BODY = 3 * MOST  # of the form around it: a browser sends line ends as two characters
_FIELDS = ("content", "kind", "title", "outlet", "published", "url")
_KINDS = {"": "tell by how it begins", "text": "plain text", "html": "an HTML page"}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What the form holds; ``content`` is the report as text, ``kind`` what it was said to be."""

    content: str = ""
    kind: str = ""
    title: str = ""
    outlet: str = ""
    published: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        parts = (getattr(self, name) for name in _FIELDS)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class _Kept:
    """The last few readings, so that to turn a page does not read a report again. Never written down."""

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._lock = Lock()
        self._found: OrderedDict[str, Reading] = OrderedDict()

    def get(self, key: str) -> Reading | None:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: str, reading: Reading) -> None:
        with self._lock:
            self._found[key] = reading
            while len(self._found) > self._most:
                self._found.popitem(last=False)


_kept = _Kept()


async def _sent(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=20, max_part_size=_BODY) as form:
        yield form


Sent = Annotated[FormData, Depends(_sent)]


@router.get("/read", response_class=HTMLResponse)
def ask(request: Request) -> HTMLResponse:
    """Show the form."""
    return _show(request, Pasted())


@router.post("/read", response_class=HTMLResponse, max_body_size=_BODY)
async def read(request: Request, form: Sent) -> Response:
    """Read what was sent and show its claims. Nothing is stored."""
    return await _in_turn(request, _read, request, form, await _upload(form))


@router.post("/ingest", response_class=HTMLResponse, max_body_size=_BODY)
async def file(request: Request, form: Sent) -> Response:
    """File what was sent in the desk, and go to its page."""
    return await _in_turn(request, _file, request, form, await _upload(form))


async def _in_turn(request: Request, act: Any, *what: object) -> Response:
    """Read one report at a time, in a thread, so that the other pages are still answered."""
    state = request.app.state
    if not hasattr(state, "reading_turn"):
        state.reading_turn = CapacityLimiter(1)
    answer: Response = await to_thread.run_sync(act, *what, limiter=state.reading_turn)
    return answer


async def _upload(form: FormData) -> bytes | None:
    file = form.get("file")
    if isinstance(file, UploadFile) and (file.filename or file.size):
        return await file.read(MOST + 1)
    return None


def _read(request: Request, form: FormData, upload: bytes | None) -> Response:
    pasted = _fields(form)
    try:
        pasted = _content(request, pasted, upload)
        reading = _kept.get(pasted.key)
        if reading is None:
            report = _report(pasted)
            with request.app.state.api.reader():
                reading = read_report(report)
            _kept.put(pasted.key, reading)
    except (ReportedlyError, Refused) as error:
        return _show(request, pasted, error=error)
    part = str(form.get("part", ""))
    return _show(
        request, pasted, reading=reading, part=int(part) if part.isdecimal() and len(part) < 7 else 1
    )


def _file(request: Request, form: FormData, upload: bytes | None) -> Response:
    pasted = _fields(form)
    try:
        pasted = _content(request, pasted, upload)
        report = _report(pasted)
        with request.app.state.api.reader():
            name = file_one(the_desk(request), report, pasted.content.encode("utf-8", "replace"))
    except (ReportedlyError, Refused) as error:
        return _show(request, pasted, error=error)
    return RedirectResponse(path("reports", name), status_code=303)


def file_one(desk: Desk, report: Report, body: bytes) -> str:
    """File one report, weigh the stories that this changes, and return the report's id.

    Raises:
        IntakeError, DeskError: it could not be read or filed.
    """
    digest = hashlib.sha256(body).hexdigest()
    locator = report.url or f"pasted:{digest[:16]}"
    item = Item(locator, None, given(document(body, report.url or "")), lambda _: report)
    with desk.reading() as connection:
        before = unweighed(connection)
    for outcome in take(desk, [item], ["the web desk"]):
        if outcome.error is not None:
            raise outcome.error
        if outcome.report is not None:
            report = replace_id(report, outcome.report)
    with desk.reading() as connection:
        touched = [story for story in unweighed(connection) if story not in before]
    weigh_some(desk, touched)
    with desk.reading() as connection:
        row = shelf.latest(connection, report)
    return str(row.report) if row is not None else report.id


def replace_id(report: Report, name: str) -> Report:
    """Return a report under the id that the desk knows it by."""
    import msgspec

    return msgspec.structs.replace(report, id=name)


def _fields(form: FormData) -> Pasted:
    """Return the form's fields as they were typed, with line ends of one character again."""
    values = {name: value for name in _FIELDS if isinstance(value := form.get(name), str)}
    content = values.pop("content", "").replace("\r\n", "\n")
    return Pasted(content=content, **{name: value.strip()[:2000] for name, value in values.items()})


def _content(request: Request, pasted: Pasted, upload: bytes | None) -> Pasted:
    """Return what is to be read: what was uploaded, pasted, or (if that is allowed) stands at the address."""
    if upload is not None:
        kind = pasted.kind or sniffed(upload)
        charset = texts.declared_charset(upload) if kind == "html" else None
        decoded = texts.decode(upload, charset=charset, max_bytes=MOST)
        return replace(pasted, content=decoded.text, kind=kind)
    if pasted.content.strip():
        return pasted
    if pasted.url and request.app.state.fetching:
        found = fetch(pasted.url, Fetching(), max_bytes=MOST)
        kind = kind_of(found)
        charset = found.charset or (texts.declared_charset(found.body) if kind == "html" else None)
        decoded = texts.decode(found.body, charset=charset, max_bytes=MOST)
        return replace(pasted, content=decoded.text, kind=kind, url=found.url)
    if pasted.url:
        raise IntakeError(
            "this desk fetches no addresses: paste the text of the page, or start it with --allow-fetch"
        )
    raise IntakeError("there is nothing to read: paste a text or choose a file")


def _report(pasted: Pasted) -> Report:
    if pasted.published and normal(pasted.published) is None:
        raise IntakeError(
            f"a date is wanted in ISO 8601, such as 2026-03-12T09:00, not {pasted.published[:40]!r}"
        )
    over = Overrides(
        title=pasted.title or None,
        outlet=pasted.outlet or None,
        published=pasted.published or None,
        url=pasted.url or None,
    )
    kind = pasted.kind or sniffed(pasted.content[:4096].encode("utf-8", "replace"))
    if kind == "jsonl":
        raise IntakeError(
            "these are JSON lines, which hold many reports: take them in with reportedly ingest"
        )
    if kind == "html":
        return from_html(pasted.content, over.url, overrides=over, max_bytes=MOST)
    return from_text(pasted.content, overrides=over, max_bytes=MOST)


def _show(
    request: Request,
    pasted: Pasted,
    *,
    reading: Reading | None = None,
    part: int = 1,
    error: Exception | None = None,
) -> HTMLResponse:
    found: dict[str, Any] = {}
    if reading is not None:
        found = around(reading, lay_out(reading, part=part)) | {
            "ties": {},
            "me": None,
            "own": False,
            "taken": [],
            "filed": None,
        }
    return page(
        request,
        "read.html",
        status=422 if error else 200,
        pasted=pasted,
        kinds=_KINDS,
        error=error,
        fetching=request.app.state.fetching,
        most=texts.size(MOST),
        done=reading is not None,
        **found,
    )
