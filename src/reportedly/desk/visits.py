"""The log of who saw and did what, written in batches, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading

from ..errors import DeskError
from .access import Visit, is_written, use_sessions, write_visits
from .store import Desk, InDoubt

_EVERY = 1.0  # seconds between two batches
_MOST = 100_000  # entries that wait while the desk cannot be written

_LOG = logging.getLogger(__name__)


class VisitLog:
    """Takes entries from any thread; a thread of its own writes them down.

    While the desk is being written by others the entries wait; if far too many
    wait, the oldest go to the server's own log in place of the desk.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: list[Visit] = []
        self._doubtful: list[Visit] = []  # of which nobody knows whether they are written
        self._used: dict[str, str] = {}  # sessions, by their digests, and when they were used last
        self._wake = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, visit: Visit, session: str | None = None) -> None:
        """Take an entry; ``session`` is the digest of the session through which it came."""
        with self._wake:
            self._waiting.append(visit)
            if session is not None:
                self._used[session] = visit.at
            if len(self._waiting) > _MOST:
                _LOG.error("not kept in the desk: %s", self._waiting.pop(0))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="reportedly-visits", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            DeskError: the desk cannot be written; the entries wait on.
        """
        with self._writing:
            with self._wake:
                batch, self._waiting = self._waiting, []
                used, self._used = self._used, {}
            if not batch:
                return
            try:
                with self._desk.writing(alone=False) as connection:
                    if self._doubtful and is_written(connection, self._doubtful):
                        del batch[: len(self._doubtful)]  # what waited longest stands first
                    self._doubtful = []
                    write_visits(connection, batch)
                    use_sessions(connection, used)
            except DeskError as error:
                if isinstance(error, InDoubt):
                    self._doubtful = batch
                with self._wake:
                    self._waiting = batch + self._waiting
                    self._used = used | self._used
                raise

    def close(self) -> None:
        """Write what waits, and stop."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=10)
        try:
            self.flush()
        except DeskError:
            _LOG.exception("the last entries of the log of visits are not kept")

    def _work(self) -> None:
        while not self._closed:
            with self._wake:
                self._wake.wait(timeout=_EVERY)
            try:
                self.flush()
            except DeskError as error:
                _LOG.warning("the log of visits waits: %s", error)
