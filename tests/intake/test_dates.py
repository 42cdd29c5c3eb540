from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.intake import dates


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024-05-05", "2024-05-05"),
        ("20240505", "2024-05-05"),
        ("2024-05-05T14:30:00Z", "2024-05-05T14:30:00+00:00"),
        ("2024-05-05 14:30", "2024-05-05T14:30"),
        ("2024-05-05T14:30:00.25+0530", "2024-05-05T14:30:00+05:30"),
        ("Sun, 05 May 2024 14:30:00 GMT", "2024-05-05T14:30:00+00:00"),
        ("5 May 2024 14:30 BST", "2024-05-05T14:30+01:00"),
        ("May 5, 2024 at 2:30 p.m. ET", "2024-05-05T14:30-04:00"),
        ("Jan. 5, 2024 at 12:05 a.m. ET", "2024-01-05T00:05-05:00"),
        ("5 May 2024 14:30 GMT+2", "2024-05-05T14:30+02:00"),
        ("2:30 PM EDT, Sun May 5, 2024", "2024-05-05T14:30-04:00"),
        ("13/05/2024", "2024-05-13"),
        (1714919400, "2024-05-05T14:30:00+00:00"),
        ("1714919400000", "2024-05-05T14:30:00+00:00"),
    ],
)
def test_usual_forms(stated: object, expected: str) -> None:
    assert dates.normal(stated) == expected


def test_no_zone_is_made_up() -> None:
    assert dates.normal("5 May 2024 2:30 PM CST") == "2024-05-05T14:30"  # American or Chinese


@pytest.mark.parametrize(
    "stated", ["04/05/2024", "May 2024", "yesterday", "2024-13-45", "", None, True, "0001-01-01"]
)
def test_what_is_not_certain_is_unknown(stated: object) -> None:
    assert dates.normal(stated) is None


def test_more_detail_of_the_same_day_wins() -> None:
    others = ["2024-05-06T10:00+00:00", "2024-05-05T09:00", "2024-05-05T09:00+01:00"]
    assert dates.precise("2024-05-05", others) == "2024-05-05T09:00+01:00"


@given(st.text(max_size=80))
def test_whatever_is_found_is_iso(text: str) -> None:
    value = dates.normal(text)
    if value is not None:
        datetime.fromisoformat(value)
