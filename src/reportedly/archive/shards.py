"""Cuts what there is to read into shards: some hundred reports that are read and written together.

A file of many reports (JSON lines, WARC) is cut by itself; documents that are a
file each are put together in the order of their names. Where the cuts fall
depends on the files alone, so that two runs cut in the same way, and a shard is
known by the hash of what is in it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import IntakeError, ReportedlyError
from ..intake.batch import Batch, sources
from ..intake.item import Build, Item, bad, printable
from ..intake.web import Fetched
from .inputs import File, fetch

MOST_BYTES = 32_000_000  # of a shard: it is closed early where its reports are long


@dataclass(frozen=True, slots=True)
class Input:
    """What is cut by itself: one file of many reports, or a row of documents.

    ``number`` is its number in the archive. ``done`` maps the ordinals of its
    shards that need no reading to their digests.
    """

    number: int
    files: tuple[File, ...]
    done: Mapping[int, str]
    shard_size: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Shard:
    """Items that are read together. ``stored`` is how many bytes of the files they take up."""

    input: int
    ordinal: int
    digest: str
    items: tuple[Item, ...]
    stored: int

    @property
    def name(self) -> str:
        return name_of(self.input, self.ordinal)


@dataclass(frozen=True, slots=True)
class Kept:
    """A shard that was read before from the same bytes."""

    input: int
    ordinal: int
    stored: int


@dataclass(frozen=True, slots=True)
class Ended:
    """An input has no more shards than these.

    ``whole`` is false where something in it could not be had at all, so that it is looked at again.
    """

    input: int
    shards: int
    whole: bool


Cut = Shard | Kept | Ended


def name_of(input: int, ordinal: int) -> str:
    """Return the name of a shard, by which its files are called."""
    return f"{input:06d}-{ordinal:05d}"


def cut(found: Input, spool: Path) -> Iterator[Cut]:
    """Cut one input into shards, reading it as they are asked for.

    Args:
        found: the input.
        spool: a folder in which a file of a store may stand while it is read.

    Raises:
        ArchiveError: a file of a store cannot be fetched.
    """
    held: list[Item] = []
    whole = hashlib.sha256()
    size = stored = ordinal = 0
    complete = True

    def closed() -> Shard | Kept:
        nonlocal held, whole, size, stored, ordinal
        digest = whole.hexdigest()
        one: Shard | Kept
        if found.done.get(ordinal) == digest:
            one = Kept(found.number, ordinal, stored)
        else:
            one = Shard(found.number, ordinal, digest, tuple(held), stored)
        held, whole = [], hashlib.sha256()
        size = stored = 0
        ordinal += 1
        return one

    for file in found.files:
        counted = 0
        for item, position in _items(file, found.max_bytes, spool):
            ready, told, length = settled(item)
            if held and (len(held) >= found.shard_size or size + length > MOST_BYTES):
                yield closed()
            held.append(ready)
            whole.update(f"{ready.locator}\0{ready.seen}\0{told}\n".encode("utf-8", "replace"))
            complete = complete and not isinstance(ready.load, _Failed)
            size += length
            stored += position - counted
            counted = position
        stored += file.size - counted
    if held or ordinal == 0:
        yield closed()
    yield Ended(found.number, ordinal, complete)


def _items(file: File, max_bytes: int, spool: Path) -> Iterator[tuple[Item, int]]:
    """Give the items of a file, and how many of its bytes have been read then."""
    if file.refused is not None or file.sort is None:
        yield bad(file.name, IntakeError(file.refused or "what this file holds cannot be told")), 0
        return
    how = Batch(sort=file.sort, max_bytes=max_bytes)
    if not file.remote:
        found = sources([Path(file.name)], how)
        for item in found:
            yield item, min(found.done, file.size)
        return
    suffix = ".gz" if file.name.endswith(".gz") else ""
    with tempfile.TemporaryDirectory(prefix="fetched-", dir=spool) as room:
        copy = Path(os.path.abspath(room)) / f"{file.sort}{suffix}"
        fetch(file.name, copy)
        found = sources([copy], how)
        for item in found:
            yield _renamed(item, printable(str(copy)), file.name), min(found.done, file.size)


def _renamed(item: Item, copy: str, name: str) -> Item:
    """Let an item stand where its file came from, not where it was copied to."""
    return replace(item, locator=name + item.locator.removeprefix(copy), load=_From(item.load, copy, name))


@dataclass(frozen=True, slots=True)
class _From:
    load: Callable[[], Fetched]
    copy: str
    name: str

    def __call__(self) -> Fetched:
        page = self.load()
        if page.capture is None or page.capture.archive != self.copy:
            return page
        return replace(page, capture=replace(page.capture, archive=self.name))


@dataclass(frozen=True, slots=True)
class _Given:
    page: Fetched

    def __call__(self) -> Fetched:
        return self.page


@dataclass(frozen=True, slots=True)
class _Failed:
    error: ReportedlyError

    def __call__(self) -> Fetched:
        raise self.error


def settled(item: Item) -> tuple[Item, str, int]:
    """Return an item that has what it needs with it and can be sent to another process.

    The second value tells its content apart (the hash of its bytes, or why there are none), the third
    is how many bytes it carries.
    """
    build: Build = item.build
    try:
        page = item.load()
    except ReportedlyError as error:
        return Item(item.locator, item.seen, _Failed(error), build), f"!{error}", 0
    except Exception as error:
        wrong = IntakeError(f"this document cannot be read: {type(error).__name__}")
        return Item(item.locator, item.seen, _Failed(wrong), build), f"!{wrong}", 0
    digest = hashlib.sha256(page.body).hexdigest()
    return Item(item.locator, item.seen, _Given(page), build), digest, len(page.body)
