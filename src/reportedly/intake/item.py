"""One thing to take in, known by where it stands before anything of it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ..errors import IntakeError, ReportedlyError
from ..records import Report
from .captures import Capture
from .web import Fetched

Load = Callable[[], Fetched]
Build = Callable[[Fetched], Report]


@dataclass(frozen=True)
class Item:
    """A report that can be taken in, or a place where one should be.

    Nothing is read or fetched until ``sha256`` or ``report()`` asks for it, and
    then only once, so that what is known already can be passed over by its
    ``locator`` alone. What was read is let go with the item.

    Attributes:
        locator: where it stands: an address, ``path``, ``path#line``,
            ``path@offset`` in an archive; the same in every run.
        seen: when it was captured, where an archive says so.
    """

    locator: str
    seen: datetime | None
    load: Load = field(repr=False, compare=False)
    build: Build = field(repr=False, compare=False)

    @cached_property
    def _loaded(self) -> Fetched | ReportedlyError:
        try:
            return self.load()
        except ReportedlyError as error:
            return error
        except Exception as error:
            return _strange(error)

    @cached_property
    def sha256(self) -> str | None:
        """The SHA-256 of its bytes as they came, unpacked, in hex; ``None`` where they cannot be had."""
        loaded = self._loaded
        return hashlib.sha256(loaded.body).hexdigest() if isinstance(loaded, Fetched) else None

    @property
    def capture(self) -> Capture | None:
        """How it came from the web or stood in an archive, where that is known."""
        return self._loaded.capture if isinstance(self._loaded, Fetched) else None

    def report(self) -> Report:
        """Read it and return the report.

        Raises:
            ReportedlyError: one of its kinds says in one line why there is no report.
        """
        loaded = self._loaded
        if not isinstance(loaded, Fetched):
            raise loaded
        try:
            return self.build(loaded)
        except ReportedlyError:
            raise
        except Exception as error:  # among millions of documents one that trips a library stops nothing
            raise _strange(error) from error


def bad(locator: str, error: ReportedlyError, seen: datetime | None = None) -> Item:
    """Return an item that gives nothing but ``error``, for a place where no report can be read."""

    def fail() -> Fetched:
        raise error

    return Item(locator, seen, fail, _never)


def given(page: Fetched) -> Load:
    """Return a ``load`` for what is in memory already."""
    return lambda: page


def document(body: bytes, url: str = "") -> Fetched:
    """Return bytes that did not come from the web in the form of those that did."""
    return Fetched(url, body, "", None)


def printable(text: str) -> str:
    """Return a path or address as text that can be stored; what is no Unicode is shown as ``\\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode()


def _never(page: Fetched) -> Report:
    raise IntakeError("there is nothing to read")


def _strange(error: Exception) -> IntakeError:
    reason = (str(error).strip().splitlines() or [""])[0][:120]
    return IntakeError(
        f"this document cannot be read: {type(error).__name__}{': ' if reason else ''}{reason}"
    )
