"""Addresses of desks: what is said when one does not open, and that no password is ever said."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from reportedly.desk import open_desk, postgres_store
from reportedly.errors import DeskError
from reportedly.faces.cli import app

SECRET = "hunter2"


def refusal(place, **options):
    with pytest.raises(DeskError) as caught:
        open_desk(place, **options)
    said = str(caught.value)
    assert "\n" not in said
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/news", "is the server running"),
        (f"postgres://ann@127.0.0.1:1/news?password={SECRET}", "is the server running"),
        (f"postgresql://ann:{SECRET}@nowhere.invalid/news", "is the server running"),
        (f"postgresql://ann:{SECRET}@x@127.0.0.1/news", "%40"),
        (f"postgresql://ann:{SECRET}@127.0.0.1:port/news", "cannot be understood"),
        (f"mysql://ann:{SECRET}@127.0.0.1/news", "no kind of desk"),
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/news?sslmode=strange", "'postgresql://ann@127.0.0.1:1/news"),
    ],
)
def test_an_address_that_does_not_open_says_why_without_the_password(address, said):
    pytest.importorskip("psycopg")
    assert said in refusal(address)


def test_a_server_s_own_words_are_explained(cluster, places):
    place = places.new("postgresql")
    assert "createdb" in refusal(place.replace("@/desk", "@/none"))
    stranger = place.replace("desk@", f"nobody:{SECRET}@")
    assert "refuses this user" in refusal(stranger)
    assert "make one with" in refusal(place, create=False)


def test_a_database_with_other_tables_in_it_is_left_alone(cluster, places):
    import psycopg

    place = places.new("postgresql")
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("CREATE TABLE bills (id integer)")
    assert "other tables" in refusal(place)
    with psycopg.connect(place) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (1,)


def test_a_database_of_another_encoding_is_refused(cluster):
    assert "UTF8" in refusal(cluster.database(encoding="LATIN1"))


def test_several_desks_stand_in_schemas_of_one_database(cluster, places):
    import psycopg

    place = places.new("postgresql")
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA one")
        connection.execute("CREATE SCHEMA two")
    one, two = (f"{place}&options=-csearch_path%3D{name}" for name in ("one", "two"))
    with open_desk(one) as first, open_desk(two) as second, first.writing() as connection:
        connection.execute(text("INSERT INTO state VALUES ('a', 'b')"))
        with second.writing() as other:  # each has a lock of its own
            assert not other.execute(text("SELECT * FROM state")).all()


def test_a_user_who_may_only_read_can_read(cluster, places):
    import psycopg

    place = places.filled("postgresql")
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    with open_desk(place.replace("desk@", "guest@"), create=False) as desk:
        with desk.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM revisions")).scalar_one() == 24
        with pytest.raises(DeskError, match="may not be written"), desk.writing() as connection:
            connection.execute(text("DELETE FROM state"))


def test_without_psycopg_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(DeskError, match=r"reportedly\[postgres\]"):
        open_desk("postgresql://ann@127.0.0.1/news")


def test_commands_take_an_address_and_show_no_password(cluster, places, source, monkeypatch, reader):
    place = places.new("postgresql").replace("desk@", f"desk:{SECRET}@")
    run = CliRunner()
    done = run.invoke(app, ["ingest", source, "--desk", place])
    assert done.exit_code == 0, done.output
    assert "24 filed" in done.output
    monkeypatch.setenv("REPORTEDLY_DESK", place)
    said = done.output
    for words in (
        ["stories"],
        ["stats"],
        ["search", "raid"],
        ["desk", "info"],
        ["verify"],
        ["stories", "--help"],
    ):
        done = run.invoke(app, words)
        assert done.exit_code == 0, done.output
        said += done.output
    assert "raids" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    "value", ["", "plain", "\x00", "a\x00b\ufdd0c", "\ufdd00", "\ufdd01\x000", "\ufdd0\ufdd0"]
)
def test_a_text_with_nul_comes_back_as_it_went_in(value):
    kept = postgres_store.written(value)
    assert "\x00" not in kept
    assert postgres_store.read(kept) == value
