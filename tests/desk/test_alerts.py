"""Saved searches: what fires, that nothing fires twice, and how it is sent."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import socketserver
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import msgspec
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from reportedly.desk import alerts, delivery, open_desk
from reportedly.desk.alert_changes import CHANGES, Before, Watch, look, notice
from reportedly.desk.alert_tables import searches
from reportedly.desk.ingest import ingest
from reportedly.desk.secret_places import secret_at
from reportedly.errors import DeskError, NotInDesk
from reportedly.faces import alert_commands
from reportedly.records import Current, Point, Series
from reportedly.weighing.weigh import Weighed

from .conftest import REPORTS, write

SECOND = {
    "id": "gazette-1",
    "outlet": "Velmora Gazette",
    "title": "Velmora to close Saren port, union says",
    "published": "2026-05-06T08:00:00+00:00",
    "url": "https://gazette.example/port",
    "text": "Velmora will close the port of Saren on June 1, dockers' union leader Pell Arden told the "
    "Gazette. He said he had seen the order.",
}
FIRST = [REPORTS[0], REPORTS[1], SECOND | {"id": "weather-1", "title": "Storm", "text": "A storm is near."}]


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path / "desk.db") as found:
        list(ingest(found, [str(write(tmp_path / "first.jsonl", FIRST))]))
        yield found


@pytest.fixture
def later(desk, tmp_path):
    """Take the denial and the second source in."""

    def act():
        list(ingest(desk, [str(write(tmp_path / "later.jsonl", [REPORTS[2], SECOND]))]))

    return act


def _add(desk, **said):
    watch = Watch(
        about=said.pop("about", "close port Saren"),
        by=said.pop("by", ""),
        changes=said.pop("changes", ("origin", "dispute")),
    )
    with desk.writing() as connection:
        return alerts.add(connection, said.pop("name", "port"), watch=watch, **said)


def _states(desk):
    with desk.reading() as connection:
        return [(s.channel, s.state, s.tries) for s in alerts.sendings(connection, alerts.log(connection))]


def test_a_denial_and_a_second_source_fire_once_each(desk, later):
    search, _ = _add(desk)
    assert alerts.run(desk) == []  # the first run only looks
    assert alerts.run(desk) == []
    later()
    found = alerts.run(desk)
    assert sorted(a.change for a in found) == ["dispute", "origin"]
    for alert in found:
        assert alert.search == search.id
        assert "close the port of Saren" in alert.text
        assert {h.report for h in alert.held_by} >= {"herald-1", "gazette-1"}
        assert all(h.stance and h.factuality for h in alert.held_by)
        assert (alert.low, alert.high) >= (1, 2)
        assert [(a.kind, a.report) for a in alert.disputed_by] == [("denial", "echo-1")]
        assert "Fenn" in alert.disputed_by[0].who
    assert alerts.run(desk) == []
    with desk.reading() as connection:
        assert alerts.log(connection) == found[::-1]
        assert alerts.sendings(connection, found) == []  # nobody is to be told


def test_a_search_that_is_about_something_else_stays_silent(desk, later):
    _add(desk, about="volcano", changes=CHANGES)
    _add(desk, by="Nobody Known", about="", changes=CHANGES)
    alerts.run(desk)
    later()
    assert alerts.run(desk) == []


def test_a_new_claim_fires_for_who_wants_it(desk, later):
    _add(desk, about="", by="Fenn", changes=("claim",))
    alerts.run(desk)
    later()
    found = alerts.run(desk)
    assert found
    assert {a.change for a in found} == {"claim"}
    assert alerts.run(desk) == []


def test_a_search_that_is_removed_fires_no_more_and_its_log_stays(desk, later):
    search, _ = _add(desk, webhook="http://127.0.0.1:9/", secret="s")
    alerts.run(desk)
    later()
    found = alerts.run(desk)
    with desk.writing() as connection:
        alerts.remove(connection, search.id)
    assert {state for _, state, _ in _states(desk)} == {"failed"}
    with desk.reading() as connection:
        assert alerts.every(connection) == []
        assert len(alerts.log(connection)) == len(found)
        with pytest.raises(NotInDesk):
            alerts.get(connection, search.id)
    assert alerts.run(desk) == []
    assert delivery.deliver(desk, allow_private=True) == delivery.Delivered()


@pytest.mark.parametrize(
    "said",
    [
        {"name": " "},
        {"changes": ()},
        {"webhook": "ftp://hooks.example/"},
        {"webhook": "file:///etc/passwd"},
        {"webhook": "http://me:secret@hooks.example/"},
        {"mail": "desk@news.example\nBcc: all@news.example"},
        {"mail": "nobody"},
        {"about": "x" * 501},
    ],
)
def test_what_cannot_be_meant_is_refused(desk, said):
    with pytest.raises(DeskError):
        _add(desk, **said)


def _series(*values, role="supersedes"):
    points = tuple(
        Point(
            report=f"r{k}", published=None, value=v, low=v, high=v, text=f"{v:g} people were killed",
            source="police", role=role if k else "initial", figure=f"f{k}",
        )
        for k, v in enumerate(values)
    )  # fmt: skip
    last = values[-1]
    current = Current(value=last, low=last, high=last, why="the last")
    return Weighed(
        series=(Series(story="s", measure="killed", unit="person", points=points, current=current),)
    )


@pytest.mark.parametrize(("role", "change"), [("supersedes", "figure"), ("corrects", "correction")])
def test_a_figure_that_moves_fires_once(role, change):
    watch = Watch()
    before = Before([look(watch, _series(12.0))])
    assert notice(watch, _series(12.0), before) == []
    (found,) = notice(watch, _series(12.0, 19.0, role=role), before)
    assert found.change == change
    assert "12 → 19" in found.text
    assert "r1" in found.why
    assert notice(Watch(changes=("claim",)), _series(12.0, 19.0), before) == []
    assert notice(Watch(about="ferry"), _series(12.0, 19.0), before) == []


# sending --------------------------------------------------------------------------------------------


@contextmanager
def _served(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers, body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    server.seen, server.answers = [], []
    with _served(server):
        server.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield server


def test_a_webhook_is_signed_and_tried_again(desk, later, hook):
    _, secret = _add(desk, webhook=hook.url, changes=("dispute",))
    assert secret
    alerts.run(desk)
    later()
    (alert,) = alerts.run(desk)
    hook.answers = [500, 302]
    at = datetime.now(UTC) + timedelta(seconds=1)
    first = delivery.deliver(desk, allow_private=True, moment=at)
    assert (first.sent, first.waiting, first.failed) == (0, 1, 0)
    assert "500" in first.errors[0]
    assert delivery.deliver(desk, allow_private=True, moment=at) == delivery.Delivered()  # not due yet
    second = delivery.deliver(desk, allow_private=True, moment=at + timedelta(minutes=2))
    assert "302" in second.errors[0]
    third = delivery.deliver(desk, allow_private=True, moment=at + timedelta(minutes=10))
    assert (third.sent, third.errors) == (1, ())
    assert _states(desk) == [("webhook", "sent", 3)]
    assert [path for path, _, _ in hook.seen] == ["/hook"] * 3  # no redirect was followed
    for _, headers, body in hook.seen:
        assert headers["Idempotency-Key"] == alert.id
        said = dict(part.split("=") for part in headers["Reportedly-Signature"].split(","))
        want = hmac.new(secret.encode(), said["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(said["v1"], want)
        assert json.loads(body)["schema"] == "reportedly/alert/1"
        assert msgspec.json.decode(body, type=delivery.Payload).alert == alert


def test_private_addresses_are_refused_and_it_ends_after_eight_tries(desk, later, hook):
    _add(desk, webhook=hook.url, changes=("dispute",))
    alerts.run(desk)
    later()
    alerts.run(desk)
    at = datetime.now(UTC) + timedelta(seconds=1)
    for number in range(1, delivery.TRIES + 1):
        found = delivery.deliver(desk, moment=at)
        assert (found.waiting, found.failed) == ((1, 0) if number < delivery.TRIES else (0, 1))
        assert "private" in found.errors[0]
        at += timedelta(days=2)
    assert delivery.deliver(desk, moment=at) == delivery.Delivered()
    assert hook.seen == []
    assert _states(desk) == [("webhook", "failed", delivery.TRIES)]


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one mail needs."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    body += line
                self.server.mails.append(body)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def test_mail_is_sent_and_what_reports_say_stays_out_of_its_headers(desk, later):
    _add(desk, name="port\r\nBcc: all@news.example", mail="desk@news.example", changes=("dispute",))
    alerts.run(desk)
    later()
    (alert,) = alerts.run(desk)
    at = datetime.now(UTC) + timedelta(seconds=1)
    nowhere = delivery.deliver(desk, environment={}, moment=at)
    assert nowhere.waiting == 1
    assert "REPORTEDLY_SMTP_HOST" in nowhere.errors[0]
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)
    server.mails = []
    with _served(server):
        environment = {
            "REPORTEDLY_SMTP_HOST": "127.0.0.1",
            "REPORTEDLY_SMTP_PORT": str(server.server_address[1]),
            "REPORTEDLY_SMTP_FROM": "reportedly@news.example",
            "REPORTEDLY_SMTP_STARTTLS": "0",
        }
        done = delivery.deliver(desk, environment=environment, moment=at + timedelta(minutes=2))
    assert (done.sent, done.errors) == (1, ())
    mail = message_from_bytes(server.mails[0], policy=policy.default)
    assert mail["To"] == "desk@news.example"
    assert mail["Bcc"] is None
    assert "Disputed" in mail["Subject"]
    body = mail.get_content()
    assert "Fenn" in body
    assert "Origins: " in body
    assert f"Claim: {alert.claim}" in body


# secrets that stand elsewhere ---------------------------------------------------------------------


def test_a_secret_may_stand_in_the_environment_or_a_file(desk, later, hook, tmp_path):
    (tmp_path / "secret").write_text("from the file\n")
    kept = {"env:DESK_HOOK": "from the environment", f"file:{tmp_path / 'secret'}": "from the file"}
    for place in kept:
        _, shown = _add(desk, name=place[:3], webhook=hook.url, changes=("dispute",), secret=place)
        assert shown is None
    alerts.run(desk)
    later()
    alerts.run(desk)
    done = delivery.deliver(desk, allow_private=True, environment={"DESK_HOOK": "from the environment"})
    assert done.sent == 2
    signed = set()
    for _, headers, body in hook.seen:
        said = dict(part.split("=", 1) for part in headers["Reportedly-Signature"].split(","))
        for secret in kept.values():
            want = hmac.new(secret.encode(), said["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
            if want == said["v1"]:
                signed.add(secret)
    assert signed == {*kept.values()}
    with desk.reading() as connection:
        held = connection.execute(select(searches.c.secret)).scalars().all()
        assert sorted(held) == sorted(kept)
        assert "from the" not in repr(alerts.every(connection))


def test_a_secret_that_is_not_where_it_should_be_is_told_and_tried_again(desk, later, hook):
    _add(desk, webhook=hook.url, changes=("dispute",), secret="env:NOTHING_IS_HERE")
    alerts.run(desk)
    later()
    alerts.run(desk)
    done = delivery.deliver(desk, allow_private=True, environment={"NOTHING_IS_HERE": "two\nlines"})
    assert (done.sent, done.waiting) == (0, 1)
    assert "env:NOTHING_IS_HERE" in done.errors[0]
    assert "lines" not in repr(done)
    assert not hook.seen


@pytest.mark.parametrize("place", ["env:", "env:A B", "env:1", "env:ä", "file:relative", "file:/a\nb"])
def test_a_place_that_is_none_is_refused(desk, place):
    with pytest.raises(DeskError, match="is written env:NAME"):
        _add(desk, webhook="https://hooks.example/", secret=place)


def test_what_is_at_a_place_is_never_part_of_a_message(tmp_path):
    for number, body in enumerate((b"\xff\xfe secret", b"", b"a secret of\ntwo lines", b"secret" * 1000)):
        (tmp_path / str(number)).write_bytes(body)
        with pytest.raises(DeskError) as found:
            secret_at(f"file:{tmp_path / str(number)}")
        assert "a secret of" not in str(found.value)
        assert "secretsecret" not in str(found.value)
        assert found.value.__cause__ is None
    with pytest.raises(DeskError, match="No such file"):
        secret_at(f"file:{tmp_path / 'nowhere'}")


def test_the_command_shows_a_secret_only_if_it_made_it(desk, monkeypatch):
    monkeypatch.setattr("reportedly.desk.alerts._check_webhook", lambda _: None)
    for said, shown in ((["--secret", "my own secret"], False), (["--secret", "env:X"], False), ([], True)):
        answer = CliRunner().invoke(
            alert_commands.alerts,
            ["add", "port", "--webhook", "https://hooks.example/", "--desk", str(desk.path), "--json", *said],
        )
        assert answer.exit_code == 0, answer.output
        assert "my own secret" not in answer.output
        assert bool(json.loads(answer.output)["secret"]) is shown


def test_what_is_due_does_not_wait_longer_because_the_clock_was_set_back(desk, later, hook):
    _add(desk, webhook=hook.url, changes=("dispute",), secret="s")
    alerts.run(desk)
    later()
    alerts.run(desk)
    assert delivery.deliver(desk, moment=datetime.now(UTC)).waiting == 1  # private addresses are refused
    back = datetime.now(UTC) - timedelta(hours=1)
    assert delivery.deliver(desk, allow_private=True, moment=back).sent == 1
    assert delivery.deliver(desk, allow_private=True, moment=back).sent == 0
