"""Who has it from whom: a row for each source and report, and lines that lead up to where it has it from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from ...records import Claim
from .scales import moment_name
from .svg import Drawing, Element, clean
from .timeline import Item, Link

Shape = Literal["origin", "maybe", "outside", "report", "copied"]
EdgeKind = Literal["copy", "citation", "source", "loop"]
_ROW, _TOP = 42, 8
_LANE, _LANES = 13, 7  # pixels between two lines that lead up, and how many stand beside each other at most
_FAN = 6  # so many that only copy one report are drawn each; the others as one row
_OUTSIDE = 4  # so many outlets without a report are drawn even if one report alone cites them
_ROWS = 60
_WIDE, _NARROW = 50, 32  # letters of a row, on a desk and on a phone


@dataclass(frozen=True, slots=True)
class Node:
    """A row: ``head`` and ``tail`` are its two lines."""

    id: str
    head: str
    tail: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Edge:
    """``node`` has it from the node ``of``."""

    node: str
    of: str
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Graph:
    """Rows from top to bottom, and what leads from which to which."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def of_story(items: Sequence[Item], links: Sequence[Link], loops: Iterable[tuple[str, ...]]) -> Graph:
    """Return who copies and cites whom in a story; reports that have no part in that are left out.

    Args:
        items: the story's reports.
        links: its copies and citations.
        loops: outlets that cite each other in a circle.
    """
    outlet_of = {i.id: i.outlet for i in items}
    circles = [set(loop) for loop in loops]
    edges: dict[tuple[str, str], Edge] = {}
    outside: dict[str, list[Link]] = {}
    for link in sorted(links, key=lambda n: (n.kind != "copy", n.report, n.of or "", n.outlet)):
        if link.report not in outlet_of or link.report == link.of:
            continue
        above = link.of
        if above is None or above not in outlet_of:
            above = f"o:{link.outlet}"
            outside.setdefault(above, []).append(link)
        pair = {outlet_of[link.report], outlet_of.get(above, link.outlet)}
        kind: EdgeKind = "loop" if len(pair) == 2 and any(pair <= c for c in circles) else link.kind
        edges.setdefault((link.report, above), Edge(link.report, above, kind))
    if len(outside) > _OUTSIDE:  # those that one report alone cites are many, and say little about the story
        few = {name for name, citing in outside.items() if len({c.report for c in citing}) < 2}
        edges = {pair: edge for pair, edge in edges.items() if edge.of not in few}
    linked = {name for pair in edges for name in pair}
    copies = {n.report for n in links if n.whole}
    rows: list[Node] = []
    for item in _in_time(items):
        for edge in edges.values():  # an outlet stands above the first report that cites it
            if edge.node == item.id and edge.of in outside and all(n.id != edge.of for n in rows):
                name = outside[edge.of][0].outlet
                rows.append(Node(edge.of, name, "cited; no report of it in this story", "outside"))
        if item.id in linked:
            rows.append(_row(item, "copied" if item.id in copies else "report"))
    return _drawable([], rows, list(edges.values()), outlet_of)


def of_claim(claim: Claim, items: Mapping[str, Item]) -> Graph:
    """Return the chains of a claim's appearances, from the reports up to its origins.

    Args:
        claim: with its chains.
        items: the reports that stand in it, by id.
    """
    tops: dict[str, Node] = {}
    by_label: dict[str, str] = {}
    for number, origin in enumerate(claim.origins.list):
        name = f"s:{number}"
        about = "counts" if origin.certain else "may be the same as another"
        tops[name] = Node(name, origin.source or origin.kind, about, "origin" if origin.certain else "maybe")
        by_label.setdefault(origin.source, name)
    edges: dict[tuple[str, str], Edge] = {}
    sourced: set[str] = set()
    there = {a.report for a in claim.appearances}
    for hop in claim.origins.hops:
        if hop.kind == "source":
            above = by_label.get(hop.to)
            if above is not None and hop.report not in sourced:
                sourced.add(hop.report)
                edges.setdefault((hop.report, above), Edge(hop.report, above, "source"))
                there.add(hop.report)
            continue
        above = hop.to_report
        if above is None:
            above = by_label.get(hop.to) or f"o:{hop.to}"
            if above.startswith("o:"):
                tops.setdefault(above, Node(above, hop.to, "cited; no report of it in this desk", "outside"))
        else:
            there.add(above)
        if above != hop.report:
            edges[hop.report, above] = Edge(hop.report, above, hop.kind)
            there.add(hop.report)
    copies = {e.node for e in edges.values() if e.kind == "copy"}
    reports = _in_time(items[r] for r in there if r in items)
    rows = [_row(i, "copied" if i.id in copies else "report") for i in reports]
    outlets = {i.id: i.outlet for i in items.values()}
    return _drawable(list(tops.values()), rows, list(edges.values()), outlets)


def _in_time(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda i: (i.at, i.id))


def _row(item: Item, shape: Shape) -> Node:
    return Node(item.id, f"{item.outlet} · {moment_name(item.at)}", item.title, shape)


def _drawable(tops: list[Node], rows: list[Node], edges: list[Edge], outlet_of: Mapping[str, str]) -> Graph:
    """Put many copies of one report into one row, and leave out what no picture can hold."""
    leads = {e.of for e in edges}
    degree: dict[str, int] = defaultdict(int)
    for edge in edges:
        degree[edge.node] += 1
    fans: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.kind == "copy" and edge.node not in leads and degree[edge.node] == 1:
            fans[edge.of].append(edge.node)
    order = {node.id: k for k, node in enumerate(rows)}
    for above, below in fans.items():
        below.sort(key=lambda n: order.get(n, 0))
        if len(below) > _FAN + 1:
            gone = set(below[_FAN:])
            names = ", ".join(dict.fromkeys(outlet_of.get(n, n) for n in below[_FAN:]))
            more = Node(f"more:{above}", f"{len(gone)} more copies", names, "copied")
            at = next(k for k, node in enumerate(rows) if node.id == below[_FAN])
            rows = [
                more if k == at else node for k, node in enumerate(rows) if k == at or node.id not in gone
            ]
            edges = [e for e in edges if e.node not in gone] + [Edge(more.id, above, "copy")]
    nodes = [*tops, *rows][:_ROWS]
    kept = {n.id for n in nodes}
    return Graph(tuple(nodes), tuple(e for e in edges if e.node in kept and e.of in kept))


def origins(graph: Graph, title: str, key: str = "origins") -> Markup | None:
    """Draw a graph; ``None`` if nothing in it leads anywhere."""
    if not graph.edges:
        return None
    row = {node.id: k for k, node in enumerate(graph.nodes)}
    lanes = _lanes(graph.edges, row)
    gutter = 16 + _LANE * (max(lanes.values(), default=0) + 1)
    drawing = Drawing(
        "origins",
        2 * _TOP + _ROW * len(graph.nodes),
        title,
        f"{len(graph.nodes)} rows; lines lead from a report to where it has it from. The list has the same.",
        key,
    )
    for edge in sorted(graph.edges, key=lambda e: e.kind == "loop"):
        _draw_edge(drawing, edge, row, gutter, gutter - _LANE * (lanes[edge.of] + 1))
    for node in graph.nodes:
        _draw_node(drawing, node, gutter, _TOP + _ROW * row[node.id] + 14)
    return drawing.markup()


def _lanes(edges: Iterable[Edge], row: Mapping[str, int]) -> dict[str, int]:
    """Give whatever lines lead to a lane for them; those whose rows overlap have different ones."""
    spans: dict[str, tuple[int, int]] = {}
    for edge in edges:
        ends = sorted((row[edge.node], row[edge.of]))
        low, high = spans.get(edge.of, (ends[0], ends[1]))
        spans[edge.of] = (min(low, ends[0]), max(high, ends[1]))
    lanes: dict[str, int] = {}
    for name, (low, high) in sorted(spans.items(), key=lambda s: (s[1][1] - s[1][0], s[1], s[0])):
        clash = {lanes[other] for other in lanes if spans[other][0] <= high and spans[other][1] >= low}
        lanes[name] = next((k for k in range(_LANES - 1) if k not in clash), _LANES - 1)
    return lanes


def _draw_edge(drawing: Drawing, edge: Edge, row: Mapping[str, int], dot: float, lane: float) -> None:
    way = -1 if row[edge.of] < row[edge.node] else 1  # up, where what it has it from is older
    start = _TOP + _ROW * row[edge.node] + 14 + 3 * way
    end = _TOP + _ROW * row[edge.of] + 14 - 3 * way
    path = (
        f"M{dot - 6:.0f} {start:.0f} H{lane + 6:.0f} "
        f"Q{lane:.0f} {start:.0f} {lane:.0f} {start + 6 * way:.0f} "
        f"V{end - 6 * way:.0f} Q{lane:.0f} {end:.0f} {lane + 6:.0f} {end:.0f} H{dot - 7:.0f}"
    )
    drawing.add(None, "path", d=path, class_=f"link {edge.kind}")
    drawing.add(None, "path", d=f"M{dot - 10:.0f} {end - 3:.0f} l4 3 l-4 3", class_=f"link tip {edge.kind}")


def _draw_node(drawing: Drawing, node: Node, x: float, y: float) -> None:
    group = drawing.add(None, "g", class_=f"node {node.shape}")
    if node.shape in ("report", "copied"):
        group.set("data-report", clean(node.id))
    drawing.add(group, "title", f"{node.head}: {node.tail}")
    if node.shape in ("origin", "maybe"):
        drawing.add(group, "path", d=f"M{x:.0f} {y - 7:.0f} l7 7 l-7 7 l-7 -7 Z", class_="mark")
    elif node.shape == "outside":
        drawing.add(group, "rect", x=x - 5, y=y - 5, width=10, height=10, class_="mark")
    else:
        drawing.add(group, "circle", cx=x, cy=y, r=5, class_="mark")
    _write(drawing, group, node.head, x + 14, y + 4, "head")
    _write(drawing, group, node.tail, x + 14, y + 20, "tail")


def _write(drawing: Drawing, group: Element, text: str, x: float, y: float, kind: str) -> None:
    """Write a line, and a shorter one for narrow pages where it is too long for them."""
    name, dot, time = text.rpartition(" · ")
    short = clean(name, _NARROW - len(time)) + dot + time if kind == "head" and dot else clean(text, _NARROW)
    whole = clean(text, _WIDE)
    if short == whole:
        drawing.add(group, "text", whole, x=x, y=y, class_=kind)
    else:
        drawing.add(group, "text", whole, x=x, y=y, class_=f"{kind} on-desk")
        drawing.add(group, "text", short, x=x, y=y, class_=f"{kind} on-phone")
