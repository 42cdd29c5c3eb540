"""How many independent origins stand behind a claim.

Each appearance is walked up its chain (copy, agency credit, outlet cited, source)
to the last source reached. What is reached twice counts once. The count is a
range: unnamed sources of different outlets may be one and the same, so all of
them add one to the low end and one each to the high end; statements that name
no source where others do add to the high end only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..data import tables
from ..records import Attribution, Copy, Dropped, Hop, Origin, Origins
from ..records.ledger import HopKind
from ..records.span import Span
from .citations import Citations, Cited
from .filed import Filed
from .holders import Holders
from .identities import folded
from .outlets import same_outlet
from .sameness import Holder, distinct
from .source_phrases import head_word

Place = tuple[str, str]  # report id, attribution id

_OWN_VOICE = ("narrator", "hearsay", "outlet")


@dataclass(frozen=True, slots=True)
class _Reached:
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
class _Step:
    """What became of one appearance: a source, or a report that it is taken from."""

    place: Place
    reached: _Reached | None
    dropped: str | None = None
    cites: str | None = None  # the outlet
    via: str | None = None  # the report it is taken from, of the same story
    copied: bool = False
    answers: bool = False  # it only takes up what others told


class Chains:
    """The chains of one story, over which the origins of any of its claims are found.

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

    def origins(self, places: Sequence[Place]) -> tuple[Origins, tuple[tuple[str, ...], ...]]:
        """Return the origins of the claim that appears at ``places``, and the loops of outlets found."""
        ordered = sorted(places, key=self._when)
        in_report: dict[str, list[Place]] = defaultdict(list)
        for place in ordered:
            in_report[place[0]].append(place)
        steps = [self._step(place, in_report) for place in ordered]
        loops = _loops(self._outlet_links(steps))
        steps = [self._without_loop(step, loops) for step in self._cut_circles(steps)]
        return self._counted(steps, in_report), loops

    def _when(self, place: Place) -> tuple[object, ...]:
        filed = self._filed[place[0]]
        return (filed.published, filed.id, self._attribution(place).content.start)

    def _attribution(self, place: Place) -> Attribution:
        return self._attributions[place[0]][place[1]]

    # one appearance -------------------------------------------------------------------------

    def _step(self, place: Place, in_report: Mapping[str, list[Place]]) -> _Step:
        filed, attribution = self._filed[place[0]], self._attribution(place)
        copy = self._copied(filed, attribution)
        if copy is not None:
            reached = None if copy.of in in_report else self._source(copy.of, filed, attribution)
            why = f"its text is taken from {self._name(copy.of)} ({copy.why})"
            return _Step(place, reached, why, via=copy.of, copied=True)
        cited = self._citations.cited(filed, attribution) or self._inherited(filed, attribution)
        if cited is not None:
            return self._through(place, cited, in_report)
        agency = self._agency(filed)
        if agency is not None:
            return self._through(place, agency, in_report)
        if takes_up(attribution):
            return _Step(place, None, f"{attribution.source.text} answers what others told", answers=True)
        if attribution.source.kind in ("narrator", "hearsay"):
            content = attribution.content
            for named in self._citations.cites(filed, content.start, content.end):
                if any(f.id in in_report for f in self._citations.before(filed, named.outlet)):
                    return self._through(place, named, in_report)
        return _Step(place, self._source(filed.id, filed, attribution))

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

    def _through(self, place: Place, cited: Cited, in_report: Mapping[str, list[Place]]) -> _Step:
        filed, attribution = self._filed[place[0]], self._attribution(place)
        earlier = self._citations.before(filed, cited.outlet)
        carrying = [f for f in earlier if f.id in in_report]
        if carrying:
            why = f"has it from {cited.outlet} ({self._name(carrying[-1].id)})"
            return _Step(place, None, why, cited.outlet, via=carrying[-1].id)
        if earlier:
            reached = self._source(earlier[-1].id, filed, attribution, cited)
            return _Step(place, reached, f"has it from {cited.outlet}", cited.outlet, via=earlier[-1].id)
        reached = self._source(None, filed, attribution, cited)
        return _Step(
            place, reached, f"has it from {cited.outlet}, whose report is not in the desk", cited.outlet
        )

    def _source(
        self, through: str | None, filed: Filed, attribution: Attribution, cited: Cited | None = None
    ) -> _Reached:
        """Return the source of an attribution, reached through report ``through`` or outlet ``cited``."""
        outlet = cited.outlet if cited else self._outlet(through or filed.id)
        holder = self._holders.holder(filed.id, attribution)
        kind = self._holders.speaker(filed.id, attribution).source.kind
        if cited is not None and (cited.source or kind in ("narrator", "hearsay")):
            holder, kind = Holder(None, "", "unnamed"), "outlet"
        if holder.form == "voice" or (kind == "group" and self._is_everybody(holder.label)):
            kind = "narrator" if holder.form == "voice" else "hearsay"
        if kind == "outlet" and cited is not None and not holder.named:
            return _Reached(
                f"outlet:{outlet}", outlet, "outlet", through, f"{outlet} names no source of its own"
            )
        if kind == "outlet" and cited is None and self._citations.is_staff(outlet, holder.label):
            return _Reached(f"outlet:{outlet}", outlet, "outlet", through, f"{outlet}'s own reporter")
        if kind == "outlet" and cited is None:
            if holder.key is not None and same_outlet(outlet, holder.label):
                # its own voice under its own name: "the Courier has learnt"
                why = f"{outlet} says so in its own name"
                return _Reached(f"outlet:{outlet}", outlet, "narrator", through, why, weak=True)
            why = f"{outlet} says so of an outlet that it does not name"
            return _Reached(f"hearsay:{outlet}", holder.label, "outlet", through, why, weak=True)
        if holder.key is not None:
            what = "a paper that" if holder.form == "document" else "named source in"
            why = f"{what} {self._said(through, cited)}{' tells of' if holder.form == 'document' else ''}"
            kind = "document" if holder.form == "document" else kind
            return _Reached(holder.key, holder.label, kind, through, why, holder=holder)
        if kind == "narrator":
            if self._saw(filed):
                return _Reached(f"outlet:{outlet}", outlet, "outlet", through, f"{outlet} saw it itself")
            return _Reached(
                f"outlet:{outlet}",
                outlet,
                "narrator",
                through,
                f"{outlet} says so and names no source",
                weak=True,
            )
        if kind == "hearsay":
            return _Reached(
                f"hearsay:{outlet}",
                outlet,
                "hearsay",
                through,
                f"{outlet} passes it on and names nobody",
                weak=True,
            )
        label = holder.label or outlet
        why = f"unnamed source of {outlet}: possibly the same as other unnamed ones"
        return _Reached(f"soft:{outlet}", label, kind, through, why, soft=True)

    @staticmethod
    def _is_everybody(label: str) -> bool:
        return head_word(label) in tables.words("weighing", "sources.everybody")

    def _said(self, through: str | None, cited: Cited | None) -> str:
        if through is None:
            return f"{cited.outlet if cited else 'an outlet'}, which is not in the desk"
        return self._name(through)

    def _saw(self, filed: Filed) -> bool:
        low = filed.report.text.lower()
        return any(phrase in low for phrase in tables.toml("weighing")["witness"]["phrases"])

    def _outlet(self, report: str) -> str:
        return self._filed[report].report.outlet or report

    def _name(self, report: str) -> str:
        outlet = self._filed[report].report.outlet
        return f"{outlet}: {report}" if outlet else report

    # loops ----------------------------------------------------------------------------------

    def _outlet_links(self, steps: Sequence[_Step]) -> dict[str, set[str]]:
        links: dict[str, set[str]] = defaultdict(set)
        for step in steps:
            own = self._filed[step.place[0]].report.outlet
            if step.cites and own:
                links[own].add(step.cites)
        return links

    def _cut_circles(self, steps: Sequence[_Step]) -> list[_Step]:
        """Give the reports that only lead to each other a source that stands for nobody."""
        up: dict[str, set[str]] = defaultdict(set)
        ends: set[str] = set()
        for step in steps:
            if step.reached is not None or step.answers:
                ends.add(step.place[0])
            elif step.via is not None:
                up[step.place[0]].add(step.via)
        reach = set(ends)
        grown = True
        while grown:
            more = {report for report, above in up.items() if above & reach} - reach
            grown = bool(more)
            reach |= more
        found = []
        for step in steps:
            if step.reached is None and not step.answers and step.place[0] not in reach:
                outlet, other = (
                    self._outlet(step.place[0]),
                    step.cites or self._outlet(step.via or step.place[0]),
                )
                both = sorted({outlet, other})
                why = f"{' and '.join(both)} lead to each other, and neither names a source outside"
                step = replace(step, reached=_Reached("loop", " ⇄ ".join(both), "loop", None, why, weak=True))
            found.append(step)
        return found

    def _without_loop(self, step: _Step, loops: Sequence[tuple[str, ...]]) -> _Step:
        """Where a chain ends at an outlet that has it from the one that cites it, no source is reached."""
        own = self._filed[step.place[0]].report.outlet
        loop = next((p for p in loops if own in p and step.cites in p), None)
        if loop is None or step.reached is None or not (step.reached.soft or step.reached.kind == "outlet"):
            return step
        why = f"{' and '.join(loop)} cite each other, and neither names a source outside"
        reached = _Reached(f"loop:{'|'.join(loop)}", " ⇄ ".join(loop), "loop", None, why, weak=True)
        return replace(step, reached=reached, dropped=why)

    # counting -------------------------------------------------------------------------------

    def _counted(self, steps: Sequence[_Step], in_report: Mapping[str, list[Place]]) -> Origins:
        why: dict[str, list[str]] = defaultdict(list)
        sourced = {s.place[0] for s in steps if s.dropped or (s.reached and not s.reached.weak)}
        named_in = {s.place[0] for s in steps if s.reached and s.reached.holder is not None}
        told = {self._outlet(s.place[0]) for s in steps if s.dropped or (s.reached and not s.reached.weak)}
        firm, same = self._firm(steps)
        soft: dict[str, _Reached] = {}
        weak: dict[str, tuple[_Reached, str]] = {}
        for step in steps:
            report, reached = step.place[0], step.reached
            if reached is not None and reached.kind in _OWN_VOICE and reached.weak:
                if self._outlet(report) in told:
                    if report not in sourced:
                        why[report].append("the outlet has told it before from a source")
                    continue
                named = next((r for r in firm if r.holder and self._is_about(step.place, r.holder)), None)
                if named is not None:
                    why[report].append(f"it tells of {named.label}, who is counted")
                    continue
            if step.dropped:
                why[report].append(step.dropped)
            if reached is None:
                continue
            if reached.soft and reached.kind in ("official", "group") and report in named_in:
                continue  # "officials said", and then which
            if reached.weak:
                weak.setdefault(reached.key, (reached, report))
            elif reached.soft:
                soft.setdefault(reached.key, reached)
            elif (other := same.get(step.place)) is not None and other.through != report:
                why[report].append(f"same source as elsewhere: {other.label}")
        listed = [self._listed(r, certain=True) for r in firm]
        listed += [self._listed(r, certain=k == 0) for k, r in enumerate(soft.values())]
        for reached, report in weak.values():
            listed.append(self._listed(reached, certain=False))
            if reached.kind != "loop":
                why[report].append(reached.why)
        through = {r.through_report for r in listed if r.certain}
        dropped = tuple(
            Dropped(
                report=report,
                why="; ".join(dict.fromkeys(why[report])) or "says it again from the same source",
            )
            for report in in_report
            if report not in through
        )
        hops = tuple(hop for step in steps for hop in self._hops(step))
        low = len(firm) + min(1, len(soft))
        return Origins(
            low=low,
            high=len(firm) + len(soft) + len(weak),
            list=tuple(listed),
            dropped=dropped,
            hops=hops,
        )

    def _firm(self, steps: Sequence[_Step]) -> tuple[list[_Reached], dict[Place, _Reached]]:
        """Return the sources that are certainly different, and whom the others of them are the same as."""
        reached = {s.place: s.reached for s in steps if s.reached and not (s.reached.weak or s.reached.soft)}
        firm: dict[str, _Reached] = {}
        same: dict[Place, _Reached] = {}
        holders: dict[str, Holder] = {}
        for place, one in reached.items():
            if one.key in firm:
                same[place] = firm[one.key]
            else:
                firm[one.key] = one
                if one.holder is not None:
                    holders[one.key] = one.holder
        for holder, other in distinct(holders.values()):
            if other is not None and holder.key and other.key:
                gone = firm.pop(holder.key)
                same |= {place: firm[other.key] for place, one in reached.items() if one.key == gone.key}
        return list(firm.values()), same

    def _is_about(self, place: Place, holder: Holder) -> bool:
        """Tell whether a sentence in an outlet's own voice names a source."""
        words = set(folded(self._attribution(place).content.text[:400]).split())
        if holder.form == "person" and (holder.key or "").startswith("p:"):
            return (holder.key or "").split()[-1].removeprefix("p:") in words
        if holder.form == "document":
            return bool(holder.bodies & words)
        return holder.form == "body" and bool(holder.bodies) and holder.bodies <= words

    def _hops(self, step: _Step) -> Iterator[Hop]:
        """Return the steps from a report to the report or outlet it has it from, and on to the source."""
        report, attribution = step.place
        if step.via is not None or step.cites is not None:
            kind: HopKind = "copy" if step.copied else "citation"
            to = step.cites or (self._outlet(step.via) if step.via else "")
            yield Hop(
                report=report,
                attribution=attribution,
                kind=kind,
                to=to,
                to_report=step.via,
                why=step.dropped or "",
            )
        if step.reached is not None:
            reached = step.reached
            yield Hop(
                report=report,
                attribution=attribution,
                kind="source",
                to=reached.label,
                to_report=None,
                why=reached.why,
            )

    @staticmethod
    def _listed(reached: _Reached, *, certain: bool) -> Origin:
        return Origin(
            source=reached.label,
            kind=reached.kind,
            through_report=reached.through,
            why=reached.why,
            certain=certain,
        )


def takes_up(attribution: Attribution) -> bool:
    """Tell whether a content is what others told ("a report that …"), which the source only answers."""
    words = attribution.content.text[:80].replace("’", "'").lower().split()
    reports = tables.words("claims", "words.reports")
    at = next((k for k, w in enumerate(words[:5]) if w in reports), None)
    return at is not None and at > 0 and words[at + 1 : at + 2] == ["that"]


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


def _loops(links: Mapping[str, set[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of outlets that cite each other in a circle (strongly connected, Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[tuple[str, ...]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(links.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(tuple(sorted(stack[at:])))
            del stack[at:]

    for node in sorted(links):
        if node not in index:
            visit(node)
    return tuple(sorted(found))
