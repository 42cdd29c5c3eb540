"""The REST interface, under ``/api/v1``: what a desk holds as JSON, described by an OpenAPI 3.1 document."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI

from . import (
    about,
    claims,
    contract,
    decisions,
    exports,
    jobs,
    people,
    problems,
    reading,
    reports,
    searching,
    stories,
)
from .service import Service

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX)
for _part in (reading, jobs, reports, stories, claims, people, searching, decisions, exports, about):
    router.include_router(_part.router)


def install(app: FastAPI, *, fetch: bool = False) -> None:
    """Make an application that includes :data:`router` answer as it says.

    To be called when ``app.state.desk`` is set and all other handlers of errors are added.

    Args:
        app: the application.
        fetch: whether addresses that are posted to be taken in may be fetched.
    """
    app.state.api = Service(app.state.desk, fetch=fetch)
    problems.install(app)
    document: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not document:
            document.update(contract.document(router))
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents


__all__ = ["PREFIX", "install", "router"]
