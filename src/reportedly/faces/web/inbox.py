"""The first page: the stories, how many outlets carry each and to how many origins its claims go back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from ...desk.book import Order
from ...desk.gists import Wanted
from ...desk.lines_then import lines_then
from ...records.attribution import SOURCE_KINDS
from .deps import ABook, page, remembered

router = APIRouter()

_A_PAGE = 20  # stories on one page
_PATIENCE = 2.0  # seconds in which stories of a page are weighed for a moment
_WORDS = Query(max_length=200)


class Status(StrEnum):
    """Which claims a story must have to be listed."""

    any = "any"
    disputed = "disputed"
    single = "single"


@router.get("/", response_class=HTMLResponse)
def inbox(
    request: Request,
    book: ABook,
    about: Annotated[str, _WORDS] = "",
    by: Annotated[str, _WORDS] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    status: Status = Status.any,
    order: Order = "latest",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """List the stories; with filters those that hold such a claim, and which."""
    if book.as_of is not None:  # what is known of disputes and origins without weighing is that of today
        status = Status.any
    wanted = Wanted(
        about=about.strip(),
        by=by.strip(),
        kind=next((k for k in SOURCE_KINDS if k == kind), None),
        disputed=status is Status.disputed,
        single=status is Status.single,
    )
    total = book.count(wanted)
    pages = max(1, -(-total // _A_PAGE))
    number = min(number, pages)
    asked = {
        "about": wanted.about,
        "by": wanted.by,
        "kind": wanted.kind,
        "status": status.value if status is not Status.any else None,
        "order": order if order != "latest" else None,
    }
    leads = 3 if wanted else 2
    lines = book.lines(limit=_A_PAGE, offset=_A_PAGE * (number - 1), wanted=wanted, order=order, leads=leads)
    if book.as_of is not None:
        weigh = remembered(request).weighed
        lines = lines_then(book, lines, weigh=weigh, wanted=wanted, leads=leads, seconds=_PATIENCE)
    return page(
        request,
        "inbox.html",
        lines=lines,
        waiting=book.as_of is not None and any(line.claims is None for line in lines),
        wanted=wanted,
        asked=asked,
        total=total,
        everything=total if not wanted else book.count(),
        number=number,
        pages=pages,
        kinds=SOURCE_KINDS,
    )
