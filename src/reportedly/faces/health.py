"""What those who run the server ask it: whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

import logging
from collections.abc import Callable

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ..desk import migrate
from ..desk.store import Desk
from ..errors import DeskError, ReportedlyError
from . import metrics

router = APIRouter(include_in_schema=False)

_PATIENCE = 5.0  # seconds for one check
_LOG = logging.getLogger(__name__)
_UNCACHED = {"Cache-Control": "no-store"}
_METHODS = ["GET", "HEAD"]


@router.api_route("/healthz", methods=_METHODS)
async def alive() -> Response:
    """Tell that this worker answers; nothing else is looked at."""
    return PlainTextResponse("ok\n", headers=_UNCACHED)


@router.api_route("/readyz", methods=_METHODS)
async def ready(request: Request) -> Response:
    """Tell whether this worker can do its work: store, form of the tables, model; 503 if it cannot.

    Anybody may ask, so it is said what is wrong, and not why: that is in the log.
    """
    state = request.app.state
    if not hasattr(state, "ready_turn"):
        state.ready_turn = CapacityLimiter(2)  # a store that hangs holds no more threads than these
    desk: Desk = state.desk
    found = {
        "store": await _checked(lambda: _store(desk), state.ready_turn),
        "model": await _checked(_model, state.ready_turn),
    }
    good = all(value == "ok" for value in found.values())
    body = {"status": "ready" if good else "not ready", "checks": found}
    return JSONResponse(body, 200 if good else 503, headers=_UNCACHED)


@router.api_route("/metrics", methods=_METHODS)
def figures(request: Request) -> Response:
    """Give the figures of the server and its desk, as Prometheus reads them; the guard sees who asks."""
    state = request.app.state
    body = metrics.page(state.desk, state.requests)
    return Response(body, headers={**_UNCACHED, "Content-Type": metrics.MEDIA_TYPE})


async def _checked(check: Callable[[], str], turn: CapacityLimiter) -> str:
    with move_on_after(_PATIENCE):
        return await to_thread.run_sync(check, limiter=turn, abandon_on_cancel=True)
    return "no answer"


def _store(desk: Desk) -> str:
    """Tell whether the store can be read and its tables have the form that this program knows."""
    try:
        with desk.reading() as connection:
            return "ok" if migrate.is_current(connection) else "old form"
    except DeskError as error:
        _LOG.warning("the desk cannot be used: %s", error)
        return "newer form" if error.__cause__ is None else "cannot be read"


def _model() -> str:
    """Tell whether reports can be read; the weights are loaded once."""
    from ..reading.encoder import encoder

    try:
        encoder()
    except ReportedlyError as error:
        _LOG.warning("the model cannot be loaded: %s", error)
        return "cannot be loaded"
    return "ok"
