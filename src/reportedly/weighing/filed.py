"""A report as it was filed: its reading and when the desk saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ..records import Reading, Report


@dataclass(frozen=True)
class Filed:
    """One revision of a report, with what was read in it.

    ``seen`` is when the desk took it in (time-zone aware). ``revision`` counts
    from 1; a changed page is a new one.
    """

    reading: Reading
    seen: datetime
    revision: int = 1

    @property
    def report(self) -> Report:
        return self.reading.report

    @property
    def id(self) -> str:
        return self.reading.report.id

    @cached_property
    def published(self) -> datetime:
        """When it was published, in UTC; when it was seen where that is unknown or cannot be read."""
        return moment(self.report.published) or self.seen

    @property
    def published_iso(self) -> str | None:
        """``published`` as the ledger writes it; ``None`` where the report does not say."""
        found = moment(self.report.published)
        return found.isoformat().replace("+00:00", "Z") if found else None


def moment(value: str | None) -> datetime | None:
    """Return an ISO 8601 date (its midnight) or time as an aware time in UTC; ``None`` if it is neither."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None
