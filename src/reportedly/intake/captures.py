"""What was captured with a page: the answer's headers, and the answer itself as a record of a WARC file.

WARC 1.1 is ISO 28500:2017. A body is kept as it was read, unpacked; how it was
packed on its way stands in headers that begin with ``X-Crawler-``, as in the
archives of Common Crawl.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from ..errors import IntakeError

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecordType

    from .web import Fetched

_MOST, _LONG = 100, 1_000  # headers that are kept, and characters of each
_SECRET = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authenticate"})
_BREAKS = re.compile(r"[\x00-\x1f\x7f]+")
_OF_TRANSPORT = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Capture:
    """What is known of how a page came.

    Attributes:
        url: the address that answered.
        at: when it did, ISO 8601 in UTC; ``None`` if unknown.
        status: the HTTP status.
        headers: the answer's headers (name, value) in their order; of cookies only the name.
        archive: the WARC file that holds the answer, if there is one.
        record: the ``WARC-Record-ID`` in it.
    """

    url: str
    at: str | None
    status: int | None
    headers: tuple[tuple[str, str], ...]
    archive: str | None = None
    record: str | None = None


def kept(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return headers within bounds, as text without control characters, and without secrets."""
    found: list[tuple[str, str]] = []
    for name, value in headers:
        if len(found) == _MOST:
            break
        shown = "(left out)" if name.lower() in _SECRET else _plain(value)[:_LONG]
        found.append((_plain(name)[:_LONG], shown))
    return tuple(found)


def instant(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class CaptureFolder:
    """Keeps every page that is fetched in a WARC file of its own run. Use it as a context manager.

    Args:
        folder: where the file is made, with the first page.

    Raises:
        IntakeError: there is no such folder and none can be made.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IntakeError(f"'{folder}' cannot be made: {error.strerror or error}") from error
        began = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        self._path = folder / f"reportedly-{began}-{os.getpid()}.warc.gz"
        self._file: IO[bytes] | None = None

    def __enter__(self) -> CaptureFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, page: Fetched) -> Fetched:
        """Write a page that was fetched, and return it with the name of its record.

        Raises:
            IntakeError: the file cannot be written; the page is then not taken in either.
        """
        if page.capture is None:
            return page
        name = f"urn:uuid:{uuid.uuid4()}"
        try:
            if self._file is None:
                self._file = self._path.open("ab")
                self._file.write(_about())
            self._file.write(_response(page, page.capture, name))
            self._file.flush()
        except OSError as error:
            raise IntakeError(f"'{self._path}' cannot be written: {error.strerror or error}") from error
        return replace(page, capture=replace(page.capture, archive=self._path.name, record=f"<{name}>"))


def _about() -> bytes:
    from fastwarc.warc import WarcRecordType

    from .. import __version__

    fields = f"software: reportedly/{__version__}\r\nformat: WARC File Format 1.1\r\n"
    headers = {"Content-Type": "application/warc-fields"}
    return _record(WarcRecordType.warcinfo, f"urn:uuid:{uuid.uuid4()}", headers, fields.encode())


def _response(page: Fetched, capture: Capture, name: str) -> bytes:
    from fastwarc.warc import WarcRecordType

    lines = [f"HTTP/1.1 {capture.status or 200} {'OK' if capture.status in (200, None) else ''}".rstrip()]
    for header, value in capture.headers:
        moved = header.lower() in _OF_TRANSPORT
        lines.append(f"{'X-Crawler-' if moved else ''}{header}: {value}")
    lines.append(f"Content-Length: {len(page.body)}")
    block = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + page.body
    headers = {
        "WARC-Target-URI": _plain(capture.url),
        "Content-Type": "application/http; msgtype=response",
        "WARC-Payload-Digest": f"sha256:{hashlib.sha256(page.body).hexdigest()}",
        "WARC-Block-Digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
    }
    if capture.at:
        headers["WARC-Date"] = capture.at
    return _record(WarcRecordType.response, name, headers, block)


def _record(kind: WarcRecordType, name: str, headers: dict[str, str], block: bytes) -> bytes:
    """Return a record, packed by itself, so that a file which breaks off can be read up to there."""
    from fastwarc.warc import WarcRecord

    record = WarcRecord()
    record.init_headers(record_type=kind, record_urn=name.removeprefix("urn:").encode())
    for header, value in headers.items():
        record.headers[header] = value
    record.set_bytes_content(block)
    stream = io.BytesIO()
    record.write(stream, checksum_data=False)
    return gzip.compress(stream.getvalue(), mtime=0)


def _plain(value: str) -> str:
    return _BREAKS.sub(" ", value).strip()
