"""The book: what a desk holds, as the ledger's records; at a moment, if one is asked for."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from ..errors import NotInDesk
from ..records import Claim, Copy, Filing, Known, Ledger, Story
from ..weighing.filed import Filed
from ..weighing.rulings import Rulings
from ..weighing.weigh import VERSION, Weighed, weigh
from . import decisions, shelf
from .shelf import Clock
from .store import Desk, now
from .tables import claims, members, overlaps, readings, revisions, stories, weighed

_SHORT = 4  # letters of an id that are enough to name it, if no other begins with them


@dataclass(frozen=True, slots=True)
class Line:
    """A story in a list. ``claims`` and the next two are ``None`` where it is not weighed yet."""

    story: Story
    outlets: int
    claims: int | None = None
    disputed: int | None = None
    single: int | None = None


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

    # stories ----------------------------------------------------------------------------------

    def lines(self, *, limit: int | None = None, offset: int = 0) -> list[Line]:
        """Return the stories with what is known of their weighing, the latest first."""
        found = [self._line(row) for row in self._story_rows()]
        there = [line for line in found if line is not None]
        there.sort(key=lambda n: (n.story.last or "", n.story.id), reverse=True)
        return there[offset : None if limit is None else offset + limit]

    def stories(self) -> list[Story]:
        """Return the stories, the latest first."""
        return [line.story for line in self.lines()]

    def story(self, name: str) -> Story:
        """Return a story by its id, or by how its id begins.

        Raises:
            NotInDesk: there is none, or several begin like this.
        """
        query = select(stories.c.id).where(stories.c.id.startswith(name, autoescape=True)).limit(3)
        found = [i for (i,) in self._connection.execute(query)]
        if name in found:
            found = [name]
        if len(found) != 1 or len(name) < _SHORT:
            reason = "several stories begin" if len(found) > 1 else "there is no story that begins"
            raise NotInDesk(f"{reason} with {name!r}; list them with: reportedly stories")
        row = next(iter(self._story_rows(found[0])))
        line = self._line(row)
        if line is None:
            raise NotInDesk(f"story {found[0]} has no reports at {self._as_of}")
        return line.story

    def _story_rows(
        self, only: str | None = None
    ) -> Iterator[tuple[Row[*tuple[Any, ...]], list[Row[*tuple[Any, ...]]]]]:
        query = (
            select(
                members.c.story, revisions.c.report, revisions.c.outlet, revisions.c.sort, revisions.c.title
            )
            .join(revisions, revisions.c.report == members.c.report)
            .order_by(revisions.c.sort, revisions.c.report)
        )
        if only is not None:
            query = query.where(members.c.story == only)
        if self._as_of is None:
            query = query.where(revisions.c.latest == 1)
        else:
            column = revisions.c.sort if self._clock == "published" else revisions.c.seen
            query = query.where(column <= self._as_of)
        parts: dict[str, dict[str, Row[*tuple[Any, ...]]]] = {}
        for row in self._connection.execute(query):
            if row.report not in self.rulings.hidden:
                parts.setdefault(row.story, {})[row.report] = row
        heads = select(stories, weighed.c.claims, weighed.c.disputed, weighed.c.single).outerjoin(
            weighed, weighed.c.story == stories.c.id
        )
        if only is not None:
            heads = heads.where(stories.c.id == only)
        for head in self._connection.execute(heads):
            yield head, list(parts.get(head.id, {}).values())

    def _line(self, found: tuple[Row[*tuple[Any, ...]], list[Row[*tuple[Any, ...]]]]) -> Line | None:
        head, rows = found
        if not rows:
            return None
        rows = sorted(rows, key=lambda r: (r.sort, r.report))
        whole = self._as_of is None
        titles = {r.title for r in rows}
        story = Story(
            id=head.id,
            title=head.title if head.title in titles or whole else rows[0].title or rows[0].report,
            reports=tuple(r.report for r in rows),
            first=_short(rows[0].sort),
            last=_short(rows[-1].sort),
            entities=tuple(msgspec.json.decode(head.entities)),
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

    # what is weighed ----------------------------------------------------------------------------

    def weighed(self, story: Story) -> Weighed:
        """Return a story's claims, citations and figures: those that are kept, or weighed now."""
        key = self._key(story)
        row = self._connection.execute(select(weighed).where(weighed.c.story == story.id)).first()
        if row is not None and row.key == key:
            return msgspec.json.decode(zlib.decompress(row.body), type=Weighed)
        return self._weigh(story)

    def keep(self, story: Story) -> bool:
        """Weigh a story and write it down, if it has changed; the connection must be one that writes."""
        if self.is_kept(story):
            return False
        key, found = self._key(story), self._weigh(story)
        self._connection.execute(delete(weighed).where(weighed.c.story == story.id))
        self._connection.execute(delete(claims).where(claims.c.story == story.id))
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
        if found.claims:
            ids = {c.id for c in found.claims}
            self._connection.execute(delete(claims).where(claims.c.id.in_(ids)))
            self._connection.execute(insert(claims), [{"id": i, "story": story.id} for i in sorted(ids)])
        return True

    def is_kept(self, story: Story) -> bool:
        """Tell whether what is written down of a story is still what its reports come to."""
        row = self._connection.execute(select(weighed.c.key).where(weighed.c.story == story.id)).first()
        return row is not None and row.key == self._key(story)

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
        return sorted((c for c in found if c.of in there), key=lambda c: (c.copy, c.of))

    def _key(self, story: Story) -> str:
        """Return what the weighing of a story depends on, as a digest."""
        query = (
            select(revisions.c.id, readings.c.model)
            .join(readings, readings.c.revision == revisions.c.id)
            .where(revisions.c.report.in_(story.reports), revisions.c.latest == 1)
            .order_by(revisions.c.id, readings.c.made)
        )
        rows = [tuple(row) for row in self._connection.execute(query)]
        mine = set(story.reports)
        ruled = [
            [p for p in self.rulings.confirmed if p[0][0] in mine or p[1][0] in mine],
            [p for p in self.rulings.rejected if p[0][0] in mine or p[1][0] in mine],
            sorted((p, sorted(f.items())) for p, f in self.rulings.corrections.items() if p[0] in mine),
        ]
        parts = (VERSION, self._as_of, self._clock, story.reports, rows, ruled)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    # claims -------------------------------------------------------------------------------------

    def claim(self, name: str) -> tuple[Story, Weighed, Claim]:
        """Return a claim by its id, or by how its id begins, with its story.

        Raises:
            NotInDesk: there is none, or several begin like this.
        """
        query = select(claims).where(claims.c.id.startswith(name, autoescape=True)).limit(3)
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
            reports=tuple(
                Filing(
                    id=r.report,
                    outlet=r.outlet,
                    title=r.title,
                    published=r.published,
                    url=r.url,
                    sha256=r.sha256,
                )
                for r in rows
            ),
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


def weigh_all(desk: Desk) -> Iterator[tuple[int, int]]:
    """Weigh the stories that changed, each in a transaction of its own; yields (done, of how many)."""
    with desk.reading() as connection:
        todo = Book(connection).stories()
    for number, story in enumerate(todo, 1):
        with desk.reading() as connection:
            fresh = Book(connection).is_kept(story)
        if not fresh:
            with desk.writing() as connection:
                Book(connection).keep(story)
        yield number, len(todo)


def _short(moment: str) -> str:
    return moment.replace(".000000Z", "Z")
