"""Watching feeds for a desk: where each feed stands is kept in the desk, so that watching can go on later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
from sqlalchemy import delete, insert, select

from ..intake.pace import Pace
from ..intake.watch import Poll, State, Watching
from ..intake.watch import watch as entries
from ..intake.web import Fetching, fetcher
from .ingest import Outcome, take
from .shelf import Retention
from .store import Desk
from .tables import feeds


def watch(
    desk: Desk,
    urls: Sequence[str],
    *,
    once: bool = False,
    how: Watching | None = None,
    fetching: Fetching | None = None,
    retention: Retention = "full",
    told: Callable[[Poll], None] | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Outcome]:
    """Take in every new entry of feeds; yields what became of each. Ends after one round if ``once``.

    ``told`` hears of every request for a feed.

    Raises:
        DeskError: the desk cannot be written.
    """
    state = _state(desk)

    def polled(poll: Poll) -> None:
        _keep(desk, poll.feed, state)
        if told is not None:
            told(poll)

    fetch = fetcher(fetching, Pace())
    found = entries(urls, state, fetch, clock, sleep, once=once, how=how, polled=polled)
    yield from take(desk, found, urls, retention=retention)


def _state(desk: Desk) -> State:
    with desk.reading() as connection:
        return {row.url: msgspec.json.decode(row.state) for row in connection.execute(select(feeds))}


def _keep(desk: Desk, url: str, state: State) -> None:
    body = msgspec.json.encode(state[url]).decode()
    with desk.writing() as connection:
        connection.execute(delete(feeds).where(feeds.c.url == url))
        connection.execute(insert(feeds).values(url=url, state=body))
