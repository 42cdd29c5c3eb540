"""Filing: one reading goes into the store, is compared with what is there, and joins a story."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from ..records import Reading
from ..weighing.filed import Filed
from ..weighing.profile import Profile, profile
from ..weighing.rulings import Rulings
from ..weighing.stories import Stories
from . import decisions, placing, reuse, search, shelf
from .shelf import Retention
from .store import Desk
from .tables import members, profiles, revisions, state
from .turns import Turns, regrouped

_SETTLED = "settled"  # the last revision that was there when all stories were settled
_RECHECKED = "overlaps"  # the last one that was there when overlaps were looked at again
_SMALL = 1000  # reports of a desk that is grouped anew quickly
_UNSETTLED, _UNSETTLED_OF_MANY = 0.05, 0.2  # share of the reports that may have come since, by that


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
        self._turns = Turns(load)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection to file through; if what is done with it fails, nothing of it is kept."""
        try:
            with self._desk.writing() as connection:
                yield connection
        except BaseException:
            self._turns.forget()  # they have reports that were not kept
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
            reuse.compare(connection, filed, first=before is None)
        known = self._turns.stories(connection)
        mine = profile(filed)
        _put_profile(connection, revision, mine, first=before is None)
        changed = {known.story_of(report.id)} if report.id in known else set()
        joined = known.add(mine)
        changed.add(joined.story)
        changed.update(s for change in joined.changes for s in (change.story, *change.others))
        placing.write(connection, known, changed, {report.id: (joined.score, joined.why)})
        return Done(report.id, revision, number, new=True, story=joined.story)


def load(connection: Connection) -> Stories:
    """Return the stories as they are written down."""
    rulings = _rulings(connection)
    rows = connection.execute(select(members.c.report, members.c.story))
    placed = {row.report: row.story for row in rows}
    return Stories.load(_profiles(connection, rulings), placed, rulings)


def settle(desk: Desk) -> bool:
    """Group all reports anew if enough have come since that was done last; tells whether it was.

    What comes out does not depend on the order in which the reports came.
    Overlaps of reports that came since are looked at again in any case.
    """
    with desk.writing() as connection:
        newest = connection.execute(select(func.max(revisions.c.id))).scalar() or 0
        reuse.recheck(connection, _mark(connection, _RECHECKED))
        _set_mark(connection, _RECHECKED, newest)
        total = connection.execute(select(func.count()).select_from(profiles)).scalar_one()
        share = _UNSETTLED if total <= _SMALL else _UNSETTLED_OF_MANY
        if newest - _mark(connection, _SETTLED) <= total * share:
            return False
        regroup(connection)
        _set_mark(connection, _SETTLED, newest)
        return True


def _mark(connection: Connection, key: str) -> int:
    """Return up to which revision something was done."""
    return int(connection.execute(select(state.c.value).where(state.c.key == key)).scalar() or 0)


def _set_mark(connection: Connection, key: str, revision: int) -> None:
    connection.execute(delete(state).where(state.c.key == key))
    connection.execute(insert(state).values(key=key, value=str(revision)))


def regroup(connection: Connection) -> None:
    """Group all reports anew, in line with what people decided; stories keep their ids where they can."""
    rulings = _rulings(connection)
    rows = connection.execute(select(members.c.report, members.c.story))
    known = {row.report: row.story for row in rows}
    after = Stories.rebuild(_profiles(connection, rulings), rulings, known)
    placed = after.placed()
    moved = {r for r in {*known, *placed} if known.get(r) != placed.get(r)}
    changed = {known[r] for r in moved if r in known} | {placed[r] for r in moved if r in placed}
    placing.write(connection, after, changed)
    regrouped(connection)


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


def _put_profile(connection: Connection, revision: int, mine: Profile, *, first: bool) -> None:
    if not first:
        connection.execute(delete(profiles).where(profiles.c.report == mine.id))
    body = zlib.compress(msgspec.json.encode(mine), 6)
    connection.execute(insert(profiles), {"report": mine.id, "revision": revision, "body": body})
