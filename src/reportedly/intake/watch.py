"""Watching feeds: each is asked politely, over and over, and gives its new entries once.

A feed is asked for only if it has changed (ETag, Last-Modified); one that fails
is left alone for longer each time, or for as long as it asks to be
(``Retry-After``); one that is gone (410) is not asked again.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import ReportedlyError
from . import feed as feeds_
from . import sitemap
from .build import Overrides
from .feed import Entry, Feed
from .item import Item, bad
from .pace import pause
from .text import MAX_BYTES
from .web import Fetch, Refused, Validators

State = dict[str, dict[str, Any]]

_DAY = 86_400.0
_SPREAD = 0.1  # of the interval: feeds are not all asked at the same moment


@dataclass(frozen=True, slots=True)
class Watching:
    """How to watch.

    Attributes:
        every: seconds between two requests for a feed.
        retry: seconds to wait after a first failure; twice as long after each further one, up to a day.
        remember: how many entries of a feed are remembered beside those that it still lists.
        overrides: what the caller knows better than the pages.
        max_bytes: limit for a feed, and for a report.
    """

    every: float = 900.0
    retry: float = 120.0
    remember: int = 2_000
    overrides: Overrides | None = None
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Poll:
    """How one request for a feed went: how many entries were ``new``, or the ``error``; ``due`` is when
    it is asked next, in seconds since 1970, ``None`` for never."""

    feed: str
    new: int
    unchanged: bool
    error: ReportedlyError | None
    due: float | None


def watch(
    feeds: Iterable[str],
    state: State,
    fetch: Fetch,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    *,
    once: bool = False,
    how: Watching | None = None,
    polled: Callable[[Poll], None] | None = None,
) -> Iterator[Item]:
    """Give an item for every new entry of ``feeds``, as it appears; a feed that fails gives a bad item.

    ``state`` is a mapping of plain JSON values, empty at first, that is changed
    in place; whoever keeps it can go on later where this left off. An entry is
    marked in it when the next item is asked for, a feed's validators when its
    entries have all been given, so that nothing is lost where the caller stops.
    ``fetch`` fetches feeds and pages (:func:`~reportedly.intake.web.fetcher`);
    ``clock`` gives seconds since 1970. With ``once`` every feed that is due is
    asked one time; otherwise this ends only when no feed is left. ``polled`` is
    told of every request, a good moment to keep the state.
    """
    manner = how or Watching()
    urls = list(dict.fromkeys(url.strip() for url in feeds if url.strip()))
    for url in urls:
        state[url] = _mended(state.get(url), clock())
    seen = {key for url in urls for key in state[url]["seen"]}
    while True:
        now = clock()
        left = [url for url in urls if not state[url]["gone"]]
        for url in sorted((u for u in left if state[u]["due"] <= now), key=lambda u: float(state[u]["due"])):
            yield from _poll(url, state[url], seen, fetch, clock, manner, polled)
        if once or not left:
            return
        soonest = min((float(state[url]["due"]) for url in left if not state[url]["gone"]), default=None)
        if soonest is not None and soonest > clock():
            sleep(max(1.0, soonest - clock()))


def _mended(record: object, now: float) -> dict[str, Any]:
    """Return a feed's record in full, whatever was kept of it; a moment far ahead is brought back."""
    kept = record if isinstance(record, dict) else {}
    due, failures, seen = kept.get("due"), kept.get("failures"), kept.get("seen")
    return {
        "etag": kept.get("etag") if isinstance(kept.get("etag"), str) else None,
        "modified": kept.get("modified") if isinstance(kept.get("modified"), str) else None,
        "due": min(float(due), now + _DAY) if isinstance(due, int | float) and due == due else 0.0,
        "failures": failures if isinstance(failures, int) else 0,
        "gone": kept.get("gone") is True,
        "seen": [key for key in seen if isinstance(key, str)] if isinstance(seen, list) else [],
    }


def _poll(
    url: str,
    record: dict[str, Any],
    seen: set[str],
    fetch: Fetch,
    clock: Callable[[], float],
    how: Watching,
    polled: Callable[[Poll], None] | None,
) -> Iterator[Item]:
    new, unchanged, error = 0, False, None
    try:
        known = Validators(record["etag"], record["modified"])
        page = fetch(url, max_bytes=how.max_bytes, known=known, lists=True)
        unchanged = page.unchanged
        found = None
        if not unchanged:
            found = feeds_.parse(
                sitemap.unpacked(page.body, how.max_bytes), page.url, page.charset, max_bytes=how.max_bytes
            )
    except ReportedlyError as caught:
        error = caught
        refused = caught if isinstance(caught, Refused) else None
        record["failures"] += 1
        record["gone"] = refused is not None and refused.status == 410
        wait = pause(record["failures"], refused.retry_after if refused else None, how.retry, _DAY)
        record["due"] = clock() + wait
        yield bad(url, caught)
    else:
        if found is not None:
            for entry, keys in _new(found, url, seen):
                yield feeds_.item(entry, found, url, fetch, overrides=how.overrides, max_bytes=how.max_bytes)
                new += 1
                seen.update(keys)
                record["seen"].extend(keys)
            _remember(record, found, url, how.remember)
            record["etag"], record["modified"] = page.known.etag, page.known.modified
        record["failures"] = 0
        record["due"] = clock() + how.every * (1 + _SPREAD * int(_digest(url)[:4], 16) / 0xFFFF)
    if polled is not None:
        polled(Poll(url, new, unchanged, error, None if record["gone"] else record["due"]))


def _new(found: Feed, url: str, seen: set[str]) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """Give the entries that are not known by their id, or by a link that is theirs alone, with their keys."""
    links = Counter(entry.link for entry in found.entries)
    for entry in found.entries:
        keys = _keys(entry, url, links)
        if not seen.intersection(keys):
            yield entry, keys


def _keys(entry: Entry, url: str, links: Counter[str | None]) -> tuple[str, ...]:
    by_id = _digest(f"{url}\0{entry.key}")
    return (by_id, _digest(entry.link)) if entry.link and links[entry.link] == 1 else (by_id,)


def _remember(record: dict[str, Any], found: Feed, url: str, limit: int) -> None:
    """Keep what the feed still lists, and of the rest the latest."""
    links = Counter(entry.link for entry in found.entries)
    listed = dict.fromkeys(key for entry in found.entries for key in _keys(entry, url, links))
    rest = [key for key in dict.fromkeys(record["seen"]) if key not in listed]
    record["seen"] = [*(rest[-limit:] if limit > 0 else []), *listed]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
