"""From values to places on an axis, and which values an axis names."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel.numbers import format_compact_decimal

_STEPS = tuple(
    timedelta(**{unit: count})
    for unit, counts in (("minutes", (15, 30)), ("hours", (1, 2, 3, 6, 12)), ("days", (1, 2, 4, 7, 14)))
    for count in counts
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAST = 1e-6  # a value below it is as good as 0
_LOG_FROM = 1000  # a scale whose largest value is this many times its smallest is logarithmic


@dataclass(frozen=True, slots=True)
class Times:
    """An axis of time from ``start`` to ``end`` (in any unit of length)."""

    first: datetime
    last: datetime
    start: float
    end: float

    def __call__(self, when: datetime) -> float:
        """Return where a moment stands; the middle, if all moments are the same."""
        whole = (self.last - self.first).total_seconds()
        share = (when - self.first).total_seconds() / whole if whole > 0 else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """Return at most ``most`` round moments of the axis, each with where it stands and its name."""
        whole = self.last - self.first
        if not whole:
            return [(self(self.first), f"{day_name(self.first)} {self.first:%H:%M}")]
        for step in _STEPS:
            if whole / step <= most:
                found = list(_multiples(self.first, self.last, step))[:most]
                return [(self(t), _name(t, step)) for t in found]
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        count = next((m for m in _MONTHS if months / m <= most - 1), _MONTHS[-1])
        return [
            (self(t), str(t.year) if count >= 12 else f"{_MONTH_NAMES[t.month - 1]} {t.year}")
            for t in _month_starts(self.first, self.last, count)
        ][:most]


def _multiples(first: datetime, last: datetime, step: timedelta) -> Iterator[datetime]:
    zero = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday
    count = math.ceil((first - zero) / step)
    while (when := zero + count * step) <= last:
        yield when
        count += 1


def _month_starts(first: datetime, last: datetime, count: int) -> Iterator[datetime]:
    number = -(-(first.year * 12 + first.month - 1) // count) * count
    while number // 12 <= 9999 and (when := datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)) <= last:
        if when >= first:
            yield when
        number += count


def _name(when: datetime, step: timedelta) -> str:
    midnight = when.hour == when.minute == 0
    return day_name(when) if midnight or step >= timedelta(days=1) else f"{when:%H:%M}"


def day_name(when: datetime) -> str:
    """Return a day without its year: "17 Mar"."""
    return f"{when.day} {_MONTH_NAMES[when.month - 1]}"


def moment_name(when: datetime) -> str:
    """Return a moment without its year: "17 Mar, 13:00"; at midnight, where no time was given, the day."""
    return day_name(when) + (f", {when:%H:%M}" if when.hour or when.minute else "")


@dataclass(frozen=True, slots=True)
class Values:
    """An axis of values from ``low`` at ``start`` to ``high`` at ``end``, plain or logarithmic."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """Return where a value stands; the nearer end, if it stands outside."""
        low, high = self._of(self.low), self._of(self.high)
        share = (self._of(value) - low) / (high - low) if high > low else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def _of(self, value: float) -> float:
        return math.log10(max(value, _LEAST)) if self.logarithmic else value

    def ticks(self, most: int = 4) -> list[float]:
        """Return the round values that the axis names."""
        if self.logarithmic:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            return [10.0**p for p in powers][:: max(1, -(-len(powers) // most))]
        step = _round_step((self.high - self.low) / most)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [step * k for k in range(first, min(last, first + 2 * most) + 1)]


def values(found: list[float], start: float, end: float) -> Values:
    """Return an axis that has all the values on it: from 0, unless they differ little or hugely."""
    low, high = min(found), max(found)
    positive = [v for v in found if v >= _LEAST]
    if low >= 0 and positive and high / min(positive) >= _LOG_FROM:
        bottom = 10.0 ** math.floor(math.log10(min(positive)))
        return Values(bottom, 10.0 ** math.ceil(math.log10(high)), start, end, logarithmic=True)
    if high == low == 0:
        return Values(0, 1, start, end)
    if (low >= 0 and low < 0.6 * high) or high == low:
        low = min(low, 0.0)
    if high == low:
        high = 0.0
    step = _round_step((high - low) / 4)
    return Values(math.floor(low / step) * step, math.ceil(high * 1.04 / step) * step, start, end)


def _round_step(rough: float) -> float:
    """Return the round number (1, 2 or 5, and zeros) that is not below ``rough``."""
    if not rough > 0 or not math.isfinite(rough):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 5) if m * power >= rough * 0.999), 10 * power)


def short(value: float) -> str:
    """Return a value in few letters: "14", "2.5K", "5M"."""
    if abs(value) < 10_000:
        return f"{value:,.6g}"
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    return str(format_compact_decimal(value, locale="en", fraction_digits=1))
