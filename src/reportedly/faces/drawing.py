"""A claim's chains as a drawing: Graphviz's DOT, and SVG that needs no other program."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ..exchange import graphs
from ..records import Claim

_ROW, _WIDE, _GAP, _HIGH = 56, 250, 90, 40
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1b1b}.dim{fill:#555}"
    "rect{fill:#fff;stroke:#444}.origin{fill:#e8f1e8;stroke:#2c6e2c;stroke-width:2}"
    ".maybe{stroke-dasharray:5 3}path{fill:none;stroke:#444}.copy{stroke-dasharray:6 3}"
)


def dot(claim: Claim, titles: Mapping[str, str]) -> str:
    """Return the chains in Graphviz's language; arrows point to where a report has the claim from."""
    return graphs.dot(graphs.graph([claim], titles))


def svg(claim: Claim, titles: Mapping[str, str]) -> str:
    """Return the chains as an SVG picture: origins on the left, reports to the right of what they follow."""
    graph = graphs.graph([claim], titles)
    column = _columns(graph)
    rows: dict[int, int] = {}
    place: dict[str, tuple[int, int]] = {}
    for name in graph.nodes:
        at = rows.get(column[name], 0)
        rows[column[name]] = at + 1
        place[name] = (20 + column[name] * (_WIDE + _GAP), 50 + at * _ROW)
    width = 40 + (max(column.values(), default=0) + 1) * (_WIDE + _GAP) - _GAP
    height = 70 + max(rows.values(), default=1) * _ROW
    low, high = claim.origins.low, claim.origins.high
    count = f"{low} to {high} origins" if low != high else "1 origin" if low == 1 else f"{low} origins"
    title = escape(f"{count}: {_cut(claim.text, 110)}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{title}">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        f'<text x="20" y="28" font-weight="bold">{title}</text>',
    ]
    for (a, b), (kind, _) in graph.edges.items():
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


def _columns(graph: graphs.Graph) -> dict[str, int]:
    """Put every node one column right of the furthest it points to; circles are cut where they close."""
    above: dict[str, list[str]] = {}
    for a, b in graph.edges:
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
