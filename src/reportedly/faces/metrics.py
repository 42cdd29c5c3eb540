"""Figures of a running server for Prometheus, in its text format 0.0.4.

Requests are counted by the template of their address, never by the address: no word that was
looked for, name, id or reader's address is in any figure. What a desk holds is counted in the
desk when somebody asks, so that it is right whichever worker answers. What is counted in memory
(requests) is summed over all workers by prometheus-client's multiprocess mode: each worker
writes its counts to a file of its own that the others read, and the counts of one that died stay.
A label for each worker was the other choice; then a scrape sees only the worker that happens to
answer it, as all of them listen on one socket.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .. import __version__
from ..desk.figures import Figures, figures
from ..desk.store import Desk
from ..errors import DeskError

#: The folder in which the workers of one server keep their counts; set before a worker begins.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOST_ROUTES = 500  # an application has far fewer; nobody can make this grow
_FEW = "(another)"

_made = threading.Lock()
_requests: tuple[Counter, Histogram] | None = None


class Requests:
    """Counts the requests of one worker. Applications of one process share the counts."""

    def __init__(self) -> None:
        global _requests
        with _made:
            if _requests is None:
                registry = CollectorRegistry()
                _requests = (
                    Counter(
                        "reportedly_requests", "Requests answered.", ["method", "route", "status"],
                        registry=registry,
                    ),
                    Histogram(
                        "reportedly_request_seconds", "Seconds to answer a request.", ["method", "route"],
                        buckets=_SECONDS, registry=registry,
                    ),
                )  # fmt: skip
        self._count, self._seconds = _requests
        self._routes: set[str] = set()

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; ``route`` is the template of its address."""
        method = method if method in _METHODS else _FEW
        if route not in self._routes:
            if len(self._routes) >= _MOST_ROUTES:
                route = _FEW
            else:
                self._routes.add(route)
        self._count.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """Yield the counts: of all workers, if there are several."""
        if os.environ.get(FOLDER):
            # the library has no types there
            yield from multiprocess.MultiProcessCollector(CollectorRegistry()).collect()  # type: ignore[no-untyped-call]
        else:
            yield from self._count.collect()
            yield from self._seconds.collect()


def page(desk: Desk, requests: Requests) -> bytes:
    """Return all figures. If the desk cannot be read, ``reportedly_desk_up`` is 0 and those of it are left
    out."""
    registry = CollectorRegistry()
    registry.register(_Page(desk, requests))
    return generate_latest(registry)


class _Page(Collector):
    def __init__(self, desk: Desk, requests: Requests) -> None:
        self._desk, self._requests = desk, requests

    def describe(self) -> Iterable[Metric]:
        return ()  # so that nothing is asked of the desk when this is registered

    def collect(self) -> Iterable[Metric]:
        about = GaugeMetricFamily("reportedly_info", "The program.", labels=["version"])
        about.add_metric([__version__], 1)
        yield about
        yield from self._requests.collect()
        up = GaugeMetricFamily("reportedly_desk_up", "Whether the desk can be read.")
        try:
            found = figures(self._desk)
        except DeskError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _of_desk(found)


def _of_desk(found: Figures) -> Iterator[Metric]:
    for name, said, value in (
        ("reports", "Reports in the desk.", found.reports),
        ("stories", "Stories in the desk.", found.stories),
        ("stories_unweighed", "Stories of which nothing is weighed yet.", found.unweighed),
        ("quarantine", "Items that could not be taken in.", found.quarantine),
        ("alerts_fired", "Alerts that saved searches fired, ever.", found.fired),
    ):
        one = GaugeMetricFamily(f"reportedly_{name}", said)
        one.add_metric([], value)
        yield one
    for name, said, label, values in (
        ("jobs", "Jobs by state.", "state", found.jobs),
        ("decisions", "Decisions ever made, by kind.", "kind", found.decisions),
    ):
        many = GaugeMetricFamily(f"reportedly_{name}", said, labels=[label])
        for key, value in sorted(values.items()):
            many.add_metric([key], value)
        yield many
    sent = GaugeMetricFamily(
        "reportedly_alert_deliveries", "Alerts by way and state.", labels=["channel", "state"]
    )
    for (channel, state), value in sorted(found.deliveries.items()):
        sent.add_metric([channel, state], value)
    yield sent
