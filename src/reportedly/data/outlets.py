"""Outlets and agencies by domain and by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from . import tables

_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_AFFILIATE = re.compile(r"^(?:www\d?|m|amp|mobile|edition|news)\.")


@dataclass(frozen=True, slots=True)
class Outlet:
    """One row of the table: ``agency`` tells those that supply others with copy."""

    name: str
    agency: bool
    domains: tuple[str, ...]
    aliases: tuple[str, ...]


@cache
def _table() -> tuple[dict[str, Outlet], dict[str, Outlet]]:
    """Return the outlets by domain and by name (without a leading article)."""
    by_domain: dict[str, Outlet] = {}
    by_name: dict[str, Outlet] = {}
    for first, name, *rest in tables.rows("outlets"):
        kind, *domains = first.split()
        aliases = tuple(a for a in (rest[0] if rest else "").split("|") if a)
        outlet = Outlet(name, kind == "agency", tuple(domains), aliases)
        by_domain.update(dict.fromkeys(domains, outlet))
        for form in (name, *aliases):
            by_name.setdefault(_bare(form), outlet)
    return by_domain, by_name


def _bare(name: str) -> str:
    return _ARTICLE.sub("", " ".join(name.split())).replace("’", "'")


@cache
def _upper() -> dict[str, Outlet]:
    """The longer names in capitals, for lines that are set in capitals."""
    return {name.upper(): outlet for name, outlet in reversed(_table()[1].items()) if len(name) > 5}


def by_name(name: str) -> Outlet | None:
    """Return the outlet that goes by ``name``, with or without "the"; capital letters count.

    "AP" is an agency and "ap" is nothing; "people" is not the magazine People.
    A name all in capitals ("ASSOCIATED PRESS") is known too.
    """
    bare = _bare(name[:200])
    found = _table()[1].get(bare)
    if found is None and bare.isupper():
        found = _upper().get(bare)
    return found if len(bare) > 1 else None


def agency(name: str) -> str | None:
    """Return the full name of the agency that goes by ``name``, or ``None``."""
    outlet = by_name(name)
    return outlet.name if outlet is not None and outlet.agency else None


def host(url: str | None) -> str | None:
    """Return the host of an http(s) address in lower case, or ``None``."""
    try:
        parts = urlsplit(url or "")
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


def by_url(url: str | None) -> Outlet | None:
    """Return the outlet on whose domain, or a domain above it, ``url`` stands."""
    labels = (host(url) or "").split(".")
    known = _table()[0]
    for start in range(max(0, len(labels) - 6), len(labels) - 1):
        found = known.get(".".join(labels[start:]))
        if found is not None:
            return found
    return None


def canonical(name: str) -> str:
    """Return the name used here for the outlet that goes by ``name``; an unknown name is kept."""
    outlet = by_name(name)
    return outlet.name if outlet is not None else name


def site(url: str | None) -> str | None:
    """Return the host of ``url`` without "www.", as a last resort for an outlet's name."""
    name = host(url)
    return _AFFILIATE.sub("", name, count=1) if name else None


def looks_like_outlet(name: str) -> bool:
    """Tell whether ``name`` is a known outlet's or ends in a word that outlets are called by."""
    if by_name(name) is not None:
        return True
    bare = _bare(name)
    words = [w.strip(".,'’").lower() for w in bare.split()]
    if not words or not bare[:1].isupper():
        return False
    return words[-1] in tables.words("people", "outlet_words") or words[-2:] in (
        ["press", "agency"],
        ["news", "agency"],
        ["news", "network"],
    )
