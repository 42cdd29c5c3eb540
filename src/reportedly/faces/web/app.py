"""The web desk's application: which pages there are, and what stands around every one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from ... import __version__
from ...desk import open_desk
from ...desk.remembered import Remembered
from .. import api, guard, health
from ..guard import Bound
from ..metrics import Requests
from ..telling import Telling
from . import alerts, failing, inbox, intake_jobs, login, paste, reports, review, searching, sources, stories
from .deps import STATIC
from .shield import Shield

#: Every page's router; whoever adds pages adds its router here.
ROUTERS: tuple[APIRouter, ...] = (
    inbox.router,
    searching.router,
    reports.router,
    stories.router,
    sources.router,
    review.router,
    alerts.router,
    paste.router,
    intake_jobs.router,
    login.router,
    health.router,
    api.router,
)


def create_app(
    desk_path: str | Path,
    *,
    access: Bound = "loopback",
    fetching: bool = False,
    metrics_token: str | None = None,
    shared: Path | None = None,
) -> FastAPI:
    """Build the application for one desk.

    Args:
        desk_path: the desk's file or address; it must be there.
        access: whether it can be called from this machine alone, where nobody signs in, or from a network.
        fetching: whether a report may be fetched from an address that somebody gives.
        metrics_token, shared: see :func:`reportedly.faces.guard.install`.

    Raises:
        DeskError: the desk cannot be opened; or it is bound wider, and nobody could sign in.
    """
    desk = open_desk(desk_path, create=False)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.api.jobs.start()
        try:
            yield
        finally:
            app.state.api.close()
            desk.close()

    app = FastAPI(
        title="reportedly",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=life,
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.state.desk = desk
    app.state.remembered = Remembered(desk)
    app.state.fetching = fetching
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    failing.install(app)
    api.install(app, fetch=fetching)
    try:
        guard.install(app, bound=access, metrics_token=metrics_token, shared=shared)
    except BaseException:
        desk.close()
        raise
    app.add_middleware(Shield)  # the last added stands outside: its headers are on refusals too
    app.state.requests = Requests()
    app.add_middleware(Telling, requests=app.state.requests)
    return app
