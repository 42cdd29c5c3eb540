"""The command that serves a desk."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import httpx2
import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner

from reportedly.desk import access, open_desk
from reportedly.desk.access_tables import jobs, leases
from reportedly.errors import ReportedlyError
from reportedly.faces import serve_commands

PROGRAM = (
    "import typer; from reportedly.faces import serve_commands as s; "
    "app = typer.Typer(); app.command('x')(lambda: None); s.register(app); app()"
)


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path / "desk.db"):
        return tmp_path / "desk.db"


def run(*arguments):
    app = typer.Typer()
    app.command("x")(lambda: None)
    serve_commands.register(app)
    return CliRunner().invoke(app, ["serve", *map(str, arguments)])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "desk.example"])
def test_others_are_let_in_only_if_somebody_can_sign_in(desk, host):
    answer = run("--desk", desk, "--host", host, "--port", "0")
    assert isinstance(answer.exception, ReportedlyError)
    assert "nobody could sign in" in str(answer.exception)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_this_machine_is_known_by_all_its_names(host):
    assert serve_commands.is_own(host)


def test_a_desk_that_is_not_there_is_said(tmp_path):
    answer = run("--desk", tmp_path / "nothing.db")
    assert "there is no desk" in str(answer.exception)


def test_it_says_where_it_serves_answers_there_and_stops_when_asked(desk):
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", PROGRAM, "serve", "--desk", str(desk), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
            taken = run("--desk", desk, "--port", address.rstrip("/").rpartition(":")[2])
            assert "give another --port" in str(taken.exception)
            with urllib.request.urlopen(address) as answer:  # an address of this machine
                assert b"This desk is empty" in answer.read()
            process.send_signal(signal.SIGINT)
            assert "stopped" in process.stdout.read()
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


# several workers ---------------------------------------------------------------------------------

PASSWORD = "correct horse battery"
TEXT = "The dam at Tolm is safe, said Perrin Aske, an engineer. Villagers denied it."


@pytest.fixture
def serving(desk):
    """Start a server of two workers, as behind a proxy: ``serving(...)`` gives its process and address."""
    started = []

    def start(*more, workers=2):
        command = [sys.executable, "-c", PROGRAM, "serve", "--desk", str(desk), "--port", "0"]
        command += ["--workers", str(workers), "--log-format", "json", "--log-level", "info", *more]
        log = (desk.parent / "log").open("w")
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        started.append(process)
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found, (desk.parent / "log").read_text()[-2000:]
        wait_for(lambda: get(f"{found[0]}/healthz")[0] == 200)
        return process, found[0]

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


def wait_for(good, seconds=90):
    for _ in range(seconds * 5):
        if good():
            return
        time.sleep(0.2)
    raise AssertionError("it does not come to this")


def get(address, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def children(process):
    """The processes of workers; the one that tracks resources is none."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            words = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == process.pid and b"spawn_main" in words:
            found.append(int(status.parent.name))
    return found


def logged(desk):
    lines = (desk.parent / "log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_sessions_forms_and_limits_hold_across_workers(desk, serving):
    with open_desk(desk) as opened, opened.writing() as connection:
        access.add_user(connection, "mira", "admin", PASSWORD)
    _, address = serving("--proxy", "127.0.0.1")
    clients = [
        httpx2.Client(base_url=address, trust_env=False, headers={"Origin": address}) for _ in range(6)
    ]  # each has a connection of its own, so that both workers are asked
    first = clients[0]
    token = re.search(r'name="csrf" value="([^"]+)"', first.get("/login").text)[1]
    answer = first.post("/login", data={"csrf": token, "name": "mira", "password": PASSWORD})
    assert answer.status_code == 303
    for client in clients:
        client.cookies = first.cookies
    for client in clients:
        page = client.get("/read")
        assert page.status_code == 200
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
        for other in clients:
            sent = other.post("/alerts", data={"csrf": token, "name": "port", "on": "claim"})
            assert sent.status_code == 303
    answered = {e["pid"] for e in logged(desk) if e["what"] == "request"}
    assert len(answered) == 2
    found = Counter(c.get("/api/v1/health").status_code for _ in range(80) for c in clients)
    assert 300 <= found[200] <= 480
    body = first.get("/metrics").text if found[429] == 0 else get_when_allowed(first)
    counts = re.findall(r'reportedly_requests_total\{.*route="/alerts",status="303"\} (\d+)', body)
    assert counts == ["36"]
    for client in clients:
        client.close()


def get_when_allowed(client):
    for _ in range(100):
        answer = client.get("/metrics")
        if answer.status_code == 200:
            return answer.text
        time.sleep(0.2)
    raise AssertionError(answer.status_code)


def test_a_stop_answers_what_was_begun_and_gives_jobs_back(desk, serving):
    process, address = serving()
    assert len(children(process)) == 2
    lines = "".join(json.dumps({"id": f"tolm-{n}", "text": f"{n}. {TEXT}"}) + "\n" for n in range(400))
    with httpx2.Client(base_url=address, trust_env=False) as client:
        kind = {"Content-Type": "application/x-ndjson"}
        job = client.post("/api/v1/jobs", content=lines, headers=kind).json()["id"]
        wait_for(lambda: client.get(f"/api/v1/jobs/{job}").json()["done"] > 0)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(post(f"{address}/api/v1/read", TEXT * 60)))
    asking.start()
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    asking.join()
    assert process.wait(timeout=60) == 0
    assert answers == [200]
    assert "stopped" in process.stdout.read()
    with open_desk(desk) as opened, opened.reading() as connection:
        row = connection.execute(select(jobs.c.state, jobs.c.counts)).one()
        assert row.state == "waiting"
        assert 0 < json.loads(row.counts)["filed"] < 400
        assert connection.execute(select(leases)).first() is None


def post(address, body):
    asked = urllib.request.Request(address, body.encode(), {"Content-Type": "text/plain"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return answer.status


def test_a_worker_that_is_killed_is_replaced_and_they_end_with_their_parent(desk, serving):
    process, address = serving()
    before = set(children(process))
    os.kill(min(before), signal.SIGKILL)
    wait_for(lambda: len(set(children(process)) - before) == 1)
    wait_for(lambda: all(get(f"{address}/healthz")[0] == 200 for _ in range(6)))
    left = children(process)
    process.kill()
    process.wait(timeout=30)
    wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left), 30)


def test_what_is_said_of_a_proxy_or_a_token_has_to_make_sense(desk):
    for more in (["--proxy", "proxy.example"], ["--metrics-token", "the token itself"], ["--workers", "0"]):
        assert run("--desk", desk, *more).exit_code == 2
    answer = run("--desk", desk, "--metrics-token", "env:NOTHING_IS_HERE", "--port", "0")
    assert "there is no secret" in str(answer.exception)
    answer = run("--desk", desk, "--proxy", "127.0.0.1", "--port", "0")
    assert "nobody could sign in" in str(answer.exception)
