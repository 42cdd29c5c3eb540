"""Jobs among several workers: one does each, another goes on when it dies, clocks may jump."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time

import pytest
from sqlalchemy import select

from reportedly.desk import ingest as taking
from reportedly.desk import jobs as working
from reportedly.desk import open_desk, store, verifying
from reportedly.desk.access_tables import jobs as rows
from reportedly.desk.access_tables import leases
from reportedly.desk.jobs import Jobs
from reportedly.desk.leases import Leases
from reportedly.desk.tables import revisions
from reportedly.errors import DeskError

LINES = [
    json.dumps({"id": f"tolm-{n}", "text": f"The dam {n} is safe, said Perrin Aske, an engineer."})
    for n in range(4)
]
BODY = "\n".join(LINES).encode()


class Clock:
    """A steady clock that is moved by hand."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path / "desk.db") as found:
        yield found


@pytest.fixture
def job(desk):
    """A job that waits, and on which nobody works."""
    jobs = Jobs(desk)
    jobs._begin = lambda: None
    return jobs.add(BODY, "jsonl", who="mira")[0].id


def worker(desk, clock=None, silent=30.0):
    return Leases(desk, silent=silent, clock=clock or Clock())


def state_of(desk, job):
    with desk.reading() as connection:
        return connection.execute(select(rows.c.state).where(rows.c.id == job)).scalar_one()


def ended(jobs, name, states=("done",)):
    for _ in range(300):
        found = jobs.get(name)
        if found.state in states:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_one_of_two_workers_takes_a_job(desk, job):
    one, other = worker(desk), worker(desk)
    assert one.take().id == job
    assert other.take() is None
    assert one.take() is None
    assert one.beat(job, "{}") == "go on"
    assert other.beat(job, "{}") == "lost"
    assert not other.give_back(job, state="done")
    assert one.give_back(job, state="waiting")
    assert other.take().id == job


def test_a_job_whose_worker_is_silent_is_taken_over_and_the_old_one_learns_it(desk, job):
    clock = Clock()
    one, other = worker(desk), worker(desk, clock)
    one.take()
    for clock.at in range(0, 30, 5):
        assert other.take() is None
    one.beat(job, "{}")
    for clock.at in range(30, 60, 5):
        assert other.take() is None  # it lives
    clock.at = 65
    assert other.take().id == job
    assert one.beat(job, "{}") == "lost"
    assert not one.give_back(job, state="done")
    assert state_of(desk, job) == "running"


def test_what_nobody_looked_at_does_not_count_as_silence(desk, job):
    clock = Clock()
    one, other = worker(desk), worker(desk, clock)
    one.take()
    other.take()
    clock.at = 1000  # the machine slept, or the desk could not be reached
    assert other.take() is None
    clock.at = 1010
    assert other.take() is None


def test_a_wall_clock_that_jumps_takes_nobodys_job(desk, job, monkeypatch):
    clock = Clock()
    one, other = worker(desk), worker(desk, clock)
    one.take()
    for hours, clock.at in ((1, 5), (-1, 10), (0, 15)):
        moment = f"2026-05-04T{12 + hours:02}:00:00.000000Z"
        monkeypatch.setattr("reportedly.desk.leases.now", lambda moment=moment: moment)
        monkeypatch.setattr("time.time", lambda hours=hours: 1_777_896_000.0 + 3600 * hours)
        assert one.beat(job, "{}") == "go on"
        assert other.take() is None
    for clock.at in range(20, 55, 5):
        found = other.take()
    assert found.id == job  # it is dead all the same, whatever the wall clock says


def test_a_job_that_kills_its_workers_is_not_begun_for_ever(desk, job):
    clock, begun = Clock(), 0
    looking = worker(desk, clock)
    for clock.at in range(0, 200, 5):
        if looking.take() is not None:
            begun += 1
            looking = worker(desk, clock)  # the one that took it is dead
    assert begun == 3
    job_now = Jobs(desk).get(job)
    assert job_now.state == "interrupted"
    assert "3 workers died" in job_now.reason
    assert job_now.resumable


def test_a_job_that_runs_elsewhere_is_cancelled_there(desk, job):
    one = worker(desk)
    one.take()
    jobs = Jobs(desk)
    assert jobs.cancel(job).state == "running"
    assert one.beat(job, "{}") == "stop"
    assert one.give_back(job, state="waiting")  # as if it had been stopped before it heard of that
    assert jobs.get(job).state == "cancelled"
    with pytest.raises(DeskError, match="has ended"):
        jobs.cancel(job)


def test_a_cancelled_job_whose_worker_dies_is_not_begun_again(desk, job):
    clock = Clock()
    worker(desk).take()
    Jobs(desk).cancel(job)
    other = worker(desk, clock)
    for clock.at in range(0, 45, 5):
        assert other.take() is None
    assert state_of(desk, job) == "cancelled"


def test_a_server_that_may_fetch_nothing_leaves_addresses_to_others(desk):
    jobs = Jobs(desk)
    jobs._begin = lambda: None
    job, _ = jobs.add(b'["https://herald.example/port"]', "urls", who="mira")
    assert Leases(desk, fetch=False).take() is None
    assert Leases(desk, fetch=True).take().id == job.id


def test_how_far_a_job_is_can_be_seen_from_another_worker(desk, job):
    one = worker(desk)
    one.take()
    one.beat(job, '{"counts": {"filed": 3}, "phase": "reading", "rate": 0.5}')
    seen = Jobs(desk).get(job)
    assert (seen.state, seen.done, seen.phase, seen.seconds_left) == ("running", 3, "reading", 2.0)


def test_a_stop_gives_the_job_back_and_another_ends_it(desk, job, monkeypatch):
    first = Jobs(desk)
    real = taking.read_report

    def read(report):
        first._stopped = True  # as close() does, while a report is being read
        return real(report)

    monkeypatch.setattr(taking, "read_report", read)
    first.start()
    first._thread.join(timeout=30)
    assert state_of(desk, job) == "waiting"
    with desk.reading() as connection:
        assert connection.execute(select(leases)).first() is None
        assert len(connection.execute(select(revisions.c.id)).all()) == 1
    monkeypatch.undo()
    second = Jobs(desk)
    second.start()
    assert ended(second, job).counts == {"filed": 3, "known": 1}
    second.close()


def dies(path, number):
    """Work on jobs, and die without a word while report ``number`` is being read."""
    real, seen = taking.read_report, []

    def read(report):
        seen.append(report)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(report)

    taking.read_report = read
    Jobs(open_desk(path), beat=0.1).start()
    time.sleep(60)


def test_a_job_whose_worker_was_killed_is_taken_up_again(desk, job):
    process = multiprocessing.get_context("spawn").Process(target=dies, args=(desk.path, 3))
    process.start()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    assert state_of(desk, job) == "running"
    jobs = Jobs(desk, leases=Leases(desk, silent=0.5))
    working_look = working._LOOK
    working._LOOK = 0.1
    try:
        jobs.start()
        assert ended(jobs, job).counts == {"filed": 2, "known": 2}
    finally:
        working._LOOK = working_look
        jobs.close()
    with desk.reading() as connection:
        assert len(connection.execute(select(revisions.c.id)).all()) == 4
        assert not list(verifying.verify(connection))


def test_three_workers_share_the_jobs_and_double_nothing(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        giving = Jobs(desk)
        giving._begin = lambda: None
        names = [giving.add(line.encode(), "jsonl", who="mira")[0].id for line in LINES]
        workers = [Jobs(desk) for _ in range(3)]
        for one in workers:
            one.start()
        assert [ended(giving, name).counts for name in names] == [{"filed": 1}] * 4
        for one in workers:
            one.close()


def test_who_waits_for_a_store_that_is_gone_gives_up_at_last():
    tried, slept = [], []

    def act():
        tried.append(1)
        raise store.Unreachable("gone")

    with pytest.raises(store.Unreachable):
        store.retried(act, patience=20, sleep=slept.append)
    assert 20 <= sum(slept) < 26
    assert max(slept) == store._LONGEST_PAUSE


def test_what_is_in_doubt_is_only_done_again_where_that_does_no_harm():
    tried = []

    def act():
        tried.append(1)
        if len(tried) == 1:
            raise store.InDoubt("gone")
        return "kept"

    with pytest.raises(store.InDoubt):
        store.retried(act, sleep=lambda _: None)
    tried.clear()
    assert store.retried(act, twice=True, sleep=lambda _: None) == "kept"
