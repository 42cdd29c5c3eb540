"""No claim leaves without who makes it."""

from __future__ import annotations

import zlib

import msgspec
import pytest
from sqlalchemy import select, update

from reportedly.desk.book import Book
from reportedly.desk.tables import readings, weighed
from reportedly.errors import ExchangeError
from reportedly.exchange import write
from reportedly.exchange.sayings import NOBODY, Said, Unheld, carried, holder, pieced, said, shortened, shown
from reportedly.records import Objection, Passage, StorySource


def test_a_record_with_the_words_and_not_the_holder_is_refused():
    thing = Said("the port will close", "two officials", "anonymous")
    assert carried({"a": ["the port will close", {"by": "said two officials"}]}, thing)
    assert carried({"nothing": "of it"}, thing)
    with pytest.raises(Unheld, match="without who makes it"):
        carried({"text": "Now: the port will close!"}, thing)
    with pytest.raises(Unheld):
        carried(("the port will close", 3, None), thing)


def test_who_holds_a_claim():
    assert (
        holder(StorySource(text="he", kind="person", entity="n1"), names={"n1": "Ivo Tarsk"})
        == "he (Ivo Tarsk)"
    )
    assert holder(StorySource(text="Tarsk", kind="person", entity="n1"), names={"n1": "Tarsk"}) == "Tarsk"
    assert holder(StorySource(text="", kind="hearsay")) == NOBODY
    assert holder(StorySource(text="", kind="narrator"), "Valley Echo") == "Valley Echo itself"
    with pytest.raises(Unheld):
        holder(StorySource(text=" \u202e", kind="person"))


def test_a_denial_says_that_it_is_one():
    passage = Passage(text="that the port will close on June 1", spans=((0, 34),))
    source = StorySource(text="Tarsk", kind="official")
    thing = said(
        Objection(report="r", attribution="a", content=passage, kind="denial", source=source), most=20
    )
    assert thing.sentence == "Tarsk (official) denies: that the port will…"


def test_words_are_shown_in_one_line_and_cut_between_words():
    torn = Passage(text="one two three", spans=((0, 3), (10, 19)))
    assert pieced(torn) == "one … two three"
    assert shown("a\n\tb\x1b[31m\u202ec سلام") == "a b[31mc سلام"
    assert shortened("one two three", 9) == "one two…"
    assert shortened("onetwothree", 5) == "onet…"
    assert len(shortened("x" * 300, 200)) == 200


def _strip(attributions):
    for one in attributions:
        one["source"] = {"text": "", "spans": [], "kind": "person", "entity": None}


BY_CLAIM = ("ledger", "csv", "schemaorg", "prov", "dot", "graphml", "html")


@pytest.mark.parametrize("format", BY_CLAIM)
def test_formats_of_claims_refuse_one_that_lost_its_holder(desk, tmp_path, format):
    with desk.writing() as connection:
        for row in connection.execute(select(weighed)).all():
            body = msgspec.json.decode(zlib.decompress(row.body))
            for claim in body["claims"]:
                _strip(claim["appearances"])
            packed = zlib.compress(msgspec.json.encode(body))
            connection.execute(update(weighed).where(weighed.c.story == row.story).values(body=packed))
        book = Book(connection)
        story, _, claim = book.claim(book.weighed(book.story(book.story_of("echo-1"))).claims[0].id)
        _refused(
            tmp_path, format, book, claims=[claim.id] if format in ("dot", "graphml") else None, story=story
        )


@pytest.mark.parametrize("format", ["annotations", "brat"])
def test_formats_of_reports_refuse_a_statement_that_lost_its_holder(desk, tmp_path, format):
    with desk.writing() as connection:
        for row in connection.execute(select(readings)).all():
            body = msgspec.json.decode(zlib.decompress(row.body))
            _strip(body["attributions"])
            packed = zlib.compress(msgspec.json.encode(body))
            connection.execute(
                update(readings).where(readings.c.revision == row.revision).values(body=packed)
            )
        book = Book(connection)
        _refused(tmp_path, format, book, story=book.story(book.story_of("echo-1")), full_text=True)


def _refused(folder, format, book, *, story, claims=None, full_text=False):
    """The export raises, and nothing of it is left behind."""
    target = folder / "out"
    before = set(folder.iterdir())
    stories = None if claims else [story.id]
    with pytest.raises(ExchangeError, match="nobody"):
        write(format, book, target, stories=stories, claims=claims, full_text=full_text)
    assert set(folder.iterdir()) == before
