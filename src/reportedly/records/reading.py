"""A reading: everything that was found in one report."""

from __future__ import annotations

from typing import Literal

import msgspec

from .attribution import Attribution
from .report import Report
from .things import Entity, Event, Figure, Place, Relation, Time


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One report and the claims in it: the contract of ``reportedly read --format json``.

    Offsets anywhere are half-open character offsets into ``report.text``; ids
    are unique within the reading and the same whenever the same text is read.
    """

    schema: Literal["reportedly/reading/1"] = "reportedly/reading/1"
    report: Report
    attributions: tuple[Attribution, ...] = ()
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    figures: tuple[Figure, ...] = ()
    places: tuple[Place, ...] = ()
    times: tuple[Time, ...] = ()
    relations: tuple[Relation, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the reading as one line of JSON."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, line: str | bytes) -> Reading:
        """Read what :meth:`to_json` wrote; raises ``msgspec.ValidationError`` on anything else."""
        return msgspec.json.decode(line, type=cls)


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of a reading."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Reading)}
