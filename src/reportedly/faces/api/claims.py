"""Claims: what is said in one or more reports, by whom, on how many origins, disputed by whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...desk.claim_pages import claim_in, claim_page, figure_page, is_weighed, story_of_claim
from ...desk.filings import filings
from ...desk.gists import Wanted
from ...records import Claim, Filing, SourceKind
from .answers import Cursor, answer, cut, is_known, listed, tag, unchanged
from .asking import AnAsked, APage, AService, Asked, ClaimId, Moment, Paged, moment
from .contract import one, page_of
from .service import Service
from .shapes import StorySeries, Trace

router = APIRouter(tags=["claims"])


@router.get(
    "/claims",
    operation_id="listClaims",
    summary="List claims, those in most reports first",
    response_class=Response,
    responses=page_of(Claim, 304, 404),
)
def claims(
    asked: AnAsked,
    page: APage,
    service: AService,
    about: Annotated[str, Query(max_length=200, description="All these words stand in a wording.")] = "",
    by: Annotated[str, Query(max_length=200, description="All these words stand in a source's name.")] = "",
    kind: Annotated[SourceKind | None, Query(description="Of this kind of source.")] = None,
    disputed: Annotated[bool, Query(description="That somebody disputes.")] = False,
    single: Annotated[bool, Query(description="In several reports, of one origin.")] = False,
    confirmed: Annotated[bool, Query(description="Joined by a person.")] = False,
    since: Moment = None,
    story: Annotated[str | None, Query(max_length=200, description="Of this story.")] = None,
) -> Response:
    """Each with its holders (the sources of its appearances) and its origins."""
    wanted = Wanted(about=about, by=by, kind=kind, disputed=disputed, single=single)
    return claim_list(
        asked, page, service, wanted, confirmed=confirmed, since=moment("since", since), story=story
    )


def claim_list(
    asked: Asked,
    page: Paged,
    service: Service,
    wanted: Wanted,
    *,
    confirmed: bool = False,
    since: str | None = None,
    story: str | None = None,
) -> Response:
    """Return one page of claims."""
    cursor = Cursor(
        ("claims", wanted, confirmed, since, story, asked.as_of, asked.clock), page.cursor, int, str, str
    )
    with asked.book() as book:
        if not is_weighed(book):
            service.jobs.weigh()
        rows = claim_page(
            book,
            page.limit + 1,
            wanted,
            after=cursor.keys,
            confirmed=confirmed,
            since=since,
            story=story,
            weigh=service.remembered.weighed,
        )
    found, more = cut(rows, page.limit)
    return listed(asked.request, [c for _, c in found], cursor.after(found[-1][0]) if more else None)


@router.get(
    "/claims/{claim}",
    operation_id="getClaim",
    summary="Show a claim",
    response_class=Response,
    responses=one(Claim, 304, 404),
)
def claim(asked: AnAsked, service: AService, claim: ClaimId) -> Response:
    """Its appearances with their holders, its origins, and who disputes it."""
    with asked.book() as book:
        story = story_of_claim(book, claim)
        etag = tag("claim", claim, book.key(story))
        if is_known(asked.request, etag):
            return unchanged(etag)
        found = claim_in(service.remembered.weighed(book, story), claim)
    return answer(asked.request, found, etag=etag)


@router.get(
    "/claims/{claim}/trace",
    operation_id="traceClaim",
    summary="Trace a claim to its origins",
    response_class=Response,
    responses=one(Trace, 304, 404),
)
def trace(asked: AnAsked, service: AService, claim: ClaimId) -> Response:
    """Who has it from whom (`claim.origins.hops`), why the rest are no origins, and the reports there."""
    with asked.book() as book:
        story = story_of_claim(book, claim)
        etag = tag("trace", claim, book.key(story), story)
        if is_known(asked.request, etag):
            return unchanged(etag)
        whole = service.remembered.weighed(book, story)
        found = claim_in(whole, claim)
        named = _reports(found)
        rows = filings(book, len(story.reports), story=story.id)
    body = Trace(
        claim=found,
        story=story,
        reports=tuple(
            Filing(id=r.id, outlet=r.outlet, title=r.title, published=r.published, url=r.url, sha256=r.sha256)
            for r in reversed(rows)
            if r.id in named
        ),
        copies=tuple(c for c in whole.copies if c.copy in named and c.of in named),
    )
    return answer(asked.request, body, etag=etag)


def _reports(claim: Claim) -> set[str]:
    origins = claim.origins
    found = {a.report for a in claim.appearances} | {o.report for o in claim.disputed_by}
    found |= {o.through_report for o in origins.list if o.through_report}
    found |= {d.report for d in origins.dropped}
    return found | {r for hop in origins.hops for r in (hop.report, hop.to_report) if r}


@router.get(
    "/figures",
    operation_id="listFigures",
    summary="List figures over time, those of the latest stories first",
    response_class=Response,
    responses=page_of(StorySeries, 304),
)
def figures(
    asked: AnAsked,
    page: APage,
    service: AService,
    measure: Annotated[str | None, Query(max_length=200, description="Such as killed.")] = None,
    unit: Annotated[str | None, Query(max_length=200, description="Such as person, or EUR.")] = None,
) -> Response:
    """A page may be short, or even empty, and not be the last: go on until `next` is null."""
    cursor = Cursor(("figures", measure, unit, asked.as_of, asked.clock), page.cursor, str, str, int)
    with asked.book() as book:
        found, after = figure_page(
            book, page.limit, after=cursor.keys, measure=measure, unit=unit, weigh=service.remembered.weighed
        )
    items = [StorySeries(story=keys[1], series=series) for keys, series in found]
    return listed(asked.request, items, cursor.after(after) if after else None)
