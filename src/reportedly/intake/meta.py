"""What a page says about itself: title, outlet, authors, dates, language.

Read from JSON-LD, OpenGraph and other meta tags, microdata, ``<time>`` and the
byline, in this order.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..data import outlets
from . import byline, dates, jsonld

_MAX_VALUE = 500
_MAX_AUTHORS = 20
_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "article:published",
    "datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "publicationdate", "article.published", "article_date_original", "originalpublicationdate",
    "dcterms.created", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created",
    "citation_publication_date", "ptime", "pdate", "displaydate", "date", "created", "timestamp",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "og:article:modified_time",
    "datemodified", "article:modified", "article.updated", "dcterms.modified", "dc.date.modified",
    "lastmod", "last-modified", "last_updated", "lastupdated", "utime", "article:updated_time",
    "revision_date", "updated",
)  # fmt: skip
_AUTHORS = (
    "author", "article:author", "og:author", "og:article:author", "parsely-author", "sailthru.author",
    "byl", "byline", "dc.creator", "dcterms.creator", "article:author_name", "cxenseparse:author",
    "citation_author", "authors", "article.author", "creator", "rbauthors",
)  # fmt: skip
_SITES = (
    "og:site_name", "publisher", "article:publisher", "dc.publisher", "dcterms.publisher", "cre", "source",
    "application-name",
)  # fmt: skip
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|author|dateline|timestamp|publish|pub-?date|article-?date|post-?date"
    r"|entry-date|date-?time|updated)",
    re.IGNORECASE,
)
_URL_DATE = re.compile(
    r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/_.-])|/((?:19|20)\d\d)(\d\d)(\d\d)(?=\d*[/_.-])"
)
_NOBODY = frozenset(
    {"admin", "administrator", "staff", "editor", "guest", "unknown", "none", "null", "webmaster"}
)
_LANGUAGE = re.compile(r"^([a-z]{2})(?:[-_][A-Za-z]{2,4})?\b", re.IGNORECASE)
_SUFFIX = re.compile(r"\s+(?:[|•·»]|[–—-])\s+|\s*(?:\||::)\s*")


@dataclass(frozen=True, slots=True)
class Meta:
    """What is known of a page; everything may be missing. ``free`` is ``False`` behind a paywall."""

    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    url: str | None = None
    free: bool | None = None


class _Tags:
    """The page's meta tags by lower-case name, property or itemprop; the first values first."""

    def __init__(self, tree: Any) -> None:
        self.values: dict[str, list[str]] = {}
        for tag in list(tree.iter("meta"))[:2000]:
            content = _clean(tag.get("content"))
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = (tag.get(attribute) or "").strip().lower()
                if name and content:
                    self.values.setdefault(name, []).append(content)

    def all(self, names: tuple[str, ...]) -> Iterator[str]:
        for name in names:
            yield from self.values.get(name, [])

    def get(self, *names: str) -> str | None:
        return next(self.all(names), None)


def read(tree: Any, url: str | None = None) -> Meta:
    """Read the metadata of a parsed page (an lxml element). Never raises on what a page may hold.

    ``url`` is where the page came from; without it the page's own canonical address is used.
    """
    tags = _Tags(tree)
    scripts = (s.text or "" for s in tree.iter("script") if "ld+json" in (s.get("type") or "").lower())
    article = jsonld.article(scripts)
    url = url or _own_url(tree, tags)
    bylines = list(_bylines(tree))
    outlet = _outlet(tags, article, url)
    published, updated = _dates(tree, tags, article, bylines, url)
    return Meta(
        title=_title(tree, tags, article, outlet, url),
        outlet=outlet,
        authors=_authors(tree, tags, article, bylines),
        published=published,
        updated=updated,
        language=_language(tree, tags, article),
        url=url,
        free=_free(article.get("isAccessibleForFree")),
    )


def _clean(value: object) -> str | None:
    """Return a value with entities resolved (they are often escaped twice) and white space plain."""
    if not isinstance(value, str):
        return None
    text = value[: 4 * _MAX_VALUE]
    for _ in range(2):
        text = html.unescape(text)
    text = " ".join(re.sub(r"<[^<>]{0,200}>", " ", text).split())
    return text[:_MAX_VALUE] or None


def _own_url(tree: Any, tags: _Tags) -> str | None:
    for link in list(tree.iter("link"))[:500]:
        if (link.get("rel") or "").lower() == "canonical" and outlets.host(link.get("href")):
            return str(link.get("href"))
    stated = tags.get("og:url", "twitter:url", "parsely-link")
    return stated if outlets.host(stated) else None


def _outlet(tags: _Tags, article: dict[str, Any], url: str | None) -> str | None:
    known = outlets.by_url(url)
    if known is not None:
        return known.name
    candidates = [tags.get("og:site_name"), jsonld.first(article.get("publisher")), *tags.all(_SITES)]
    for candidate in candidates:
        name = next((part for part in _SUFFIX.split(_clean(candidate) or "") if part), None)
        if name and len(name) <= 60 and "://" not in name and not name.isdecimal():
            return name if url else outlets.canonical(name)
    return outlets.site(url)


def _title(
    tree: Any, tags: _Tags, article: dict[str, Any], outlet: str | None, url: str | None
) -> str | None:
    headings = [_clean(_text(h)) for h in list(tree.iter("h1"))[:5]]
    page = next((_clean(_text(t)) for t in tree.iter("title")), None)
    candidates = [
        _clean(article.get("headline")),
        tags.get("og:title"),
        tags.get("twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title"),
        *(headings if len(headings) == 1 else []),
        page,
        *headings,
    ]
    names = {_key(n) for n in (outlet, tags.get("og:site_name"), outlets.site(url)) if n}
    for candidate in candidates:
        if candidate:
            title = _without_site(candidate, names, headings)
            if title and _key(title) not in names:
                return title
    return None


def _key(name: str) -> str:
    return re.sub(r"\W", "", name.lower().removeprefix("the "))


def _without_site(title: str, names: set[str], headings: list[str | None]) -> str:
    """Drop "| Outlet" from the end, where the rest is a heading or the end is the outlet's name."""
    cuts = list(_SUFFIX.finditer(title))
    for cut in cuts:
        if title[: cut.start()] in headings:
            return title[: cut.start()]
    if cuts:
        end = _key(title[cuts[-1].end() :])
        if end and any(end == n or end.startswith(n) or (n.startswith(end) and len(end) > 4) for n in names):
            return title[: cuts[-1].start()]
    return title


def _text(element: Any) -> str:
    """Return the text of an element, at most 2000 characters of it."""
    pieces, length = [], 0
    for piece in element.itertext():
        pieces.append(piece[: 4 * _MAX_VALUE])
        length += len(pieces[-1]) + 1
        if length > 4 * _MAX_VALUE:
            break
    return " ".join(pieces)[: 4 * _MAX_VALUE]


def _marked(tree: Any) -> Iterator[Any]:
    """Elements whose class or id says that they hold a byline or a date, at most 60."""
    count = 0
    for element in tree.iter(
        "p", "div", "span", "address", "li", "a", "h3", "h4", "h5", "h6", "header", "small"
    ):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"[:300]
        if marks != " " and _BYLINE.search(marks):
            yield element
            count += 1
            if count >= 60:
                return


def _bylines(tree: Any) -> Iterator[byline.Byline]:
    seen: set[str] = set()
    first_paragraphs = [p for p, _ in zip(tree.iter("p"), range(12), strict=False)]
    for element in [*_marked(tree), *first_paragraphs]:
        line = " ".join(_text(element).split())
        if line not in seen and 0 < len(line) <= byline.MAX_LINE:
            seen.add(line)
            found = byline.read(line)
            if found is not None:
                yield found


def _authors(
    tree: Any, tags: _Tags, article: dict[str, Any], bylines: list[byline.Byline]
) -> tuple[str, ...]:
    sources: list[list[str]] = [
        jsonld.names(article.get("author") or article.get("creator")),
        *(
            [v] if name == "author" else tags.values[name]
            for name in _AUTHORS
            for v in tags.values.get(name, [])[:1]
        ),
        [_text(e) for e in _with_attribute(tree, "itemprop", "author")],
        [_text(e) for e in _with_attribute(tree, "rel", "author")],
        *[list(b.authors) for b in bylines if b.authors],
    ]
    for source in sources:
        found: list[str] = []
        for value in source[:_MAX_AUTHORS]:
            clean = _clean(value)
            if clean and "://" not in clean and not clean.startswith(("@", "www.")):
                found.extend(n for n in byline.people(clean) if n.lower() not in _NOBODY)
        if found:
            return tuple(dict.fromkeys(found))[:_MAX_AUTHORS]
    return ()


def _with_attribute(tree: Any, attribute: str, value: str) -> list[Any]:
    found = []
    for element in tree.iter("a", "span", "div", "p", "address", "strong"):
        if value in (element.get(attribute) or "").lower().split():
            named = [e for e in element.iter() if "name" in (e.get("itemprop") or "").split()]
            found.append(named[0] if named else element)
            if len(found) == _MAX_AUTHORS:
                break
    return found


def _dates(
    tree: Any, tags: _Tags, article: dict[str, Any], bylines: list[byline.Byline], url: str | None
) -> tuple[str | None, str | None]:
    published: list[str | None] = [dates.normal(article.get("datePublished"))]
    published += [dates.normal(v) for v in tags.all(_PUBLISHED)]
    updated: list[str | None] = [dates.normal(article.get("dateModified"))]
    updated += [dates.normal(v) for v in tags.all(_UPDATED)]
    for element in _timed(tree):
        value = element.get("datetime") or element.get("content") or _text(element)[:100]
        about = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        stamp = dates.normal(_clean(value))
        (updated if "modif" in about or "updat" in about else published).append(stamp)
    published += [b.published for b in bylines]
    updated += [b.updated for b in bylines]
    match = _URL_DATE.search(url or "")
    if match is not None:
        published.append(dates.normal("-".join(g.zfill(2) for g in match.groups() if g)))
    return _best(published), _best(updated)


def _timed(tree: Any) -> list[Any]:
    """``<time>`` elements and microdata of dates: those of the article or header, else the first ones."""
    found: list[Any] = []
    for element in tree.iter("time", "span", "div", "abbr", "p"):
        prop = (element.get("itemprop") or "").lower()
        if element.tag == "time" or prop in ("datepublished", "datemodified", "datecreated"):
            found.append(element)
            if len(found) == 10:
                break
    marked = [e for e in found if "date" in (e.get("itemprop") or "").lower() or e.get("pubdate") is not None]
    return marked or found[:1]


def _best(values: list[str | None]) -> str | None:
    known = [v for v in values if v]
    return dates.precise(known[0], known[1:]) if known else None


def _language(tree: Any, tags: _Tags, article: dict[str, Any]) -> str | None:
    root = tree.getroottree().getroot()
    stated = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        jsonld.first(article.get("inLanguage")),
        tags.get("og:locale", "content-language", "language", "dc.language", "dcterms.language"),
    )
    for value in stated:
        match = _LANGUAGE.match((value or "").strip())
        if match is not None:
            return match[1].lower()
    return None


def _free(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower()) if value is not None else None
