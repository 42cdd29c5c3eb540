"""The commands that say who may use a desk."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from reportedly.desk import access, open_desk
from reportedly.errors import DeskError
from reportedly.faces.access_commands import access as commands


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "desk.db"
    open_desk(path).close()

    def running(*words, typed=""):
        result = CliRunner().invoke(commands, [*words, "--desk", str(path)], input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    running.desk = path
    return running


def test_users_and_tokens_are_made_listed_and_revoked(run):
    assert "mira may use" in run("add-user", "mira", "--role", "reviewer", typed="correct horse battery\n")
    token = run("token", "mira", "--role", "reader", "--label", "nightly", "--days", "0").strip()
    with open_desk(run.desk) as desk, desk.reading() as connection:
        assert access.by_token(connection, token).role == "reader"
    listed = json.loads(run("list", "--json"))
    assert [(n["user"], n["role"], n["label"]) for n in listed] == [
        ("mira", "reviewer", None),
        ("mira", "reader", "nightly"),
    ]
    assert listed[1]["expires"] is None
    assert token not in run("list")
    assert "token" in run("revoke", token.split("_")[1])
    assert "user mira is revoked" in run("revoke", "mira")
    assert re.search(r"mira.*revoked 20\d\d", run("list"))


def test_a_short_password_is_refused_in_one_line(run):
    with pytest.raises(DeskError, match="12 to 1024"):
        run("add-user", "mira", typed="short\n")
    assert "Nobody" in run("list")


def test_the_log_cannot_steer_a_terminal(run):
    bad = access.Visit(
        at="2026-05-04T08:00:00.000000Z", who="mira", through="session", method="GET",
        path="/reports/{report}", ids={"report": "\x1b[2Jé"}, status=200,
    )  # fmt: skip
    with open_desk(run.desk) as desk, desk.writing() as connection:
        access.write_visits(connection, [bad])
    shown = run("log", "--user", "mira", "--since", "2026-05-04")
    assert "\x1b" not in shown
    assert r"\x1b[2J\xe9" in shown
    assert run("log", "--user", "nobody").strip() == "Nothing is logged."
