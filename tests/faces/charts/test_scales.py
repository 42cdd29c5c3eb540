"""Axes: every value has a place, and few, round values are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.faces.charts.scales import Times, moment_name, short, values

START = datetime(2026, 3, 10, 4, 40, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)  # fmt: skip


@given(MOMENTS, MOMENTS)
def test_an_axis_of_time_names_few_moments_in_order_and_none_outside(a, b):
    axis = Times(min(a, b), max(a, b), 0, 100)
    places = [x for x, _ in axis.ticks()]
    assert len(places) <= 5
    assert places == sorted(places)
    assert all(0 <= x <= 100 for x in places)


@pytest.mark.parametrize(
    ("span", "names"),
    [
        (timedelta(hours=9), ["06:00", "08:00", "10:00", "12:00"]),
        (timedelta(days=3), ["11 Mar", "12 Mar", "13 Mar"]),
        (timedelta(days=200), ["May 2026", "Jul 2026", "Sep 2026"]),
        (timedelta(days=4000), ["2030", "2035"]),
    ],
)
def test_moments_are_named_as_finely_as_the_span_needs(span, names):
    assert [name for _, name in Times(START, START + span, 0, 100).ticks()] == names


def test_one_moment_stands_in_the_middle():
    axis = Times(START, START, 10, 90)
    assert axis(START) == 50
    assert axis.ticks() == [(50, "10 Mar 04:40")]


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20))
def test_every_value_has_a_place_on_its_axis_and_few_are_named(found):
    axis = values(found, 200, 0)
    assert all(0 <= axis(v) <= 200 for v in found)
    assert len(axis.ticks()) <= 12
    assert axis(max(found)) <= axis(min(found))


def test_values_that_differ_hugely_stand_on_a_logarithmic_axis():
    axis = values([3, 5_000_000], 200, 0)
    assert axis.logarithmic
    assert axis(3) > axis(5_000) > axis(5_000_000)
    assert not values([3, 500], 200, 0).logarithmic


def test_an_axis_begins_at_nothing_unless_the_values_differ_little():
    assert values([10, 40], 200, 0).low == 0
    assert values([6, 8], 200, 0).low > 0


@pytest.mark.parametrize(("value", "name"), [(14, "14"), (2.5, "2.5"), (5_000_000, "5M"), (12_500, "12.5K")])
def test_values_in_few_letters(value, name):
    assert short(value) == name


def test_a_moment_at_midnight_is_a_day():
    assert moment_name(datetime(2026, 5, 4, tzinfo=UTC)) == "4 May"
    assert moment_name(datetime(2026, 5, 4, 8, 5, tzinfo=UTC)) == "4 May, 08:05"
