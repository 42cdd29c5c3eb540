"""The byline: "By Jane Roe, Political Editor | Updated 5 May 2024 14:30 BST"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..data import outlets, tables
from . import dates

MAX_LINE = 240

_SPLIT = re.compile(r"\s*[|•·]\s*|\s+[–—/-]\s+|\n+")
_BY = re.compile(
    r"^(?:story |words |text |written |reported |posted |analysis |opinion |commentary |review )?by[\s:]+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?P<label>(?:last |first )?(?:updated|modified|published|posted|created|edited|date|filed)"
    r"(?: (?:on|at))?\b|updated)\s*:?\s*",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|mon|tue|wed|thu|fri|sat)"
_LEFT_OVER = re.compile(
    rf"^[\s,;:.()|]*{_WEEKDAY}?[\s,;:.()|]*(?:at|on)?[\s,;:.()|]*$",
    re.IGNORECASE,
)
_LISTING = re.compile(r"\s*(?:,|;|&|\band\b|\bwith\b)\s*", re.IGNORECASE)
_NAME_WORD = re.compile(r"^(?:[^\W\d_a-z][\w.’'\-]*|(?:al|el|bin|ibn|bint)-\w[\w’'\-]*)$")
_PARTICLES = frozenset({
    "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "e", "el", "ibn",
    "la", "le", "ten", "ter", "van", "von", "y",
})  # fmt: skip
_ROLES = frozenset({
    "editor", "correspondent", "reporter", "writer", "columnist", "producer", "anchor", "contributor",
    "chief", "bureau", "desk", "staff", "analyst", "photographer", "intern", "fellow", "blogger", "critic",
    "journalist", "presenter", "specialist", "senior", "special", "associate", "assistant", "deputy",
    "political", "economics", "foreign", "international", "national",
})  # fmt: skip
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|@\w+")
_TAIL = re.compile(r"\s+(?:in|for|at|of|from|is a|is an)\s+.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Byline:
    """What one line says of a report's making; ``affiliation`` is an agency or outlet named in it."""

    authors: tuple[str, ...] = ()
    affiliation: str | None = None
    published: str | None = None
    updated: str | None = None


def read(line: str) -> Byline | None:
    """Read a line that is a byline or a dateline of publication and nothing else, or return ``None``.

    A sentence that happens to begin with "By" is not one: every part of the
    line must be a name, a role, an outlet or a date.
    """
    line = line.strip()
    if not line or len(line) > MAX_LINE:
        return None
    authors: list[str] = []
    affiliation: str | None = None
    published: str | None = None
    updated: str | None = None
    evidence = False
    for part in _SPLIT.split(line):
        if not part:
            continue
        stamp = dates.find(part)
        if stamp is not None:
            label = _LABEL.match(part)
            before, after = part[label.end() if label else 0 : stamp.start], part[stamp.end :]
            named = _names(_BY.sub("", before)) if _BY.match(before) else None
            if not _LEFT_OVER.match(after) or not (named or _LEFT_OVER.match(before)):
                return None
            if named:
                authors.extend(named[0])
            if label and re.search(r"updat|modif|edit", label["label"], re.IGNORECASE):
                updated = updated or stamp.value
            else:
                published = published or stamp.value
            evidence = True
            continue
        by = _BY.match(part)
        named = _names(part[by.end() :] if by else part, first=not authors)
        if named is None:
            return None
        if by:
            evidence = evidence or bool(named[0] or named[1])
        authors.extend(named[0])
        affiliation = affiliation or named[1]
    if not evidence:
        return None
    return Byline(tuple(dict.fromkeys(authors)), affiliation, published, updated)


def people(text: str) -> tuple[str, ...]:
    """Return the authors that an author field names, without "By", roles and addresses.

    Names of agencies ("Reuters Staff") stay: they say whose copy it is.
    """
    text = _BY.sub("", " ".join(_ADDRESS.sub(" ", text[:400]).split())).strip(" ,;|")
    found: list[str] = []
    for part in re.split(r"\s*[|•·;]\s*|\s+[–—-]\s+", text):
        for piece in _LISTING.split(part):
            name = _TAIL.sub("", piece).strip(" .,:()-")
            if not name or len(name) > 80 or not any(c.isalpha() for c in name):
                continue
            if found and outlets.agency(name) is None and _is_beside(name):
                continue
            found.append(name)
    return tuple(dict.fromkeys(found))


def _names(text: str, *, first: bool = True) -> tuple[list[str], str | None] | None:
    """Split "Jane Roe and John Doe, Political Editor"; ``None`` where a part is neither name nor role."""
    authors: list[str] = []
    affiliation: str | None = None
    for piece in _LISTING.split(_ADDRESS.sub(" ", text)):
        name = _TAIL.sub("", piece).strip(" ,:()")
        if not name:
            continue
        outlet = outlets.by_name(name)
        if outlet is not None:
            affiliation = affiliation or outlet.name
            if first and not authors:
                authors.append(name)
            continue
        tail = _trailing_outlet(name)
        person = name.removesuffix(tail).strip() if tail else name
        if is_name(person) and not _is_role(person):
            affiliation = affiliation or (outlets.canonical(tail) if tail else None)
            authors.append(person)
        elif first and not authors:
            return None
        elif not _is_role(name) and not (len(name.split()) == 1 and name[0].isupper()):
            return None  # neither a role nor a place ("Nairobi")
    return authors, affiliation


def _is_beside(text: str) -> bool:
    """Tell what stands beside a name and is none: a role, an outlet, a degree ("MD")."""
    return _is_role(text) or outlets.by_name(text) is not None or (text.isupper() and len(text) <= 4)


def is_name(text: str) -> bool:
    """Tell whether ``text`` has the shape of a person's name: two to five words, each with a capital."""
    words = text.split()
    if not 2 <= len(words) <= 5 or (text.endswith((".", "!", "?")) and not text.endswith(("Jr.", "Sr."))):
        return False
    if words[0].lower() in _PARTICLES and words[0][0].islower():
        return False
    return all(_NAME_WORD.match(w) or w in _PARTICLES for w in words)


def _is_role(text: str) -> bool:
    words = {w.lower() for w in re.findall(r"\w+", text)[:10]}
    return bool(words & _ROLES) or (
        len(words) > 1 and text.split()[-1].strip(".,'’").lower() in tables.words("people", "outlet_words")
    )


def _trailing_outlet(name: str) -> str | None:
    """Find the outlet in "JANE ROE Associated Press"."""
    words = name.split()
    for start in range(2, len(words)):
        tail = " ".join(words[start:])
        if outlets.by_name(tail) is not None:
            return tail
    return None
