"""Sources in stores: the same readings as from files, and what changed there is noticed."""

from __future__ import annotations

import gzip
import json
from uuid import uuid4

import pytest

from reportedly.archive.needs import ArchiveError

from .conftest import rows, run, table

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'reportedly[archive]'")


def warc(*pages: tuple[str, str]) -> bytes:
    """Return an archive of the web with these pages (address, body)."""
    found = b""
    for url, body in pages:
        http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}".encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Date: 2026-05-04T08:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{uuid4()}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        found += gzip.compress(head.encode() + http + b"\r\n\r\n")
    return found


def lines(count: int) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows(count)).encode()


PAGE = (
    "<html><head><title>Ferry late</title></head><body><article><h1>Ferry late</h1>"
    + "<p>The ferry to Saren will be two hours late, harbour master Lene Aust said on Monday evening.</p>" * 4
    + "</article></body></html>"
)


@pytest.fixture
def memory():
    """A store in memory, empty."""
    store = fsspec.filesystem("memory")
    name = f"/{uuid4()}"
    yield store, name
    store.rm(name, recursive=True)


def test_a_store_gives_what_files_give(tmp_path, memory):
    store, name = memory
    packed = warc(("https://herald.example/ferry", PAGE))
    for path, data in (("a.warc.gz", packed), ("b.jsonl", lines(3)), ("c.rss", b"<rss/>")):
        store.pipe(f"{name}/{path}", data)
        (tmp_path / path).write_bytes(data)
    there, _ = run(tmp_path / "there", f"memory://{name}", shard_size=2)
    run(tmp_path / "here", tmp_path / "a.warc.gz", tmp_path / "b.jsonl", shard_size=2)
    assert (there.reports, there.quarantined) == (4, 1)
    one, other = (table(tmp_path / a, "readings") for a in ("there", "here"))
    assert [r["reading"] for r in one] == [r["reading"] for r in other]
    assert [r["locator"] for r in one][1:] == [f"memory://{name}/b.jsonl#{k}" for k in (1, 2, 3)]
    head = table(tmp_path / "there", "reports")[0]
    assert head["locator"] == f"memory://{name}/a.warc.gz@0"
    assert json.loads(head["capture"])["archive"] == f"memory://{name}/a.warc.gz"
    assert head["seen"] == "2026-05-04T08:00:00Z"


def test_what_changed_in_a_store_is_read_again(tmp_path, memory):
    store, name = memory
    store.pipe(f"{name}/b.jsonl", lines(3))
    run(tmp_path / "out", f"memory://{name}/*.jsonl", shard_size=2)
    progress, _ = run(tmp_path / "out", f"memory://{name}/*.jsonl")
    assert (progress.shards, progress.kept) == (0, 2)
    store.pipe(f"{name}/b.jsonl", lines(4))
    progress, said = run(tmp_path / "out", f"memory://{name}/*.jsonl")
    assert (progress.reports, progress.kept) == (2, 1)
    assert "changed since it was read" in said[0]


def test_a_store_that_is_not_known_is_said(tmp_path):
    with pytest.raises(ArchiveError, match="no address of a store"):
        run(tmp_path / "out", "nosuchstore://bucket/a.jsonl")


def test_an_object_store_over_its_protocol(tmp_path, monkeypatch):
    server = pytest.importorskip("moto.server", reason="moto is not installed: pip install 'moto[server]'")
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install s3fs")
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "for-this-test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    here = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    here.start()
    try:
        host, port = here.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        store = fsspec.filesystem("s3", skip_instance_cache=True)
        store.mkdir("news")
        store.pipe("news/2026/a.warc.gz", warc(("https://herald.example/ferry", PAGE)))
        store.pipe("news/2026/b.jsonl.gz", gzip.compress(lines(3)))
        progress, _ = run(tmp_path / "out", "s3://news/2026/*.gz", shard_size=2)
        assert (progress.reports, progress.quarantined) == (4, 0)
        progress, _ = run(tmp_path / "out", "s3://news/2026")
        assert (progress.shards, progress.kept) == (0, 3)
    finally:
        here.stop()
