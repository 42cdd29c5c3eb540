"""Verifying a desk: is every byte and every row there, as it was taken in and decided?"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select

from ..records import Reading
from . import custody, search
from .custody import BEGINNING, Chain, Kind
from .tables import custody as entries
from .tables import decisions, items, manifests, readings, revisions, runs

What = Literal["text", "reading", "revision", "item", "decision", "custody", "manifest", "search", "capture"]
_AT_ONCE = 500
_TABLES = {"revision": revisions, "reading": readings, "item": items}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was: what kind of thing, which one, and what is wrong with it."""

    what: What
    which: str
    why: str


def verify(connection: Connection, *, through: str | None = None) -> Iterator[Fault]:
    """Go over a desk and give every fault, in the order of the book of custody.

    Args:
        connection: of :meth:`Desk.reading`.
        through: the end of a chain that was noted earlier; the chain must still go through it.
    """
    seals = {BEGINNING}
    entered: dict[Kind, dict[str, str]] = {"revision": {}, "reading": {}, "item": {}}
    yield from _book(connection, entered, seals)
    names = {row.id: f"{row.report} revision {row.number}" for row in connection.execute(_NAMES)}
    for kind in entered:
        yield from _rows(connection, kind, entered[kind], names)
    yield from _numbers(connection)
    yield from _decisions(connection, seals)
    yield from _manifests(connection)
    found, there = search.indexed(connection), len(names)
    if found != there:
        yield Fault(what="search", which="all", why=f"{found:,} revisions can be searched, of {there:,}")
    if through is not None and through.rpartition(":")[2] not in seals:
        yield Fault(what="custody", which=through, why="no chain of this desk goes through this end")


_NAMES = select(revisions.c.id, revisions.c.report, revisions.c.number)


def ends(connection: Connection) -> dict[str, str]:
    """Return how the chains end now, to be noted elsewhere: COUNT:DIGEST."""
    chains: tuple[Chain, ...] = ("custody", "decisions")
    return {chain: str(custody.end(connection, chain)) for chain in chains}


def _book(connection: Connection, entered: dict[Kind, dict[str, str]], seals: set[str]) -> Iterator[Fault]:
    """Check the book itself, and collect what it says of every row."""
    last, expected = BEGINNING, 1
    query = select(entries).order_by(entries.c.number).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query):
        if row.number != expected:
            missing = f"{expected}" if row.number == expected + 1 else f"{expected} to {row.number - 1}"
            yield Fault(what="custody", which=f"entry {missing}", why="it is missing")
        elif row.chain != custody.link(last, (row.number, row.at, row.kind, row.subject, row.digest)):
            yield Fault(
                what="custody",
                which=f"entry {row.number} ({row.kind} {row.subject})",
                why="it or the entry before it was changed",
            )
        last, expected = row.chain, row.number + 1
        seals.add(row.chain)
        if row.kind in entered:
            entered[row.kind][row.subject] = row.digest
    end = custody.end(connection, "custody")
    if (end.count, end.digest) != (expected - 1, last):
        yield Fault(
            what="custody",
            which=f"entry {expected}" if end.count >= expected else "its end",
            why=f"the book should end with entry {end.count:,} and ends with {expected - 1:,}",
        )


def _rows(
    connection: Connection, kind: Kind, entered: Mapping[str, str], names: Mapping[int, str]
) -> Iterator[Fault]:
    """Compare the rows of a kind with what was entered of them."""
    table = _TABLES[kind]
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    if kind == "item":
        query = query.where(items.c.state != "quarantined")
    seen = set()
    for found in connection.execute(query):
        row = dict(found._mapping)
        subject = custody.subject(kind, row)
        seen.add(subject)
        which = _which(kind, row, names)
        if kind == "revision":
            fault = _text_fault(row, which)
        else:
            fault = _reading_fault(row, which) if kind == "reading" else None
        if fault is not None:
            yield fault
        elif subject not in entered:
            yield Fault(what=kind, which=which, why="it was never entered: somebody put it there")
        elif custody.row_digest(kind, row) != entered[subject]:
            yield Fault(what=kind, which=which, why="it is not what was entered")
    for subject in entered:
        if subject not in seen:
            number = subject.partition(" ")[0]
            known = names.get(int(number)) if kind == "reading" and number.isdecimal() else None
            which = f"{kind} {subject} ({known})" if known else f"{kind} {subject}"
            yield Fault(what=kind, which=which, why="it is missing")


def _which(kind: Kind, row: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if kind == "item":
        return str(row["locator"])
    return names.get(row["id" if kind == "revision" else "revision"], f"revision {row.get('revision')}")


def _text_fault(row: Mapping[str, Any], which: str) -> Fault | None:
    if row["retention"] != "full" or hashlib.sha256(row["text"].encode()).hexdigest() == row["sha256"]:
        return None
    return Fault(what="text", which=which, why="its text is not the one that was taken in (SHA-256)")


def _reading_fault(row: Mapping[str, Any], which: str) -> Fault | None:
    try:
        msgspec.json.decode(zlib.decompress(row["body"]), type=Reading)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Fault(what="reading", which=which, why=f"it cannot be read: {str(error)[:100]}")
    return None


def _numbers(connection: Connection) -> Iterator[Fault]:
    """Check that the revisions of every report are 1, 2, 3 …, the last one marked, each with a reading."""
    query = (
        select(
            revisions.c.report,
            func.count().label("count"),
            func.max(revisions.c.number).label("last"),
            func.sum(revisions.c.latest).label("marks"),
            func.max(revisions.c.latest * revisions.c.number).label("marked"),
        )
        .group_by(revisions.c.report)
        .order_by(revisions.c.report)
    )
    for row in connection.execute(query):
        if row.count != row.last:
            why = f"it has {row.count} revisions, and the last is number {row.last}"
            yield Fault(what="revision", which=row.report, why=why)
        elif (row.marks, row.marked) != (1, row.last):
            yield Fault(
                what="revision", which=row.report, why="its last revision is not marked as the latest"
            )
    unread = (
        select(revisions.c.report, revisions.c.number)
        .outerjoin(readings, readings.c.revision == revisions.c.id)
        .where(readings.c.revision.is_(None))
        .order_by(revisions.c.id)
    )
    for row in connection.execute(unread):
        yield Fault(what="reading", which=f"{row.report} revision {row.number}", why="it has no reading")


def _manifests(connection: Connection) -> Iterator[Fault]:
    """Check that every manifest is the one that its digest names, and that none is missing."""
    query = select(manifests).order_by(manifests.c.digest)
    kept = {row.digest: row.body for row in connection.execute(query)}
    for name, body in kept.items():
        if hashlib.sha256(body.encode()).hexdigest() != name:
            yield Fault(what="manifest", which=f"manifest {name}", why="it was changed")
    named = select(readings.c.manifest).union(select(runs.c.manifest))
    for name in sorted(set(connection.execute(named).scalars()) - {None, *kept}):
        yield Fault(what="manifest", which=f"manifest {name}", why="it is missing")


def _decisions(connection: Connection, seals: set[str]) -> Iterator[Fault]:
    last, count = BEGINNING, 0
    for row in connection.execute(select(decisions).order_by(decisions.c.id)):
        if row.digest != custody.decision_digest(last, row):
            yield Fault(
                what="decision",
                which=f"decision {row.id}",
                why="it was changed, or one before it is missing",
            )
        last, count = row.digest or "", count + 1
        seals.add(last)
    end = custody.end(connection, "decisions")
    if (end.count, end.digest) != (count, last):
        why = f"there should be {end.count:,} decisions and there are {count:,}"
        yield Fault(what="decision", which="the last of them", why=why)
