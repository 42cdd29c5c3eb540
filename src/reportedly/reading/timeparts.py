"""Parts of time expressions: the words of one expression, and the amounts, hours and days in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from . import calendars
from .numbers import parse
from .page import Word
from .timewords import codes

TIME_UNITS = {"TH": "H", "TM": "M", "TS": "S"}
_SHIFTS = {
    "last": -1,
    "past": -1,
    "previous": -1,
    "next": 1,
    "coming": 1,
    "following": 1,
    "this": 0,
    "same": 0,
    "that": 0,
}
_NEAR_DAYS = 183


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression: its kind, words, their classes and values, and what its neighbours tell.

    ``direction`` is +1 where the sentence looks ahead, -1 where it looks back;
    ``year`` is the year of the next expression where this one shares it;
    ``frame`` the year that opens the sentence ("In 2019 …, and on February 6 …");
    ``aside`` whether it stands in brackets or in a quotation; ``part`` which end of
    a range it is, 0 or 1.
    """

    rule: str
    words: Sequence[Word]
    classes: str
    values: list[str]
    direction: int
    year: int | None
    following: str
    frame: int | None = None
    aside: bool = False
    part: int = 0

    def get(self, *names: str) -> str | None:
        """Return the value of the first word of one of the classes, ``None`` where there is none."""
        at = self.index(*names)
        return None if at is None else self.values[at]

    def index(self, *names: str) -> int | None:
        """Return the place of the first word of one of the classes."""
        places = [at for at in (self.classes.find(codes()[name]) for name in names) if at >= 0]
        return min(places) if places else None

    def has(self, *names: str) -> bool:
        """Tell whether a word of one of the classes is in the expression."""
        return self.index(*names) is not None

    @property
    def shift(self) -> tuple[str, int] | None:
        """The word that moves the expression ("last", "next") and by how much."""
        for name, step in _SHIFTS.items():
            if self.has(name):
                if name == "this" and (self.has("past") or self.has("coming")):
                    continue
                return name, step
        return None


def iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def year_of(e: Expression) -> int | None:
    year = e.get("year")
    return int(year) if year else None


def day_beside(e: Expression, month: int) -> int | None:
    """Return the number of the day that stands by the month, before it or after; it may be no legal one."""
    dayish = (codes()["day"], codes()["ordinal"])
    if month + 1 < len(e.classes) and e.classes[month + 1] in dayish and not _is_hour(e, month + 1):
        number = int(e.values[month + 1])
    else:
        before = month - 1
        if before >= 0 and e.classes[before] == codes()["of"]:
            before -= 1
        if before < 0 or e.classes[before] not in dayish:
            return None
        number = int(e.values[before])
    return number


def _is_hour(e: Expression, at: int) -> bool:
    return at + 1 < len(e.classes) and e.classes[at + 1] in (
        codes()["ampm"],
        codes()["colon"],
        codes()["oclock"],
    )


def nearest_year(now: dt.date, month: int, day: int | None) -> int:
    """Return the year in which a month, or a day of it, is nearest to ``now``."""
    found = {y: calendars.day(y, month, min(day or 15, 28)) for y in (now.year - 1, now.year, now.year + 1)}
    near = [y for y, d in found.items() if d and -_NEAR_DAYS <= (now - d).days <= _NEAR_DAYS]
    return near[0] if near else now.year


def clock_value(e: Expression, name: str, at: int) -> str:
    """Return ``T14:30`` from the figures around a mark of the time of day."""
    if e.has("colon"):
        at = e.index("colon") or 0
        hour, minute = e.values[at - 1], e.values[at + 1]
    else:
        hour, minute = e.values[at - 1], ""
        if name == "zone" and len(hour) == 4:
            hour, minute = hour[:2], hour[2:]
        elif "." in hour:
            hour, _, minute = hour.partition(".")
    if not hour.isdigit() or (minute and not minute.isdigit()):
        return ""
    number = int(hour)
    if e.has("ampm") and number <= 12:
        number = number % 12 + int(e.get("ampm") or 0)
    elif e.has("oclock") and e.get("part") in ("AF", "EV") and number < 12:
        number += 12
    return f"T{number:02d}:{int(minute or 0):02d}" if number <= 24 and int(minute or 0) < 60 else ""


def unit_of(e: Expression) -> str:
    return e.get("unit", "units", "century", "quarter", "weekend") or "D"


def amount_of(e: Expression) -> float | None:
    """Return how many units an expression speaks of; ``None`` where it does not say."""
    half = 0.5 if e.has("and_a_half") else 0.0
    if e.has("half"):
        return 0.5
    at = e.index("day", "num2", "num", "word")
    if at is not None:
        number = parse(e.words, at)
        return number.value if number else None
    vague = e.get("vague")
    if vague:
        return None if vague == "X" else float(vague)
    if e.has("scale"):
        number = parse(e.words, e.index("article", "scale") or 0)
        return number.value if number else None
    if e.has("article", "another") or (e.rule == "ago" and e.has("unit", "century", "quarter")):
        return 1.0 + half
    return None


def duration(unit: str, count: float | None) -> str:
    """Return a TIMEX3 duration: ``P3D``, ``PT2H``, ``PXY``; halves in a smaller unit where that is whole."""
    if count is not None and not float(count).is_integer():
        for larger, smaller, times in (
            ("Y", "M", 12),
            ("TH", "TM", 60),
            ("D", "TH", 24),
            ("DE", "Y", 10),
            ("CE", "Y", 100),
        ):
            if unit == larger and float(count * times).is_integer():
                unit, count = smaller, count * times
                break
    if unit == "F":
        unit, count = "W", count * 2 if count is not None else None
    text = "X" if count is None else f"{count:g}" if count < 1e6 else str(int(count))
    return f"PT{text}{TIME_UNITS[unit]}" if unit in TIME_UNITS else f"P{text}{unit}"
