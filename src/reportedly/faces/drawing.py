"""A claim's chains as a drawing: Graphviz's DOT, and SVG that needs no other program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from ..records import Claim

_ROW, _WIDE, _GAP, _HIGH = 56, 250, 90, 40
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1b1b}.dim{fill:#555}"
    "rect{fill:#fff;stroke:#444}.origin{fill:#e8f1e8;stroke:#2c6e2c;stroke-width:2}"
    ".maybe{stroke-dasharray:5 3}path{fill:none;stroke:#444}.copy{stroke-dasharray:6 3}"
)


@dataclass(frozen=True, slots=True)
class _Graph:
    nodes: dict[str, tuple[str, str, str]]  # id → label, second line, class
    edges: list[tuple[str, str, str]]  # from, to, kind


def _graph(claim: Claim, titles: Mapping[str, str]) -> _Graph:
    nodes: dict[str, tuple[str, str, str]] = {}
    edges: dict[tuple[str, str], str] = {}
    for number, origin in enumerate(claim.origins.list):
        nodes[f"o{number}"] = (
            origin.source or origin.kind,
            origin.kind,
            "origin" if origin.certain else "origin maybe",
        )
    by_label = {origin.source: f"o{k}" for k, origin in reversed(list(enumerate(claim.origins.list)))}
    for appearance in claim.appearances:
        nodes[f"r:{appearance.report}"] = (appearance.report, titles.get(appearance.report, ""), "")
    for hop in claim.origins.hops:
        report = f"r:{hop.report}"
        if hop.kind == "source":
            above = by_label.get(hop.to)
            if above is not None and not any(a == report for a, _ in edges):
                edges.setdefault((report, above), "source")
        elif hop.to_report is not None:
            nodes.setdefault(f"r:{hop.to_report}", (hop.to_report, titles.get(hop.to_report, ""), ""))
            edges[report, f"r:{hop.to_report}"] = hop.kind
    return _Graph(nodes, [(a, b, kind) for (a, b), kind in edges.items() if a != b])


def dot(claim: Claim, titles: Mapping[str, str]) -> str:
    """Return the chains in Graphviz's language; arrows point to where a report has the claim from."""
    graph = _graph(claim, titles)
    lines = ["digraph claim {", "  rankdir=RL;", "  node [shape=box, fontname=sans];"]
    for name, (label, second, kind) in graph.nodes.items():
        text = _quoted(label + ("\n" + _cut(second) if second else ""))
        style = ', style="filled", fillcolor="#e8f1e8"' if kind.startswith("origin") else ""
        style = style.replace('"filled"', '"filled,dashed"') if "maybe" in kind else style
        lines.append(f"  {_quoted(name)} [label={text}{style}];")
    for a, b, kind in graph.edges:
        lines.append(f"  {_quoted(a)} -> {_quoted(b)} [label={_quoted(kind)}];")
    return "\n".join([*lines, "}"]) + "\n"


def svg(claim: Claim, titles: Mapping[str, str]) -> str:
    """Return the chains as an SVG picture: origins on the left, reports to the right of what they follow."""
    graph = _graph(claim, titles)
    column = _columns(graph)
    rows: dict[int, int] = {}
    place: dict[str, tuple[int, int]] = {}
    for name in graph.nodes:
        at = rows.get(column[name], 0)
        rows[column[name]] = at + 1
        place[name] = (20 + column[name] * (_WIDE + _GAP), 50 + at * _ROW)
    width = 40 + (max(column.values(), default=0) + 1) * (_WIDE + _GAP) - _GAP
    height = 70 + max(rows.values(), default=1) * _ROW
    title = escape(f"{claim.origins.low} to {claim.origins.high} origins: {_cut(claim.text, 110)}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{title}">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        f'<text x="20" y="28" font-weight="bold">{title}</text>',
    ]
    for a, b, kind in graph.edges:
        (x, y), (u, v) = place[a], place[b]
        start, end = (x, y + _HIGH // 2), (u + _WIDE, v + _HIGH // 2)
        bend = (start[0] + end[0]) // 2
        parts.append(
            f'<path class="{kind}" '
            f'd="M{start[0]} {start[1]} C{bend} {start[1]} {bend} {end[1]} {end[0]} {end[1]}">'
            f"<title>{escape(kind)}</title></path>"
        )
    for name, (label, second, kind) in graph.nodes.items():
        x, y = place[name]
        parts.append(
            f'<g><rect class="{kind}" x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="4"/>'
            f'<text x="{x + 8}" y="{y + 17}">{escape(_cut(label, 32))}</text>'
            f'<text class="dim" x="{x + 8}" y="{y + 33}">{escape(_cut(second, 32))}</text></g>'
        )
    return "".join([*parts, "</svg>\n"])


def _columns(graph: _Graph) -> dict[str, int]:
    """Put every node one column right of the furthest it points to; circles are cut where they close."""
    above: dict[str, list[str]] = {}
    for a, b, _ in graph.edges:
        above.setdefault(a, []).append(b)
    column: dict[str, int] = {}

    def depth(name: str, path: frozenset[str]) -> int:
        if name not in column:
            higher = [depth(b, path | {name}) for b in above.get(name, []) if b not in path]
            column[name] = max(higher, default=-1 if name.startswith("o") else 0) + 1
        return column[name]

    for name in graph.nodes:
        depth(name, frozenset({name}))
    return column


def _cut(text: str, most: int = 60) -> str:
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line if len(line) <= most else line[: most - 1] + "…"


def _quoted(text: str) -> str:
    clean = "".join(c for c in text if c.isprintable() or c == "\n")
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
