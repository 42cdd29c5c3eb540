"""What lists say of claims, and which stories they are found by."""

from __future__ import annotations

import shutil

import pytest

from reportedly.desk import gists, open_desk
from reportedly.desk.book import Book, unweighed, weigh_new
from reportedly.desk.gists import Wanted
from reportedly.desk.tables import claims, weighed


@pytest.fixture
def desk(leak, tmp_path):
    """A copy of the desk that may be changed."""
    shutil.copy(leak, tmp_path / "desk.db")
    with open_desk(tmp_path / "desk.db") as opened:
        yield opened


def test_a_gist_says_what_its_claim_says(desk):
    with desk.reading() as connection:
        book = Book(connection)
        (line,) = book.lines(leads=100)
        whole = {c.id: c for c in book.weighed(line.story).claims}
    assert {g.id for g in line.leads} == set(whole)
    for gist in line.leads:
        claim = whole[gist.id]
        assert gist.reports == len({a.report for a in claim.appearances})
        assert (gist.low, gist.high) == (claim.origins.low, claim.origins.high)
        assert (gist.disputed, gist.text) == (len(claim.disputed_by), claim.text)
    assert [g.outlets for g in line.leads] == sorted((g.outlets for g in line.leads), reverse=True)


def test_every_appearance_leads_to_its_claim(desk):
    with desk.reading() as connection:
        book = Book(connection)
        (story,) = book.stories()
        for claim in book.weighed(story).claims:
            for one in claim.appearances:
                assert gists.of_report(connection, one.report)[one.attribution].gist.id == claim.id


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), 1),
        (Wanted(about="close the PORT"), 1),
        (Wanted(about="close submarine"), 0),
        (Wanted(about="clos por"), 1),
        (Wanted(about="ort"), 0),
        (Wanted(about="%"), 1),
        (Wanted(by="Fenn"), 1),
        (Wanted(by="Fenn", about="port", disputed=True), 1),
        (Wanted(kind="document"), 0),
        (Wanted(disputed=True), 1),
    ],
)
def test_stories_are_found_by_their_claims(desk, wanted, found):
    with desk.reading() as connection:
        book = Book(connection)
        lines = book.lines(wanted=wanted, leads=50)
        assert len(lines) == book.count(wanted) == found
        assert all(not wanted.disputed or g.disputed for line in lines for g in line.leads)


def test_at_a_moment_a_story_is_found_by_what_was_there(desk):
    with desk.reading() as connection:
        early = Book(connection, as_of="2026-05-04T09:00:00.000000Z")
        assert early.count() == 1
        assert early.count(Wanted(by="Fenn")) == 0
        assert early.lines(leads=5)[0].leads == ()
        assert Book(connection, as_of="2026-05-01T00:00:00.000000Z").count() == 0


def test_pages_of_the_list_follow_one_another(desk):
    with desk.reading() as connection:
        book = Book(connection)
        assert book.lines(limit=1) == book.lines()
        assert book.lines(limit=1, offset=1) == []
        assert [n.story.id for n in book.lines(order="largest")] == [n.story.id for n in book.lines()]


def test_gists_go_with_what_is_weighed_and_come_again(desk):
    with desk.writing() as connection:
        (line,) = Book(connection).lines()
        connection.execute(weighed.delete())
        gists.forget(connection, line.story.id)
    with desk.reading() as connection:
        assert unweighed(connection) == [line.story.id]
        assert gists.of_report(connection, "herald-1") == {}
    assert list(weigh_new(desk)) == [(1, 1)]
    with desk.reading() as connection:
        assert unweighed(connection) == []
        assert connection.execute(claims.select()).first() is not None
        assert gists.of_report(connection, "herald-1")
