"""Reads sources into an archive: lists them, has an engine read what is new, and keeps the manifest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ..desk import manifests
from ..intake.captures import instant
from ..settings import settings
from . import engines, inputs
from .engines import Done
from .manifest import WORK, Manifest, Reader, this_reader
from .needs import ArchiveError, need
from .reading import Finished
from .shards import Ended, Input, Kept

Engine = Literal["local", "ray"]

SHARD_SIZE = 200
_SAID = 3  # names in a message


@dataclass(slots=True)
class Progress:
    """How far a run is. Counts are of this run; ``kept`` are shards that stood there already.

    ``seconds`` is how long the run has taken, ``cpu_seconds`` what reading took in all processes.
    ``done`` and ``total`` are bytes of the sources, as they are stored. ``said`` is what should be told now.
    """

    done: int = 0
    total: int = 0
    shards: int = 0
    kept: int = 0
    reports: int = 0
    quarantined: int = 0
    claims: int = 0
    words: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    said: list[str] = field(default_factory=list)
    _read: int = 0

    @property
    def words_per_second(self) -> float:
        """Words that were read in a second of this run."""
        return self.words / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take, going by what was read until now; ``None`` if not known."""
        if not self._read or not self.seconds:
            return None
        return max(0, self.total - self.done) * self.seconds / self._read


def read(
    folder: Path,
    sources: Sequence[str],
    *,
    engine: Engine = "local",
    workers: int | None = None,
    shard_size: int | None = None,
    ray_address: str | None = None,
    again: bool = False,
    quick: bool = False,
) -> Iterator[Progress]:
    """Read ``sources`` into the archive in ``folder``, which is made if there is none.

    What stands in it already is not read again, so that a run that was stopped
    goes on where it was. The same object is yielded whenever something is done.

    Args:
        folder: the archive.
        sources: folders, files and patterns (``.txt``, ``.html``, ``.jsonl``, ``.warc``, each also ``.gz``),
            and addresses of stores that fsspec knows.
        engine: ``local`` processes, or ``ray``.
        workers: how many processes read; all cores if not said.
        shard_size: reports in a shard, 200 if not said; an archive keeps to one size.
        ray_address: the cluster; without it, Ray runs on this machine.
        again: read anew what another version of the program has read.
        quick: take the shards that are there for sound if their sizes are right.

    Raises:
        IntakeError: a source is not there.
        ArchiveError: a library is missing; another program works in this archive, or another version of this
            one made it; a store does not answer; the disk is full.
        ModelError: the weights are missing or damaged.
    """
    need("pyarrow.parquet", "archive")
    inputs.check(sources)
    reader = this_reader()
    workers = workers or engines.cores()
    with Manifest(folder, create=True) as manifest:
        size = _shard_size(manifest, shard_size)
        _check_reader(manifest, reader, again)
        manifest.put_reader(reader)
        manifest.sweep()
        run = manifest.begin_run()
        manifest.put_files(inputs.files(sources), run, size)
        progress = Progress(total=manifest.stored(run))
        plan = _Plan(manifest, reader, run, size, quick, progress)
        found = _engine(engine, plan, folder / WORK, workers, ray_address)
        began = time.monotonic()
        try:
            for done in found:
                _take(manifest, reader, run, done, progress)
                progress.seconds = time.monotonic() - began
                yield progress
                progress.said.clear()
        except OSError as error:
            raise ArchiveError(f"{str(folder)!r} cannot be written: {error}") from None
        progress.seconds = time.monotonic() - began
        yield progress


def _shard_size(manifest: Manifest, asked: int | None) -> int:
    kept = manifest.about("shard_size")
    if kept is None:
        size = asked or SHARD_SIZE
        manifest.put_about("shard_size", str(size))
        return size
    if asked is not None and asked != int(kept):
        raise ArchiveError(f"this archive has shards of {kept} reports: leave --shard-size out")
    return int(kept)


def _check_reader(manifest: Manifest, reader: Reader, again: bool) -> None:
    """Refuse to mix what different versions read, unless the older is to be read again."""
    others = [(r, n) for r, n in manifest.readers() if r.digest != reader.digest]
    if not others or again:
        return
    other, shards = others[0]
    parts = manifests.differences(other.body, reader.body)
    named = ", ".join(parts[:_SAID]) + (f" and {len(parts) - _SAID} more" if len(parts) > _SAID else "")
    raise ArchiveError(
        f"{shards:,} shards of this archive were read by {other.version}, this is {reader.version} "
        f"(what differs: {named}): give --again to read them anew, or read into another folder"
    )


class _Plan:
    """Gives the inputs that have to be looked into, one after another as they are asked for."""

    def __init__(
        self, manifest: Manifest, reader: Reader, run: int, shard_size: int, quick: bool, progress: Progress
    ) -> None:
        self._manifest, self._reader, self._run = manifest, reader, run
        self._shard_size, self._quick, self._progress = shard_size, quick, progress

    def __iter__(self) -> Iterator[Input]:
        for number in self._manifest.inputs(self._run):
            found = self._input(number)
            if found is not None:
                yield found

    def _input(self, number: int) -> Input | None:
        files, changed, shards = self._manifest.files_of(number, self._run)
        good, damaged, others = self._manifest.sound(number, self._reader, quick=self._quick)
        if damaged:
            self._say(f"gone or changed since they were written, read again: {_some(damaged)}")
        if changed:
            self._say(f"changed since it was read: {_some(changed)}")
        if shards == len(good) and not damaged and not others:
            self._progress.kept += len(good)
            self._progress.done += sum(f.size for f in files)
            return None
        return Input(number, tuple(files), good, self._shard_size, settings().max_bytes)

    def _say(self, message: str) -> None:
        self._progress.said.append(message)


def _engine(engine: Engine, plan: _Plan, work: Path, workers: int, ray_address: str | None) -> Iterator[Done]:
    if engine == "local":
        return engines.local(plan, work, workers)
    from . import on_ray

    return on_ray.read(plan, work, workers, ray_address)


def _take(manifest: Manifest, reader: Reader, run: int, done: Done, progress: Progress) -> None:
    match done:
        case Finished():
            manifest.take(done, reader, instant(datetime.now(UTC)))
            progress.shards += 1
            progress.reports += done.reports
            progress.quarantined += done.quarantined
            progress.claims += done.claims
            progress.words += done.words
            progress.cpu_seconds += done.seconds
            progress.done += done.stored
            progress._read += done.stored
        case Kept():
            progress.kept += 1
            progress.done += done.stored
        case Ended():
            gone = manifest.ended(done.input, done.shards, whole=done.whole, run=run)
            if gone:
                progress.said.append(f"not in the sources any more, taken away: {_some(gone)}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SAID} more" if len(names) > _SAID else ""
    return ", ".join(names[:_SAID]) + more
