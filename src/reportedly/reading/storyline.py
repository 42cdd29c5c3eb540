"""The dates of a text as it goes on, from which its next date is told.

News looks at dates from its day of publication. A history, a text most of whose years
lie well before that, goes on from one date to the next: a month without a year is that
of the year last named, or of the next year where the story would else jump back
(after the narrative discourse models of Mazur and Dale 2010, "WikiWars").
"""

from __future__ import annotations

import datetime as dt

from . import calendars

# Years between two dates of a history beyond which the second is an aside, until a third confirms it.
_JUMP = 8
# Months that a history may go back in without the year being the next.
_BACK = 9


class Storyline:
    """What a text has named so far: its last date, day and year.

    ``today`` is the day of publication, ``moment`` its time of day where it is known.
    """

    def __init__(self, published: str | None, history: bool) -> None:
        self.today = calendars.parse_day(published)
        self.moment = calendars.parse_hour(published)
        self.history = history
        self.last: dt.date | None = None  # the last date, the first day of it where it is longer
        self.last_day: dt.date | None = None  # the last single day
        self.year: int | None = None  # the last year
        self._month: int | None = None  # the last month of ``year``
        self._far: int | None = None  # a year far from the story's that may begin a new part of it

    @property
    def now(self) -> dt.date | None:
        """The date that deictic words are seen from: publication, or the story's own present."""
        return (self.last or self.today) if self.history else self.today

    @property
    def there(self) -> dt.date | None:
        """The date that "two days later" starts from: the last one named, else publication."""
        return self.last or self.today

    def there_by(self, unit: str) -> dt.date | None:
        """Return the date that a shift by ``unit`` starts from: a single day for days and weeks."""
        return (self.last_day if unit in ("D", "W", "WE", "F") else self.last) or self.today

    def remember(self, value: str, explicit: bool, aside: bool) -> None:
        """Take note of a value; ``explicit`` values name their year, ``aside`` ones stand in brackets.

        In a history an aside that names a year, and a lone year far away, are forgotten.
        """
        if not value[:4].isdigit():
            return
        year = int(value[:4])
        if self.history and explicit and self.year is not None and (aside or self._leads_away(year)):
            return
        whole = calendars.parse_day(value)
        self.last_day = whole or self.last_day
        month = int(value[5:7]) if value[5:7].isdigit() else None
        if whole is None and month is not None:
            whole = calendars.day(year, month, 1)
        if whole is not None or self.last is None or self.last.year != year:
            self.last = whole or calendars.day(year, 1, 1)
        self._month = month or (self._month if year == self.year else None)
        self.year = year

    def _leads_away(self, year: int) -> bool:
        far, self._far = self._far, None
        if self.year is None or abs(year - self.year) <= _JUMP or (far and abs(year - far) <= _JUMP):
            return False
        self._far = year
        return True

    def year_of(self, month: int) -> int | None:
        """Return the year of a month that a history names without one."""
        if self.year is None:
            return self.today.year if self.today else None
        return self.year + (self._month is not None and self._month - month > _BACK)
