from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from reportedly.errors import FetchError, TooLarge
from reportedly.intake import Fetching, take_in
from reportedly.intake.web import fetch, is_public
from reportedly.records import Report

PAGE = "<html><body><article><p>" + "The harbour master said on Monday that no ferry would sail. " * 5
LOCAL = Fetching(allow_private=True, timeout=3, deadline=10)


class Site(BaseHTTPRequestHandler):
    robots: ClassVar[tuple[int, str]] = (200, "User-agent: *\nDisallow: /secret")
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, dict(self.headers)))
        name, _, rest = self.path[1:].partition("/")
        if self.path == "/robots.txt":
            self.answer(self.robots[0], self.robots[1].encode(), "text/plain")
        elif name == "to":
            self.answer(302, b"", "text/html", Location=rest.replace("_", "/"))
        elif name == "loop":
            self.answer(302, b"", "text/html", Location="/loop")
        elif name == "status":
            self.answer(int(rest), b"", "text/html")
        elif name == "packed":
            self.answer(200, gzip.compress(PAGE.encode()), "text/html", **{"Content-Encoding": "gzip"})
        elif name == "bomb":
            self.answer(200, gzip.compress(b"a " * 2_000_000), "text/html", **{"Content-Encoding": "gzip"})
        elif name == "picture":
            self.answer(200, b"...", "image/png")
        elif name == "latin":
            self.answer(200, "Café ouvert “ici”".encode("cp1252"), "text/plain; charset=ISO-8859-1")
        else:
            self.answer(200, PAGE.encode(), "text/html; charset=utf-8")

    def answer(self, status: int, body: bytes, content_type: str, **headers: str) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.robots = (200, "User-agent: *\nDisallow: /secret")
    Site.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_read_politely(site: str) -> None:
    (report,) = take_in(f"{site}/story#part", fetching=LOCAL)
    assert isinstance(report, Report)
    assert report.text.startswith("The harbour master")
    assert report.url == f"{site}/story"
    assert [path for path, _ in Site.seen] == ["/robots.txt", "/story"]
    headers = Site.seen[1][1]
    assert headers["User-Agent"].startswith("reportedly/")
    assert headers["Host"] == site.removeprefix("http://")


def test_robots(site: str) -> None:
    with pytest.raises(FetchError, match="robots"):
        fetch(f"{site}/secret/plan", LOCAL)
    with pytest.raises(FetchError, match="robots"):
        fetch(f"{site}/to/_secret_plan", LOCAL)
    allowed = fetch(f"{site}/secret/plan", Fetching(allow_private=True, obey_robots=False))
    assert allowed.body == PAGE.encode()


def test_no_robots_allows_and_a_broken_one_forbids(site: str) -> None:
    Site.robots = (404, "")
    assert fetch(f"{site}/secret/plan", LOCAL).content_type == "text/html"
    Site.robots = (503, "")
    with pytest.raises(FetchError, match="503"):
        fetch(f"{site}/story", Fetching(allow_private=True, timeout=2))


def test_redirects(site: str) -> None:
    assert fetch(f"{site}/to/_story", LOCAL).url == f"{site}/story"
    with pytest.raises(FetchError, match="redirects"):
        fetch(f"{site}/loop", LOCAL)
    with pytest.raises(FetchError, match="only http and https"):
        fetch(f"{site}/to/file:___etc_hosts", LOCAL)


@pytest.mark.parametrize(("status", "word"), [(404, "no such page"), (403, "refuses"), (500, "fault")])
def test_status(site: str, status: int, word: str) -> None:
    with pytest.raises(FetchError, match=word):
        fetch(f"{site}/status/{status}", LOCAL)


def test_limits(site: str) -> None:
    assert fetch(f"{site}/packed", LOCAL).body == PAGE.encode()
    with pytest.raises(TooLarge):
        fetch(f"{site}/bomb", LOCAL, max_bytes=50_000)
    with pytest.raises(TooLarge):
        fetch(f"{site}/story", LOCAL, max_bytes=100)
    with pytest.raises(FetchError, match="image/png"):
        fetch(f"{site}/picture", LOCAL)


def test_charset_of_the_header(site: str) -> None:
    (report,) = take_in(f"{site}/latin", fetching=LOCAL)
    assert isinstance(report, Report)
    assert report.text == "Café ouvert “ici”"


def test_private_addresses_are_refused(site: str) -> None:
    with pytest.raises(FetchError, match="private"):
        fetch(f"{site}/story")
    with pytest.raises(FetchError, match="private"):
        fetch(site.replace("127.0.0.1", "localhost"))
    assert Site.seen == []


def test_the_address_that_was_checked_is_connected_to(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *args: Any, **kwargs: Any) -> Any:
        if host in ("127.0.0.1", "203.0.113.9"):
            return real(host, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1" if len(asked) <= 2 else "203.0.113.9", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = site.replace("127.0.0.1", "selwyn.example") + "/story"
    assert fetch(url, LOCAL).url == url
    assert asked == ["selwyn.example"] * 2  # once for robots.txt, once for the page
    assert Site.seen[1][1]["Host"].startswith("selwyn.example:")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254",
     "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::", "not an address"],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)


def test_public() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")


@pytest.mark.parametrize(
    "url", ["ftp://selwyn.example/x", "http://", "http://user:pw@selwyn.example/", "http://[::1", "file:///x"]
)
def test_strange_addresses(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url)
    assert "\n" not in str(caught.value)
