"""The places that reports of a story name, on a plain map of land, borders and degrees that is drawn here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .outlines import Frame, paths
from .svg import Drawing, clean, percent

_ASPECT = 0.6  # height to width; the style sheet has the same
_NARROW = 400  # pixels of width for which names are laid out; it is drawn from 320 to 1,100
_SMALLEST = 6.0  # degrees of latitude from top to bottom, at least: outlines are no finer
_MOST_NAMES = 18


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: ``reports`` counts those that name it; ``wide`` tells a region or country from a town."""

    name: str
    lon: float
    lat: float
    reports: int
    wide: bool = False


def frame(spots: Sequence[Spot]) -> Frame:
    """Return the frame around the places that two reports name; around all, if there are none."""
    chosen = [s for s in spots if s.reports > 1] or spots
    south, north = min(s.lat for s in chosen), max(s.lat for s in chosen)
    lons = _together([s.lon for s in chosen])
    middle = (south + north) / 2
    narrowing = max(
        0.2, math.cos(math.radians(min(80.0, abs(middle))))
    )  # a degree of longitude, in one of latitude
    high = max(_SMALLEST, (north - south) * 1.25)
    broad = max((max(lons) - min(lons)) * 1.25 * narrowing, _SMALLEST)
    high = max(high, broad * _ASPECT)
    high = min(high, 170.0)
    across = min(360.0, high / _ASPECT / narrowing)
    middle = min(max(middle, high / 2 - 85), 85 - high / 2)
    centre = (min(lons) + max(lons)) / 2
    if across >= 360:
        centre = 0.0
    return Frame(centre - across / 2, middle - high / 2, centre + across / 2, middle + high / 2)


def _together(lons: list[float]) -> list[float]:
    """Return longitudes turned so that they span the least: 179 and -179 are two degrees apart."""
    turned = [lon + 360 if lon < 0 else lon for lon in lons]
    return turned if max(turned) - min(turned) < max(lons) - min(lons) else lons


def shown_on(spots: Sequence[Spot]) -> int:
    """Return how many of the places stand on their map."""
    if not spots:
        return 0
    shown = frame(spots)
    return sum(shown.holds(s.lon, s.lat) for s in spots)


def place_map(spots: Sequence[Spot], key: str = "map") -> Markup | None:
    """Draw places; ``None`` if there are none."""
    spots = [s for s in spots if -90 <= s.lat <= 90 and -180 <= s.lon <= 180]
    if not spots:
        return None
    shown = frame(spots)
    inside = sorted(
        (s for s in spots if shown.holds(s.lon, s.lat)), key=lambda s: (-s.reports, s.wide, s.name)
    )
    drawing = Drawing(
        "map",
        0,
        "Places named",
        f"{len(inside)} places; most reports name {', '.join(s.name for s in inside[:3])}. "
        "The table below has the same.",
        key,
    )
    drawing.add(None, "rect", x="0", y="0", width="100%", height="100%", class_="sea")
    ground = drawing.stretched(1000 * _ASPECT)
    for kind, path in paths(shown, 1000, 1000 * _ASPECT):
        drawing.add(ground, "path", d=path, class_=kind)
    _graticule(drawing, shown)
    most = max(s.reports for s in inside)
    for spot in reversed(inside):
        x, y = _place(shown, spot.lon, spot.lat)
        size = 4 + 7 * math.sqrt(spot.reports / most)
        mark = drawing.at(x, percent(y), "spot wide" if spot.wide else "spot")
        drawing.add(mark, "title", f"{spot.name}: {spot.reports} reports")
        if spot.wide:
            drawing.add(mark, "rect", x=-size * 0.7, y=-size * 0.7, width=size * 1.4, height=size * 1.4)
        else:
            drawing.add(mark, "circle", r=size)
    _names(drawing, inside, shown)
    drawing.add(None, "rect", x="0", y="0", width="100%", height="100%", class_="edge")
    return drawing.markup()


def _names(drawing: Drawing, spots: Sequence[Spot], shown: Frame) -> None:
    """Write the names of the places named most, where no other name stands."""
    taken: list[
        tuple[float, float, float]
    ] = []  # left and right in per cent of a narrow picture, and pixels down
    for spot in spots[: 2 * _MOST_NAMES]:
        name = clean(spot.name, 28)
        x, y = _place(shown, spot.lon, spot.lat)
        width = len(name) * 650 / _NARROW  # 6.5 pixels a letter
        left = x + 2 if x + width < 96 else x - width - 2
        if len(taken) >= _MOST_NAMES or any(
            left < r + 1 and left + width > n - 1 and abs(y - v) < 1500 / _NARROW / _ASPECT
            for n, r, v in taken
        ):
            continue
        taken.append((left, left + width, y))
        label = drawing.at(x, percent(y), "name")
        to_left = left < x
        drawing.add(
            label, "text", name, x=-12 if to_left else 12, y=4, text_anchor="end" if to_left else "start"
        )


def _place(shown: Frame, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place stands: in per cent across, and down."""
    x = (shown.turned(lon) - shown.west) / (shown.east - shown.west) * 100
    return x, (shown.north - lat) / (shown.north - shown.south) * 100


def _graticule(drawing: Drawing, shown: Frame) -> None:
    step = next(s for s in (1, 2, 5, 10, 20, 30, 60) if (shown.north - shown.south) / s <= 5 or s == 60)
    for lat in range(math.ceil(shown.south / step) * step, math.floor(shown.north) + 1, step):
        y = _place(shown, shown.west, lat)[1]
        drawing.add(None, "line", x1="0", x2="100%", y1=percent(y), y2=percent(y), class_="grid")
        drawing.add(None, "text", _degrees(lat, "N", "S"), x="4", y=percent(y - 0.8), class_="tick")
    across = next(s for s in (1, 2, 5, 10, 20, 30, 60) if (shown.east - shown.west) / s <= 6 or s == 60)
    for lon in range(math.ceil(shown.west / across) * across, math.floor(shown.east) + 1, across):
        x = (lon - shown.west) / (shown.east - shown.west) * 100
        drawing.add(None, "line", x1=percent(x), x2=percent(x), y1="0", y2="100%", class_="grid")
        if 10 < x < 92:
            name = _degrees((lon + 180) % 360 - 180, "E", "W")
            drawing.add(None, "text", name, x=percent(x), y="98.5%", class_="tick", text_anchor="middle")


def _degrees(value: int, plus: str, minus: str) -> str:
    return f"{abs(value)}°" + (plus if value > 0 else minus if value < 0 else "")
