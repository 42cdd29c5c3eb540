"""What every request brings along: the desk, the moment that is asked for, which page of a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from ...desk.access import User
from ...desk.asking import asked_moment
from ...desk.book import Book
from ...desk.shelf import Clock
from ...desk.store import Desk
from ...errors import DeskError
from .problems import Refused
from .service import Service

LONGEST_ID = 500  # characters; reports keep the ids that they came with, which may be addresses
_MOMENT = "ISO 8601; UTC if not said; a day means its last moment."


class Asked:
    """A request's desk, and the moment it asks for."""

    def __init__(
        self,
        request: Request,
        as_of: Annotated[
            str | None,
            Query(max_length=40, description=f"What was known at this time. {_MOMENT}"),
        ] = None,
        clock: Annotated[
            Clock, Query(description="What as_of goes by: publication, or when the desk saw it.")
        ] = "published",
    ) -> None:
        self.request = request
        self.as_of = moment("as_of", as_of)
        self.clock: Clock = clock

    @property
    def desk(self) -> Desk:
        return the_service(self.request).desk

    @contextmanager
    def book(self) -> Iterator[Book]:
        """Open the desk for reading."""
        with self.desk.reading() as connection:
            yield Book(connection, as_of=self.as_of, clock=self.clock)


def moment(name: str, value: str | None) -> str | None:
    """Return a time of the query as the desk compares it; refuses what is none."""
    try:
        return asked_moment(value)
    except DeskError as error:
        raise Refused(422, "invalid", f"{name}: {error}") from None


def the_service(request: Request) -> Service:
    """Return what the application keeps for this interface."""
    found: Service = request.app.state.api
    return found


def the_user(request: Request) -> User:
    """Return who asks, as the guard found out; without a guard nobody may do what needs to know."""
    user: User | None = getattr(request.state, "user", None)
    if user is None:
        raise Refused(401, "who", "this needs to know who asks", {"WWW-Authenticate": "Bearer"})
    return user


class Paged:
    """Which page of a list: how many items, and after which."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="How many items.")] = 50,
        cursor: Annotated[
            str | None, Query(max_length=2000, description="The `next` of the page before.")
        ] = None,
    ) -> None:
        self.limit, self.cursor = limit, cursor


AnAsked = Annotated[Asked, Depends()]
APage = Annotated[Paged, Depends()]
AService = Annotated[Service, Depends(the_service)]
AUser = Annotated[User, Depends(the_user)]
Moment = Annotated[str | None, Query(max_length=40, description=_MOMENT)]
Words = Annotated[str, Query(max_length=200)]


def id_of(what: str, example: str) -> Any:
    """Return the declaration of an id in a path."""
    return Path(min_length=1, max_length=LONGEST_ID, description=f"The {what}'s id.", examples=[example])


StoryId = Annotated[str, id_of("story", "s-1a2b3c4d5e6f")]
ClaimId = Annotated[str, id_of("claim", "c-1a2b3c4d5e6f")]
ReportId = Annotated[str, id_of("report", "r-1a2b3c4d5e6f7a8b")]
