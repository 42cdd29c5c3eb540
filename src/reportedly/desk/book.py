"""The book: what a desk holds, as the ledger's records; at a moment, if one is asked for."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    distinct,
    func,
    insert,
    or_,
    select,
)

from ..errors import NotInDesk
from ..records import Claim, Copy, Filing, Known, Ledger, Story
from ..weighing.filed import Filed
from ..weighing.rulings import Rulings
from ..weighing.weigh import VERSION, Weighed, weigh
from . import decisions, gists, ratings, redactions, shelf
from .gists import Gist, Wanted
from .ratings import Rated
from .shelf import Clock, Retention
from .store import PATIENT, Desk, now, retried
from .tables import claims, members, overlaps, readings, revisions, stories, weighed

Order = Literal["latest", "largest"]
_LONGEST = 2_001  # letters of an id that are looked for: no id is as long
_SHORT = 4  # letters of an id that are enough to name it, if no other begins with them


@dataclass(frozen=True, slots=True)
class Line:
    """A story in a list. ``claims`` and the next two are ``None`` where it is not weighed yet.

    ``leads`` are the claims that the most outlets carry, or those that were looked for.
    """

    story: Story
    outlets: int
    claims: int | None = None
    disputed: int | None = None
    single: int | None = None
    leads: tuple[Gist, ...] = ()


class Book:
    """Reads a desk through one connection.

    Args:
        connection: of :meth:`Desk.reading` or, to keep what is weighed, :meth:`Desk.writing`.
        as_of: a moment (UTC, ISO 8601): what was filed or decided later is left out.
        clock: by which a report counts from its publication, or from when the desk saw it.
    """

    def __init__(
        self, connection: Connection, *, as_of: str | None = None, clock: Clock = "published"
    ) -> None:
        self._connection = connection
        self._as_of = as_of
        self._clock: Clock = clock
        entries = decisions.standing(decisions.log(connection, as_of))
        self.rulings: Rulings = decisions.rulings(entries)
        self.ratings: list[Rated] = ratings.of_entries(entries)
        self._redactions = redactions.standing(connection)

    @property
    def connection(self) -> Connection:
        """The connection that the book reads through."""
        return self._connection

    @property
    def clock(self) -> Clock:
        """What ``as_of`` goes by."""
        return self._clock

    # stories ----------------------------------------------------------------------------------

    @property
    def as_of(self) -> str | None:
        """The moment that was asked for."""
        return self._as_of

    def lines(
        self,
        *,
        limit: int | None = None,
        offset: int = 0,
        wanted: Wanted | None = None,
        order: Order = "latest",
        leads: int = 0,
    ) -> list[Line]:
        """Return the stories with what is known of their weighing, the latest or largest first.

        Args:
            limit, offset: which part of the list.
            wanted: only stories with such a claim. At a moment it goes by who said what in the
                reports that were there; what ``wanted`` says of disputes and origins is that of today.
            order: by the latest report, or by how many outlets (then reports) there are.
            leads: how many claims to give with each; none at a moment, for they would be today's.
        """
        names = self._names(wanted, order, limit, offset)
        there = self.lines_of(names)
        if leads and self._as_of is None:
            first = gists.leading(self._connection, names, wanted, most=leads)
            there = {i: replace(line, leads=tuple(first.get(i, ()))) for i, line in there.items()}
        return [there[name] for name in names if name in there]

    def page(
        self,
        limit: int,
        *,
        after: tuple[str, str] | None = None,
        since: str | None = None,
        until: str | None = None,
        wanted: Wanted | None = None,
    ) -> list[tuple[str, Line]]:
        """Return up to ``limit`` stories, the latest first, each with the moment of its last report.

        Args:
            limit: how many.
            after: the moment and id of the story after which to go on, so that pages hold still while
                stories come.
            since, until: between which moments the last report has to be.
            wanted: as for :meth:`lines`.
        """
        last = func.max(revisions.c.sort)
        query = self._grouped(wanted).add_columns(last)
        if since is not None:
            query = query.having(last >= since)
        if until is not None:
            query = query.having(last <= until)
        if after is not None:
            query = query.having(or_(last < after[0], and_(last == after[0], members.c.story < after[1])))
        query = query.order_by(last.desc(), members.c.story.desc()).limit(limit)
        found = {row[0]: row[1] for row in self._connection.execute(query)}
        lines = self.lines_of(list(found))
        return [(moment, lines[story]) for story, moment in found.items() if story in lines]

    def lines_of(self, names: Sequence[str]) -> dict[str, Line]:
        """Return the stories with these ids, as far as they are there."""
        there: dict[str, Line] = {}
        for at in range(0, len(names), 500):
            for row in self._story_rows(names[at : at + 500]):
                line = self._line(row)
                if line is not None:
                    there[line.story.id] = line
        return there

    def count(self, wanted: Wanted | None = None) -> int:
        """Return how many stories :meth:`lines` has, without a limit."""
        inner = self._grouped(wanted).subquery()
        return self._connection.execute(select(func.count()).select_from(inner)).scalar_one()

    def _grouped(self, wanted: Wanted | None) -> Select[tuple[str]]:
        """Return a query for the stories that have a report here and now, one row each."""
        query = select(members.c.story).join(revisions, revisions.c.report == members.c.report)
        query = query.where(self._visible()).group_by(members.c.story)
        if wanted:
            among = None if self._as_of is None else select(revisions.c.report).where(self._visible())
            query = query.where(members.c.story.in_(gists.stories_with(wanted, among)))
        return query

    def _visible(self) -> ColumnElement[bool]:
        """Return the condition under which a revision is there at the moment asked for."""
        there: ColumnElement[bool] = revisions.c.latest == 1
        if self._as_of is not None:
            there = (revisions.c.sort if self._clock == "published" else revisions.c.seen) <= self._as_of
        if self.rulings.hidden:
            there = and_(there, revisions.c.report.not_in(sorted(self.rulings.hidden)))
        return there

    def _names(self, wanted: Wanted | None, order: Order, limit: int | None, offset: int) -> list[str]:
        last = func.max(revisions.c.sort).desc()
        outlets = func.count(distinct(func.coalesce(revisions.c.outlet, revisions.c.report))).desc()
        reports = func.count(distinct(revisions.c.report)).desc()
        keys = (last,) if order == "latest" else (outlets, reports, last)
        query = self._grouped(wanted).order_by(*keys, members.c.story.desc()).limit(limit).offset(offset)
        return [row.story for row in self._connection.execute(query)]

    def stories(self) -> list[Story]:
        """Return the stories, the latest first."""
        return [line.story for line in self.lines()]

    def story(self, name: str) -> Story:
        """Return a story by its id, or by how its id begins.

        Raises:
            NotInDesk: there is none, or several begin like this.
        """
        query = select(stories.c.id).where(stories.c.id.startswith(name[:_LONGEST], autoescape=True)).limit(3)
        found = [i for (i,) in self._connection.execute(query)]
        if name in found:
            found = [name]
        if len(found) != 1 or len(name) < _SHORT:
            reason = "several stories begin" if len(found) > 1 else "there is no story that begins"
            raise NotInDesk(f"{reason} with {name!r}; list them with: reportedly stories")
        row = next(iter(self._story_rows(found)))
        line = self._line(row)
        if line is None:
            raise NotInDesk(f"story {found[0]} has no reports at {self._as_of}")
        return line.story

    def _story_rows(
        self, only: Sequence[str]
    ) -> Iterator[tuple[Row[*tuple[Any, ...]], list[Row[*tuple[Any, ...]]]]]:
        query = (
            select(
                members.c.story, revisions.c.report, revisions.c.outlet, revisions.c.sort, revisions.c.title
            )
            .join(revisions, revisions.c.report == members.c.report)
            .where(members.c.story.in_(only), self._visible())
            .order_by(revisions.c.sort, revisions.c.report)
        )
        parts: dict[str, dict[str, Row[*tuple[Any, ...]]]] = {}
        for row in self._connection.execute(query):
            parts.setdefault(row.story, {})[row.report] = row
        heads = (
            select(stories, weighed.c.claims, weighed.c.disputed, weighed.c.single)
            .outerjoin(weighed, weighed.c.story == stories.c.id)
            .where(stories.c.id.in_(only))
        )
        for head in self._connection.execute(heads):
            yield head, list(parts.get(head.id, {}).values())

    def _line(self, found: tuple[Row[*tuple[Any, ...]], list[Row[*tuple[Any, ...]]]]) -> Line | None:
        head, rows = found
        if not rows:
            return None
        rows = sorted(rows, key=lambda r: (r.sort, r.report))
        whole = self._as_of is None
        names = tuple(msgspec.json.decode(head.entities))
        if self._redactions:
            names = self._redactions.names(names, (r.report for r in rows))
        titles = {r.title for r in rows}
        title = head.title if head.title in titles or whole else rows[0].title or rows[0].report
        story = Story(
            id=head.id,
            title=self._redactions.title(title, (r.report for r in rows)) if self._redactions else title,
            reports=tuple(r.report for r in rows),
            first=_short(rows[0].sort),
            last=_short(rows[-1].sort),
            entities=names,
        )
        outlets = len({r.outlet or r.report for r in rows})
        if whole:
            return Line(story, outlets, head.claims, head.disputed, head.single)
        return Line(story, outlets)

    def filed(self, reports: Sequence[str]) -> list[Filed]:
        """Return reports with their readings as people corrected them, in order of publication."""
        rows = shelf.revisions_of(self._connection, list(reports), self._as_of, clock=self._clock)
        return [
            Filed(self.rulings.corrected(f.reading), f.seen, f.revision)
            for f in shelf.filed(self._connection, rows)
        ]

    def report(self, name: str) -> Filed:
        """Return one report by its id.

        Raises:
            NotInDesk: there is none, it is hidden, or it was not there at the moment asked for.
        """
        found = [] if name in self.rulings.hidden else self.filed([name])
        if not found:
            raise NotInDesk(f"there is no report {name!r} in this desk; look for it with: reportedly search")
        return found[0]

    def story_of(self, report: str) -> str | None:
        """Return the id of the story that a report belongs to."""
        return self._connection.execute(
            select(members.c.story).where(members.c.report == report)
        ).scalar_one_or_none()

    def headings(self, reports: Iterable[str]) -> list[Filing]:
        """Return reports as a list names them, without their texts, in order of publication."""
        found = []
        rows = shelf.revisions_of(self._connection, sorted(set(reports)), self._as_of, clock=self._clock)
        for row in rows:
            if row.report not in self.rulings.hidden:
                found.append(_filing(row))
        return found

    def stories_of(self, reports: Iterable[str]) -> dict[str, Story]:
        """Return the stories of reports, by report."""
        names = sorted(set(reports))
        query = select(members.c.report, members.c.story).where(members.c.report.in_(names))
        placed = {row.report: row.story for row in self._connection.execute(query)}
        lines = self.lines_of(sorted(set(placed.values())))
        return {report: lines[story].story for report, story in placed.items() if story in lines}

    def retention_of(self, report: str) -> Retention | None:
        """Return how much of a report's text is kept."""
        rows = shelf.revisions_of(self._connection, [report], self._as_of, clock=self._clock)
        return rows[0].retention if rows else None

    def title_of(self, story: str) -> str | None:
        """Return what a story is called; ``None`` where it has no report at the moment asked for."""
        for row in self._story_rows([story]):
            line = self._line(row)
            return line.story.title if line else None
        return None

    def overlaps_of(self, report: str) -> list[Copy]:
        """Return the overlaps of one report with others, those it takes most from first."""
        query = select(overlaps.c.body).where(or_(overlaps.c.copy == report, overlaps.c.of == report))
        found = [msgspec.json.decode(body, type=Copy) for (body,) in self._connection.execute(query)]
        there = {f.id for f in self.headings({*(c.copy for c in found), *(c.of for c in found)})}
        found = [self._redactions.copy(c) for c in found if c.copy in there and c.of in there]
        return sorted(found, key=lambda c: (c.copy != report, -c.shared, c.of, c.copy))

    # what is weighed ----------------------------------------------------------------------------

    def weighed(self, story: Story) -> Weighed:
        """Return a story's claims, citations and figures: those that are kept, or weighed now."""
        key = self.key(story)
        row = self._connection.execute(select(weighed).where(weighed.c.story == story.id)).first()
        if row is not None and row.key == key:
            return msgspec.json.decode(zlib.decompress(row.body), type=Weighed)
        return self._weigh(story)

    def keep(self, story: Story, done: tuple[str, Weighed] | None = None) -> bool:
        """Weigh a story and write it down, if it has changed; the connection must be one that writes.

        ``done`` is what it came to and the key that it had then, where it was weighed before: to weigh takes
        long, and nobody else can write meanwhile. Where the key is another by now, it is weighed again.
        """
        if self.is_kept(story):
            return False
        key = self.key(story)
        found = done[1] if done is not None and done[0] == key else self._weigh(story)
        self._connection.execute(delete(weighed).where(weighed.c.story == story.id))
        self._connection.execute(
            insert(weighed).values(
                story=story.id,
                made=now(),
                key=key,
                claims=len(found.claims),
                disputed=sum(bool(c.disputed_by) for c in found.claims),
                single=sum(is_single(c) for c in found.claims),
                body=zlib.compress(msgspec.json.encode(found), 6),
            )
        )
        gists.enter(self._connection, story.id, found.claims)
        return True

    def is_kept(self, story: Story) -> bool:
        """Tell whether what is written down of a story is still what its reports come to."""
        row = self._connection.execute(select(weighed.c.key).where(weighed.c.story == story.id)).first()
        return row is not None and row.key == self.key(story)

    def weigh(self, story: Story) -> tuple[str, Weighed]:
        """Weigh a story now; returns its key too, for :meth:`keep`."""
        return self.key(story), self._weigh(story)

    def _weigh(self, story: Story) -> Weighed:
        return weigh(story.id, self.filed(story.reports), self.copies(story.reports), self.rulings)

    def copies(self, reports: Iterable[str]) -> list[Copy]:
        """Return the overlaps among reports, as they were found when each was filed."""
        inside = sorted(set(reports))
        found: list[Copy] = []
        for at in range(0, len(inside), 500):
            query = select(overlaps.c.body).where(overlaps.c.copy.in_(inside[at : at + 500]))
            found += [msgspec.json.decode(body, type=Copy) for (body,) in self._connection.execute(query)]
        there = set(inside)
        return sorted(
            (self._redactions.copy(c) for c in found if c.of in there), key=lambda c: (c.copy, c.of)
        )

    def key(self, story: Story) -> str:
        """Return what the weighing of a story depends on, as a digest: it changes when the answer may."""
        query = (
            select(revisions.c.id, readings.c.model, revisions.c.report, revisions.c.number)
            .join(readings, readings.c.revision == revisions.c.id)
            .where(revisions.c.report.in_(story.reports), self._visible())
            .order_by(revisions.c.id, readings.c.made)
        )
        found = list(self._connection.execute(query))
        last = {row.report: row.number for row in sorted(found, key=lambda r: r.number)}
        rows = [(row.id, row.model) for row in found if row.number == last[row.report]]
        mine = set(story.reports)
        ruled = [
            [p for p in self.rulings.confirmed if p[0][0] in mine or p[1][0] in mine],
            [p for p in self.rulings.rejected if p[0][0] in mine or p[1][0] in mine],
            sorted((p, sorted(f.items())) for p, f in self.rulings.corrections.items() if p[0] in mine),
        ]
        parts: tuple[object, ...] = (VERSION, story.reports, rows, ruled)
        if taken_out := self._redactions.key(mine):
            parts = (*parts, taken_out)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    # claims -------------------------------------------------------------------------------------

    def claim(self, name: str) -> tuple[Story, Weighed, Claim]:
        """Return a claim by its id, or by how its id begins, with its story.

        Raises:
            NotInDesk: there is none, or several begin like this.
        """
        query = select(claims).where(claims.c.id.startswith(name[:_LONGEST], autoescape=True)).limit(3)
        found = list(self._connection.execute(query))
        exact = [row for row in found if row.id == name]
        for row in exact or found[:1]:
            if len(found) > 1 and not exact:
                raise NotInDesk(f"several claims begin with {name!r}; give more of the id")
            story = self.story(row.story)
            whole = self.weighed(story)
            for claim in whole.claims:
                if claim.id == row.id:
                    return story, whole, claim
        raise NotInDesk(f"there is no claim {name!r}; list them with: reportedly claims")

    def ledger(self, only: Sequence[Story] | None = None) -> Ledger:
        """Return everything, or some stories, as one ledger."""
        chosen = sorted(self.stories() if only is None else only, key=lambda s: (s.first or "", s.id))
        parts = [self.weighed(story) for story in chosen]
        ids = [report for story in chosen for report in story.reports]
        rows = shelf.revisions_of(self._connection, ids, self._as_of, clock=self._clock)
        known: dict[str, Known] = {}
        for part in parts:
            for entity in part.known:
                known[entity.id] = merged(known.get(entity.id), entity)
        return Ledger(
            reports=tuple(_filing(r) for r in rows),
            stories=tuple(chosen),
            copies=tuple(c for part in parts for c in part.copies),
            citations=tuple(c for part in parts for c in part.citations),
            claims=tuple(c for part in parts for c in part.claims),
            figures=tuple(s for part in parts for s in part.series),
            loops=tuple(dict.fromkeys(loop for part in parts for loop in part.loops)),
            entities=tuple(known[i] for i in sorted(known)),
        )


def merged(one: Known | None, other: Known) -> Known:
    """Return an entity under the names of both."""
    if one is None:
        return other
    return msgspec.structs.replace(one, aliases=tuple(sorted({*one.aliases, *other.aliases})))


def is_single(claim: Claim) -> bool:
    """Tell whether a claim stands in several reports and goes back to one origin."""
    return claim.origins.high == 1 and len({a.report for a in claim.appearances}) > 1


def unweighed(connection: Connection) -> list[str]:
    """Return the ids of the stories of which nothing is written down yet."""
    query = select(stories.c.id).outerjoin(weighed, weighed.c.story == stories.c.id)
    query = query.where(weighed.c.story.is_(None)).order_by(stories.c.id)
    return [row.id for row in connection.execute(query)]


def weigh_some(desk: Desk, names: Iterable[str], *, patience: float = 5.0) -> None:
    """Weigh stories that changed, and write them down; others can write while they are weighed.

    ``patience`` is how many seconds to wait for a store that is gone.
    """

    def weigh(name: str) -> None:
        with desk.reading() as connection:
            book = Book(connection)
            done = [
                book.weigh(line.story)
                for line in book.lines_of([name]).values()
                if not book.is_kept(line.story)
            ]
        if done:
            with desk.writing() as connection:
                book = Book(connection)
                for line in book.lines_of([name]).values():
                    book.keep(line.story, done[0])

    for name in names:
        retried(partial(weigh, name), patience=patience, twice=True)


def weigh_new(desk: Desk) -> Iterator[tuple[int, int]]:
    """Weigh the stories of which nothing is written down yet; yields (done, of how many)."""
    with desk.reading() as connection:
        names = unweighed(connection)
    for number, name in enumerate(names, 1):
        weigh_some(desk, [name], patience=PATIENT)
        yield number, len(names)


def weigh_all(desk: Desk) -> Iterator[tuple[int, int]]:
    """Weigh the stories that changed, each in a transaction of its own; yields (done, of how many)."""
    with desk.reading() as connection:
        todo = [story.id for story in Book(connection).stories()]
    for number, name in enumerate(todo, 1):
        weigh_some(desk, [name], patience=PATIENT)
        yield number, len(todo)


def _filing(row: Any) -> Filing:
    return Filing(
        id=row.report,
        outlet=row.outlet,
        title=row.title,
        published=row.published,
        url=row.url,
        sha256=row.sha256,
    )


def _short(moment: str) -> str:
    return moment.replace(".000000Z", "Z")
