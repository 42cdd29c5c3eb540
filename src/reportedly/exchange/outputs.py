"""Where an export goes: a stream, a file, a folder, or a ZIP archive; whole or not at all.

What is written stands under a temporary name until the end, and takes its place
only when all of it is there. What was there before is replaced only on request.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from ..errors import ExchangeError

Stream = IO[bytes]

_IN_MEMORY = 8_000_000  # bytes of a ZIP's member that are kept in memory
_DATE = (1980, 1, 1, 0, 0, 0)  # the same content gives the same archive
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_LONGEST = 80


class Output(Protocol):
    """Takes files by name."""

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        """Give a stream for the file ``name``, which is a plain name without folders."""
        ...


class Single:
    """One stream for one file; its name does not matter."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        yield self._stream
        self._stream.flush()


class Folder:
    """A folder. Its files get their names by :meth:`settle`; until then :meth:`drop` takes them away."""

    def __init__(self, path: Path, force: bool) -> None:
        self._path, self._force = path, force
        self._parts: dict[Path, Path] = {}
        self._made = not path.exists()
        if path.exists() and not path.is_dir():
            raise ExchangeError(f"'{path}' is a file; this format writes a folder")
        with _told(path):
            path.mkdir(exist_ok=True)

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        place = self._path / _plain(name)
        _refuse(place, self._force)
        part = _part(place)
        with _told(place), part.open("xb") as file:
            self._parts[part] = place
            yield file

    def settle(self) -> None:
        for part, place in self._parts.items():
            with _told(place):
                part.replace(place)

    def drop(self) -> None:
        for part in self._parts:
            part.unlink(missing_ok=True)
        if self._made:
            with suppress(OSError):  # it is not empty: all was written, or somebody else wrote into it
                self._path.rmdir()


class Zipped:
    """A ZIP archive, which may be a stream that cannot be wound back."""

    def __init__(self, stream: Stream) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)

    @contextmanager
    def open(self, name: str) -> Iterator[Stream]:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            yield file
            file.seek(0)
            info = zipfile.ZipInfo(_plain(name), _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with self._zip.open(info, "w", force_zip64=True) as member:
                shutil.copyfileobj(file, member, 1 << 20)

    def close(self) -> None:
        self._zip.close()


@contextmanager
def opened(target: Path | Stream, *, many: bool, force: bool = False) -> Iterator[Output]:
    """Give an output that is kept when the block ends, and dropped when it raises.

    Args:
        target: a stream; a file; or, for formats of ``many`` files, a folder or a ``.zip``.
        many: whether the format writes several files. A stream gets them as a ZIP archive.
        force: replace files that are there.

    Raises:
        ExchangeError: a file is there already, or it cannot be written.
    """
    if not isinstance(target, Path):
        if many:
            zipped = Zipped(target)
            yield zipped
            zipped.close()
        else:
            yield Single(target)
        return
    if many and target.suffix.lower() != ".zip":
        folder = Folder(target, force)
        try:
            yield folder
            folder.settle()
        finally:
            folder.drop()
        return
    _refuse(target, force)
    part = _part(target)
    with ExitStack() as stack:
        stack.callback(part.unlink, missing_ok=True)
        with _told(target):
            with part.open("xb") as file, opened(file, many=many) as output:
                yield output
            part.replace(target)


def _part(place: Path) -> Path:
    return place.with_name(f".{place.name}.{os.getpid()}.part")


def _refuse(place: Path, force: bool) -> None:
    if place.is_dir():
        raise ExchangeError(f"'{place}' is a folder; give the name of a file")
    if place.exists() and not place.is_file():
        raise ExchangeError(f"'{place}' is not a file that can be replaced")
    if place.exists() and not force:
        raise ExchangeError(f"'{place}' is there already; give another name, or --force to replace it")


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExchangeError(f"cannot write '{place}': {error.strerror or error}") from None


def _plain(name: str) -> str:
    if not _PLAIN.fullmatch(name):
        raise ExchangeError(f"{name!r} is no name for a file")
    return name


def safe_name(text: str) -> str:
    """Return a file name for any text: letters, digits, ``.``, ``_`` and ``-``.

    Different texts get different names (but for letter case). None leads out of its folder, is hidden, or is
    a name that some system keeps for itself.
    """
    slug = _UNSAFE.sub("_", text).strip("._-")
    if text and slug == text and len(text) <= _LONGEST and not _RESERVED.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{slug[:_LONGEST].rstrip('.')}-{digest}" if slug else f"x-{digest}"
