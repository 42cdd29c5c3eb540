"""Review: what the program suggests, decided by a person; corrections; and who decided what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...desk import decisions as log
from ...desk import review
from ...desk.deciding import decide
from ...desk.decisions import Decision
from ...desk.redactions import FIELDS
from ...desk.suggestions import Suggestion, suggestions
from ...errors import DeskError
from ...records import Report
from ...records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES
from ..api.asking import the_user
from .deps import ABook, AConnection, TheDesk, page, path
from .login import within

router = APIRouter()

_SHOWN = 20  # suggestions on a page
_STORIES = 40  # stories, the latest first, that are looked through for suggestions
_OTHERS = 60  # stories that a story may be merged with, on its page
_LOGGED = 50  # decisions on a page of the log
_WEIGHED_NOW = 3  # of them, where none is weighed yet
_AT_ONCE = 100  # suggestions that are decided with one press
_SPAN = re.compile(r"([0-9]{1,10})\s*[:–-]\s*([0-9]{1,10})")
_Text = Annotated[str, Form(max_length=2_000)]
_Names = Annotated[list[str], Form(max_length=500)]
_Id = Annotated[str, Path(max_length=500)]
_CHOICES = {"stance": STANCES, "factuality": FACTUALITIES, "kind": SOURCE_KINDS}


# what waits ---------------------------------------------------------------------------------------


@router.get("/review", response_class=HTMLResponse)
def queue(
    request: Request,
    book: ABook,
    story: Annotated[str, Query(max_length=80)] = "",
    done: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """Show the joins that wait to be decided: of one story, or of the latest ones that are weighed."""
    if story:
        stories = [book.story(story)]
    else:
        latest = [line.story for line in book.lines(limit=_STORIES)]
        stories = [s for s in latest if book.is_kept(s)] or latest[:_WEIGHED_NOW]
    found = suggestions(book, stories, _SHOWN + 1)
    return page(
        request,
        "review.html",
        found=found[:_SHOWN],
        more=len(found) > _SHOWN,
        only=stories[0] if story else None,
        reports=_reports(book, found),
        done=done,
    )


def _reports(book: ABook, found: Iterable[Suggestion]) -> dict[str, Report]:
    ids = {r for s in found for r in (s.anchor.report, s.appearance.report)}
    return {f.id: f.report for f in book.filed(sorted(ids))}


@router.post("/review/links")
def decide_links(
    request: Request,
    desk: TheDesk,
    same: Annotated[bool, Form()],
    pairs: _Names,
    why: _Text = "",
    back: _Text = "/review",
) -> Response:
    """Confirm or reject suggestions; each is a decision of its own in the log."""
    if len(pairs) > _AT_ONCE:
        raise DeskError(f"decide at most {_AT_ONCE} at once")
    who = the_user(request).name
    chosen = [_pair(pair) for pair in pairs]
    for a, b in chosen:
        _decide(desk, partial(review.link, a=a, b=b, same=same, who=who, why=why), groups=False)
    return _to(back, len(chosen))


def _pair(text: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Read "REPORT#ATTRIBUTION REPORT#ATTRIBUTION", its parts divided by a tab."""
    a, mark, b = text.partition("\t")
    if not mark:
        raise DeskError("a pair of appearances is wanted")
    return _place(a), _place(b)


def _place(text: str) -> tuple[str, str]:
    report, mark, attribution = text.rpartition("#")
    if not mark:
        raise DeskError("an appearance is written REPORT#ATTRIBUTION")
    return report, attribution


# stories --------------------------------------------------------------------------------------------


@router.get("/review/stories/{name}", response_class=HTMLResponse)
def story_form(request: Request, book: ABook, name: _Id) -> HTMLResponse:
    """Show how a story can be parted, or put together with another."""
    story = book.story(name)
    others = [line for line in book.lines(limit=_OTHERS) if line.story.id != story.id]
    reports = [f.report for f in book.filed(story.reports)]
    return page(request, "review_story.html", story=story, others=others, reports=reports)


@router.post("/review/stories/{name}/merge")
def merge(request: Request, desk: TheDesk, name: _Id, other: _Text, why: _Text = "") -> Response:
    """Make one story of two."""
    who = the_user(request).name
    _decide(desk, lambda c: review.merge(c, [name, other.strip()], who=who, why=why))
    return _to("/decisions", 1)


@router.post("/review/stories/{name}/split")
def split(request: Request, desk: TheDesk, name: _Id, reports: _Names, why: _Text = "") -> Response:
    """Make a story of its own of some of a story's reports."""
    who = the_user(request).name
    _decide(desk, lambda c: review.split(c, name, reports, who=who, why=why))
    return _to("/decisions", 1)


# one claim of one report ------------------------------------------------------------------------------


@router.get("/review/report", response_class=HTMLResponse)
def report_form(
    request: Request,
    book: ABook,
    report: Annotated[str, Query(max_length=500)],
    claim: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """Show what of a report can be set right, and how it can be left out."""
    filed = book.report(report)
    found = next((a for a in filed.reading.attributions if a.id == claim), None)
    return page(
        request, "review_report.html", report=filed.report, claim=found, choices=_CHOICES, fields=FIELDS
    )


@router.post("/review/report/correct")
def correct(
    request: Request,
    desk: TheDesk,
    report: _Text,
    claim: _Text,
    field: _Text,
    value: _Text,
    why: _Text = "",
) -> Response:
    """Set the stance, the factuality or the kind of source of a claim."""
    who = the_user(request).name
    _decide(desk, lambda c: review.correct(c, (report, claim), field, value, who=who, why=why), groups=False)
    chosen = quote(claim, safe="")
    return RedirectResponse(f"{path('reports', report)}?claim={chosen}#{chosen}", 303)


@router.post("/review/report/redact")
def redact(
    request: Request,
    desk: TheDesk,
    report: _Text,
    field: _Text,
    quote: Annotated[str, Form(max_length=10_000)] = "",
    span: Annotated[str, Form(max_length=40)] = "",
    whole: Annotated[bool, Form()] = False,
    why: _Text = "",
) -> Response:
    """Take words out of a report, until that is undone."""
    spans = [_span(span)] if span.strip() else []
    if whole == bool(spans or quote.strip()):
        raise DeskError("give the words or a range, or choose the whole field")
    if field not in FIELDS:
        raise DeskError(f"{field[:40]!r} cannot be redacted")
    who = the_user(request).name
    _decide(
        desk,
        lambda c: review.redact(c, report, spans=spans, quote=quote, field=field, who=who, why=why),
        groups=False,
    )
    return _to("/decisions", 1)


def _span(text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise DeskError("a range is written START:END, in characters")
    return int(match[1]), int(match[2])


@router.post("/review/report/hide")
def hide(request: Request, desk: TheDesk, report: _Text, why: _Text = "") -> Response:
    """Leave a report out of everything, until that is undone."""
    who = the_user(request).name
    _decide(desk, lambda c: review.hide(c, report, who=who, why=why))
    return _to("/decisions", 1)


# one claim of the desk --------------------------------------------------------------------------------


@router.post("/review/claims/{name}/rate")
def rate(
    request: Request,
    desk: TheDesk,
    name: _Id,
    rating: _Text,
    organisation: _Text,
    url: _Text = "",
    value: _Text = "",
    best: _Text = "",
    worst: _Text = "",
    why: _Text = "",
) -> Response:
    """Write down how an organisation rated a claim."""
    numbers = [_number(text) for text in (value, best, worst)]
    who = the_user(request).name
    _decide(
        desk,
        lambda c: review.rate(
            c, name, rating=rating, organisation=organisation, url=url.strip() or None,
            value=numbers[0], best=numbers[1], worst=numbers[2], who=who, why=why,
        ),
        groups=False,
    )  # fmt: skip
    return RedirectResponse(path("claims", name), 303)


def _number(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise DeskError(f"{text[:40]!r} is no number") from None


# the log ----------------------------------------------------------------------------------------------


@router.get("/decisions", response_class=HTMLResponse)
def decisions(
    request: Request,
    connection: AConnection,
    number: Annotated[int, Query(ge=1, le=100_000, alias="page")] = 1,
    done: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """Show who decided what, the latest first, and what can be undone."""
    entries = log.log(connection)
    undone = {d.undoes for d in entries}
    listed = entries[::-1][(number - 1) * _LOGGED : number * _LOGGED]
    return page(
        request,
        "decisions.html",
        entries=listed,
        undone=undone,
        said=said,
        named=the_user(request).may("decide"),
        number=number,
        pages=max(1, -(-len(entries) // _LOGGED)),
        done=done,
    )


@router.post("/decisions/{number}/undo")
def undo(
    request: Request,
    desk: TheDesk,
    number: Annotated[int, Path(ge=1, le=1 << 31)],
    why: _Text = "",
) -> Response:
    """Take a decision back; that is a decision, too."""
    who = the_user(request).name
    _decide(desk, lambda c: log.undo(c, number, who=who, why=why))
    return _to("/decisions", 1)


def said(entry: Decision) -> str:
    """Return what a decision says, in words."""
    body = entry.body
    if entry.kind == "join":
        return f"the stories of these reports are one: {', '.join(body['reports'])}"
    if entry.kind == "part":
        return f"another story than the rest: {', '.join(body['part'])}"
    if entry.kind in ("confirm", "reject"):
        same = "make the same claim" if entry.kind == "confirm" else "do not make the same claim"
        return f"{'#'.join(body['a'])} and {'#'.join(body['b'])} {same}"
    if entry.kind == "correct":
        return f"the {body['field']} of {body['report']}#{body['attribution']} is {body['value']}"
    if entry.kind == "hide":
        return f"{body['report']} is left out"
    if entry.kind == "redact":
        spans = ", ".join(f"{start}–{end}" for start, end in body["spans"])
        where = f"characters {spans} of the {body['field']}" if spans else f"the {body['field']}"
        return f"taken out: {where} of {body['report']}, as its revision {body['revision']} has them"
    if entry.kind == "rate":
        return f"{body['organisation']} rates claim {body['claim']} “{body['rating']}”"
    return f"decision {entry.undoes} is taken back"


def _decide(desk: TheDesk, act: Callable[[Connection], Decision], *, groups: bool = True) -> None:
    decide(desk, act, groups=groups)


def _to(where: str, done: int) -> Response:
    inside = within(where)
    mark = "&" if "?" in inside else "?"
    return RedirectResponse(f"{inside}{mark}done={done}", 303)
