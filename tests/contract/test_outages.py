"""A server that is stopped in the middle, clocks that jump, and several workers: on both stores."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from reportedly.desk import access, alerts, decisions, open_desk, search, store, verifying
from reportedly.desk import ingest as taking
from reportedly.desk import jobs as working
from reportedly.desk.access_tables import jobs as job_rows
from reportedly.desk.access_tables import visits
from reportedly.desk.alert_changes import Watch
from reportedly.desk.book import Book, weigh_new
from reportedly.desk.ingest import ingest
from reportedly.desk.jobs import Jobs
from reportedly.desk.leases import Leases
from reportedly.desk.store import InDoubt, Unreachable, retried
from reportedly.desk.tables import decisions as decided
from reportedly.desk.tables import items, revisions
from reportedly.desk.visits import VisitLog
from reportedly.errors import DeskError
from reportedly.faces.web.app import create_app

from .conftest import write


@pytest.fixture
def restart(cluster):
    """Stop the server, and start it again after some seconds; it runs again when the test ends."""
    running = []

    def act(seconds=1.0):
        cluster.halt()
        timer = threading.Timer(seconds, cluster.start)
        timer.start()
        running.append(timer)

    yield act
    for timer in running:
        timer.join()


def count(desk, column):
    with desk.reading() as connection:
        return len(connection.execute(select(column)).all())


# the server is stopped ------------------------------------------------------------------------------


def test_reports_are_taken_in_though_the_server_is_stopped_twice(places, source, restart, monkeypatch):
    real, filed = search.index, []

    def index(*arguments):
        real(*arguments)
        filed.append(1)
        if len(filed) in (3, 9):  # in the middle of a transaction
            restart()

    monkeypatch.setattr(search, "index", index)
    with open_desk(places.new("postgresql")) as desk:
        outcomes = list(ingest(desk, [source]))
        assert [o.state for o in outcomes] == ["filed"] * 24
        assert len(filed) == 26
        assert count(desk, revisions.c.id) == count(desk, items.c.id) == 24
        with desk.reading() as connection:
            assert not list(verifying.verify(connection))


def test_a_server_that_does_not_come_back_is_told_and_nothing_is_lost(places, cluster, source, monkeypatch):
    monkeypatch.setattr(taking, "PATIENT", 0.1)
    with open_desk(places.new("postgresql")) as desk:
        run = ingest(desk, [source])
        assert next(run).state == "filed"
        cluster.halt()
        try:
            with pytest.raises(Unreachable, match=r"cannot be reached: is the server running"):
                list(run)
        finally:
            cluster.start()
        states = [o.state for o in ingest(desk, [source])]
        assert (states.count("known"), states.count("filed")) == (1, 23)


def test_pages_say_that_the_desk_is_away_and_go_on_when_it_is_back(places, cluster):
    place = places.filled("postgresql")
    app = create_app(place)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        assert client.get("/readyz").status_code == 200
        hide = {"report": "depot-2-copy-local", "why": "an outage"}
        cluster.halt()
        try:
            page = client.get("/")
            assert page.status_code == 503
            assert "cannot be reached" in page.text
            answer = client.get("/api/v1/stories")
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert client.get("/readyz").json()["checks"]["store"] == "cannot be read"
            assert client.get("/healthz").status_code == 200
            assert "reportedly_desk_up 0.0" in client.get("/metrics").text
            begin = threading.Timer(1.0, cluster.start)
            begin.start()
            # what was surely not written is tried again for some seconds, and only then refused
            assert client.post("/api/v1/decisions/hide", json=hide).status_code == 201
            begin.join()
        finally:
            if begin.is_alive():
                begin.join()
        assert client.get("/").status_code == 200
        assert client.get("/readyz").status_code == 200
    with open_desk(place) as desk:
        assert count(desk, decided.c.id) == 1
        with desk.reading() as connection:
            assert not list(verifying.verify(connection))
            seen = connection.execute(select(visits.c.path)).scalars().all()
    assert seen.count("/api/v1/decisions/hide") == 1
    assert seen.count("/") == 2  # also that of the outage


def test_who_has_a_session_is_told_that_the_desk_is_away_and_stays_signed_in(places, cluster):
    place = places.filled("postgresql")
    with open_desk(place) as desk:
        with desk.writing() as connection:
            access.add_user(connection, "ann", "reviewer", "correct horse battery")
            token = access.add_token(connection, "ann")
        secret = access.sign_in(desk, "ann", "correct horse battery", "10.0.0.1")
    app = create_app(place, access="wide")
    with TestClient(app, base_url="http://desk.example", raise_server_exceptions=False) as client:
        client.cookies.set("reportedly_session", secret)
        assert client.get("/stories").status_code in (200, 404)
        cluster.halt()
        try:
            page = client.get("/")
            assert (page.status_code, page.headers["retry-after"]) == (503, "5")
            assert "set-cookie" not in page.headers
            by_token = client.get("/api/v1/stories", headers={"Authorization": f"Bearer {token}"})
            assert by_token.status_code == 503
            assert by_token.headers["content-type"] == "application/problem+json"
        finally:
            cluster.start()
        assert client.get("/").status_code == 200


def ended(connection):
    """End a connection from the side of the server."""
    import psycopg

    (pid,) = connection.execute(text("SELECT pg_backend_pid()")).one()
    return lambda place: psycopg.connect(place, autocommit=True).execute(
        "SELECT pg_terminate_backend(%s)", (pid,)
    )


def test_what_was_lost_before_its_end_is_surely_not_kept(places):
    place = places.filled("postgresql")
    with open_desk(place) as desk:

        def act():
            with desk.writing(alone=False) as connection:
                decisions.record(connection, "hide", {"report": "x"}, who="ann", why="")
                ended(connection)(place)
                time.sleep(0.1)
                connection.execute(select(decided.c.id))

        with pytest.raises(Unreachable):
            act()
        assert count(desk, decided.c.id) == 0


def test_what_was_lost_at_its_end_is_in_doubt_and_not_done_again(places):
    place, tried = places.filled("postgresql"), []

    def act():
        with desk.writing(alone=False) as connection:
            tried.append(1)
            decisions.record(connection, "hide", {"report": "x"}, who="ann", why="")
            ended(connection)(place)
            time.sleep(0.1)

    with open_desk(place) as desk, pytest.raises(InDoubt, match="look whether the change was kept"):
        retried(act)
    assert len(tried) == 1


def test_visits_in_doubt_are_written_once(places, monkeypatch):
    place = places.filled("postgresql")
    one = access.Visit(at="2026-05-04", who="ann", through="x", method="GET", path="/", ids={}, status=200)
    with open_desk(place) as desk:
        log, real = VisitLog(desk), desk.writing
        log._thread = threading.current_thread()  # so that only this test writes

        class Lost:
            """Keeps what is written, and says that the way was lost while it was kept."""

            def __init__(self, **how):
                self._within = real(**how)

            def __enter__(self):
                return self._within.__enter__()

            def __exit__(self, *error):
                self._within.__exit__(*error)
                raise InDoubt("lost")

        log.add(one)
        monkeypatch.setattr(desk, "writing", Lost)
        with pytest.raises(InDoubt):
            log.flush()
        monkeypatch.undo()
        log.add(one.__class__(**{f: getattr(one, f) for f in one.__struct_fields__} | {"path": "/review"}))
        log.flush()
        with desk.reading() as connection:
            assert connection.execute(select(visits.c.path)).scalars().all() == ["/", "/review"]


def test_a_refused_password_and_a_missing_database_are_not_waited_for(places, cluster):
    missing = cluster.address("nowhere")
    with pytest.raises(DeskError, match="no such database") as found:
        open_desk(missing)
    assert not isinstance(found.value, Unreachable)


# several workers --------------------------------------------------------------------------------


def test_who_takes_a_job_is_passed_over_by_the_others_without_waiting(places):
    place = places.new("postgresql")
    with open_desk(place) as desk, open_desk(place) as other:
        giving = Jobs(desk)
        giving._begin = lambda: None
        first, second = (giving.add(f"Job {n}.".encode(), "text", who="ann")[0].id for n in (1, 2))
        with desk.writing(alone=False) as connection:  # somebody is about to take the first
            query = select(job_rows.c.id).where(job_rows.c.id == first).with_for_update()
            connection.execute(query)
            assert Leases(other).take().id == second


def test_many_workers_take_each_job_once(place, monkeypatch):
    monkeypatch.setattr(working, "_MOST_WAITING", 100)
    with open_desk(place) as desk:
        giving = Jobs(desk)
        giving._begin = lambda: None
        names = {giving.add(f"Job {n}.".encode(), "text", who="ann")[0].id for n in range(24)}
        taken, wrong = [], []

        def take():
            try:
                with open_desk(place) as own:
                    leases = Leases(own)
                    while (row := retried(leases.take)) is not None:
                        taken.append(row.id)
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
    assert len(taken) == 24
    assert {*taken} == names


def test_alerts_that_two_run_at_once_fire_once(place, rows, tmp_path):
    first = write(tmp_path / "first.jsonl", rows[:6])
    second = write(tmp_path / "second.jsonl", rows[6:])
    with open_desk(place) as desk:
        list(ingest(desk, [first]))
        with desk.writing() as connection:
            alerts.add(connection, "all", watch=Watch())
        assert alerts.run(desk) == []
        list(ingest(desk, [second]))
        for _ in weigh_new(desk):
            pass
        fired = []

        def run():
            with open_desk(place) as own:
                fired.extend(alerts.run(own))

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with desk.reading() as connection:
            log = alerts.log(connection, limit=1000)
    assert fired
    assert sorted(a.id for a in fired) == sorted({a.id for a in log})


# clocks -------------------------------------------------------------------------------------------


class Clock(datetime):
    """The wall clock, set forward or back by hand."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(store, "datetime", Clock)
    monkeypatch.setattr(access, "datetime", Clock)
    Clock.ahead = timedelta()
    yield Clock
    Clock.ahead = timedelta()


def test_a_session_outlives_a_clock_that_is_set_back(place, clock):
    with open_desk(place) as desk:
        with desk.writing() as connection:
            access.add_user(connection, "ann", "reviewer", "correct horse battery")
        secret = access.sign_in(desk, "ann", "correct horse battery", "10.0.0.1")
        for hours in (-1, 0, -1, 1):
            clock.ahead = timedelta(hours=hours)
            with desk.reading() as connection:
                assert access.by_session(connection, secret).name == "ann"
            with desk.writing() as connection:
                access.use_sessions(connection, {access.session_digest(secret): store.now()})
        clock.ahead = timedelta(hours=13)
        with desk.reading() as connection:
            assert access.by_session(connection, secret) is None  # it ends all the same


def test_failed_sign_ins_do_not_count_for_longer_when_the_clock_is_set_back(place, clock):
    with open_desk(place) as desk:
        with desk.writing() as connection:
            access.add_user(connection, "ann", "reviewer", "correct horse battery")

        def sign_in(password):
            return access.sign_in(desk, "ann", password, "10.0.0.1")

        for _ in range(5):
            assert sign_in("wrong") is None
        with pytest.raises(access.TooManyAttempts):
            sign_in("correct horse battery")
        clock.ahead = timedelta(hours=-1)
        assert sign_in("correct horse battery")


def test_decisions_and_claims_go_on_under_a_clock_that_is_set_back(desk, clock):
    made = []
    for hours in (0, -1, 0):
        clock.ahead = timedelta(hours=hours)
        with desk.writing(alone=False) as connection:
            made.append(decisions.record(connection, "hide", {"report": str(hours)}, who="ann", why="").id)
    with desk.reading() as connection:
        assert [d.id for d in decisions.log(connection)] == made == sorted(made)
        assert not list(verifying.verify(connection))
        assert Book(connection).stories()
