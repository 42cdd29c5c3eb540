"""The doors: whatever comes, by file, address, standard input or bytes, is sorted and taken in."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal, cast

from ..errors import IntakeError, Rejected, TooLarge
from ..records import Report
from . import html, text, web
from .build import Known, Overrides, headline, report, signature
from .jsonl import from_lines
from .text import MAX_BYTES
from .web import Fetched, Fetching

Kind = Literal["auto", "text", "html", "jsonl"]

_HTML_HEAD = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}"
    rb"<(?:!doctype\s+html|html|head|body|meta|article|div|p|h1|section|main)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON_HEAD = re.compile(rb"^(?:\xef\xbb\xbf)?\s*\{\s*\"")
SUFFIXES: dict[str, Kind] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jl": "jsonl",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".txt": "text", ".text": "text", ".md": "text",
}  # fmt: skip
_PEEK = 4096


def take_in(
    source: str | Path | bytes,
    *,
    kind: Kind = "auto",
    overrides: Overrides | None = None,
    fetching: Fetching | None = None,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Report | Rejected]:
    """Take in a document or a file of them.

    ``source`` is a path, an http(s) address, ``"-"`` for standard input, or the
    bytes themselves. A path that ends in ``.gz`` is unpacked. JSON lines give
    many reports, and a :class:`Rejected` for each line that is none, so that
    one bad line does not stop the others; anything else gives one report.
    ``max_bytes`` is the limit for one report.

    Raises (at the call, not on iterating):
        IntakeError: one of its kinds says what is wrong: no such file, EmptyReport,
            NotText, TooLarge, NoArticle, FetchError.
    """
    if isinstance(source, bytes):
        return _from_stream(io.BytesIO(source), "bytes", kind, None, overrides, max_bytes)
    if isinstance(source, str):
        if source == "-":
            return _from_stream(sys.stdin.buffer, "standard input", kind, None, overrides, max_bytes)
        if re.match(r"https?://", source, re.IGNORECASE):
            return _from_web(source, kind, overrides, fetching, max_bytes)
    return _from_path(Path(source), kind, overrides, max_bytes)


def from_text(
    content: str | bytes, *, overrides: Overrides | None = None, max_bytes: int = MAX_BYTES
) -> Report:
    """Build a report from plain text.

    A string is kept exactly; bytes are decoded first. A first line that looks
    like a headline is the title, and also stays in the text.

    Raises:
        EmptyReport, NotText, TooLarge: there is nothing that can be read.
    """
    warnings: tuple[str, ...] = ()
    if isinstance(content, bytes):
        decoded = text.decode(content, max_bytes=max_bytes)
        content, warnings = decoded.text, decoded.warnings
    else:
        text.check_size(len(content.encode("utf-8", errors="surrogatepass")), max_bytes)
        text.check_text(content)
    signed = signature(content)
    known = Known(
        title=headline(content), authors=signed.authors, published=signed.published, updated=signed.updated
    )
    return report(content, known, overrides, warnings)


def from_html(
    page: str | bytes,
    url: str | None = None,
    *,
    charset: str | None = None,
    overrides: Overrides | None = None,
    max_bytes: int = MAX_BYTES,
) -> Report:
    """Build a report from an HTML page: the article's paragraphs, parted by a blank line.

    ``charset`` is the one that the HTTP header declares, if any.

    Raises:
        NoArticle: there is no article in the page.
        EmptyReport, NotText, TooLarge: there is nothing that can be read.
    """
    warnings: tuple[str, ...] = ()
    if isinstance(page, bytes):
        decoded = text.decode(page, charset=charset or text.declared_charset(page), max_bytes=max_bytes)
        page, warnings = decoded.text, decoded.warnings
    else:
        text.check_size(len(page.encode("utf-8", errors="surrogatepass")), max_bytes)
        text.check_text(page)
    found = html.article(page, url or (overrides.url if overrides else None))
    about = found.meta
    known = Known(
        url=about.url,
        title=about.title,
        outlet=about.outlet,
        authors=about.authors,
        published=about.published,
        updated=about.updated,
        language=about.language,
    )
    return report(found.text, known, overrides, (*warnings, *found.warnings))


def _from_path(
    path: Path, kind: Kind, overrides: Overrides | None, max_bytes: int
) -> Iterator[Report | Rejected]:
    try:
        stream = opened(path)
    except (OSError, ValueError) as error:
        raise IntakeError(unreadable(path, error)) from error
    suffix = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    return _from_stream(stream, path.name, kind, SUFFIXES.get(suffix), overrides, max_bytes)


def opened(path: Path) -> IO[bytes]:
    """Open a file for its bytes, unpacked where its name ends in ``.gz``."""
    stream = path.open("rb")
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if path.suffix == ".gz" else stream


def unreadable(path: Path, error: Exception) -> str:
    """Say in one line why a file cannot be read."""
    name = str(path)
    name = name if len(name) <= 120 else name[:117] + "..."
    if isinstance(error, FileNotFoundError):
        return f"{name!r}: there is no such file"
    if isinstance(error, IsADirectoryError):
        return f"{name!r} is a directory, not a file"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{name!r} cannot be read: {reason}"


def _from_web(
    url: str, kind: Kind, overrides: Overrides | None, fetching: Fetching | None, max_bytes: int
) -> Iterator[Report | Rejected]:
    page = web.fetch(url, fetching, max_bytes=max_bytes)
    if (kind_of(page) if kind == "auto" else kind) == "jsonl":
        return from_lines(io.BytesIO(page.body), url, overrides=_many(overrides), max_bytes=max_bytes)
    return iter((from_page(page, kind=kind, overrides=overrides, max_bytes=max_bytes),))


def kind_of(page: Fetched) -> Kind:
    """Tell what a fetched page is, by the type that its header states or else by how it begins."""
    by_type: dict[str, Kind] = {
        "text/html": "html", "application/xhtml+xml": "html", "text/plain": "text",
        "application/x-ndjson": "jsonl", "application/jsonl": "jsonl",
    }  # fmt: skip
    return by_type.get(page.content_type) or sniffed(page.body)


def from_page(
    page: Fetched, *, kind: Kind = "auto", overrides: Overrides | None = None, max_bytes: int = MAX_BYTES
) -> Report:
    """Build a report from a page that was fetched, or that an archive of the web keeps.

    Raises:
        NoArticle, EmptyReport, NotText, TooLarge: there is nothing that can be read.
        IntakeError: it is JSON lines, which hold many reports.
    """
    sort = kind_of(page) if kind == "auto" else kind
    if sort == "jsonl":
        raise IntakeError("this page holds many reports, as JSON lines; take it in by its own address")
    if sort == "html":
        return from_html(page.body, page.url, charset=page.charset, overrides=overrides, max_bytes=max_bytes)
    decoded = text.decode(page.body, charset=page.charset, max_bytes=max_bytes)
    over = overrides or Overrides()
    with_url = Overrides(over.outlet, over.published, over.title, over.url or page.url, over.id)
    return _plain(decoded, with_url, max_bytes)


def _plain(decoded: text.Decoded, overrides: Overrides | None, max_bytes: int) -> Report:
    found = from_text(decoded.text, overrides=overrides, max_bytes=max_bytes)
    if not decoded.warnings:
        return found
    import msgspec

    return msgspec.structs.replace(found, warnings=(*decoded.warnings, *found.warnings))


def _from_stream(
    stream: IO[bytes], where: str, kind: Kind, hint: Kind | None, overrides: Overrides | None, max_bytes: int
) -> Iterator[Report | Rejected]:
    """Sort a stream by ``kind``, by what its name hints at, or by how it begins; JSON lines stay a stream."""
    try:
        if kind == "auto" and hint is None:
            buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_raw(stream))
            stream = buffered
            hint = sniffed(buffered.peek(_PEEK))
        sort = hint if kind == "auto" else kind
        if sort == "jsonl":
            return _closing(
                stream, from_lines(stream, where, overrides=_many(overrides), max_bytes=max_bytes)
            )
        with stream:
            data = stream.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise IntakeError(unreadable(Path(where), error)) from error
    if len(data) > max_bytes:
        raise TooLarge(f"the report is over the limit of {text.size(max_bytes)}")
    if sort == "html":
        return iter((from_html(data, overrides=overrides, max_bytes=max_bytes),))
    return iter((from_text(data, overrides=overrides, max_bytes=max_bytes),))


def _raw(stream: IO[bytes]) -> io.RawIOBase:
    """BytesIO and GzipFile have what a buffer reads from, like a raw stream."""
    return cast("io.RawIOBase", stream)


def _closing(stream: IO[bytes], rows: Iterator[Report | Rejected]) -> Iterator[Report | Rejected]:
    with stream:
        yield from rows


def _many(overrides: Overrides | None) -> Overrides | None:
    """Overrides for many reports; raises :class:`IntakeError` for those that can only be one report's."""
    if overrides is not None and (overrides.id or overrides.title or overrides.url):
        raise IntakeError("an id, a title or a URL can be set for a single report only, not for JSON lines")
    return overrides


def sniffed(head: bytes) -> Kind:
    """Tell HTML and JSON lines from plain text by how they begin."""
    if _HTML_HEAD.match(head[:_PEEK]):
        return "html"
    if _JSON_HEAD.match(head[:_PEEK]):
        return "jsonl"
    return "text"
