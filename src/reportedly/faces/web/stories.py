"""The story page and the claim page: what they show, put together from the desk's answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from ...desk.book import Book, is_single
from ...desk.moments import claim_then, moments, thinned
from ...desk.ratings import of_claim
from ...desk.store import stamp
from ...records import Claim, SourceKind, Story
from ...records.attribution import SOURCE_KINDS
from ...weighing.identities import folded
from ..charts import origins
from ..charts.map import place_map, shown_on
from ..charts.timeline import timeline
from ..desk_tables import origins_range, value_range
from .deps import ABook, AConnection, page, remembered
from .story_view import Against, Quoted, StoryView, quoted, tree

router = APIRouter()

Status = Literal["any", "disputed", "single"]
Order = Literal["reports", "disputed", "latest", "first"]
_A_PAGE = 20  # claims
_MOMENTS = 200  # among which one is chosen
_QUOTED = 150  # passages of a claim that are shown
_LISTED = 12  # reports that are shown unfolded


@router.get("/stories/{name}", response_class=HTMLResponse)
def story_page(
    request: Request,
    book: ABook,
    connection: AConnection,
    name: str,
    status: Annotated[Status, Query()] = "any",
    kind: Annotated[SourceKind | Literal[""], Query()] = "",
    about: Annotated[str, Query(max_length=200)] = "",
    order: Annotated[Order, Query()] = "reports",
    number: Annotated[int, Query(ge=1, le=100_000, alias="page")] = 1,
) -> HTMLResponse:
    """Show a story: its reports in time, the ledger of claims, origins, figures and places."""
    view = _view(request, book, book.story(name))
    chosen = _ordered([c for c in view.whole.claims if _fits(c, status, kind, about)], order)
    pages = max(1, -(-len(chosen) // _A_PAGE))
    number = min(number, pages)
    links, items = view.links(), list(view.items.values())
    graph = origins.of_story(items, links, view.whole.loops)
    spots = view.spots()
    plots = view.plots()
    return page(
        request,
        "story.html",
        story=view.story,
        outlets=len({i.outlet for i in items}),
        listed=view.listed(),
        folded_from=_LISTED,
        timeline=timeline(items, links),
        claims=len(view.whole.claims),
        disputed=sum(bool(c.disputed_by) for c in view.whole.claims),
        single=sum(map(is_single, view.whole.claims)),
        chosen=len(chosen),
        entries=[view.entry(c) for c in chosen[(number - 1) * _A_PAGE : number * _A_PAGE]],
        number=number,
        pages=pages,
        asked={"status": status, "kind": kind, "about": about, "order": order},
        kinds=_kinds(view.whole.claims),
        graph=origins.origins(graph, "Who has it from whom"),
        loops=view.whole.loops,
        plots=[p for p in plots if p.drawing is not None],
        others=[p for p in plots if p.drawing is None],
        map=place_map(spots),
        spots=spots,
        shown_on_map=shown_on(spots),
        item=view.item,
        at=view.at,
        within=view.story.id if request.state.as_of or not book.is_kept(view.story) else None,
        value_range=value_range,
        moments=thinned(moments(connection, view.story.id, clock=request.state.clock), _MOMENTS),
    )


def _view(request: Request, book: Book, story: Story) -> StoryView:
    memory = remembered(request)
    key = "view", story.id, book.key(story), story.title
    return memory.get(key, lambda: StoryView(book, story, memory.weighed))


def _fits(claim: Claim, status: Status, kind: str, about: str) -> bool:
    if status == "disputed" and not claim.disputed_by:
        return False
    if status == "single" and not is_single(claim):
        return False
    if kind and not any(a.source.kind == kind for a in claim.appearances):
        return False
    words = folded(about).split()
    return not words or any(
        set(words) <= set(folded(f"{a.content.text} {a.source.text}").split()) for a in claim.appearances
    )


def _ordered(claims: Iterable[Claim], order: Order) -> list[Claim]:
    found = sorted(claims, key=lambda c: (c.first_seen or "", c.id))
    if order == "latest":
        found.sort(key=lambda c: c.last_seen or "", reverse=True)
    elif order != "first":
        found.sort(key=lambda c: (len({a.report for a in c.appearances}), len(c.disputed_by)), reverse=True)
        if order == "disputed":
            found.sort(key=lambda c: len(c.disputed_by), reverse=True)
    return found


def _kinds(claims: Iterable[Claim]) -> list[SourceKind]:
    there = {a.source.kind for c in claims for a in c.appearances}
    return [kind for kind in SOURCE_KINDS if kind in there]


@router.get("/claims/{name}", response_class=HTMLResponse)
def claim_page(
    request: Request,
    book: ABook,
    connection: AConnection,
    name: str,
    within: Annotated[str | None, Query(max_length=80, alias="story")] = None,
) -> HTMLResponse:
    """Show a claim: where it appears, in context, its chains up to its origins, and who disputes it."""
    story, claim = claim_then(book, name, weighed=remembered(request).weighed, story=within)
    view = _view(request, book, story)
    quotes = quoted(book, view, claim)
    against = view.against(claim)
    at = {q.item.id for q in quotes} | {i.id for a in against for i in (a.item, *(i for i, _ in a.again))}
    return page(
        request,
        "claim.html",
        story=story,
        claim=claim,
        entry=view.entry(claim),
        origins=origins_range(claim.origins),
        quotes=quotes[:_QUOTED],
        more=max(0, len(quotes) - _QUOTED),
        against=against,
        tree=tree(view, claim),
        graph=origins.origins(
            origins.of_claim(claim, view.items), "Where the reports have it from", "chains"
        ),
        dropped=[(d, view.item(d.report)) for d in claim.origins.dropped],
        within=within,
        history=_history(quotes, against),
        ratings=of_claim(book.ratings, claim),
        item=view.item,
        at=view.at,
        moments=thinned(moments(connection, story.id, clock=request.state.clock, only=at), _MOMENTS),
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """What came in at one moment of a claim's history: appearances and objections."""

    at: str
    quotes: tuple[Quoted, ...]
    against: tuple[Against, ...]
    reports: int


def _history(quotes: Sequence[Quoted], against: Sequence[Against]) -> list[Turn]:
    """Return how a claim came to be known, the first first, with the number of its reports so far."""
    turns: dict[datetime, tuple[list[Quoted], list[Against]]] = {}
    for quote in quotes:
        turns.setdefault(quote.item.at, ([], []))[0].append(quote)
    for one in against:
        for item in (one.item, *(i for i, _ in one.again)):
            turns.setdefault(item.at, ([], []))[1].append(replace(one, item=item))
    seen: set[str] = set()
    found = []
    for at in sorted(turns):
        said, objected = turns[at]
        seen.update(q.item.id for q in said)
        found.append(Turn(stamp(at), tuple(said), tuple(objected), len(seen)))
    return found
