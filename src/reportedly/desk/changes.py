"""What changed between two revisions of a report, paragraph by paragraph."""

from __future__ import annotations

import difflib
import re
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, func, select

from ..errors import NotInDesk
from .tables import revisions

What = Literal["title", "outlet", "published", "updated", "url", "added", "removed", "edited"]
Edit = Literal["kept", "removed", "added"]
_WORD = re.compile(r"\s*\S+")
_MANY = 2_000  # paragraphs or words: with more, those that are everywhere are no landmarks
_FIELDS: tuple[What, ...] = ("title", "outlet", "published", "updated", "url")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: a field, or a paragraph of the text, before and after."""

    what: What
    before: str | None
    after: str | None


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One revision and how it differs from the one before (the first from nothing)."""

    report: str
    number: int
    published: str | None
    updated: str | None
    seen: str
    sha256: str
    changes: tuple[Change, ...]


def history(connection: Connection, report: str) -> list[Revision]:
    """Return the revisions of a report, oldest first.

    Raises:
        NotInDesk: there is no such report.
    """
    query = select(revisions).where(revisions.c.report == report).order_by(revisions.c.number)
    rows = list(connection.execute(query))
    if not rows:
        raise NotInDesk(f"there is no report {report!r} in this desk")
    return [
        Revision(
            report=report,
            number=row.number,
            published=row.published,
            updated=row.updated,
            seen=row.seen,
            sha256=row.sha256,
            changes=_changes(rows[k - 1], row) if k else (),
        )
        for k, row in enumerate(rows)
    ]


def _changes(before: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]]) -> tuple[Change, ...]:
    found: list[Change] = [
        Change(what=name, before=getattr(before, name), after=getattr(after, name))
        for name in _FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = _paragraphs(before.text), _paragraphs(after.text)
    for tag, a, b, c, d in _opcodes(old, new):
        if tag == "equal":
            continue
        for k in range(max(b - a, d - c)):
            left = old[a + k] if a + k < b else None
            right = new[c + k] if c + k < d else None
            what: What = "added" if left is None else "removed" if right is None else "edited"
            found.append(Change(what=what, before=left, after=right))
    return tuple(found)


def count(connection: Connection, report: str) -> int:
    """Return how many revisions of a report there are."""
    query = select(func.count()).select_from(revisions).where(revisions.c.report == report)
    return connection.execute(query).scalar_one()


def edits(before: str, after: str) -> list[tuple[Edit, str]]:
    """Return what an edit did, in words: runs that were kept, removed and added, in order."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[tuple[Edit, str]] = []
    for tag, a, b, c, d in _opcodes(old, new):
        if tag == "equal":
            found.append(("kept", "".join(old[a:b])))
            continue
        if a < b:
            found.append(("removed", "".join(old[a:b])))
        if c < d:
            found.append(("added", "".join(new[c:d])))
    return found


def _opcodes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Compare two lists, setting aside what both begin and end with; a pair of long ones in rougher steps."""
    low = 0
    while low < min(len(old), len(new)) and old[low] == new[low]:
        low += 1
    high = 0
    while high < min(len(old), len(new)) - low and old[-1 - high] == new[-1 - high]:
        high += 1
    a, b = old[low : len(old) - high], new[low : len(new) - high]
    if len(a) * len(b) > _MANY * _MANY:
        inner = (
            [("replace", 0, len(a), 0, len(b))]
            if set(a).isdisjoint(b) or min(len(a), len(b)) > 20_000
            else (list(difflib.SequenceMatcher(None, a, b).get_opcodes()))
        )
    else:
        inner = list(difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes())
    moved = [(tag, i + low, j + low, k + low, m + low) for tag, i, j, k, m in inner]
    head = [("equal", 0, low, 0, low)] if low else []
    tail = [("equal", len(old) - high, len(old), len(new) - high, len(new))] if high else []
    return [*head, *moved, *tail]


def _paragraphs(body: str) -> list[str]:
    return [" ".join(p.split()) for p in body.split("\n") if p.strip()]
