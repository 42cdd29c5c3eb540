"""What a desk says of its reports: stories, claims, origins, as of a moment, and after people decided."""

from __future__ import annotations

import json
import shutil

import pytest

from reportedly.desk import decisions, open_desk, review
from reportedly.desk.asking import select_claims
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.filing import regroup
from reportedly.desk.search import search
from reportedly.errors import DeskError, NotInDesk


@pytest.fixture
def desk(leak, tmp_path):
    """A copy of the desk that may be changed."""
    shutil.copy(leak, tmp_path / "desk.db")
    with open_desk(tmp_path / "desk.db") as opened:
        yield opened


def closing(book):
    """The claim that the port will be closed."""
    return next(c for c in select_claims(book, about="close port") if len(c.appearances) > 1)


def test_three_reports_are_one_story(desk):
    with desk.reading() as connection:
        (line,) = Book(connection).lines()
    assert line.outlets == 3
    assert set(line.story.reports) == {"herald-1", "courier-1", "echo-1"}


def test_a_citation_leads_to_the_report_cited_and_a_denial_stands_with_the_claim(desk):
    with desk.reading() as connection:
        book = Book(connection)
        claim = closing(book)
        whole = book.weighed(book.stories()[0])
    assert {a.report for a in claim.appearances} >= {"herald-1", "courier-1"}
    assert (claim.origins.low, claim.origins.high) == (1, 1)
    assert claim.origins.list[0].through_report == "herald-1"
    assert {d.report for d in claim.origins.dropped} == {"courier-1"}
    assert {o.report for o in claim.disputed_by} == {"echo-1"}
    assert [(c.report, c.cited_report) for c in whole.citations] == [("courier-1", "herald-1")]


def test_the_ledger_keeps_the_contract(desk):
    with desk.reading() as connection:
        ledger = json.loads(Book(connection).ledger().to_json())
    assert ledger["schema"] == "reportedly/ledger/1"
    texts = {"herald-1", "courier-1", "echo-1"}
    assert {r["id"] for r in ledger["reports"]} == texts
    (story,) = ledger["stories"]
    assert {"id", "title", "reports", "from", "to"} <= story.keys()
    entities = {e["id"] for e in ledger["entities"]}
    for claim in ledger["claims"]:
        assert claim["story"] == story["id"]
        assert claim["origins"]["low"] <= claim["origins"]["high"]
        for appearance in claim["appearances"]:
            assert appearance["report"] in texts
            assert appearance["link"] in ("suggested", "confirmed")
            assert appearance["source"]["entity"] is None or appearance["source"]["entity"] in entities


def test_what_was_known_at_a_moment(desk):
    with desk.reading() as connection:
        early = Book(connection, as_of="2026-05-04T12:00:00.000000Z")
        claim = closing(early)
        assert set(early.stories()[0].reports) == {"herald-1", "courier-1"}
        assert not claim.disputed_by
        assert not Book(connection, as_of="2026-05-01T00:00:00.000000Z").stories()
        assert not Book(connection, as_of="2026-05-06T00:00:00.000000Z", clock="seen").stories()


def test_a_rejected_link_stays_apart_until_it_is_undone(desk):
    with desk.writing() as connection:
        claim = closing(Book(connection))
        a, b = ((x.report, x.attribution) for x in claim.appearances[:2])
        made = review.link(connection, a, b, same=False, who="ann", why="not the same")
    with desk.reading() as connection:
        assert all(
            not {a, b} <= {(x.report, x.attribution) for x in c.appearances}
            for c in Book(connection).ledger().claims
        )
    with desk.writing() as connection:
        decisions.undo(connection, made.id, who="ann", why="it is")
    with desk.reading() as connection:
        assert len(closing(Book(connection)).appearances) == len(claim.appearances)


def test_a_story_is_split_and_comes_together_again(desk):
    with desk.writing() as connection:
        (story,) = Book(connection).stories()
        made = review.split(connection, story.id, ["echo-1"], who="ann", why="")
        regroup(connection)
    with desk.reading() as connection:
        assert sorted(len(s.reports) for s in Book(connection).stories()) == [1, 2]
    with desk.writing() as connection:
        decisions.undo(connection, made.id, who="ann", why="")
        regroup(connection)
    with desk.reading() as connection:
        (again,) = Book(connection).stories()
    assert set(again.reports) == set(story.reports)


def test_a_correction_is_seen_everywhere_and_a_hidden_report_nowhere(desk):
    with desk.writing() as connection:
        book = Book(connection)
        place = next((c.appearances[0].report, c.appearances[0].attribution) for c in book.ledger().claims)
        review.correct(connection, place, "stance", "allege", who="ann", why="")
        review.hide(connection, "courier-1", who="ann", why="")
        regroup(connection)
    for _ in weigh_all(desk):
        pass
    with desk.reading() as connection:
        book = Book(connection)
        said = {(a.report, a.attribution): a for c in book.ledger().claims for a in c.appearances}
        assert said[place].stance == "allege"
        assert all(report != "courier-1" for report, _ in said)
        with pytest.raises(NotInDesk):
            book.report("courier-1")


def test_what_cannot_be_decided_is_refused(desk):
    with desk.writing() as connection:
        (story,) = Book(connection).stories()
        with pytest.raises(DeskError, match="two stories"):
            review.merge(connection, [story.id], who="ann", why="")
        with pytest.raises(DeskError, match="not all of them"):
            review.split(connection, story.id, story.reports, who="ann", why="")
        with pytest.raises(DeskError, match="is no stance"):
            review.correct(connection, ("herald-1", "a0"), "stance", "shout", who="ann", why="")
        with pytest.raises(NotInDesk):
            Book(connection).story("nothing")


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "port OR", "title:port", "* ", "port AND NOT closed", "'; DROP"]
)
def test_a_search_takes_nothing_for_a_command(desk, query):
    with desk.reading() as connection:
        search(connection, query)


def test_search_finds_by_words_sources_and_names(desk):
    with desk.reading() as connection:
        assert {h.report for h in search(connection, "port clos*")} >= {"herald-1", "courier-1"}
        assert {h.report for h in search(connection, '"no such plan"')} == {"echo-1"}
        assert {h.report for h in search(connection, "", source="fenn")} >= {"echo-1"}
        assert not search(connection, "zebra")
        hit = search(connection, "knowledge")[0]
    assert hit.excerpt[hit.start : hit.end].lower() == "knowledge"
