"""One figure of a story in time: each value or range as it was said, and the best range now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeGuard

from markupsafe import Markup

from ...records import Current, Point, Series
from ...weighing.filed import moment
from ..desk_tables import value_range
from .scales import Times, Values, short, values
from .svg import Drawing, Element, clean, percent

_HEIGHT, _TOP, _BOTTOM = 210, 26, 30
_LEFT, _RIGHT = 9.0, 90.0  # per cent
_NEAR_X, _NEAR_Y = 9.0, 14  # labels nearer than this (per cent, pixels) would stand on each other
_OPEN = 26  # pixels of the arrow of a range that is open
_LARGEST = 1e15  # figures beyond it are not drawn
_MOVES = ("initial", "supersedes", "corrects")


def name_of(series: Series) -> str:
    """Return what a series counts: "killed (person)"."""
    parts = (series.measure, f"({series.unit})" if series.unit and series.measure else series.unit)
    return " ".join(part for part in parts if part) or "figure"


def plotted(series: Series) -> list[tuple[Point, datetime]]:
    """Return the points of a series that have a time and a finite value, in order."""
    dated = [(p, at) for p in series.points if (at := moment(p.published)) is not None]
    return sorted(((p, at) for p, at in dated if _numbers([p])), key=lambda found: found[1])


def figures(series: Series, key: str = "figures") -> Markup | None:
    """Draw a series; ``None`` where there is nothing to see: one value, or always the same one."""
    points = plotted(series)
    if len({(p.low, p.value, p.high) for p, _ in points}) < 2:
        return None
    name = clean(name_of(series), 80)
    across = Times(points[0][1], points[-1][1], _LEFT, _RIGHT)
    up = values([*_numbers([p for p, _ in points]), *_ends(series.current)], _HEIGHT - _BOTTOM, _TOP)
    drawing = Drawing(
        "figures",
        _HEIGHT,
        f"{name} in time",
        f"{len(points)} values on an axis from {short(up.low)} to {short(up.high)}; "
        f"now {value_range(series.current)}. The table below has the same.",
        key,
    )
    _axes(drawing, across, up)
    _now(drawing, series.current, up)
    _steps(drawing, points, across, up)
    for point, at in points:
        _draw(drawing, point, across(at), up)
    _labels(drawing, points, across, up)
    return drawing.markup()


def _numbers(points: Iterable[Point]) -> list[float]:
    return [n for p in points for n in (p.low, p.value, p.high) if _fits(n)]


def _fits(value: float | None) -> TypeGuard[float]:
    """Tell whether a value is one that an axis can have."""
    return value is not None and abs(value) <= _LARGEST  # not so for NaN


def _ends(current: Current) -> list[float]:
    return [n for n in (current.low, current.high) if _fits(n)]


def _axes(drawing: Drawing, across: Times, up: Values) -> None:
    for value in up.ticks():
        y = up(value)
        drawing.add(None, "line", x1="0", x2="100%", y1=y, y2=y, class_="grid")
        drawing.add(None, "text", short(value), x="0", y=y - 4, class_="tick")
    for x, name in across.ticks():
        drawing.add(
            None,
            "line",
            x1=percent(x),
            x2=percent(x),
            y1=_HEIGHT - _BOTTOM,
            y2=_HEIGHT - _BOTTOM + 5,
            class_="grid",
        )
        anchor = "start" if x < 6 else "end" if x > 94 else "middle"
        drawing.add(None, "text", name, x=percent(x), y=_HEIGHT - 8, class_="tick", text_anchor=anchor)


def _now(drawing: Drawing, current: Current, up: Values) -> None:
    """Draw the range that holds now as a band across the picture."""
    ends = _ends(current)
    if not ends:
        return
    top, bottom = up(max(ends)), up(min(ends))
    if len(ends) == 1:  # open at one side
        top, bottom = (top - _OPEN, bottom) if current.low is not None else (top, bottom + _OPEN)
    drawing.add(None, "rect", x="0", width="100%", y=top - 2, height=max(bottom - top, 0) + 4, class_="now")


def _steps(drawing: Drawing, points: list[tuple[Point, datetime]], across: Times, up: Values) -> None:
    """Draw the line along which the figure moved: what was first said, superseded and corrected."""
    moves = [(across(at) * 10, up(_middle(p))) for p, at in points if p.role in _MOVES]
    if len(moves) > 1:
        path = f"M{moves[0][0]:.0f} {moves[0][1]:.1f}" + "".join(f" H{x:.0f} V{y:.1f}" for x, y in moves[1:])
        drawing.add(drawing.stretched(_HEIGHT), "path", d=path, class_="step")


def _middle(point: Point) -> float:
    if _fits(point.value):
        return point.value
    ends = _numbers([point])
    return sum(ends) / len(ends)


def _draw(drawing: Drawing, point: Point, x: float, up: Values) -> None:
    """Draw a point at its value, and its range as a line: capped where it ends, an arrow where it is open."""
    y = up(_middle(point))
    mark = drawing.at(x, y, f"point {point.role}")
    mark.set("data-report", clean(point.report))
    drawing.add(
        mark,
        "title",
        f"{value_range(point)}, {point.role}: {clean(point.text, 80)} ({clean(point.source, 60)})",
    )
    low, high = (up(n) - y if _fits(n) else None for n in (point.low, point.high))
    if low is None or high is None or low - high > 1:
        bottom = low if low is not None else _OPEN
        top = high if high is not None else -_OPEN
        drawing.add(mark, "line", x1=0, x2=0, y1=bottom, y2=top, class_="range")
        for end, is_open, way in ((bottom, low is None, 1), (top, high is None, -1)):
            tip = (
                f"M-4 {end - 5 * way:.1f} L0 {end:.1f} L4 {end - 5 * way:.1f}"
                if is_open
                else f"M-4 {end:.1f} H4"
            )
            drawing.add(mark, "path", d=tip, class_="range")
    _glyph(drawing, mark, point.role)


def _glyph(drawing: Drawing, mark: Element, role: str) -> None:
    if role == "corrects":
        drawing.add(mark, "path", d="M0 -6 L6 0 L0 6 L-6 0 Z", class_="glyph")
    elif role == "disputes":
        drawing.add(mark, "path", d="M-5 -5 L5 5 M-5 5 L5 -5", class_="glyph")
    else:
        drawing.add(mark, "circle", r=3.5 if role == "repeats" else 5, class_="glyph")


def _labels(drawing: Drawing, points: list[tuple[Point, datetime]], across: Times, up: Values) -> None:
    """Write the values beside their points, where there is room; those that only repeat have none."""
    taken: list[tuple[float, float]] = []
    for point, at in points:
        if point.role == "repeats":
            continue
        x, y = across(at), _label_height(point, up)
        if any(abs(x - u) < _NEAR_X and abs(y - v) < _NEAR_Y for u, v in taken):
            continue
        taken.append((x, y))
        label = drawing.at(x, y, f"label {point.role}")
        text = value_range(point)
        drawing.add(label, "text", text if len(text) < 10 else short(_middle(point)), x=7, y=0)


def _label_height(point: Point, up: Values) -> float:
    """Return how far down a value is written: over its point or range, or under one that is open above."""
    if point.high is None and point.low is not None:
        return up(_middle(point)) + 16
    top = max(_numbers([point])) if point.low != point.high else _middle(point)
    return up(top) - 6
