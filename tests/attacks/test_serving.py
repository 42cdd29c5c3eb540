"""Nobody holds the server by sending slowly, without end, or in a form that it should not take."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportedly.desk import access, open_desk
from reportedly.desk.access_tables import tokens
from reportedly.faces import patience, serve_commands
from reportedly.faces.web.app import create_app
from reportedly.faces.web.login import within

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def served(markup_desk: Path) -> Iterator[int]:
    """The port of a desk that is served as the command does it, by a server with less patience."""
    import uvicorn

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(patience, "HEAD", 0.5)
        patched.setattr(patience, "WHOLE", 1.0)
        begun: list[uvicorn.Server] = []
        run = uvicorn.Server.run

        def running(self: uvicorn.Server, *arguments: object, **named: object) -> None:
            self.install_signal_handlers = lambda: None  # type: ignore[attr-defined,method-assign]
            begun.append(self)
            run(self, *arguments, **named)  # type: ignore[arg-type]

        patched.setattr(uvicorn.Server, "run", running)
        patched.setattr(uvicorn.Server, "capture_signals", lambda self: contextlib.nullcontext())
        listening = socket.create_server(("127.0.0.1", 0))
        app = create_app(str(markup_desk))
        thread = threading.Thread(target=serve_commands.run, args=(app, listening), daemon=True)
        thread.start()
        while not begun or not begun[0].started:
            time.sleep(0.05)
        yield listening.getsockname()[1]
        begun[0].should_exit = True
        thread.join(30)


def sent(port: int, first: bytes, then: bytes = b"", pause: float = 0.1, times: int = 100) -> bytes:
    """Send bytes, and others again and again; return what came until the server was done with us."""
    came = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(first)
            for _ in range(times if then else 0):
                connection.sendall(then)
                connection.settimeout(pause)
                with contextlib.suppress(TimeoutError):
                    data = connection.recv(65_536)
                    came += data
                    if not data:
                        return came
        connection.settimeout(20)
        with contextlib.suppress(ConnectionError):
            while data := connection.recv(65_536):
                came += data
    return came


HEAD = b"POST /api/v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT", b"T"),
    ],
    ids=["nothing", "headers", "body", "chunks", "a second request"],
)
def test_who_sends_slowly_is_sent_away(served: int, first: bytes, then: bytes) -> None:
    sent(served, first, then)  # else a time-out of this test's own ends it
    assert b" 200 OK" in sent(
        served, b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"x" * 65_536, b" 400 "),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n" * 8_000, b" 400 "),
        (b"GET /" + b"a" * 200_000, b"", b" 400 "),
        (HEAD + b"Content-Length: 99999999999\r\n\r\n", b"", b" 413 "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65_536 + b"\r\n", b" 413 "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 65_000, b" 4"),
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"", b" 4"),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", b"", b" 400 "),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", b"", b" 4"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"", b" 403 "),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\x00\r\n\r\n", b"", b" 400 "),
    ],
)
def test_what_is_too_large_or_ambiguous_is_refused(
    served: int, first: bytes, then: bytes, status: bytes
) -> None:
    came = sent(served, first, then, pause=0.02)
    assert came == b"" or status in came.split(b"\r\n")[0]


# forms ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wide_desk(markup_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that others on the network may call, with a user in it."""
    path = tmp_path_factory.mktemp("wide") / "desk.db"
    shutil.copy(markup_desk, path)
    with open_desk(path) as desk, desk.writing() as connection:
        access.add_user(connection, "mira", "reviewer", PASSWORD)
    return path


@pytest.fixture(scope="module")
def browser(wide_desk: Path) -> Iterator[TestClient]:
    """A client of that desk."""
    app = create_app(str(wide_desk), access="wide")
    with TestClient(app, base_url="http://desk.example", follow_redirects=False) as client:
        yield client


def multipart(parts: list[tuple[bytes, bytes]]) -> bytes:
    return (
        b"".join(b"--x\r\nContent-Disposition: " + h + b"\r\n\r\n" + b + b"\r\n" for h, b in parts)
        + b"--x--\r\n"
    )


FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    "parts",
    [
        [(b'form-data; name="a%d"' % n, b"x") for n in range(5_000)],
        [(b'form-data; name="f"; filename="%d"' % n, b"x") for n in range(500)],
        [(b'form-data; name="csrf"', b"x" * 200_000)],
        [(b"form-data; name=" + b'"' * 50_000, b"x")],
        [(b"form-data; " + b"a=b; " * 20_000, b"x")],
    ],
)
def test_forms_of_very_many_parts_are_refused(browser: TestClient, parts: list[tuple[bytes, bytes]]) -> None:
    answer = browser.post("/login", content=multipart(parts), headers=FORM)
    assert answer.status_code in (403, 413)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200) | st.lists(st.tuples(st.binary(), st.binary()), max_size=4).map(multipart),
    st.sampled_from([
        "multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=\"\"",
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
        "text/plain",
    ]),
)  # fmt: skip
def test_no_form_without_its_token_is_taken(browser: TestClient, body: bytes, kind: str) -> None:
    for path in ("/login", "/logout", "/read"):
        answer = browser.post(path, content=body, headers={"Content-Type": kind.encode()})
        assert answer.status_code in (401, 403, 413, 422, 429)


def test_a_session_is_begun_anew_by_signing_in(wide_desk: Path) -> None:
    """Session fixation: a cookie that somebody else has set means nothing afterwards, nor before."""
    app = create_app(str(wide_desk), access="wide")
    browser = TestClient(app, base_url="http://desk.example", follow_redirects=False)
    browser.get("/login")
    known = dict(browser.cookies)
    chosen = "a" * 43
    browser.cookies.set("reportedly_session", chosen)
    token = access.csrf_token(chosen)
    answer = browser.post("/login", data={"csrf": token, "name": "mira", "password": PASSWORD})
    if answer.status_code == 403:
        browser.cookies.delete("reportedly_session")
        token = access.csrf_token(known["reportedly_visit"])
        answer = browser.post("/login", data={"csrf": token, "name": "mira", "password": PASSWORD})
    assert answer.status_code == 303
    secret = answer.cookies["reportedly_session"]
    assert secret not in {chosen, *known.values()}
    browser.cookies.clear()
    browser.cookies.set("reportedly_session", chosen)
    assert browser.get("/api/v1/stories").status_code == 401


FORGED = [
    "", "rp_", "rp_000000000000_" + "A" * 43, "rp_0000_" + "A" * 43, "rp_' OR 1=1 --_" + "A" * 43,
    "x" * 5_000,
    "rp_%s_" + "A" * 43, "rp_\u0660" * 4, "null",
]  # fmt: skip


@pytest.mark.parametrize("token", FORGED)
def test_forged_tokens_open_nothing(browser: TestClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert browser.get("/api/v1/stories", headers=headers).status_code == 401


def test_secrets_are_compared_in_the_same_time(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that differs in its last letter is told from the right one without a hint."""
    desk = browser.app.state.desk  # type: ignore[attr-defined]
    with desk.writing() as connection:
        token = access.add_token(connection, "mira")
    compared = []
    real = access.hmac.compare_digest
    monkeypatch.setattr(access.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    with desk.reading() as connection:
        assert access.by_token(connection, token) is not None
        assert access.by_token(connection, wrong) is None
        digests = connection.execute(tokens.select()).all()
        assert not any(token in str(row) for row in digests)
    assert len(compared) == 2
    secret = "s" * 43
    assert access.is_csrf_token(secret, access.csrf_token(secret))
    assert len(compared) == 3


@given(st.text() | st.from_regex(r"[/\\]{0,3}[a-z@:.]{0,12}[/\\\t\r\n]{0,3}.{0,9}"))
def test_nothing_typed_leads_elsewhere_after_signing_in(path: str) -> None:
    from urllib.parse import urljoin, urlsplit

    to = urljoin("http://desk.example/login", within(path))
    assert urlsplit(to).netloc == "desk.example"
    assert within(path).isprintable()


def test_every_answer_tells_the_browser_to_hold_back(browser: TestClient) -> None:
    for path in ("/login", "/", "/nowhere", "/api/v1/health", "/api/v1/stories", "/static/none.css"):
        headers = browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_a_path_begins_no_line_of_the_log(markup_desk: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from reportedly.faces.cli import app as program

    path = tmp_path / "desk.db"
    shutil.copy(markup_desk, path)
    with open_desk(path) as desk, desk.writing() as connection:
        access.add_user(connection, "rea", "reader", PASSWORD)
        token = access.add_token(connection, "rea")
    with TestClient(create_app(str(path), access="wide"), base_url="http://desk.example") as client:
        forged = "/api/v1/decisions/x%0A2026-05-04T08:00:00Z%20%20admin%1B[31m%E2%80%AE"
        answer = client.post(forged, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (403, 404)
    printed = CliRunner().invoke(program, ["access", "log", "--desk", str(path)]).output
    (line,) = [line for line in printed.splitlines() if "admin" in line]
    assert "rea" in line
    assert not any(c in printed for c in "\x1b\u202e")
