"""Walks each appearance of a claim up its chain: copy, agency credit, outlet cited, source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..data import tables
from ..records import Attribution, Copy
from ..records.span import Span
from .citations import Citations, Cited
from .filed import Filed
from .holders import Holders
from .outlets import same_outlet
from .sameness import Holder
from .source_phrases import head_word
from .statements import takes_up

Place = tuple[str, str]  # report id, attribution id


@dataclass(frozen=True, slots=True)
class Reached:
    """The source that an appearance leads to. ``soft`` ones are only possibly different from each other."""

    key: str
    label: str
    kind: str
    through: str | None  # a report
    why: str
    soft: bool = False
    weak: bool = False
    holder: Holder | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one appearance: a source, or a report that it is taken from."""

    place: Place
    reached: Reached | None
    dropped: str | None = None
    cites: str | None = None  # the outlet
    via: str | None = None  # the report it is taken from, of the same story
    copied: bool = False
    answers: bool = False  # it only takes up what others told


class Walk:
    """The chains of one story.

    ``copies`` are those among the story's reports.
    """

    def __init__(
        self, reports: Sequence[Filed], copies: Iterable[Copy], citations: Citations, holders: Holders
    ) -> None:
        self._filed = {f.id: f for f in reports}
        self._attributions = {f.id: {a.id: a for a in f.reading.attributions} for f in reports}
        self._copies: dict[str, list[Copy]] = defaultdict(list)
        for copy in copies:
            if copy.copy in self._filed and copy.of in self._filed:
                self._copies[copy.copy].append(copy)
        self._citations = citations
        self._holders = holders

    def when(self, place: Place) -> tuple[object, ...]:
        """Return what puts places in order: publication, report, where it stands."""
        filed = self._filed[place[0]]
        return (filed.published, filed.id, self.attribution(place).content.start)

    def attribution(self, place: Place) -> Attribution:
        """Return the attribution at a place."""
        return self._attributions[place[0]][place[1]]

    def step(self, place: Place, in_report: Mapping[str, list[Place]]) -> Step:
        """Tell where one appearance leads; ``in_report`` are the claim's places by report."""
        filed, attribution = self._filed[place[0]], self.attribution(place)
        copy = self._copied(filed, attribution)
        if copy is not None:
            reached = None if copy.of in in_report else self._source(copy.of, filed, attribution)
            why = f"its text is taken from {self.name(copy.of)} ({copy.why})"
            return Step(place, reached, why, via=copy.of, copied=True)
        cited = self._citations.cited(filed, attribution) or self._inherited(filed, attribution)
        if cited is not None:
            return self._through(place, cited, in_report)
        agency = self._agency(filed)
        if agency is not None:
            return self._through(place, agency, in_report)
        if takes_up(attribution.content.text):
            return Step(place, None, f"{attribution.source.text} answers what others told", answers=True)
        if attribution.source.kind in ("narrator", "hearsay"):
            content = attribution.content
            for named in self._citations.cites(filed, content.start, content.end):
                if any(f.id in in_report for f in self._citations.before(filed, named.outlet)):
                    return self._through(place, named, in_report)
        return Step(place, self._source(filed.id, filed, attribution))

    def _copied(self, filed: Filed, attribution: Attribution) -> Copy | None:
        for copy in self._copies[filed.id]:
            if copy.kind == "full" and not copy.spans:
                return copy
            content = attribution.content.spans
            if _covered(content, copy.spans) > 0.5:
                return copy
        return None

    def _inherited(self, filed: Filed, attribution: Attribution) -> Cited | None:
        """A source that came through an outlet came so also where the report does not repeat it."""
        parent = attribution.parent
        while parent is not None:
            above = self._attributions[filed.id].get(parent)
            if above is None:
                break
            cited = self._citations.cited(filed, above)
            if cited is not None:
                return cited
            parent = above.parent
        if attribution.source.kind != "anonymous" or not attribution.source.text:
            return None
        entity = attribution.source.entity
        before = [
            a
            for a in filed.reading.attributions
            if a.content.start < attribution.content.start
            and a.source.kind == "anonymous"
            and (a.source.entity == entity if entity else _same_phrase(a, attribution))
        ]
        for other in reversed(before):
            cited = self._citations.cited(filed, other)
            if cited is not None:
                return cited
        return None

    def _agency(self, filed: Filed) -> Cited | None:
        """The agency whose report this is by its credit line."""
        for credit in filed.report.credits:
            outlet = self._citations.outlet(credit.name)
            if credit.kind == "agency" and outlet != filed.report.outlet:
                return Cited(outlet, credit.text, (), source=False)
        return None

    def _through(self, place: Place, cited: Cited, in_report: Mapping[str, list[Place]]) -> Step:
        filed, attribution = self._filed[place[0]], self.attribution(place)
        earlier = self._citations.before(filed, cited.outlet)
        carrying = [f for f in earlier if f.id in in_report]
        if carrying:
            why = f"has it from {cited.outlet} ({self.name(carrying[-1].id)})"
            return Step(place, None, why, cited.outlet, via=carrying[-1].id)
        if earlier:
            reached = self._source(earlier[-1].id, filed, attribution, cited)
            return Step(place, reached, f"has it from {cited.outlet}", cited.outlet, via=earlier[-1].id)
        reached = self._source(None, filed, attribution, cited)
        return Step(
            place, reached, f"has it from {cited.outlet}, whose report is not in the desk", cited.outlet
        )

    def _source(
        self, through: str | None, filed: Filed, attribution: Attribution, cited: Cited | None = None
    ) -> Reached:
        """Return the source of an attribution, reached through report ``through`` or outlet ``cited``."""
        outlet = cited.outlet if cited else self.outlet(through or filed.id)
        holder = self._holders.holder(filed.id, attribution)
        kind = self._holders.speaker(filed.id, attribution).source.kind
        if cited is not None and (cited.source or kind in ("narrator", "hearsay")):
            holder, kind = Holder(None, "", "unnamed"), "outlet"
        if holder.form == "voice" or (kind == "group" and self._is_everybody(holder.label)):
            kind = "narrator" if holder.form == "voice" else "hearsay"
        if kind == "outlet" and cited is not None and not holder.named:
            return Reached(
                f"outlet:{outlet}", outlet, "outlet", through, f"{outlet} names no source of its own"
            )
        if kind == "outlet" and cited is None and self._citations.is_staff(outlet, holder.label):
            return Reached(f"outlet:{outlet}", outlet, "outlet", through, f"{outlet}'s own reporter")
        if (
            kind == "outlet"
            and cited is None
            and holder.form == "body"
            and not self._is_outlet(filed, attribution)
        ):
            kind = "organization"
        if kind == "outlet" and cited is None:
            if holder.key is not None and same_outlet(outlet, holder.label):
                # its own voice under its own name: "the Courier has learnt"
                why = f"{outlet} says so in its own name"
                return Reached(f"outlet:{outlet}", outlet, "narrator", through, why, weak=True)
            why = f"{outlet} says so of an outlet that it does not name"
            return Reached(f"hearsay:{outlet}", holder.label, "outlet", through, why, weak=True)
        if holder.key is not None:
            what = "a paper that" if holder.form == "document" else "named source in"
            why = f"{what} {self._said(through, cited)}{' tells of' if holder.form == 'document' else ''}"
            kind = "document" if holder.form == "document" else kind
            return Reached(holder.key, holder.label, kind, through, why, holder=holder)
        if kind == "narrator":
            if self._saw(filed, attribution):
                return Reached(f"outlet:{outlet}", outlet, "outlet", through, f"{outlet} saw it itself")
            return Reached(
                f"outlet:{outlet}",
                outlet,
                "narrator",
                through,
                f"{outlet} says so and names no source",
                weak=True,
            )
        if kind == "hearsay":
            return Reached(
                f"hearsay:{outlet}",
                outlet,
                "hearsay",
                through,
                f"{outlet} passes it on and names nobody",
                weak=True,
            )
        label = holder.label or outlet
        why = f"unnamed source of {outlet}: possibly the same as other unnamed ones"
        return Reached(f"soft:{outlet}", label, kind, through, why, soft=True)

    def _is_outlet(self, filed: Filed, attribution: Attribution) -> bool:
        speaker = self._holders.speaker(filed.id, attribution)
        return self._citations.is_mostly_outlet(filed, speaker.source)

    @staticmethod
    def _is_everybody(label: str) -> bool:
        return head_word(label) in tables.words("weighing", "sources.everybody")

    def _said(self, through: str | None, cited: Cited | None) -> str:
        if through is None:
            return f"{cited.outlet if cited else 'an outlet'}, which is not in the desk"
        return self.name(through)

    def _saw(self, filed: Filed, attribution: Attribution) -> bool:
        """Tell whether the paragraph of a sentence says that somebody of the outlet was there."""
        text, start = filed.report.text, attribution.content.start
        low, high = text.rfind("\n", 0, start) + 1, text.find("\n", start)
        paragraph = text[low : high if high >= 0 else len(text)].lower()
        return any(phrase in paragraph for phrase in tables.toml("weighing")["witness"]["phrases"])

    def own_outlet(self, report: str) -> str | None:
        """Return the outlet of a report, if it says."""
        return self._filed[report].report.outlet

    def outlet(self, report: str) -> str:
        """Return the outlet of a report, or the report's id."""
        return self._filed[report].report.outlet or report

    def name(self, report: str) -> str:
        """Return a report's outlet and id, for people."""
        outlet = self._filed[report].report.outlet
        return f"{outlet}: {report}" if outlet else report


def _covered(spans: Sequence[Span], by: Sequence[Span]) -> float:
    """Return the share of ``spans`` that lies in ``by``."""
    total = sum(e - s for s, e in spans)
    inside = sum(max(0, min(e, b) - max(s, a)) for s, e in spans for a, b in by)
    return inside / total if total else 0.0


def _same_phrase(a: Attribution, b: Attribution) -> bool:
    """ "The sources" takes up "three sources": the last word is the same."""
    left = [w.strip(",").rstrip("s") for w in a.source.text.lower().split()]
    right = [w.strip(",").rstrip("s") for w in b.source.text.lower().split()]
    return bool(left and right) and (left[-1] in right or right[-1] in left)
