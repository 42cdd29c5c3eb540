"""Filing readings one by one: no overlaps by boilerplate, only changed stories written, look-ups by index."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text

from reportedly.desk import open_desk, search, shelf
from reportedly.desk.filing import Filer, settle
from reportedly.desk.tables import members, overlaps, stories, weighed
from reportedly.records import Entity, Passage, Reading, Report

SEEN = datetime(2031, 6, 1, tzinfo=UTC)
NOTICE = (
    "You have reached the limit of free articles. Log in or take out a subscription in order to read on. Our"
    " readers get the whole paper, the archive since 1911 and the puzzle page on every device they own. By"
    " going on you accept that we and our partners keep small files on your machine so that the page works"
    " and so that we learn what is read."
)
SUBJECTS = {
    "harbour": "dredger quay crane pilot tide container customs shed tug mooring rope gull lighthouse buoy",
    "school": "teacher desk exam pupil chalk satchel lesson playground bell register essay geography choir",
    "orchard": "apple ladder basket wasp graft blossom cider frost picker bough pruning crate orchardist",
    "theatre": "curtain actor prompter aria usher balcony costume rehearsal spotlight overture critic stage",
    "mine": "shaft lamp ore seam miner pump drift rockfall helmet tally gallery winch timber foreman",
    "bakery": "flour oven loaf yeast apron tray crust baker dough sieve rye counter morning queue",
}


def body(subject: str, salt: int = 0) -> str:
    """Return some 120 words on a subject, others for each ``salt``."""
    words = SUBJECTS[subject].split()
    picked = [
        words[hashlib.sha256(f"{subject}{salt}{k}".encode()).digest()[0] % len(words)] + "s" * (k % 2)
        for k in range(120)
    ]
    return " ".join(f"The {a} near the {b} was seen." for a, b in zip(picked[::2], picked[1::2], strict=True))


def reading(name: str, body_text: str, day: int = 0, outlet: str = "Tarn Star", person: str = "") -> Reading:
    return Reading(
        report=Report(
            id=name,
            text=body_text,
            sha256=hashlib.sha256(body_text.encode()).hexdigest(),
            title=f"On {name}",
            outlet=outlet,
            published=(datetime(2031, 1, 1, 8, tzinfo=UTC) + timedelta(days=day)).isoformat(),
            language="en",
        ),
        entities=(Entity(id="n1", name=person, schema="Person", mentions=(Passage(text=person, spans=()),)),)
        if person
        else (),
    )


def file(desk, *found):
    filer = Filer(desk)
    for one in found:
        with filer.writing() as connection:
            filer.file(connection, one, seen=SEEN, raw_sha256=None)


def pairs(desk):
    with desk.reading() as connection:
        return {(row.copy, row.of) for row in connection.execute(select(overlaps))}


def test_a_notice_under_many_reports_makes_no_copies(tmp_path):
    notes = [reading(s, f"{body(s)}\n\n{NOTICE}", day=9 * k) for k, s in enumerate(SUBJECTS)]
    with open_desk(tmp_path / "desk.db") as desk:
        file(desk, *notes, reading("reprint", body("mine"), day=60, outlet="Norden Herald"))
        settle(desk)
        assert pairs(desk) == {("reprint", "mine")}


def test_a_login_page_that_returns_is_no_copy(tmp_path):
    pages = [reading(f"page{k}", NOTICE, day=9 * k, outlet=f"Paper {k % 3}") for k in range(6)]
    with open_desk(tmp_path / "desk.db") as desk:
        file(desk, *pages)
        settle(desk)
        assert pairs(desk) == set()


def test_a_revision_leaves_the_overlaps_of_the_one_before(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        file(desk, reading("first", body("mine")), reading("second", body("mine"), day=1))
        assert pairs(desk) == {("second", "first")}
        file(desk, reading("second", body("school"), day=1))
        assert pairs(desk) == set()


def test_only_stories_that_changed_are_weighed_again(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        file(
            desk,
            reading("a1", body("mine"), person="Odo Marsch"),
            reading("b1", body("school"), person="Lena Quill"),
        )
        with desk.writing() as connection:
            for name in connection.execute(select(stories.c.id)).scalars().all():
                connection.execute(
                    insert(weighed),
                    {
                        "story": name,
                        "made": "now",
                        "key": "k",
                        "claims": 0,
                        "disputed": 0,
                        "single": 0,
                        "body": b"",
                    },
                )
        file(desk, reading("a2", body("mine", 1) + body("mine")[:900], day=1, person="Odo Marsch"))
        with desk.reading() as connection:
            home = {row.report: row.story for row in connection.execute(select(members))}
            kept = set(connection.execute(select(weighed.c.story)).scalars())
            sizes = {row.id: row.size for row in connection.execute(select(stories))}
    assert home["a1"] == home["a2"] != home["b1"]
    assert kept == {home["b1"]}
    assert sizes == {home["a1"]: 2, home["b1"]: 1}


def test_settling_twice_does_nothing_the_second_time(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        file(desk, *(reading(s, body(s)) for s in SUBJECTS))
        assert settle(desk)
        assert not settle(desk)


@pytest.mark.parametrize("column", ["report", "url"])
def test_a_report_is_looked_up_by_an_index_of_its_own(tmp_path, column):
    with open_desk(tmp_path / "desk.db") as desk, desk.reading() as connection:
        plan = connection.execute(
            text(f"EXPLAIN QUERY PLAN SELECT * FROM revisions WHERE {column} = 'x' AND latest = 1")
        ).all()
    assert [row.detail.endswith(f"({column}=?)") for row in plan] == [True]


def test_a_search_goes_on_behind_revisions_that_were_replaced(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        changed = [reading("often", f"{'quarry ' * (40 - k)} {body('mine', k)}") for k in range(12)]
        file(desk, *changed, *(reading(s, f"quarry {body(s)}") for s in SUBJECTS))
        with desk.reading() as connection:
            hits = search.search(connection, "quarry", limit=3)
            every = search.search(connection, "quarry", limit=50)
            latest = connection.execute(select(func.count()).select_from(members)).scalar_one()
    assert len(hits) == 3
    assert {hit.report for hit in every} == {"often", *SUBJECTS}
    assert latest == len(SUBJECTS) + 1


def test_texts_come_without_what_was_read_in_them(tmp_path):
    with open_desk(tmp_path / "desk.db") as desk:
        one = reading("mine", body("mine"), person="Odo Marsch")
        file(desk, one)
        with desk.reading() as connection:
            (found,) = shelf.texts(connection, ["mine", "absent"]).values()
    assert found.report == one.report
    assert not found.reading.entities
