"""The page to print: nothing in it runs or is loaded, and hostile text stays text."""

from __future__ import annotations

import re

import pytest
from lxml import html

from reportedly.exchange import write
from reportedly.faces import drawing


@pytest.fixture
def story(book):
    return book.story_of("echo-1")


def test_it_tells_the_story(exported, story):
    page = html.fromstring(exported("html", stories=[story], draw=drawing.svg).decode())
    text = " ".join(page.text_content().split())
    assert "Velmora to close Saren port" in text
    assert "two officials with knowledge of the plan" in text
    assert "denies" in text
    assert "injured" in text
    assert "Ute Quill" not in text
    assert page.xpath("//svg") or page.xpath("//*[local-name()='svg']")


def test_nothing_runs_and_nothing_is_loaded(exported, story):
    page = html.fromstring(exported("html", stories=[story], draw=drawing.svg).decode())
    assert not page.xpath(
        "//script | //link | //img | //iframe | //object | //form | //*[@src] | //*[@onload]"
    )
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    ids = set(page.xpath("//@id"))
    assert all(h.startswith("https://") or h.removeprefix("#") in ids for h in page.xpath("//a/@href"))
    assert not re.search(r"url\(|@import", exported("html", stories=[story]).decode())


def test_a_hostile_report_stays_text(desk, book, tmp_path, story):
    from sqlalchemy import update

    from reportedly.desk.book import Book
    from reportedly.desk.tables import revisions

    evil = "</title><script>alert(1)</script>"
    with desk.writing() as connection:
        connection.execute(update(revisions).values(title=evil, outlet=evil, url="javascript:alert(1)"))
        write("html", Book(connection), tmp_path / "page.html", stories=[story], draw=drawing.svg)
    page = html.fromstring((tmp_path / "page.html").read_text())
    assert not page.xpath("//script | //a[not(starts-with(@href, '#'))]")
    assert evil in page.text_content()


def test_one_claim_alone(exported, book, story):
    claim = book.weighed(book.story(story)).claims[0]
    page = html.fromstring(exported("html", claims=[claim.id]).decode())
    assert [s.get("id") for s in page.xpath("//section")] == [claim.id]
