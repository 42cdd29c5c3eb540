from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, ClassVar

import pytest

from reportedly.errors import FetchError, ReportedlyError
from reportedly.intake import Fetching
from reportedly.intake.item import Item
from reportedly.intake.pace import Pace
from reportedly.intake.watch import Poll, State, Watching, watch
from reportedly.intake.web import Fetched, Refused, Validators, fetcher

ENTRY = "<item><title>{0}</title><guid isPermaLink='false'>g{0}</guid><link>https://gazette.example/{0}</link></item>"
A, B = "https://gazette.example/rss", "https://courier.example/rss"


def rss(*numbers: int) -> bytes:
    return ("<rss><channel>" + "".join(ENTRY.format(n) for n in numbers) + "</channel></rss>").encode()


class World:
    """A made-up web with a clock: what each feed answers, in turn; the last answer stays."""

    def __init__(self, **answers: list[bytes | Exception]) -> None:
        self.answers = {"a": A, "b": B}
        self.left = {self.answers[name]: list(given) for name, given in answers.items()}
        self.now = 1_000_000.0
        self.asked: list[tuple[float, str, str | None]] = []
        self.until = float("inf")

    def fetch(self, url: str, *, known: Validators | None = None, **_: Any) -> Fetched:
        self.asked.append((self.now, url, known.etag if known else None))
        waiting = self.left[url]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        etag = f'"{zlib.crc32(answer)}"'
        if known and known.etag == etag:
            return Fetched(url, b"", "", None, known, unchanged=True)
        return Fetched(url, answer, "application/rss+xml", None, Validators(etag))

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now > self.until:
            raise KeyboardInterrupt

    def names(self, items: Iterator[Item]) -> list[str]:
        found = []
        try:
            for item in items:
                found.append(item.locator.removeprefix("https://gazette.example/"))
        except KeyboardInterrupt:
            pass
        return found


def test_every_entry_once() -> None:
    world = World(a=[rss(1, 2), rss(2, 3), rss(2, 3), rss(4, 2, 3)])
    world.until = world.now + 4_000
    state: State = {}
    assert world.names(watch([A], state, world.fetch, world.clock, world.sleep)) == ["1", "2", "3", "4"]
    times = [at for at, _, _ in world.asked]
    assert all(900 <= later - earlier <= 990 for earlier, later in pairwise(times))
    state = json.loads(json.dumps(state))
    world.now += 2_000
    assert world.names(watch([A], state, world.fetch, world.clock, world.sleep, once=True)) == []


def test_a_feed_that_has_not_changed_is_not_read_again() -> None:
    world = World(a=[rss(1)])
    state: State = {}
    polls: list[Poll] = []
    for _ in range(2):
        list(watch([A], state, world.fetch, world.clock, world.sleep, once=True, polled=polls.append))
        world.now += 1_000
    assert [etag for _, _, etag in world.asked] == [None, f'"{zlib.crc32(rss(1))}"']
    assert [(p.new, p.unchanged) for p in polls] == [(1, False), (0, True)]


def test_once_leaves_alone_what_is_not_due() -> None:
    world = World(a=[rss(1)])
    state: State = {}
    for _ in range(3):
        list(watch([A], state, world.fetch, world.clock, world.sleep, once=True))
        world.now += 60
    assert len(world.asked) == 1


def test_a_bad_feed_does_not_stop_the_other_and_is_asked_less_and_less() -> None:
    world = World(a=[FetchError("no answer")], b=[rss(1)])
    world.until = world.now + 3_000
    found = world.names(watch([A, B], {}, world.fetch, world.clock, world.sleep))
    assert found[:2] == [A.removeprefix("https://gazette.example/"), "1"]
    times = [at for at, url, _ in world.asked if url == A]
    assert [later - earlier for earlier, later in pairwise(times)][:3] == [120, 240, 480]


def test_what_the_site_asks_for() -> None:
    busy, gone = Refused("429", 429, 5_000.0), Refused("410", 410, None)
    world = World(a=[busy, rss(1)], b=[gone])
    world.until = world.now + 20_000
    state: State = {}
    world.names(watch([A, B], state, world.fetch, world.clock, world.sleep))
    first, second, *_ = [at for at, url, _ in world.asked if url == A]
    assert second - first == 5_000
    assert len([url for _, url, _ in world.asked if url == B]) == 1
    assert state[B]["gone"]
    assert list(watch([B], state, world.fetch, world.clock, world.sleep)) == []


def test_what_is_no_feed_or_full_of_entities_is_a_bad_item() -> None:
    world = World(a=[b"<html>x"], b=[b'<!DOCTYPE rss [<!ENTITY a "b">]><rss/>'])
    items = list(watch([A, B], {}, world.fetch, world.clock, world.sleep, once=True))
    for item, reason in zip(items, ("not a feed", "unsafe"), strict=True):
        with pytest.raises(ReportedlyError, match=reason):
            item.report()


def test_stopping_in_the_middle_loses_nothing() -> None:
    world = World(a=[rss(1, 2, 3)])
    state: State = {}
    running = watch([A], state, world.fetch, world.clock, world.sleep, once=True)
    next(running), next(running)
    state = json.loads(json.dumps(state))
    running.close()  # type: ignore[attr-defined]
    assert world.names(watch([A], state, world.fetch, world.clock, world.sleep, once=True)) == ["2", "3"]


def test_the_same_article_in_two_feeds_and_under_a_new_id() -> None:
    world = World(a=[rss(1), rss(1).replace(b"g1", b"g1-update")], b=[rss(1, 2)])
    state: State = {}
    found = []
    for _ in range(2):
        found += world.names(watch([A, B], state, world.fetch, world.clock, world.sleep, once=True))
        world.now += 1_000
    assert found == ["1", "2"]


def test_entries_that_share_a_link_are_told_apart_by_their_ids() -> None:
    world = World(a=[rss(1, 2).replace(b"example/2", b"example/1")])
    assert world.names(watch([A], {}, world.fetch, world.clock, world.sleep, once=True)) == ["1", "1"]


def test_memory_is_bounded_and_a_damaged_state_is_mended() -> None:
    world = World(a=[rss(*range(n, n + 5)) for n in range(0, 100, 5)])
    state: Any = {A: {"due": "soon", "seen": [1, "x"], "failures": None, "etag": 5}}
    how = Watching(remember=10)
    for _ in range(20):
        list(watch([A], state, world.fetch, world.clock, world.sleep, once=True, how=how))
        world.now += 1_000
    assert len(state[A]["seen"]) <= 10 + 2 * 5
    state[A]["due"] = world.now * 1e9
    list(watch([A], state, world.fetch, world.clock, world.sleep, once=True, how=how))
    assert state[A]["due"] <= world.now + 86_400


class Site(BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("If-None-Match")))
        body = rss(1)
        if self.path == "/robots.txt":
            body = b"User-agent: *\nDisallow: /closed\nCrawl-delay: 3"
        fresh = self.path == "/rss" and self.headers.get("If-None-Match") == '"v1"'
        self.send_response(304 if fresh else 200)
        self.send_header(
            "Content-Type", "text/plain" if self.path == "/robots.txt" else "application/rss+xml"
        )
        self.send_header("ETag", '"v1"')
        self.send_header("Content-Length", "0" if fresh else str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if fresh else body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def test_over_the_wire() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    waited: list[float] = []
    pace = Pace(clock=lambda: 0.0, sleep=waited.append)
    fetch = fetcher(Fetching(allow_private=True, timeout=3, deadline=10), pace)
    now, state, polls = [0.0], State(), list[Poll]()
    try:
        for _ in range(2):
            list(
                watch(
                    [f"{site}/rss", f"{site}/closed"],
                    state,
                    fetch,
                    lambda: now[0],
                    once=True,
                    polled=polls.append,
                )
            )
            now[0] += 1_000
    finally:
        server.shutdown()
        server.server_close()
    assert Site.seen == [("/robots.txt", None), ("/rss", None), ("/rss", '"v1"')]
    assert [(p.new, p.unchanged, p.error is None) for p in polls] == [
        (1, False, True), (0, False, False), (0, False, False), (0, True, True),
    ]  # fmt: skip
    assert waited == [3.0]
