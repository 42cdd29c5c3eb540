"""Whom the reports of a desk name, and who speaks in them, over all stories.

Names stand in what is weighed of each story. They are taken out once a story and
kept in memory until it is weighed anew. Sources without a name are never among
them: that two of them are the same is not known, and is not guessed.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import select

from ..errors import NotInDesk
from ..records import Known, SourceKind, Story, StorySource
from ..weighing.identities import folded
from ..weighing.weigh import Weighed
from .book import Book, merged
from .sources import is_office, standing
from .tables import stories, weighed
from .unchanged import stories_then

_KEPT_MOMENTS = 2_000  # stories as they stood at some moment that are kept in memory


class _Appearance(msgspec.Struct, frozen=True):
    report: str
    source: StorySource


class _Claim(msgspec.Struct, frozen=True):
    appearances: tuple[_Appearance, ...] = ()
    first_seen: str | None = None
    last_seen: str | None = None


class _Names(msgspec.Struct, frozen=True):
    """What is decoded of a :class:`Weighed`."""

    known: tuple[Known, ...] = ()
    claims: tuple[_Claim, ...] = ()


@dataclass(slots=True)
class Speaking:
    """How somebody speaks: as which kinds of source, in how many claims, reports and stories, since when."""

    known: Known
    kinds: set[SourceKind] = field(default_factory=set)
    claims: int = 0
    reports: set[str] = field(default_factory=set)
    stories: int = 0
    first: str | None = None
    last: str | None = None

    def add(self, other: Speaking) -> None:
        """Take in how the same one speaks elsewhere."""
        self.known = merged(self.known, other.known)
        self.kinds |= other.kinds
        self.reports |= other.reports
        self.claims, self.stories = self.claims + other.claims, self.stories + other.stories
        self.first = min((m for m in (self.first, other.first) if m), default=None)
        self.last = max((m for m in (self.last, other.last) if m), default=None)


@dataclass(frozen=True, slots=True)
class _Leaf:
    known: tuple[Known, ...]
    speaking: tuple[Speaking, ...]


_Placed = tuple[str, _Leaf]  # a story's id, and what stands in it
T = TypeVar("T")


class Names:
    """The names in a desk; keeps what it has seen, and may be asked from several threads.

    Args:
        weigh: gives what a story comes to at a moment.
    """

    def __init__(self, weigh: Callable[[Book, Story], Weighed] = Book.weighed) -> None:
        self._weigh = weigh
        self._lock = threading.Lock()
        self._now: dict[str, tuple[str, _Leaf]] = {}  # by story: when it was weighed, and what stands in it
        self._sums: dict[
            str, tuple[object, Sequence[_Placed], Any]
        ] = {}  # the last ones, by what is summed up
        self._moments: OrderedDict[str, _Leaf] = OrderedDict()  # by what the weighing depends on

    def entities(self, book: Book) -> dict[str, tuple[Known, list[str]]]:
        """Return everybody and everything by id, with the ids of their stories, the latest first."""
        return self._remembered("entities", book, _entities)

    def entity(self, book: Book, name: str) -> tuple[Known, list[str]]:
        """Return one entity; see :meth:`entities`.

        Raises:
            NotInDesk: there is none.
        """
        found = self.entities(book).get(name)
        if found is None:
            raise NotInDesk(f"there is no entity {name!r} in this desk")
        return found

    def speakers(self, book: Book) -> dict[str, Speaking]:
        """Return those who speak under a name, by id."""
        return self._remembered("speakers", book, _speakers)

    def _remembered(self, what: str, book: Book, sum_up: Callable[[Sequence[_Placed]], T]) -> T:
        """Return a sum over all stories: that of the last time, as long as the stories are the same."""
        leaves = self._leaves(book)
        mark = tuple((story, id(leaf)) for story, leaf in leaves)  # a leaf lives as long as its sum is kept
        with self._lock:
            before = self._sums.get(what)
        if before is not None and before[0] == mark:
            return cast("T", before[2])
        found = sum_up(leaves)
        with self._lock:
            self._sums[what] = (mark, leaves, found)
        return found

    def _leaves(self, book: Book) -> list[_Placed]:
        """Return the stories with what stands in them, the latest first."""
        kept = self._weighed(book)
        if book.as_of is None:
            order = select(stories.c.id).order_by(stories.c.last.desc(), stories.c.id.desc())
            return [(name, kept[name]) for name in book.connection.execute(order).scalars() if name in kept]
        then = stories_then(book)
        same: set[str] = {row.story for row in book.connection.execute(then.same)}
        other = set(then.other)
        return [
            (story.id, kept[story.id] if story.id in same else self._at_a_moment(book, story))
            for story in book.stories()
            if story.id in other or story.id in kept
        ]

    def _weighed(self, book: Book) -> dict[str, _Leaf]:
        """Return what stands in the stories as they are written down."""
        rows = book.connection.execute(select(weighed.c.story, weighed.c.made))
        made: dict[str, str] = {row.story: row.made for row in rows}
        with self._lock:
            stale = [story for story, at in made.items() if self._now.get(story, ("",))[0] != at]
            for at in range(0, len(stale), 500):
                query = select(weighed.c.story, weighed.c.made, weighed.c.body)
                for row in book.connection.execute(query.where(weighed.c.story.in_(stale[at : at + 500]))):
                    found = msgspec.json.decode(zlib.decompress(row.body), type=_Names)
                    self._now[row.story] = (row.made, _leaf(found))
            for gone in self._now.keys() - made.keys():
                del self._now[gone]
            return {story: self._now[story][1] for story in made}

    def _at_a_moment(self, book: Book, story: Story) -> _Leaf:
        key = book.key(story)
        with self._lock:
            found = self._moments.get(key)
        if found is None:
            whole = self._weigh(book, story)
            found = _leaf(msgspec.convert(whole, _Names, from_attributes=True))
            with self._lock:
                self._moments[key] = found
                while len(self._moments) > _KEPT_MOMENTS:
                    self._moments.popitem(last=False)
        return found


def _entities(leaves: Sequence[_Placed]) -> dict[str, tuple[Known, list[str]]]:
    found: dict[str, tuple[Known, list[str]]] = {}
    for story, leaf in leaves:
        for known in leaf.known:
            before = found.get(known.id)
            if before is None:
                found[known.id] = (known, [story])
            else:
                before[1].append(story)
                found[known.id] = (merged(before[0], known), before[1])
    return found


def _speakers(leaves: Sequence[_Placed]) -> dict[str, Speaking]:
    found: dict[str, Speaking] = {}
    for _, leaf in leaves:
        for one in leaf.speaking:
            total = found.get(one.known.id)
            if total is None:
                total = found[one.known.id] = Speaking(one.known)
            total.add(one)
    return found


def _leaf(found: _Names) -> _Leaf:
    speaking: dict[str, Speaking] = {}
    known = {entity.id: entity for entity in found.known}
    for claim in found.claims:
        seen: set[str] = set()
        for appearance in claim.appearances:
            source = appearance.source
            entity = known.get(source.entity or "")
            if entity is None or source.kind in ("anonymous", "hearsay", "narrator"):
                continue
            one = Speaking(
                entity, {source.kind}, 0, {appearance.report}, 0, claim.first_seen, claim.last_seen
            )
            if entity.id not in speaking:
                speaking[entity.id] = Speaking(entity, stories=1)
            speaking[entity.id].add(one)
            seen.add(entity.id)
        for name in seen:
            speaking[name].claims += 1
    return _Leaf(found.known, tuple(speaking.values()))


def is_public(known: Known) -> bool:
    """Tell whether somebody may be looked at over all stories; the rule is that of :mod:`.sources`.

    Offices are those that stand before a person's name in reports ("Minister Corin Dask").
    """
    held = [
        alias[:at].strip()
        for alias in known.aliases
        if (at := alias.find(known.name)) > 0 and is_office(alias[:at])
    ]
    return standing(known.name, known.schema, held) is not None


def is_called(known: Known, words: str) -> bool:
    """Tell whether each of ``words`` begins a word of one and the same name of an entity."""
    wanted = folded(words).split()
    return any(_begins(folded(name).split(), wanted) for name in (known.name, *known.aliases))


def _begins(there: Iterable[str], wanted: Iterable[str]) -> bool:
    words = list(there)
    return all(any(word.startswith(start) for word in words) for start in wanted)
