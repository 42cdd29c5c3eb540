"""How many independent origins stand behind a claim.

What its appearances lead to (:mod:`.chains`) is counted, each source once. The
count is a range: unnamed sources of different outlets may be one and the same,
so all of them add one to the low end and one each to the high end; statements
that name no source where others do add to the high end only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..records import Copy, Dropped, Hop, Origin, Origins
from ..records.ledger import HopKind
from .chains import Place, Reached, Step, Walk
from .circles import cut_circles, loops_in, outlet_links, without_loop
from .citations import Citations
from .filed import Filed
from .holders import Holders
from .identities import folded
from .sameness import Holder, distinct

_OWN_VOICE = ("narrator", "hearsay", "outlet")


class Chains:
    """The chains of one story, over which the origins of any of its claims are found.

    ``copies`` are those among the story's reports.
    """

    def __init__(
        self, reports: Sequence[Filed], copies: Iterable[Copy], citations: Citations, holders: Holders
    ) -> None:
        self._walk = Walk(reports, copies, citations, holders)

    def origins(self, places: Sequence[Place]) -> tuple[Origins, tuple[tuple[str, ...], ...]]:
        """Return the origins of the claim that appears at ``places``, and the loops of outlets found."""
        ordered = sorted(places, key=self._walk.when)
        in_report: dict[str, list[Place]] = defaultdict(list)
        for place in ordered:
            in_report[place[0]].append(place)
        steps = [self._walk.step(place, in_report) for place in ordered]
        loops = loops_in(outlet_links(self._walk, steps))
        steps = [without_loop(self._walk, step, loops) for step in cut_circles(self._walk, steps)]
        return self._counted(steps, in_report), loops

    # counting -------------------------------------------------------------------------------

    def _counted(self, steps: Sequence[Step], in_report: Mapping[str, list[Place]]) -> Origins:
        why: dict[str, list[str]] = defaultdict(list)
        sourced = {s.place[0] for s in steps if s.dropped or (s.reached and not s.reached.weak)}
        named_in = {s.place[0] for s in steps if s.reached and s.reached.holder is not None}
        told = {
            self._walk.outlet(s.place[0]) for s in steps if s.dropped or (s.reached and not s.reached.weak)
        }
        later = self._after_sources(steps)
        firm, same = self._firm(steps)
        soft: dict[str, Reached] = {}
        weak: dict[str, tuple[Reached, str]] = {}
        for step in steps:
            report, reached = step.place[0], step.reached
            if reached is not None and reached.kind in _OWN_VOICE and reached.weak:
                if self._walk.outlet(report) in told:
                    if report not in sourced:
                        why[report].append("the outlet has told it before from a source")
                    continue
                if reached.kind == "narrator" and report in later:
                    why[report].append("it tells in its own voice what others told before from a source")
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

    @staticmethod
    def _after_sources(steps: Sequence[Step]) -> set[str]:
        """Return the reports that follow one which names a source; ``steps`` are in order of publication."""
        first = next((s.place[0] for s in steps if s.reached and not s.reached.weak), None)
        ordered = list(dict.fromkeys(s.place[0] for s in steps))
        return set(ordered[ordered.index(first) + 1 :]) if first is not None else set()

    def _firm(self, steps: Sequence[Step]) -> tuple[list[Reached], dict[Place, Reached]]:
        """Return the sources that are certainly different, and whom the others of them are the same as."""
        reached = {s.place: s.reached for s in steps if s.reached and not (s.reached.weak or s.reached.soft)}
        firm: dict[str, Reached] = {}
        same: dict[Place, Reached] = {}
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
        words = set(folded(self._walk.attribution(place).content.text[:400]).split())
        if holder.form == "person" and (holder.key or "").startswith("p:"):
            return (holder.key or "").split()[-1].removeprefix("p:") in words
        if holder.form == "document":
            return bool(holder.bodies & words)
        return holder.form == "body" and bool(holder.bodies) and holder.bodies <= words

    def _hops(self, step: Step) -> Iterator[Hop]:
        """Return the steps from a report to the report or outlet it has it from, and on to the source."""
        report, attribution = step.place
        if step.via is not None or step.cites is not None:
            kind: HopKind = "copy" if step.copied else "citation"
            to = step.cites or (self._walk.outlet(step.via) if step.via else "")
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
    def _listed(reached: Reached, *, certain: bool) -> Origin:
        return Origin(
            source=reached.label,
            kind=reached.kind,
            through_report=reached.through,
            why=reached.why,
            certain=certain,
        )
