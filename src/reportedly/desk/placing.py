"""Writes down which stories there are and which report is in which; only what changed is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ..weighing.stories import Stories
from .tables import claims, members, stories, weighed

Why = tuple[float | None, Sequence[str]]
_CHUNK = 500


def write(
    connection: Connection, found: Stories, changed: Iterable[str], why: Mapping[str, Why] | None = None
) -> None:
    """Write down the stories ``changed``, and forget what was weighed of them.

    ``why`` says of reports how likely they are where they are, and for what reasons.
    """
    names = sorted(set(changed))
    before = _standing(connection, names)
    known = {row["story"] for row in before.values()}
    there = [name for name in names if found.has_story(name)]
    after = {
        report: _member(report, name, before.get(report), (why or {}).get(report))
        for name in there
        for report in found.reports(name)
    }
    moved = [report for report, row in before.items() if after.get(report) != row]
    new = [row for report, row in after.items() if before.get(report) != row]
    for some in _chunks([*moved, *(row["report"] for row in new if row["report"] not in before)]):
        connection.execute(delete(members).where(members.c.report.in_(some)))
    for some in _chunks(sorted(known)):
        connection.execute(delete(claims).where(claims.c.story.in_(some)))
        connection.execute(delete(weighed).where(weighed.c.story.in_(some)))
    for some in _chunks(sorted(known - set(there))):
        connection.execute(delete(stories).where(stories.c.id.in_(some)))
    heads = [_head(found, name) for name in there]
    if old := [{"known": h["id"], **h} for h in heads if h["id"] in known]:
        connection.execute(update(stories).where(stories.c.id == bindparam("known")), old)
    if fresh := [head for head in heads if head["id"] not in known]:
        connection.execute(insert(stories), fresh)
    if new:
        connection.execute(insert(members), new)


def _standing(connection: Connection, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the members of stories as they are written down, by report."""
    found: dict[str, dict[str, str]] = {}
    for some in _chunks(names):
        for row in connection.execute(select(members).where(members.c.story.in_(some))):
            found[row.report] = {
                "report": row.report,
                "story": row.story,
                "score": row.score,
                "why": row.why,
            }
    return found


def _member(report: str, story: str, before: Mapping[str, str] | None, why: Why | None) -> dict[str, str]:
    score, reasons = ("", "") if before is None else (before["score"], before["why"])
    if why is not None:
        score, reasons = "" if why[0] is None else f"{why[0]:.3f}", "; ".join(why[1])
    return {"report": report, "story": story, "score": score, "why": reasons}


def _head(found: Stories, name: str) -> dict[str, object]:
    seen = found.overview(name)
    return {
        "id": name,
        "title": seen.title,
        "first": seen.first or "",
        "last": seen.last or "",
        "size": len(seen.reports),
        "entities": msgspec.json.encode(seen.entities).decode(),
    }


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[at : at + _CHUNK] for at in range(0, len(names), _CHUNK))
