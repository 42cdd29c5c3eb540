"""What the interface keeps while the server runs: the desk, the reader's turn, the jobs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from ...desk.jobs import Jobs
from ...desk.leases import Leases
from ...desk.names import Names
from ...desk.remembered import Remembered
from ...desk.store import Desk
from .problems import Refused

_REMEMBERED = 256  # stories as they stood at some moment: a list over all stories may need as many
_PATIENCE = 30  # seconds that a posted report waits for its turn


class Turn:
    """A lock that goes round in the order of asking, so that a long job leaves room for others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for the turn, for at most so many seconds; tells whether it was given."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(timeout):
            return True
        with self._lock:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def release(self) -> None:
        """Give the turn to who asked first."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Service:
    """The parts of one running interface.

    Args:
        desk: what it stands on.
        fetch: whether addresses that are posted may be fetched.
    """

    def __init__(self, desk: Desk, *, fetch: bool = False) -> None:
        self.desk = desk
        self.fetch = fetch
        self._turn = Turn()
        self.jobs = Jobs(desk, self._turn, leases=Leases(desk, fetch=fetch))
        self.remembered = Remembered(desk, most=_REMEMBERED)
        self.names = Names(self.remembered.weighed)

    @contextmanager
    def reader(self) -> Iterator[None]:
        """Wait for the turn to read: one report at a time is read, for it takes a whole processor.

        Raises:
            Refused: others took too long.
        """
        if not self._turn.acquire(timeout=_PATIENCE):
            raise Refused(
                503, "unavailable", "other reports are being read; try again later", {"Retry-After": "30"}
            )
        try:
            yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """Stop the jobs; what they have not done can be resumed."""
        self.jobs.close()
