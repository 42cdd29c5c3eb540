"""Jobs: reports that were posted to a running server, taken in one job after another in the background.

What was posted is kept in the desk until its job is done, so that a job that a
stop of the server interrupted can be resumed: what was filed is passed over then,
as in any ingest. Nothing that was posted is taken for a path.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Connection, Row, insert, select, tuple_, update

from ..errors import DeskError, NotInDesk, ReportedlyError
from .access_tables import jobs
from .book import weigh_new
from .ingest import Outcome, take
from .shelf import Retention
from .store import Desk, now
from .uploads import Kind, items, number_of

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
STATES: tuple[State, ...] = get_args(State)
_ENDED = ("done", "failed", "cancelled")
_MOST_WAITING = 20  # jobs that may wait at the same time
_NOTED = 2.0  # seconds between two notes in the desk of how far a job is
_PACE = 30.0  # seconds over which the rate is taken

_LOG = logging.getLogger(__name__)


class SameKey(DeskError):
    """A key for posting once was used before, for something else."""


class TooManyJobs(DeskError):
    """So many jobs wait already that no other is taken."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it stands; ``progress`` is that of this moment if it is running here."""

    id: str
    state: State
    kind: Kind
    who: str
    retention: Retention
    created: str
    started: str | None
    finished: str | None
    total: int
    counts: dict[str, int]
    reason: str | None
    resumable: bool
    phase: Literal["reading", "weighing"] | None = None
    rate: float | None = None
    seconds_left: float | None = None

    @property
    def done(self) -> int:
        """How many reports are settled."""
        return sum(self.counts.values())


@dataclass
class _Progress:
    """How far the job that runs is; ``marks`` are (seconds, reports done) of late."""

    counts: dict[str, int] = field(default_factory=dict)
    phase: Literal["reading", "weighing"] = "reading"
    marks: list[tuple[float, int]] = field(default_factory=list)

    def step(self, outcome: Outcome, clock: float) -> None:
        self.counts = {**self.counts, outcome.state: self.counts.get(outcome.state, 0) + 1}
        done = sum(self.counts.values())
        self.marks = [m for m in self.marks if m[0] > clock - _PACE] + [(clock, done)]

    def rate(self) -> float | None:
        """Return reports a second, of late."""
        marks = self.marks
        if len(marks) < 2 or marks[-1][0] <= marks[0][0]:
            return None
        return (marks[-1][1] - marks[0][1]) / (marks[-1][0] - marks[0][0])


class Jobs:
    """The jobs of a desk, and the thread that works on them. It begins with the first job.

    Args:
        desk: where they are filed.
        turn: held while one report is read, so that others who read can take turns.
    """

    def __init__(self, desk: Desk, turn: AbstractContextManager[Any] | None = None) -> None:
        self._desk = desk
        self._turn = turn or threading.Lock()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._asked_to_weigh = False
        self._cancelled: set[str] = set()
        self._running: dict[str, _Progress] = {}
        self._mine: set[str] = set()  # that this server takes care of
        with desk.reading() as connection:
            left = connection.execute(select(jobs.c.id).where(jobs.c.state.in_(("waiting", "running"))))
            found = list(left.scalars())
        if found:
            with desk.writing(alone=False) as connection:
                reason = "the server was stopped; resume the job to go on"
                connection.execute(
                    update(jobs).where(jobs.c.id.in_(found)).values(state="interrupted", reason=reason)
                )

    # asking -------------------------------------------------------------------------------------

    def get(self, name: str) -> Job:
        """Return one job.

        Raises:
            NotInDesk: there is none.
        """
        with self._desk.reading() as connection:
            row = connection.execute(_without_upload().where(jobs.c.id == name)).first()
        if row is None:
            raise NotInDesk(f"there is no job {name!r}")
        return self._job(row)

    def page(
        self,
        limit: int,
        *,
        after: tuple[str, str] | None = None,
        as_of: str | None = None,
        state: State | None = None,
    ) -> list[Job]:
        """Return up to ``limit`` jobs, the latest first, after the one made then (moment, id)."""
        query = _without_upload().order_by(jobs.c.created.desc(), jobs.c.id.desc()).limit(limit)
        if after is not None:
            query = query.where(tuple_(jobs.c.created, jobs.c.id) < tuple_(*after))
        if as_of is not None:
            query = query.where(jobs.c.created <= as_of)
        if state is not None:
            query = query.where(jobs.c.state == state)
        with self._desk.reading() as connection:
            return [self._job(row) for row in connection.execute(query)]

    def _job(self, row: Row[*tuple[Any, ...]]) -> Job:
        progress = self._running.get(row.id)
        counts = progress.counts if progress else msgspec.json.decode(row.counts, type=dict[str, int])
        rate = progress.rate() if progress and progress.phase == "reading" else None
        left = row.total - sum(counts.values())
        return Job(
            id=row.id,
            state=row.state,
            kind=row.kind,
            who=row.who,
            retention=row.retention,
            created=row.created,
            started=row.started,
            finished=row.finished,
            total=row.total,
            counts=counts,
            reason=row.reason,
            resumable=row.state == "interrupted" and bool(row.kept),
            phase=progress.phase if progress else None,
            rate=round(rate, 3) if rate else None,
            seconds_left=round(max(0, left) / rate, 1) if rate else None,
        )

    # asking for work ----------------------------------------------------------------------------

    def add(
        self, body: bytes, kind: Kind, *, who: str, retention: Retention = "full", key: str | None = None
    ) -> tuple[Job, bool]:
        """Keep what was posted and begin to take it in; returns the job and whether it is a new one.

        Args:
            body: what was posted, as it came.
            kind: what it is; see :mod:`reportedly.desk.uploads`.
            who: who posted it.
            retention: how much of each text to keep.
            key: of the client's choice; the same one again gives the job that it gave before.

        Raises:
            IntakeError: there is nothing in it that could be taken in.
            SameKey: the key was used for something else.
            TooManyJobs: others have to be done first.
        """
        total = number_of(body, kind)
        request = hashlib.sha256(f"{kind}\0{retention}\0".encode() + body).hexdigest()
        packed = zlib.compress(body, 6)
        with self._desk.writing(alone=False) as connection:
            before = self._before(connection, who, key)
            if before is not None:
                if before.request != request:
                    raise SameKey(f"the key {key!r} was used before, for something else")
                return self._job(before), False
            waiting = connection.execute(
                select(jobs.c.id).where(jobs.c.state.in_(("waiting", "running"))).limit(_MOST_WAITING)
            ).all()
            if len(waiting) >= _MOST_WAITING:
                raise TooManyJobs(f"{_MOST_WAITING} jobs wait already; try again when some are done")
            name = f"j-{secrets.token_hex(8)}"
            connection.execute(
                insert(jobs).values(
                    id=name, who=who, state="waiting", created=now(), kind=kind, retention=retention,
                    total=total, counts="{}", key=key, request=request, upload=packed,
                )
            )  # fmt: skip
        self._mine.add(name)
        self._begin()
        return self.get(name), True

    @staticmethod
    def _before(connection: Connection, who: str, key: str | None) -> Row[*tuple[Any, ...]] | None:
        if key is None:
            return None
        query = _without_upload().add_columns(jobs.c.request)
        return connection.execute(query.where(jobs.c.who == who, jobs.c.key == key)).first()

    def cancel(self, name: str) -> Job:
        """Stop a job after the report that it is at, and forget what was posted. What was filed stays.

        Raises:
            NotInDesk: there is none.
            DeskError: it has ended already.
        """
        job = self.get(name)
        if job.state in _ENDED:
            raise DeskError(f"job {name} has ended: it is {job.state}")
        self._cancelled.add(name)
        if job.state != "running":
            self._end(name, "cancelled", None)
        return self.get(name)

    def resume(self, name: str) -> Job:
        """Go on with a job that was interrupted.

        Raises:
            NotInDesk: there is none.
            DeskError: it was not interrupted.
        """
        job = self.get(name)
        if not job.resumable:
            raise DeskError(f"job {name} cannot be resumed: it is {job.state}")
        with self._desk.writing(alone=False) as connection:
            connection.execute(update(jobs).where(jobs.c.id == name).values(state="waiting", reason=None))
        self._mine.add(name)
        self._begin()
        return self.get(name)

    def weigh(self) -> None:
        """Have the stories weighed that are not."""
        self._asked_to_weigh = True
        self._begin()

    def close(self) -> None:
        """Stop after the report that is being read; what waits or runs can be resumed later."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=30)

    # working ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        with self._wake:
            if self._stopped:
                return
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="reportedly-jobs", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._stopped and not self._mine and not self._asked_to_weigh:
                    self._wake.wait()
                if self._stopped:
                    return
            try:
                if self._asked_to_weigh:
                    self._asked_to_weigh = False
                    self._weigh()
                if self._mine:
                    self._run_next()
            except Exception:  # a desk that is locked for long, or a full disk: the next job tries anew
                _LOG.exception("the worker of the jobs")
                with self._wake:
                    self._wake.wait(timeout=5)

    def _run_next(self) -> None:
        mine = sorted(self._mine)
        with self._desk.reading() as connection:
            query = select(jobs).where(jobs.c.state == "waiting", jobs.c.id.in_(mine))
            row = connection.execute(query.order_by(jobs.c.created, jobs.c.id).limit(1)).first()
        if row is None or row.upload is None:
            self._mine.difference_update(mine)
            return
        self._mine.discard(row.id)
        self._note(row.id, state="running", started=row.started or now())
        progress = self._running[row.id] = _Progress()
        try:
            ended = self._run(row, progress)
        except ReportedlyError as error:  # what was filed is kept, and the rest may be had later
            _LOG.exception("job %s", row.id)
            is_desk = isinstance(error, DeskError)
            reason = "the desk could not be written; resume the job to go on" if is_desk else str(error)
            self._note(row.id, state="interrupted", counts=progress.counts, reason=reason)
        except Exception:
            _LOG.exception("job %s", row.id)
            self._end(row.id, "failed", "something unexpected happened; the server's log says what", progress)
        else:
            if ended is None:
                self._note(
                    row.id, state="interrupted", counts=progress.counts, reason="the server was stopped"
                )
            else:
                self._end(row.id, ended, None, progress)
        finally:
            self._running.pop(row.id, None)

    def _run(self, row: Row[*tuple[Any, ...]], progress: _Progress) -> State | None:
        """Take in one job; returns how it ended, or ``None`` if the server stops."""
        body = zlib.decompress(row.upload)
        outcomes = take(self._desk, items(body, row.kind), [f"upload:{row.id}"], retention=row.retention)
        noted = time.monotonic()
        for outcome in self._in_turns(outcomes):
            clock = time.monotonic()
            progress.step(outcome, clock)
            if clock - noted > _NOTED:
                noted = clock
                self._note(row.id, counts=progress.counts)
            if self._stopped:
                return None
            if row.id in self._cancelled:
                break
        progress.phase = "weighing"
        self._weigh()
        return None if self._stopped else "cancelled" if row.id in self._cancelled else "done"

    def _in_turns(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        while True:
            with self._turn:
                outcome = next(outcomes, None)
            if outcome is None:
                return
            yield outcome

    def _weigh(self) -> None:
        for _ in weigh_new(self._desk):
            if self._stopped:
                return

    def _note(self, name: str, *, counts: dict[str, int] | None = None, **values: Any) -> None:
        if counts is not None:
            values["counts"] = msgspec.json.encode(counts).decode()
        with self._desk.writing(alone=False) as connection:
            connection.execute(update(jobs).where(jobs.c.id == name).values(**values))

    def _end(self, name: str, state: State, reason: str | None, progress: _Progress | None = None) -> None:
        counts = progress.counts if progress else None
        self._note(name, counts=counts, state=state, reason=reason, finished=now(), upload=None)
        self._mine.discard(name)
        self._cancelled.discard(name)


def _without_upload() -> Any:
    """Return a query for jobs without what was posted; ``kept`` tells whether that is still there."""
    columns: Sequence[Any] = [c for c in jobs.c if c.name not in ("upload", "request", "key")]
    return select(*columns, jobs.c.upload.is_not(None).label("kept"))
