"""Sitemaps (sitemaps.org 0.9), indexes of them, and Google's news sitemaps: the pages that a site lists."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..data import outlets
from ..errors import IntakeError, ReportedlyError, TooLarge
from ..records import Report
from . import dates, safexml
from .build import Overrides
from .doors import from_page
from .item import Item, bad, document
from .text import MAX_BYTES, size
from .web import Fetch, Fetched

ROOTS = frozenset({"urlset", "sitemapindex"})
MAX_SITEMAP = 50_000_000  # bytes: the limit that the protocol sets
_MAX_DEPTH = 3
_MAX_MAPS = 1_000
_MAX_VALUE = 2_048


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a sitemap lists; the rest is a news sitemap's. ``published`` is ISO 8601."""

    url: str
    title: str | None = None
    outlet: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap holds: pages, or other sitemaps."""

    pages: tuple[Page, ...] = ()
    maps: tuple[str, ...] = ()


@dataclass(slots=True)
class _Limit:
    """What may still be taken: pages, and sitemaps; ``over`` once it has been said that there are more."""

    pages: int
    maps: int = _MAX_MAPS
    over: bool = False


def parse(data: bytes, charset: str | None = None) -> Sitemap:
    """Read a sitemap or an index of sitemaps, packed or not; entries without a web address are left out.

    Raises:
        TooLarge: it has more than 50 MB.
        IntakeError: it is no sitemap, or declares entities.
    """
    root = safexml.parse(unpacked(data), charset, max_bytes=MAX_SITEMAP)
    if safexml.local(root) not in ROOTS:
        raise IntakeError(f"this is not a sitemap: its root is <{safexml.local(root)[:40]}>")
    pages: list[Page] = []
    maps: list[str] = []
    for entry in root:
        values = _values(entry)
        url = values.get("loc")
        if url is None or outlets.host(url) is None:
            continue
        if safexml.local(entry) == "sitemap":
            maps.append(url)
        elif safexml.local(entry) == "url":
            article = next((child for child in entry if safexml.local(child) == "news"), ())
            news = _values(article)
            outlet = next(
                (_values(c).get("name") for c in article if safexml.local(c) == "publication"), None
            )
            published = dates.normal(news.get("publication_date"))
            pages.append(Page(url, news.get("title"), outlet, published))
    return Sitemap(tuple(pages), tuple(maps))


def unpacked(data: bytes, max_bytes: int = MAX_SITEMAP) -> bytes:
    """Unpack gzip up to the limit; other bytes are returned as they are.

    Raises:
        TooLarge: over the limit.
        IntakeError: the archive is broken.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpack = zlib.decompressobj(31)
    try:
        found = unpack.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise IntakeError("this gzip archive is broken") from error
    if len(found) > max_bytes:
        raise TooLarge(f"this unpacks to more than the limit of {size(max_bytes)}")
    return found


def items(
    data: bytes,
    where: str,
    fetch: Fetch,
    *,
    charset: str | None = None,
    max_pages: int = 10_000,
    overrides: Overrides | None = None,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Item]:
    """Give one item for every page of a sitemap, and of those that it lists, in their order.

    ``where`` names the sitemap in locators and messages. The pages are fetched
    when they are asked for, the sitemaps of an index as they are come to. A
    sitemap that cannot be read, and what goes over ``max_pages``, gives a bad item.
    """
    make = partial(_item, fetch=fetch, overrides=overrides, max_bytes=max_bytes)
    limit = _Limit(max_pages)
    yield from _walk(document(data), where, charset, fetch, make, limit, (where,))


def _walk(
    found: Fetched,
    where: str,
    charset: str | None,
    fetch: Fetch,
    make: Callable[[Page], Item],
    limit: _Limit,
    above: tuple[str, ...],
) -> Iterator[Item]:
    try:
        sitemap = parse(found.body, charset)
    except ReportedlyError as error:
        yield bad(where, error)
        return
    del found
    for page in sitemap.pages:
        if limit.pages <= 0:
            limit.over = True
            yield bad(where, IntakeError("the sitemap lists more pages than the limit; the rest is left out"))
            return
        limit.pages -= 1
        yield make(page)
    for url in sitemap.maps:
        if limit.over:
            return
        if limit.pages <= 0 or limit.maps <= 0 or len(above) > _MAX_DEPTH or url in above:
            limit.over = limit.pages <= 0 or limit.maps <= 0
            yield bad(url, IntakeError(_too_much(limit, url in above)))
            continue
        limit.maps -= 1
        try:
            inner = fetch(url, max_bytes=MAX_SITEMAP, lists=True)
        except ReportedlyError as error:
            yield bad(url, error)
            continue
        yield from _walk(inner, url, inner.charset, fetch, make, limit, (*above, url))


def _too_much(limit: _Limit, loop: bool) -> str:
    if loop:
        return "this sitemap lists itself"
    if limit.pages <= 0:
        return "the sitemaps list more pages than the limit; the rest is left out"
    if limit.maps <= 0:
        return f"there are more than {_MAX_MAPS:,} sitemaps; the rest is left out"
    return f"sitemaps stand within each other more than {_MAX_DEPTH} deep"


def _item(page: Page, fetch: Fetch, overrides: Overrides | None, max_bytes: int) -> Item:
    return Item(
        page.url,
        None,
        partial(fetch, page.url, max_bytes=max_bytes),
        partial(_report, page=page, overrides=overrides, max_bytes=max_bytes),
    )


def _report(fetched: Fetched, page: Page, overrides: Overrides | None, max_bytes: int) -> Report:
    """Read the page; what it does not say of itself is taken from the sitemap."""
    import msgspec

    report = from_page(fetched, overrides=overrides, max_bytes=max_bytes)
    known = outlets.by_url(fetched.url) is not None or (overrides is not None and overrides.outlet)
    return msgspec.structs.replace(
        report,
        title=report.title or page.title,
        outlet=report.outlet if known else page.outlet or report.outlet,
        published=report.published or page.published,
    )


def _values(element: Any) -> dict[str, str]:
    """Return the texts of an element's children by their names, the first of each name."""
    found: dict[str, str] = {}
    for child in element:
        if child.text and child.text.strip():
            found.setdefault(safexml.local(child), " ".join(child.text[:_MAX_VALUE].split()))
    return found
