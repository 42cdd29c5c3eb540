"""The command that serves a desk."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
import typer
from typer.testing import CliRunner

from reportedly.desk import open_desk
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
