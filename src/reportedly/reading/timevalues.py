"""Values of time expressions: from the words of an expression to TIMEX3, against a date."""

from __future__ import annotations

import datetime as dt

from . import calendars
from .storyline import Storyline
from .timeparts import (
    TIME_UNITS,
    Expression,
    amount_of,
    clock_value,
    day_beside,
    duration,
    iso,
    nearest_year,
    unit_of,
    year_of,
)
from .timewords import codes

Resolved = tuple[str | None, str | None]

_PART_OF_DAY = {"START": "TMO", "MID": "TMI", "END": "TEV"}  # "late Monday"
_PAST, _FUTURE = "PAST_REF", "FUTURE_REF"
_TIMELESS = frozenset({"lasting", "bare", "set", "ref", "vagueref"})
_IN_TEXT = (
    "following",
    "previous",
    "same",
    "that",
)  # these look at the dates of the text, not at its publication


class Clock:
    """Resolves the expressions of one text in order, along its :class:`Storyline`."""

    def __init__(self, published: str | None, history: bool) -> None:
        self.story = Storyline(published, history)

    def resolve(self, expression: Expression) -> Resolved:
        """Return the TIMEX3 value and the anchor of ``expression``; no value for dates that do not exist."""
        handler = getattr(self, f"_{expression.rule}")
        value, anchor = handler(expression)
        if (
            value
            and expression.rule not in _TIMELESS
            and not (expression.rule == "ranged" and expression.part)
        ):
            self.story.remember(value, explicit=expression.has("year", "iso"), aside=expression.aside)
        return value, anchor

    # Points: a day, with or without a time of day.

    def _point(self, e: Expression) -> Resolved:
        date, anchor = self._date(e)
        tail = self._tail(e)
        if not tail and e.has("mod") and e.has("weekday", "deictic") and not e.has("month"):
            tail = _PART_OF_DAY[e.get("mod") or "MID"]
        if date is None:
            return (None if e.has("month", "iso", "slash") else tail or None), anchor
        return (date + tail if len(date) >= 10 else date), anchor

    def _date(self, e: Expression) -> Resolved:
        if e.has("iso"):
            text = e.get("iso") or ""
            whole = calendars.parse_day(text)
            return (whole.isoformat() if whole else None), None
        if e.has("month"):
            return self._month_day(e)
        if e.has("weekday"):
            return self._weekday(e)
        if e.has("deictic"):
            base = self.story.now
            moved = calendars.shift(base, "D", int(e.get("deictic") or 0)) if base else None
            return (moved.isoformat() if moved else None), iso(base)
        if e.has("slash"):
            return self._slashed(e)
        base = self.story.there
        return iso(base), iso(base)

    def _month_day(self, e: Expression) -> Resolved:
        return self._dated(e, int(e.get("month") or 1), day_beside(e, e.index("month") or 0))

    def _dated(self, e: Expression, month: int, day: int | None) -> Resolved:
        """Return the value of a month or of a day in it, ``None`` where the calendar has no such day."""
        year, anchor = year_of(e), None
        if year is None:
            year, anchor = self._year_for(e, month, day)
        if day is not None and calendars.day(2000 if year is None else year, month, day) is None:
            return None, None
        front = "XXXX" if year is None else f"{year:04d}"
        return f"{front}-{month:02d}" + ("" if day is None else f"-{day:02d}"), anchor

    def _year_for(self, e: Expression, month: int, day: int | None) -> tuple[int | None, str | None]:
        """Choose the year of a date without one."""
        if e.year or e.frame:
            return e.year or e.frame, None
        story, moved = self.story, e.shift
        if moved and e.has("unit") and story.there:
            return story.there.year + moved[1], iso(story.there)
        if story.history:
            return story.year_of(month), iso(story.last or story.today)
        if story.today is None:
            return story.year, iso(story.last)
        now = story.today
        here = (month, day or (now.day if month == now.month else 1))
        today = (now.month, now.day)
        if moved:
            step = moved[1]
            year = now.year - (step < 0 and here >= today) + (step > 0 and here <= today)
        elif day is None and month == now.month:
            year = now.year
        elif e.direction > 0:
            year = now.year + (here < today)
        elif e.direction < 0:
            year = now.year - (here > today)
        else:
            year = nearest_year(now, month, day)
        return year, now.isoformat()

    def _weekday(self, e: Expression) -> Resolved:
        number = int(e.get("weekday") or 1)
        moved = e.shift
        base = self.story.there if self.story.history else self.story.today
        if base is None:
            return f"XXXX-WXX-{number}", None
        if e.has("unit"):
            found = calendars.weekday_of_week(base, number, moved[1] if moved else 0)
        elif moved and moved[0] in ("last", "past"):
            found = calendars.weekday_near(base, number, -1, strict=True)
        elif moved and moved[0] in ("next", "coming", "following"):
            found = calendars.weekday_near(base, number, 1, strict=True)
        elif moved and moved[0] == "previous":
            found = calendars.weekday_near(base, number, -1, strict=True)
        elif self.story.history or e.direction > 0:
            found = calendars.weekday_near(base, number, 1)
        else:
            found = calendars.weekday_near(base, number, -1)
        return iso(found), iso(base)

    def _slashed(self, e: Expression) -> Resolved:
        """Read 9/11/2001 as month first, or day first where only that is a date."""
        parts = [w.text for w in e.words if w.text.isdecimal()][:3]
        if len(parts) < 3:
            return None, None
        first, second, year = int(parts[0]), int(parts[1]), int(parts[2])
        year += 0 if year > 99 else 1900 if year > 69 else 2000
        found = calendars.day(year, first, second) or calendars.day(year, second, first)
        return iso(found), None

    def _tail(self, e: Expression) -> str:
        """Return the time of day as ``T14:30`` or ``TMO``, empty where there is none."""
        if e.has("clock"):
            return f"T{e.get('clock')}"
        for name in ("ampm", "oclock", "colon", "zone"):
            at = e.index(name)
            if at is not None:
                return clock_value(e, name, at)
        if e.has("part"):
            return f"T{e.get('part')}"
        return "TNI" if e.has("tonight", "overnight") else ""

    def _clock(self, e: Expression) -> Resolved:
        base = self.story.there
        tail = self._tail(e)
        return (base.isoformat() if base and tail else "") + tail or None, iso(base)

    def _part(self, e: Expression) -> Resolved:
        tail = self._tail(e)
        moved = e.shift
        if (moved and moved[0] in ("last", "next", "this", "past", "coming")) or e.has(
            "tonight", "overnight"
        ):
            base = self.story.now
            step = moved[1] if moved else 0
            if e.get("part") in ("MO", "AF", "EV", "NI") and moved and moved[0] == "last":
                step = -1
            found = calendars.shift(base, "D", step) if base else None
        elif moved:
            base = self.story.there
            found = calendars.shift(base, "D", moved[1]) if base else None
        else:
            return f"XXXX-XX-XX{tail}", None
        return (found.isoformat() + tail if found else None), iso(base)

    # Larger units.

    def _span(self, e: Expression) -> Resolved:
        """Read either end of "May 3-5"."""
        days = [int(v) for v, c in zip(e.values, e.classes, strict=True) if c == codes()["day"]]
        return self._dated(e, int(e.get("month") or 1), days[-e.part])

    def _month(self, e: Expression) -> Resolved:
        return self._month_day(e)

    def _monthyear(self, e: Expression) -> Resolved:
        return self._month_day(e)

    def _year(self, e: Expression) -> Resolved:
        year = year_of(e)
        return (("FY" if e.has("fiscal") else "") + f"{year:04d}" if year is not None else None), None

    def _ranged(self, e: Expression) -> Resolved:
        """Read either end of "2003-2016" or "1914-18"."""
        first, last = e.values[0], e.values[-1]
        return (first[: 4 - len(last)].ljust(4 - len(last), "0") + last if e.part else first), None

    def _bc(self, e: Expression) -> Resolved:
        return self._of_era(e, float(e.get("year", "num", "num2", "day", "hhmm") or 0)), None

    def _bcrange(self, e: Expression) -> Resolved:
        return self._of_era(e, float(e.values[-2] if e.part else e.values[0])), None

    def _of_era(self, e: Expression, year: float) -> str:
        front = f"BC{int(year):04d}" if e.get("era") == "-" else f"{int(year):04d}"
        if e.has("month"):
            return f"{front}-{int(e.get('month') or 1):02d}"
        return f"{front}-{e.get('season')}" if e.has("season") else front

    def _decade(self, e: Expression) -> Resolved:
        digits = e.get("decade") or ""
        digits = digits.rstrip("s")
        front = (
            digits[:3]
            if len(digits) >= 3
            else "19" + digits[:1]
            if int(digits[:1] or 0) > 2
            else "20" + digits[:1]
        )
        return f"{front}X", None

    def _century(self, e: Expression) -> Resolved:
        number = int(e.get("ordinal") or 1)
        if e.get("era") == "-":
            return f"BC{number - 1:02d}XX", None
        return f"{number - 1:02d}XX", None

    def _quarter(self, e: Expression) -> Resolved:
        token = e.get("q")
        number = (
            int("".join(c for c in token if c.isdigit())) if token else int(e.get("ordinal", "latter") or 1)
        )
        letter = "H" if e.has("half") or (token and token.startswith("h")) else "Q"
        year, anchor = year_of(e), None
        if number > (2 if letter == "H" else 4):
            return None, None
        if year is None and self.story.there is not None:
            moved = e.shift
            year, anchor = self.story.there.year + (moved[1] if moved else 0), iso(self.story.there)
            length = 6 if letter == "H" else 3
            if (
                moved is None
                and not self.story.history
                and e.direction <= 0
                and (number - 1) * length >= self.story.there.month
            ):
                year -= 1
        return f"{f'{year:04d}' if year is not None else 'XXXX'}-{letter}{number}", anchor

    def _season(self, e: Expression) -> Resolved:
        season = e.get("season") or "SU"
        year, anchor = year_of(e), None
        if year is None:
            base = self.story.there if self.story.history else self.story.today
            if base is None:
                return f"XXXX-{season}", None
            month = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[season]
            moved = e.shift
            if e.frame:
                year = e.frame
            elif moved and e.has("unit"):
                year = base.year + moved[1]
            elif moved and moved[0] in ("last", "next", "past", "coming"):
                year = (
                    base.year
                    - (moved[1] < 0 and base.month < month + 3)
                    + (moved[1] > 0 and base.month >= month)
                )
            elif self.story.history:
                year = self.story.year_of(month) or base.year
            else:
                year = base.year - (not moved and e.direction < 0 and base.month < month)
            anchor = base.isoformat()
        return f"{year:04d}-{season}", anchor

    def _holiday(self, e: Expression) -> Resolved:
        rule, year = e.get("holiday") or "", year_of(e)
        if year is not None:
            found = calendars.holiday(rule, year) if year else None
            return iso(found), None
        base = self.story.there if self.story.history else self.story.today
        if base is None:
            return (f"XXXX-{rule}" if len(rule) == 5 else None), None
        days = [
            calendars.holiday(rule, y) for y in (base.year - 1, base.year, base.year + 1) if 1 <= y <= 9999
        ]
        known = [d for d in days if d]
        moved = e.shift
        step = moved[1] if moved else e.direction
        before = [d for d in known if d <= base]
        after = [d for d in known if d >= base]
        if step < 0 and before:
            return before[-1].isoformat(), base.isoformat()
        if step > 0 and after:
            return after[0].isoformat(), base.isoformat()
        nearest = min(known, key=lambda d: abs((d - base).days), default=None)
        return iso(nearest), base.isoformat()

    def _deictic(self, e: Expression) -> Resolved:
        unit = unit_of(e)
        moved = e.shift or ("this", 0)
        in_text = moved[0] in _IN_TEXT or (moved[0] == "next" and e.has("the"))
        base = self.story.there_by(unit) if in_text else self.story.now
        if base is None or unit in TIME_UNITS:
            return None, iso(base)
        found = calendars.shift(base, unit, moved[1])
        return (calendars.name(found, unit) if found else None), base.isoformat()

    def _weekend(self, e: Expression) -> Resolved:
        """Read "the weekend": the last one, or the next where the sentence looks ahead."""
        base = self.story.now
        if base is None:
            return None, None
        found = calendars.shift(base, "W", -1) if e.direction <= 0 and base.isoweekday() < 6 else base
        return (calendars.name(found, "WE") if found else None), base.isoformat()

    def _edge(self, e: Expression) -> Resolved:
        base = self.story.last_day or self.story.today if unit_of(e) == "D" else self.story.now
        if base is None or unit_of(e) in TIME_UNITS:
            return None, None
        return calendars.name(base, unit_of(e)), base.isoformat()

    def _ago(self, e: Expression) -> Resolved:
        unit, count = unit_of(e), amount_of(e)
        back = e.has("ago") or (e.has("earlier_") and e.words[-1].lower == "earlier")
        base = self.story.there_by(unit) if e.has("earlier_") else self.story.now
        if count is None:
            return (_PAST if back else _FUTURE), iso(base)
        if base is None:
            return None, None
        if unit in TIME_UNITS:
            return self._hours(unit, -count if back else count, base)
        if not float(count).is_integer():
            unit, count = ("M", count * 12) if unit == "Y" else (unit, count)
        found = calendars.shift(base, unit, int(-count if back else count)) if abs(count) < 20000 else None
        return (calendars.name(found, unit) if found else None), base.isoformat()

    def _hours(self, unit: str, count: float, base: dt.date) -> Resolved:
        """Move a publication moment by hours; with only a date the day is all that is known."""
        if self.story.moment is None or base != self.story.today or abs(count) > 10000:
            return (base.isoformat() if abs(count) < 24 else None), base.isoformat()
        seconds = count * {"TH": 3600, "TM": 60, "TS": 1}[unit]
        try:
            found = self.story.moment + dt.timedelta(seconds=seconds)
        except OverflowError:
            return None, base.isoformat()
        return found.strftime("%Y-%m-%dT%H" if unit == "TH" else "%Y-%m-%dT%H:%M"), base.isoformat()

    # Durations, sets, references.

    def _lasting(self, e: Expression) -> Resolved:
        unit, count = unit_of(e), amount_of(e)
        if count is None and not e.has("vague", "units"):
            count = 1.5 if e.has("and_a_half") else 1.0
        return duration(unit, count), None

    def _bare(self, e: Expression) -> Resolved:
        return duration(unit_of(e), None), None

    def _set(self, e: Expression) -> Resolved:
        if e.has("set"):
            return e.get("set"), None
        if e.has("weekday", "weekdays"):
            part = e.get("parts", "part")
            return f"XXXX-WXX-{e.get('weekday', 'weekdays')}" + (f"T{part}" if part else ""), None
        if e.has("part", "parts"):
            return f"XXXX-XX-XXT{e.get('part', 'parts')}", None
        if e.has("month"):
            return f"XXXX-{int(e.get('month') or 1):02d}", None
        if e.has("season"):
            return f"XXXX-{e.get('season')}", None
        if e.has("deictic"):
            return "P1D", None
        count = amount_of(e) or float(e.get("ordinal") or 0) or None
        if e.has("vague"):
            return duration(unit_of(e), None), None
        return duration(unit_of(e), count or (2.0 if "other" in [w.lower for w in e.words] else 1.0)), None

    def _ref(self, e: Expression) -> Resolved:
        return e.get("ref") or _PAST, iso(self.story.now)

    def _vagueref(self, e: Expression) -> Resolved:
        return (_FUTURE if e.has("coming", "tocome") else _PAST), iso(self.story.now)
