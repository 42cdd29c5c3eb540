"""Brings an archive into a desk: what was read is filed as if it had been taken in there, not read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from .. import errors
from ..desk.ingest import Outcome, take
from ..desk.shelf import Retention
from ..desk.store import Desk
from ..errors import IntakeError, ReportedlyError
from ..intake.captures import Capture
from ..intake.item import Item
from ..intake.web import Fetched
from ..records import Reading, Report
from ..weighing.filed import moment
from . import tables
from .manifest import Done, Manifest, path_of, this_reader
from .needs import ArchiveError, need


@dataclass(frozen=True)
class _Kept(Item):
    """An item of an archive: its bytes are not there any more, but what was read in them."""

    kept_sha256: str | None = None
    kept_capture: Capture | None = None
    reading: Reading | None = None
    error: ReportedlyError | None = field(default=None, compare=False)

    @property
    def sha256(self) -> str | None:
        return self.kept_sha256

    @property
    def capture(self) -> Capture | None:
        return self.kept_capture

    def report(self) -> Report:
        return _reading(self).report


def load(folder: Path, desk: Desk, *, retention: Retention = "full") -> Iterator[Outcome]:
    """File what an archive holds in a desk; yields what became of each item, as for ``ingest``.

    What the desk knows already is passed over, so a load that was stopped goes
    on where it was. A desk that is loaded holds what one holds that took the
    same sources in; what could not be read is put into its quarantine.
    ``done`` and ``total`` of an outcome count shards.

    Raises:
        ArchiveError: there is no archive, a shard of it is gone, or another version of the program read it.
        DeskError: the desk cannot be written.
    """
    need("pyarrow.parquet", "archive")
    reader = this_reader()
    with Manifest(folder) as manifest:
        others = [r for r, _ in manifest.readers() if r.digest != reader.digest]
        if others:
            raise ArchiveError(
                f"{others[0].version} read this archive, this is {reader.version}: read it anew first, "
                "with `reportedly archive read … --again`"
            )
        shards = manifest.shards()
        found = _Items(folder, shards)
        for outcome in take(desk, found, [str(folder)], retention=retention, read=_reading):
            yield replace(outcome, done=found.done, total=len(shards))


def _reading(item: Item) -> Reading:
    assert isinstance(item, _Kept)
    if item.reading is None:
        raise item.error or IntakeError("the archive does not say what was read in it")
    return item.reading


class _Items:
    """The items of shards, in the order of the sources; ``done`` counts the shards that were begun."""

    def __init__(self, folder: Path, shards: list[Done]) -> None:
        self._folder, self._shards = folder, shards
        self.done = 0

    def __iter__(self) -> Iterator[Item]:
        for shard in self._shards:
            self.done += 1
            try:
                yield from _items(self._folder, shard)
            except (OSError, msgspec.DecodeError) as error:
                raise ArchiveError(
                    f"shard {shard.name} cannot be read ({error}): read the sources once more"
                ) from None


def _items(folder: Path, shard: Done) -> Iterator[Item]:
    at = moment(shard.at)
    columns = ("locator", "raw_sha256", "seen", "capture")
    heads = tables.rows(path_of(folder, "reports", shard.name), columns)
    bodies = tables.rows(path_of(folder, "readings", shard.name), ("reading",))
    for head, body in zip(heads, bodies, strict=True):
        yield _item(head, at, reading=Reading.from_json(body["reading"]))
    for row in tables.rows(path_of(folder, "quarantine", shard.name)):
        yield _item(row, at, error=_error(row["code"], row["reason"]))


def _item(
    row: tables.Row,
    at: datetime | None,
    *,
    reading: Reading | None = None,
    error: ReportedlyError | None = None,
) -> Item:
    capture = row.get("capture")
    return _Kept(
        row["locator"],
        moment(row["seen"]) or at,
        _gone,
        _never,
        kept_sha256=row["raw_sha256"] or None,
        kept_capture=msgspec.json.decode(capture, type=Capture) if capture else None,
        reading=reading,
        error=error,
    )


def _error(code: int, reason: str) -> ReportedlyError:
    """Return the error of intake that has this exit status."""
    kinds: list[Any] = [IntakeError, *IntakeError.__subclasses__()]
    for kind in kinds:
        if kind.exit_code == code and kind.__module__ == errors.__name__:
            found: ReportedlyError = kind(reason)
            return found
    return ReportedlyError(reason)


def _gone() -> Fetched:
    raise IntakeError("an archive keeps what was read, not the bytes")


def _never(page: Fetched) -> Report:
    raise IntakeError("an archive keeps what was read, not the bytes")
