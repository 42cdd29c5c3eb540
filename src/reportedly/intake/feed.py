"""Feeds: RSS 0.9x, 1.0 (RDF) and 2.0, Atom 0.3 and 1.0 (RFC 4287).

The fields are read from a tree that :mod:`~reportedly.intake.safexml` builds.
Dates are kept as the feed states them, and all authors are kept.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urljoin

from ..data import outlets
from ..errors import IntakeError, NoArticle
from ..records import Report
from . import build, byline, dates, html, safexml
from .build import Overrides
from .doors import from_page
from .item import Item, document, given
from .text import MAX_BYTES
from .web import Fetch, Fetched

ROOTS = frozenset({"rss", "feed", "RDF"})
MAX_ENTRIES = 5_000
_FULL_WORDS = 120  # an entry with fewer is taken for a summary
_MAX_VALUE = 2_048
_CUT = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\bread more|\bcontinue reading|\bfull (?:story|article)|\bmore)"
    r"[\s.»›→\])]*$",
    re.IGNORECASE,
)
_OTHERS = ("media:", "itunes:")  # prefixes of extensions, where a feed does not declare them
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MAIL = re.compile(r"^\S+@\S+\s*\((?P<name>[^()]{2,80})\)$")  # RSS's "jane@selwyn.example (Jane Roe)"
_PARTS = re.compile(r"\s+[|–—:»-]\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed.

    ``key`` is what the feed knows it by (guid, id or link), ``link`` the
    article's address. ``content`` is HTML, the longest text that the entry has;
    ``full`` tells whether it looks like the whole article. Dates are ISO 8601.
    """

    key: str
    link: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    content: str = ""
    full: bool = False
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and its entries, in its order; ``left_out`` counts those over the limit."""

    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    left_out: int = 0


def parse(data: bytes, url: str = "", charset: str | None = None, *, max_bytes: int = MAX_BYTES) -> Feed:
    """Read a feed. ``url`` is where it stands, for links that are relative to it.

    Entries that have neither a link nor an id nor a title are left out.

    Raises:
        TooLarge, NotText, EmptyReport: as for any document.
        IntakeError: it is no feed, or declares entities.
    """
    root = safexml.parse(data, charset, max_bytes=max_bytes)
    if safexml.local(root) not in ROOTS:
        raise IntakeError(f"this is not a feed: its root is <{safexml.local(root)[:40]}>")
    channel = next((child for child in root if safexml.local(child) == "channel"), root)
    about = _children(channel)
    base = _joined(url, root.get("{http://www.w3.org/XML/1998/namespace}base") or "")
    title = _plain(_first(about, "title"))
    found = [e for e in root.iter() if safexml.local(e) in ("item", "entry")]
    entries = (_entry(element, base, title) for element in found[:MAX_ENTRIES])
    language = _plain(_first(about, "language")) or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return Feed(
        title,
        language[:2].lower() if language else None,
        tuple(entry for entry in entries if entry is not None),
        max(0, len(found) - MAX_ENTRIES),
    )


def items(
    feed: Feed,
    where: str,
    fetch: Fetch,
    *,
    overrides: Overrides | None = None,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Item]:
    """Give one item for every entry: its own text where that is the whole article, else the linked page.

    ``where`` is the feed's address or path, for locators of entries without a link.
    """
    for entry in feed.entries:
        yield item(entry, feed, where, fetch, overrides=overrides, max_bytes=max_bytes)


def item(
    entry: Entry,
    feed: Feed,
    where: str,
    fetch: Fetch,
    *,
    overrides: Overrides | None = None,
    max_bytes: int = MAX_BYTES,
) -> Item:
    """Give the item of one entry; a linked page is fetched when it is asked for."""
    language = feed.language
    if entry.full or entry.link is None:
        load = given(document(entry.content.encode("utf-8", "replace"), entry.link or ""))
        make = partial(_from_entry, entry=entry, language=language, overrides=overrides)
        return Item(entry.link or f"{where}#{entry.key}", None, load, make)
    load = partial(fetch, entry.link, max_bytes=max_bytes)
    page = partial(_from_page, entry=entry, overrides=overrides, max_bytes=max_bytes)
    return Item(entry.link, None, load, page)


def _from_entry(page: Fetched, entry: Entry, language: str | None, overrides: Overrides | None) -> Report:
    """Build a report from what stands in the feed itself."""
    head = f"<html><body><article><h1>{markup.escape(entry.title or '')}</h1>"
    try:
        found = html.article(f"{head}{entry.content}</article></body></html>", entry.link)
        text, warnings = found.text, found.warnings
    except NoArticle:
        text, warnings = "\n\n".join(_paragraphs(entry.content)), ()
        if not text:
            raise NoArticle("this entry of the feed has no text and no link") from None
    if not entry.full:
        warnings = (*warnings, "this is the feed's summary: the entry links to no page")
    known = build.Known(
        url=entry.link,
        title=entry.title,
        outlet=entry.outlet,
        authors=entry.authors,
        published=entry.published,
        updated=entry.updated,
        language=language,
    )
    return build.report(text, known, overrides, warnings)


def _from_page(page: Fetched, entry: Entry, overrides: Overrides | None, max_bytes: int) -> Report:
    """Read the linked page; what it does not say of itself is taken from the feed."""
    import msgspec

    report = from_page(page, overrides=overrides, max_bytes=max_bytes)
    return msgspec.structs.replace(
        report,
        title=report.title or entry.title,
        authors=report.authors or entry.authors,
        published=report.published or entry.published,
        updated=report.updated or entry.updated,
    )


def _entry(element: Any, base: str, feed_title: str | None) -> Entry | None:
    parts = _children(element)
    title = _plain(_first(parts, "title"))
    stated = _text(_first(parts, "guid", "id"))[:_MAX_VALUE].strip()
    link = _link(parts, base, stated)
    key = stated or link or title
    if not key:
        return None
    content, full = _content(parts)
    return Entry(
        key,
        link,
        title,
        _authors(parts),
        _date(parts, "pubDate", "published", "issued", "date", "created"),
        _date(parts, "updated", "modified"),
        content,
        full,
        _outlet(parts, link, feed_title),
    )


def _children(element: Any) -> dict[str, list[Any]]:
    """Return an element's children by their local names; media and other extensions are passed over."""
    found: dict[str, list[Any]] = {}
    for child in element:
        name = safexml.local(child)
        if name and "search.yahoo.com/mrss" not in child.tag and not child.tag.startswith(_OTHERS):
            found.setdefault(name, []).append(child)
    return found


def _first(parts: dict[str, list[Any]], *names: str) -> Any:
    return next((parts[name][0] for name in names if name in parts), None)


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext())


def _plain(element: Any) -> str | None:
    """Return a short text without its markup, which may be escaped once or twice."""
    value = _text(element)[: 4 * _MAX_VALUE]
    value = markup.unescape(_TAG.sub(" ", markup.unescape(value) if "&lt;" in value else value))
    return " ".join(value.split())[:_MAX_VALUE] or None


def _link(parts: dict[str, list[Any]], base: str, key: str) -> str | None:
    """Return the article's address: an Atom link to the page itself, RSS's link, or a guid that is one."""
    found: list[str] = []
    for element in parts.get("link", ()):
        if element.get("href"):
            if (element.get("rel") or "alternate") == "alternate":
                found.append(element.get("href"))
        elif _text(element).strip():
            found.append(_text(element))
    guid = _first(parts, "guid", "id")
    if guid is not None and guid.get("isPermaLink", "true") != "false":
        found.append(key if outlets.host(key) else "")
    for value in found:
        url = _joined(base, value)
        if outlets.host(url):
            return url.partition("#")[0]
    return None


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip()[:_MAX_VALUE])
    except ValueError:  # brackets that are no IPv6 address
        return base


def _authors(parts: dict[str, list[Any]]) -> tuple[str, ...]:
    names: list[str] = []
    for element in (*parts.get("creator", ()), *parts.get("author", ()))[:20]:
        name = next((_plain(c) for c in element if safexml.local(c) == "name"), None) or _plain(element) or ""
        mail = _MAIL.match(name[:200])
        names.extend(byline.people(mail["name"] if mail else name))
    return tuple(dict.fromkeys(names))


def _date(parts: dict[str, list[Any]], *names: str) -> str | None:
    return next(
        (d for n in names for e in parts.get(n, ()) if (d := dates.normal(_text(e)[:100].strip()))), None
    )


def _content(parts: dict[str, list[Any]]) -> tuple[str, bool]:
    """Return the longest text of an entry, as HTML, and whether it looks like the whole article."""
    found = [
        _html(e) for name in ("encoded", "content", "description", "summary") for e in parts.get(name, ())
    ]
    content = max(found, key=len, default="").strip()
    shown = " ".join(markup.unescape(_TAG.sub(" ", content)).split())
    return content, len(shown.split()) >= _FULL_WORDS and not _CUT.search(shown[-60:])


def _html(element: Any) -> str:
    """Return a text as HTML: RSS and Atom escape it, Atom's ``xhtml`` has it as elements, "text" is plain."""
    if len(element):
        from lxml import etree

        return "".join(etree.tostring(c, encoding="unicode", method="html", with_tail=True) for c in element)
    value = _text(element)
    if element.get("type") in ("text", "text/plain") or "<" not in value:
        paragraphs = (" ".join(p.split()) for p in re.split(r"\n\s{0,20}\n", value))
        return "".join(f"<p>{markup.escape(p, quote=False)}</p>" for p in paragraphs if p)
    return value


def _paragraphs(content: str) -> list[str]:
    blocks = re.split(r"</?(?:p|div|br|li|h\d|blockquote)\b[^<>]{0,500}>", content, flags=re.IGNORECASE)
    return [t for block in blocks if (t := " ".join(markup.unescape(_TAG.sub(" ", block)).split()))]


def _outlet(parts: dict[str, list[Any]], link: str | None, feed_title: str | None) -> str | None:
    """Return the outlet: by the link, the entry's own source or publisher, then the feed's title."""
    known = outlets.by_url(link)
    if known is not None:
        return known.name
    source = _first(parts, "source", "publisher")
    if source is not None:
        named = next((_plain(c) for c in source if safexml.local(c) == "title"), None) or _plain(source)
        if named:
            return outlets.canonical(named[:100])
    for part in _PARTS.split(feed_title or ""):
        if outlets.looks_like_outlet(part):
            return outlets.canonical(part)
    return outlets.site(link) or (feed_title[:100] if feed_title else None)
