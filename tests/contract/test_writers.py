"""Several programs at one desk, and programs that die: on both stores."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time

import pytest
from sqlalchemy import select

from reportedly.desk import deciding, decisions, migrate, open_desk, postgres_store, search, store, verifying
from reportedly.desk import ingest as taking
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.filing import Filer, load, regroup
from reportedly.desk.ingest import ingest
from reportedly.desk.store import Conflict, now, retried
from reportedly.desk.tables import members, revisions
from reportedly.errors import DeskError
from reportedly.intake import from_record
from reportedly.weighing.filed import moment

from .conftest import older, write


def contents(place):
    """What a desk says, without when it was told."""
    with open_desk(place) as desk:
        for _ in weigh_all(desk):
            pass
        with desk.reading() as connection:
            numbers = [(r.report, r.number, r.sha256) for r in connection.execute(select(revisions))]
            assert not list(verifying.verify(connection))
            return sorted(numbers), Book(connection).ledger().to_json()


def without_ids(ledger):
    """Which reports are one story, and of every claim its text, places and number of origins."""
    whole = json.loads(ledger)
    return (
        sorted(sorted(story["reports"]) for story in whole["stories"]),
        sorted(
            (
                c["text"],
                c["origins"]["low"],
                c["origins"]["high"],
                sorted(a["report"] for a in c["appearances"]),
            )
            for c in whole["claims"]
        ),
    )


def where(connection):
    """Which story each report is in."""
    return {row.report: row.story for row in connection.execute(select(members))}


def killed_at(place, source, read, number):
    """Take reports in, and die without a word in the middle of filing report ``number``."""
    taking.read_report = read
    real, filed = search.index, []

    def index(*arguments):
        real(*arguments)
        filed.append(1)
        if len(filed) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    search.index = index
    with open_desk(place) as desk:
        list(ingest(desk, [source]))


def test_a_run_killed_while_it_files_ends_like_one_left_alone(place, store, places, source, reader):
    for number in (3, 8):
        process = multiprocessing.get_context("fork").Process(
            target=killed_at, args=(place, source, reader, number)
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
    with open_desk(place) as desk:
        with desk.reading() as connection:
            assert len(connection.execute(select(revisions.c.id)).all()) == 9  # 2, and 7 more
            assert not list(verifying.verify(connection))
        assert [o.state for o in ingest(desk, [source])].count("filed") == 15
    assert contents(place) == contents(places.filled(store))


def test_two_who_file_by_turns_lose_nothing(place, rows, reader):
    with open_desk(place) as one, open_desk(place) as other:
        filers = (Filer(one), Filer(other))
        for number, row in enumerate(rows):
            filer = filers[number % 3 == 0]
            reading = reader(from_record(row))
            with filer.writing() as connection:
                filer.file(connection, reading, seen=moment(row["published"]), raw_sha256=None)
            with one.reading() as connection:
                placed = where(connection)
                assert set(placed) == {row["id"] for row in rows[: number + 1]}
        for filer in filers:
            with filer.writing() as connection:  # each knows what the other did
                known = filer._turns.stories(connection).placed()
                assert known == placed == load(connection).placed()


def test_who_files_sees_what_was_decided_meanwhile(place, reader):
    fire = {
        "id": "fire",
        "published": "2026-05-04T08:00:00Z",
        "text": "A warehouse burned down in Port Saren on Monday, firefighters said. Nobody was hurt.",
    }
    tour = {
        "id": "tour",
        "published": "2026-06-20T08:00:00Z",
        "text": "The national orchestra of Karsovia will tour Drasvik in autumn, Ilo Renn announced.",
    }
    with open_desk(place) as desk:
        filer = Filer(desk)

        def file(row):
            with filer.writing() as connection:
                reading = reader(from_record(row))
                filer.file(connection, reading, seen=moment(row["published"]), raw_sha256=None)

        file(fire)
        both = {"reports": [fire["id"], tour["id"]]}
        deciding.decide(desk, lambda c: decisions.record(c, "join", both, who="ann", why=""))
        file(tour)
        with desk.reading() as connection:
            assert len(set(where(connection).values())) == 1


def test_two_programs_at_once_end_like_one(place, store, places, rows, tmp_path, reader):
    halves = [write(tmp_path / "a.jsonl", rows[:15]), write(tmp_path / "b.jsonl", rows[9:])]
    open_desk(place).close()
    wrong = []

    def run(source):
        try:
            with open_desk(place) as desk:
                list(ingest(desk, [source]))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    with open_desk(place) as desk, desk.writing() as connection:
        regroup(connection)
    found, ledger = contents(place)
    expected, same = contents(places.filled(store))
    assert found == expected
    assert without_ids(ledger) == without_ids(same)  # a story is named after what was filed first


def test_what_another_program_took_in_meanwhile_stays_as_it_is(place, source, reader, monkeypatch):
    with open_desk(place) as desk, open_desk(place) as other:

        def read(report):
            monkeypatch.setattr(taking, "read_report", reader)
            assert {o.state for o in ingest(other, [source])} == {"filed"}
            return reader(report)

        monkeypatch.setattr(taking, "read_report", read)
        assert {o.state for o in ingest(desk, [source])} == {"known"}
        with desk.reading() as connection:
            assert not list(verifying.verify(connection))
            assert taking.counts(connection) == {"filed": 24}


def test_only_one_files_at_a_time(desk, store, monkeypatch):
    monkeypatch.setattr("reportedly.desk.store._PATIENCE", 0.2)
    with (
        open_desk(desk.path or desk.name) as other,
        desk.writing(),
        pytest.raises(DeskError, match="written by another program"),
        other.writing(),
    ):
        pass


def test_decisions_go_on_while_somebody_files(places, monkeypatch):
    monkeypatch.setattr("reportedly.desk.store._PATIENCE", 2)
    place = places.filled("postgresql")
    with open_desk(place) as desk, open_desk(place) as other, desk.writing() as filing:
        filing.execute(select(revisions.c.id)).all()
        with other.writing(alone=False) as connection:
            made = decisions.record(connection, "hide", {"report": "x"}, who="ann", why="")
        with other.reading() as connection:
            assert decisions.log(connection) == [made]
            assert Book(connection).stories()


def test_decisions_made_at_once_follow_on_each_other(place):
    open_desk(place).close()

    def decide(who):
        with open_desk(place) as desk:
            for number in range(8):
                with desk.writing(alone=False) as connection:
                    decisions.record(connection, "hide", {"report": str(number)}, who=who, why="")

    threads = [threading.Thread(target=decide, args=(who,)) for who in ("ann", "ben", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_desk(place) as desk, desk.reading() as connection:
        assert len(decisions.log(connection)) == 24
        assert not list(verifying.verify(connection))


def test_who_locks_crosswise_is_undone_and_done_again(places):
    place = places.new("postgresql")
    open_desk(place).close()
    turns, conflicts = threading.Barrier(2), []

    def write(first, second, who):
        met = []

        def act():
            with desk.writing(alone=False) as connection:
                postgres_store.hold(connection, first)
                if not met:
                    met.append(turns.wait(timeout=10))
                postgres_store.hold(connection, second)
                decisions.record(connection, "hide", {"report": who}, who=who, why="")

        def noted():
            try:
                act()
            except Conflict as error:
                conflicts.append(error)
                raise

        with open_desk(place) as desk:
            retried(noted)

    threads = [
        threading.Thread(target=write, args=("filing", "decisions", "ann")),
        threading.Thread(target=write, args=("decisions", "filing", "ben")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(conflicts) == 1
    with open_desk(place) as desk, desk.reading() as connection:
        assert {d.who for d in decisions.log(connection)} == {"ann", "ben"}


def test_what_always_conflicts_is_given_up():
    tried, slept = [], []

    def act():
        tried.append(1)
        raise Conflict("again")

    with pytest.raises(Conflict):
        retried(act, sleep=slept.append)
    assert len(tried) == store._TRIES
    assert sum(slept) < 2


def test_a_desk_is_brought_up_to_date_once_by_three_who_open_it(place, monkeypatch):
    older(place)
    real, together, wrong = migrate.is_current, threading.Barrier(3), []

    def is_current(connection):
        found = real(connection)
        together.wait(timeout=20)  # all three have seen that there is something to do
        return found

    monkeypatch.setattr(migrate, "is_current", is_current)

    def run():
        try:
            open_desk(place).close()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.undo()
    assert not wrong
    with open_desk(place) as desk, desk.writing() as connection:
        decisions.record(connection, "hide", {"report": "x"}, who="ann", why=now())


def test_a_server_that_comes_back_is_used_again(places):
    import psycopg

    place = places.filled("postgresql")
    with open_desk(place) as desk:
        with desk.reading() as connection:
            count = len(Book(connection).stories())
        with psycopg.connect(place, autocommit=True) as admin:  # as when the server is started anew
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.1)
        with desk.reading() as connection:
            assert len(Book(connection).stories()) == count
