"""Who speaks, and whom and what reports name, over all stories."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...desk.claim_pages import is_weighed
from ...desk.names import Speaking, is_called, is_public
from ...errors import NotInDesk
from ...records import SourceKind
from ...records.things import Schema
from .answers import Cursor, answer, cut, listed
from .asking import AnAsked, APage, AService, Asked, id_of
from .contract import one, page_of
from .service import Service
from .shapes import EntityLine, Speaker, WholeEntity

router = APIRouter()
EntityId = Annotated[str, id_of("entity", "n-1a2b3c4d5e6f")]
Called = Annotated[str, Query(max_length=200, description="One of its names has words that begin so.")]


@router.get(
    "/sources",
    tags=["sources"],
    operation_id="listSources",
    summary="List who speaks, those with most claims first",
    response_class=Response,
    responses=page_of(Speaker, 304),
)
def sources(
    asked: AnAsked,
    page: APage,
    service: AService,
    q: Called = "",
    kind: Annotated[SourceKind | None, Query(description="Who speaks as this kind of source.")] = None,
) -> Response:
    """Bodies, outlets, and people in office, by name. Private people and unnamed sources are not gathered."""
    cursor = Cursor(("sources", q, kind, asked.as_of, asked.clock), page.cursor, int, str)
    speaking = [
        one
        for one in _speaking(asked, service).values()
        if (kind is None or kind in one.kinds) and (not q or is_called(one.known, q))
    ]
    speaking.sort(key=lambda s: (-s.claims, s.known.id))
    if cursor.keys is not None:
        claims, name = cursor.keys
        speaking = [s for s in speaking if (-s.claims, s.known.id) > (-claims, name)]
    public = (s for s in speaking if is_public(s.known))
    found, more = cut(list(islice(public, page.limit + 1)), page.limit)
    after = cursor.after((found[-1].claims, found[-1].known.id)) if more else None
    return listed(asked.request, [_speaker(s) for s in found], after)


def _speaking(asked: Asked, service: Service) -> dict[str, Speaking]:
    with asked.book() as book:
        if not is_weighed(book):
            service.jobs.weigh()
        return service.names.speakers(book)


def _speaker(one: Speaking) -> Speaker:
    return Speaker(
        id=one.known.id,
        name=one.known.name,
        schema=one.known.schema,
        kinds=tuple(sorted(one.kinds)),
        claims=one.claims,
        reports=len(one.reports),
        stories=one.stories,
        first_seen=one.first,
        last_seen=one.last,
    )


@router.get(
    "/sources/{source}",
    tags=["sources"],
    operation_id="getSource",
    summary="Show who speaks",
    response_class=Response,
    responses=one(Speaker, 304, 404),
)
def source(
    asked: AnAsked, service: AService, source: Annotated[str, id_of("source", "n-1a2b3c4d5e6f")]
) -> Response:
    """In how many claims, reports and stories, since when. What it says is listed by `/claims?by=NAME`."""
    found = _speaking(asked, service).get(source)
    if found is None or not is_public(found.known):
        raise NotInDesk(f"there is no source {source!r} in this desk, or it is a private person")
    return answer(asked.request, _speaker(found))


@router.get(
    "/entities",
    tags=["entities"],
    operation_id="listEntities",
    summary="List whom and what reports name, those in most stories first",
    response_class=Response,
    responses=page_of(EntityLine, 304),
)
def entities(
    asked: AnAsked,
    page: APage,
    service: AService,
    q: Called = "",
    schema: Annotated[Schema | None, Query(description="FollowTheMoney's schema, such as Person.")] = None,
) -> Response:
    """Under all the names that reports give them."""
    cursor = Cursor(("entities", q, schema, asked.as_of, asked.clock), page.cursor, int, str)
    with asked.book() as book:
        everything = service.names.entities(book).values()
    lines = [
        EntityLine(id=k.id, name=k.name, schema=k.schema, aliases=k.aliases, stories=len(stories))
        for k, stories in everything
        if (schema is None or k.schema == schema) and (not q or is_called(k, q))
    ]
    lines.sort(key=lambda n: (-n.stories, n.id))
    if cursor.keys is not None:
        stories, name = cursor.keys
        lines = [n for n in lines if (-n.stories, n.id) > (-stories, name)]
    found, more = cut(lines, page.limit)
    return listed(asked.request, found, cursor.after((found[-1].stories, found[-1].id)) if more else None)


@router.get(
    "/entities/{entity}",
    tags=["entities"],
    operation_id="getEntity",
    summary="Show an entity",
    response_class=Response,
    responses=one(WholeEntity, 304, 404),
)
def entity(asked: AnAsked, service: AService, entity: EntityId) -> Response:
    """With its stories, unless it is a private person: what is said of such is not gathered in one place."""
    with asked.book() as book:
        known, stories = service.names.entity(book, entity)
    shown = tuple(stories) if known.schema != "Person" or is_public(known) else None
    return answer(asked.request, WholeEntity(entity=known, stories=shown))
