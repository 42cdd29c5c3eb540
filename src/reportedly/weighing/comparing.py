"""The reports of a desk as they are compared: which are near one, and how likely two are of one happening.

What was found is kept in memory until rarities have changed much.
"""

from __future__ import annotations

from collections.abc import Sequence

from .likeness_of_reports import features_of, odds_of
from .nearby import Nearby
from .profile import Profile
from .rarity import Rarity
from .reasons import reasons
from .weights import Weighed, traits, weigh

_STALE = 1.25  # a desk grown by so much has other rarities
_KEPT = 8000  # reports whose weights are kept, with what was found of their pairs
_UNKNOWN = (0.0, -1)  # odds, and how many reports there were when they were found


class Comparing:
    """Reports by their profiles. ``profiles`` and ``rarity`` are for reading only."""

    def __init__(self) -> None:
        self.profiles: dict[str, Profile] = {}
        self.rarity = Rarity()
        self._near = Nearby()
        self._weighed: dict[str, Weighed] = {}
        self._odds: dict[str, dict[str, tuple[float, int]]] = {}

    def enter(self, one: Profile) -> None:
        """Take in a report that is not here yet."""
        if len(self._weighed) > _KEPT:
            self._odds.clear()
            self._weighed.clear()
        self.profiles[one.id] = one
        self.rarity.add(one)
        self._near.add(one)

    def leave(self, report: str) -> None:
        """Take a report out; raises ``KeyError`` if it is not here."""
        one = self.profiles.pop(report)
        self.rarity.remove(one)
        self._near.remove(one)
        self._weighed.pop(report, None)
        for other in self._odds.pop(report, {}):
            self._odds[other].pop(report, None)

    def forget(self) -> None:
        """Compare everything anew from now on."""
        self._odds.clear()

    def near(self, report: str, limit: int) -> list[str]:
        """Return the reports worth a comparison with one, at most ``limit``; see :class:`.nearby.Nearby`."""
        return self._near.find(self.profiles[report], limit)

    def weighed(self, report: str) -> Weighed:
        """Return a report with its words and names weighed by how rare they are now, or were not long ago."""
        found = self._weighed.get(report)
        if found is None or self._is_stale(found.at):
            known = found.traits if found else traits(self.profiles[report], self.rarity)
            found = self._weighed[report] = weigh(known, self.rarity)
        return found

    def odds(self, a: str, b: str) -> float:
        """Return the log-odds that two reports are of one happening."""
        return self.odds_with(a, (b,))[b]

    def odds_with(self, report: str, others: Sequence[str]) -> dict[str, float]:
        """Return the log-odds that a report and each of others are of one happening."""
        known = self._odds.setdefault(report, {})
        found = {other: known.get(other, _UNKNOWN) for other in others}
        stale = [other for other, (_, at) in found.items() if at < 0 or self._is_stale(at)]
        if stale:
            near = [self.weighed(other) for other in stale]
            rows = odds_of(features_of(self.weighed(report), near, self.rarity))
            for other, value in zip(stale, rows.tolist(), strict=True):
                found[other] = known[other] = value, self.rarity.reports
                self._odds.setdefault(other, {})[report] = known[other]
        return {other: odds for other, (odds, _) in found.items()}

    def reasons(self, a: str, b: str) -> tuple[str, ...]:
        """Return what speaks for and against two reports being of one happening, in words."""
        return reasons(self.weighed(a), self.weighed(b), self.rarity)

    def _is_stale(self, at: int) -> bool:
        """Tell whether rarities have changed much since the desk had ``at`` reports."""
        return self.rarity.reports > at * _STALE + 3
