"""What a desk does, on both stores: one body of tests."""

from __future__ import annotations

import json

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, text

from reportedly.desk import changes, deciding, decisions, open_desk, review, verifying
from reportedly.desk import ingest as taking
from reportedly.desk.asking import select_claims, tally
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.ingest import counts, ingest, quarantine
from reportedly.desk.search import search
from reportedly.desk.store import now
from reportedly.desk.tables import metadata, revisions, runs
from reportedly.errors import DeskError, NotInDesk
from reportedly.records import Reading

from .conftest import STORES, write

QUERIES = [
    "ferry", "raids planned", '"defence ministry"', "minist*", '"said on monday"', "Zürich", "the", "o'clock",
    "“jetties”", '"harbour  courier"',
]  # fmt: skip
HOSTILE = [
    '"', "NEAR(", "raid OR", "title:raid", "* ", "raid AND NOT boat", "'; DROP TABLE words; --", "a:*",
    "!raid", "raid | boat", "'raid':*A", "\\", "\x00", "(((", "<->", "%s :q0 $1", '"un closed', "raid'&",
]  # fmt: skip


def found(connection, *words, **options):
    return {hit.report for hit in search(connection, *words, limit=100, **options)}


def test_the_same_reports_give_the_same_ledger_and_the_same_finds(places):
    said, finds = [], []
    for store in STORES:
        with open_desk(places.filled(store)) as desk, desk.reading() as connection:
            book = Book(connection)
            said.append(book.ledger().to_json())
            said.append(json.dumps([line.story.id for line in book.lines()]))
            finds.append([found(connection, query) for query in QUERIES])
            finds.append([found(connection, "", source="ministry"), found(connection, "", entity="Dask")])
            finds.append(found(connection, "raids", source="officials", entity="ministry"))
    assert len(json.loads(said[0])["reports"]) == 24
    assert said[:2] == said[2:]
    assert finds[:3] == finds[3:]
    assert all(finds[0][k] for k in (0, 1, 3, 6))
    assert all(finds[1])


def test_the_migrations_make_the_tables_that_the_program_knows(place):
    with open_desk(place) as desk, desk.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert not [d for d in differences if "words" not in str(d)]  # the search tables are each store's own


def test_stories_claims_and_what_was_known_when(desk):
    with desk.reading() as connection:
        book = Book(connection)
        lines = book.lines()
        claims = select_claims(book, about="raid")
        assert lines[0].claims
        assert book.story(lines[0].story.id[:8]).id == lines[0].story.id
        assert claims
        _, _, claim = book.claim(claims[0].id)
        assert claim == claims[0]
        last = max(line.story.last for line in lines)
        early = Book(connection, as_of="2026-03-17T13:00:00.000000Z")
        assert 0 < len(early.ledger().reports) < 24
        assert all(story.last < last for story in early.stories())
        assert not Book(connection, as_of="2020-01-01T00:00:00.000000Z").stories()
        count = tally(connection)
        assert (count["reports"], count["stories"]) == (24, len(lines))
        assert count["bytes_on_disk"] > 100_000


def test_text_is_ordered_by_its_bytes(place):
    with open_desk(place) as desk, desk.writing() as connection:
        for version in ("b", "Z", "é", "a", "_"):
            connection.execute(insert(runs).values(started=now(), sources="[]", version=version))
        ordered = connection.execute(select(runs.c.version).order_by(runs.c.version)).scalars().all()
    assert ordered == ["Z", "_", "a", "b", "é"]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_search_takes_nothing_for_a_command(desk, query):
    with desk.reading() as connection:
        search(connection, query)
        search(connection, query, source=query, entity=query)
        assert found(connection, "raid")


def test_search_is_of_whole_words_phrases_beginnings_and_fields(place, tmp_path):
    rows = [
        {
            "id": "one",
            "title": "Harbour closed",
            "text": "The mayor of Saren, Oda Fenn, said the quay is safe.",
        },
        {
            "id": "two",
            "title": "Safe harbour",
            "text": "Quay workers said Oda had closed the harbour at Saren.",
        },
    ]
    with open_desk(place) as desk:
        list(ingest(desk, [write(tmp_path / "reports.jsonl", rows)]))
        with desk.reading() as connection:
            assert found(connection, "quay closed") == {"one", "two"}
            assert found(connection, '"oda fenn"') == {"one"}
            assert found(connection, '"fenn oda"') == set()
            assert found(connection, '"harbour closed"') == {"one"}
            assert found(connection, '"closed the mayor"') == set()  # not from the title into the text
            assert found(connection, "harb*") == {"one", "two"}
            assert found(connection, "harb") == set()
            assert found(connection, "OdÁ") == {"one", "two"}
            assert found(connection, "", source="workers") == {"two"}
            assert search(connection, "harbour safe")[0].report == "two"  # both words in its title
            with pytest.raises(DeskError, match="at the most"):
                search(connection, " ".join(f"w{k}" for k in range(100)))


def test_a_long_text_is_found_by_what_stands_anywhere_in_it(place, tmp_path, monkeypatch):
    filler = "The harbour master said that the ferry would sail. " * 2_500  # 22,500 words
    words = filler.split()
    for at in range(0, len(words), 100):
        words[at] = f"mark{at}"
    words[12_345:12_345] = ["quite", "singular", "phrase"]
    row = {"id": "long", "title": "Long", "text": " ".join(words) + " the very end"}
    monkeypatch.setattr(taking, "read_report", lambda report: Reading(report=report))  # only its words matter
    with open_desk(place) as desk:
        list(ingest(desk, [write(tmp_path / "reports.jsonl", [row])]))
        with desk.reading() as connection:
            for query in ("mark0 mark22000", '"singular phrase"', '"the very end"', '"mark100 master said"'):
                assert found(connection, query) == {"long"}, query
            for at in range(0, 22_500, 300):  # also where one part of the text ends and the next begins
                here = words.index(f"mark{at}")
                assert found(connection, '"' + " ".join(words[max(0, here - 3) : here + 3]) + '"'), at


def test_decisions_are_made_undone_and_left_out_of_the_past(desk):
    before = now()
    with desk.reading() as connection:
        whole = Book(connection).ledger().to_json()
        story = Book(connection).stories()[0]
    report = story.reports[0]
    hidden = deciding.decide(desk, lambda c: review.hide(c, report, who="ann", why="a test"))
    with desk.reading() as connection:
        with pytest.raises(NotInDesk):
            Book(connection).report(report)
        assert Book(connection, as_of=before).report(report)
    deciding.decide(desk, lambda c: decisions.undo(c, hidden.id, who="ben", why="no"))
    with desk.reading() as connection:
        assert Book(connection).report(report)
        entries = decisions.log(connection)
    assert [d.kind for d in entries] == ["hide", "undo"]
    assert json.loads(whole)["claims"]
    with desk.writing() as connection, pytest.raises(DeskError, match="undone already"):
        decisions.undo(connection, hidden.id, who="ann", why="")


def test_a_reason_may_be_any_text(place):
    with open_desk(place) as desk:
        with desk.writing() as connection:
            decisions.record(connection, "hide", {"report": "x"}, who="a\x00n", why="b\udcff'; --")
        with desk.reading() as connection:
            (made,) = decisions.log(connection)
            assert (made.who, made.why) == ("a\x00n", "b\ufffd'; --")
            assert not list(verifying.verify(connection))


def test_stories_are_split_and_merged(desk):
    with desk.reading() as connection:
        story = next(s for s in Book(connection).stories() if len(s.reports) > 3)
        count = len(Book(connection).stories())
    part = list(story.reports[:1])
    made = deciding.decide(desk, lambda c: review.split(c, story.id, part, who="ann", why=""))
    with desk.reading() as connection:
        assert len(Book(connection).stories()) == count + 1
    deciding.decide(desk, lambda c: decisions.undo(c, made.id, who="ann", why=""))
    with desk.reading() as connection:
        assert len(Book(connection).stories()) == count


def test_nothing_is_filed_twice_and_a_changed_page_is_a_revision(desk, source, rows, tmp_path):
    assert {o.state for o in ingest(desk, [source])} == {"known"}
    row = rows[0] | {"title": "Another headline"}
    assert [o.state for o in ingest(desk, [write(tmp_path / "changed.jsonl", [row])])] == ["revised"]
    with desk.reading() as connection:
        assert [r.number for r in changes.history(connection, row["id"])] == [1, 2]
        assert row["id"] in found(connection, '"another headline"')
        assert not list(verifying.verify(connection))


def test_what_cannot_be_read_is_set_aside(place, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"")
    with open_desk(place) as desk:
        assert [o.state for o in ingest(desk, [str(folder)])] == ["quarantined"]
        with desk.reading() as connection:
            (bad,) = quarantine(connection)
            assert bad.code == 4
        (folder / "a.txt").write_text("The mayor said the bridge at Saren was safe.")
        assert [o.state for o in ingest(desk, [str(folder)])] == ["filed"]
        with desk.reading() as connection:
            assert counts(connection) == {"filed": 1}
            assert not list(verifying.verify(connection))


def test_a_text_with_nul_in_it_is_kept_as_it_is(place, tmp_path):
    body = "The mayor of Saren said\x00 the bridge \ufdd0\ufdd00 was safe.\x00 Oda Fenn denied it."
    row = {"id": "nul\x00", "title": "Bridge\x00 safe", "outlet": "Echo\x00", "text": body}
    with open_desk(place) as desk:
        assert [o.state for o in ingest(desk, [write(tmp_path / "reports.jsonl", [row])])] == ["filed"]
        for _ in weigh_all(desk):
            pass
        with desk.reading() as connection:
            kept = connection.execute(select(revisions)).one()
            raw = connection.execute(text("SELECT text FROM revisions")).scalar_one()
            assert raw == kept.text
            filed = Book(connection).report(kept.report)
            assert filed.reading.report.text == kept.text
            assert body.strip() in kept.text
            assert found(connection, "bridge") == {kept.report}
            assert not list(verifying.verify(connection))


def test_a_reading_sees_one_state(desk):
    with desk.reading() as connection:
        before = len(decisions.log(connection))
        with desk.writing() as other:
            decisions.record(other, "hide", {"report": "x"}, who="ann", why="")
        assert len(decisions.log(connection)) == before
    with desk.reading() as connection:
        assert len(decisions.log(connection)) == before + 1


def test_what_fails_half_way_leaves_nothing(desk):
    class Stop(Exception):
        pass

    def fail():
        with desk.writing() as connection:
            decisions.record(connection, "hide", {"report": "x"}, who="ann", why="")
            raise Stop

    with pytest.raises(Stop):
        fail()
    with desk.reading() as connection:
        assert not decisions.log(connection)
        assert not list(verifying.verify(connection))


def test_a_missing_desk_is_not_made_by_asking(place):
    with pytest.raises(DeskError, match="there is no desk"):
        open_desk(place, create=False)


def test_a_desk_of_a_newer_program_is_refused(place):
    with open_desk(place) as desk, desk.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DeskError, match="newer version"):
        open_desk(place)
