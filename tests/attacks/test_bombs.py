"""What is small to send and huge to read is given up at a limit: of bytes, of depth, of one line."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import brotli
import pytest

from reportedly.errors import IntakeError, Rejected, ReportedlyError
from reportedly.exchange import annotations_in, archive_lines, brat_in
from reportedly.intake import batch, doors, feed, jsonld, safexml, sitemap
from reportedly.records import Report
from reportedly.settings import settings

from .bounds import bounded

SENTENCE = "The harbour master of Port Selwyn said on Monday that no ferry would sail. "
GZIP_OF_10_MB = gzip.compress(b"\0" * 10_000_000)


def outcome(action: Callable[[], object]) -> str:
    """Name what became of reading something: "report", or the error of ours."""
    try:
        found = action()
    except ReportedlyError as error:
        return type(error).__name__
    if isinstance(found, Rejected):
        return type(found.error).__name__
    return "report" if isinstance(found, Report) else "nothing"


def first(source: Path | bytes) -> object:
    return next(doors.take_in(source), None)


def all_items(path: Path) -> str:
    return " ".join(outcome(item.report) for item in batch.sources([str(path)]))


@pytest.mark.parametrize("name", ["a.txt.gz", "a.html.gz", "a.jsonl.gz"])
def test_a_packed_file_that_only_swells(name: str, tmp_path: Path) -> None:
    """Thirty members of gzip, each of ten million bytes, and no end of a line in them."""
    path = tmp_path / name
    path.write_bytes(GZIP_OF_10_MB * 30)
    assert bounded(partial(outcome, partial(first, path)), room=150_000_000) == "TooLarge"
    assert "TooLarge" in str(bounded(partial(all_items, path), room=150_000_000))


def test_an_archive_within_an_archive_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(gzip.compress(SENTENCE.encode())))
    assert outcome(partial(first, path)) == "NotText"


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip", "gzip, br, gzip, br"])
def test_packed_pages_in_an_archive_of_the_web(coding: str, tmp_path: Path) -> None:
    body = b"<p>" + b"\0" * 150_000_000
    for one in coding.split(", "):
        body = brotli.compress(body, quality=1) if one == "br" else (
            deflated(body) if one == "deflate" else gzip.compress(body, 1)
        )  # fmt: skip
    block = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %s\r\n\r\n" % coding.encode() + body
    )
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://g.example/\r\n"
        "WARC-Date: 2024-05-05T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    path = tmp_path / "a.warc"
    path.write_bytes(head.encode() + block + b"\r\n\r\n")
    del body, block
    assert bounded(partial(all_items, path), room=120_000_000) == "TooLarge"


def test_a_packed_record_that_only_swells(tmp_path: Path) -> None:
    """The record itself is a gzip member that unpacks to 300 million bytes, as its head says truly."""
    head = (
        b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: https://g.example/\r\n"
        b"WARC-Date: 2024-05-05T10:00:00Z\r\nContent-Type: text/html\r\nContent-Length: 300000000\r\n\r\n"
    )
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    data = packer.compress(head) + b"".join(packer.compress(b"\0" * 10_000_000) for _ in range(30))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data + packer.compress(b"\r\n\r\n") + packer.flush())
    assert "TooLarge" in str(bounded(partial(all_items, path), room=150_000_000))


def test_packed_sitemaps_and_feeds() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 200_000_000, 1)
    assert bounded(partial(outcome, partial(sitemap.parse, bomb)), room=250_000_000) == "TooLarge"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a report have a million bytes."""
    monkeypatch.setenv("REPORTEDLY_MAX_BYTES", "1000000")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("small")
def test_imports(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.jsonl.gz", "wb", 1) as file:
        file.write(b'{"kind":"desk","schema":"reportedly/desk/1"}\n')
        for _ in range(30):
            file.write(b" " * 10_000_000)

    def restored() -> list[str]:
        with gzip.open(tmp_path / "a.jsonl.gz") as stream:
            return [why for _, line, why in archive_lines.read(stream, None) if line is None]

    assert any("longer" in why for why in bounded(restored, room=150_000_000))  # type: ignore[attr-defined]
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("r1.ann", "T1\tContent 0 3\tThe\n")
        with archive.open("r1.txt", "w", force_zip64=True) as member:
            for _ in range(60):
                member.write(b"x" * 10_000_000)
    assert bounded(lambda: outcome(lambda: list(brat_in.read(tmp_path / "a.zip")))) == "ExchangeError"


# markup ---------------------------------------------------------------------------------------------

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">%s]><rss><channel><title>&z;</title></channel></rss>'
    % b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("b"), ord("z") + 1))
)
OUTSIDE = [
    b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd" [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><rss>'
    b"<channel><title>x</title></channel></rss>",
    b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
    b'<!doctype urlset [<!ENTITY x "y">]><urlset><url><loc>http://g.example/&x;</loc></url></urlset>',
    b"<!ENTITY x 'y'><rss><channel/></rss>",
    b"<!ELEMENT x ANY><rss><channel/></rss>",
    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY x "y">]><rss><channel/></rss>'.encode(
        "utf-16"
    ),
    b'<!-- --><?x?><!DOCTYPE rss [<!ENTITY x "y">]><rss><channel/></rss>',
]


@pytest.mark.parametrize("document", [LAUGHS, *OUTSIDE])
def test_xml_that_declares_entities_is_refused(document: bytes) -> None:
    for parse in (feed.parse, sitemap.parse):
        with pytest.raises(IntakeError, match="unsafe"):
            parse(document)


def test_a_document_type_elsewhere_and_inclusions_bring_nothing_in(tmp_path: Path) -> None:
    """What declares is taken away before the root; behind it, and as an inclusion, it means nothing."""
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    place = secret.as_uri()
    for document in (
        f'<!DOCTYPE rss SYSTEM "{place}"><rss><channel><title>a&amp;b</title></channel></rss>',
        '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><title>'
        f'<xi:include href="{place}" parse="text"/></title></channel></rss>',
        f'<rss><!DOCTYPE x [<!ENTITY x SYSTEM "{place}">]><channel><title>&x;</title></channel></rss>',
        f'<?xml-stylesheet href="{place}"?><rss><channel><title>x</title></channel></rss>',
    ):
        root = safexml.parse(document.encode())
        assert "hidden" not in "".join(root.itertext())


DEEP = 100_000
PARAGRAPHS = f"<p>{SENTENCE * 3}</p>" * 3
PAGES = {
    "div": "<div>" * DEEP + PARAGRAPHS,
    "div, closed": "<div>" * DEEP + PARAGRAPHS + "</div>" * DEEP,
    "b": f"<p>{SENTENCE * 3}" + "<b>" * DEEP,
    "table": "<table><tr><td>" * DEEP + PARAGRAPHS,
    "list": "<ul><li>" * DEEP + PARAGRAPHS,
    "font and a": "<a><font>" * DEEP + PARAGRAPHS,
    "quote": "<blockquote>" * DEEP + PARAGRAPHS,
    "svg": "<svg>" * DEEP + PARAGRAPHS,
    "attribute": f'<p title="{"x" * 9_000_000}">{SENTENCE * 3}</p>',
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(DEEP)) + f">{SENTENCE * 3}</p>",
    "attributes, quoted": "<p " + "".join(f"a{n}='>'" for n in range(DEEP)) + f">{SENTENCE * 3}</p>",
    "name": f"<{'x' * 5_000_000}>{PARAGRAPHS}",
    "comment": "<!--" * DEEP + PARAGRAPHS,
    "entities": "&lt;" * DEEP + PARAGRAPHS,
    "meta": '<meta name="author" content="By Ann Lee">' * 50_000 + PARAGRAPHS,
    "links": '<p><a href="/x">x</a></p>' * 50_000 + PARAGRAPHS,
    "linked data": f'<script type="application/ld+json">{"[" * DEEP}</script>' + PARAGRAPHS,
    "breaks": "<br>" * DEEP + PARAGRAPHS,
    "spaces": f"<p>{' ' * 3_000_000}{SENTENCE * 3}</p>",
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_are_deep_or_wide(name: str) -> None:
    page = f"<html><body><article>{PAGES[name]}</article></body></html>"
    found = bounded(lambda: outcome(lambda: doors.from_html(page)), room=2_000_000_000)
    assert found in ("report", "NoArticle")


def test_feeds_and_sitemaps_that_are_deep_or_wide() -> None:
    for inside in (
        "<x>" * DEEP,
        f'<x y="{"z" * 9_000_000}"/>',
        "<x " + "y='1' " * DEEP + "/>",
        "<item/>" * DEEP,
    ):
        for root, parse in (("rss", feed.parse), ("urlset", sitemap.parse)):
            found = bounded(
                partial(outcome, partial(parse, f"<{root}>{inside}".encode())), room=2_000_000_000
            )
            assert found in ("nothing", "IntakeError")


def test_json_that_is_deep() -> None:
    deep = "[" * DEEP + "]" * DEEP
    row = f'{{"text": "{SENTENCE}", "x": {deep}}}\n'.encode()
    found = bounded(lambda: [type(one).__name__ for one in doors.take_in(row * 2, kind="jsonl")])
    assert found in (["Rejected"] * 2, ["Report"] * 2)
    assert bounded(lambda: jsonld.article([deep, '{"a":' * DEEP])) == {}
    marks = bounded(lambda: outcome(lambda: list(annotations_in.read(io.BytesIO(b'{"items":[' * DEEP)))))
    assert marks == "ExchangeError"
    lines = b'{"kind":"desk","schema":"reportedly/desk/1"}\n' + b'{"kind":' * DEEP + b"\n"
    found = bounded(lambda: [w for _, line, w in archive_lines.read(io.BytesIO(lines), None) if line is None])
    assert len(found) == 2  # type: ignore[arg-type]  # that line, and that there is no last one
    assert json.dumps(found)
