"""Drawings: what they show, and that nothing in them is anything but data."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reportedly.faces.charts.figures import figures
from reportedly.faces.charts.map import Spot, frame, place_map, shown_on
from reportedly.faces.charts.origins import of_story, origins
from reportedly.faces.charts.timeline import Item, Link, timeline
from reportedly.records import Current, Point, Series

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOSTILE = "\"><script>alert(1)</script><b onload='x'>&amp;\u202e\x00\ufffe"


def item(name: str, outlet: str = "Norden Herald", hours: float = 0, title: str = "A port") -> Item:
    return Item(name, outlet, title, START + timedelta(hours=hours))


def point(value: float | None, hours: float, role: str = "initial", **more: object) -> Point:
    given_ = {"low": value, "high": value, "text": "some", "source": "the port", "figure": "f1"} | more
    at = (START + timedelta(hours=hours)).isoformat()
    return Point(report="r1", published=at, value=value, role=role, **given_)


def series(*points: Point, now: float | None = 1.0) -> Series:
    current = Current(value=now, low=now, high=now, why="")
    return Series(story="s1", measure="killed", unit="person", points=points, current=current)


def parsed(drawing) -> etree._Element:
    """Parse a drawing; it is well formed, and carries no style and no script."""
    root = etree.fromstring(str(drawing))
    for element in root.iter():
        assert element.tag in {"svg", "title", "desc", "g", "line", "rect", "circle", "path", "text"}
        assert not {"style", "href", "onload", "onclick"} & set(element.attrib)
    assert root.get("role") == "img"
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    assert set(root.get("aria-labelledby").split()) == ids
    return root


def texts(root: etree._Element) -> list[str]:
    return ["".join(e.itertext()) for e in root.iter("text")]


def marks(root: etree._Element, kind: str) -> list[etree._Element]:
    return [e for e in root.iter() if kind in (e.get("class") or "").split()]


# timeline -----------------------------------------------------------------------------------------


def test_a_lane_an_outlet_a_dot_a_report_and_a_line_from_a_copy():
    items = [item("a"), item("b", "Harbour Courier", 2), item("c", "Harbour Courier", 30)]
    root = parsed(
        timeline(items, [Link("b", "a", "", "copy", True), Link("c", None, "Elsewhere", "citation")])
    )
    assert {"Norden Herald", "Harbour Courier"} <= set(texts(root))
    assert len(marks(root, "dot")) == 3
    assert [e.get("data-report") for e in marks(root, "copied")] == ["b"]
    assert len(marks(root, "link")) == 1


def test_outlets_beyond_a_dozen_share_a_lane():
    root = parsed(timeline([item(f"r{k}", f"Outlet {k}", k) for k in range(40)], []))
    assert "29 other outlets" in texts(root)
    assert len(marks(root, "dot")) == 40


def test_one_report_is_a_timeline_too():
    assert len(marks(parsed(timeline([item("a")], [])), "dot")) == 1


# figures ------------------------------------------------------------------------------------------


def test_a_figure_that_moves_is_drawn_with_its_roles():
    found = figures(series(point(11, 0), point(14, 5, "supersedes"), point(13, 9, "corrects"), now=13))
    root = parsed(found)
    assert len(marks(root, "point")) == 3
    assert {"11", "14", "13"} <= set(texts(root))
    assert len(marks(root, "step")) == 1


def test_what_never_moves_has_no_drawing():
    assert figures(series(point(2, 0))) is None
    assert figures(series(point(2, 0), point(2, 4, "repeats"))) is None


def test_open_ranges_end_in_an_arrow_and_closed_ones_in_a_cap():
    at_least = point(11, 0, high=None)
    between = point(None, 4, "supersedes", low=24, high=99)
    root = parsed(figures(series(at_least, between, now=24)))
    assert [len(marks(m, "range")) for m in marks(root, "point")] == [3, 3]


@given(
    st.lists(
        st.tuples(
            *[st.none() | st.floats(allow_nan=True, allow_infinity=True)] * 3,
            st.integers(-(10**5), 10**5),
            st.sampled_from(["initial", "supersedes", "corrects", "disputes", "repeats"]),
        ),
        max_size=8,
    )
)
def test_no_figure_breaks_the_drawing(rows):
    points = [point(v, hours, role, low=low, high=high) for v, low, high, hours, role in rows]
    found = figures(series(*points, now=math.nan))
    if found is not None:
        root = parsed(found)
        values = [v for e in root.iter() for k, v in e.attrib.items() if k not in ("class", "id")]
        assert not [v for v in values if "nan" in v or "inf" in v]
        assert len(marks(root, "point")) <= len(points)


# map ----------------------------------------------------------------------------------------------


def test_a_map_holds_the_places_that_two_reports_name():
    spots = [Spot("Lima", -77.0, -12.0, 4), Spot("Cusco", -72.0, -13.5, 2), Spot("Oslo", 10.7, 59.9, 1)]
    shown = frame(spots)
    assert shown.holds(-77, -12)
    assert shown.holds(-72, -13.5)
    assert not shown.holds(10.7, 59.9)
    assert shown_on(spots) == 2
    root = parsed(place_map(spots))
    assert {"Lima", "Cusco"} <= set(texts(root))
    assert "Oslo" not in texts(root)
    assert marks(root, "land")


def test_places_on_both_sides_of_the_180th_meridian_are_near_each_other():
    shown = frame([Spot("Suva", 178.4, -18.1, 1), Spot("Apia", -171.8, -13.8, 1)])
    assert shown.east - shown.west < 40
    assert shown.holds(-171.8, -13.8)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.integers(1, 50), st.booleans()), max_size=6
    )
)
def test_any_place_can_be_shown(rows):
    spots = [Spot(f"P{k}", lon, lat, n, wide) for k, (lon, lat, n, wide) in enumerate(rows)]
    found = place_map(spots)
    assert (found is None) == (not spots)
    if found is not None:
        assert 1 <= len(marks(parsed(found), "spot")) <= len(spots)


# origins ------------------------------------------------------------------------------------------


def test_who_has_it_from_whom_leaves_out_those_who_take_no_part():
    items = [item("a"), item("b", "Harbour Courier", 1), item("c", "Valley Echo", 2)]
    graph = of_story(items, [Link("b", "a", "", "citation"), Link("b", None, "Far Radio", "citation")], [])
    assert [n.id for n in graph.nodes] == ["a", "o:Far Radio", "b"]
    root = parsed(origins(graph, "Who"))
    assert len(marks(root, "outside")) == 1
    assert len(marks(root, "tip")) == 2


def test_many_copies_of_one_report_share_a_row():
    items = [item("a"), *(item(f"c{k}", f"Outlet {k}", k + 1) for k in range(90))]
    graph = of_story(items, [Link(f"c{k}", "a", "", "copy", True) for k in range(90)], [])
    assert len(graph.nodes) == 8
    assert graph.nodes[-1].head == "84 more copies"


def test_a_loop_is_marked():
    items = [item("a", "One", 0), item("b", "Two", 1), item("c", "One", 2)]
    links = [Link("b", "a", "", "citation"), Link("c", "b", "", "citation")]
    assert {e.kind for e in of_story(items, links, [("One", "Two")]).edges} == {"loop"}


def test_nothing_to_draw():
    assert origins(of_story([item("a")], [], []), "Who") is None


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 15)), max_size=60))
def test_any_graph_can_be_drawn(pairs):
    items = [item(f"r{k}", f"Outlet {k % 5}", k) for k in range(13)]
    links = [Link(f"r{a}", f"r{b}" if b < 13 else None, f"Far {b}", "citation") for a, b in pairs]
    found = origins(of_story(items, links, [("Outlet 1", "Outlet 2")]), "Who")
    if found is not None:
        parsed(found)


# hostile text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drawing",
    [
        lambda: timeline([item("a", HOSTILE, title=HOSTILE), item(HOSTILE, "x", 3)], []),
        lambda: figures(series(point(1, 0, text=HOSTILE, source=HOSTILE), point(2, 3, "corrects"))),
        lambda: place_map([Spot(HOSTILE, 10, 50, 2)]),
        lambda: origins(
            of_story([item("a", HOSTILE, title=HOSTILE)], [Link("a", None, HOSTILE, "citation")], []), HOSTILE
        ),
    ],
)
def test_hostile_text_stays_text(drawing):
    found = str(drawing())
    parsed(found)
    assert "<script" not in found
    assert "\u202e" not in found
