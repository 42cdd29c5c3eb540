"""What there is to read: the files behind folders, patterns and addresses of object stores.

Local files are told apart by size and time of change, remote ones by what their
store gives for that (an ETag, a time), so that a file that changed is noticed
without reading it.
"""

from __future__ import annotations

import os
import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import iglob
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ..errors import IntakeError
from ..intake import batch, doors, folders
from ..intake.item import printable
from .needs import ArchiveError, need

Sort = Literal["text", "html", "jsonl", "warc"]

_PATTERN = re.compile(r"[*?\[]")
_REMOTE = re.compile(r"[a-z][a-z0-9+.\-]*(?:::|://)", re.IGNORECASE)
_SECRET = re.compile(r"(?<=://)[^/@]*@")
_PEEK = 8_192
_SORTS: dict[str, Sort] = {
    suffix: sort for suffix, sort in batch.SUFFIXES.items() if sort in ("text", "html", "jsonl", "warc")
}
_LISTS = "it lists addresses to be fetched: take them in with `reportedly ingest --capture`, read the WARC"


@dataclass(frozen=True, slots=True)
class File:
    """A file to read.

    Attributes:
        name: its absolute path or address; stands in the locators of what is in it.
        sort: what it holds; ``None`` where that cannot be told.
        size: bytes, as it is stored.
        mark: changes whenever the file does.
        refused: why it is not read, where that is so.
    """

    name: str
    sort: Sort | None
    size: int = 0
    mark: str = ""
    refused: str | None = None

    @property
    def remote(self) -> bool:
        return is_remote(self.name)


def is_remote(name: str) -> bool:
    """Tell an address of a store (``s3://…``) from a path."""
    return bool(_REMOTE.match(name))


def check(sources: Sequence[str]) -> None:
    """Refuse sources that cannot be meant, before anything is read.

    Raises:
        IntakeError: a source is not there, or is one that only ``ingest`` takes.
        ArchiveError: it is in a store, and what reads stores is not installed.
    """
    for source in sources:
        if source == "-":
            raise IntakeError("an archive is read from files, so that a run that stops can go on")
        if re.match(r"https?://", source, re.IGNORECASE):
            raise IntakeError(
                f"{source!r} is an address: keep pages in WARC files with `reportedly ingest --capture`, "
                "and name those here"
            )
        if is_remote(source):
            _store(source)
        elif not Path(source).exists() and not _PATTERN.search(source):
            raise IntakeError(f"{source!r}: there is no such file or folder")


def files(sources: Sequence[str]) -> Iterator[File]:
    """Give every file in ``sources``, in the same order in every run; folders give what is in them.

    Raises:
        ArchiveError: a store cannot be listed.
    """
    for source in sources:
        if is_remote(source):
            yield from _in_store(source)
        elif Path(source).exists():
            yield from _at(Path(source))
        else:
            found = sorted(iglob(source, recursive=True))
            if not found:
                yield File(printable(source), None, refused="there is no file of this name or pattern")
            for path in found:
                yield from _at(Path(path))


def _at(path: Path) -> Iterator[File]:
    if not path.is_dir():
        yield _local(path, named=True)
        return
    for found in folders.walk(path):
        name = printable(str(found.path))
        if found.refused is not None:
            yield File(name, None, refused=found.refused)
        elif sort_of(found.path.name) is not None or _is_list(found.path.name):
            yield _local(found.path, named=False)


def _local(path: Path, *, named: bool) -> File:
    name = printable(os.path.abspath(path))
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return File(name, None, refused="this is not a regular file")
        if _is_list(path.name):
            return File(name, None, refused=_LISTS)
        sort = sort_of(path.name) or (_sniffed(path) if named else None)
    except (OSError, EOFError, zlib.error) as error:
        return File(name, None, refused=doors.unreadable(path, error))
    return File(name, sort, about.st_size, f"{about.st_size}:{about.st_mtime_ns}")


def sort_of(name: str) -> Sort | None:
    """Tell by its name what a file holds; ``None`` where the name does not say."""
    return _SORTS.get(_suffix(name))


def _is_list(name: str) -> bool:
    return batch.SUFFIXES.get(_suffix(name)) in ("feed", "urls", "xml")


def _suffix(name: str) -> str:
    path = PurePosixPath(name)
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()


def _sniffed(path: Path) -> Sort:
    with doors.opened(path) as stream:
        head = stream.read(_PEEK)
    if head.startswith(b"WARC/1."):
        return "warc"
    kind = doors.sniffed(head)
    return "html" if kind == "html" else "jsonl" if kind == "jsonl" else "text"


# stores ----------------------------------------------------------------------------------------


def _store(url: str) -> tuple[Any, str]:
    """Return the file system behind an address, and the path in it."""
    core = need("fsspec.core", "archive")
    shown = _SECRET.sub("", url)
    try:
        system, path = core.url_to_fs(url)
    except ImportError as error:
        raise ArchiveError(f"{shown!r} needs one more library for its store: {error}") from None
    except Exception as error:  # every store has errors of its own
        raise ArchiveError(f"{shown!r} is no address of a store: {_words(error)}") from None
    return system, path


def _in_store(url: str) -> Iterator[File]:
    system, path = _store(url)
    try:
        if _PATTERN.search(path):
            found = sorted(p for p in system.glob(path) if not system.isdir(p))
        elif system.isdir(path):
            found = sorted(p for p in system.find(path) if sort_of(p) or _is_list(p))
        elif system.exists(path):
            found = [path]
        else:
            found = []
        if not found:
            shown = _SECRET.sub("", url)
            yield File(printable(shown), None, refused="there is nothing at this address")
        for name in found:
            about = system.info(name)
            address = printable(_SECRET.sub("", system.unstrip_protocol(name)))
            mark = about.get("ETag") or sha256(repr(_stamp(system, name, about)).encode()).hexdigest()[:24]
            if _is_list(name):
                yield File(address, None, refused=_LISTS)
            else:
                yield File(address, sort_of(name) or "text", int(about.get("size") or 0), str(mark))
    except ArchiveError:
        raise
    except Exception as error:
        raise ArchiveError(f"{_SECRET.sub('', url)!r} cannot be listed: {_words(error)}") from None


def _stamp(system: Any, name: str, about: dict[str, Any]) -> object:
    for key in ("mtime", "LastModified", "last_modified", "updated", "created"):
        if about.get(key) is not None:
            return about.get("size"), about[key]
    return system.ukey(name)


def fetch(name: str, to: Path) -> None:
    """Copy a file of a store to ``to``.

    Raises:
        ArchiveError: it is not there any more, or breaks off.
    """
    system, path = _store(name)
    try:
        system.get_file(path, str(to))
        there, came = system.info(path).get("size"), to.stat().st_size
    except Exception as error:
        raise ArchiveError(f"{name!r} cannot be fetched: {_words(error)}") from None
    if there is not None and there != came:
        raise ArchiveError(f"{name!r} broke off: {came:,} of {there:,} bytes came; give the command again")


def _words(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
