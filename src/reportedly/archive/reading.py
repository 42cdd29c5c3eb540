"""Reads one shard in a process of an engine, and writes its tables where the engine's driver finds them.

Where a document makes the process itself die (a library that breaks down, no
memory left), the shard's journal says which one it was. The shard is tried
again; what was at hand in two deaths is put into quarantine.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError, ReportedlyError
from ..intake.captures import instant
from ..reading.reader import read_report
from .shards import Shard
from .tables import Read, Sheets, Unread, Written

_DEATHS = 2  # at the same document, after which it is not tried again
_FAILED = 1  # the exit status of what is no fault of the document as far as we know


@dataclass(frozen=True, slots=True)
class Finished:
    """A shard that was read: how much was in it, and the files that wait to be taken in."""

    input: int
    ordinal: int
    digest: str
    reports: int
    quarantined: int
    claims: int
    words: int
    seconds: float
    stored: int
    files: tuple[Written, ...]


def read_shard(shard: Shard, work: Path) -> Finished:
    """Read the reports of a shard, one after another.

    Args:
        shard: what to read.
        work: the folder for files that are not finished; all processes of a run share it.

    Raises:
        ModelError: the weights are missing or damaged.
        OSError: ``work`` cannot be written.
    """
    began = time.process_time()
    sheets = Sheets()
    journal = _Journal(work / f"{shard.name}.journal")
    for number, item in enumerate(shard.items):
        digest, seen = item.sha256 or "", instant(item.seen) if item.seen else None
        try:
            if journal.deadly(number):
                raise _Died("the process that read this document died of it, twice")
            journal.at(number)
            reading = read_report(item.report())
            sheets.add(Read(item.locator, digest, seen, item.capture, reading))
        except ModelError:
            raise
        except ReportedlyError as error:
            sheets.put_aside(Unread(item.locator, digest, seen, str(error), error.exit_code))
        except Exception as error:  # one document among millions stops nothing
            reason = f"the reader failed: {type(error).__name__}: {str(error)[:200]}"
            sheets.put_aside(Unread(item.locator, digest, seen, reason, _FAILED))
    files = sheets.write(work, shard.name)
    journal.close()
    return Finished(
        shard.input,
        shard.ordinal,
        shard.digest,
        reports=sheets.count("reports"),
        quarantined=sheets.count("quarantine"),
        claims=sheets.count("claims"),
        words=sheets.words,
        seconds=time.process_time() - began,
        stored=shard.stored,
        files=files,
    )


class _Died(ReportedlyError):
    """Reading a document ended the process."""

    exit_code = _FAILED


class _Journal:
    """Which document of a shard was at hand in each try; it is gone when the shard is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            tries = path.read_text(encoding="ascii").split("try\n")[1:]
        except FileNotFoundError:
            tries = []
        self._deaths = Counter(int(t.split()[-1]) for t in tries if t.split())
        self._file = path.open("a", encoding="ascii")
        self._file.write("try\n")

    def deadly(self, number: int) -> bool:
        return self._deaths[number] >= _DEATHS

    def at(self, number: int) -> None:
        self._file.write(f"{number}\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
