"""Puts a report together from its text and what is known of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ..data import outlets
from ..errors import IntakeError
from ..records import Report
from . import byline, dates, language
from .credits import credits
from .text import without_surrogates

_MAX_TITLE = 160
_LINES = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the caller knows better than the document."""

    outlet: str | None = None
    published: str | None = None
    title: str | None = None
    url: str | None = None
    id: str | None = None

    def date(self) -> str | None:
        """Return ``published`` in ISO 8601; raises :class:`IntakeError` where it is not understood."""
        if self.published is None:
            return None
        value = dates.normal(self.published)
        if value is None:
            raise IntakeError(
                f"the date {self.published!r} is not understood: "
                "write it as 2024-05-31 or 2024-05-31T14:30+01:00"
            )
        return value


@dataclass(frozen=True, slots=True)
class Known:
    """What a document or row says of a report."""

    id: str | None = None
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    language: str | None = None


def report(
    text: str, known: Known, overrides: Overrides | None = None, warnings: tuple[str, ...] = ()
) -> Report:
    """Build the record: ``text`` is kept as it is; what ``overrides`` states wins over ``known``.

    The language is that of the text, or else the one declared. An outlet that
    cites itself is not credited for it. Raises
    :class:`IntakeError` for an override that is not understood.
    """
    over = overrides or Overrides()
    text = without_surrogates(text)
    url = over.url or known.url
    outlet = over.outlet or known.outlet
    code = language.detect(text) or known.language
    foreign = language.warning(code)
    own = outlets.canonical(outlet) if outlet else None
    return Report(
        id=over.id or known.id or derived_id(text, url or outlet),
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        url=url,
        title=over.title or known.title,
        outlet=outlet,
        authors=known.authors,
        published=over.date() or known.published,
        updated=known.updated,
        language=code,
        credits=tuple(dict.fromkeys(c for c in credits(text) if c.kind != "citation" or c.name != own)),
        warnings=(*warnings, foreign) if foreign else warnings,
    )


def derived_id(text: str, place: str | None) -> str:
    """Return the id of a report that was given none: the same for the same text and address (or outlet)."""
    digest = hashlib.sha256(f"{text}\0{without_surrogates(place or '')}".encode())
    return f"r-{digest.hexdigest()[:16]}"


def headline(text: str) -> str | None:
    """Return the first line of a plain text if it looks like a headline: short, unstopped, text after it."""
    lines = _LINES.finditer(text)
    first = next((m for m in lines if not m[0].isspace()), None)
    after = next((m for m in lines if not m[0].isspace()), None)
    if first is None or after is None:
        return None
    title = " ".join(first[0].split())
    words = title.split()
    if len(title) > _MAX_TITLE or not 2 <= len(words) <= 25 or not any(c.isalpha() for c in title):
        return None
    if title.endswith((".", ":", ",", ";", "-", "—")) and not title.endswith("..."):
        return None
    if title[0].islower() or byline.read(title) is not None:
        return None
    return title if not _is_wrapped(first[0], text[first.end() :]) else None


def _is_wrapped(line: str, rest: str) -> bool:
    """Tell a line that goes on in the next one, which follows at once and begins in lower case."""
    following = rest[:200].lstrip("\r")
    return following.startswith("\n") and following[1:2].islower()


def signature(text: str) -> byline.Byline:
    """Return what the byline among the first lines of a plain text says."""
    found = byline.Byline()
    for number, match in enumerate(m for m in _LINES.finditer(text[:4000]) if not m[0].isspace()):
        if number >= 6:
            break
        line = byline.read(match[0])
        if line is not None:
            found = byline.Byline(
                found.authors or line.authors,
                found.affiliation or line.affiliation,
                found.published or line.published,
                found.updated or line.updated,
            )
    return found
