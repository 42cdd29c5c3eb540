"""How much of everything a desk holds, for those who run it: figures without a word of any report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from .access_tables import jobs
from .alert_tables import deliveries, fired
from .jobs import STATES
from .store import Desk
from .tables import decisions, items, revisions, stories, weighed


@dataclass(frozen=True, slots=True)
class Figures:
    """What a desk holds at a moment; ``deliveries`` by (channel, state)."""

    reports: int
    stories: int
    unweighed: int
    quarantine: int
    fired: int
    jobs: dict[str, int]
    decisions: dict[str, int]
    deliveries: dict[tuple[str, str], int]


def figures(desk: Desk) -> Figures:
    """Count what a desk holds; all at one moment.

    Raises:
        DeskError: it cannot be read.
    """
    with desk.reading() as connection:
        kept = _count(connection, select(func.count()).select_from(stories))
        done = select(func.count()).select_from(weighed.join(stories, stories.c.id == weighed.c.story))
        return Figures(
            reports=_count(connection, select(func.count()).where(revisions.c.latest == 1)),
            stories=kept,
            unweighed=kept - _count(connection, done),
            quarantine=_count(connection, select(func.count()).where(items.c.state == "quarantined")),
            fired=_count(connection, select(func.count()).select_from(fired)),
            jobs=dict.fromkeys(STATES, 0) | _by(connection, jobs.c.state),
            decisions=_by(connection, decisions.c.kind),
            deliveries={
                (row.channel, row.state): row.number
                for row in connection.execute(
                    select(deliveries.c.channel, deliveries.c.state, func.count().label("number")).group_by(
                        deliveries.c.channel, deliveries.c.state
                    )
                )
            },
        )


def _count(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())


def _by(connection: Connection, column: Any) -> dict[str, int]:
    query = select(column, func.count()).group_by(column)
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}
