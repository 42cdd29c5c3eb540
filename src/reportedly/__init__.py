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

from ._front import read, read_all
from .errors import IntakeError, ModelError, Rejected, ReportedlyError
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

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Credit",
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
    "read",
    "read_all",
]
