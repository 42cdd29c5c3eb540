"""Archives of the web: the pages in a WARC file (ISO 28500), packed or not.

FastWARC (Bevendorff et al.) reads the records. Lengths that lie, damage and
truncation are found here: what is damaged gives an item that says so, and the
reading goes on at the next record that can be found.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from ..errors import IntakeError, TooLarge
from ..records import Report
from .build import Overrides
from .captures import Capture, instant, kept
from .doors import from_page, sniffed
from .item import Item, bad, given, printable
from .text import MAX_BYTES, size
from .web import Fetched

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

_MAX_BREAKS = 1_000
_VAST = 2_000_000_000  # bytes of a packed record that are not unpacked to be passed over
_CHUNK = 1 << 16
_MAX_HEAD = 1 << 15
_MAX_CODINGS = 4
_GZIP = b"\x1f\x8b\x08"
_PACKED_START = re.compile(rb"(?=\x1f\x8b\x08)")
_CHUNK_HEAD = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]{0,8}(?:;[^\r\n]{0,200})?\r\n")
_START = re.compile(rb"(?:^|\n)(?=WARC/1\.[01]\r?\n)")
_WITHIN = re.compile(rb"\r\n\r\nWARC/1\.[01]\r\n[A-Za-z-]{1,40}:")
_PAGES = re.compile(r"^(?:text/(?:html|plain)|application/xhtml\+xml)$")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:\-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _How:
    overrides: Overrides | None
    max_bytes: int


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's item, where its record begins, and how long the record says that its block is."""

    item: Item
    offset: int
    length: int


class _Damaged(Exception):
    """A record that does not hold what it says."""


class _Window:
    """A file from ``start`` on, as if it began there; FastWARC counts its offsets from the beginning."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        self._file, self._start = file, start
        file.seek(start)

    def read(self, length: int = -1) -> bytes:
        return self._file.read(length)

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset + (self._start if whence == 0 else 0), whence) - self._start

    def close(self) -> None:
        """Leave the file open: it goes on to be read."""


def items(
    path: Path,
    *,
    overrides: Overrides | None = None,
    max_bytes: int = MAX_BYTES,
    at: Callable[[int], None] | None = None,
) -> Iterator[Item]:
    """Give one item for every page of an archive, in its order.

    Pages are the responses with status 200 that are HTML or plain text, and such
    resource and conversion records. ``seen`` is the record's date; the SHA-256 is
    that of the body as the archive keeps it. ``max_bytes`` bounds a body, as kept
    and unpacked. ``at`` is told how many bytes of the file have been read.
    """
    name = printable(str(path))
    how = _How(overrides, max_bytes)
    try:
        with path.open("rb") as file:
            yield from _sections(file, name, how, at)
    except OSError as error:
        yield bad(name, IntakeError(f"{name} cannot be read: {error.strerror or error}"))


def _sections(file: IO[bytes], name: str, how: _How, at: Callable[[int], None] | None) -> Iterator[Item]:
    """Read section after section: each begins where the one before it broke off."""
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    packed = file.read(len(_GZIP)) == _GZIP
    archive = _Archive(file, length, packed, name, how, at)
    start, effort = 0, 0
    for _ in range(_MAX_BREAKS):
        broken = yield from archive.section(start)
        effort += file.tell() - start
        if broken is None:
            return
        following = archive.next_start(broken)
        if following is None:
            return
        start = following
        if effort > 4 * length + (1 << 26):  # a file that has itself read again and again
            break
    yield bad(
        f"{name}@{start}", IntakeError("the archive is damaged in too many places; the rest is left out")
    )


@dataclass(slots=True)
class _Archive:
    """An open archive of ``length`` bytes."""

    file: IO[bytes]
    length: int
    packed: bool
    name: str
    how: _How
    at: Callable[[int], None] | None

    def section(self, start: int) -> Generator[Item, None, int | None]:
        """Read records from ``start`` on; return from where to seek the next one, if there is damage.

        An item is held back until the record after it could be read, because only
        that shows that its length is right.
        """
        from fastwarc.warc import ArchiveIterator

        records = iter(ArchiveIterator(cast("IO[bytes]", _Window(self.file, start)), parse_http=False))
        held: _Page | None = None
        passed: tuple[int, int] | None = None
        last, repeats = -1, 0
        while True:
            try:
                record = next(records, None)
            except Exception as error:  # FastWARC raises OSError; nothing that it may raise ends the intake
                return (yield from self._after(held, max(last, start), error))
            if held is not None:
                yield held.item
                held = None
            if self.at is not None:
                self.at(min(self.file.tell(), self.length))
            if record is None:
                if self._has_left_over(start, passed):
                    message = "what stands here is no whole record: the archive is cut short or damaged"
                    yield bad(f"{self.name}@{max(last, start)}+", IntakeError(message))
                return None
            offset = start + record.stream_pos
            repeats = repeats + 1 if offset == last else 0  # several records packed as one
            last = offset
            passed = (offset, record.content_length)
            where = f"{self.name}@{offset}" + (f".{repeats}" if repeats else "")
            try:
                held = self._page(record, offset, where)
            except _Damaged as damage:
                yield bad(where, IntakeError(str(damage)), _date(record))
                return offset + 1
            except Exception as error:
                yield bad(where, IntakeError(f"this record is damaged: {_words(error)}"))
                return offset + 1

    def _after(self, held: _Page | None, last: int, error: Exception) -> Generator[Item, None, int]:
        """Give what is right before a damaged place, and say that there is one."""
        end = self._sound_end(held.offset, held.length) if held is not None else None
        if held is not None and end is not None:
            yield held.item
            last = end
        elif held is not None:
            message = "this record does not end where it says, so its length is wrong or it is damaged"
            yield bad(held.item.locator, IntakeError(message), held.item.seen)
            return last + 1
        message = (
            f"the archive is damaged here ({_words(error)}); reading goes on at the next record there is"
        )
        yield bad(f"{self.name}@{last}", IntakeError(message))
        return last + 1

    def _page(self, record: WarcRecord, offset: int, where: str) -> _Page | None:
        """Read a record that is a page; pass over any other. Raises :class:`_Damaged`."""
        length = record.content_length
        if not (record.headers.get("WARC-Type") and record.headers.get("Content-Length")):
            raise _Damaged("the head of this record is cut short or damaged")
        if not self.packed and length > self.length - offset:
            raise _Damaged(
                f"this record says that it has {length:,} bytes, which is more than the file has left"
            )
        if self.packed and length > _VAST:
            raise _Damaged(f"this record says that it has {length:,} bytes, which is not unpacked")
        kind, stated = _sort(record)
        if kind is None:
            _pass_over(record, record.content_length)
            return None
        body = _read(record.reader, self.how.max_bytes + 1)
        _pass_over(record, record.content_length - len(body))
        if kind == "" and sniffed(body) != "html":
            return None
        if _WITHIN.search(body):
            raise _Damaged("another record stands within this one, so its stated length is wrong")
        seen = _date(record)
        if len(body) > self.how.max_bytes:
            error = TooLarge(f"the page has more than the limit of {size(self.how.max_bytes)}")
            return _Page(bad(where, error, seen), offset, length)
        headers = record.http_headers if record.is_http else None
        charset = _CHARSET.search(stated)
        url = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>")
        make = partial(
            _report,
            transfer=(headers.get("Transfer-Encoding") or "") if headers else "",
            content=(headers.get("Content-Encoding") or "") if headers else "",
            cut=record.headers.get("WARC-Truncated") is not None,
            how=self.how,
        )
        fetched = Fetched(
            printable(url),
            body,
            kind,
            charset[1] if charset else None,
            capture=_capture(record, url, self.name),
        )
        return _Page(Item(where, seen, given(fetched), make), offset, length)

    def _has_left_over(self, start: int, passed: tuple[int, int] | None) -> bool:
        """Tell whether more than blank bytes stand after the last record that was ``passed``."""
        end: int | None = start
        if passed is not None:
            end = self._sound_end(*passed) if passed[1] <= self.how.max_bytes else None
        if end is None:  # it ends in a way of its own, without the blank lines or packed with others
            return False
        self.file.seek(end)
        return bool(self.file.read(_CHUNK).strip(b"\r\n\0 "))

    def _sound_end(self, offset: int, length: int) -> int | None:
        """Return where a record ends in the file, if it ends as its length says; else ``None``."""
        self.file.seek(offset)
        if not self.packed:
            data = self.file.read(_MAX_HEAD + length + 4)
            head = data.find(b"\r\n\r\n", 0, _MAX_HEAD) + 4
            end = head + length
            return offset + end + 4 if head > 3 and data[end : end + 4] == b"\r\n\r\n" else None
        unpack = zlib.decompressobj(31)
        data, most = b"", _MAX_HEAD + length + 4
        try:
            while not unpack.eof and len(data) <= most and (raw := self.file.read(_CHUNK)):
                data += unpack.decompress(raw, most + 1 - len(data))
        except zlib.error:
            return None
        end = data.find(b"\r\n\r\n", 0, _MAX_HEAD) + 4 + length
        if not unpack.eof or data[end:] != b"\r\n\r\n":
            return None
        return self.file.tell() - len(unpack.unused_data)

    def next_start(self, offset: int) -> int | None:
        """Return where the next record begins at ``offset`` or after it, ``None`` if there is none."""
        overlap = 16
        self.file.seek(offset)
        before, at = b"", offset
        while chunk := self.file.read(_CHUNK):
            data = before + chunk
            base = at - len(before)
            for found in (_PACKED_START if self.packed else _START).finditer(data):
                place = base + found.end()
                if not self.packed or self._is_packed_record(place):
                    return place
            at += len(chunk)
            self.file.seek(at)
            before = data[-overlap:]
        return None

    def _is_packed_record(self, place: int) -> bool:
        self.file.seek(place)
        try:
            return zlib.decompressobj(31).decompress(self.file.read(4_096), 16).startswith(b"WARC/")
        except zlib.error:
            return False


def _sort(record: WarcRecord) -> tuple[str | None, str]:
    """Return the type of a page (``""`` if unstated) and its whole type header; ``None`` for no page."""
    from fastwarc.warc import WarcRecordType

    if record.record_type == WarcRecordType.response and record.is_http:
        record.parse_http(strict_mode=False)
        if record.http_headers is None or record.http_headers.status_code != 200:
            return None, ""
        stated = record.http_headers.get("Content-Type") or ""
    elif record.record_type in (WarcRecordType.resource, WarcRecordType.conversion):
        stated = record.headers.get("Content-Type") or "?"
    else:
        return None, ""
    kind = stated.partition(";")[0].strip().lower()
    return (kind if not kind or _PAGES.match(kind) else None), stated


def _read(reader: Any, length: int) -> bytes:
    parts, left = [], length
    while left > 0 and (piece := reader.read(min(left, 1 << 20))):
        parts.append(piece)
        left -= len(piece)
    return b"".join(parts)


def _pass_over(record: WarcRecord, length: int) -> None:
    if length > 0 and record.reader.consume() < length:
        raise _Damaged("the file ends within this record, or the record's stated length is wrong")


def _capture(record: WarcRecord, url: str, archive: str) -> Capture:
    """Return what a record says of how its page came."""
    seen, http = _date(record), record.http_headers if record.is_http else None
    return Capture(
        printable(url),
        instant(seen) if seen else None,
        http.status_code if http else None,
        kept((printable(k), printable(v)) for k, v in http.items()) if http else (),
        archive,
        printable(record.headers.get("WARC-Record-ID") or "") or None,
    )


def _date(record: WarcRecord) -> datetime | None:
    try:
        found = record.record_date
    except Exception:  # a date that cannot be read
        return None
    if not isinstance(found, datetime):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _words(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


def _report(page: Fetched, transfer: str, content: str, cut: bool, how: _How) -> Report:
    body = unpacked(page.body, transfer, content, how.max_bytes)
    found = from_page(
        Fetched(page.url, body, page.content_type or "text/html", page.charset),
        overrides=how.overrides,
        max_bytes=how.max_bytes,
    )
    if not cut:
        return found
    import msgspec

    return msgspec.structs.replace(
        found, warnings=(*found.warnings, "the archive keeps only a part of this page")
    )


def unpacked(body: bytes, transfer: str, content: str, max_bytes: int) -> bytes:
    """Undo a response's ``Transfer-Encoding`` and ``Content-Encoding``, up to the limit.

    A body that is HTML already is returned as it is: many archives keep the
    headers of a body that they have unpacked.

    Raises:
        TooLarge: it unpacks to more than ``max_bytes``.
        IntakeError: it is packed in an unknown way, or damaged.
    """
    codings = [c.strip().lower() for c in content.split(",") if c.strip()][:_MAX_CODINGS]
    steps = (["chunked"] if "chunked" in transfer.lower() else []) + codings[::-1]
    for coding in steps:
        if coding == "identity" or sniffed(body[:4_096]) == "html":
            continue
        try:
            body = _step(body, coding, max_bytes + 1)
        except (OSError, zlib.error, ValueError) as error:
            raise IntakeError(f"the page is packed ({coding[:20]}) and damaged: {_words(error)}") from error
        if len(body) > max_bytes:
            raise TooLarge(f"the page unpacks to more than the limit of {size(max_bytes)}")
    return body


def _step(body: bytes, coding: str, most: int) -> bytes:
    from fastwarc.stream_io import BrotliReader, ChunkedReader, GzipReader, ZstdReader

    stream = io.BytesIO(body)
    if coding == "chunked":
        return _read(ChunkedReader(stream), most) if _CHUNK_HEAD.match(body) else body
    if coding in ("gzip", "x-gzip"):
        return _read(GzipReader(stream), most) if body.startswith(b"\x1f\x8b") else body
    if coding == "deflate":  # with zlib's header, as the standard says, or without it, as some send it
        wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
        return zlib.decompressobj(15 if wrapped else -15).decompress(body, most)
    if coding == "br":
        return _read(BrotliReader(stream), most)
    if coding == "zstd":
        return _read(ZstdReader(stream), most)
    raise IntakeError(f"the page is packed in an unknown way ({coding[:20]})")
