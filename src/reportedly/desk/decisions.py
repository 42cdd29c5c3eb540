"""The decisions of people: rows that are only ever added. To undo one is to add another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Connection, insert, select, update

from ..errors import DeskError, NotInDesk
from ..intake.text import without_surrogates
from ..weighing.rulings import Place, Rulings
from . import custody
from .store import hold_decisions, now
from .tables import decisions

Kind = Literal["join", "part", "confirm", "reject", "correct", "hide", "redact", "rate", "undo"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: who decided what, when and why.

    ``body`` depends on ``kind``: ``join`` {"reports"}: they are one story;
    ``part`` {"part", "rest"}: two lists of reports that are different stories;
    ``confirm`` and ``reject`` {"a", "b"}: two appearances ``[report,
    attribution]`` that are, or are not, the same claim; ``correct`` {"report",
    "attribution", "field", "value"}; ``hide`` {"report"}; ``redact`` {"report",
    "revision", "field", "spans"}, see :class:`reportedly.desk.redactions.Cut`;
    ``rate`` {"claim", "places", "rating", …}, see
    :class:`reportedly.desk.ratings.Rating`; ``undo`` {}: takes back the
    decision ``undoes``.
    """

    id: int
    decided: str
    who: str
    kind: Kind
    body: dict[str, Any]
    why: str
    undoes: int | None = None


def record(connection: Connection, kind: Kind, body: dict[str, Any], *, who: str, why: str) -> Decision:
    """Write a decision down and return it."""
    hold_decisions(connection)
    return _write(connection, kind, body, who, why, None)


def undo(connection: Connection, number: int, *, who: str, why: str) -> Decision:
    """Take back decision ``number`` (which may be an undo itself).

    Raises:
        NotInDesk: there is no such decision.
        DeskError: it is undone already.
    """
    hold_decisions(connection)
    everything = {d.id: d for d in log(connection)}
    if number not in everything:
        raise NotInDesk(f"there is no decision {number}; list them with: reportedly review log")
    if any(d.undoes == number for d in everything.values()):
        raise DeskError(f"decision {number} is undone already")
    return _write(connection, "undo", {}, who, why, number)


def _write(
    connection: Connection, kind: Kind, body: dict[str, Any], who: str, why: str, undoes: int | None
) -> Decision:
    decided = now()
    values = {
        "decided": decided,
        "who": without_surrogates(who),
        "kind": kind,
        "body": msgspec.json.encode(body).decode(),
        "why": without_surrogates(why),
        "undoes": undoes,
    }
    before = custody.end(connection, "decisions")
    row = connection.execute(insert(decisions).values(values))
    assert row.inserted_primary_key is not None
    number = int(row.inserted_primary_key[0])
    sealed = custody.decision_digest(before.digest, {**values, "id": number})
    connection.execute(update(decisions).where(decisions.c.id == number).values(digest=sealed))
    custody.put_end(connection, "decisions", custody.End(before.count + 1, sealed))
    return Decision(id=number, decided=decided, who=who, kind=kind, body=body, why=why, undoes=undoes)


def log(connection: Connection, as_of: str | None = None) -> list[Decision]:
    """Return all decisions, oldest first; those up to a moment if ``as_of`` is given."""
    query = select(decisions).order_by(decisions.c.id)
    if as_of is not None:
        query = query.where(decisions.c.decided <= as_of)
    return [
        Decision(
            id=row.id,
            decided=row.decided,
            who=row.who,
            kind=row.kind,
            body=msgspec.json.decode(row.body),
            why=row.why,
            undoes=row.undoes,
        )
        for row in connection.execute(query)
    ]


def standing(entries: Sequence[Decision]) -> list[Decision]:
    """Return the decisions that are not undone (by an undo that is not undone itself)."""
    undone: set[int] = set()
    for entry in sorted(entries, key=lambda d: -d.id):
        if entry.kind == "undo" and entry.id not in undone and entry.undoes is not None:
            undone.add(entry.undoes)
    return [d for d in entries if d.id not in undone and d.kind != "undo"]


def rulings(entries: Iterable[Decision]) -> Rulings:
    """Return what standing decisions come to. Of two that contradict each other the later one holds."""
    together: list[frozenset[str]] = []
    apart: list[tuple[str, str]] = []
    links: dict[tuple[Place, Place], bool] = {}
    corrections: dict[Place, dict[str, str]] = {}
    hidden: set[str] = set()
    for entry in entries:
        body = entry.body
        if entry.kind == "join":
            new = frozenset(body["reports"])
            apart = [pair for pair in apart if not new.issuperset(pair)]
            together.append(new)
        elif entry.kind == "part":
            part, rest = frozenset(body["part"]), frozenset(body["rest"])
            together = [s for s in together if not (s & part and s & rest)]
            together += [s for s in (part, rest) if len(s) > 1]
            apart += [(a, b) for a in sorted(part)[:1] for b in sorted(rest)[:1]]
        elif entry.kind in ("confirm", "reject"):
            a, b = sorted((_place(body["a"]), _place(body["b"])))
            links[a, b] = entry.kind == "confirm"
        elif entry.kind == "correct":
            place = (body["report"], body["attribution"])
            corrections.setdefault(place, {})[body["field"]] = body["value"]
        elif entry.kind == "hide":
            hidden.add(body["report"])
    return Rulings(
        together=tuple(together),
        apart=tuple(apart),
        confirmed=tuple(pair for pair, same in links.items() if same),
        rejected=tuple(pair for pair, same in links.items() if not same),
        corrections=corrections,
        hidden=frozenset(hidden),
    )


def _place(value: Sequence[str]) -> Place:
    report, attribution = value
    return report, attribution
