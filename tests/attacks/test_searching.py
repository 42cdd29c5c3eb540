"""What is typed into a search is words to look for, on both stores, and nothing in it is a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from reportedly import read
from reportedly.desk import Desk, open_desk, search
from reportedly.desk.asking import asked_moment, select_claims
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.filing import Filer
from reportedly.errors import DeskError, NotInDesk, ReportedlyError
from reportedly.records import Reading
from reportedly.weighing.filed import moment

from ..contract.cluster import Cluster

INJECTED = [
    "'; DROP TABLE revisions; --", "' OR '1'='1", '" OR 1=1 --', "port' UNION SELECT body FROM users --",
    "port) OR (title : secret", "title : port", "NEAR(port saren, 5)", "port NOT saren", "^port", "-port",
    "{title text} : port", "port* *", '"', '"port', "port\x00saren", "(((((", "a:b:c", "port:*", "!port",
    "port & !saren", "port | saren", "port <-> saren", "'port':*AB", "\\", "%", "_", "$1", ":as_of", ":match",
    "%(q0)s", "{0}", "\u202eport", "\ud800", "/* port */", "CAST('x' AS tsquery)",
]  # fmt: skip
LONG = ["port " * 60, "p" * 1_000_000, '"' * 100_000, "* " * 100_000, "port " * 100_000]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return [
        read(
            "The port of Saren will close on June 1, Transport Minister Oda Fenn said on Monday.",
            title="Port to close",
            outlet="Norden Herald",
            published="2026-05-04",
        )
    ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, readings: list[Reading]
) -> Iterator[Desk]:
    """A desk with one report, on each of the stores."""
    cluster = Cluster() if request.param == "postgresql" else None
    place = cluster.database() if cluster else str(tmp_path_factory.mktemp("search") / "desk.db")
    with open_desk(place) as opened:
        filer = Filer(opened)
        for reading in readings:
            with filer.writing() as connection:
                seen = moment("2026-05-04T09:00:00Z")
                assert seen is not None
                filer.file(connection, reading, seen=seen, raw_sha256=None)
        for _ in weigh_all(opened):
            pass
        yield opened
    if cluster:
        cluster.stop()


def asked(desk: Desk, words: str) -> None:
    """Put words into every parameter of every question; all that may come is an error of ours."""
    questions: list[Callable[[Connection], object]] = [
        lambda c: search.search(c, words),
        lambda c: search.search(c, source=words),
        lambda c: search.search(c, entity=words),
        lambda c: search.search(c, "port", source=words, entity=words),
        lambda c: search.search(c, "port", as_of=asked_moment(words)),
        lambda c: select_claims(Book(c), about=words),
        lambda c: select_claims(Book(c), by=words),
        lambda c: select_claims(Book(c), story=words),
        lambda c: Book(c).story(words),
        lambda c: Book(c).report(words),
        lambda c: Book(c).claim(words),
    ]
    for question in questions:
        with suppress(ReportedlyError), desk.reading() as connection:
            question(connection)


def whole(desk: Desk) -> int:
    with desk.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM revisions")).scalar_one())


@pytest.mark.parametrize("words", INJECTED)
def test_no_words_are_a_command(desk: Desk, words: str) -> None:
    asked(desk, words)
    assert whole(desk) == 1


@pytest.mark.parametrize("words", LONG, ids=len)
def test_very_long_searches_are_answered_or_refused(desk: Desk, words: str) -> None:
    asked(desk, words)


def test_an_operator_is_no_operator(desk: Desk) -> None:
    """Each would find the report if it were taken for what it looks like."""
    with desk.reading() as connection:
        assert search.search(connection, "port saren")
        for words in (
            "port NOT absent",
            "port OR absent",
            "absent | port",
            "!absent port",
            "% absent",
            "por_",
        ):
            assert not search.search(connection, words), words


def test_a_percent_sign_is_no_joker(desk: Desk) -> None:
    with desk.reading() as connection:
        for words in ("%", "_", "p%", "____", "%%%%%%"):
            assert not search.search(connection, words)
            with pytest.raises(NotInDesk):
                Book(connection).story(words)
            with pytest.raises(NotInDesk):
                Book(connection).claim(words)


@pytest.mark.parametrize("find", ["story", "claim", "report"])
def test_a_name_longer_than_any_is_not_there(desk: Desk, find: str) -> None:
    """SQLite looks for no pattern that is very long."""
    for words in ("s" * 60_000, "%" * 60_000):
        with pytest.raises(NotInDesk), desk.reading() as connection:
            getattr(Book(connection), find)(words)


@pytest.mark.parametrize("find", ["story", "claim", "report"])
def test_half_a_character_is_no_text(desk: Desk, find: str) -> None:
    """What a shell hands on that is no UTF-8 comes as such."""
    with pytest.raises(DeskError), desk.reading() as connection:
        getattr(Book(connection), find)("s\udcff\udcff\udcff\udcff")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.text(max_size=60) | st.lists(st.sampled_from([*"\"*:()'\\&|! -", "port", "<->", "NEAR"])).map("".join)
)
def test_any_words_are_looked_for(desk: Desk, words: str) -> None:
    asked(desk, words)
