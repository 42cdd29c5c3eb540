"""What people decided, in the form that the weighing obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from ..records import Attribution, Reading

Place = tuple[str, str]  # report id, attribution id
Pair = tuple[Place, Place]

CORRECTABLE = ("stance", "factuality", "kind")


@dataclass(frozen=True)
class Rulings:
    """The decisions that stand.

    ``together`` are sets of reports that belong to one story, ``apart`` pairs of
    reports that do not. ``confirmed`` and ``rejected`` are pairs of appearances
    that are, or are not, the same claim. ``corrections`` map an attribution to
    the fields (:data:`CORRECTABLE`) that a person set. ``hidden`` reports are
    left out of everything.
    """

    together: tuple[frozenset[str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    confirmed: tuple[Pair, ...] = ()
    rejected: tuple[Pair, ...] = ()
    corrections: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def corrected(self, reading: Reading) -> Reading:
        """Return the reading with the fields that people corrected."""
        own = {a: fields for (report, a), fields in self.corrections.items() if report == reading.report.id}
        if not own:
            return reading
        return msgspec.structs.replace(
            reading, attributions=tuple(_corrected(a, own.get(a.id)) for a in reading.attributions)
        )


def _corrected(attribution: Attribution, fields: Mapping[str, str] | None) -> Attribution:
    if not fields:
        return attribution
    changed = msgspec.to_builtins(attribution)
    for name, value in fields.items():
        if name == "kind":
            changed["source"]["kind"] = value
        else:
            changed[name] = value
    changed["decided_by"] = "a person"
    return msgspec.convert(changed, type=Attribution)
