"""The records: frozen, without I/O, the centre that everything else is built around."""

from .attribution import Attribution, Factuality, Quotation, Source, SourceKind, Stance
from .reading import Reading, json_schema
from .report import Credit, Report
from .span import Mention, Passage, Span, literal, mention, passage
from .things import Entity, Event, Figure, Place, Relation, Time

__all__ = [
    "Attribution",
    "Credit",
    "Entity",
    "Event",
    "Factuality",
    "Figure",
    "Mention",
    "Passage",
    "Place",
    "Quotation",
    "Reading",
    "Relation",
    "Report",
    "Source",
    "SourceKind",
    "Span",
    "Stance",
    "Time",
    "json_schema",
    "literal",
    "mention",
    "passage",
]
