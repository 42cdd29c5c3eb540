"""Ratings: how organisations rated claims in their reviews. Only people write them; nothing here judges."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from ..errors import DeskError
from ..intake.text import without_surrogates
from ..records import Claim
from . import decisions
from .decisions import Decision

PLACES = 20
"""Appearances by which a rated claim is known again when its id is another."""
_LONG, _ADDRESS = 200, 2_000


class Rating(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a ``rate`` decision says: its ``body``.

    ``places`` are appearances ``(report, attribution)`` of the claim: by them it is found again where
    claims were joined or parted since. ``value`` stands between ``worst`` and ``best``.
    """

    claim: str
    places: tuple[tuple[str, str], ...]
    rating: str
    organisation: str
    url: str | None = None
    value: float | None = None
    best: float | None = None
    worst: float | None = None

    def checked(self) -> Rating:
        """Return it tidied.

        Raises:
            DeskError: words are missing or too long, the address is none, or the numbers make no scale.
        """
        rating, organisation = (
            " ".join(without_surrogates(w).split()) for w in (self.rating, self.organisation)
        )
        if not rating or not organisation:
            raise DeskError('a rating has words, such as "unproven", and the name of who rates')
        if max(len(rating), len(organisation)) > _LONG:
            raise DeskError(f"a rating, and the name of who rates, have {_LONG} characters at the most")
        _check_address(self.url)
        numbers = [n for n in (self.value, self.best, self.worst) if n is not None]
        if not all(math.isfinite(n) for n in numbers) or len(numbers) not in (0, 3):
            raise DeskError("a rating in numbers has three: the value, the best and the worst of the scale")
        if self.value is not None and self.best is not None and self.worst is not None:
            low, high = sorted((self.best, self.worst))
            if low == high or not low <= self.value <= high:
                raise DeskError("the value stands between the best and the worst, which are two numbers")
        return msgspec.structs.replace(self, rating=rating, organisation=organisation)


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """A rating that stands: the decision's number, when it was made and by whom, and what it says."""

    decision: int
    decided: str
    who: str
    rating: Rating


def _check_address(url: str | None) -> None:
    if url is None:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or len(url) > _ADDRESS or not url.isprintable() or " " in url:
        raise DeskError("the address of a review begins with http:// or https://")


def ratings(connection: Connection, as_of: str | None = None) -> list[Rated]:
    """Return the ratings that stand, the oldest first; those of a moment if ``as_of`` is given."""
    return of_entries(decisions.standing(decisions.log(connection, as_of)))


def of_entries(entries: Iterable[Decision]) -> list[Rated]:
    """Return the ratings among decisions that stand."""
    return [
        Rated(decision=d.id, decided=d.decided, who=d.who, rating=msgspec.convert(d.body, Rating))
        for d in entries
        if d.kind == "rate"
    ]


def of_claim(found: Sequence[Rated], claim: Claim) -> list[Rated]:
    """Return how a claim is rated, the last rating of each organisation, by organisation.

    A rating belongs to the claim with its id, or that holds its first appearance.
    """
    places = {(a.report, a.attribution) for a in claim.appearances}
    last: dict[str, Rated] = {}
    for one in found:
        if one.rating.claim == claim.id or (one.rating.places and one.rating.places[0] in places):
            last[one.rating.organisation.casefold()] = one
    return [last[name] for name in sorted(last)]
