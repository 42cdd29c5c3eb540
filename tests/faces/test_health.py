"""What those who run the server ask: whether it lives, is ready, and its figures; and its log."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import subprocess
import sys

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from reportedly.desk import access, open_desk
from reportedly.desk.access_tables import visits
from reportedly.desk.ingest import ingest
from reportedly.errors import DeskError, ModelError
from reportedly.faces import logs, metrics
from reportedly.faces.limits import SharedBuckets
from reportedly.faces.web.app import create_app

TOKEN = "a-token-of-thirty-two-characters"
WORDS = "cherries"
SECRET_NAME = "perrin"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A desk with one report and one thing that could not be read."""
    folder = tmp_path_factory.mktemp("health")
    rows = [
        {"id": "frost-1", "text": "A frost could destroy the cherries, said Jorun Adel, a grower."},
        {"title": "a row without a text"},
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_desk(folder / "desk.db") as desk:
        list(ingest(desk, [str(folder / "rows.jsonl")]))
        with desk.writing() as connection:
            access.add_user(connection, SECRET_NAME, "reader", None)
            access.add_user(connection, "root", "admin", None)
    return folder / "desk.db"


@pytest.fixture
def place(made, tmp_path):
    return shutil.copy(made, tmp_path / "desk.db")


def client(place, **how):
    host = "http://desk.example" if how.get("access") == "wide" else "http://localhost"
    return TestClient(
        create_app(place, **how), base_url=host, raise_server_exceptions=False, follow_redirects=False
    )


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def token_of(place, name):
    with open_desk(place) as desk, desk.writing() as connection:
        return access.add_token(connection, name)


def figures(body):
    """Return {name: {labels: value}}."""
    found = {}
    for family in text_string_to_metric_families(body):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_it_lives_and_is_ready(place):
    with client(place) as asked:
        assert asked.get("/healthz").text == "ok\n"
        assert asked.head("/healthz").status_code == 200
        answer = asked.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ready", "checks": {"store": "ok", "model": "ok"}}


def test_who_may_not_be_known_may_ask_whether_it_lives(place):
    token_of(place, "root")  # without it, nobody could sign in, and it would not begin
    with client(place, access="wide") as asked:
        assert asked.get("/healthz").status_code == 200
        assert asked.get("/readyz").status_code == 200


def test_it_is_not_ready_without_its_model(place, monkeypatch):
    def missing():
        raise ModelError("the weights are not at /somewhere/secret")

    monkeypatch.setattr("reportedly.reading.encoder.encoder", missing)
    with client(place) as asked:
        answer = asked.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"store": "ok", "model": "cannot be loaded"}
        assert "somewhere" not in answer.text
        assert asked.get("/healthz").status_code == 200


def test_it_is_not_ready_without_its_store_or_with_an_old_one(place, monkeypatch):
    with client(place) as asked:
        monkeypatch.setattr("reportedly.desk.migrate.is_current", lambda _: False)
        assert asked.get("/readyz").json()["checks"]["store"] == "old form"

        def gone(_):
            raise DeskError("it is gone") from OSError()

        monkeypatch.setattr("reportedly.desk.migrate.is_current", gone)
        answer = asked.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"]["store"] == "cannot be read"


def test_a_store_that_hangs_does_not_hang_the_answer(place, monkeypatch):
    import threading

    over = threading.Event()
    monkeypatch.setattr("reportedly.faces.health._PATIENCE", 0.1)
    monkeypatch.setattr("reportedly.desk.migrate.is_current", lambda _: over.wait(20))
    with client(place) as asked:
        answer = asked.get("/readyz")
        over.set()
        assert answer.status_code == 503
        assert answer.json()["checks"]["store"] == "no answer"


def test_the_figures_count_requests_and_what_the_desk_holds(place):
    with client(place) as asked:
        before = figures(asked.get("/metrics").text)
        for _ in range(3):
            asked.get("/api/v1/reports/frost-1")
        asked.get("/api/v1/reports/none")
        asked.post("/api/v1/decisions/hide", json={"report": "frost-1", "why": "a test"})
        answer = asked.get("/metrics")
        assert answer.headers["content-type"] == metrics.MEDIA_TYPE
        found = figures(answer.text)

    def requests(method, route, status):
        key = (("method", method), ("route", route), ("status", status))
        then = before.get("reportedly_requests_total", {}).get(key, 0)
        return found["reportedly_requests_total"][key] - then

    assert requests("GET", "/api/v1/reports/{report}", "200") == 3
    assert requests("GET", "/api/v1/reports/{report}", "404") == 1
    assert requests("POST", "/api/v1/decisions/hide", "201") == 1
    assert found["reportedly_desk_up"][()] == 1
    assert found["reportedly_reports"][()] == 1
    assert found["reportedly_quarantine"][()] == 1
    assert found["reportedly_decisions"][(("kind", "hide"),)] == 1
    assert found["reportedly_jobs"][(("state", "done"),)] == 0
    count = found["reportedly_request_seconds_count"]
    assert count[(("method", "GET"), ("route", "/api/v1/reports/{report}"))] >= 4


def test_no_figure_holds_a_word_a_name_or_an_address(place):
    token = token_of(place, SECRET_NAME)
    root = token_of(place, "root")
    with client(place, access="wide") as asked:
        asked.get(f"/api/v1/search?q={WORDS}", headers=bearer(token))
        asked.get("/api/v1/reports/frost-1/text", headers=bearer(token))
        asked.get(f"/nowhere/{WORDS}", headers=bearer(token))
        asked.request(f"{WORDS.upper()}", "/", headers=bearer(token))
        body = asked.get("/metrics", headers=bearer(root)).text
    for word in (WORDS, WORDS.upper(), SECRET_NAME, "frost-1", "testclient", "Jorun"):
        assert word not in body
    assert 'route="/api/v1/search"' in body
    assert 'route="(none)"' in body


def test_the_figures_are_for_admins_and_those_with_the_token(place):
    reader, root = token_of(place, SECRET_NAME), token_of(place, "root")
    with client(place, access="wide", metrics_token=TOKEN) as asked:
        assert asked.get("/metrics").status_code == 401
        assert asked.get("/metrics", headers=bearer("wrong" + TOKEN)).status_code == 401
        assert asked.get("/metrics", headers=bearer(reader)).status_code == 403
        assert asked.get("/metrics", headers=bearer(root)).status_code == 200
        assert asked.get("/metrics", headers=bearer(TOKEN)).status_code == 200
        assert asked.get("/api/v1/stories", headers=bearer(TOKEN)).status_code == 401
        assert asked.post("/metrics", headers=bearer(TOKEN)).status_code == 405
    with client(place, access="wide") as asked:
        assert asked.get("/metrics", headers=bearer(TOKEN)).status_code == 401


def test_without_the_desk_the_other_figures_are_there(place, monkeypatch):
    def gone(_):
        raise DeskError("it is gone")

    with client(place) as asked:
        monkeypatch.setattr("reportedly.faces.metrics.figures", gone)
        found = figures(asked.get("/metrics").text)
    assert found["reportedly_desk_up"][()] == 0
    assert "reportedly_reports" not in found


def test_routes_cannot_be_made_to_grow():
    requests = metrics.Requests()
    for number in range(2 * metrics._MOST_ROUTES):
        requests.add("GET", f"/{number}", 200, 0.1)
    assert len(requests._routes) == metrics._MOST_ROUTES


WORKER = """
import sys
from reportedly.faces.metrics import Requests
requests = Requests()
for _ in range(int(sys.argv[1])):
    requests.add("GET", "/x", 200, 0.2)
sys.stdout.write("".join(f"{s.name} {s.value}\\n" for m in requests.collect() for s in m.samples))
"""


def test_counts_of_all_workers_are_summed_also_of_one_that_died(tmp_path):
    environment = {metrics.FOLDER: str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    for number, total in ((3, 3), (4, 7)):
        said = subprocess.run(
            [sys.executable, "-c", WORKER, str(number)],
            env=environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert f"reportedly_requests_total {total}.0\n" in said
        assert f"reportedly_request_seconds_count {total}.0\n" in said


# limits -----------------------------------------------------------------------------------------


def test_workers_count_what_a_client_asks_together(tmp_path):
    clock = [100.0]
    one, other = (SharedBuckets(2.0, 4, tmp_path / "rate", lambda: clock[0]) for _ in range(2))
    assert [b.take("ann") for b in (one, other, one, other)] == [0, 0, 0, 0]
    assert one.take("ann") == other.take("ann") == 0.5
    assert other.take("ben") == 0
    clock[0] += 0.5
    assert other.take("ann") == 0
    assert one.take("ann") > 0
    clock[0] += 1000
    assert [one.take("ann") for _ in range(5)][3:] == [0, 0.5]


def test_so_many_clients_are_forgotten_at_the_edge_and_do_no_harm(tmp_path):
    buckets = SharedBuckets(1.0, 1, tmp_path / "rate", lambda: 5.0)
    size = (tmp_path / "rate").stat().st_size
    for number in range(30_000):
        assert buckets.take(f"address {number}") == 0
    assert (tmp_path / "rate").stat().st_size == size


# the log ----------------------------------------------------------------------------------------


@pytest.fixture
def log():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("json", "info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)


def test_each_request_is_one_line_without_what_was_asked(place, log):
    token = token_of(place, SECRET_NAME)
    with client(place, access="wide") as asked:
        answer = asked.get(f"/api/v1/search?q={WORDS}", headers=bearer(token))
        asked.get("/api/v1/reports/frost-1", headers={"X-Request-ID": "from-the-proxy-1"})
        asked.get("/healthz")
        asked.get("/", headers={"X-Request-ID": "bad\tid " * 20})
    first, second, third = (entry for entry in log() if entry["what"] == "request")
    assert first["route"] == "/api/v1/search"
    assert (first["status"], first["user"]) == (200, SECRET_NAME)
    assert first["through"] == f"token:{token.split('_')[1]}"
    assert first["request"] == answer.headers["x-request-id"]
    assert first["ms"] > 0
    assert (second["request"], second["status"], second["user"]) == ("from-the-proxy-1", 401, None)
    assert re.fullmatch(r"[0-9a-f]{16}", third["request"])
    assert WORDS not in json.dumps(log())
    assert token not in json.dumps(log())


def test_an_error_carries_the_request_that_met_it(place, log, monkeypatch):
    def broken(*_):
        raise RuntimeError("the minister said")

    monkeypatch.setattr("reportedly.faces.api.about.tally", broken)
    with client(place) as asked:
        asked.get("/api/v1/stats", headers={"X-Request-ID": "from-the-proxy-2"})
    entries = [entry for entry in log() if entry.get("request") == "from-the-proxy-2"]
    assert {entry["what"] for entry in entries} >= {"request"}
    assert next(e for e in entries if e["what"] == "request")["status"] == 500
    (told, *_) = (entry for entry in log() if "error" in entry)
    assert told["error"][0]["kind"] == "builtins.RuntimeError"
    assert "minister" not in json.dumps(log())


def test_jobs_tell_when_they_begin_and_end(place, log):
    row = json.dumps({"id": "tolm-1", "text": "The dam at Tolm is safe, said Perrin Aske."})
    with client(place) as asked:
        posted = asked.post(
            "/api/v1/jobs", content=row, headers={"Content-Type": "application/x-ndjson"}
        ).json()
        for _ in range(300):
            if asked.get(f"/api/v1/jobs/{posted['id']}").json()["state"] == "done":
                break
    told = {e["what"]: e for e in log() if e.get("job") == posted["id"]}
    assert {"a job waits", "a job begins", "a job ends"} <= {*told}
    assert told["a job ends"]["state"] == "done"
    assert told["a job ends"]["filed"] == 1
    assert "Perrin" not in json.dumps(log())


def test_probes_are_not_entered_in_the_log_of_visits(place):
    with client(place) as asked:
        for path in ("/healthz", "/readyz", "/metrics"):
            asked.get(path)
    with open_desk(place) as desk, desk.writing() as connection:
        assert connection.execute(update(visits).values(status=1)).rowcount == 0
