"""What a source said, across the stories of a desk, and of whom there is such a page at all.

The rule stands in :func:`standing`: bodies, outlets, and people who hold an office.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, desc, func, select

from ..data import outlets, tables
from ..errors import NotInDesk
from ..records import Appearance, Citation, Claim, Known, Objection, Story, StorySource
from ..records.things import Schema
from ..weighing.identities import bare_person, folded
from ..weighing.outlets import same_outlet
from ..weighing.weigh import Weighed
from . import tables as stored
from .book import Book
from .moments import Weigh
from .search import search
from .shelf import Clock, revisions_of
from .sketches import Outline, sketches

What = Literal["body", "outlet", "office"]
_REPORTS = 2000  # reports among which a source's stories are looked for
_EVIDENCE = 40  # reports that are asked which office somebody holds
_LOOKED_AT = 4  # times as many stories are looked at as are shown
_FRESH = 4  # stories that are weighed for one page, where what they come to is not written down
_LISTED = 20  # reports of an outlet's own that are listed
_ID = re.compile(r"n-[0-9a-f]{12}")
_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*\.?")


class NoSourcePage(NotInDesk):
    """Somebody of whom there is no page, because nothing says that they are public."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a source has a page: what it is, and what says so."""

    what: What
    why: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a source said in one story, what it disputes there, and who disputes what it said.

    ``where`` gives the outlet and the time of publication of the story's reports, by their ids.
    """

    story: Story
    where: Mapping[str, tuple[str | None, str | None]]
    said: tuple[tuple[Claim, Appearance], ...]
    disputes: tuple[tuple[Claim, Objection], ...]
    disputed: tuple[tuple[Claim, Objection], ...]
    cited: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source's page; ``following`` is the offset of the next stories, ``None`` after the last.

    ``reports`` are the latest of an outlet's own, as ``(id, title, published)``, and ``own`` counts them all.
    """

    name: str
    standing: Standing
    names: tuple[str, ...]
    offices: tuple[str, ...]
    stories: tuple[Heard, ...]
    following: int | None
    reports: tuple[tuple[str, str, str | None], ...]
    own: int


# the rule -------------------------------------------------------------------------------------------


def standing(
    name: str, schema: Schema | None, offices: Sequence[str] = (), *, is_outlet: bool = False
) -> Standing | None:
    """Tell why somebody has a page of their own, or ``None`` if they have not.

    Args:
        name: the source's name.
        schema: what it is, if that is known.
        offices: the offices that reports say it holds, as :func:`offices` finds them.
        is_outlet: whether a report of the desk is by an outlet of this name.
    """
    if is_outlet or outlets.by_name(name) is not None:
        return Standing("outlet", "a news outlet")
    if schema in tables.words("public", "bodies"):
        return Standing("body", "a public body, an organization or a company")
    if schema in tables.words("public", "governments"):
        return Standing("body", "a place that speaks through its government")
    if schema == "Person" and offices:
        return Standing("office", f"holds an office: {', '.join(offices[:3])}")
    return None


@lru_cache(maxsize=10_000)
def is_office(post: str) -> bool:
    """Tell whether a post, in the words of a report ("Interior Minister"), is an office that is held now."""
    words = [w.lower() for w in _WORD.findall(post)]
    if not tables.words("public", "doubted").isdisjoint(p for w in words for p in (w, w.split("-")[0])):
        return False
    links = tables.words("public", "links")
    end = next((k for k, word in enumerate(words) if word in links), len(words))
    posts = _posts()
    name = next((n for k in range(min(end, 3), 0, -1) if (n := " ".join(words[end - k : end])) in posts), "")
    ranks, private = tables.words("public", "ranks"), tables.words("public", "private")
    return posts.get(name) in ranks and name not in private


@cache
def _posts() -> dict[str, str]:
    return {row[0]: row[1] for row in tables.rows("posts") if len(row) > 1}


def offices(outlines: Iterable[Outline]) -> dict[str, tuple[str, ...]]:
    """Return the offices that people hold by what reports say, by the person's bare, folded name.

    An office is stated as a relation ("holds_post"), or stands before the name ("Minister Corin Dask").
    """
    found: dict[str, dict[str, None]] = {}
    bare = cache(bare_person)
    for outline in outlines:
        people = {e.id: e.name for e in outline.entities if e.schema == "Person"}
        held = [
            (people[relation.subject.entity], " ".join(relation.object.text.split()))
            for relation in outline.relations
            if relation.type == "holds_post" and not relation.negated and relation.subject.entity in people
        ]
        for entity in outline.entities:
            for alias in entity.aliases if entity.schema == "Person" else ():
                post, name, _ = alias.partition(entity.name)
                held += [(entity.name, post.strip())] if post and name else []
        for name, post in held:
            if is_office(post):
                found.setdefault(bare(name), {})[post] = None
    return {name: tuple(posts) for name, posts in found.items() if name}


def has_page(known: Known, held: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether somebody of a story has a page, by the offices that its reports say people hold."""
    posts = held.get(bare_person(known.name), ()) if known.schema == "Person" else ()
    return standing(known.name, known.schema, posts) is not None


# the page -------------------------------------------------------------------------------------------


def source(
    connection: Connection,
    name: str,
    *,
    as_of: str | None = None,
    clock: Clock = "published",
    offset: int = 0,
    limit: int = 10,
    weighed: Weigh = Book.weighed,
) -> SourceView:
    """Return what a source said, the latest story first.

    Args:
        connection: of :meth:`Desk.reading`.
        name: the source's name, or its id in the ledger ("n-…").
        as_of: a moment (UTC, ISO 8601): what came or was decided later is left out.
        clock: by which a report counts from its publication, or from when the desk saw it.
        offset: of the first story that is looked at, as ``following`` gave it.
        limit: how many stories.
        weighed: how a story is weighed.

    Raises:
        NotInDesk: no report names it.
        NoSourcePage: it is not a public body, an outlet or somebody in office.
    """
    return _Asked(connection, as_of, clock, weighed).view(name, offset, limit)


class _Asked:
    """One question for a source."""

    def __init__(self, connection: Connection, as_of: str | None, clock: Clock, weigh: Weigh) -> None:
        self._connection = connection
        self._book = Book(connection, as_of=as_of, clock=clock)
        self._as_of, self._clock = as_of, clock
        self._weighed = weigh

    def view(self, name: str, offset: int, limit: int) -> SourceView:
        name = self._called(" ".join(name.split())[:200])
        own, named = self._own_reports(name), self._naming(name)
        if not own and not named:
            raise NotInDesk(f"nobody in this desk goes by the name {name!r}")
        evidence = [sketch.outline for sketch in sketches(self._book, named[:_EVIDENCE])]
        held = offices(evidence).get(bare_person(name), ())
        why = standing(name, _schema(evidence, name), held, is_outlet=bool(own))
        if why is None:
            raise NoSourcePage(f"there is no page of {name!r}")
        homes = self._homes([*named, *own])
        heard: list[Heard] = []
        names: dict[str, None] = {}
        at, fresh = offset, 0
        while at < len(homes) and len(heard) < limit and at < offset + limit * _LOOKED_AT and fresh < _FRESH:
            story = self._story(homes[at])
            at += 1
            if story is not None:
                fresh += not self._book.is_kept(story)
                one = self._heard(story, name, names, why)
                heard += [one] if one is not None else []
        return SourceView(
            name=name,
            standing=why,
            names=tuple(n for n in names if folded(n) != folded(name)),
            offices=held,
            stories=tuple(heard),
            following=at if at < len(homes) else None,
            reports=self._listed(own[:_LISTED]),
            own=len(own),
        )

    def _called(self, name: str) -> str:
        """Return the name of a source that is given by its id in the ledger."""
        if not _ID.fullmatch(name):
            return name
        for (body,) in self._connection.execute(select(stored.weighed.c.body)):
            for known in msgspec.json.decode(zlib.decompress(body), type=_Names).known:
                if known.id == name:
                    return known.name
        return name

    def _until(self) -> list[ColumnElement[bool]]:
        """Return the conditions on revisions that were there at the moment asked for."""
        if self._as_of is None:
            return [stored.revisions.c.latest == 1]
        return [
            (stored.revisions.c.sort if self._clock == "published" else stored.revisions.c.seen)
            <= self._as_of
        ]

    def _own_reports(self, name: str) -> list[str]:
        """Return the reports by an outlet of this name, the latest first."""
        query = (
            select(stored.revisions.c.report, func.max(stored.revisions.c.sort).label("last"))
            .where(*self._until(), func.lower(stored.revisions.c.outlet) == name.lower())
            .group_by(stored.revisions.c.report)
            .order_by(desc("last"), stored.revisions.c.report)
        )
        return self._shown(r.report for r in self._connection.execute(query.limit(_REPORTS)))

    def _naming(self, name: str) -> list[str]:
        """Return the reports that name it as a source, then those that name it at all."""
        quoted = '"' + name.replace('"', " ") + '"'
        hits = [
            hit
            for column in ("source", "entity")
            for hit in search(
                self._connection, limit=_REPORTS, as_of=self._as_of, clock=self._clock, **{column: quoted}
            )
        ]
        return self._shown(dict.fromkeys(hit.report for hit in hits))

    def _shown(self, reports: Iterable[str]) -> list[str]:
        return [r for r in reports if r not in self._book.rulings.hidden]

    def _homes(self, reports: Sequence[str]) -> list[str]:
        """Return the stories of reports, those with the latest of these reports first."""
        found: dict[str, str] = {}
        for at in range(0, len(reports), 500):
            query = (
                select(stored.members.c.story, func.max(stored.revisions.c.sort))
                .join(stored.revisions, stored.revisions.c.report == stored.members.c.report)
                .where(stored.members.c.report.in_(reports[at : at + 500]), *self._until())
                .group_by(stored.members.c.story)
            )
            for story, last in self._connection.execute(query):
                found[story] = max(found.get(story, ""), last)
        return sorted(found, key=lambda s: (found[s], s), reverse=True)

    def _story(self, name: str) -> Story | None:
        try:
            return self._book.story(name)
        except NotInDesk:  # every report of it is hidden, or later
            return None

    def _heard(self, story: Story, name: str, names: dict[str, None], why: Standing) -> Heard | None:
        """Return what was heard of a source in a story; ``None`` if nothing was.

        ``names`` takes the names that the source goes by there.
        """
        whole = self._weighed(self._book, story)
        ids, wanted = _ids(whole, name), folded(name)

        def is_it(who: StorySource) -> bool:
            if who.entity is not None:
                return who.entity in ids
            return bool(who.text) and folded(who.text) == wanted

        said: list[tuple[Claim, Appearance]] = []
        disputes: list[tuple[Claim, Objection]] = []
        disputed: list[tuple[Claim, Objection]] = []
        for claim in whole.claims:
            mine = [a for a in claim.appearances if is_it(a.source)]
            places = {(a.report, a.attribution) for a in mine}
            said += [(claim, a) for a in mine]
            for objection in claim.disputed_by:
                if is_it(objection.source):
                    disputes.append((claim, objection))
                elif objection.against in places if objection.against else mine:
                    disputed.append((claim, objection))
        cited = [c for c in whole.citations if why.what == "outlet" and same_outlet(c.outlet, name)]
        if not (said or disputes or disputed or cited):
            return None
        names.update(dict.fromkeys(n for k in whole.known if k.id in ids for n in (k.name, *k.aliases)))
        where = {r.report: (r.outlet, r.published) for r in self._rows(story.reports).values()}
        said.sort(key=lambda s: (where[s[1].report][1] or "", s[1].report, s[1].content.spans))
        return Heard(story, where, tuple(said), tuple(disputes), tuple(disputed), tuple(cited))

    def _rows(self, reports: Sequence[str]) -> dict[str, Row[*tuple[Any, ...]]]:
        found = revisions_of(self._connection, reports, self._as_of, clock=self._clock)
        return {row.report: row for row in found}

    def _listed(self, reports: Sequence[str]) -> tuple[tuple[str, str, str | None], ...]:
        rows = self._rows(reports)
        return tuple((r, rows[r].title or r, rows[r].published) for r in reports if r in rows)


class _Names(msgspec.Struct):
    """As much of a weighed story as tells who is named in it."""

    known: tuple[Known, ...] = ()


def _schema(evidence: Iterable[Outline], name: str) -> Schema | None:
    """Return what readings take somebody for, most often."""
    found: dict[Schema, int] = {}
    for outline in evidence:
        for entity in outline.entities:
            if folded(name) in {folded(n) for n in (entity.name, *entity.aliases)}:
                found[entity.schema] = found.get(entity.schema, 0) + 1
    return max(sorted(found), key=lambda s: found[s], default=None)


def _ids(whole: Weighed, name: str) -> frozenset[str]:
    """Return the ledger's ids of those in a story who go by a name; a single word has to be all of it."""
    wanted, person = folded(name), bare_person(name)
    found = set()
    for known in whole.known:
        own = {folded(known.name)} | {folded(a) for a in known.aliases if len(a.split()) > 1}
        if wanted in own or (known.schema == "Person" and person and person == bare_person(known.name)):
            found.add(known.id)
    return frozenset(found)
