"""Limits of requests: how large their bodies may be, and how many one client may send."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

_CLIENTS = 10_000  # that are kept in mind


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
