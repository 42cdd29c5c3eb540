"""What is remembered of a desk, and what happens while a story is weighed for long."""

from __future__ import annotations

import time
from threading import Event

import pytest

from reportedly.desk import open_desk
from reportedly.desk.book import Book
from reportedly.desk.remembered import Remembered, StillWeighing

EARLY = "2026-05-04T08:30:00.000000Z"


@pytest.fixture
def desk(leak):
    with open_desk(leak) as opened:
        yield opened


def test_a_story_as_of_a_moment_is_weighed_once(desk, monkeypatch):
    memory = Remembered(desk, patience=60)
    weighed = []
    whole = Book._weigh
    monkeypatch.setattr(Book, "_weigh", lambda self, story: weighed.append(1) or whole(self, story))
    for _ in range(3):
        with desk.reading() as connection:
            book = Book(connection, as_of=EARLY)
            (story,) = book.stories()
            assert memory.weighed(book, story).claims
    assert len(weighed) == 1


def test_what_takes_long_goes_on_and_is_there_later(desk, monkeypatch):
    memory = Remembered(desk, patience=0.01)
    go = Event()
    whole = Book._weigh
    monkeypatch.setattr(Book, "_weigh", lambda self, story: go.wait(60) and whole(self, story))
    with desk.reading() as connection:
        book = Book(connection, as_of=EARLY)
        (story,) = book.stories()
        with pytest.raises(StillWeighing):
            memory.weighed(book, story)
        go.set()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                assert memory.weighed(book, story).claims
                break
            except StillWeighing:
                continue
        else:
            raise AssertionError("it never came")


def test_what_cannot_be_weighed_says_so_to_whoever_waits(desk, monkeypatch):
    memory = Remembered(desk, patience=60)
    monkeypatch.setattr(Book, "_weigh", lambda self, story: 1 / 0)
    with desk.reading() as connection:
        book = Book(connection, as_of=EARLY)
        (story,) = book.stories()
        with pytest.raises(ZeroDivisionError):
            memory.weighed(book, story)


def test_only_so_many_answers_are_kept(desk):
    memory = Remembered(desk, most=2)
    made = []
    for key in (1, 2, 1, 3, 1, 2):
        memory.get(key, lambda key=key: made.append(key))
    assert made == [1, 2, 3, 2]
