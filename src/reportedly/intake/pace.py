"""How fast one host is asked: a gap between requests, a budget, and a growing pause after failures."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import FetchError

_MAX_GAP = 60.0  # seconds: what a Crawl-delay may ask for at most
_FIRST_PAUSE = 2.0
_MAX_PAUSE = 86_400.0


@dataclass(slots=True)
class _Host:
    free: float = 0.0
    held: bool = False
    failures: int = 0
    requests: int = 0
    since: float = float("-inf")


@dataclass(slots=True)
class Pace:
    """Keeps the requests of one run polite, host by host.

    Attributes:
        gap: seconds between two requests to a host; a longer Crawl-delay wins.
        budget: requests to one host within ``window`` seconds, ``None`` for no limit.
        patience: seconds that are waited for a host that has asked for a pause;
            a longer pause is refused at once, so that other hosts get their turn.
        clock: returns seconds that never go back.
        sleep: waits for some seconds.
    """

    gap: float = 1.0
    budget: int | None = 3_000
    window: float = 3_600.0
    patience: float = 30.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _hosts: dict[str, _Host] = field(default_factory=dict, repr=False)

    def wait(self, host: str, gap: float | None = None) -> float:
        """Wait until ``host`` may be asked again; return the seconds that this took.

        Raises:
            FetchError: the budget is used up, or the pause is longer than the patience.
        """
        state = self._hosts.setdefault(host, _Host())
        self.open(host)
        now = self.clock()
        if now - state.since >= self.window:
            state.since, state.requests = now, 0
        if self.budget is not None and state.requests >= self.budget:
            rest = state.since + self.window - now
            raise FetchError(
                f"{host}: the {self.budget:,} requests that a site may be sent in {self.window:,.0f} seconds "
                f"are used up; run again in {rest:,.0f} seconds"
            )
        left = max(0.0, state.free - now)
        if left:
            self.sleep(left)
        state.requests += 1
        state.held = False
        state.free = now + left + min(_MAX_GAP, max(self.gap, gap or 0.0))
        return left

    def open(self, host: str) -> None:
        """Raise :class:`FetchError` if ``host`` has asked for a pause that is longer than the patience."""
        state = self._hosts.setdefault(host, _Host())
        left = state.free - self.clock()
        if state.held and left > self.patience:
            raise FetchError(
                f"{host}: the site is left alone for another {left:,.0f} seconds; run again later"
            )

    def answered(self, host: str) -> None:
        """Note that ``host`` has answered as it should: the next failure counts as the first."""
        self._hosts.setdefault(host, _Host()).failures = 0

    def failed(self, host: str, retry_after: float | None = None) -> None:
        """Note a failure: pause for the seconds that the site asks for, or for twice as long each time."""
        state = self._hosts.setdefault(host, _Host())
        state.failures += 1
        state.held = True
        state.free = max(state.free, self.clock() + pause(state.failures, retry_after, _FIRST_PAUSE))


def pause(failures: int, retry_after: float | None, first: float, most: float = _MAX_PAUSE) -> float:
    """Return the seconds to wait after so many failures in a row: ``retry_after`` or more, up to ``most``."""
    grown = first * 2.0 ** min(max(failures, 1) - 1, 30)
    return min(most, max(grown, retry_after or 0.0))


def retry_after(value: str | None) -> float | None:
    """Read a ``Retry-After`` (RFC 9110, section 10.2.3), a number or a date, as seconds from now."""
    if not value or len(value) > 60:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
