"""Compares what a desk took in with the WARC files that hold what was fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePath

import msgspec
from sqlalchemy import Connection, select

from ..intake.captures import Capture
from .tables import items
from .verifying import Fault

_CHUNK = 1 << 20


def captured(connection: Connection, folder: Path) -> Iterator[Fault]:
    """Give a fault for every item whose captured page is not in the folder, or is another one.

    Archives are found by their names; items that came from no archive are passed over.
    """
    wanted: dict[str, dict[str, list[tuple[str, str]]]] = {}
    query = select(items.c.locator, items.c.sha256, items.c.capture).where(
        items.c.capture.is_not(None), items.c.state != "quarantined"
    )
    for row in connection.execute(query.order_by(items.c.id)):
        capture = msgspec.json.decode(row.capture, type=Capture)
        if capture.archive and capture.record:
            name = PurePath(capture.archive).name
            wanted.setdefault(name, {}).setdefault(capture.record, []).append((row.locator, row.sha256))
    for name, records in sorted(wanted.items()):
        yield from _archive(folder / name, records)


def _archive(path: Path, records: dict[str, list[tuple[str, str]]]) -> Iterator[Fault]:
    if not path.is_file():
        for locator, _ in (one for found in records.values() for one in found):
            yield Fault(what="capture", which=locator, why=f"there is no archive {path.name} in the folder")
        return
    there, broken = _bodies(path, set(records))
    for record, found in records.items():
        for locator, sha256 in found:
            if record not in there:
                why = f"{path.name} does not hold {record}" + (f" ({broken})" if broken else "")
                yield Fault(what="capture", which=locator, why=why)
            elif there[record] != sha256:
                yield Fault(
                    what="capture", which=locator, why=f"{record} in {path.name} is not what was taken in"
                )


def _bodies(path: Path, wanted: set[str]) -> tuple[dict[str, str], str]:
    """Return the SHA-256 of the bodies of some records, and where reading broke off, if it did."""
    from fastwarc.warc import ArchiveIterator

    found: dict[str, str] = {}
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                name = record.headers.get("WARC-Record-ID") or ""
                if name not in wanted:
                    continue
                if record.is_http:
                    record.parse_http(strict_mode=False)
                whole = hashlib.sha256()
                while piece := record.reader.read(_CHUNK):
                    whole.update(piece)
                found[name] = whole.hexdigest()
    except Exception as error:  # a damaged archive is what is looked for here
        return found, f"it breaks off: {str(error)[:80]}"
    return found, ""
