"""Reads news reports and keeps a ledger of claims: who said what, how firmly, through whom.

    >>> import reportedly
    >>> reading = reportedly.read("The mayor said the bridge was safe. Engineers denied it.")
    >>> for claim in reading.attributions:
    ...     print(claim.source.text, "|", claim.stance, "|", claim.content.text)

:func:`read` takes a text, a path or an address and gives one :class:`Reading`;
:func:`read_all` gives one for each report of a file that holds several. The
records are the rest of the public face. Models load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._front import read, read_all
from .errors import DeskError, IntakeError, ModelError, Rejected, ReportedlyError
from .records import (
    Attribution,
    Credit,
    Entity,
    Event,
    Figure,
    Mention,
    Passage,
    Place,
    Reading,
    Relation,
    Report,
    Source,
    Time,
    json_schema,
)

if TYPE_CHECKING:
    from .desk import open_desk

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Credit",
    "DeskError",
    "Entity",
    "Event",
    "Figure",
    "IntakeError",
    "Mention",
    "ModelError",
    "Passage",
    "Place",
    "Reading",
    "Rejected",
    "Relation",
    "Report",
    "ReportedlyError",
    "Source",
    "Time",
    "__version__",
    "json_schema",
    "open_desk",
    "read",
    "read_all",
]


def __getattr__(name: str) -> Any:
    """Load the desk when it is asked for: reading alone does not need a store."""
    if name == "open_desk":
        from .desk import open_desk

        return open_desk
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
