"""Boilerplate told from the first reports that had a fingerprint."""

from __future__ import annotations

import numpy as np

from reportedly.weighing.printings import Nearest, Printed, boilerplate_bands
from reportedly.weighing.shingles import fingerprints, shingles

NOTICE = " ".join(f"notice{k}" for k in range(90))


def printed(report: str, outlet: str | None, day: int | None, size: int = 20) -> Printed:
    return Printed(report, outlet, day, size)


def test_what_returns_after_weeks_is_boilerplate_and_a_story_of_one_week_is_not() -> None:
    own = printed("new", "Star", 40)
    weekly = [printed("a", None, 0), printed("b", "Echo", 20)]
    at_once = [printed(f"r{k}", f"Paper {k}", 39) for k in range(20)]
    assert boilerplate_bands(own, [1, 2], {1: weekly, 2: at_once}) == {1}


def test_what_stands_in_different_reports_of_one_outlet_is_boilerplate() -> None:
    own = printed("new", "Star", 3)
    others = [printed("a", "Star", 1), printed("b", "Star", 2)]
    assert boilerplate_bands(own, [1], {1: others}) == {1}


def test_versions_of_one_report_are_no_boilerplate() -> None:
    own = printed("v3", "Star", 1, size=4)
    versions = [printed("v1", "Star", 1, size=4), printed("v2", "Star", 1, size=4)]
    assert boilerplate_bands(own, [1, 2, 3, 4], dict.fromkeys((1, 2, 3, 4), versions)) == set()


def test_shingles_are_what_the_nearest_fingerprint_is() -> None:
    own = " ".join(f"own{k}" for k in range(90))
    cut = shingles(f"{own} {NOTICE}")
    bands = fingerprints(shingles(NOTICE).hashes).view(np.int64).tolist()
    mask = Nearest(bands)(cut.hashes)
    assert not mask[:70].any()
    assert mask[110:].all()
    assert not Nearest([])(cut.hashes).any()
    assert len(Nearest(bands)(shingles("").hashes)) == 0
