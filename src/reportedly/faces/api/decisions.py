"""Decisions of people: what is one story or one claim, what was read wrong, what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection
from starlette.responses import Response

from ...desk import decisions as log
from ...desk import review
from ...desk.deciding import decide
from ...desk.decisions import Decision
from ...errors import DeskError, NotInDesk
from .answers import Cursor, answer, cut, listed
from .asking import AnAsked, APage, AService, AUser
from .contract import one, page_of
from .models import Appearance, Correct, Hide, Link, Merge, Rate, Redact, Split, Undo
from .problems import Refused
from .service import Service
from .shapes import Logged, Taken

router = APIRouter(prefix="/decisions", tags=["decisions"])
_MADE: dict[str, Any] = {  # what every route has that makes a decision
    "status_code": 201,
    "response_class": Response,
    "responses": one(Taken, 404, 409, 413, 415, status=201),
}


@router.get(
    "",
    operation_id="listDecisions",
    summary="List decisions, the latest first",
    response_class=Response,
    responses=page_of(Logged, 304),
)
def decisions(asked: AnAsked, page: APage, user: AUser) -> Response:
    """Who decided what, when and why. Decisions are only added; an undo is one of its own.

    Readers are not told who (`null`).
    """
    cursor = Cursor(("decisions", asked.as_of), page.cursor, int)
    with asked.desk.reading() as connection:
        entries = log.log(connection, asked.as_of)
    stands = {d.id for d in log.standing(entries)} | _standing_undos(entries)
    last = cursor.keys[0] if cursor.keys else None
    rest = [d for d in reversed(entries) if last is None or d.id < last]
    found, more = cut(rest, page.limit)
    named = user.may("decide")
    items = [_logged(d, d.id in stands, named) for d in found]
    return listed(asked.request, items, cursor.after((found[-1].id,)) if more else None)


def _standing_undos(entries: Iterable[Decision]) -> set[int]:
    undone = {d.undoes for d in entries}
    return {d.id for d in entries if d.kind == "undo" and d.id not in undone}


def _logged(entry: Decision, stands: bool, named: bool) -> Logged:
    return Logged(
        id=entry.id, decided=entry.decided, who=entry.who if named else None, kind=entry.kind,
        body=entry.body, why=entry.why, undoes=entry.undoes, stands=stands,
    )  # fmt: skip


def _taken(request: Request, service: Service, act: Callable[[Connection], Decision]) -> Response:
    try:
        found = decide(service.desk, act)
    except NotInDesk:
        raise
    except DeskError as error:
        if error.__cause__ is not None:
            raise
        raise Refused(409, "cannot-be-done", str(error)) from None
    body = Taken(
        id=found.id, decided=found.decided, who=found.who, kind=found.kind, body=found.body,
        why=found.why, undoes=found.undoes,
    )  # fmt: skip
    return answer(request, body, status=201)


@router.post(
    "/merge",
    operation_id="mergeStories",
    summary="Make one story of several",
    **_MADE,
)
def merge(request: Request, service: AService, user: AUser, posted: Merge) -> Response:
    """Their reports stay together from now on."""
    return _taken(request, service, lambda c: review.merge(c, posted.stories, who=user.name, why=posted.why))


@router.post(
    "/split",
    operation_id="splitStory",
    summary="Make a story of its own of some of a story's reports",
    **_MADE,
)
def split(request: Request, service: AService, user: AUser, posted: Split) -> Response:
    """Name some of its reports, and not all of them."""
    return _taken(
        request,
        service,
        lambda c: review.split(c, posted.story, posted.reports, who=user.name, why=posted.why),
    )


@router.post(
    "/confirm",
    operation_id="confirmLink",
    summary="Decide that two appearances make the same claim",
    **_MADE,
)
def confirm(request: Request, service: AService, user: AUser, posted: Link) -> Response:
    """Both have to stand in one story."""
    return _link(request, service, user.name, posted, same=True)


@router.post(
    "/reject",
    operation_id="rejectLink",
    summary="Decide that two appearances do not make the same claim",
    **_MADE,
)
def reject(request: Request, service: AService, user: AUser, posted: Link) -> Response:
    """They are not suggested again."""
    return _link(request, service, user.name, posted, same=False)


def _link(request: Request, service: Service, who: str, posted: Link, *, same: bool) -> Response:
    a, b = _place(posted.a), _place(posted.b)
    return _taken(request, service, lambda c: review.link(c, a, b, same=same, who=who, why=posted.why))


def _place(appearance: Appearance) -> tuple[str, str]:
    return appearance.report, appearance.attribution


@router.post(
    "/correct",
    operation_id="correctAttribution",
    summary="Set what was read wrong",
    **_MADE,
)
def correct(request: Request, service: AService, user: AUser, posted: Correct) -> Response:
    """The stance, the factuality, or the kind of source of an attribution."""
    return _taken(
        request,
        service,
        lambda c: review.correct(
            c, _place(posted), posted.field, posted.value, who=user.name, why=posted.why
        ),
    )


@router.post(
    "/hide",
    operation_id="hideReport",
    summary="Leave a report out of everything",
    **_MADE,
)
def hide(request: Request, service: AService, user: AUser, posted: Hide) -> Response:
    """It stays in the store, and comes back when this is undone."""
    return _taken(request, service, lambda c: review.hide(c, posted.report, who=user.name, why=posted.why))


@router.post(
    "/redact",
    operation_id="redactReport",
    summary="Take words out of a report",
    **_MADE,
)
def redact(request: Request, service: AService, user: AUser, posted: Redact) -> Response:
    """Blocks stand in their place everywhere, as many as there were characters, until this is undone."""
    spans = [(start, end) for start, end in posted.spans]
    return _taken(
        request,
        service,
        lambda c: review.redact(
            c, posted.report, spans=spans, quote=posted.quote, field=posted.field,
            who=user.name, why=posted.why,
        ),
    )  # fmt: skip


@router.post(
    "/rate",
    operation_id="rateClaim",
    summary="Write down how an organisation rated a claim",
    **_MADE,
)
def rate(request: Request, service: AService, user: AUser, posted: Rate) -> Response:
    """It goes out as schema.org `ClaimReview`, and changes nothing else; the program itself rates nothing."""
    return _taken(
        request,
        service,
        lambda c: review.rate(
            c, posted.claim, rating=posted.rating, organisation=posted.organisation, url=posted.url,
            value=posted.value, best=posted.best, worst=posted.worst, who=user.name, why=posted.why,
        ),
    )  # fmt: skip


@router.post(
    "/{decision}/undo",
    operation_id="undoDecision",
    summary="Take a decision back",
    **_MADE,
)
def undo(
    request: Request,
    service: AService,
    user: AUser,
    decision: Annotated[int, Path(ge=1, le=1 << 31, description="Its number in the log.")],
    posted: Undo | None = None,
) -> Response:
    """An undo can be undone itself."""
    why = posted.why if posted else ""
    return _taken(request, service, lambda c: log.undo(c, decision, who=user.name, why=why))
