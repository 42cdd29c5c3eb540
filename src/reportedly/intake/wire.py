"""Connections that end at a moment, however slowly the other side sends.

A limit for each read alone does not bound a fetch: a site that sends one byte
of a header every few seconds would hold the program for days.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import httpcore2
import httpx2

Stop = Callable[[], float]


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, stop: Stop) -> None:
        self._stream, self._stop = stream, stop

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._stop, timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._stop, timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(self._stop, timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._stop)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, stop: Stop) -> None:
        self._backend, self._stop = httpcore2.SyncBackend(), stop

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._stop, timeout, httpcore2.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._stop)


class Transport(httpx2.HTTPTransport):
    """Sends requests; raises ``httpx2.TimeoutException`` once it is ``stop()`` by the monotonic clock.

    Environment variables that name a proxy are not looked at: it would resolve names by itself.
    """

    def __init__(self, stop: Stop) -> None:
        context = _context()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=_Backend(stop))


@cache
def _context() -> ssl.SSLContext:
    """Return what certificates are checked with; loading them takes longer than most fetches."""
    return httpx2.create_ssl_context(trust_env=False)


def _left(stop: Stop, timeout: float | None, over: type[httpcore2.TimeoutException]) -> float:
    left = stop() - time.monotonic()
    if left <= 0:
        raise over("the time for the whole is over")
    return left if timeout is None else min(timeout, left)
