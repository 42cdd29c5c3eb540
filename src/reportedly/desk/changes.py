"""What changed between two revisions of a report, paragraph by paragraph."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select

from ..errors import NotInDesk
from . import redactions
from .comparing import opcodes
from .tables import revisions

What = Literal["title", "outlet", "published", "updated", "url", "added", "removed", "edited"]
Edit = Literal["kept", "removed", "added"]
_WORD = re.compile(r"\s*\S+")
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
    taken_out = redactions.standing(connection)
    rows = [taken_out.row(row) for row in connection.execute(query)]
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


def _changes(before: Any, after: Any) -> tuple[Change, ...]:
    found: list[Change] = [
        Change(what=name, before=getattr(before, name), after=getattr(after, name))
        for name in _FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = _paragraphs(before.text), _paragraphs(after.text)
    for tag, a, b, c, d in opcodes(old, new):
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
    # without white space at the end, on which the pattern would take quadratic time
    old, new = _WORD.findall(before.rstrip()), _WORD.findall(after.rstrip())
    found: list[tuple[Edit, str]] = []
    for tag, a, b, c, d in opcodes(old, new):
        if tag == "equal":
            found.append(("kept", "".join(old[a:b])))
            continue
        if a < b:
            found.append(("removed", "".join(old[a:b])))
        if c < d:
            found.append(("added", "".join(new[c:d])))
    return found


def _paragraphs(body: str) -> list[str]:
    return [" ".join(p.split()) for p in body.split("\n") if p.strip()]
