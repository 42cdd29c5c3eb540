"""Reads what annotators marked in brat: a folder or ZIP archive of ``.txt`` and ``.ann`` files, as marks.

No name in it is used as a path: only files that stand directly in the folder or
archive are read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import msgspec

from ..errors import ExchangeError
from ..records import Report
from ..records.span import Span
from ..settings import settings
from . import brat
from .anchoring import Quote, anchor
from .marks import How, Mark

_MOST_FILES = 200_000
Load = Callable[[], bytes]


def read(place: Path) -> Iterator[Mark]:
    """Yield the contents that are marked as marks.

    Raises:
        ExchangeError: it is neither a folder nor a ZIP archive, a name in it leads elsewhere, or a file is
            too large or not what it should be.
    """
    if place.is_dir():
        files: dict[str, Load] = {
            p.name: partial(_load, p) for p in sorted(place.iterdir()) if p.is_file() and not p.is_symlink()
        }
        yield from _marks(files)
        return
    try:
        with zipfile.ZipFile(place) as archive:
            members = archive.infolist()
            if len(members) > _MOST_FILES:
                raise ExchangeError(f"over {_MOST_FILES:,} files in the archive")
            for member in members:
                name = member.filename
                if PurePosixPath(name).name != name or "\\" in name or name in (".", ".."):
                    raise ExchangeError(f"{name[:80]!r} would lead out of the archive's own folder")
            yield from _marks({m.filename: partial(_load_member, archive, m) for m in members})
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise ExchangeError(f"'{place}' cannot be read: {error}") from None


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file.read(_most() + 1), path.name)
    except OSError as error:
        raise ExchangeError(f"'{path}' cannot be read: {error.strerror or error}") from None


def _load_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        return _bounded(file.read(_most() + 1), member.filename)


def _most() -> int:
    return 4 * settings().max_bytes


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > _most():
        raise ExchangeError(f"{name[:80]!r} is over {_most():,} bytes")
    return data


def _marks(files: dict[str, Load]) -> Iterator[Mark]:
    reports = _index(files[brat.INDEX]()) if brat.INDEX in files else {}
    found = False
    for name in files:
        stem = name.removesuffix(".ann")
        if stem == name or f"{stem}.txt" not in files:
            continue
        found = True
        text, annotations = _decoded(files[f"{stem}.txt"](), name), _decoded(files[name](), name)
        try:
            standoffs = brat.read(text, annotations)
        except ExchangeError as error:
            raise ExchangeError(f"{name}: {error}") from None
        for one in standoffs:
            yield Mark(
                where=f"{name} {one.id}",
                report=reports.get(stem, stem),
                find=partial(_find, text, one.content),
                attribution=one.id,
                values={k: v for k, v in one.values.items() if k != "quotation"},
            )
    if not found:
        raise ExchangeError("there is no .ann file with its .txt beside it")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ExchangeError(f"{name[:80]!r} is not in UTF-8") from None


def _index(data: bytes) -> dict[str, str]:
    found = {}
    for row in data.splitlines():
        try:
            line = msgspec.json.decode(row, type=dict[str, str])
            found[line["file"]] = line["report"]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
            raise ExchangeError(f"{brat.INDEX} is damaged") from None
    return found


def _find(text: str, spans: tuple[Span, ...], report: Report) -> tuple[tuple[Span, ...], How]:
    """Find what was marked in ``text`` in the report's text as it is now."""
    if report.text == text:
        return spans, "position"
    found, stayed = [], True
    for start, end in spans:
        quote = Quote(text[start:end], text[max(0, start - 32) : start], text[end : end + 32])
        place, kept = anchor(report.text, (start, end), quote)
        stayed = stayed and kept
        found.append(place)
    return tuple(found), "position" if stayed else "quote"
