"""Leases: exactly one worker does a job, and another one goes on with it if that worker dies.

A worker raises a number in the desk every few seconds. Who sees the same number for
longer than :data:`SILENT` takes the job over. The time is measured by the steady clock
of the one who looks, so that it does not matter what the wall clocks of the machines say
or whether they are set back; and what was not looked at (the desk was away, the machine
slept) does not count. This is a lease in the sense of Gray and Cheriton (1989) whose term
only the observer measures; a worker that was merely slow learns at its next beat that it
lost the job. Then two may have filed the same reports: what is filed is known the second time.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..errors import DeskError, NotInDesk
from .access_tables import jobs, leases
from .store import Desk, now

BEAT = 3.0  # seconds between two signs of life
SILENT = 30.0  # seconds after which a worker that gives none is taken for dead
_TAKES = 3  # workers that may begin one job and die

Sign = Literal["go on", "stop", "lost"]


class Leases:
    """The jobs of a desk as one worker takes and gives them back.

    Args:
        desk: where they are.
        fetch: whether it may fetch addresses; if not, jobs that name some wait for one that may.
        silent: seconds without a sign of life after which a worker is taken for dead.
        clock: a steady clock, in seconds.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        fetch: bool = True,
        silent: float = SILENT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = uuid.uuid4().hex[:12]
        self._desk = desk
        self._fetch = fetch
        self._silent = silent
        self._clock = clock
        self._seen: dict[str, tuple[tuple[str, int], float]] = {}  # (owner, beat) of a job, and since when
        self._looked = clock()

    def take(self) -> Row[*tuple[Any, ...]] | None:
        """Take the first job that waits, or whose worker is dead; ``None`` if there is none.

        Raises:
            DeskError: the desk cannot be read or written.
        """
        query = (
            select(jobs.c.id, jobs.c.state, leases.c.owner, leases.c.beat)
            .outerjoin(leases, leases.c.job == jobs.c.id)
            .where(jobs.c.state.in_(("waiting", "running")))
            .order_by(jobs.c.created, jobs.c.id)
        )
        if not self._fetch:
            query = query.where(jobs.c.kind != "urls")
        with self._desk.reading() as connection:
            rows = connection.execute(query).all()
        dead = self._dead(rows)
        for row in rows:
            if row.state == "waiting" or row.id in dead:
                with self._desk.writing(alone=False) as connection:
                    taken = self._take(connection, row)
                if taken is not None:
                    return taken
        return None

    def _dead(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> set[str]:
        """Return the jobs whose worker gave no sign for too long, while this one looked."""
        clock = self._clock()
        if clock - self._looked > self._silent / 2:
            self._seen = {}  # nobody looked: what was silent meanwhile cannot be told
        self._looked = clock
        running = {row.id: (row.owner or "", row.beat or 0) for row in rows if row.state == "running"}
        self._seen = {
            job: self._seen[job] if job in self._seen and self._seen[job][0] == sign else (sign, clock)
            for job, sign in running.items()
        }
        return {job for job, (_, since) in self._seen.items() if clock - since > self._silent}

    def _take(self, connection: Connection, seen: Row[*tuple[Any, ...]]) -> Row[*tuple[Any, ...]] | None:
        """Take one job if it is still as it was seen. On a server, who takes it holds its row meanwhile, and
        others pass it over; a file has one writer at a time."""
        query = select(jobs).where(jobs.c.id == seen.id, jobs.c.state == seen.state)
        row = connection.execute(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        lease = connection.execute(select(leases).where(leases.c.job == row.id)).first()
        if seen.state == "running" and lease is not None and (lease.owner, lease.beat) != seen[2:]:
            return None
        stopped = lease is not None and lease.stop
        takes = lease.takes if lease is not None and seen.state == "running" else 0
        connection.execute(delete(leases).where(leases.c.job == row.id))
        if stopped or row.upload is None or takes >= _TAKES:
            values: dict[str, Any] = {"state": "cancelled", "upload": None, "finished": now()}
            if takes >= _TAKES and not stopped:
                reason = f"{takes} workers died while they did it; resume the job to try again"
                values = {"state": "interrupted", "reason": reason}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(**values))
            return None
        progress = lease.progress if lease is not None else "{}"
        connection.execute(
            insert(leases).values(
                job=row.id, owner=self.name, beat=0, takes=takes + 1, stop=0, progress=progress
            )
        )
        begun = update(jobs).where(jobs.c.id == row.id)
        connection.execute(begun.values(state="running", started=row.started or now(), reason=None))
        return row

    def beat(self, job: str, progress: str) -> Sign:
        """Give a sign of life, and say how far the job is; returns whether to go on with it."""
        mine = (leases.c.job == job) & (leases.c.owner == self.name)
        with self._desk.writing(alone=False) as connection:
            said = connection.execute(
                update(leases)
                .where(mine)
                .values(beat=leases.c.beat + 1, progress=progress)
                .returning(leases.c.stop)
            ).first()
        return "lost" if said is None else "stop" if said.stop else "go on"

    def give_back(self, job: str, **values: Any) -> bool:
        """Write down what became of a job (``values`` of its row); tells whether it was this worker's."""
        with self._desk.writing(alone=False) as connection:
            mine = (leases.c.job == job) & (leases.c.owner == self.name)
            connection.execute(select(jobs.c.id).where(jobs.c.id == job).with_for_update())  # as others do
            gone = connection.execute(delete(leases).where(mine).returning(leases.c.stop)).first()
            if gone is None:
                return False
            if gone.stop and values.get("state") in ("waiting", "interrupted"):  # cancelled just now
                values |= {"state": "cancelled", "reason": None, "finished": now(), "upload": None}
            connection.execute(update(jobs).where(jobs.c.id == job).values(**values))
            return True


def cancel(desk: Desk, job: str) -> None:
    """Cancel a job: its worker stops after the report that it is at; what waits has ended at once.

    Raises:
        NotInDesk: there is none.
        DeskError: it has ended already.
    """
    with desk.writing(alone=False) as connection:
        row = connection.execute(select(jobs.c.state).where(jobs.c.id == job).with_for_update()).first()
        if row is None:
            raise NotInDesk(f"there is no job {job!r}")
        if row.state not in ("waiting", "running", "interrupted"):
            raise DeskError(f"job {job} has ended: it is {row.state}")
        if row.state == "running":
            told = connection.execute(update(leases).where(leases.c.job == job).values(stop=1))
            if told.rowcount:
                return
        connection.execute(delete(leases).where(leases.c.job == job))
        ended = update(jobs).where(jobs.c.id == job)
        connection.execute(ended.values(state="cancelled", reason=None, upload=None, finished=now()))
