"""Whoever names an address can lead the program nowhere but to pages of the public web, and not for long."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpcore2
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.desk import delivery
from reportedly.desk.alerts import Alert
from reportedly.desk.delivery import Undelivered
from reportedly.errors import FetchError, ReportedlyError, TooLarge
from reportedly.intake import feed, sitemap, web
from reportedly.intake.web import Fetching, fetch

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
INSIDE = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.0.0.1/",
    "http://0x7f000001/", "http://017700000001/", "http://localhost/", "http://LOCALHOST./", "http://0/",
    "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[fe80::1]/", "http://[fc00::1]/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", "https://127.0.0.1:8631/",
    "//127.0.0.1/",
]  # fmt: skip
OTHER = [
    "file:///etc/passwd", "FILE:///etc/passwd", "ftp://herald.example/", "gopher://herald.example:25/_x",
    "data:text/html,<p>x", "javascript:alert(1)", "unix:/run/x.sock", "jar:http://herald.example/!/x",
    "http:///etc/passwd", "http://user:secret@8.8.8.8/", "http://user@127.0.0.1/", "\\\\host\\share",
    "http://[::1", "http://herald.example:99999/", "",
]  # fmt: skip


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let nothing connect; gives the hosts that were tried."""
    tried: list[str] = []

    def connect(self: object, host: str, *_: object, **__: object) -> None:
        tried.append(host)
        raise httpcore2.ConnectError("no network here")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    return tried


def alert() -> Alert:
    return Alert(
        id="a1", search="s1", name="port", at="2026-05-04T08:00:00.000000Z", change="claim", story="s",
        title="Port", claim="c", text="The port closes", why="new", held_by=(), low=1, high=1, disputed_by=(),
    )  # fmt: skip


@pytest.mark.parametrize("url", INSIDE + OTHER)
def test_no_address_leads_inside(url: str, nowhere: list[str]) -> None:
    with pytest.raises(FetchError):
        fetch(url if not url.startswith("//") else f"http:{url}", Fetching(obey_robots=False))
    with pytest.raises(FetchError):
        fetch(url if not url.startswith("//") else f"http:{url}")
    with pytest.raises(Undelivered):
        delivery.post(url, "secret", alert())
    assert nowhere == []


@pytest.mark.parametrize("url", INSIDE + [u for u in OTHER if u])
def test_no_redirect_leads_inside(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, lambda _: httpx2.Response(302, headers={"Location": url.encode()}))
    with pytest.raises(FetchError):
        fetch("http://8.8.8.8/", Fetching(obey_robots=False))
    assert {request.url.host for request in asked} == {"8.8.8.8"}


@pytest.mark.parametrize("url", INSIDE[:1])
def test_no_robots_file_leads_inside(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, lambda _: httpx2.Response(302, headers={"Location": url.encode()}))
    with pytest.raises(FetchError):
        fetch("http://8.8.4.4/")
    assert {request.url.host for request in asked} == {"8.8.4.4"}


def test_no_webhook_is_led_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, lambda _: httpx2.Response(307, headers={"Location": "http://127.0.0.1/"}))
    with pytest.raises(Undelivered, match="307"):
        delivery.post("http://8.8.8.8/hook", "secret", alert())
    assert len(asked) == 1


@pytest.mark.parametrize("url", INSIDE[:3] + OTHER[:1])
def test_what_feeds_and_sitemaps_list_goes_through_the_same_guard(url: str, nowhere: list[str]) -> None:
    listed = feed.parse(
        f"<rss><channel><item><title>x</title><link>{url}</link></item></channel></rss>".encode()
    )
    entries = list(feed.items(listed, "feed", fetch))
    entries += sitemap.items(f"<urlset><url><loc>{url}</loc></url></urlset>".encode(), "map", fetch)
    index = f"<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>"
    entries += sitemap.items(index.encode(), "index", fetch)
    for item in entries:
        with pytest.raises(ReportedlyError):
            item.report()
    assert nowhere == []


def test_a_name_with_one_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, nowhere: list[str]
) -> None:
    resolve(monkeypatch, [["8.8.8.8", "10.0.0.1"]])
    with pytest.raises(FetchError, match="private"):
        fetch("http://selwyn.example/", Fetching(obey_robots=False))
    assert nowhere == []


def test_a_name_is_resolved_once_and_that_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, nowhere: list[str]
) -> None:
    """DNS rebinding: the second answer would be a private one."""
    resolve(monkeypatch, [["8.8.8.8"], ["127.0.0.1"]])
    with pytest.raises(FetchError, match="no network"):
        fetch("http://selwyn.example/", Fetching(obey_robots=False))
    assert nowhere == ["8.8.8.8"]
    resolve(monkeypatch, [["8.8.8.8"], ["127.0.0.1"]])
    with pytest.raises(Undelivered, match="no network"):
        delivery.post("http://selwyn.example/hook", "secret", alert())
    assert nowhere == ["8.8.8.8"] * 2


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch, nowhere: list[str]) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with pytest.raises(FetchError):
        fetch("http://8.8.8.8/", Fetching(obey_robots=False))
    assert nowhere == ["8.8.8.8"]


@given(st.text() | st.characters(codec="latin-1") | st.from_regex(r"https?://[^/]{1,20}(/.*)?"))
@settings(max_examples=40)
def test_any_redirect_ends_in_an_error_of_ours(location: str) -> None:
    sent = location.encode("utf-8", "replace")
    with pytest.MonkeyPatch.context() as patched:
        answering(patched, lambda _: httpx2.Response(302, headers={"Location": sent}))
        patched.setattr(web, "_addresses", lambda target, _: ["8.8.8.8"])
        with contextlib.suppress(FetchError):
            fetch("http://8.8.8.8/", Fetching(obey_robots=False))
        with contextlib.suppress(FetchError):
            fetch(location, Fetching(obey_robots=False))


# what is sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["status", "headers", "body"])
def test_one_byte_at_a_time_does_not_hold_a_fetch(part: str, serve: Callable[..., Server]) -> None:
    """Each byte comes in time, and all of them never."""
    start = {"status": b"", "headers": PAGE + b"X-Slow: ", "body": PAGE + b"\r\n"}[part]
    server = serve(itertools.chain([start], itertools.repeat(b"x", 150)), pause=0.1)
    with pytest.raises(FetchError, match="too slow"):
        fetch(server.url, Fetching(allow_private=True, obey_robots=False, timeout=5, deadline=1))


def test_one_byte_at_a_time_does_not_hold_a_webhook(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_TIMEOUT", 0.5)
    server = serve(itertools.chain([PAGE + b"X-Slow: "], itertools.repeat(b"x", 150)), pause=0.1)
    with pytest.raises(Undelivered, match="does not answer"):
        delivery.post(server.url, "secret", alert(), allow_private=True)


def test_what_follows_the_end_of_a_packed_page_is_not_read(serve: Callable[..., Server]) -> None:
    """Bytes behind the end of a gzip member unpack to nothing, so the limit of the page never counts them."""
    packed = gzip.compress(b"<p>The port of Saren will close.</p>")
    head = PAGE + b"Content-Encoding: gzip\r\n\r\n"
    server = serve(itertools.chain([head + packed], itertools.repeat(b"\0" * 65_536, 2_000)))
    page = fetch(server.url, Fetching(allow_private=True, obey_robots=False), max_bytes=10_000)
    assert page.body.startswith(b"<p>The port")
    assert server.sent() < 30_000_000


def test_a_packed_page_that_unpacks_to_nothing_is_bounded(serve: Callable[..., Server]) -> None:
    """Empty blocks of deflate (RFC 1951): as many as one likes, and no text."""
    head = PAGE + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10]
    server = serve(itertools.chain([head], itertools.repeat(b"\0\0\0\xff\xff" * 13_000, 2_000)))
    with pytest.raises(TooLarge):
        fetch(server.url, Fetching(allow_private=True, obey_robots=False), max_bytes=10_000)
    assert server.sent() < 30_000_000


@pytest.mark.parametrize(
    "answer",
    [
        [PAGE + b"X-Long: ", *[b"x" * 65_536] * 200],
        [PAGE, *[b"X-Many: x\r\n" * 5_000] * 200],
        [b"x" * 65_536] * 200,
        [PAGE + b"Transfer-Encoding: chunked\r\n\r\n", b"f" * 65_536],
        [PAGE + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc"],
        [PAGE + b"Content-Length: -1\r\n\r\nabc"],
        [PAGE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"],
        [PAGE + b"Content-Length: 99999999\r\n\r\nabc"],
        [PAGE + b"Content-Encoding: gzip\r\n\r\nno gzip at all"],
        [PAGE + b"Content-Encoding: br\r\n\r\nabc"],
        [PAGE + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(b"x" * 99_999))],
        [b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\n\r\n"],
        [b""],
    ],
)
def test_answers_that_break_the_rules_are_refused(answer: list[bytes], serve: Callable[..., Server]) -> None:
    with pytest.raises(FetchError):
        fetch(serve(answer).url, Fetching(allow_private=True, obey_robots=False, timeout=5, deadline=10))


def test_an_endless_page_and_a_bomb_are_cut_off(serve: Callable[..., Server]) -> None:
    how = Fetching(allow_private=True, obey_robots=False)
    endless = serve(itertools.chain([PAGE + b"\r\n"], itertools.repeat(b"<p>" * 20_000, 3_000)))
    with pytest.raises(TooLarge):
        fetch(endless.url, how, max_bytes=10_000)
    assert endless.sent() < 30_000_000
    bomb = serve([PAGE + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 50_000_000)])
    with pytest.raises(TooLarge):
        fetch(bomb.url, how, max_bytes=10_000)


# helpers --------------------------------------------------------------------------------------------


def answering(
    patched: pytest.MonkeyPatch, answer: Callable[[httpx2.Request], httpx2.Response]
) -> list[httpx2.Request]:
    """Answer all requests without a network; gives the list to which they are added."""
    asked: list[httpx2.Request] = []

    def handle(self: object, request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return answer(request)

    patched.setattr(httpx2.HTTPTransport, "handle_request", handle)
    web._robots.cache_clear()
    return asked


def resolve(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> None:
    """Let every name have the first addresses, then the second …"""
    left = iter(answers)

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(left)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


class Server:
    """Answers one request with pieces of bytes, as they are, and counts what was sent."""

    def __init__(self, pieces: Any, pause: float = 0.0) -> None:
        self._pieces, self._pause, self._sent = pieces, pause, 0
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listening.accept()
            with connection:
                connection.recv(65_536)
                for piece in self._pieces:
                    if self._over.wait(self._pause) if self._pause else self._over.is_set():
                        return
                    connection.sendall(piece)
                    self._sent += len(piece)

    def sent(self) -> int:
        """Wait until it is done, and return how many bytes it could send."""
        self._thread.join(30)
        return self._sent

    def stop(self) -> None:
        self._over.set()
        self._listening.close()
        self._thread.join(30)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """A function that begins a server which answers one request with the pieces it is given."""
    with contextlib.ExitStack() as stack:

        def begin(pieces: Any, pause: float = 0.0) -> Server:
            server = Server(pieces, pause)
            stack.callback(server.stop)
            return server

        yield begin
