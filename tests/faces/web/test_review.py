"""Review pages: what waits, what is decided, and how it is undone."""

from __future__ import annotations

import html
import re
import shutil

import pytest
from fastapi.testclient import TestClient

from reportedly.desk import decisions, open_desk
from reportedly.faces.web.app import create_app


@pytest.fixture
def path(desk_file, tmp_path):
    """A copy of the desk that a test may write to."""
    return shutil.copy(desk_file, tmp_path / "desk.db")


@pytest.fixture
def client(path):
    with TestClient(create_app(path)) as found:
        yield found


@pytest.fixture
def desk(path, client):
    with open_desk(path) as found:
        yield found


def _csrf(page):
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    return found[1] if found else ""


def _kinds(desk):
    with desk.reading() as connection:
        return [d.kind for d in decisions.log(connection)]


def _story(client):
    return re.search(r'href="/stories/([^"?#]+)"', client.get("/").text)[1]


def _pair(page):
    found = re.search(r'type="hidden" name="pairs" value="([^"]+)"', page.text)
    return html.unescape(found[1]) if found else None


def test_the_queue_shows_both_sides_and_a_rejection_is_kept(client, desk):
    page = client.get("/review", params={"story": _story(client)})
    pair = _pair(page)
    assert page.status_code == 200
    assert pair is not None
    answer = client.post(
        "/review/links",
        data={"csrf": _csrf(page), "pairs": pair, "same": "false", "why": "other port", "back": "/review"},
    )
    assert answer.status_code == 200
    assert "1 decision" in answer.text
    assert _kinds(desk) == ["reject"]
    again = client.get("/review", params={"story": _story(client)})
    assert _pair(again) != pair
    log = client.get("/decisions")
    assert "other port" in log.text
    client.post("/decisions/1/undo", data={"csrf": _csrf(log)})
    assert _kinds(desk) == ["reject", "undo"]
    assert "undone" in client.get("/decisions").text


def test_nobody_is_led_elsewhere(client):
    page = client.get("/review", params={"story": _story(client)})
    answer = client.post(
        "/review/links",
        data={"csrf": _csrf(page), "pairs": _pair(page), "same": "true", "back": "https://evil.example/"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith("//")


def test_a_form_that_names_no_pair_is_refused_and_nothing_is_written(client, desk):
    page = client.get("/review")
    answer = client.post("/review/links", data={"csrf": _csrf(page), "pairs": "nonsense", "same": "true"})
    assert answer.status_code == 400
    assert _kinds(desk) == []


def test_splitting_a_story_and_taking_it_back(client, desk):
    name = _story(client)
    page = client.get(f"/review/stories/{name}")
    ids = re.findall(r'name="reports" value="([^"]+)"', page.text)
    assert len(ids) > 1
    client.post(f"/review/stories/{name}/split", data={"csrf": _csrf(page), "reports": ids[-1], "why": "no"})
    assert _kinds(desk) == ["part"]
    log = client.get("/decisions")
    assert ids[-1] in log.text


def test_a_field_is_set_right_and_a_report_left_out(client, desk):
    report = client.get("/reports/echo-1")
    where = re.search(r'href="(/review/report\?report=[^"]+)"', report.text)[1].replace("&amp;", "&")
    page = client.get(where)
    claim = re.search(r'name="claim" value="([^"]+)"', page.text)[1]
    sent = {"csrf": _csrf(page), "report": "echo-1", "claim": claim, "field": "factuality", "value": "PS-"}
    assert client.post("/review/report/correct", data=sent).status_code == 200
    wrong = client.post("/review/report/correct", data={**sent, "value": "maybe"})
    assert wrong.status_code == 400
    client.post("/review/report/hide", data={"csrf": _csrf(page), "report": "echo-1", "why": "a test page"})
    assert _kinds(desk) == ["correct", "hide"]
    assert client.get("/reports/echo-1").status_code == 404


def test_hostile_titles_are_escaped(client):
    for where in ("/review", "/decisions", "/review/report?report=tricks%2F1%3Fx%3D%3Cb%3E%26y"):
        assert "<script>alert" not in client.get(where).text
