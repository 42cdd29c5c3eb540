"""Filing: one reading goes into the store, is compared with what is there, and joins a story."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from ..records import Copy, Reading
from ..weighing import copies, shingles
from ..weighing.filed import Filed
from ..weighing.profile import Profile, profile
from ..weighing.rulings import Rulings
from ..weighing.stories import Stories
from . import decisions, search, shelf
from .shelf import Retention
from .store import Desk
from .tables import (
    bands,
    claims,
    members,
    overlaps,
    profiles,
    revisions,
    state,
    stories,
    weighed,
)

_CHUNK = 500
_SETTLED = "settled"  # the last revision that was there when all stories were settled
_UNSETTLED = 0.05  # of the reports may have come since


@dataclass(frozen=True, slots=True)
class Done:
    """What filing came to. ``new`` is false where the report said nothing that was not filed before."""

    report: str
    revision: int
    number: int
    new: bool
    story: str | None = None


class Filer:
    """Files reports one after another; keeps in memory what finding their stories needs."""

    def __init__(self, desk: Desk, retention: Retention = "full") -> None:
        self._desk = desk
        self._retention: Retention = retention
        self._stories: Stories | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection to file through; if what is done with it fails, nothing of it is kept."""
        try:
            with self._desk.writing() as connection:
                yield connection
        except BaseException:
            self._stories = None  # it knows of reports that were not kept: load it again
            raise

    def file(
        self, connection: Connection, reading: Reading, *, seen: datetime, raw_sha256: str | None
    ) -> Done:
        """File one reading: a new report, a new revision of one, or nothing new."""
        before = shelf.latest(connection, reading.report)
        if before is not None and shelf.is_same(before, reading.report):
            return Done(before.report, before.id, before.number, new=False)
        if before is not None and before.report != reading.report.id:
            reading = msgspec.structs.replace(
                reading, report=msgspec.structs.replace(reading.report, id=before.report)
            )
        number = 1 if before is None else before.number + 1
        report = reading.report
        revision = shelf.put(
            connection,
            reading,
            seen=seen,
            number=number,
            retention=self._retention,
            raw_sha256=raw_sha256,
        )
        search.index(connection, revision, reading, shelf.kept_text(report.text, self._retention))
        filed = Filed(reading, seen, number)
        if self._retention == "full":
            compare(connection, filed)
        if self._stories is None:
            self._stories = load(connection)
        mine = profile(filed)
        _put_profile(connection, revision, mine)
        changed = {self._stories.story_of(report.id)} if report.id in self._stories else set()
        joined = self._stories.add(mine)
        changed.add(joined.story)
        changed.update(s for change in joined.changes for s in (change.story, *change.others))
        _write(connection, self._stories, changed, {report.id: (joined.score, joined.why)})
        return Done(report.id, revision, number, new=True, story=joined.story)


def compare(connection: Connection, filed: Filed) -> list[Copy]:
    """Find the reports that share text with a new revision, and write down the overlaps."""
    report = filed.id
    connection.execute(delete(bands).where(bands.c.report == report))
    connection.execute(delete(overlaps).where((overlaps.c.copy == report) | (overlaps.c.of == report)))
    signed = shingles.signature(filed.report.text)
    near = _candidates(connection, signed)
    if signed.bands:
        connection.execute(insert(bands), [{"band": b, "report": report} for b in signed.bands])
    rows = shelf.revisions_of(connection, near)
    found = []
    for other in shelf.filed(connection, [r for r in rows if r.retention == "full"]):
        copy = copies.compare(filed, other)
        if copy is not None:
            found.append(copy)
            body = msgspec.json.encode(copy).decode()
            connection.execute(insert(overlaps).values(copy=copy.copy, of=copy.of, body=body))
    return found


def _candidates(connection: Connection, signed: shingles.Signature) -> tuple[str, ...]:
    """Look the bands up: of each the first reports that had it."""
    found: dict[int, list[str]] = {}
    for at in range(0, len(signed.bands), _CHUNK):
        query = select(bands.c.band, bands.c.report).where(bands.c.band.in_(signed.bands[at : at + _CHUNK]))
        for row in connection.execute(query.order_by(bands.c.id)):
            own = found.setdefault(row.band, [])
            if len(own) < shingles.KEEP:
                own.append(row.report)
    names = sorted({name for own in found.values() for name in own})
    sizes: dict[str, int] = {}
    for at in range(0, len(names), _CHUNK):
        counted = select(bands.c.report, func.count()).where(bands.c.report.in_(names[at : at + _CHUNK]))
        sizes.update(
            (report, count) for report, count in connection.execute(counted.group_by(bands.c.report))
        )
    return shingles.rank(signed, found, sizes)


def load(connection: Connection) -> Stories:
    """Return the stories as they are written down."""
    rulings = _rulings(connection)
    rows = connection.execute(select(members.c.report, members.c.story))
    placed = {row.report: row.story for row in rows}
    return Stories.load(_profiles(connection, rulings), placed, rulings)


def settle(desk: Desk) -> bool:
    """Group all reports anew if enough have come since that was done last; tells whether it was.

    What comes out does not depend on the order in which the reports came.
    """
    with desk.writing() as connection:
        last = connection.execute(select(state.c.value).where(state.c.key == _SETTLED)).scalar() or "0"
        newest = connection.execute(select(func.max(revisions.c.id))).scalar() or 0
        total = connection.execute(select(func.count()).select_from(profiles)).scalar_one()
        if newest - int(last) <= total * _UNSETTLED:
            return False
        regroup(connection)
        connection.execute(delete(state).where(state.c.key == _SETTLED))
        connection.execute(insert(state).values(key=_SETTLED, value=str(newest)))
        return True


def regroup(connection: Connection) -> None:
    """Group all reports anew, in line with what people decided; stories keep their ids where they can."""
    rulings = _rulings(connection)
    rows = connection.execute(select(members.c.report, members.c.story))
    known = {row.report: row.story for row in rows}
    after = Stories.rebuild(_profiles(connection, rulings), rulings, known)
    placed = after.placed()
    moved = {r for r in {*known, *placed} if known.get(r) != placed.get(r)}
    changed = {known[r] for r in moved if r in known} | {placed[r] for r in moved if r in placed}
    _write(connection, after, changed)


def _rulings(connection: Connection) -> Rulings:
    return decisions.rulings(decisions.standing(decisions.log(connection)))


def _profiles(connection: Connection, rulings: Rulings) -> list[Profile]:
    """Return the profiles of all reports that are not hidden, in the order in which they were first filed."""
    rows = connection.execute(select(profiles.c.report, profiles.c.body).order_by(profiles.c.report))
    return [
        msgspec.json.decode(zlib.decompress(row.body), type=Profile)
        for row in rows
        if row.report not in rulings.hidden
    ]


def _put_profile(connection: Connection, revision: int, mine: Profile) -> None:
    connection.execute(delete(profiles).where(profiles.c.report == mine.id))
    body = zlib.compress(msgspec.json.encode(mine), 6)
    connection.execute(insert(profiles).values(report=mine.id, revision=revision, body=body))


def _write(
    connection: Connection,
    found: Stories,
    changed: Iterable[str],
    why: Mapping[str, tuple[float | None, Sequence[str]]] | None = None,
) -> None:
    """Write down the stories ``changed``, and forget what was weighed of them."""
    there = set(found.ids)
    for name in sorted(changed):
        connection.execute(delete(claims).where(claims.c.story == name))
        connection.execute(delete(weighed).where(weighed.c.story == name))
        old = connection.execute(select(members).where(members.c.story == name))
        kept = {row.report: (row.score, row.why) for row in old}
        connection.execute(delete(members).where(members.c.story == name))
        connection.execute(delete(stories).where(stories.c.id == name))
        if name not in there:
            continue
        seen = found.overview(name)
        connection.execute(
            insert(stories).values(
                id=name,
                title=seen.title,
                first=seen.first or "",
                last=seen.last or "",
                size=len(seen.reports),
                entities=msgspec.json.encode(seen.entities).decode(),
            )
        )
        rows: list[dict[str, Any]] = []
        for report in seen.reports:
            if why is not None and report in why:
                score, reasons = why[report]
                kept[report] = ("" if score is None else f"{score:.3f}", "; ".join(reasons))
            score_text, reason = kept.get(report, ("", ""))
            rows.append({"report": report, "story": name, "score": score_text, "why": reason})
        ids = [row["report"] for row in rows]
        for at in range(0, len(ids), _CHUNK):  # reports that came from other stories
            connection.execute(delete(members).where(members.c.report.in_(ids[at : at + _CHUNK])))
        connection.execute(insert(members), rows)
