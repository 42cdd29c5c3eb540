"""The calendar under the time reader: shifts, weeks, holidays, in TIMEX3 values."""

from __future__ import annotations

import datetime as dt

Day = dt.date

_MONTHS_A_UNIT = {"M": 1, "Q": 3, "Y": 12, "DE": 120, "CE": 1200}
_DAYS_A_UNIT = {"D": 1, "W": 7, "F": 14, "WE": 7}


def day(year: int, month: int, number: int) -> Day | None:
    """Return a date, or ``None`` where the calendar has no such day."""
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None


def parse_day(text: str | None) -> Day | None:
    """Return the date at the front of an ISO 8601 string, ``None`` where there is none."""
    try:
        return dt.date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def parse_hour(text: str | None) -> dt.datetime | None:
    """Return the moment of an ISO 8601 string that has a time of day, else ``None``."""
    try:
        return dt.datetime.fromisoformat(text) if text and len(text) > 10 else None
    except ValueError:
        return None


def shift(base: Day, unit: str, count: int) -> Day | None:
    """Return ``base`` moved by ``count`` units; ``None`` outside the years 1 to 9999."""
    try:
        if unit in _DAYS_A_UNIT:
            return base + dt.timedelta(days=count * _DAYS_A_UNIT[unit])
        months = base.year * 12 + base.month - 1 + count * _MONTHS_A_UNIT[unit]
        year, month = divmod(months, 12)
        last = (dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
        return dt.date(year, month + 1, min(base.day, last))
    except (ValueError, OverflowError, KeyError):
        return None


def name(base: Day, unit: str) -> str:
    """Return the TIMEX3 value of the unit that ``base`` stands in: ``2025-W07`` for a week, ``2025-Q1`` …"""
    week = base.isocalendar()
    return {
        "D": base.isoformat(),
        "W": f"{week.year}-W{week.week:02d}",
        "F": f"{week.year}-W{week.week:02d}",
        "WE": f"{week.year}-W{week.week:02d}-WE",
        "M": f"{base.year:04d}-{base.month:02d}",
        "Q": f"{base.year:04d}-Q{(base.month + 2) // 3}",
        "Y": f"{base.year:04d}",
        "DE": f"{base.year // 10:03d}X",
        "CE": f"{base.year // 100:02d}XX",
    }.get(unit, base.isoformat())


def weekday_near(base: Day, number: int, direction: int, strict: bool = False) -> Day | None:
    """Return the nearest weekday ``number`` (1 is Monday) to ``base``, which counts unless ``strict``."""
    gap = (number - base.isoweekday()) % 7 if direction > 0 else -((base.isoweekday() - number) % 7)
    if strict and gap == 0:
        gap = 7 * direction
    return shift(base, "D", gap)


def weekday_of_week(base: Day, number: int, weeks: int) -> Day | None:
    """Return weekday ``number`` of the ISO week that is ``weeks`` after that of ``base``."""
    return shift(base, "D", number - base.isoweekday() + 7 * weeks)


def easter(year: int) -> Day:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher's algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    moon = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * moon) // 451
    month, number = divmod(h + moon - 7 * m + 114, 31)
    return dt.date(year, month, number + 1)


def holiday(rule: str, year: int) -> Day | None:
    """Return a holiday's date: ``MM-DD``, ``month/weekday/nth`` with ``+days``, or ``easter+days``."""
    if rule.startswith("easter"):
        return shift(easter(year), "D", int(rule[6:]))
    if "/" not in rule:
        return day(year, int(rule[:2]), int(rule[3:]))
    rule, _, extra = rule.partition("+")
    month, number, nth = (int(part) for part in rule.split("/"))
    if nth < 0:
        following = day(year + month // 12, month % 12 + 1, 1)
        found = weekday_near(following, number, -1, strict=True) if following else None
    else:
        first = day(year, month, 1)
        start = weekday_near(first, number, 1) if first else None
        found = shift(start, "W", nth - 1) if start else None
    return shift(found, "D", int(extra or 0)) if found else None
