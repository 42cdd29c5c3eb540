"""Dates and times as pages state them, brought to ISO 8601.

Nothing is made up: a date without a time stays a date, a time without a zone
stays without one, and a date whose day and month could be exchanged
("04/05/2024") is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), start=1
    )
    for name in names.split()
}  # fmt: skip
# Zone names of one meaning: RFC 2822's, and those of Europe, Japan and Australia. CST, IST and the
# like have several meanings in world news (RFC 2822 gives the American ones) and are left out.
_OFFSETS = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "bst": 60, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120,
    "eest": 180, "msk": 180, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660,
    "nzst": 720, "nzdt": 780,
}  # fmt: skip
_REGIONS = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_FIRST_YEAR, _LAST_YEAR = 1700, 2100

_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_NUMERIC = r"(?P<year>\d{4})(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})"
_DATES = tuple(
    re.compile(rf"(?<![\w/.-]){pattern}(?![\d/])", re.IGNORECASE)
    for pattern in (
        _NUMERIC,
        rf"{_DAY}[ \-]{{1,2}}{_MONTH},?[ \-]{{1,2}}{_YEAR}",
        rf"{_MONTH} {{1,2}}{_DAY},? {{1,2}}{_YEAR}",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<year>\d{4})",
    )
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d))?(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"\s{0,2}(?P<half>[ap]\.?m\b\.?)?"
    r"\s{0,2}(?P<zone>[+-]\d\d:?\d\d\b|[+-]\d\d\b|[A-Za-z]{1,4}\b)?",
    re.IGNORECASE,
)
_OFFSET_AFTER_NAME = re.compile(r"\s{0,2}([+-]\d{1,2})(?::?(\d\d))?\b")
_ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"\s?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date in ISO 8601 and where it stood in the text that was searched."""

    value: str
    start: int
    end: int


def normal(value: object) -> str | None:
    """Return a stated date in ISO 8601, or ``None`` where it is not understood.

    ``value`` is a string in any usual form, or seconds (or milliseconds) since 1970.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _epoch(float(value))
    text = " ".join(str(value)[:200].split())
    iso = _ISO.match(text)
    if iso is not None:
        return _join(iso["date"], iso["hour"], iso["minute"], iso["second"], None, iso["zone"])
    if text.isdecimal() and len(text) in (10, 13):
        return _epoch(float(text))
    stamp = find(text)
    return stamp.value if stamp else None


def find(text: str) -> Stamp | None:
    """Return the first full date of ``text`` with the time that stands beside it.

    Only the first 300 characters are searched.
    """
    text = text[:300]
    found = [(m.start(), order, m) for order, p in enumerate(_DATES) for m in p.finditer(text)]
    for _, _, match in sorted(found, key=lambda f: f[:2]):
        day = _day(match)
        if day is None:
            continue
        clock, begin, end = _beside(text, match.start(), match.end())
        if clock is None:
            return Stamp(day, match.start(), match.end())
        hour, minute, second, half, zone = clock
        whole = _join(day, hour, minute, second, half, zone)
        return Stamp(whole or day, begin, end)
    return None


def precise(first: str, others: list[str]) -> str:
    """Return ``first``, or the first of ``others`` that states the same day with more detail.

    Dates of the same day from several places of one page are taken for one
    event: "2024-05-05" and "2024-05-05T09:00+01:00" give the latter.
    """
    best = first
    for other in others:
        if other[:10] == best[:10] and _detail(other) > _detail(best):
            best = other
    return best


def _detail(value: str) -> int:
    return (len(value) > 10) + (len(value) > 10 and ("+" in value[10:] or "-" in value[10:]))


_Clock = tuple[str, str | None, str | None, str | None, str | None]


def _beside(text: str, start: int, end: int) -> tuple[_Clock | None, int, int]:
    """Find the time after a date ("5 May 2024 at 14:30 BST") or before it ("2:30 p.m. ET, May 5")."""
    gap = re.compile(r"(?:[T,;]|\s|at|on|[-–—|•·]){0,6}", re.IGNORECASE).match(text, end)
    after = gap.end() if gap else end
    match = _CLOCK.match(text, after)
    if match is not None and _is_clock(match):
        clock, stop = _parts(text, match)
        return clock, start, stop
    for before in _CLOCK.finditer(text, max(0, start - 40), start):
        between = text[before.end() : start]
        if _is_clock(before) and len(between) <= 16 and not re.search(r"\d", between):
            clock, _ = _parts(text, before)
            return clock, before.start(), end
    return None, start, end


def _is_clock(match: re.Match[str]) -> bool:
    return bool(match["minute"] or match["half"])


def _parts(text: str, match: re.Match[str]) -> tuple[_Clock, int]:
    zone, end = match["zone"], match.end()
    if zone and zone.lower() in ("utc", "gmt"):
        offset = _OFFSET_AFTER_NAME.match(text, end)
        if offset is not None:
            zone, end = f"{int(offset[1]):+03d}:{offset[2] or '00'}", offset.end()
    elif zone and zone.isalpha() and zone.lower() not in {**_OFFSETS, **_REGIONS}:
        zone, end = None, match.start("zone")
    return (match["hour"], match["minute"], match["second"], match["half"], zone), end


def _day(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if "a" in groups:
        first, second = int(groups["a"]), int(groups["b"])
        if first != second and first <= 12 and second <= 12:
            return None
        month, day = (first, second) if second > 12 else (second, first)
    else:
        name = groups["month"]
        number = int(name) if name.isdecimal() else _MONTHS.get(name.lower())
        if number is None:
            return None
        month, day = number, int(groups["day"])
    year = int(groups["year"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _join(
    day: str, hour: str, minute: str | None, second: str | None, half: str | None, zone: str | None
) -> str | None:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half[0] in "pP" else 0)
    try:
        moment = datetime.fromisoformat(day).replace(
            hour=number, minute=int(minute or 0), second=int(second or 0), tzinfo=None
        )
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return None
        moment = _zoned(moment, zone)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="seconds" if second else "minutes")


def _zoned(moment: datetime, zone: str | None) -> datetime:
    if not zone:
        return moment
    name = zone.lower()
    if name in _REGIONS:
        try:
            region = ZoneInfo(_REGIONS[name])
        except ZoneInfoNotFoundError:
            return moment
        offset = moment.replace(tzinfo=region).utcoffset() or timedelta()
        return moment.replace(tzinfo=timezone(offset))
    if name in _OFFSETS:
        return moment.replace(tzinfo=timezone(timedelta(minutes=_OFFSETS[name])))
    digits = name[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 14 * 60:
        raise ValueError(zone)
    return moment.replace(tzinfo=timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes)))


def _epoch(seconds: float) -> str | None:
    if seconds != seconds or seconds < 86_400:
        return None
    try:
        moment = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="seconds") if moment.year <= _LAST_YEAR else None
