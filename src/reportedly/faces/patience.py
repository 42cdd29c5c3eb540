"""A limit for how long a request may take to arrive ("slow loris").

A server that waits for as long as bytes trickle in can be held by one machine
with a few thousand open connections; so each must have sent its request within a time.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 20.0  # seconds for the head of a request, from the moment that the connection is made or used again
WHOLE = 300.0  # seconds for a whole request: 32 MB come in that time at 1 Mbit/s
CONNECTIONS = 400  # at a time; the next is told to come back


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to its patience."""

    _head: asyncio.TimerHandle | None = None
    _whole: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD, self._close)

    def data_received(self, data: bytes) -> None:
        """Take bytes, and wait for what is missing after them."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is None or cycle.response_complete:  # part of a head
            self._head = self._head or self.loop.call_later(HEAD, self._close)
            return
        self._end("_head")
        if not cycle.more_body:
            self._end("_whole")
        elif self._whole is None:
            self._whole = self.loop.call_later(WHOLE, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._end("_head")
        self._end("_whole")
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request as uvicorn does, or for the rest of one that has begun already."""
        self._end("_whole")
        super().on_response_complete()

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _end(self, name: Literal["_head", "_whole"]) -> None:
        timer: asyncio.TimerHandle | None = getattr(self, name)
        if timer is not None:
            timer.cancel()
        setattr(self, name, None)
