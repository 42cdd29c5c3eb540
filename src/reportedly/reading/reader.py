"""Report → Reading: runs the readers in order and freezes what they found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ..models import store
from ..records import (
    Attribution,
    Entity,
    Event,
    Figure,
    Mention,
    Reading,
    Relation,
    Report,
    Source,
    literal,
    mention,
    passage,
)
from . import tagging
from .attribution import find_attributions, quotation_of
from .cast import Cast
from .coreference import Resolver
from .draft import Draft, Nearby
from .encoder import MODEL, encoder
from .entities import gather, with_datelines
from .events import find_events
from .figures import read_figures
from .naming import consistent
from .occasions import Occasions
from .page import Name, Page
from .paragraphs import Range
from .places import read_places
from .relations import FoundRelation, find_relations
from .times import read_times

_ENGLISH = ("en", None)


def read_report(report: Report) -> Reading:
    """Read one report with every reader.

    A report that is not in English gets a reading without claims and a warning
    that says so: the readers know English only.

    Raises:
        ModelError: the weights that ship with the package are missing or damaged.
    """
    if report.language not in _ENGLISH:
        return Reading(report=report, warnings=report.warnings)
    text = report.text
    page = Page(text)
    network = encoder()
    windows = network.run(text, page.paragraphs)
    names = with_datelines(page, consistent(page, tagging.names(windows, page)))
    cast = gather(page, names)
    drafts = find_attributions(page, cast, windows, network)
    times = read_times(page, report.published)
    places = read_places(page, names)
    figures = read_figures(page, times)
    holders = _Holders(drafts)
    resolver = Resolver(page, cast, drafts)
    for draft in drafts:
        if draft.member is not None:
            resolver.note_source(draft.source[0][0], draft.member)
    occasions = Occasions(page, times, places, [span for d in drafts for span in d.cue], holders.said_at)
    events = _events(page, resolver, holders, names, occasions)
    figures = _join_figures(figures, events)
    relations = _relations(page, resolver, holders, names)
    return Reading(
        report=report,
        attributions=_attributions(page, cast, drafts, holders, events, figures),
        entities=tuple(_entity(text, cast, drafts)),
        events=tuple(events),
        figures=tuple(figures),
        places=tuple(places),
        times=tuple(times),
        relations=tuple(relations),
        warnings=report.warnings,
    )


class _Holders:
    """Names the drafts, and tells which attribution states what stands at a place of the text."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._near = Nearby(drafts)
        self.ids: dict[int, str] = {}
        taken: dict[str, int] = {}
        for draft in drafts:
            base = f"a{draft.content[0][0]}"
            number = taken[base] = taken.get(base, 0) + 1
            self.ids[id(draft)] = base if number == 1 else f"{base}.{number}"
        self._said = {self.ids[id(draft)] for draft in drafts if draft.cue}

    def id(self, draft: Draft) -> str:
        return self.ids[id(draft)]

    def said_at(self, start: int, end: int) -> str | None:
        """Return the same as :meth:`at` where somebody says it, ``None`` in the report's own voice."""
        holder = self.at(start, end)
        return holder if holder in self._said else None

    def at(self, start: int, end: int) -> str | None:
        """Return the id of the innermost attribution whose content holds ``[start, end)``."""
        best: Draft | None = None
        for draft in self._near.around(start, end):
            if any(s < end and start < e for s, e in draft.content) and (
                best is None or draft.size < best.size
            ):
                best = draft
        return self.id(best) if best is not None else None


def _attributions(
    page: Page,
    cast: Cast,
    drafts: Sequence[Draft],
    holders: _Holders,
    events: Iterable[Event],
    figures: Iterable[Figure],
) -> tuple[Attribution, ...]:
    text = page.text
    model = store.version(MODEL)
    held_events: dict[str, list[str]] = {}
    for event in events:
        if event.attribution:
            held_events.setdefault(event.attribution, []).append(event.id)
    held_figures: dict[str, list[str]] = {}
    for figure in figures:
        holder = holders.at(*figure.spans[0])
        if holder:
            held_figures.setdefault(holder, []).append(figure.id)
    found = []
    for draft in drafts:
        own = holders.id(draft)
        member = draft.member
        about = [m.id for s, e in draft.content for _, _, m in cast.within(s, e)]
        found.append(
            Attribution(
                id=own,
                source=Source(
                    text=literal(text, draft.source),
                    spans=draft.source,
                    entity=member.id if member else None,
                    kind=draft.kind or "hearsay",
                ),
                cue=passage(text, *draft.cue) if draft.cue else None,
                content=passage(text, *draft.content),
                via=tuple(mention(text, span, entity=m.id if m else None) for span, m in draft.via),
                quotation=quotation_of(page, draft),
                stance=draft.stance or "assert",
                factuality=draft.factuality or "Uu",
                hedges=tuple(passage(text, span) for span in draft.hedges),
                parent=holders.id(draft.parent) if draft.parent else None,
                disputes=tuple(holders.id(d) for d in draft.disputes),
                events=tuple(held_events.get(own, ())),
                figures=tuple(held_figures.get(own, ())),
                about=tuple(dict.fromkeys(about)),
                confidence=round(draft.confidence, 3),
                decided_by="; ".join(
                    model if r == "model" else r.replace("model/", f"{model}/") for r in draft.rules
                ),
            )
        )
    return tuple(found)


def _entity(text: str, cast: Cast, drafts: Sequence[Draft]) -> Iterable[Entity]:
    for draft in drafts:
        if draft.member is not None:
            span = draft.source[0]
            if not any(s >= span[0] and e <= span[1] for s, e in draft.member.names):
                draft.member.others.append(span)
    for member in sorted(cast.members, key=lambda m: min(m.names)):
        spans = sorted({*member.names, *member.others})
        yield Entity(
            id=member.id,
            name=member.name,
            schema=member.schema,
            aliases=tuple(form for form in member.forms if form != member.name),
            mentions=tuple(passage(text, span) for span in spans),
        )


def _mentions(page: Page, resolver: Resolver, spans: Iterable[Range]) -> tuple[Mention, ...]:
    found = []
    for start, end in spans:
        member = resolver.resolve((start, end))
        found.append(mention(page.text, (start, end), entity=member.id if member else None))
    return tuple(found)


def _events(
    page: Page,
    resolver: Resolver,
    holders: _Holders,
    names: Sequence[Name],
    occasions: Occasions,
) -> list[Event]:
    found = []
    for event in find_events(page, names):
        start, end = event.trigger
        found.append(
            Event(
                id=f"e{start}",
                type=event.type,
                mode=event.mode,
                trigger=passage(page.text, event.trigger),
                status=event.status,
                actors=_mentions(page, resolver, event.actors),
                recipients=_mentions(page, resolver, event.recipients),
                place=occasions.place_of(event.trigger),
                time=occasions.time_of(event.trigger),
                attribution=holders.at(start, end),
            )
        )
    return found


def _join_figures(figures: Sequence[Figure], events: Sequence[Event]) -> list[Figure]:
    """Give each figure of a toll the event whose trigger stands nearest to it."""
    joined = []
    for figure in figures:
        start, end = figure.spans[0][0], figure.spans[-1][1]
        near = [e for e in events if abs(e.trigger.start - start) < 160 and e.type == "ASSAULT"]
        if figure.measure in ("killed", "injured", "missing", "kidnapped", "displaced") and near:
            best = min(near, key=lambda e: min(abs(e.trigger.start - end), abs(start - e.trigger.end)))
            figure = msgspec.structs.replace(figure, event=best.id)
        joined.append(figure)
    return joined


def _relations(page: Page, resolver: Resolver, holders: _Holders, names: Sequence[Name]) -> list[Relation]:
    found = []
    taken: dict[str, int] = {}
    for relation in find_relations(page, names):
        found.append(_relation(page, resolver, holders, relation, taken))
    return found


def _relation(
    page: Page, resolver: Resolver, holders: _Holders, relation: FoundRelation, taken: dict[str, int]
) -> Relation:
    base = f"r{relation.spans[0][0]}"
    number = taken[base] = taken.get(base, 0) + 1
    subject, thing = relation.subject, relation.object
    return Relation(
        id=base if number == 1 else f"{base}.{number}",
        type=relation.type,
        subject=_mentions(page, resolver, [subject])[0],
        object=_mentions(page, resolver, [thing])[0],
        spans=relation.spans,
        negated=not relation.polarity,
        attribution=holders.at(*thing) or holders.at(*subject),
    )
