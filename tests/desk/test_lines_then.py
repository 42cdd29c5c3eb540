"""A page of stories at a moment: the claims and origins of then, and no longer than it may take."""

from __future__ import annotations

from reportedly.desk import open_desk
from reportedly.desk.asking import asked_moment
from reportedly.desk.book import Book
from reportedly.desk.gists import Wanted
from reportedly.desk.lines_then import lines_then
from reportedly.desk.remembered import Remembered, StillWeighing


def _page(connection, moment, **how):
    book = Book(connection, as_of=asked_moment(moment))
    weigh = how.pop("weigh", lambda book, story, patience: book.weighed(story))
    return book, lines_then(book, book.lines(), weigh=weigh, leads=2, **how)


def test_the_origins_of_then_are_shown_and_not_those_of_today(leak):
    with open_desk(leak) as desk, desk.reading() as connection:
        today = {line.story.id: line for line in Book(connection).lines(leads=2)}
        book, lines = _page(connection, "2026-05-04T09:00")
        assert lines
        for line in lines:
            whole = book.weighed(line.story)
            assert line.claims == len(whole.claims)
            assert line.disputed == sum(bool(c.disputed_by) for c in whole.claims) == 0
            claims = {c.id: c for c in whole.claims}
            for gist in line.leads:
                origins = claims[gist.id].origins
                assert (gist.low, gist.high) == (origins.low, origins.high)
        assert any(line.disputed for line in today.values())


def test_what_has_not_changed_since_is_not_weighed_again(leak):
    def never(book, story, patience):
        raise AssertionError("this is written down")

    with open_desk(leak) as desk, desk.reading() as connection:
        _, lines = _page(connection, "2026-06-01", weigh=never)
        today = Book(connection).lines(leads=2)
        assert lines == today


def test_what_takes_too_long_is_left_for_later(leak):
    def slow(book, story, patience):
        assert patience <= 2.0
        raise StillWeighing("it takes long")

    with open_desk(leak) as desk, desk.reading() as connection:
        _, lines = _page(connection, "2026-05-04T09:00", weigh=slow)
        assert lines
        assert all(line.claims is None and line.leads == () for line in lines)
        _, lines = _page(connection, "2026-05-04T09:00", weigh=Remembered(desk).weighed, seconds=600)
        assert all(line.claims is not None for line in lines)


def test_only_claims_that_are_looked_for_lead(leak):
    with open_desk(leak) as desk, desk.reading() as connection:
        wanted = Wanted(about="clos port")
        _, lines = _page(connection, "2026-05-04T09:00", wanted=wanted)
        assert all("close" in gist.text for line in lines for gist in line.leads)
        assert any(line.leads for line in lines)
        _, lines = _page(connection, "2026-05-04T09:00", wanted=Wanted(by="nobody at all"))
        assert all(line.leads == () for line in lines)
