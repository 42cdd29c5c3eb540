"""Claims and figures in pages: whole records as they are written down, not taken apart on the way."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, and_, exists, func, not_, or_, select, tuple_

from ..errors import NotInDesk
from ..records import Claim, Series, Story
from ..weighing.weigh import Weighed
from .asking import fits
from .book import Book, is_single
from .gists import Wanted, fitting, stories_with
from .tables import appearances, claims, stories, weighed
from .unchanged import stories_then

_SCANNED = 400  # stories that are looked through for one page of figures
_AT_ONCE = 100
_LAST = 1 << 30  # beyond every series of a story

Weigh = Callable[[Book, Story], Weighed]
ClaimKeys = tuple[int, str, str]  # how many reports carry it, when it was first seen, its id
FigureKeys = tuple[str, str, int]  # the last moment of a story, its id, and the place of a series in it


class _Name(msgspec.Struct, frozen=True):
    id: str


class _Raw(msgspec.Struct, frozen=True):
    claims: tuple[msgspec.Raw, ...] = ()


class _Figures(msgspec.Struct, frozen=True):
    series: tuple[Series, ...] = ()


def claim_page(
    book: Book,
    limit: int,
    wanted: Wanted,
    *,
    after: ClaimKeys | None = None,
    confirmed: bool = False,
    since: str | None = None,
    story: str | None = None,
    weigh: Weigh = Book.weighed,
) -> list[tuple[ClaimKeys, Claim | msgspec.Raw]]:
    """Return up to ``limit`` claims that fit, those in most reports first, then those that were seen first.

    Args:
        book: the desk. At a moment, the claims are those of the reports that were there then.
        limit: how many.
        wanted: which.
        after: the keys of the claim after which to go on.
        confirmed: only those that a person joined.
        since: first seen then or later.
        story: only those of the story with this id.
        weigh: gives what a story comes to at the moment; may remember it.

    Returns:
        Pairs of keys and the claim: as its JSON where it is written down.

    Raises:
        NotInDesk: there is no such story, or it was not there at the moment.
    """
    if story is not None:
        story_named(book, story)
    asked = _Asked(wanted, confirmed, since, story)
    if book.as_of is None:
        return _written(book, limit, asked, after)
    then = stories_then(book)
    rows = _written(book, limit, asked, after, then.same)
    names = _with_words(book, wanted, {story}.intersection(then.other) if story else then.other)
    homes = sorted((line.story for line in book.lines_of(names).values()), key=lambda s: -len(s.reports))
    for home in homes:
        if len(rows) >= limit and rows[limit - 1][0][0] > len(home.reports):
            break  # none of its claims can be in more reports than the story has
        for claim in weigh(book, home).claims:
            keys = _keys(claim)
            if asked.fits(claim) and (after is None or _order(keys) > _order(after)):
                rows.append((keys, claim))
        rows.sort(key=lambda row: _order(row[0]))
    return rows[:limit]


def _with_words(book: Book, wanted: Wanted, names: Iterable[str]) -> list[str]:
    """Return the stories that hold the words asked for today; those that do not, did not before either."""
    words = Wanted(about=wanted.about, by=wanted.by, kind=wanted.kind)
    if not words:
        return sorted(names)
    found: set[str] = {row.story for row in book.connection.execute(stories_with(words))}
    return sorted(found.intersection(names))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which claims are asked for."""

    wanted: Wanted
    confirmed: bool
    since: str | None
    story: str | None

    def fits(self, claim: Claim) -> bool:
        """Tell whether a claim that is not written down is one of them."""
        wanted = self.wanted
        status = "confirmed" if self.confirmed else "disputed" if wanted.disputed else "any"
        return (
            fits(claim, wanted.about or None, wanted.by or None, status, self.since)
            and (not wanted.single or is_single(claim))
            and (not wanted.disputed or bool(claim.disputed_by))
            and (wanted.kind is None or any(a.source.kind == wanted.kind for a in claim.appearances))
        )


def _written(
    book: Book, limit: int, asked: _Asked, after: ClaimKeys | None, among: Select[tuple[str]] | None = None
) -> list[tuple[ClaimKeys, Claim | msgspec.Raw]]:
    """Return the claims that are written down, of all stories or of those ``among``."""
    c = claims.c
    first = func.coalesce(c.first, "")
    query = select(c.id, c.story, c.reports, first.label("seen")).where(fitting(asked.wanted))
    if among is not None:
        query = query.where(c.story.in_(among))
    if asked.story is not None:
        query = query.where(c.story == asked.story)
    if asked.since is not None:
        query = query.where(first >= asked.since.split(".")[0])
    if asked.confirmed:
        places = sorted({place for pair in book.rulings.confirmed for place in pair})
        there = tuple_(appearances.c.report, appearances.c.attribution).in_(places)
        query = query.where(c.id.in_(select(appearances.c.claim).where(there)))
    if after is not None:
        reports, seen, name = after
        later = or_(first > seen, and_(first == seen, c.id > name))
        query = query.where(or_(c.reports < reports, and_(c.reports == reports, later)))
    rows = list(book.connection.execute(query.order_by(c.reports.desc(), first, c.id).limit(limit)))
    bodies = _bodies(book, {row.story for row in rows}, {row.id for row in rows})
    return [((row.reports, row.seen, row.id), bodies[row.id]) for row in rows if row.id in bodies]


def _bodies(book: Book, names: Iterable[str], wanted: set[str]) -> dict[str, msgspec.Raw]:
    """Return the JSON of claims, from the stories that hold them."""
    found: dict[str, msgspec.Raw] = {}
    query = select(weighed.c.body).where(weighed.c.story.in_(sorted(names)))
    for (body,) in book.connection.execute(query):
        for raw in msgspec.json.decode(zlib.decompress(body), type=_Raw).claims:
            name = msgspec.json.decode(raw, type=_Name).id
            if name in wanted:
                found[name] = raw
    return found


def _keys(claim: Claim) -> ClaimKeys:
    return len({a.report for a in claim.appearances}), claim.first_seen or "", claim.id


def _order(keys: ClaimKeys) -> tuple[int, str, str]:
    return -keys[0], keys[1], keys[2]


def story_named(book: Book, name: str) -> Story:
    """Return a story by its whole id.

    Raises:
        NotInDesk: there is none, or it was not there at the moment.
    """
    if book.connection.execute(select(stories.c.id).where(stories.c.id == name)).first() is None:
        raise NotInDesk(f"there is no story {name!r} in this desk")
    return book.story(name)


def story_of_claim(book: Book, name: str) -> Story:
    """Return the story of a claim with this whole id.

    Raises:
        NotInDesk: there is none, or it was not there at the moment.
    """
    found = book.connection.execute(select(claims.c.story).where(claims.c.id == name)).scalar()
    if found is None:
        raise NotInDesk(f"there is no claim {name!r} in this desk")
    return book.story(found)


def claim_in(whole: Weighed, name: str) -> Claim:
    """Return a claim of a story.

    Raises:
        NotInDesk: there is none: it was another one at the moment asked for, or has been joined with another.
    """
    for claim in whole.claims:
        if claim.id == name:
            return claim
    raise NotInDesk(f"there is no claim {name!r} in this desk as it stands there")


def figure_page(
    book: Book,
    limit: int,
    *,
    after: FigureKeys | None = None,
    measure: str | None = None,
    unit: str | None = None,
    weigh: Weigh = Book.weighed,
) -> tuple[list[tuple[FigureKeys, Series]], FigureKeys | None]:
    """Return up to ``limit`` series of figures, those of the latest stories first, and where to go on.

    So many stories and no more are looked through; the page may be short, or empty, and not be the last.
    """
    found: list[tuple[FigureKeys, Series]] = []
    at = (
        None if after is None else (after[0], f"{after[1]} ")
    )  # the story in which the page before ended, too
    for _ in range(_SCANNED // _AT_ONCE):
        page = book.page(_AT_ONCE, after=at)
        for moment, line in page:
            name = line.story.id
            begin = after[2] + 1 if after is not None and name == after[1] else 0
            found += [
                ((moment, name, number), one)
                for number, one in enumerate(series_of(book, line.story, weigh))
                if number >= begin and measure in (None, one.measure) and unit in (None, one.unit)
            ]
            if len(found) > limit:
                return found[:limit], found[limit - 1][0]
            at = moment, name
        if len(page) < _AT_ONCE:
            return found, None
    return found, None if at is None else (*at, _LAST)


def series_of(book: Book, story: Story, weigh: Weigh = Book.weighed) -> tuple[Series, ...]:
    """Return the series of a story, without taking the rest of what is weighed apart."""
    query = select(weighed.c.key, weighed.c.body).where(weighed.c.story == story.id)
    row = book.connection.execute(query).first()
    if row is not None and row.key == book.key(story):
        return msgspec.json.decode(zlib.decompress(row.body), type=_Figures).series
    return weigh(book, story).series


def is_weighed(book: Book) -> bool:
    """Tell whether all stories are weighed; those that are not have no claims in lists yet."""
    missing = select(stories.c.id).where(not_(exists().where(weighed.c.story == stories.c.id)))
    return book.connection.execute(missing.limit(1)).first() is None
