"""The front door: :func:`read` and :func:`read_all`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .errors import IntakeError, Rejected, ReportedlyError
from .records import Reading, Report
from .settings import settings

_FILE_NAME = re.compile(r"\S+\.(?:txt|text|html?|jsonl|ndjson|gz)", re.IGNORECASE)


def read(
    source: str | Path,
    *,
    title: str | None = None,
    outlet: str | None = None,
    published: str | None = None,
    url: str | None = None,
    allow_private: bool = False,
) -> Reading:
    """Read one report.

    Args:
        source: the text of a report; or the path of a file (``.txt``, ``.html``,
            ``.jsonl``); or an ``http(s)`` address. A ``str`` is taken for a path
            only if such a file exists or it looks like a file's name ("report.txt").
        title, outlet, published, url: what is known of the report; stands before
            what the report itself says. ``published`` is ISO 8601.
        allow_private: allow addresses of one's own network.

    Returns:
        The reading; of a file with several reports, that of the first.

    Raises:
        IntakeError: there is nothing to read (its subclasses say why).
        ModelError: the weights are missing or damaged.
    """
    for outcome in read_all(
        source, title=title, outlet=outlet, published=published, url=url, allow_private=allow_private
    ):
        if isinstance(outcome, Rejected):
            raise outcome.error
        return outcome
    raise IntakeError("there is no report in it")


def read_all(
    source: str | Path,
    *,
    title: str | None = None,
    outlet: str | None = None,
    published: str | None = None,
    url: str | None = None,
    allow_private: bool = False,
) -> Iterator[Reading | Rejected]:
    """Read every report of ``source`` (as for :func:`read`), lazily and in order.

    What cannot be read comes as :class:`Rejected` and does not stop the rest.
    """
    from .intake import Fetching, Overrides, from_text, take_in
    from .reading.reader import read_report

    overrides = Overrides(title=title, outlet=outlet, published=published, url=url)
    most = settings().max_bytes
    where = str(source) if _is_place(source) else "text"
    reports: Iterator[Report | Rejected]
    try:
        if where == "text" and isinstance(source, str):
            reports = iter([from_text(source, overrides=overrides, max_bytes=most)])
        else:
            fetching = Fetching(allow_private=allow_private)
            reports = take_in(source, overrides=overrides, fetching=fetching, max_bytes=most)
    except ReportedlyError as error:
        yield Rejected(where, error)
        return
    for outcome in reports:
        yield read_report(outcome) if isinstance(outcome, Report) else outcome


def _is_place(source: str | Path) -> bool:
    if isinstance(source, Path):
        return True
    if not isinstance(source, str):
        raise TypeError(f"source is a text, a path or an address, not {type(source).__name__}")
    if source == "-" or source.startswith(("http://", "https://")):
        return True
    if "\n" in source or len(source) > 1000:
        return False
    if _FILE_NAME.fullmatch(source):
        return True  # said to be missing if it is, rather than read as a text
    try:
        return Path(source).is_file()
    except OSError:
        return False
