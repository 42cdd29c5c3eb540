"""The page of alerts, and the feed of a saved search."""

from __future__ import annotations

import json
import re
import shutil
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from reportedly.desk import alerts, open_desk
from reportedly.desk.alert_changes import Against, Held, Watch
from reportedly.desk.alerts import Alert, Search
from reportedly.desk.ingest import ingest
from reportedly.faces.cli import app
from reportedly.faces.web.alerts import atom
from reportedly.faces.web.app import create_app

ATOM = "{http://www.w3.org/2005/Atom}"
LATER = {
    "id": "gazette-1",
    "outlet": "Velmora Gazette",
    "title": "Union speaks & fears",
    "published": "2026-05-06T08:00:00+00:00",
    "text": "Dockers' leader Pell Arden said the crane of the port of Saren would be sold & moved.",
}
HOSTILE = "<script>alert(9)</script> ]]> & \x00\x1b\u202e\ud800\ufffe"


@pytest.fixture
def path(desk_file, tmp_path):
    """A copy of the desk that a test may write to."""
    return shutil.copy(desk_file, tmp_path / "desk.db")


@pytest.fixture
def client(path):
    with TestClient(create_app(path)) as found:
        yield found


def _add(client, csrf_of, **said):
    form = {"csrf": csrf_of(client, "/alerts"), "name": "<b>all</b>", "on": ["claim", "dispute"]} | said
    return client.post("/alerts", data=form)


def _feed(client):
    where = re.search(r'href="(/alerts/[0-9a-f]+\.atom)"', client.get("/alerts").text)[1]
    answer = client.get(where)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return answer


def test_a_search_is_saved_fires_into_its_feed_and_is_removed(client, path, csrf_of, tmp_path):
    assert _add(client, csrf_of).status_code == 200
    assert ElementTree.fromstring(_feed(client).content).findall(f"{ATOM}entry") == []
    source = tmp_path / "later.jsonl"
    source.write_text(json.dumps(LATER) + "\n", encoding="utf-8")
    with open_desk(path) as desk:
        assert alerts.run(desk) == []
        list(ingest(desk, [str(source)]))
        fired = alerts.run(desk)
    assert fired

    page = client.get("/alerts").text
    assert "<script>alert" not in page
    assert "&lt;b&gt;all&lt;/b&gt;" in page
    assert "Pell Arden" in page

    answer = _feed(client)
    assert b"<script>" not in answer.content
    root = ElementTree.fromstring(answer.content)
    assert root.find(f"{ATOM}title").text == "reportedly: <b>all</b>"
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == len(fired)
    ids = [entry.find(f"{ATOM}id").text for entry in entries]
    assert len({*ids}) == len(ids)
    assert all(i.startswith("urn:uuid:") for i in ids)
    texts = [entry.find(f"{ATOM}content").text for entry in entries]
    assert all("Held by: " in text and "Origins: " in text for text in texts)
    assert all(entry.find(f"{ATOM}updated").text.endswith("Z") for entry in entries)
    assert _feed(client).content == answer.content
    href = entries[0].find(f"{ATOM}link").attrib["href"]
    assert client.get(href).status_code == 200

    gone = re.search(r'action="(/alerts/[0-9a-f]+/remove)"', page)[1]
    assert client.post(gone, data={"csrf": csrf_of(client, "/alerts")}).status_code == 200
    assert client.get(gone.replace("/remove", ".atom")).status_code == 404


def test_a_feed_holds_whatever_reports_hold():
    search = Search(
        id="s1",
        name=HOSTILE,
        watch=Watch(),
        webhook=None,
        mail=None,
        created="2026-05-06T08:00:00Z",
        ran=None,
    )
    held = Held(who=HOSTILE, kind="person", report=HOSTILE, stance="deny", factuality="CT-")
    against = Against(who=HOSTILE, report="r1", kind="denial", text=HOSTILE)
    alert = Alert(
        id="a1", search="s1", name=HOSTILE, at="2026-05-06T09:00:00Z", change="dispute", story='"><x',
        title=HOSTILE, claim='c"<', text=HOSTILE, why=HOSTILE, held_by=(held,),
        low=1, high=2, disputed_by=(against,),
    )  # fmt: skip
    body = atom(search, [alert], "http://testserver/")
    assert b"<script>" not in body
    assert b"\x00" not in body
    root = ElementTree.fromstring(body)
    text = root.find(f"{ATOM}entry/{ATOM}content").text
    assert "<script>alert(9)</script>" in text
    assert "denies as certainly not so" in text
    assert "Origins: 1–2" in text
    assert "\u202e" not in text


def test_what_cannot_be_meant_is_said_and_a_secret_is_shown_once(client, csrf_of):
    wrong = _add(client, csrf_of, webhook="javascript:alert(1)", about="port")
    assert wrong.status_code == 422
    assert 'value="port"' in wrong.text
    assert _add(client, csrf_of, on=["everything"]).status_code == 422
    assert client.post("/alerts", data={"name": "x"}).status_code == 403
    saved = _add(client, csrf_of, webhook="https://hooks.example/desk")
    secret = re.search(r"secret <code>([\w-]{40,})</code>", saved.text)[1]
    assert secret not in client.get("/alerts").text


def test_the_commands(path):
    def call(*words, code=0):
        result = CliRunner().invoke(app, ["alerts", *words, "--desk", str(path)])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.stdout

    made = json.loads(call("add", "port", "--about", "port", "--on", "dispute", "--json"))["search"]
    assert made["watch"]["changes"] == ["dispute"]
    assert made["id"] in call("list")
    assert "0 fired" in call("run")
    hook = json.loads(call("add", "all", "--webhook", "http://127.0.0.1:9/", "--json"))
    assert hook["secret"]
    call("run")
    with open_desk(path) as desk, desk.writing() as connection:  # as if nothing had been seen of the reports
        connection.exec_driver_sql("DELETE FROM snapshots")
    found = json.loads(call("run", "--json", code=10))
    assert found["fired"]
    assert found["delivered"]["waiting"] == sum(a["name"] == "all" for a in found["fired"])
    assert "webhook pending" in call("log")
    assert json.loads(call("log", "--search", made["id"], "--json"))[0]["alert"]["search"] == made["id"]
    assert "removed" in call("remove", made["id"])
    assert made["id"] not in call("list")
