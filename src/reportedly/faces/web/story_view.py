"""One story as pages show it: its reports, the ledger of its claims, its figures and places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from markupsafe import Markup

from ...desk import sources
from ...desk.book import Book, is_single
from ...desk.moments import Weigh
from ...desk.sketches import Sketch, sketches
from ...records import (
    Appearance,
    Citation,
    Claim,
    Copy,
    Objection,
    Place,
    Series,
    SourceKind,
    Story,
    StorySource,
)
from ...weighing.filed import moment
from ...weighing.identities import folded
from ...weighing.weigh import Weighed
from ..charts.figures import figures, name_of
from ..charts.map import Spot
from ..charts.scales import moment_name
from ..charts.timeline import Item, Link
from ..desk_tables import origins_range, value_range

_PLOTS = 6  # series that are drawn; the others are only tables
_PLACES = 60
_AROUND = 240  # letters of a report before and after a passage that is quoted from it
_BETWEEN = 160  # letters between two pieces of a passage that are not left out


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in the list of a story: what it is a copy of, and whom it cites."""

    item: Item
    copies: tuple[tuple[Copy, Item | None], ...]
    cites: tuple[tuple[Citation, Item | None], ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a claim, in one way, and in which reports: (report, attribution id)."""

    who: str
    kind: SourceKind
    has_page: str | None
    stance: str
    factuality: str
    said: tuple[tuple[Item, str], ...]


@dataclass(frozen=True, slots=True)
class Against:
    """An objection to a claim: who makes it, in which report, and where else it stands in the same words."""

    objection: Objection
    who: str
    item: Item
    has_page: str | None
    again: tuple[tuple[Item, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim in the ledger."""

    claim: Claim
    holdings: tuple[Holding, ...]
    against: tuple[Against, ...]
    reports: int
    origins: str
    single: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """A series of figures and its drawing; ``None`` where one value is all there is."""

    name: str
    series: Series
    now: str
    drawing: Markup | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage in its report: in pieces, ``True`` for what belongs to it, and some of the text around it."""

    appearance: Appearance
    who: str
    item: Item
    has_page: str | None
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree of chains, and what hangs on it."""

    head: str
    kind: str
    why: str
    item: Item | None
    below: tuple[Branch, ...]


class StoryView:
    """One story's reports and what they come to, in the shapes that pages show."""

    def __init__(self, book: Book, story: Story, weighed: Weigh = Book.weighed) -> None:
        self.story = story
        self.whole: Weighed = weighed(book, story)
        self.sketches = sketches(book, story.reports)
        self.items = {s.id: item_of(s) for s in self.sketches}
        self._offices = sources.offices(s.outline for s in self.sketches)
        self._known = {known.id: known for known in self.whole.known}
        self._named: dict[StorySource, str] = {}
        self._pages: dict[str, str | None] = {}

    def item(self, report: str) -> Item | None:
        return self.items.get(report)

    def entry(self, claim: Claim) -> Entry:
        """Return a claim as the ledger shows it."""
        reports = len({a.report for a in claim.appearances})
        return Entry(
            claim=claim,
            holdings=self._holdings(claim),
            against=self.against(claim),
            reports=reports,
            origins=origins_range(claim.origins),
            single=is_single(claim),
        )

    def _holdings(self, claim: Claim) -> tuple[Holding, ...]:
        found: dict[tuple[str, ...], tuple[Appearance, list[tuple[Item, str]]]] = {}
        for appearance in claim.appearances:
            who = appearance.source
            key = (who.entity or folded(who.text), who.kind, appearance.stance, appearance.factuality)
            if (item := self.item(appearance.report)) is not None:
                found.setdefault(key, (appearance, []))[1].append((item, appearance.attribution))
        return tuple(
            Holding(
                who=self.named(one.source),
                kind=one.source.kind,
                has_page=self.page_of(one.source.entity),
                stance=one.stance,
                factuality=one.factuality,
                said=tuple(sorted(said, key=lambda s: (s[0].at, s[0].id))),
            )
            for one, said in found.values()
        )

    def named(self, source: StorySource) -> str:
        """Return a source as its report has it, with its name where that says less: "She (Lidka Maren)"."""
        if source not in self._named:
            known = self._known.get(source.entity or "")
            is_said = known is None or folded(known.name) in folded(source.text)
            self._named[source] = source.text if is_said or known is None else f"{source.text} ({known.name})"
        return self._named[source]

    def page_of(self, entity: str | None) -> str | None:
        """Return the name under which somebody has a page; ``None`` if they have none."""
        known = self._known.get(entity or "")
        if known is None:
            return None
        if known.id not in self._pages:
            self._pages[known.id] = known.name if sources.has_page(known, self._offices) else None
        return self._pages[known.id]

    def against(self, claim: Claim) -> tuple[Against, ...]:
        """Return the objections to a claim, the oldest first; one that stands in several reports once."""
        there = [(item, o) for o in claim.disputed_by if (item := self.item(o.report)) is not None]
        found: dict[tuple[str, ...], dict[tuple[str, str], tuple[Item, Objection]]] = {}
        for item, one in sorted(there, key=lambda t: (t[0].at, t[0].id, t[1].content.spans)):
            same = (one.kind, one.source.entity or folded(one.source.text), folded(one.content.text))
            found.setdefault(same, {}).setdefault((item.id, one.attribution), (item, one))
        return tuple(
            Against(
                first,
                self.named(first.source),
                item,
                self.page_of(first.source.entity),
                tuple((i, o.attribution) for i, o in others),
            )
            for (item, first), *others in (list(same.values()) for same in found.values())
        )

    def at(self, when: datetime | str | None) -> str:
        """Return a moment as the story's pages show it: without the year, where all reports are of one."""
        found = moment(when) if isinstance(when, str) else when
        if found is None:
            return ""
        day, _, time = moment_name(found).partition(", ")
        return ", ".join(filter(None, (day if self._one_year else f"{day} {found.year}", time)))

    @cached_property
    def _one_year(self) -> bool:
        return len({item.at.year for item in self.items.values()}) < 2

    def listed(self) -> list[Listed]:
        """Return the reports, in time."""
        return [
            Listed(
                item,
                tuple((c, self.item(c.of)) for c in self.whole.copies if c.copy == item.id),
                tuple((c, self.item(c.cited_report or "")) for c in self._cited.get(item.id, {}).values()),
            )
            for item in sorted(self.items.values(), key=lambda i: (i.at, i.id))
        ]

    @cached_property
    def _cited(self) -> dict[str, dict[str, Citation]]:
        found: dict[str, dict[str, Citation]] = {}
        for citation in self._citations():
            found.setdefault(citation.report, {}).setdefault(citation.outlet, citation)
        return found

    def _citations(self) -> list[Citation]:
        """Return the citations of other outlets; a report that names its own is no citation."""
        return [
            c
            for c in self.whole.citations
            if c.report in self.items and c.outlet != self.items[c.report].outlet
        ]

    def links(self) -> list[Link]:
        """Return who has it from whom."""
        copies = [Link(c.copy, c.of, "", "copy", c.kind == "full") for c in self.whole.copies]
        return copies + [Link(c.report, c.cited_report, c.outlet, "citation") for c in self._citations()]

    def plots(self) -> list[Plot]:
        """Return the figures, those with most points first."""
        order = sorted(self.whole.series, key=lambda s: (-len(s.points), name_of(s)))
        return [
            Plot(
                name_of(series),
                series,
                value_range(series.current),
                figures(series, f"figures-{number}") if number < _PLOTS else None,
            )
            for number, series in enumerate(order)
        ]

    def spots(self) -> list[Spot]:
        """Return the places with coordinates, each with how many reports name it, those named most first."""
        places: dict[tuple[int | None, str], Place] = {}
        names: dict[tuple[int | None, str], set[str]] = {}
        for sketch in self.sketches:
            for place in sketch.outline.places:
                if place.lat is not None and place.lon is not None and place.precision != "continent":
                    key = (place.geonames, "" if place.geonames else folded(place.text))
                    places.setdefault(key, place)
                    names.setdefault(key, set()).add(sketch.id)
        found = [
            Spot(
                " ".join(place.text.split()),
                place.lon or 0.0,
                place.lat or 0.0,
                len(names[key]),
                place.precision in ("region", "country"),
            )
            for key, place in places.items()
        ]
        return sorted(found, key=lambda s: (-s.reports, s.name))[:_PLACES]


def item_of(sketch: Sketch) -> Item:
    """Return a report as pages and charts name it."""
    return Item(sketch.id, sketch.outlet or "(no outlet)", sketch.title or sketch.id, sketch.at)


def quoted(book: Book, view: StoryView, claim: Claim) -> list[Quoted]:
    """Return the passages that make a claim, each as it stands in its report, in time."""
    texts = {f.id: f.report.text for f in book.filed(sorted({a.report for a in claim.appearances}))}
    found = [
        Quoted(
            a,
            view.named(a.source),
            item,
            view.page_of(a.source.entity),
            tuple(_in_context(texts[a.report], a.content.spans)),
        )
        for a in claim.appearances
        if (item := view.item(a.report)) is not None
    ]
    return sorted(found, key=lambda q: (q.item.at, q.item.id, q.appearance.content.spans))


def _in_context(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return a passage in pieces, ``True`` for what belongs to it, with some of the text around it."""
    spans = [(s, e) for s, e in spans if s < e <= len(text)]
    if not spans:
        return []
    first, last = spans[0][0], spans[-1][1]
    start = _word(text, text.rfind("\n", 0, first) + 1, first, first - _AROUND)
    pieces = [(("… " if start and text[start - 1] != "\n" else "") + text[start:first], False)]
    at = first
    for begin, end in spans:
        between = text[at:begin]
        cut = between if len(between) <= _BETWEEN else " … "
        pieces += [(cut, False), (text[begin:end], True)]
        at = end
    stop = text.find("\n", last)
    stop = len(text) if stop < 0 else stop
    after = text[last : min(stop, last + _AROUND)]
    if last + _AROUND < stop:
        after = after.rsplit(" ", 1)[0] + " …"
    pieces.append((after, False))
    return [(piece, mine) for piece, mine in pieces if piece]


def _word(text: str, low: int, high: int, wanted: int) -> int:
    """Return where a word begins at ``wanted`` or after it, between ``low`` and ``high``."""
    if wanted <= low:
        return low
    space = text.find(" ", wanted, high)
    return space + 1 if space >= 0 else wanted


def tree(view: StoryView, claim: Claim) -> list[Branch]:
    """Return a claim's chains as trees: an origin on top, below it the reports that have it from there."""
    below: dict[str, dict[str, tuple[str, str]]] = {}
    for hop in claim.origins.hops:
        if hop.kind != "source" and hop.to_report is not None and hop.to_report != hop.report:
            below.setdefault(hop.to_report, {}).setdefault(hop.report, (hop.kind, hop.why))
    shown: set[str] = set()

    def grow(report: str, kind: str, why: str) -> Branch:
        shown.add(report)
        item = view.item(report)
        under = [(r, *how) for r, how in below.get(report, {}).items()]
        return Branch(
            head=item.outlet if item else report,
            kind=kind,
            why=why,
            item=item,
            below=tuple(grow(r, k, w) for r, k, w in under if r not in shown),
        )

    found = []
    for origin in claim.origins.list:
        through = origin.through_report
        under = (grow(through, "report", ""),) if through is not None and through not in shown else ()
        kind = "origin" if origin.certain else "maybe"
        found.append(Branch(origin.source or origin.kind, kind, origin.why, None, under))
    return found
