"""A decision with what follows from it: stories grouped anew where it calls for that, and weighed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import Connection, exists, not_, select

from .book import weigh_some
from .decisions import Decision, log
from .filing import regroup
from .review import stories_of, touched
from .store import Desk, InDoubt, Unreachable, retried
from .tables import members, stories, weighed


def decide(desk: Desk, act: Callable[[Connection], Decision], *, groups: bool = True) -> Decision:
    """Write a decision down, and weigh the stories anew that it changes; what waited before, waits on.

    Args:
        desk: where.
        act: makes the decision through a connection that writes, as the functions of
            :mod:`reportedly.desk.review` do.
        groups: whether it may change which report belongs to which story. What does not (to confirm, to
            reject, to correct) is written on a server while others file.

    Raises:
        NotInDesk, DeskError: what ``act`` raises; then nothing is written.
    """

    def write() -> tuple[Decision, list[str]]:
        with desk.writing(alone=groups) as connection:
            waiting = _not_weighed(connection)
            before = _story_of(connection)
            decision = act(connection)
            if touched(connection, decision):
                regroup(connection)
            concerned = reports_of(decision, log(connection))
            changed = {
                *(_not_weighed(connection) - waiting),
                *({before[r] for r in concerned if r in before} & set(_story_of(connection).values())),
                *stories_of(connection, concerned),
            }
        return decision, sorted(changed)

    decision, changed = retried(write)
    with suppress(Unreachable, InDoubt):  # the decision is kept: who comes later weighs
        weigh_some(desk, changed)
    return decision


def _not_weighed(connection: Connection) -> set[str]:
    missing = select(stories.c.id).where(not_(exists().where(weighed.c.story == stories.c.id)))
    return set(connection.execute(missing).scalars())


def _story_of(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(members.c.report, members.c.story))
    return {row.report: row.story for row in rows}


def reports_of(decision: Decision, entries: Sequence[Decision]) -> list[str]:
    """Return the reports that a decision, or the one that it takes back, is about.

    ``entries`` is the log, in which the decision that is taken back stands.
    """
    if decision.kind == "undo":
        return reports_of(next(d for d in entries if d.id == decision.undoes), entries)
    body = decision.body
    single = [body["report"]] if "report" in body else []
    pairs = [body[name][0] for name in ("a", "b") if name in body]
    many = [place[0] for place in body.get("places", ())]
    many += [report for name in ("reports", "part", "rest") for report in body.get(name, ())]
    return [*single, *pairs, *many]
