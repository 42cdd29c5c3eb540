"""Whatever comes in, every parser gives what it should, or an error of ours, and comes to an end.

``--hypothesis-profile=deep`` tries fifty times as much.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportedly.errors import FetchError, IntakeError, Rejected, ReportedlyError
from reportedly.exchange import annotations_in, archive_lines, brat, brat_in, tabular
from reportedly.exchange.tables import TABLES
from reportedly.intake import (
    byline,
    credits,
    dates,
    doors,
    feed,
    jsonld,
    language,
    pace,
    safexml,
    sitemap,
    warc,
    web,
)
from reportedly.records import Report

from .mangling import in_time, mangled

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SENTENCE = "The harbour master of Port Selwyn said on Monday that no ferry would sail. "
REPORT = Report(id="r1", text=SENTENCE * 3, sha256="0" * 64)
LD = {
    "@context": "https://schema.org",
    "@graph": [
        {
            "@type": ["NewsArticle"], "@id": "#a", "headline": "Ferry",
            "datePublished": "2026-05-04T08:00:00+02:00", "author": [{"@id": "#p"}, "Ann Lee"],
            "publisher": {"name": "Gazette"},
            "articleBody": SENTENCE,
            "isAccessibleForFree": "False",
        },
        {"@type": "Person", "@id": "#p", "name": "Bo Ray"},
    ],
}  # fmt: skip
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Ferry | Gazette</title>'
    '<meta property="article:published_time" content="2026-05-04T08:00:00Z">'
    '<link rel="canonical" href="https://gazette.example/1">'
    f'<script type="application/ld+json">{json.dumps(LD)}</script></head><body><article><h1>Ferry</h1>'
    f'<p class="byline">By Ann Lee, May 4, 2026</p><time datetime="2026-05-04">4 May</time>'
    f"<p>{SENTENCE * 4}</p><table><tr><td>x</td></tr></table><ul><li>{SENTENCE}</ul></article></body></html>"
).encode()
TEXT = (
    f"Ferry stays\n\nPORT SELWYN (GPA) — {SENTENCE}\n\nBy Ann Lee\n4 May 2026, 10:00 BST\n\n{SENTENCE * 3}"
).encode()
ROW = {"id": 1, "title": "T", "date": 1770000000, "authors": ["Ann", {"name": "Bo"}], "text": SENTENCE}
ROWS = "".join(json.dumps(row) + "\n" for row in (ROW, ROW | {"source": {"name": "x"}})).encode()
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="urn:c" xml:base="/b"><channel>'
    "<title>G</title><item><guid>1</guid><title>T &eacute;</title><link>/1</link>"
    f"<pubDate>Mon, 04 May 2026 08:00:00 GMT</pubDate>"
    f"<author>a@b.example (Ann Lee)</author><content:encoded><![CDATA[<p>{SENTENCE * 20}</p>]]>"
    "</content:encoded></item></channel></rss>"
).encode()
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><entry><id>1</id><link href="/1"/>'
    f"<author><name>Ann</name></author><updated>2026-05-04T08:00:00Z</updated><summary>{SENTENCE}</summary></entry></feed>"
).encode()
MAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="urn:n"><url>'
    b"<loc>https://g.example/1</loc><news:news><news:publication><news:name>G</news:name></news:publication>"
    b"<news:publication_date>2026-05-04</news:publication_date><news:title>T</news:title></news:news></url></urlset>"
)
INDEX = b"<sitemapindex><sitemap><loc>https://g.example/map</loc></sitemap></sitemapindex>"
BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE)
RECORD = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://g.example/1\r\n"
    b"WARC-Date: 2024-05-05T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BLOCK) + BLOCK + b"\r\n\r\n"
)
MARKS = json.dumps(
    {
        "@context": "x", "type": "AnnotationCollection", "first": {"items": [
            {"id": "a1", "body": {"type": "reportedly:Attribution", "report": "r1", "attribution": "x",
             "stance": "deny"}, "target": {"source": "urn:reportedly:report:r1", "selector": [
                {"type": "TextPositionSelector", "start": 4, "end": 18},
                {"type": "TextQuoteSelector", "exact": "harbour master", "prefix": "The ",
                 "suffix": " of"}]}},
            {"target": {"selector": {"type": "RangeSelector", "startSelector": {"exact": "The"},
             "endSelector": {"exact": "sail"}}}},
        ]},
    }
).encode()  # fmt: skip
ANN = (
    b"T1\tContent 40 74\tthat no ferry would sail. \nT2\tSource 0 34\tThe harbour master of Port Selwyn\n"
    b"R1\tSaidBy Arg1:T1 Arg2:T2\nA1\tStance T1 deny\nA2\tFactuality T1 CTminus\n#1\tAnnotatorNotes T1\tx\n"
)
ARCHIVE = (
    b'{"kind":"desk","schema":"reportedly/desk/1"}\n'
    b'{"kind":"run","number":1,"started":"2026-05-04T08:00:00.000000Z","finished":null,"sources":["x"],'
    b'"version":"0.1.0","manifest":null}\n'
    b'{"kind":"decision","number":1,"decided":"2026-05-04T08:00:00.000000Z","who":"a","what":"hide",'
    b'"body":{"report":"r1"},"why":""}\n'
    b'{"kind":"settled","report":"r1","number":1}\n{"kind":"end","lines":5}\n'
)


def refused(url: str, **_: object) -> web.Fetched:
    raise FetchError(url[:10])


@SLOW
@given(
    mangled(PAGE, TEXT, ROWS, RSS, gzip.compress(PAGE)), st.sampled_from(["auto", "html", "text", "jsonl"])
)
def test_documents(data: bytes, kind: doors.Kind) -> None:
    with in_time(), suppress(IntakeError):
        for found in doors.take_in(data, kind=kind, max_bytes=100_000):
            assert isinstance(found, Report | Rejected)
            if isinstance(found, Report):
                assert found.text.strip()
                found.text.encode()


@SLOW
@given(
    mangled(PAGE, TEXT),
    st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-7", "hex", "idna", "x\x00y", "cp037"]),
)
def test_pages_in_any_declared_charset(data: bytes, charset: str) -> None:
    page = web.Fetched("https://g.example/1", data, "text/html", charset)
    with in_time(), suppress(IntakeError):
        doors.from_page(page)


@given(mangled(json.dumps(LD).encode()))
def test_linked_data(data: bytes) -> None:
    with in_time():
        node = jsonld.article([data.decode("utf-8", "replace")] * 2)
        for value in node.values():
            jsonld.names(value)
            jsonld.first(value)


@SLOW
@given(mangled(RSS, ATOM, MAP))
def test_feeds(data: bytes) -> None:
    with in_time(), suppress(IntakeError):
        found = feed.parse(data, "https://g.example/feed", max_bytes=100_000)
        for item in feed.items(found, "feed", refused):
            with suppress(ReportedlyError):
                item.report()


@SLOW
@given(mangled(MAP, INDEX, gzip.compress(MAP), RSS))
def test_sitemaps(data: bytes) -> None:
    with in_time():
        safexml.root_name(data[:500])
        for item in sitemap.items(data, "map", refused):
            with suppress(ReportedlyError):
                item.report()


@SLOW
@given(mangled(RECORD * 2, gzip.compress(RECORD) * 2, gzip.compress(RECORD * 2)))
def test_archives_of_the_web(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, in_time():
        path = Path(folder) / "a.warc"
        path.write_bytes(data)
        for item in warc.items(path, max_bytes=100_000):
            with suppress(ReportedlyError):
                item.report()


@given(
    mangled(gzip.compress(PAGE), zlib.compress(PAGE), b"5\r\nabcde\r\n0\r\n\r\n", PAGE),
    st.text(max_size=30) | st.just("chunked"),
    st.lists(st.sampled_from(["gzip", "x-gzip", "deflate", "br", "zstd", "identity", "?"]), max_size=5).map(
        ", ".join
    ),
)
def test_packed_bodies(data: bytes, transfer: str, codings: list[str]) -> None:
    with in_time(), suppress(IntakeError):
        assert len(warc.unpacked(data, transfer, ", ".join(codings), 5_000)) <= max(5_000, len(data))


DATES = (
    b"2026-05-04T08:00:00+02:00", b"Mon, 04 May 2026 08:00:00 GMT", b"4 May 2026, 10:00 BST", b"1770000000",
    b"May 4, 2026 at 5:07 p.m. EDT", b"By ANN LEE and Bo Ray, Staff Writers | Updated May 4, 2026",
    b"2026-13-45",
    b"(Reporting by Ann Lee in Port Selwyn; Editing by Bo Ray)", b"PORT SELWYN, May 4 (GPA) - ",
)  # fmt: skip


@given(mangled(*DATES), st.integers(1, 50))
def test_dates_bylines_and_credits(data: bytes, times: int) -> None:
    text = data.decode("utf-8", "replace") * times
    with in_time():
        dates.normal(text)
        dates.find(text)
        byline.read(text)
        byline.people(text)
        byline.is_name(text)
        credits.credits(text)
        language.detect(text)
        pace.retry_after(text)


@given(st.integers() | st.floats() | st.booleans() | st.none() | st.text())
def test_any_value_is_a_date_or_none(value: object) -> None:
    assert isinstance(dates.normal(value), str | None)


@given(mangled(ARCHIVE))
def test_archives_of_desks(data: bytes) -> None:
    with in_time(), suppress(ReportedlyError):
        for number, line, why in archive_lines.read(io.BytesIO(data), None):
            assert number >= 1
            assert (line is None) == bool(why)


@given(mangled(MARKS, MARKS.replace(b"}, {", b"}\n{")))
def test_annotations(data: bytes) -> None:
    with in_time(), suppress(ReportedlyError):
        for mark in annotations_in.read(io.BytesIO(data)):
            with suppress(ReportedlyError):
                mark.find(REPORT)


@given(mangled(ANN), st.sampled_from([REPORT.text, "", "x\u2028y"]))
def test_brat_files(data: bytes, text: str) -> None:
    with in_time(), suppress(ReportedlyError):
        brat.read(text, data.decode("utf-8", "replace"))


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("r1.txt", REPORT.text)
        archive.writestr("r1.ann", ANN)
        archive.writestr("index.jsonl", '{"file": "r1", "report": "r1"}\n')
    return out.getvalue()


@SLOW
@given(mangled(zipped()))
def test_brat_archives(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, in_time():
        path = Path(folder) / "a.zip"
        path.write_bytes(data)
        with suppress(ReportedlyError):
            for mark in brat_in.read(path):
                with suppress(ReportedlyError):
                    mark.find(REPORT)


@given(st.data())
def test_tables(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TABLES)))
    row = ",".join(["1"] * len(TABLES[name].names))
    seed = (",".join(TABLES[name].names) + "\r\n" + row + "\r\n").encode()
    with in_time(), suppress(ReportedlyError):
        list(tabular.read_csv(io.BytesIO(data.draw(mangled(seed))), TABLES[name]))
