"""Limits of requests: how large their bodies may be, and how many one client may send."""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import secrets
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

_CLIENTS = 10_000  # that are kept in mind
_PLACES, _WAYS = 16_384, 8  # of clients that workers have in common
_KEY = 32  # bytes
_BUCKET = struct.Struct("<16sdd")  # a digest of who, how much is left, and when that was


@dataclass(frozen=True)
class Limits:
    """What one client may do.

    Attributes:
        rate, burst: requests a second over time, and at once.
        costly_rate, costly_burst: the same for what takes a processor for long (reading, ingest, export).
        body: bytes of a body.
        uploads: bytes of a body of reports to take in.
        report: bytes of a report to read.
        pasted: bytes of the form in which a report is pasted or uploaded. of a form with one in it, ``form``.
    """

    rate: float = 50.0
    burst: int = 300
    costly_rate: float = 1.0
    costly_burst: int = 20
    body: int = 256_000
    uploads: int = 32_000_000
    report: int = 300_000
    pasted: int = 6_000_000
    form: int = 6_500_000

    def of_body(self, path: str) -> int:
        """Return how many bytes a body for a path may have."""
        if _UPLOADS.fullmatch(path):
            return self.uploads
        if _FORM.fullmatch(path):
            return self.form
        if _PASTED.fullmatch(path):
            return self.pasted
        return self.report if _REPORT.fullmatch(path) else self.body


_UPLOADS = re.compile(r"/api/v1/jobs")
_REPORT = re.compile(r"/api/v1/read")
_PASTED = re.compile(r"/read|/ingest")
_FORM = re.compile(r"/(read|ingest)")
_COSTLY = re.compile(r"POST /(api/v1/)?(read|jobs|ingest|login)|GET /api/v1/exports/.+")


def is_costly(method: str, path: str) -> bool:
    """Tell whether a request takes a processor for long."""
    return _COSTLY.fullmatch(f"{method} {path}") is not None


class TooLarge(HTTPException):
    """A body that goes on beyond its limit; a kind of error that FastAPI passes on from within a body."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"more than {most:,} bytes", {"Connection": "close"})


def counted(receive: Receive, most: int) -> Receive:
    """Count a body as it comes, whatever its headers say; raises :class:`TooLarge` beyond ``most`` bytes."""
    total = 0

    async def counting() -> Message:
        nonlocal total
        message = await receive()
        if message["type"] == "http.request":
            total += len(message.get("body", b""))
            if total > most:
                raise TooLarge(most)
        return message

    return counting


class Throttle(Protocol):
    """Counts what clients do."""

    def take(self, client: str) -> float:
        """Count a request; returns 0 if it may go on, or else how many seconds to wait."""


class Buckets:
    """How much each client may still do: a bucket that fills at a rate up to a burst ("token bucket").

    Args:
        rate: requests a second.
        burst: how many at once.
        clock: gives seconds.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, float(burst), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str) -> float:
        """Count a request; returns 0 if it may go on, or else how many seconds to wait."""
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(client, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            granted = left >= 1
            self._left[client] = (left - 1 if granted else left, now)
            while len(self._left) > _CLIENTS:
                self._left.popitem(last=False)
        return 0.0 if granted else (1 - left) / self._rate


class SharedBuckets:
    """The same for all workers of one server: the buckets stand in a file that they all have in memory.

    A client has one of eight places, by a keyed digest of its name; if others have them all, the one that
    asked longest ago is forgotten. The steady clock is that of the machine, the same in every process.

    Args:
        rate, burst: as for :class:`Buckets`.
        file: the file; it is made if it is not there, and is no use after the server ends.
        clock: gives seconds, and the same to all workers.
    """

    def __init__(
        self, rate: float, burst: int, file: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, float(burst), clock
        self._lock = threading.Lock()
        self._file = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        with self._alone():
            if os.fstat(self._file.fileno()).st_size == 0:
                self._file.write(secrets.token_bytes(_KEY))
                self._file.truncate(_KEY + _PLACES * _BUCKET.size)
            self._memory = mmap.mmap(self._file.fileno(), _KEY + _PLACES * _BUCKET.size)
        self._key = self._memory[:_KEY]

    def take(self, client: str) -> float:
        """Count a request; returns 0 if it may go on, or else how many seconds to wait."""
        name = hashlib.blake2b(client.encode(errors="replace"), digest_size=16, key=self._key).digest()
        first = int.from_bytes(name[:4], "big") % (_PLACES // _WAYS) * _WAYS
        places = range(_KEY + first * _BUCKET.size, _KEY + (first + _WAYS) * _BUCKET.size, _BUCKET.size)
        with self._alone():
            now = self._clock()
            found = {at: _BUCKET.unpack_from(self._memory, at) for at in places}
            mine = next((at for at in places if found[at][0] == name), None)
            if mine is None:
                mine = min(places, key=lambda at: found[at][2])
                left = self._burst
            else:
                left = min(self._burst, found[mine][1] + max(0.0, now - found[mine][2]) * self._rate)
            granted = left >= 1
            _BUCKET.pack_into(self._memory, mine, name, left - 1 if granted else left, now)
        return 0.0 if granted else (1 - left) / self._rate

    @contextmanager
    def _alone(self) -> Iterator[None]:
        import fcntl

        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
