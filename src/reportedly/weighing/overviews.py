"""What a story is called and whom it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from ..records.ledger import Story
from .likeness_of_reports import Weighed, dot
from .rarity import Rarity

_CENTRAL = 24  # reports among which the most central one is sought
_ENTITIES = 8


def overview(story: str, members: Sequence[Weighed], rarity: Rarity) -> Story:
    """Return the record of a story.

    Its title is that of the report whose words are most like the others', the
    oldest of equals; its entities are the names that are frequent in it and
    rare elsewhere.

    Args:
        story: its id.
        members: at least one report, oldest first.
        rarity: how rare names are in the desk.
    """
    dates = [one.profile.day for one in members if one.profile.dated]
    return Story(
        id=story,
        title=_title(members),
        reports=tuple(one.profile.id for one in members),
        first=_iso(min(dates)) if dates else None,
        last=_iso(max(dates)) if dates else None,
        entities=_entities(members, rarity),
    )


def _title(members: Sequence[Weighed]) -> str:
    titled = [one for one in members if one.profile.title] or members
    some = titled[:: max(1, len(titled) // _CENTRAL)][:_CENTRAL]
    sums = [sum(dot(one.text, other.text) for other in some) for one in some]
    best = some[max(range(len(some)), key=lambda k: (round(sums[k], 6), -k))] if len(some) > 2 else some[0]
    return best.profile.title or best.profile.id


def _entities(members: Sequence[Weighed], rarity: Rarity) -> tuple[str, ...]:
    reports: Counter[str] = Counter()
    rarities: dict[str, float] = {}
    shown: dict[str, str] = {}
    for one in members:
        rarities |= {key: rarity.name(key) for key in one.profile.names}
        rarities |= {key: rarity.person(key) for key in one.profile.people}
        reports.update({*one.profile.people, *one.profile.names})
        shown = one.profile.shown | shown
    least = 1 if len(members) < 3 else 2
    often = [key for key, count in reports.items() if count >= least]
    best = sorted(often, key=lambda key: (-reports[key] * rarities[key], key))
    return tuple(shown.get(key, key) for key in best[:_ENTITIES])


def _iso(day: float) -> str:
    return datetime.fromtimestamp(round(day * 86400), UTC).isoformat().replace("+00:00", "Z")
