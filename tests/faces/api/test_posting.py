"""What is posted: reports to read, decisions, jobs; and what is refused."""

from __future__ import annotations

import json
import time
import zlib
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from reportedly.desk import open_desk
from reportedly.desk.access_tables import jobs as job_rows
from reportedly.desk.jobs import Jobs
from reportedly.desk.leases import Leases
from reportedly.errors import DeskError
from reportedly.faces.api import reading

TEXT = "The dam at Tolm is safe, said Perrin Aske, an engineer. Villagers denied it."


def test_a_posted_report_is_read_and_not_kept(client, get):
    before = get("/stats")["counts"]["reports"]
    for kind, body in (
        ("text/plain", TEXT),
        ("text/html", f"<html><body><article><p>{TEXT}</p></article></body></html>"),
        ("application/json", json.dumps({"text": TEXT, "outlet": "Tolm Post"})),
    ):
        answer = client.post(
            "/api/v1/read?published=2026-05-01", content=body, headers={"Content-Type": kind}
        )
        assert answer.status_code == 200, answer.text
        read = answer.json()
        assert read["schema"] == "reportedly/reading/1"
        assert read["report"]["published"].startswith("2026-05-01")
        assert "Perrin Aske" in {a["source"]["text"].split(",")[0] for a in read["attributions"]}
    assert get("/stats")["counts"]["reports"] == before


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", "", 422),
        ("text/plain", " \n ", 422),
        ("image/png", "x", 415),
        ("text/plain; charset=utf-16", "x", 415),
        ("text/plain", b"\x00\x01\x02\x03" * 100, 415),
        ("application/json", "{}", 422),
        ("application/json", '{"text": "a", "html": "b"}', 422),
        ("application/json", '{"text": "a", "path": "/etc/passwd"}', 422),
        ("application/json", '{"text": ' + "[" * 100_000, 422),
        ("application/json", '{"text": "\\ud800"}', 422),
        ("application/json", '{"text": "a", "published": "sometime"}', 422),
    ],
)
def test_what_cannot_be_read_is_a_problem(client, kind, body, status):
    answer = client.post("/api/v1/read", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:reportedly:problem:")


def test_a_body_that_says_less_than_it_sends_is_cut_off(client):
    def pieces():
        for _ in range(20):
            yield b"The dam is safe, she said. " * 1_000

    answer = client.post("/api/v1/read", content=pieces(), headers={"Content-Type": "text/plain"})
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:reportedly:problem:too-large"
    said = client.post(
        "/api/v1/read",
        content=b"x" * (reading.MOST + 1),
        headers={"Content-Type": "text/plain"},
    )
    assert said.status_code == 413
    deep = client.post(
        "/api/v1/decisions/hide", content=b"[" * 300_000, headers={"Content-Type": "application/json"}
    )
    assert deep.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/stories/none", 404),
        ("GET", "/stories/%00", 422),
        ("GET", "/claims?since=never", 422),
        ("GET", "/claims?limit=0", 422),
        ("GET", "/claims?as_of=yesterday", 422),
        ("DELETE", "/stories", 405),
        ("GET", "/search", 422),
        ("GET", "/stories/" + "x" * 600, 422),
    ],
)
def test_every_error_is_a_problem(client, method, path, status):
    answer = client.request(method, f"/api/v1{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_an_unexpected_error_says_nothing_of_itself(built, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("reportedly.faces.api.about.tally", broken)
    client = TestClient(built(), base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/api/v1/stats")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_a_desk_that_is_locked_says_when_to_come_back(built, desk_file, monkeypatch):
    monkeypatch.setattr("reportedly.desk.store._PATIENCE", 0.05)
    client = TestClient(built(), base_url="http://localhost", raise_server_exceptions=False)
    with open_desk(desk_file) as other, other.writing():
        answer = client.post("/api/v1/decisions/hide", json={"report": "echo-2"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert str(desk_file) not in answer.text


# decisions --------------------------------------------------------------------------------------


def test_decisions_are_made_listed_and_undone(client, get):
    hidden = client.post("/api/v1/decisions/hide", json={"report": "echo-2", "why": "a test"})
    assert hidden.status_code == 201
    assert hidden.json()["who"] == "local"
    assert client.get("/api/v1/reports/echo-2").status_code == 404
    assert len(get("/stories")["items"]) == 1
    undone = client.post(f"/api/v1/decisions/{hidden.json()['id']}/undo", json={"why": "seen enough"})
    assert undone.status_code == 201
    assert get("/reports/echo-2")["id"] == "echo-2"
    assert [(d["kind"], d["stands"]) for d in get("/decisions")["items"]] == [("undo", True), ("hide", False)]
    again = client.post(f"/api/v1/decisions/{hidden.json()['id']}/undo")
    assert again.status_code == 409


def test_stories_are_merged_and_split(client, get):
    ids = [s["story"]["id"] for s in get("/stories")["items"]]
    assert client.post("/api/v1/decisions/merge", json={"stories": ids}).status_code == 201
    (one,) = get("/stories")["items"]
    assert len(one["story"]["reports"]) == 4
    body = {"story": one["story"]["id"], "reports": ["echo-2"]}
    assert client.post("/api/v1/decisions/split", json=body).status_code == 201
    assert len(get("/stories")["items"]) == 2
    assert client.post("/api/v1/decisions/split", json=body).status_code in (404, 409)


def test_appearances_are_confirmed_and_claims_show_it(client, get):
    claim = next(c for c in get("/claims")["items"] if len(c["appearances"]) > 1)
    a, b = ({k: x[k] for k in ("report", "attribution")} for x in claim["appearances"][:2])
    assert client.post("/api/v1/decisions/confirm", json={"a": a, "b": b}).status_code == 201
    assert [c["id"] for c in get("/claims", confirmed=True)["items"]] == [claim["id"]]
    assert client.post("/api/v1/decisions/confirm", json={"a": a, "b": a}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"report": "herald-1", "attribution": "a0", "field": "text", "value": "x"},
        {"report": "herald-1", "attribution": "a0", "field": "stance", "value": "CT+"},
        {
            "report": "herald-1",
            "attribution": "a0",
            "field": "stance",
            "value": "deny",
            "who": "somebody else",
        },
        {"report": 5, "attribution": "a0", "field": "stance", "value": "deny"},
        {"report": "herald-1", "attribution": "a0", "field": "stance", "value": "deny", "why": "x" * 3_000},
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(client, get, body):
    assert client.post("/api/v1/decisions/correct", json=body).status_code == 422
    assert get("/decisions")["items"] == []


# jobs -------------------------------------------------------------------------------------------

ROWS = [
    {"id": f"tolm-{n}", "outlet": "Tolm Post", "published": f"2026-05-0{n}", "text": TEXT} for n in (1, 2, 3)
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS) + "no json\n"
NDJSON = {"Content-Type": "application/x-ndjson"}


def ended(get, name, states=("done", "failed", "cancelled")):
    for _ in range(600):
        job = get(f"/jobs/{name}")
        if job["state"] in states:
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def test_a_job_takes_reports_in_and_says_how_far_it_is(client, get):
    answer = client.post("/api/v1/jobs", content=LINES, headers=NDJSON)
    assert answer.status_code == 202
    name = answer.json()["id"]
    assert answer.headers["location"] == f"/api/v1/jobs/{name}"
    job = ended(get, name)
    assert job["state"] == "done"
    assert job["counts"] == {"filed": 3, "quarantined": 1}
    assert (job["done"], job["total"]) == (4, 4)
    assert get("/reports/tolm-1")["outlet"] == "Tolm Post"
    assert get("/claims", by="perrin aske")["items"]
    assert [j["id"] for j in get("/jobs", state="done")["items"]] == [name]
    second = client.post("/api/v1/jobs", content=LINES, headers=NDJSON).json()["id"]
    assert second != name
    assert ended(get, second)["counts"]["known"] == 3


def test_the_same_key_starts_a_job_once(client, get):
    key = {"Idempotency-Key": "morning-1"}
    first = client.post("/api/v1/jobs", content=LINES, headers=NDJSON | key).json()
    again = client.post("/api/v1/jobs", content=LINES, headers=NDJSON | key)
    assert again.status_code == 202
    assert again.json()["id"] == first["id"]
    other = client.post("/api/v1/jobs", content=LINES + "{}\n", headers=NDJSON | key)
    assert other.status_code == 409
    assert len(get("/jobs")["items"]) == 1
    ended(get, first["id"])


def test_a_report_may_have_an_address_for_an_id(client, get):
    name = "https://tolm.example/2026/05?a=1&b=ü#top"
    row = json.dumps({"id": name, "outlet": "Tolm Post", "published": "2026-05-01", "text": TEXT})
    ended(get, client.post("/api/v1/jobs", content=row, headers=NDJSON).json()["id"])
    path = f"/reports/{quote(name, safe='')}"
    assert get(path)["id"] == name
    assert get(f"{path}/text")["text"] == TEXT
    assert get(f"{path}/attributions")["items"]
    assert client.get(f"/api/v1{path}/nothing").status_code == 404


def test_addresses_are_not_fetched_unless_the_server_may(client, get):
    answer = client.post("/api/v1/jobs", json={"urls": ["https://herald.example/port"]})
    assert answer.status_code == 403
    for bad in ("/etc/passwd", "file:///etc/passwd", "ftp://herald.example/", "-"):
        assert client.post("/api/v1/jobs", json={"urls": [bad]}).status_code == 422
    assert get("/jobs")["items"] == []


def test_what_is_posted_is_never_taken_for_a_path(client, get, tmp_path):
    (tmp_path / "inside.txt").write_text(TEXT)
    name = client.post(
        "/api/v1/jobs", content=str(tmp_path / "inside.txt"), headers={"Content-Type": "text/plain"}
    ).json()["id"]
    ended(get, name)
    for report in get("/reports")["items"]:
        assert "Perrin" not in get(f"/reports/{report['id']}/text")["text"]


def test_a_job_that_a_stop_interrupted_goes_on(built, desk_file, monkeypatch):
    app = built()
    with TestClient(app, base_url="http://localhost") as client:
        name = client.post("/api/v1/jobs", content=LINES, headers=NDJSON).json()["id"]
        app.state.api.close()
    with open_desk(desk_file) as desk, desk.writing() as connection:  # as a power cut leaves it
        connection.execute(update(job_rows).where(job_rows.c.id == name).values(state="running"))
        upload = zlib.compress(LINES.encode())
        connection.execute(update(job_rows).where(job_rows.c.id == name).values(upload=upload))
    app = built()
    app.state.api.jobs._leases = Leases(app.state.desk, silent=0.5)
    monkeypatch.setattr("reportedly.desk.jobs._LOOK", 0.1)
    with TestClient(app, base_url="http://localhost") as client:

        def get(path):
            return client.get(f"/api/v1{path}").json()

        assert get(f"/jobs/{name}")["state"] == "running"
        assert client.post(f"/api/v1/jobs/{name}/resume").status_code == 409
        app.state.api.jobs.start()
        job = ended(get, name)
        assert job["state"] == "done"
        assert get("/reports/tolm-3")["id"] == "tolm-3"
        assert client.post(f"/api/v1/jobs/{name}/resume").status_code == 409


def test_a_job_that_the_desk_would_not_take_can_be_resumed(client, get, monkeypatch):
    def full(*_, **__):
        raise DeskError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("reportedly.desk.jobs.take", full)
        name = client.post("/api/v1/jobs", content=LINES, headers=NDJSON).json()["id"]
        assert ended(get, name, ("interrupted",))["resumable"]
    client.post(f"/api/v1/jobs/{name}/resume")
    assert ended(get, name)["counts"]["filed"] == 3


def test_a_job_is_cancelled_while_it_waits(desk_file):
    with open_desk(desk_file) as desk:
        jobs = Jobs(desk)
        jobs._begin = lambda: None  # nobody works on it
        job, new = jobs.add(LINES.encode(), "jsonl", who="mira")
        assert new
        assert jobs.cancel(job.id).state == "cancelled"
        assert not jobs.get(job.id).resumable
