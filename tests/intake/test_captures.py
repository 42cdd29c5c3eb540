"""What is kept of how a page came: headers, and the page itself in a WARC file."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from sqlalchemy import select
from typer.testing import CliRunner

from reportedly.desk import captured, open_desk
from reportedly.desk.ingest import ingest
from reportedly.desk.tables import items
from reportedly.errors import IntakeError
from reportedly.faces.cli import app
from reportedly.intake import Fetching
from reportedly.intake.captures import Capture, CaptureFolder, kept
from reportedly.intake.warc import items as in_archive
from reportedly.intake.web import fetch

TEXT = "The harbour master of Saren said on Monday that no ferry would sail before noon. "
HEAD = "<html><head><title>No ferry before noon</title></head>"
PAGE = f"{HEAD}<body><article><p>{TEXT * 6}</p></article></body></html>"


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        packed = gzip.compress(PAGE.encode())
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.send_header("Last-Modified", "Mon, 04 May 2026 08:00:00 GMT")
        self.send_header("Set-Cookie", "session=secret")
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_fetched_page_says_how_it_came(site):
    page = fetch(f"{site}/a", Fetching(allow_private=True))
    assert page.capture is not None
    assert (page.capture.url, page.capture.status) == (f"{site}/a", 200)
    headers = {name.lower(): value for name, value in page.capture.headers}
    assert headers["last-modified"] == "Mon, 04 May 2026 08:00:00 GMT"
    assert headers["set-cookie"] == "(left out)"
    assert page.capture.archive is None


def test_pages_are_kept_in_an_archive_that_can_be_read_again(site, tmp_path):
    with CaptureFolder(tmp_path / "warcs") as folder:
        pages = [fetch(f"{site}/{name}", Fetching(allow_private=True, keep=folder.keep)) for name in "ab"]
        (path,) = (tmp_path / "warcs").iterdir()
        whole = list(in_archive(path))  # every record is whole as soon as it is written
    assert [item.capture.url for item in whole] == [f"{site}/a", f"{site}/b"]
    assert [item.capture.record for item in whole] == [page.capture.record for page in pages]
    assert whole[0].report().title == "No ferry before noon"
    assert whole[0].capture.at == pages[0].capture.at
    with path.open("rb") as file:
        records = list(ArchiveIterator(file, func_filter=None))
    assert [r.record_type for r in records] == [WarcRecordType.warcinfo] + [WarcRecordType.response] * 2
    raw = gzip.decompress(path.read_bytes())
    assert b"X-Crawler-Content-Encoding: gzip" in raw
    assert b"secret" not in raw
    assert raw.count(b"\r\nContent-Length: ") == 5


def test_headers_are_bounded_and_cannot_break_out():
    many = kept([("A\r\nB", "x\r\nInjected: y"), ("Long", "z" * 5000), *[("N", "v")] * 500])
    assert len(many) == 100
    assert many[0] == ("A B", "x Injected: y")
    assert len(many[1][1]) == 1000


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(IntakeError, match="cannot be made"):
        CaptureFolder(tmp_path / "file" / "warcs")


def test_what_is_ingested_is_captured_and_compared_later(site, tmp_path):
    run, path = CliRunner(), str(tmp_path / "desk.db")
    command = ["ingest", f"{site}/a", "--allow-private", "--capture", str(tmp_path / "warcs"), "--desk", path]
    done = run.invoke(app, command)
    assert done.exit_code == 0, done.output
    (archive,) = (tmp_path / "warcs").iterdir()
    with open_desk(path) as desk, desk.reading() as connection:
        capture = msgspec.json.decode(connection.execute(select(items.c.capture)).scalar_one(), type=Capture)
        assert capture.archive == archive.name
        assert capture.record
    verify = ["verify", "--captures", str(tmp_path / "warcs"), "--desk", path]
    assert run.invoke(app, verify).exit_code == 0
    raw = gzip.decompress(archive.read_bytes())
    archive.write_bytes(gzip.compress(raw.replace(b"no ferry", b"my ferry")))
    done = run.invoke(app, verify)
    assert done.exit_code == 14
    assert "is not what was taken in" in done.output
    archive.write_bytes(gzip.compress(raw)[:200])
    with open_desk(path) as desk, desk.reading() as connection:
        ((why),) = [fault.why for fault in captured.captured(connection, tmp_path / "warcs")]
    assert "does not hold" in why
    archive.unlink()
    assert "there is no archive" in run.invoke(app, verify).output


def test_an_archive_s_pages_keep_their_record_s_headers(site, tmp_path):
    with CaptureFolder(tmp_path) as folder:
        fetch(f"{site}/a", Fetching(allow_private=True, keep=folder.keep))
    path = next(tmp_path.glob("*.warc.gz"))
    with open_desk(tmp_path / "desk.db") as desk:
        assert [o.state for o in ingest(desk, [str(path)])] == ["filed"]
        with desk.reading() as connection:
            capture = msgspec.json.decode(
                connection.execute(select(items.c.capture)).scalar_one(), type=Capture
            )
            assert dict(capture.headers)["Last-Modified"] == "Mon, 04 May 2026 08:00:00 GMT"
            assert capture.url == f"{site}/a"
            assert not list(captured.captured(connection, tmp_path))
