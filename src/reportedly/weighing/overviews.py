"""What a story is called and whom it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from ..records.ledger import Story
from .profile import Profile
from .rarity import Rarity
from .weights import Weighed

_CENTRAL = 24  # reports among which the most central one is sought
_ENTITIES = 8


def overview(
    story: str, members: Sequence[Profile], rarity: Rarity, weighed: Callable[[Profile], Weighed]
) -> Story:
    """Return the record of a story.

    Its title is that of the report whose words are most like the others', the
    oldest of equals; its entities are the names that are frequent in it and
    rare elsewhere.

    Args:
        story: its id.
        members: at least one report, oldest first.
        rarity: how rare names are in the desk.
        weighed: gives a report's words by their weight.
    """
    dates = [one.day for one in members if one.dated]
    return Story(
        id=story,
        title=_title(members, weighed),
        reports=tuple(one.id for one in members),
        first=_iso(min(dates)) if dates else None,
        last=_iso(max(dates)) if dates else None,
        entities=_entities(members, rarity),
    )


def _title(members: Sequence[Profile], weighed: Callable[[Profile], Weighed]) -> str:
    titled = [one for one in members if one.title] or members
    some = titled[:: max(1, len(titled) // _CENTRAL)][:_CENTRAL]
    best = some[0]
    if len(some) > 2:
        sums = _likeness_to_all([weighed(one) for one in some])
        best = some[max(range(len(some)), key=lambda k: (round(sums[k], 6), -k))]
    return best.title or best.id


def _likeness_to_all(some: Sequence[Weighed]) -> list[float]:
    """Return for each report the sum of its words' cosines with all of them."""
    words = np.concatenate([one.traits.words for one in some])
    values = np.concatenate([one.columns[:, 0] for one in some])
    owner = np.repeat(np.arange(len(some)), [len(one.traits.words) for one in some])
    _, places = np.unique(words, return_inverse=True)
    total = np.bincount(places, values)
    sums: list[float] = np.bincount(owner, values * total[places], len(some)).tolist()
    return sums


def _entities(members: Sequence[Profile], rarity: Rarity) -> tuple[str, ...]:
    reports: Counter[str] = Counter()
    rarity_of: dict[str, Callable[[str], float]] = {}
    shown: dict[str, str] = {}
    for one in members:
        rarity_of.update(dict.fromkeys(one.names, rarity.name))
        rarity_of.update(dict.fromkeys(one.people, rarity.person))
        reports.update({*one.people, *one.names})
        for key, name in one.shown.items():
            shown.setdefault(key, name)
    least = 1 if len(members) < 3 else 2
    often = [key for key, count in reports.items() if count >= least]
    best = sorted(often, key=lambda key: (-reports[key] * rarity_of[key](key), key))
    return tuple(shown.get(key, key) for key in best[:_ENTITIES])


def _iso(day: float) -> str:
    return datetime.fromtimestamp(round(day * 86400), UTC).isoformat().replace("+00:00", "Z")
