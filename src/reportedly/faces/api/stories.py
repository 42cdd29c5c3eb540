"""Stories: reports about the same happening, with what copies what and who cites whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...desk.book import Book, Line, is_single
from ...desk.claim_pages import is_weighed, series_of, story_named
from ...desk.filings import filings
from ...desk.gists import Wanted
from ...records import Claim, Filing, SourceKind, Story
from .answers import Cursor, answer, cut, is_known, listed, tag, unchanged
from .asking import AnAsked, APage, AService, Moment, StoryId, Words, moment
from .claims import claim_list
from .contract import one, page_of
from .shapes import Loop, StoryLine, StorySeries, WholeStory

router = APIRouter(prefix="/stories", tags=["stories"])


@router.get(
    "",
    operation_id="listStories",
    summary="List stories, the latest first",
    response_class=Response,
    responses=page_of(StoryLine, 304),
)
def stories(
    asked: AnAsked,
    page: APage,
    service: AService,
    about: Words = "",
    by: Words = "",
    kind: Annotated[SourceKind | None, Query(description="With a claim of this kind of source.")] = None,
    disputed: Annotated[bool, Query(description="With a claim that somebody disputes.")] = False,
    single: Annotated[bool, Query(description="With a claim in several reports, of one origin.")] = False,
    since: Moment = None,
    until: Moment = None,
) -> Response:
    """By their last report. `about` and `by`: with a claim that holds these words, or has such a source.

    `since` and `until` bound the last report. At a moment, what is said of disputes and single origins is
    that of today.
    """
    first, last = moment("since", since), moment("until", until)
    wanted = Wanted(about=about, by=by, kind=kind, disputed=disputed, single=single)
    filters = (about, by, kind, disputed, single, first, last, asked.as_of, asked.clock)
    cursor = Cursor(("stories", *filters), page.cursor, str, str)
    with asked.book() as book:
        if wanted and not is_weighed(book):
            service.jobs.weigh()
        rows = book.page(page.limit + 1, after=cursor.keys, since=first, until=last, wanted=wanted)
    found, more = cut(rows, page.limit)
    after = cursor.after((found[-1][0], found[-1][1].story.id)) if more else None
    return listed(asked.request, [_line(line) for _, line in found], after)


def _line(line: Line) -> StoryLine:
    return StoryLine(
        story=line.story,
        outlets=line.outlets,
        claims=line.claims,
        disputed=line.disputed,
        single=line.single,
    )


@router.get(
    "/{story}",
    operation_id="getStory",
    summary="Show a story",
    response_class=Response,
    responses=one(WholeStory, 304, 404),
)
def story(asked: AnAsked, service: AService, story: StoryId) -> Response:
    """Its reports, copies, citations and loops; its claims and figures have lists of their own."""
    with asked.book() as book:
        found = story_named(book, story)
        etag = tag("story", book.key(found), found)
        if is_known(asked.request, etag):
            return unchanged(etag)
        whole = service.remembered.weighed(book, found)
        reports = reports_of(book, found)
    body = WholeStory(
        story=found,
        reports=reports,
        copies=whole.copies,
        citations=whole.citations,
        loops=whole.loops,
        claims=len(whole.claims),
        disputed=sum(bool(c.disputed_by) for c in whole.claims),
        single=sum(is_single(c) for c in whole.claims),
    )
    return answer(asked.request, body, etag=etag)


def reports_of(book: Book, story: Story) -> tuple[Filing, ...]:
    """Return the reports of a story as the ledger lists them, the oldest first."""
    rows = filings(book, len(story.reports), story=story.id)
    return tuple(
        Filing(id=r.id, outlet=r.outlet, title=r.title, published=r.published, url=r.url, sha256=r.sha256)
        for r in reversed(rows)
    )


@router.get(
    "/{story}/claims",
    operation_id="listStoryClaims",
    summary="List a story's claims",
    response_class=Response,
    responses=page_of(Claim, 304, 404),
)
def claims(
    asked: AnAsked,
    page: APage,
    service: AService,
    story: StoryId,
    disputed: Annotated[bool, Query(description="That somebody disputes.")] = False,
    single: Annotated[bool, Query(description="In several reports, of one origin.")] = False,
) -> Response:
    """Those in most reports first; each with its holders and origins."""
    return claim_list(asked, page, service, Wanted(disputed=disputed, single=single), story=story)


@router.get(
    "/{story}/figures",
    operation_id="listStoryFigures",
    summary="List a story's figures",
    response_class=Response,
    responses=page_of(StorySeries, 304, 404),
)
def figures(asked: AnAsked, page: APage, service: AService, story: StoryId) -> Response:
    """How each figure moved, the points in order of time."""
    with asked.book() as book:
        found = story_named(book, story)
        cursor = Cursor(("figures", found.id, book.key(found)), page.cursor, int)
        start = cursor.keys[0] if cursor.keys else 0
        series = series_of(book, found, service.remembered.weighed)[start:]
    rows, more = cut(series, page.limit)
    items = [StorySeries(story=found.id, series=s) for s in rows]
    return listed(asked.request, items, cursor.after((start + len(rows),)) if more else None)


@router.get(
    "/{story}/loops",
    operation_id="listStoryLoops",
    summary="List who only cites each other in a story",
    response_class=Response,
    responses=page_of(Loop, 304, 404),
)
def loops(asked: AnAsked, page: APage, service: AService, story: StoryId) -> Response:
    """Outlets that have it from each other, and nobody knows from whom."""
    with asked.book() as book:
        found = story_named(book, story)
        cursor = Cursor(("loops", found.id, book.key(found)), page.cursor, int)
        start = cursor.keys[0] if cursor.keys else 0
        rows, more = cut(service.remembered.weighed(book, found).loops[start:], page.limit)
    items = [Loop(story=found.id, outlets=outlets) for outlets in rows]
    return listed(asked.request, items, cursor.after((start + len(rows),)) if more else None)
