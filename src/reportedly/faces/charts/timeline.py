"""The reports of a story in time: a lane an outlet, a dot a report, a line from a copy to what it copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from .scales import Times, day_name, moment_name
from .svg import Drawing, clean, percent

LinkKind = Literal["copy", "citation"]
_LANES = 12  # outlets with a lane of their own
_LANE, _TOP, _BOTTOM = 34, 4, 26
_LEFT, _RIGHT = 2.0, 97.0  # per cent


@dataclass(frozen=True, slots=True)
class Item:
    """A report: ``outlet`` and ``title`` as shown, ``at`` when it was published."""

    id: str
    outlet: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """``report`` has it from the report ``of``; where that is ``None``, from an ``outlet`` outside.

    ``whole`` tells a report that is a copy from one that took over a part.
    """

    report: str
    of: str | None
    outlet: str
    kind: LinkKind
    whole: bool = False


def timeline(items: Sequence[Item], links: Iterable[Link], key: str = "timeline") -> Markup:
    """Draw reports in time.

    Args:
        items: the reports, one at least.
        links: who has it from whom among them.
        key: what the picture's ids begin with.
    """
    items = sorted(items, key=lambda i: (i.at, i.id))
    links = [n for n in links if n.of is not None]
    lanes = _lanes(items)
    names = list(dict.fromkeys(lanes.values()))
    height = _TOP + len(names) * _LANE + _BOTTOM
    axis = Times(items[0].at, items[-1].at, _LEFT, _RIGHT)
    copies = {n.report for n in links if n.whole}
    drawing = Drawing(
        "timeline",
        height,
        "Reports in time",
        f"{len(items)} reports of {len({i.outlet for i in items})} outlets between {day_name(items[0].at)} "
        f"and {day_name(items[-1].at)}; {len(copies)} of them copy another. The list below has the same.",
        key,
    )
    base = height - _BOTTOM
    y_of = {name: _TOP + k * _LANE + 24 for k, name in enumerate(names)}
    for y in y_of.values():
        drawing.add(None, "line", x1="0", x2="100%", y1=y, y2=y, class_="lane")
    for x, name in axis.ticks():
        drawing.add(None, "line", x1=percent(x), x2=percent(x), y1=_TOP, y2=base, class_="grid")
        drawing.add(None, "text", name, x=percent(x), y=height - 8, class_="tick", text_anchor=_anchor(x))
    place = {i.id: (axis(i.at), y_of[lanes[i.outlet]]) for i in items}
    paths = drawing.stretched(height)
    for link in links:
        if link.report in place and link.of in place:
            drawing.add(
                paths, "path", d=_curve(place[link.report], place[link.of]), class_=f"link {link.kind}"
            )
    for item in items:
        x, y = place[item.id]
        dot = drawing.at(x, y, "dot copied" if item.id in copies else "dot")
        dot.set("data-report", clean(item.id))
        drawing.add(dot, "title", f"{moment_name(item.at)}: {item.outlet}: {item.title}")
        drawing.add(dot, "circle", r=5)
    for name, y in y_of.items():  # beside the lane where there is room, above it on a phone
        drawing.add(None, "text", clean(name, 26), class_="name on-desk", x=-12, y=y + 4, text_anchor="end")
        drawing.add(None, "text", clean(name, 44), class_="name on-phone", x="0", y=y - 10)
    return drawing.markup()


def _lanes(items: Sequence[Item]) -> dict[str, str]:
    """Map outlets to the names of their lanes; those with most reports have one of their own."""
    counted: dict[str, int] = {}
    for item in items:
        counted[item.outlet] = counted.get(item.outlet, 0) + 1
    if len(counted) <= _LANES:
        return {outlet: outlet for outlet in counted}
    order = list(counted)
    chosen = set(sorted(counted, key=lambda o: (-counted[o], order.index(o)))[: _LANES - 1])
    rest = f"{len(counted) - len(chosen)} other outlets"
    lanes = {outlet: outlet for outlet in counted if outlet in chosen}
    return lanes | {outlet: rest for outlet in counted if outlet not in chosen}


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x, y), (u, v) = (start[0] * 10, start[1]), (end[0] * 10, end[1])
    if y == v:
        return f"M{x:.0f} {y:.0f} Q{(x + u) / 2:.0f} {y - 18:.0f} {u:.0f} {v:.0f}"
    return f"M{x:.0f} {y:.0f} C{(x + u) / 2:.0f} {y:.0f} {(x + u) / 2:.0f} {v:.0f} {u:.0f} {v:.0f}"


def _anchor(x: float) -> str:
    return "start" if x < 6 else "end" if x > 94 else "middle"
