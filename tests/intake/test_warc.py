from __future__ import annotations

import gzip
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.errors import IntakeError, ReportedlyError, TooLarge
from reportedly.intake import warc
from reportedly.intake.item import Item

SENTENCE = (
    "The harbour master of Port Selwyn said on Monday that no ferry would sail until the storm had passed. "
)


def page(number: int = 0) -> bytes:
    return (
        f"<html><body><article><h1>Story {number}</h1><p>{SENTENCE * 3}</p></article></body></html>".encode()
    )


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def record(block: bytes, number: int = 0, *, length: int | None = None, kind: str = "response") -> bytes:
    content = "application/http; msgtype=response" if kind == "response" else "text/html"
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: https://gazette.example/{number}",
        "WARC-Date: 2024-05-05T10:00:00Z",
        f"Content-Type: {content}",
        f"Content-Length: {len(block) if length is None else length}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def read(tmp_path: Path, data: bytes, **options: int) -> list[Item]:
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    return list(warc.items(path, **options))


def said(item: Item) -> str:
    """The address of a report, or why there is none."""
    try:
        return (item.report().url or "none")[-1]
    except ReportedlyError as error:
        return str(error)


@pytest.mark.parametrize("packed", [False, True])
def test_pages_in_order(tmp_path: Path, packed: bool) -> None:
    pack = gzip.compress if packed else bytes
    records = [
        record(b"software: x", kind="warcinfo"),
        record(http(page(1)), 1),
        record(http(b"", status="404 Not Found"), 2),
        record(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nxyz", 3),
        record(page(4), 4, kind="resource"),
        record(http(page(5)), 5),
    ]
    items = read(tmp_path, b"".join(pack(r) for r in records))
    assert [said(item) for item in items] == ["1", "4", "5"]
    offset = len(pack(records[0]))
    assert items[0].locator == f"{tmp_path}/a.warc@{offset}"
    assert items[0].seen == datetime(2024, 5, 5, 10, tzinfo=UTC)
    assert items[0].report().text == (SENTENCE * 3).strip()
    assert [item.sha256 for item in items] == [
        item.sha256 for item in read(tmp_path, b"".join(map(pack, records)))
    ]


def test_several_records_packed_as_one_have_their_own_names(tmp_path: Path) -> None:
    items = read(tmp_path, gzip.compress(b"".join(record(http(page(n)), n) for n in range(4))))
    assert [said(item) for item in items] == ["0", "1", "2", "3"]
    assert len({item.locator for item in items}) == 4


def test_codings(tmp_path: Path) -> None:
    whole = page(1)
    half = len(whole) // 2
    pieces = [whole[:half], whole[half:], b""]
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)
    raw = zlib.compressobj(wbits=-15)
    blocks = [
        http(chunked, "Transfer-Encoding: chunked"),
        http(gzip.compress(whole), "Content-Encoding: gzip"),
        http(brotli.compress(whole), "Content-Encoding: br"),
        http(zlib.compress(whole), "Content-Encoding: deflate"),
        http(raw.compress(whole) + raw.flush(), "Content-Encoding: deflate"),
        http(whole, "Content-Encoding: br", "Transfer-Encoding: chunked"),  # unpacked, with the old header
    ]
    items = read(tmp_path, b"".join(record(b, 1) for b in blocks))
    assert [said(item) for item in items] == ["1"] * len(blocks)


def test_bombs_and_damage_in_a_body(tmp_path: Path) -> None:
    zeros = b"\0" * 5_000_000
    blocks = [
        http(gzip.compress(zeros), "Content-Encoding: gzip"),
        http(brotli.compress(zeros, quality=1), "Content-Encoding: br"),
        http(zlib.compress(zeros), "Content-Encoding: deflate"),
        http(gzip.compress(gzip.compress(zeros)), "Content-Encoding: gzip, gzip"),
        http(b"\x1f\x8b\x08 damaged", "Content-Encoding: gzip"),
        http(b"xx", "Content-Encoding: lzma"),
        http(page(7)),
    ]
    items = read(tmp_path, b"".join(record(b, n) for n, b in enumerate(blocks)), max_bytes=1_000_000)
    for item in items[:4]:
        with pytest.raises(TooLarge):
            item.report()
    assert "damaged" in said(items[4])
    assert "unknown way" in said(items[5])
    assert len(said(items[6])) == 1
    (big, after) = read(tmp_path, record(http(page() * 100)) + record(http(page()), 2), max_bytes=2_000)
    assert "limit" in said(big)
    assert said(after) == "2"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("off", [-40, 7, 60, 100_000, 2**70])
def test_a_lying_length_spoils_one_record(tmp_path: Path, packed: bool, off: int) -> None:
    pack = gzip.compress if packed else bytes
    block = http(page(1))
    liar = record(block, 1, length=len(block) + off)
    records = [record(http(page(0))), liar, record(http(page(2)), 2), record(http(page(3)), 3)]
    items = read(tmp_path, b"".join(pack(r) for r in records))
    found = [said(item) for item in items]
    assert found[0] == "0"
    assert found[-2:] == ["2", "3"]
    assert all("record" in reason or "damaged" in reason for reason in found[1:-2])
    assert len(found) >= 4
    assert items[1].locator.endswith(f"@{len(pack(records[0]))}")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_cut_short(tmp_path: Path, packed: bool) -> None:
    pack = gzip.compress if packed else bytes
    whole = pack(record(http(page(0)))) + pack(record(http(page(1)), 1))
    first, second = read(tmp_path, whole[:-60])
    assert said(first) == "0"
    assert "ends within" in said(second) or "damaged" in said(second)


@pytest.mark.parametrize("packed", [False, True])
def test_reading_goes_on_after_damage(tmp_path: Path, packed: bool) -> None:
    pack = gzip.compress if packed else bytes
    one, two, three = (pack(record(http(page(n)), n)) for n in range(3))
    found = [said(item) for item in read(tmp_path, one + two[:50] + b"\0garbage\n" + three)]
    assert (found[0], found[-1]) == ("0", "2")
    assert len(found) == 3
    assert [said(item)[:30] for item in read(tmp_path, b"no archive\n" * 9)] == [
        "the archive is damaged here (I"
    ]
    assert read(tmp_path, b"") == []
    (garbage,) = read(tmp_path, b"\x1f\x8b\x08" * 99)
    assert "no whole record" in said(garbage)
    whole, cut = read(tmp_path, one + three[:40])
    assert said(whole) == "0"
    assert "record" in said(cut)
    (missing,) = warc.items(tmp_path / "none.warc")
    assert "No such file" in said(missing)


def test_an_unpacked_body_is_bounded() -> None:
    with pytest.raises(IntakeError):
        warc.unpacked(b"3\r\nab", "chunked", "", 100)
    assert warc.unpacked(b"plain", "chunked", "identity", 100) == b"plain"


GOOD = record(http(page(1)), 1)


@settings(max_examples=50, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.just(b"")),
    st.integers(0, len(GOOD)),
    st.binary(max_size=20),
    st.booleans(),
)
def test_no_bytes_break_it(noise: bytes, cut: int, patch: bytes, packed: bool) -> None:
    hurt = GOOD[:cut] + patch + GOOD[cut + len(patch) :]
    data = gzip.compress(hurt) + noise + gzip.compress(GOOD) if packed else noise + hurt + GOOD
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        file.write(data)
        file.flush()
        items = list(warc.items(Path(file.name)))
    assert len({item.locator for item in items}) == len(items)
    for item in items:
        assert "\n" not in said(item)
