"""Loops of outlets that cite each other, and reports that only lead to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .chains import Reached, Step, Walk


def outlet_links(walk: Walk, steps: Sequence[Step]) -> dict[str, set[str]]:
    """Return which outlet cites which for the claim."""
    links: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        own = walk.own_outlet(step.place[0])
        if step.cites and own:
            links[own].add(step.cites)
    return links


def cut_circles(walk: Walk, steps: Sequence[Step]) -> list[Step]:
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
                walk.outlet(step.place[0]),
                step.cites or walk.outlet(step.via or step.place[0]),
            )
            both = sorted({outlet, other})
            why = f"{' and '.join(both)} lead to each other, and neither names a source outside"
            step = replace(step, reached=Reached("loop", " ⇄ ".join(both), "loop", None, why, weak=True))
        found.append(step)
    return found


def without_loop(walk: Walk, step: Step, loops: Sequence[tuple[str, ...]]) -> Step:
    """Where a chain ends at an outlet that has it from the one that cites it, no source is reached."""
    own = walk.own_outlet(step.place[0])
    loop = next((p for p in loops if own in p and step.cites in p), None)
    if loop is None or step.reached is None or not (step.reached.soft or step.reached.kind == "outlet"):
        return step
    why = f"{' and '.join(loop)} cite each other, and neither names a source outside"
    reached = Reached(f"loop:{'|'.join(loop)}", " ⇄ ".join(loop), "loop", None, why, weak=True)
    return replace(step, reached=reached, dropped=why)


def loops_in(links: Mapping[str, set[str]]) -> tuple[tuple[str, ...], ...]:
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
