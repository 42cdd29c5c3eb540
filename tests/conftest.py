"""What the tests share."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from hypothesis import settings

from reportedly.reading.cast import Cast
from reportedly.reading.entities import gather
from reportedly.reading.page import Name, Page

# The gates try the same examples every time; by hand, every run tries new ones. How long one takes depends on
# the machine, and no test depends on that.
settings.register_profile("gates", derandomize=True, deadline=None)
settings.register_profile("by hand", deadline=None)
settings.register_profile("deep", deadline=None, max_examples=5_000)
settings.load_profile("gates" if os.environ.get("CI") else "by hand")

T = TypeVar("T")
MakeCast = Callable[..., tuple[Page, Cast]]


@pytest.fixture(scope="session")
def wait_for() -> Callable[[Coroutine[Any, Any, T]], T]:
    """Run a coroutine to its end, on a thread of its own: a browser may keep a loop running on this one."""

    def run(work: Coroutine[Any, Any, T]) -> T:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, work).result()

    return run


@pytest.fixture
def cast_of() -> MakeCast:
    """Build a page and its cast from a text and the names in it: ``cast_of(text, ("Ann Lee", "PER"), …)``.

    Every occurrence of a name counts, longer names first.
    """

    def make(text: str, *names: tuple[str, str]) -> tuple[Page, Cast]:
        page = Page(text)
        found: list[Name] = []
        for form, kind in sorted(names, key=lambda n: -len(n[0])):
            at = text.find(form)
            while at >= 0:
                end = at + len(form)
                if not any(n.start < end and at < n.end for n in found):
                    found.append(Name(at, end, kind))  # type: ignore[arg-type]  # the test gives one of the four
                at = text.find(form, end)
        return page, gather(page, sorted(found, key=lambda n: n.start))

    return make
