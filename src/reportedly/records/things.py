"""What claims are about: entities, events, figures, places, times, relations."""

from __future__ import annotations

from typing import Literal

import msgspec

from .span import Mention, Passage

Schema = Literal[
    "Person", "Organization", "PublicBody", "Company", "LegalEntity", "Address", "Vessel", "Vehicle", "Event",
    "Thing",
]  # fmt: skip
PloverType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
]  # fmt: skip
Status = Literal["occurred", "ongoing", "planned", "threatened", "hypothetical", "denied"]
Bound = Literal["exactly", "at least", "at most", "more than", "fewer than", "about", "between"]
Precision = Literal["exact", "city", "region", "country", "continent"]


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody or something under all the names that the report gives.

    ``schema`` is FollowTheMoney's. ``mentions`` include pronouns and
    descriptions that were resolved; ``aliases`` only names.
    """

    id: str
    name: str
    schema: Schema
    aliases: tuple[str, ...] = ()
    mentions: tuple[Passage, ...]
    link: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, or is said to: PLOVER's 16 types (Open Event Data Alliance 2018).

    ``attribution`` is the id of the attribution that reports it; ``place`` and
    ``time`` are ids of this reading.
    """

    id: str
    type: PloverType
    mode: str | None = None
    trigger: Passage
    status: Status
    actors: tuple[Mention, ...] = ()
    recipients: tuple[Mention, ...] = ()
    place: str | None = None
    time: str | None = None
    attribution: str | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity, as a range, in the words used.

    ``unit`` is ``person``, an ISO 4217 code, ``percent``, or the noun in the
    singular; ``measure`` is what was counted or done to them ("killed").
    ``value`` is the number said, ``low`` and ``high`` what it allows; ``None``
    is open. ``event`` is the id of the event that the figure belongs to.
    """

    id: str
    text: str
    spans: tuple[tuple[int, int], ...]
    value: float | None
    low: float | None
    high: float | None
    bound: Bound | None
    unit: str | None
    measure: str | None
    event: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map; ``geonames`` is its GeoNames id, ``country`` ISO 3166-1 alpha-2."""

    id: str
    text: str
    spans: tuple[tuple[int, int], ...]
    geonames: int | None
    country: str | None
    lat: float | None
    lon: float | None
    precision: Precision | None


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """A time expression with its TIMEX3 or EDTF ``value``; ``anchor`` is the date it was resolved against."""

    id: str
    text: str
    spans: tuple[tuple[int, int], ...]
    value: str | None
    anchor: str | None


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an attribution states of two parties ("leads", "accused_of").

    ``subject`` and ``object`` are mentions; their ``entity`` is an id where the
    party is one of the reading's entities. ``negated`` is true where the words
    deny it ("is not a member of").
    """

    id: str
    type: str
    subject: Mention
    object: Mention
    spans: tuple[tuple[int, int], ...]
    negated: bool = False
    attribution: str | None = None
