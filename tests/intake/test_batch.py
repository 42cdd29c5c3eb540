from __future__ import annotations

import gzip
import io
import json
import os
import random
import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from reportedly.errors import FetchError, IntakeError, ReportedlyError, TooLarge
from reportedly.intake import Fetching, Overrides, batch, web
from reportedly.intake.batch import Batch, sources
from reportedly.intake.item import Item
from reportedly.intake.pace import Pace

TEXT = "Ferries stay in port\n\nThe harbour master said on Monday that no ferry would sail.\n"
PAGE = "<html><body><article><p>" + "The harbour master said on Monday that no ferry would sail. " * 5
RSS = """<rss><channel><title>Gazette</title><item><title>One</title><link>{site}/one</link></item>
<item><title>Two</title><link>{site}/hidden</link></item></channel></rss>"""


class Site(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, tuple[int, str, bytes, dict[str, str]]]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        missing = (404, "text/plain", b"", dict[str, str]())
        status, content_type, body, headers = self.pages.get(self.path, missing)
        self.send_response(status)
        for key, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    Site.asked = []
    Site.pages = {
        "/one": (200, "text/html", PAGE.encode(), {}),
        "/robots.txt": (200, "text/plain", b"User-agent: *\nDisallow: /hidden", {}),
        "/rss": (200, "application/rss+xml", RSS.format(site=address).encode(), {}),
        "/map.xml.gz": (
            200,
            "application/x-gzip",
            gzip.compress(f"<urlset><url><loc>{address}/one</loc></url></urlset>".encode()),
            {},
        ),
        "/rows": (200, "application/x-ndjson", b'{"text": "A ferry sank."}\n{}\n', {}),
        "/busy": (429, "text/html", b"", {"Retry-After": "600"}),
        "/inward": (302, "text/html", b"", {"Location": "http://10.0.0.1/secret"}),
    }
    yield address
    server.shutdown()
    server.server_close()


def local(**options: Any) -> Batch:
    quick = Pace(gap=0.0, sleep=lambda seconds: None)
    return Batch(fetching=Fetching(allow_private=True, timeout=3, deadline=10), pace=quick, **options)


def said(item: Item) -> str:
    try:
        return item.report().text
    except ReportedlyError as error:
        return f"{type(error).__name__}: {error}"


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b/2.txt", "b/.1.txt", ".hidden/1.txt", "b.txt", "picture.png", "list.urls"):
        (tmp_path / name).write_text(TEXT + name)
    (tmp_path / "a.jsonl.gz").write_bytes(
        gzip.compress(b'{"id": "x", "text": "A ferry sank."}\n\n{"id": "y"}\n')
    )
    (tmp_path / "c.html").write_text(PAGE)
    found = sources([tmp_path])
    items = list(found)
    assert [item.locator.removeprefix(f"{tmp_path}/") for item in items] == [
        "a.jsonl.gz#1", "a.jsonl.gz#3", "b/2.txt", "b.txt", "c.html",
    ]  # fmt: skip
    assert found.passed == 2
    assert (
        found.done
        == found.total
        == sum((tmp_path / n).stat().st_size for n in ("a.jsonl.gz", "b/2.txt", "b.txt", "c.html"))
    )
    assert items[0].report().id == "x"
    assert "no text in this row" in said(items[1])
    assert items[2].report().text == TEXT + "b/2.txt"
    again = list(sources([str(tmp_path)]))
    assert [(i.locator, i.sha256) for i in again] == [(i.locator, i.sha256) for i in items]


def test_links_are_not_followed_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "out.txt").write_text(TEXT)
    (tmp_path / "in" / "a.txt").write_text(TEXT)
    (tmp_path / "in" / "deep" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "again.txt").symlink_to(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "escape.txt").symlink_to(tmp_path / "out.txt")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    found = {Path(i.locator).name: said(i) for i in sources([tmp_path / "in"])}
    assert set(found) == {"a.txt", "escape.txt"}
    assert "leads out of the folder" in found["escape.txt"]
    (named,) = sources([tmp_path / "in" / "escape.txt"])
    assert said(named) == TEXT


def test_patterns_and_what_is_not_there(tmp_path: Path) -> None:
    for name in ("b1.txt", "a1.txt", "a[2].txt"):
        (tmp_path / name).write_text(TEXT)
    names = [Path(i.locator).name for i in sources([f"{tmp_path}/*1.txt", f"{tmp_path}/a[2].txt"])]
    assert names == ["a1.txt", "b1.txt", "a[2].txt"]
    for wrong in (f"{tmp_path}/*.html", f"{tmp_path}/none.txt", "x" * 5000, "a\0b"):
        (item,) = sources([wrong])
        assert "no file of this name or pattern" in said(item)
        assert item.sha256 is None
    os.mkfifo(tmp_path / "pipe.txt")
    (item,) = sources([tmp_path / "pipe.txt"])
    assert "not a regular file" in said(item)


def test_what_is_kept_for_one_report_is_refused() -> None:
    with pytest.raises(IntakeError, match="single report"):
        sources(["x"], Batch(overrides=Overrides(title="T")))
    with pytest.raises(IntakeError, match="not understood"):
        sources(["x"], Batch(overrides=Overrides(published="soon")))


def test_bad_lines_and_files_stop_nothing(tmp_path: Path) -> None:
    rows = [
        b'{"text": "A ferry sank."}',
        b"not json",
        b'{"text": "' + b"x" * 5_000 + b'"}',
        b'{"text": "Two sank."}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(rows))
    packed = gzip.compress(b"\n".join(rows * 50), 1)
    (tmp_path / "b.jsonl.gz").write_bytes(packed[:200] + b"\xff" * 20 + packed[220:])
    (tmp_path / "c.txt").write_bytes(b"%PDF-1.7")
    (tmp_path / "d.txt").write_bytes(b"x" * 3_000)
    items = list(sources([tmp_path], Batch(max_bytes=1_000)))
    found = {Path(i.locator).name: said(i) for i in items}
    assert found["a.jsonl#1"] == "A ferry sank."
    assert "not JSON" in found["a.jsonl#2"]
    assert found["a.jsonl#3"].startswith("TooLarge")
    assert found["a.jsonl#4"] == "Two sank."
    assert any("read any further" in reason for name, reason in found.items() if name.startswith("b.jsonl"))
    assert found["c.txt"].startswith("NotText")
    assert found["d.txt"].startswith("TooLarge")


def test_a_large_file_is_read_line_by_line(tmp_path: Path) -> None:
    shuffled = random.Random(0)
    with gzip.open(tmp_path / "a.jsonl.gz", "wb", 1) as file:
        for number in range(4_000):
            file.write(
                json.dumps({"text": f"Ferry {number}", "x": shuffled.randbytes(500).hex()}).encode() + b"\n"
            )
    found = sources([tmp_path / "a.jsonl.gz"])
    tracemalloc.start()
    positions = [found.done for _ in found]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(positions) == 4_000
    assert positions == sorted(positions)
    assert 0 < positions[1_000] < positions[3_000] < found.total
    assert peak < 2_000_000


def test_a_packed_file_that_only_swells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_BOMB_FROM", 100_000)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "A ferry sank."}\n' * 20_000))
    items = list(sources([tmp_path]))
    assert len(items) < 20_000
    assert "times its size" in said(items[-1])


def test_lists_of_addresses(tmp_path: Path, site: str) -> None:
    (tmp_path / "a.urls").write_text(
        f"# ours\n{site}/one#part\n\nfile:///etc/hosts\n{site}/none\n{site}/hidden\n"
    )
    items = list(sources([tmp_path / "a.urls"], local()))
    assert Site.asked == []
    assert [i.locator for i in items] == [
        f"{site}/one", f"{tmp_path}/a.urls#4", f"{site}/none", f"{site}/hidden",
    ]  # fmt: skip
    first, second, third, fourth = (said(i) for i in items)
    assert first.startswith("The harbour master")
    assert "http://" in second
    assert "404" in third
    assert "robots" in fourth
    assert Site.asked.count("/one") == 1
    (tmp_path / "a.txt").write_text(f"{site}/one\n")
    (item,) = sources([tmp_path / "a.txt"], local(sort="urls"))
    assert item.report().url == f"{site}/one"


def test_addresses_are_taken_for_what_they_are(site: str, tmp_path: Path) -> None:
    (page,) = sources([f"{site}/one"], local())
    assert page.report().url == f"{site}/one"
    one, hidden = sources([f"{site}/rss"], local())
    assert (one.locator, one.report().title) == (f"{site}/one", "One")
    assert "robots" in said(hidden)
    (listed,) = sources([f"{site}/map.xml.gz"], local())
    assert listed.locator == f"{site}/one"
    first, second = sources([f"{site}/rows"], local())
    assert (first.locator, said(first)) == (f"{site}/rows#1", "A ferry sank.")
    assert "no text" in said(second)
    (tmp_path / "a.xml").write_text(RSS.format(site=site))
    assert [i.locator for i in sources([tmp_path / "a.xml"], local())] == [f"{site}/one", f"{site}/hidden"]
    (tmp_path / "a.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><urlset/>')
    (refused,) = sources([tmp_path / "a.xml"], local())
    assert "unsafe" in said(refused)


def test_a_redirect_to_a_private_address(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "is_public", lambda address: address == "127.0.0.1")
    (item,) = sources([f"{site}/inward"], Batch(pace=Pace(gap=0)))
    assert "10.0.0.1 is a private or reserved address" in said(item)


def test_a_site_that_asks_for_a_pause_gets_it(site: str, tmp_path: Path) -> None:
    (tmp_path / "a.urls").write_text(f"{site}/busy\n{site}/one\n")
    busy, other = (said(i) for i in sources([tmp_path / "a.urls"], local()))
    assert "429" in busy
    assert "left alone for another" in other
    assert "/one" not in Site.asked


def test_the_pace() -> None:
    now, slept = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(gap=2, budget=4, clock=lambda: now[0], sleep=sleep)
    for _ in range(2):
        pace.wait("a.example")
    pace.wait("b.example", gap=10)
    pace.wait("b.example")
    assert slept == [2, 10]
    pace.failed("a.example")
    pace.wait("a.example")
    pace.failed("a.example", retry_after=20)
    pace.wait("a.example")
    assert slept[2:] == [2, 20] or slept[2:] == [20]
    with pytest.raises(FetchError, match="used up"):
        pace.wait("a.example")
    now[0] += 3_600
    pace.wait("a.example")
    for _ in range(9):
        pace.failed("a.example")
    with pytest.raises(FetchError, match="left alone"):
        pace.wait("a.example")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(data: bytes) -> list[str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
        return [f"{i.locator} {said(i)}" for i in sources(["-"])]

    assert given(b'{"text": "A ferry sank."}\n') == ["standard input#1 A ferry sank."]
    assert given(TEXT.encode()) == [f"standard input {TEXT}"]
    assert "saved" not in given(b"WARC/1.1\r\n")[0]


def test_a_document_that_trips_a_library_is_a_bad_item() -> None:
    def trip() -> Any:
        raise ZeroDivisionError("by zero\nat all")

    with pytest.raises(IntakeError, match=r"ZeroDivisionError: by zero$"):
        Item("x", None, trip, lambda page: page).report()  # type: ignore[arg-type,return-value]
    assert TooLarge.exit_code == 6
