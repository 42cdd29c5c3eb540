"""Jobs: reports that were posted to a running server, taken in one job after another in the background.

What was posted is kept in the desk until its job is done. Each job is done by one
worker, of this server or another (:mod:`.leases`); one that is stopped gives its job
back, and if it dies another goes on: what was filed is passed over then, as in any
ingest. Nothing that was posted is taken for a path.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Connection, Row, insert, select, tuple_, update

from ..errors import DeskError, NotInDesk, ReportedlyError
from . import leases as leasing
from .access_tables import jobs, leases
from .book import weigh_new
from .ingest import Outcome, take
from .leases import BEAT, Leases
from .shelf import Retention
from .store import PATIENT, Desk, now, retried
from .uploads import Kind, items, number_of

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
STATES: tuple[State, ...] = get_args(State)
_MOST_WAITING = 20  # jobs that may wait at the same time
_LOOK = 2.0  # seconds between two looks for jobs that others gave, or left
_PACE = 30.0  # seconds over which the rate is taken

_LOG = logging.getLogger(__name__)


class SameKey(DeskError):
    """A key for posting once was used before, for something else."""


class TooManyJobs(DeskError):
    """So many jobs wait already that no other is taken."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it stands; ``phase`` and what follows are known while it runs, to some seconds."""

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


class _Noted(msgspec.Struct):
    """How far a job is, as other workers see it."""

    counts: dict[str, int] = msgspec.field(default_factory=dict)
    phase: Literal["reading", "weighing"] | None = None
    rate: float | None = None


@dataclass
class _Progress:
    """How far the job that runs is; ``marks`` are (seconds, reports done) of late."""

    counts: dict[str, int] = field(default_factory=dict)
    phase: Literal["reading", "weighing"] = "reading"
    marks: list[tuple[float, int]] = field(default_factory=list)
    cancelled: bool = False
    lost: bool = False  # to another worker

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

    def noted(self) -> _Noted:
        """Return what of it is shown."""
        return _Noted(self.counts, self.phase, self.rate() if self.phase == "reading" else None)


class Jobs:
    """The jobs of a desk, and the thread that works on them. It begins with the first job, or :meth:`start`.

    Args:
        desk: where they are filed.
        turn: held while one report is read, so that others who read can take turns.
        leases: by which jobs are taken; of this desk, if not said.
        beat: seconds between two signs of life while a job runs.
    """

    def __init__(
        self,
        desk: Desk,
        turn: AbstractContextManager[Any] | None = None,
        *,
        leases: Leases | None = None,
        beat: float = BEAT,
    ) -> None:
        self._desk = desk
        self._turn = turn or threading.Lock()
        self._leases = leases or Leases(desk)
        self._beat = beat
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._called = False  # somebody has work
        self._asked_to_weigh = False
        self._running: dict[str, _Progress] = {}

    def start(self) -> None:
        """Begin to look for jobs, also those that other workers left."""
        self._begin()

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
        mine = self._running.get(row.id)
        noted = _Noted(msgspec.json.decode(row.counts, type=dict[str, int]))
        if mine is not None:
            noted = mine.noted()
        elif row.state == "running" and row.progress:
            noted = msgspec.json.decode(row.progress, type=_Noted)
        left = row.total - sum(noted.counts.values())
        rate = noted.rate
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
            counts=noted.counts,
            reason=row.reason,
            resumable=row.state == "interrupted" and bool(row.kept),
            phase=noted.phase,
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
        _LOG.info("a job waits", extra={"fields": {"job": name, "kind": kind, "who": who, "reports": total}})
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
        mine = self._running.get(name)
        retried(lambda: leasing.cancel(self._desk, name))
        if mine is not None:
            mine.cancelled = True  # it need not wait for its next beat
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
            mine = update(jobs).where(jobs.c.id == name, jobs.c.state == "interrupted")
            connection.execute(mine.values(state="waiting", reason=None))
        self._begin()
        return self.get(name)

    def weigh(self) -> None:
        """Have the stories weighed that are not."""
        self._asked_to_weigh = True
        self._begin()

    def close(self) -> None:
        """Stop after the report that is being read; a job that runs is given back for others to go on."""
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
            self._called = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="reportedly-jobs", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def _work(self) -> None:
        wait = 0.0
        while True:
            with self._wake:
                if wait and not self._called and not self._stopped:
                    self._wake.wait(timeout=wait)
                self._called = False
                if self._stopped:
                    return
            try:
                if self._asked_to_weigh:
                    self._asked_to_weigh = False
                    self._weigh()
                row = self._leases.take()
                if row is not None:
                    self._do(row)
                wait = 0.0 if row is not None else _LOOK
            except DeskError as error:  # it is locked for long, cannot be reached, or its disk is full
                _LOG.warning("the jobs wait for the desk: %s", error)
                wait = 5.0
            except Exception:
                _LOG.exception("the worker of the jobs")
                wait = 5.0

    def _do(self, row: Row[*tuple[Any, ...]]) -> None:
        """Do a job that was taken, and give it back as what it came to."""
        told = {"job": row.id, "kind": row.kind, "worker": self._leases.name}
        _LOG.info("a job begins", extra={"fields": told})
        begun = time.monotonic()
        progress = self._running[row.id] = _Progress()
        try:
            ended = self._ended(row, progress)
            mine = not progress.lost and retried(
                lambda: self._leases.give_back(row.id, **ended),
                patience=0 if self._stopped else PATIENT,
                twice=True,
            )
        finally:
            self._running.pop(row.id, None)
        took = round(time.monotonic() - begun, 3)
        told |= {"state": ended["state"] if mine else "lost", "seconds": took, **progress.counts}
        _LOG.info("a job ends", extra={"fields": told})

    def _ended(self, row: Row[*tuple[Any, ...]], progress: _Progress) -> dict[str, Any]:
        """Do a job; returns what of its row changes by that."""
        try:
            with self._beating(row.id, progress):
                state = self._run(row, progress)
        except ReportedlyError as error:  # what was filed is kept, and the rest may be had later
            _LOG.exception("job %s", row.id)
            is_desk = isinstance(error, DeskError)
            reason = "the desk could not be written; resume the job to go on" if is_desk else str(error)
            ended: dict[str, Any] = {"state": "interrupted", "reason": reason}
        except Exception:
            _LOG.exception("job %s", row.id)
            reason = "something unexpected happened; the server's log says what"
            ended = {"state": "failed", "reason": reason, "finished": now(), "upload": None}
        else:
            ended = {"state": state}
            if state != "waiting":
                ended |= {"reason": None, "finished": now(), "upload": None}
        return ended | {"counts": msgspec.json.encode(progress.counts).decode()}

    @contextmanager
    def _beating(self, name: str, progress: _Progress) -> Iterator[None]:
        """Give signs of life while a job runs, from a thread of its own: to read one report may take long."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self._beat):
                try:
                    sign = self._leases.beat(name, msgspec.json.encode(progress.noted()).decode())
                except DeskError as error:
                    _LOG.warning("job %s gives no sign: %s", name, error)
                    continue
                progress.cancelled |= sign == "stop"
                progress.lost |= sign == "lost"

        thread = threading.Thread(target=beat, name="reportedly-beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()

    def _run(self, row: Row[*tuple[Any, ...]], progress: _Progress) -> State:
        """Take in one job; returns how it ended: ``waiting`` if the server stops or another worker has it."""
        body = zlib.decompress(row.upload)
        outcomes = take(self._desk, items(body, row.kind), [f"upload:{row.id}"], retention=row.retention)
        for outcome in self._in_turns(outcomes):
            progress.step(outcome, time.monotonic())
            if progress.cancelled:
                break
            if self._stopped or progress.lost:
                return "waiting"
        progress.phase = "weighing"
        self._weigh()
        return "cancelled" if progress.cancelled else "waiting" if self._stopped else "done"

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


def _without_upload() -> Any:
    """Return a query for jobs without what was posted; ``kept`` tells whether that is still there, and
    ``progress`` how far a job is that runs."""
    columns: Sequence[Any] = [c for c in jobs.c if c.name not in ("upload", "request", "key")]
    kept = jobs.c.upload.is_not(None).label("kept")
    return select(*columns, kept, leases.c.progress).outerjoin(leases, leases.c.job == jobs.c.id)
