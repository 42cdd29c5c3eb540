"""The story page and the claim page, asked of a desk of a few reports."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from lxml import html

from reportedly.desk import open_desk
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.ingest import ingest
from reportedly.desk.remembered import Remembered
from reportedly.faces.web.app import create_app
from tests.desk.conftest import LEAK, REPORTS, write

HOSTILE = '"><img src=x onerror=alert(1)> <script>alert(2)</script> \u202eDlareh'
BEFORE_DENIAL = "2026-05-04T12:30:00Z"
MORE = [
    {
        "id": "evil-1",
        "outlet": HOSTILE,
        "title": HOSTILE,
        "published": "2026-05-04T12:00:00+00:00",
        "url": "https://evil.example/port",
        "text": LEAK,
    },
    {
        "id": "echo-2",
        "outlet": "Valley Echo",
        "title": "Lorries wait at the port of Saren",
        "published": "2026-05-05T12:00:00+00:00",
        "url": "https://echo.example/lorries",
        "text": "At least 40 lorries waited at the port of Saren on Tuesday, the port authority said. "
        "Velmora will close the port of Saren on June 1, two officials with knowledge of the plan said.",
    },
    {
        "id": "courier-2",
        "outlet": "Harbour Courier",
        "title": "More lorries at the port of Saren",
        "published": "2026-05-05T18:00:00+00:00",
        "url": "https://courier.example/lorries",
        "text": "62 lorries waited at the port of Saren on Tuesday evening, the port authority said. Velmora "
        "will close the port of Saren on June 1, two officials with knowledge of the plan said. Lorries "
        "came from Rome and Naples in Italy.",
    },
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stories")
    source = write(folder / "reports.jsonl", REPORTS + MORE)
    with open_desk(folder / "desk.db") as desk:
        assert all(o.state == "filed" for o in ingest(desk, [str(source)]))
        for _ in weigh_all(desk):
            pass
    return folder / "desk.db"


@pytest.fixture(scope="module")
def client(path):
    with TestClient(create_app(path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def story(path):
    with open_desk(path) as desk, desk.reading() as connection:
        book = Book(connection)
        (one,) = [s for s in book.stories() if "herald-1" in s.reports]
        return one, book.weighed(one)


@pytest.fixture
def closing(story):
    """The claim that the port will be closed, which is denied."""
    return next(
        c for c in story[1].claims if c.disputed_by and "herald-1" in {a.report for a in c.appearances}
    )


def tree(answer):
    assert answer.status_code == 200, answer.text[-500:]
    return html.fromstring(answer.text)


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_a_story_shows_its_reports_in_time_with_what_is_copied(client, story):
    page = tree(client.get(f"/stories/{story[0].id}"))
    rows = page.cssselect("ol.reports > li")
    assert [r.get("id") for r in rows] == [f"report-{r}" for r in story[0].reports]
    copied = next(r for r in rows if r.get("id") == "report-evil-1")
    assert "Copy of Norden Herald" in words(copied)
    assert copied.cssselect("a[href^='/reports/']")
    assert len(page.cssselect("svg.timeline .dot")) == len(rows)


def test_a_denial_stands_under_its_claim_with_who_and_when(client, story, closing):
    page = tree(client.get(f"/stories/{story[0].id}"))
    entry = page.get_element_by_id(closing.id)
    objections = [words(o) for o in entry.cssselect(".objections li")]
    assert any("Denied by" in o and "Oda Fenn" in o and "Valley Echo, 5 May, 09:00" in o for o in objections)
    assert f"{closing.origins.low}" in words(entry.cssselect(".tally")[0])
    assert "is no origin" in words(entry.cssselect(".because")[0])
    assert "says as certain" in words(entry) or "as probable" in words(entry)


def test_a_passage_leads_to_the_attribution_in_the_reader(client, story, closing):
    page = tree(client.get(f"/stories/{story[0].id}"))
    links = [a.get("href") for a in page.get_element_by_id(closing.id).cssselect(".holdings a")]
    assert f"/reports/herald-1#{closing.appearances[0].attribution}" in links


@pytest.mark.parametrize("asked", ["status=disputed", "status=single", "kind=anonymous", "about=lorries"])
def test_the_ledger_can_be_narrowed(client, story, asked):
    whole = len(story[1].claims)
    page = tree(client.get(f"/stories/{story[0].id}?{asked}"))
    shown = page.cssselect("article.claim")
    assert 0 < len(shown) < whole or asked == "status=single"
    if asked == "status=disputed":
        assert all("disputed" in a.get("class") for a in shown)
    assert page.cssselect("#claims .found a")


def test_what_fits_nothing_says_so(client, story):
    page = tree(client.get(f"/stories/{story[0].id}?about=marmalade"))
    assert "No claim fits" in words(page.cssselect("#claims .none")[0])


@pytest.mark.parametrize("asked", ["status=x", "kind=robot", "page=0", "order=up"])
def test_what_cannot_be_asked_is_refused(client, story, asked):
    assert client.get(f"/stories/{story[0].id}?{asked}").status_code == 422


def test_a_story_at_a_moment_leaves_out_what_came_later(client, story, closing):
    page = tree(client.get(f"/stories/{story[0].id}?as_of={BEFORE_DENIAL}"))
    assert len(page.cssselect("ol.reports > li")) == 3
    assert not page.get_element_by_id(closing.id).cssselect(".objections")
    kept = [a.get("href") for a in page.cssselect("#claims h3 a, ol.reports a[href^='/reports']")]
    assert kept
    assert all("as_of=" in link for link in kept)
    chosen = page.cssselect("form.when option[selected]")
    assert "4 May, 12:00" in words(chosen[0])
    assert client.get(f"/stories/{story[0].id}?as_of=2020-01-01").status_code == 404
    assert client.get(f"/stories/{story[0].id}?as_of=soon").status_code == 400


def test_figures_move_and_are_told_in_the_words_used(client, story):
    page = tree(client.get(f"/stories/{story[0].id}"))
    figures = page.get_element_by_id("figures")
    assert figures.cssselect("svg.figures .point")
    table = words(figures.cssselect("table")[0])
    assert "At least 40 lorries" in table
    assert "62" in words(figures.cssselect(".current")[0])


def test_places_stand_on_a_map_and_in_a_table(client, story):
    places = tree(client.get(f"/stories/{story[0].id}")).get_element_by_id("places")
    assert places.cssselect("svg.map .spot")
    assert "Naples" in words(places.cssselect("table")[0])


def test_hostile_names_and_titles_stay_text(client, story, closing):
    for address in (f"/stories/{story[0].id}", f"/claims/{closing.id}"):
        answer = client.get(address)
        assert "<img src=x" not in answer.text
        assert "<script>alert" not in answer.text
        assert "\u202e" not in answer.text
        assert not re.search(r"\sstyle=|<style", answer.text)
    assert "<img src=x onerror=alert(1)>" in words(tree(client.get(f"/stories/{story[0].id}")))


def test_a_claim_stands_in_context_with_its_chains_disputes_and_history(client, closing):
    page = tree(client.get(f"/claims/{closing.id}"))
    context = page.cssselect("blockquote.context")
    assert "the port of Saren" in "".join(words(m) for m in context[0].cssselect("mark"))
    assert "told the Norden Herald" in words(context[0])
    assert "Denied by" in words(page.get_element_by_id("disputes"))
    chains = page.get_element_by_id("chains")
    assert chains.cssselect(".tree > li")
    assert chains.cssselect("svg.origins .node")
    assert {d.report for d in closing.origins.dropped} == {
        link.get("href").rsplit("/", 1)[1] for link in chains.cssselect(".reasons li.dropped > a")
    }
    history = page.cssselect("ol.history > li")
    assert "4 May, 08:00" in words(history[0])
    assert any("Denied by" in words(turn) for turn in history)
    earlier = page.cssselect("ol.history > li > a")[0].get("href")
    then = tree(client.get(earlier))
    assert len(then.cssselect("article.appearance")) < len(page.cssselect("article.appearance"))


def test_a_claim_before_it_was_made_and_one_that_never_was(client, closing):
    assert client.get(f"/claims/{closing.id}?as_of=2026-05-01").status_code == 404
    assert client.get("/claims/cffffffffffff").status_code == 404
    assert client.get("/stories/sffffffffffff").status_code == 404


def test_a_story_that_takes_long_to_weigh_says_so_and_asks_again(client, story, monkeypatch):
    state = client.app.state
    monkeypatch.setattr(state, "remembered", Remembered(state.desk, patience=0))
    answer = client.get(f"/stories/{story[0].id}?as_of=2026-05-05T10:00:00Z")
    assert answer.status_code == 202
    assert 'data-again="5"' in answer.text
    assert "/static/again.js" in answer.text
    assert "refresh" not in answer.headers  # nothing reloads under somebody who reads (WCAG 2.2.1)
    assert "being weighed" in answer.text
