"""An HTML page to its article's text and metadata."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..errors import NoArticle
from . import byline, meta
from .text import without_surrogates

_MIN_WORDS = 8
_STUB_WORDS = 150  # an article behind a wall shows less than this
_TAG = re.compile(r"<([A-Za-z][^\s/>\"']{0,60})[^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*")
_PARTING = re.compile(r"[\s/\"'=]")  # what can stand between two attributes
_LONG_TAG, _MOST_PARTS = 4_000, 2_000  # characters; parsers take a time that grows with the square of parts
_LIST = re.compile(r"^[-•] ")
_PAYWALL = re.compile(
    r"subscribe (?:now |today )?(?:to|for) (?:continue|keep|read|unlock|access|full)|subscribers? only"
    r"|(?:sign|log) in (?:or \w+ )?to (?:continue|read)|to (?:continue|keep) reading"
    r"|already a subscriber|(?:for|to) (?:our )?subscribers"
    r"|free articles? (?:left|remaining|this month)|become a (?:member|subscriber)|create a free account"
    r"|start your (?:free )?(?:trial|subscription)"
    r"|this (?:article|content|story) is (?:only )?(?:for|available to)"
    r"|register (?:now |for free )?to (?:continue|read)",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"we (?:and our partners )?(?:use|value|store) (?:cookies|your privacy)|accept (?:all )?cookies"
    r"|cookie (?:policy|settings)|consent to (?:the use of )?cookies|before you continue"
    r"|enable (?:javascript|cookies)|are you a robot"
    r"|verify (?:that )?you are (?:a )?human|access (?:to this page has been )?denied|checking your browser"
    r"|unusual (?:traffic|activity)|page (?:not found|you (?:requested|are looking for))|ad ?blocker",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Article:
    """The text of a page's article, its metadata, and what to warn of."""

    text: str
    meta: meta.Meta
    warnings: tuple[str, ...]


@cache
def _trafilatura() -> Any:
    import trafilatura

    for library in ("trafilatura", "htmldate", "courlan", "justext"):
        logging.getLogger(library).addHandler(logging.NullHandler())
    return trafilatura


def parse(page: str) -> Any:
    """Parse a page into an lxml element; raises :class:`NoArticle` where nothing can be parsed."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(without_surrogates(page).encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise NoArticle("the page has no HTML that can be read") from error
    return tree


def without_wide_tags(page: str) -> str:
    """Take the attributes from tags that have a thousand of them or more, which no page needs."""
    return _TAG.sub(_narrowed, page)


def _narrowed(tag: re.Match[str]) -> str:
    if len(tag[0]) < _LONG_TAG or sum(1 for _ in _PARTING.finditer(tag[0])) < _MOST_PARTS:
        return tag[0]
    return f"<{tag[1]}"


def article(page: str, url: str | None = None) -> Article:
    """Return the article of an HTML page: its paragraphs, parted by a blank line.

    The body is found by trafilatura (Barbaresi 2021). The title and a byline
    that stand above it are metadata and are not part of the text.

    Raises:
        NoArticle: there is no article in the page.
    """
    page = without_wide_tags(page)
    tree = parse(page)
    about = meta.read(tree, url)
    paragraphs = _body(page)
    seen = " ".join(tree.text_content()[:200_000].split()) if len(paragraphs) < 12 else ""
    paragraphs, about = _without_head(paragraphs, about)
    text = "\n\n".join(paragraphs)
    words = len(text.split())
    if words < _MIN_WORDS:
        raise NoArticle("there is no article in this page" + _why(seen))
    return Article(text, about, _warnings(text, words, seen, about))


def _body(page: str) -> list[str]:
    """Return the paragraphs that trafilatura finds, leaning to precision; none if it fails on the page."""
    try:
        document = _trafilatura().bare_extraction(
            page, with_metadata=False, include_comments=False, include_tables=True, favor_precision=True
        )
    except Exception:  # whatever a strange page brings about in a library is: no article
        return []
    if document is None or not document.text:
        return []
    lines = (" ".join(_LIST.sub("", line).split()) for line in str(document.text).split("\n"))
    return [line for line in lines if line and any(c.isalnum() for c in line)]


def _without_head(paragraphs: list[str], about: meta.Meta) -> tuple[list[str], meta.Meta]:
    """Take the title and the byline from above the body; fill in what the metadata lack."""
    kept = []
    for number, paragraph in enumerate(paragraphs):
        if number < 2 and about.title and _same(paragraph, about.title):
            continue
        found = byline.read(paragraph) if number < 6 else None
        if found is None:
            kept.append(paragraph)
            continue
        about = meta.Meta(
            title=about.title,
            outlet=about.outlet,
            authors=about.authors or found.authors,
            published=about.published or found.published,
            updated=about.updated or found.updated,
            language=about.language,
            url=about.url,
            free=about.free,
        )
    return kept, about


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W", "", one).lower() == re.sub(r"\W", "", other).lower()


def _why(seen: str) -> str:
    if _PAYWALL.search(seen):
        return ": it looks like a paywall"
    if _WALL.search(seen):
        return ": it looks like a cookie wall, a check for robots or an error page"
    return ""


def _warnings(text: str, words: int, seen: str, about: meta.Meta) -> tuple[str, ...]:
    short = words < _STUB_WORDS
    cut = text.rstrip().endswith(("...", "…", "[…]"))
    if (short and (about.free is False or cut or _PAYWALL.search(seen))) or _PAYWALL.search(text[-400:]):
        return (f"this looks like a paywall stub: only {words} words of the article are here",)
    if short and _WALL.search(text):
        return ("this looks like a cookie wall, a check for robots or an error page and not like an article",)
    return ()
