"""Intake at volume: folders, patterns, lists of addresses, JSON lines, feeds, sitemaps, archives of the web.

Everything is read as it is asked for, in the same order in every run.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from glob import iglob
from pathlib import Path
from typing import IO, Literal, cast

from ..errors import IntakeError, Rejected, ReportedlyError, TooLarge
from ..records import Report
from . import doors, feed, folders, safexml, sitemap, warc
from .build import Overrides
from .item import Item, bad, document, given, printable
from .jsonl import from_lines
from .lines import numbered
from .pace import Pace
from .text import MAX_BYTES, size
from .web import Fetch, Fetched, Fetching, fetcher

Sort = Literal["text", "html", "jsonl", "warc", "feed", "sitemap", "urls", "xml"]

SUFFIXES: dict[str, Sort] = {
    **cast("dict[str, Sort]", doors.SUFFIXES),
    ".warc": "warc", ".wet": "warc", ".rss": "feed", ".atom": "feed", ".rdf": "feed",
    ".xml": "xml", ".urls": "urls",
}  # fmt: skip
_IN_FOLDERS = frozenset({"text", "html", "jsonl", "warc", "feed"})
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_PATTERN = re.compile(r"[*?\[]")
_PEEK = 8_192
_MAX_ADDRESS = 8_192
_BOMB_FROM, _BOMB_RATIO = (
    1 << 30,
    200,
)  # a packed file that unpacks to so many bytes, and so many times its size


@dataclass(frozen=True)
class Batch:
    """How to take in many.

    Attributes:
        sort: what the named files and addresses are, where their names do not tell.
        overrides: an outlet or a date that holds for all of them.
        fetching: how to fetch.
        pace: how often one site is asked.
        max_bytes: limit of one report; of one file for feeds.
        max_pages: pages that are taken from one sitemap with all that it lists.
    """

    sort: Sort | None = None
    overrides: Overrides | None = None
    fetching: Fetching | None = None
    pace: Pace = field(default_factory=Pace)
    max_bytes: int = MAX_BYTES
    max_pages: int = 10_000


def sources(where: Iterable[str | Path], how: Batch | None = None) -> Sources:
    """Give an item for every report in ``where``.

    ``where`` names files, folders, patterns ("reports/**/*.html"), http(s)
    addresses and ``"-"`` for standard input:

    - a folder gives its documents, JSON lines, WARC files and feeds, with those
      of the folders in it; addresses in lists and sitemaps in it are not fetched;
    - ``.jsonl`` gives a report a line, ``.warc`` one a page, both also ``.gz``;
    - ``.urls``, or a text with the sort "urls", is a list of addresses, one a
      line; empty lines and those that begin with "#" are passed over;
    - a feed or a sitemap, as a file or by its address, gives the pages it lists;
    - any other file or address is one report.

    Raises:
        IntakeError: ``how.overrides`` has what can be true of a single report only.

    Nothing else is raised: what cannot be read gives an item whose ``report()``
    says why. See :class:`Sources` for how far it has come.
    """
    return Sources([where] if isinstance(where, str | Path) else list(where), how or Batch())


class Sources:
    """An iterator of items that knows how far it has come.

    Attributes:
        done: bytes of local files that have been read or passed, as they are stored.
        passed: files of folders that were passed over because of their kind.
    """

    def __init__(self, where: list[str | Path], how: Batch) -> None:
        over = how.overrides
        if over is not None:
            over.date()
            if over.id or over.title or over.url:
                raise IntakeError("an id, a title or a URL can be set for a single report only, not for many")
        self.done = 0
        self.passed = 0
        self._where, self._how = where, how
        self._before = 0
        self._fetch: Fetch = fetcher(how.fetching, how.pace)
        self._items = self._all()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        return next(self._items)

    @cached_property
    def total(self) -> int:
        """All bytes of the local files, as they are stored; addresses count nothing."""
        found = 0
        for name in self._where:
            for path in self._expanded(name):
                if path.is_dir():
                    found += sum(file.size for file in folders.walk(path) if _is_taken(file.path))
                else:
                    found += _length(path)
        return found

    def _all(self) -> Iterator[Item]:
        for name in self._where:
            text = str(name)
            if text == "-":
                yield from self._stream(sys.stdin.buffer, "standard input")
            elif isinstance(name, str) and _ADDRESS.match(text):
                yield from self._address(text.strip())
            else:
                paths = self._expanded(name)
                first = next(paths, None)
                if first is None:
                    yield bad(printable(text), IntakeError("there is no file of this name or pattern"))
                else:
                    yield from self._path(first)
                for path in paths:
                    yield from self._path(path)

    def _expanded(self, name: str | Path) -> Iterator[Path]:
        """Give the paths that a name or a pattern stands for."""
        text = str(name)
        if text == "-" or (isinstance(name, str) and _ADDRESS.match(text)):
            return
        try:
            path = Path(text)
            exists = path.exists()
        except (OSError, ValueError):
            return
        if exists:
            yield path
        elif isinstance(name, str) and _PATTERN.search(text):
            yield from (Path(found) for found in sorted(iglob(text, recursive=True)))

    def _path(self, path: Path) -> Iterator[Item]:
        if not path.is_dir():
            yield from self._file(path, self._how.sort or _sort(path))
            return
        for found in folders.walk(path):
            sort = _sort(found.path)
            if found.refused is not None:
                yield bad(_name(found.path), IntakeError(found.refused))
            elif _is_taken(found.path):
                yield from self._file(found.path, sort)
            else:
                self.passed += 1

    def _file(self, path: Path, sort: Sort | None) -> Iterator[Item]:
        """Give what is in one file, and count its bytes as done after that."""
        name = _name(path)
        length = _length(path)
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise IntakeError("this is not a regular file")
            if sort is None:
                with doors.opened(path) as stream:
                    sort = _sniffed(stream.read(_PEEK))
            if sort == "warc":
                yield from warc.items(
                    Path(os.path.abspath(path)),
                    overrides=self._how.overrides,
                    max_bytes=self._how.max_bytes,
                    at=self._at,
                )
            elif sort in ("jsonl", "urls"):
                with path.open("rb") as raw:
                    yield from self._lines(raw, name, path.suffix == ".gz", sort)
            elif sort in ("feed", "sitemap", "xml"):
                yield from self._listing(document(_read(path, _limit(sort, self._how))), name, sort)
            else:
                yield Item(name, None, partial(_load, path, self._how.max_bytes), self._build(sort))
        except ReportedlyError as error:
            yield bad(name, error)
        except (OSError, EOFError, zlib.error, ValueError) as error:
            yield bad(name, IntakeError(doors.unreadable(path, error)))
        self._before += length
        self.done = self._before

    def _at(self, position: int) -> None:
        self.done = self._before + position

    def _build(self, sort: Sort | None) -> partial[Report]:
        kind: doors.Kind = "html" if sort == "html" else "text"
        how = self._how
        return partial(_report, kind=kind, overrides=how.overrides, max_bytes=how.max_bytes)

    def _stream(self, stream: IO[bytes], name: str) -> Iterator[Item]:
        """Take in a stream that cannot be gone back in: JSON lines, a list of addresses, or one document."""
        buffered = (
            stream
            if isinstance(stream, io.BufferedReader)
            else io.BufferedReader(cast("io.RawIOBase", stream))
        )
        try:
            sort = self._how.sort or _sniffed(buffered.peek(_PEEK))
            if sort in ("jsonl", "urls"):
                yield from self._rows(buffered, name, sort)
                return
            body = buffered.read(self._how.max_bytes + 1)
        except (OSError, ValueError) as error:
            yield bad(name, IntakeError(f"{name} cannot be read: {error}"))
            return
        yield from self._page(document(body), name, sort)

    def _lines(self, raw: IO[bytes], name: str, packed: bool, sort: Sort) -> Iterator[Item]:
        stream = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw))) if packed else raw
        for item in self._rows(stream, name, sort):
            position = raw.tell()
            self._at(position)
            yield item
            if packed and stream.tell() > max(_BOMB_FROM, position * _BOMB_RATIO):
                message = f"this file unpacks to more than {_BOMB_RATIO} times its size; the rest is left out"
                yield bad(name, TooLarge(message))
                return

    def _rows(self, stream: IO[bytes], name: str, sort: Sort) -> Iterator[Item]:
        limit = _MAX_ADDRESS if sort == "urls" else 2 * self._how.max_bytes
        for number, line in numbered(stream, limit):
            where = f"{name}#{number}"
            if isinstance(line, ReportedlyError):
                yield bad(where, line)
            elif sort == "urls":
                yield from self._listed(line, where)
            else:
                how = self._how
                make = partial(_row, overrides=how.overrides, max_bytes=how.max_bytes)
                yield Item(where, None, given(document(line)), make)

    def _listed(self, line: bytes, where: str) -> Iterator[Item]:
        address = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if not address or address.startswith("#"):
            return
        if not _ADDRESS.match(address):
            yield bad(
                where, IntakeError(f"{address[:80]!r} is not an address that begins with http:// or https://")
            )
            return
        address = address.partition("#")[0]
        how = self._how
        load = partial(self._fetch, address, max_bytes=how.max_bytes)
        yield Item(address, None, load, partial(_web, overrides=how.overrides, max_bytes=how.max_bytes))

    def _address(self, url: str) -> Iterator[Item]:
        """Fetch a named address and take it for what it turns out to be."""
        how = self._how
        try:
            page = self._fetch(url, max_bytes=_limit(how.sort or "sitemap", how), lists=True)
            if page.body.startswith(b"\x1f\x8b"):
                body = sitemap.unpacked(page.body)
                page = Fetched(page.url, body, "", page.charset)
        except ReportedlyError as error:
            yield bad(printable(url), error)
            return
        yield from self._page(page, printable(url.partition("#")[0]), how.sort)

    def _page(self, page: Fetched, name: str, sort: Sort | None) -> Iterator[Item]:
        how = self._how
        if sort is None:
            head = page.body[:_PEEK]
            sort = "html" if page.content_type == "text/html" else _sniffed(head)
            sort = "jsonl" if doors.kind_of(page) == "jsonl" else sort
        if sort in ("jsonl", "urls"):
            yield from self._rows(io.BytesIO(page.body), name, sort)
        elif sort in ("feed", "sitemap", "xml"):
            yield from self._listing(page, name, sort)
        elif sort == "warc":
            yield bad(
                name, IntakeError("an archive of the web is read from a file: save it and name the file")
            )
        else:
            kind: doors.Kind = "html" if sort == "html" else "text"
            make = partial(_web, kind=kind, overrides=how.overrides, max_bytes=how.max_bytes)
            yield Item(name, None, given(page), make)

    def _listing(self, page: Fetched, name: str, sort: Sort) -> Iterator[Item]:
        """Give the entries of a feed or the pages of a sitemap."""
        how = self._how
        try:
            if sort == "sitemap" or (sort == "xml" and safexml.root_name(page.body[:_PEEK]) in sitemap.ROOTS):
                yield from sitemap.items(
                    page.body, name, self._fetch, charset=page.charset,
                    max_pages=how.max_pages, overrides=how.overrides, max_bytes=how.max_bytes,
                )  # fmt: skip
                return
            found = feed.parse(page.body, page.url, page.charset, max_bytes=how.max_bytes)
        except ReportedlyError as error:
            yield bad(name, error)
            return
        yield from feed.items(found, name, self._fetch, overrides=how.overrides, max_bytes=how.max_bytes)
        if found.left_out:
            message = (
                f"the feed has {found.left_out:,} entries over the limit of {feed.MAX_ENTRIES:,}, left out"
            )
            yield bad(name, TooLarge(message))


def _row(page: Fetched, overrides: Overrides | None, max_bytes: int) -> Report:
    outcome = next(
        from_lines(io.BytesIO(page.body), "", overrides=overrides, max_bytes=max_bytes),
        Rejected("", IntakeError("there is nothing in this line")),
    )
    if isinstance(outcome, Rejected):
        raise outcome.error
    return outcome


def _report(page: Fetched, kind: doors.Kind, overrides: Overrides | None, max_bytes: int) -> Report:
    make = doors.from_html if kind == "html" else doors.from_text
    return make(page.body, overrides=overrides, max_bytes=max_bytes)


def _web(page: Fetched, overrides: Overrides | None, max_bytes: int, kind: doors.Kind = "auto") -> Report:
    if not page.url:
        return _report(page, kind, overrides, max_bytes)
    return doors.from_page(page, kind=kind, overrides=overrides, max_bytes=max_bytes)


def _load(path: Path, max_bytes: int) -> Fetched:
    return document(_read(path, max_bytes))


def _read(path: Path, most: int) -> bytes:
    """Read a file, unpacked, up to the limit."""
    try:
        with doors.opened(path) as stream:
            data = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise IntakeError(doors.unreadable(path, error)) from error
    if len(data) > most:
        raise TooLarge(f"the file is over the limit of {size(most)}")
    return data


def _limit(sort: Sort, how: Batch) -> int:
    return max(how.max_bytes, sitemap.MAX_SITEMAP) if sort in ("sitemap", "xml") else how.max_bytes


def _name(path: Path) -> str:
    return printable(os.path.abspath(path))


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _sort(path: Path) -> Sort | None:
    return SUFFIXES.get((path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower())


def _is_taken(path: Path) -> bool:
    return _sort(path) in _IN_FOLDERS


def _sniffed(head: bytes) -> Sort:
    """Tell what bytes are by how they begin."""
    if head.startswith(b"WARC/1."):
        return "warc"
    kind = doors.sniffed(head)
    if kind in ("html", "jsonl"):
        return cast("Sort", kind)
    root = safexml.root_name(head)
    if root in feed.ROOTS:
        return "feed"
    if root in sitemap.ROOTS:
        return "sitemap"
    return "xml" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else "text"
