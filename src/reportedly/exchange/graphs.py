"""The origins graph: which report has a claim from which, up to the last sources; as DOT and GraphML.

Arrows point from a report to what it has the claim from. The graph of several
claims is the sum of theirs: an edge says how many claims went along it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from ..records import Claim, Origin
from .choice import Choice, Part
from .outputs import Output
from .sayings import carried, shortened, shown

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_LABEL = 60  # characters of a label


class Node(NamedTuple):
    """A report or an origin: what to call it, a second line, and how it is drawn.

    ``kind`` is empty for a report, ``origin``, or ``origin maybe`` for one that may be the same as another.
    """

    label: str
    second: str
    kind: str


@dataclass(slots=True)
class Graph:
    """Nodes by name; edges (from, to) with their kind (copy, citation, source) and their number of claims."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)


def graph(claims: Sequence[Claim], titles: Mapping[str, str]) -> Graph:
    """Return the graph of one or several claims; ``titles`` says what to call the reports."""
    found = Graph()
    origins: dict[tuple[str, ...], str] = {}
    for claim in claims:
        own: dict[str, str] = {}
        for origin in claim.origins.list:
            own.setdefault(origin.source, _origin(found, origins, origin))
        for appearance in claim.appearances:
            _report(found, appearance.report, titles)
        taken: set[tuple[str, str]] = set()
        pointed: set[str] = set()
        for hop in claim.origins.hops:
            start = _report(found, hop.report, titles)
            if hop.kind == "source":
                end = own.get(hop.to)
                if end is None or start in pointed:
                    continue
            elif hop.to_report is not None:
                end = _report(found, hop.to_report, titles)
            else:
                continue
            pointed.add(start)
            if start != end and (start, end) not in taken:
                taken.add((start, end))
                kind, count = found.edges.get((start, end), (hop.kind, 0))
                found.edges[start, end] = (kind, count + 1)
    return found


def _origin(found: Graph, origins: dict[tuple[str, ...], str], origin: Origin) -> str:
    """Add an origin; one that is not named is the same only where it is that of the same report."""
    named = origin.kind not in ("anonymous", "group", "official", "hearsay", "narrator")
    key = (origin.source, origin.kind, "" if named else origin.through_report or "")
    if key not in origins:
        origins[key] = f"o{len(origins)}"
    name = origins[key]
    before = found.nodes.get(name)
    certain = origin.certain or (before is not None and before.kind == "origin")
    kind = "origin" if certain else "origin maybe"
    found.nodes[name] = Node(origin.source or origin.kind, origin.kind, kind)
    return name


def _report(found: Graph, report: str, titles: Mapping[str, str]) -> str:
    name = f"r:{report}"
    found.nodes.setdefault(name, Node(report, titles.get(report, ""), ""))
    return name


def dot(found: Graph, title: str = "") -> str:
    """Return a graph in Graphviz's language."""
    lines = ["digraph claim {", "  rankdir=RL;", "  node [shape=box, fontname=sans];"]
    if title:
        lines.append(f"  label={_quoted(title)}; labelloc=t; fontname=sans;")
    for name, (label, second, kind) in found.nodes.items():
        text = _quoted(_cut(label) + ("\n" + _cut(second) if second else ""))
        style = ', style="filled", fillcolor="#e8f1e8"' if kind.startswith("origin") else ""
        style = style.replace('"filled"', '"filled,dashed"') if "maybe" in kind else style
        lines.append(f"  {_quoted(name)} [label={text}{style}];")
    for (a, b), (kind, count) in found.edges.items():
        label = kind if count == 1 else f"{kind} ({count})"
        lines.append(f"  {_quoted(a)} -> {_quoted(b)} [label={_quoted(label)}];")
    return "\n".join([*lines, "}"]) + "\n"


def write_dot(choice: Choice, output: Output) -> None:
    """Write the graphs of the chosen claims, or of stories, for Graphviz; one after another."""
    with output.open("origins.dot") as out:
        for title, found in _graphs(choice):
            out.write(dot(found, title).encode("utf-8", "replace"))


def write_graphml(choice: Choice, output: Output) -> None:
    """Write the same as GraphML, a ``graph`` each."""
    with output.open("origins.graphml") as out, etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("graphml", nsmap={None: _GRAPHML}):
            for name, kind in _KEYS.items():
                where, what = name.split("_", 1)
                attributes = {"id": name, "for": where, "attr.name": what, "attr.type": kind}
                xml.write(etree.Element(f"{{{_GRAPHML}}}key", attributes))
            for number, (title, found) in enumerate(_graphs(choice), 1):
                xml.write(element(found, title, number))


_KEYS = {
    "graph_title": "string", "node_label": "string", "node_detail": "string", "node_type": "string",
    "node_certain": "boolean", "edge_type": "string", "edge_claims": "int",
}  # fmt: skip


def element(found: Graph, title: str, number: int) -> etree._Element:
    """Return a graph as a ``graph`` element of GraphML."""
    root = etree.Element(f"{{{_GRAPHML}}}graph", {"id": f"g{number}", "edgedefault": "directed"})

    def data(parent: etree._Element, key: str, value: str) -> None:
        element = etree.SubElement(parent, f"{{{_GRAPHML}}}data", {"key": key})
        element.text = _NOT_XML.sub("", value)

    data(root, "graph_title", title)
    for name, (label, second, kind) in found.nodes.items():
        node = etree.SubElement(root, f"{{{_GRAPHML}}}node", {"id": _NOT_XML.sub("", name)})
        data(node, "node_label", shown(label))
        data(node, "node_detail", shown(second))
        data(node, "node_type", "origin" if kind else "report")
        data(node, "node_certain", "false" if "maybe" in kind else "true")
    for (a, b), (kind, count) in found.edges.items():
        ends = {"source": _NOT_XML.sub("", a), "target": _NOT_XML.sub("", b)}
        edge = etree.SubElement(root, f"{{{_GRAPHML}}}edge", ends)
        data(edge, "edge_type", kind)
        data(edge, "edge_claims", str(count))
    return root


def _graphs(choice: Choice) -> Iterator[tuple[str, Graph]]:
    """Yield a graph for each chosen claim, and one for each chosen story."""
    for part in choice.parts():
        if len(part.claims) < len(part.ledger.claims):
            for claim in part.claims:
                yield _claim_title(choice, part, claim), graph([claim], part.titles)
        else:
            yield f"{shown(part.story.title)}: {len(part.claims)} claims", graph(part.claims, part.titles)


def _claim_title(choice: Choice, part: Part, claim: Claim) -> str:
    """Return what a claim's graph is called: its words, who says so, and how many origins there are."""
    things = [choice.said(a, part.outlet(a.report), part.names) for a in claim.appearances]
    low, high = claim.origins.low, claim.origins.high
    origins = str(low) if low == high else f"{low} to {high}"
    who = "; ".join(dict.fromkeys(t.holder for t in things))
    return carried(f"{choice.claim_words(claim)}\n{who}: {origins} independent origins", *things)


def _cut(text: str) -> str:
    return shortened(shown(text), _LABEL)


def _quoted(text: str) -> str:
    clean = "".join(c for c in text if c.isprintable() or c == "\n")
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
