"""Streaming clustering of reports into stories: which reports are about the same happening.

A new report is compared with the few that share something rare with it, and the
stories that it touches are grouped anew, so that a late report can join an old
story, two stories become one, or a wrong guess be taken back. What people
decided is always obeyed. Nothing is stored here: the desk keeps profiles,
decisions and who is in which story, and gives them back with :meth:`Stories.load`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from ..data import tables
from ..records.ledger import Story
from .beside import beside_others
from .comparing import Comparing
from .grouping import Link, Pair, group
from .likeness_of_reports import probability
from .overviews import overview
from .profile import Profile
from .rulings import Rulings
from .succession import Kind, Step, name_groups, steps

_CANDIDATES = 50  # reports that a new one is compared with
_UNITS = 36  # reports that are grouped anew one by one; stories beyond that keep together
_SPEAK_FOR = 10  # reports that are compared on behalf of a story that keeps together
_SMALL, _FEW = 40, 10  # reports of a small desk, and of one that is too small to tell
_OVERLOOKED = 400  # reports of a desk in which each pair is seen beside all the others


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Stories became others. ``story`` is the one that is there now.

    ``merge``: the stories ``others`` are now part of it. ``split``: it was part
    of the story in ``others``. ``move``: ``reports`` came to it from ``others``.
    """

    kind: Kind
    story: str
    others: tuple[str, ...]
    reports: tuple[str, ...]
    why: str


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Where a report went. ``score``: how likely it is of one happening with the rest of the story, 0 to 1;
    ``None`` where it stands alone."""

    report: str
    story: str
    score: float | None
    why: tuple[str, ...]
    changes: tuple[Change, ...] = ()


class Stories:
    """The stories of a desk. Not safe for use by several threads at once."""

    def __init__(self, rulings: Rulings | None = None) -> None:
        self._rulings = rulings or Rulings()
        self._known = Comparing()
        self._home: dict[str, str] = {}
        self._members: dict[str, dict[str, None]] = {}
        table = tables.toml("stories")["grouping"]
        self._reach: float = table["reach"]
        self._absent: float = table["absent"]
        self._single: float = table["single"]
        self._threshold: float = table["threshold"]
        self._small_desk: Mapping[str, float] = table["small_desk"]

    @classmethod
    def load(
        cls, profiles: Iterable[Profile], placed: Mapping[str, str], rulings: Rulings | None = None
    ) -> Stories:
        """Return the state in which each report stands in the story that ``placed`` (report → story) names.

        Nothing is compared. A report that ``placed`` leaves out is added after the rest.
        """
        stories = cls(rulings)
        waiting = []
        for one in profiles:
            if one.id in placed:
                stories._known.enter(one)
                stories._put(one.id, placed[one.id])
            else:
                waiting.append(one)
        for one in sorted(waiting, key=_age):
            stories.add(one)
        return stories

    @classmethod
    def rebuild(
        cls,
        profiles: Iterable[Profile],
        rulings: Rulings | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Stories:
        """Group all reports at once. What comes out depends on the reports and decisions, not on their order.

        ``known`` (report → story) says which ids stories had, so that they keep them.
        """
        stories = cls(rulings)
        for one in sorted(profiles, key=_age):
            stories._known.enter(one)
        for report, story in (known or {}).items():
            if report in stories._known.profiles:
                stories._put(report, story)
        stories.settle()
        return stories

    def __contains__(self, report: object) -> bool:
        return report in self._known.profiles

    def __len__(self) -> int:
        """Return how many reports there are."""
        return len(self._known.profiles)

    @property
    def ids(self) -> tuple[str, ...]:
        """The stories, by their oldest report."""
        return tuple(sorted(self._members, key=lambda story: (self._oldest(self._members[story]), story)))

    def has_story(self, story: str) -> bool:
        """Tell whether there is a story of this id."""
        return story in self._members

    def story_of(self, report: str) -> str:
        """Return the story of a report; raises ``KeyError`` if the report is not here."""
        return self._home[report]

    def reports(self, story: str) -> tuple[str, ...]:
        """Return the reports of a story, oldest first; raises ``KeyError`` if there is no such story."""
        return tuple(sorted(self._members[story], key=lambda report: _age(self._known.profiles[report])))

    def placed(self) -> dict[str, str]:
        """Return which story each report is in, as :meth:`load` takes it."""
        return dict(self._home)

    def add(self, one: Profile) -> Assignment:
        """Take in a report, or a new revision of one, and return where it went.

        Takes about the same time however many reports and stories there are.
        """
        former = self._home.get(one.id)
        if former is not None:
            self._leave(one.id)
        self._known.enter(one)
        odds = self._known.odds_with(one.id, self._known.near(one.id, _CANDIDATES))
        reach = self._bar() + self._reach
        touched: dict[str, float] = {}
        for other, value in odds.items():
            if value > reach:
                home = self._home[other]
                touched[home] = max(touched.get(home, value), value)
        near = sorted(touched, key=lambda story: (-touched[story], story))
        bound = {self._home[other] for other in self._bound(one.id) if other in self._home}
        if former is not None and former in self._members:
            bound.add(former)
        near = list(dict.fromkeys([*sorted(bound), *near]))
        changes = self._regroup_near(near, one.id)
        score, why = self._why(one.id, odds)
        return Assignment(
            report=one.id, story=self._home[one.id], score=score, why=why, changes=tuple(changes)
        )

    def remove(self, report: str) -> None:
        """Take a report out; raises ``KeyError`` if it is not here. The rest of its story stays together."""
        self._leave(report)

    def follow(self, profiles: Iterable[Profile], placed: Mapping[str, str]) -> None:
        """Take over what others did: reports that are new or revised, and where each one stands now.

        As with :meth:`load`, nothing is compared; a report that ``placed`` leaves out is gone.
        """
        for one in profiles:
            if one.id in self._known.profiles:
                self._leave(one.id)
            self._known.enter(one)
        for report in [r for r in self._known.profiles if r not in placed]:
            self._leave(report)
        for report, story in placed.items():
            home = self._home.get(report)
            if report in self._known.profiles and home != story:
                if home is not None:
                    self._take_out(report, home)
                self._put(report, story)

    def rule(self, rulings: Rulings) -> tuple[Change, ...]:
        """Obey these decisions from now on, in place of the former ones, and return what changed at once."""
        former, self._rulings = self._rulings, rulings
        changed = set(former.together) ^ set(rulings.together)
        reports = {report for both in changed for report in both}
        reports |= {report for both in set(former.apart) ^ set(rulings.apart) for report in both}
        touched = sorted({self._home[report] for report in reports if report in self._home})
        if touched and len(self._known.profiles) <= _OVERLOOKED:
            touched = sorted(self._members)
        return tuple(self._regroup(touched, [], whole=True)) if touched else ()

    def recluster(self, story: str) -> tuple[Change, ...]:
        """Group the reports of one story anew; raises ``KeyError`` if there is no such story."""
        if story not in self._members:
            raise KeyError(story)
        return tuple(self._regroup([story], [], whole=True))

    def settle(self) -> tuple[Change, ...]:
        """Group everything anew, as :meth:`rebuild` does, and return what changed."""
        self._known.forget()
        loose = [report for report in self._known.profiles if report not in self._home]
        return tuple(self._regroup(sorted(self._members), loose, whole=True))

    def overview(self, story: str) -> Story:
        """Return the record of a story; raises ``KeyError`` if there is no such story."""
        members = [self._known.profiles[report] for report in self.reports(story)]
        return overview(story, members, self._known.rarity, lambda one: self._known.weighed(one.id))

    # what is kept

    def _leave(self, report: str) -> None:
        self._known.leave(report)
        story = self._home.get(report)
        if story is not None:
            self._take_out(report, story)

    def _take_out(self, report: str, story: str) -> None:
        del self._home[report]
        del self._members[story][report]
        if not self._members[story]:
            del self._members[story]

    def _put(self, report: str, story: str) -> None:
        self._home[report] = story
        self._members.setdefault(story, {})[report] = None

    def _bar(self) -> float:
        """Return the log-odds above which stories are joined.

        It is lower in a small desk, where few stories are followed and two
        reports are more often of one happening; not in one of so few reports
        that nothing is known of it yet.
        """
        small = self._telling() / (1 + len(self._known.profiles) / _SMALL)
        return self._threshold + self._small_desk["threshold"] * small

    def _smallness(self) -> float:
        """Return how small the desk is, 1 to 0: half for ``_SMALL`` reports, and soon next to nothing."""
        return 1 / (1 + (len(self._known.profiles) / _SMALL) ** 2)

    def _telling(self) -> float:
        """Return how much a desk of so many reports tells of what is in it, 0 to 1: half for ``_FEW``."""
        return 1 / (1 + _FEW / max(1, len(self._known.profiles)))

    def _bound(self, report: str) -> set[str]:
        return {other for both in self._rulings.together if report in both for other in both} - {report}

    def _oldest(self, reports: Iterable[str]) -> tuple[float, str]:
        return min(_age(self._known.profiles[report]) for report in reports)

    # grouping

    def _regroup_near(self, stories: Sequence[str], report: str) -> list[Change]:
        """Group a new report and the stories that it touches; in a small desk, everything."""
        if len(self._known.profiles) <= _CANDIDATES:
            return self._regroup(sorted(self._members), [report], because=report, whole=True)
        return self._regroup(stories, [report], because=report)

    def _regroup(
        self, stories: Sequence[str], loose: Sequence[str], *, because: str | None = None, whole: bool = False
    ) -> list[Change]:
        """Group the reports of some stories and loose reports anew. The first stories matter most."""
        units: list[tuple[str, ...]] = [(report,) for report in loose]
        room = _UNITS
        for story in stories:
            members = self.reports(story)
            if whole or len(members) <= room:
                units += [(report,) for report in members]
                room -= len(members)
            else:
                units.append(members)
        units.sort(key=lambda unit: _age(self._known.profiles[unit[0]]))
        place = {report: number for number, unit in enumerate(units) for report in unit}
        together = [pair for both in self._rulings.together for pair in _pairs_of_row(sorted(both), place)]
        apart = [pair for both in self._rulings.apart for pair in _pairs_of_row(both, place)]
        links = self._links_near(place) if whole and len(units) > _UNITS else self._links_all(units)
        if whole and len(units) == len(self._known.profiles) <= _OVERLOOKED:
            links = beside_others(
                len(units),
                links,
                absent=self._absent,
                company=self._small_desk["company"] * self._smallness() * self._telling(),
                centred=self._small_desk["centred"] * self._smallness(),
            )
        groups = group(
            [len(unit) for unit in units],
            links,
            absent=self._absent,
            single=self._single,
            together=together,
            apart=apart,
            threshold=self._bar(),
        )
        return self._settle_in(
            [[r for number in numbers for r in units[number]] for numbers in groups], because
        )

    def _links_all(self, units: Sequence[tuple[str, ...]]) -> dict[Pair, Link]:
        links = {}
        profiles = self._known.profiles
        for i, one in enumerate(units):
            rest = units[i + 1 :]
            speaking = [(_speakers(one, two, profiles), _speakers(two, one, profiles)) for two in rest]
            wanted: dict[str, dict[str, None]] = {}
            for here, there in speaking:
                for report in here:
                    wanted.setdefault(report, {}).update(dict.fromkeys(there))
            odds = {report: self._known.odds_with(report, list(others)) for report, others in wanted.items()}
            for j, (two, (here, there)) in enumerate(zip(rest, speaking, strict=True), i + 1):
                values = [odds[a][b] for a in here for b in there]
                pairs = len(one) * len(two)
                links[i, j] = Link(sum(values) / len(values) * pairs, pairs, max(values))
        return links

    def _links_near(self, place: Mapping[str, int]) -> dict[Pair, Link]:
        links: dict[Pair, Link] = {}
        for report, i in place.items():
            near = [o for o in self._known.near(report, _CANDIDATES) if o in place]
            for other, odds in self._known.odds_with(report, near).items():
                j = place[other]
                if j != i:
                    links[min(i, j), max(i, j)] = Link(odds, 1, odds)
        return links

    def _settle_in(self, groups: Sequence[Sequence[str]], because: str | None) -> list[Change]:
        """Put groups of reports in the stories that they go on as."""
        old = {report: self._home[report] for members in groups for report in members if report in self._home}
        for report, story in old.items():
            self._take_out(report, story)
        names = name_groups(groups, old, self._members)
        for members, name in zip(groups, names, strict=True):
            for report in members:
                self._put(report, name)
        return [
            Change(
                kind=step.kind,
                story=step.story,
                others=step.others,
                reports=step.reports,
                why=self._why_merged(step, because) if step.kind == "merge" else self._why_apart(step),
            )
            for step in steps(groups, names, old)
        ]

    # why

    def _why(self, report: str, odds: Mapping[str, float]) -> tuple[float | None, tuple[str, ...]]:
        own = self._home[report]
        rest = tuple(other for other in self.reports(own) if other != report)
        if not rest:
            if not odds:
                return None, ("no other report shares a name, a place or a rare word with it",)
            nearest = min(odds, key=lambda other: (-odds[other], other))
            return None, (f"the most alike is {self._called(nearest)}, {_percent(odds[nearest])}",)
        some = _speakers(rest, (report,), self._known.profiles)
        score = probability(sum(self._known.odds_with(report, some).values()) / len(some))
        nearest = self._nearest(report, rest)
        decided = ("a person put it there",) if self._bound(report) & set(rest) else ()
        head = f"most like {self._called(nearest)}, {_percent(self._known.odds(report, nearest))}"
        return round(score, 3), (
            *decided,
            head,
            *self._known.reasons(report, nearest),
        )

    def _why_merged(self, step: Step, because: str | None) -> str:
        gone = set(step.reports)
        kept = [report for report in self.reports(step.story) if report not in gone and report != because]
        if any(both & gone and both & set(kept) for both in self._rulings.together):
            return "a person put them together"
        if because is not None and self._home[because] == step.story and because not in gone and kept:
            links = (self._link(self._nearest(because, side), because) for side in (step.reports, kept))
            return f"{self._called(because)} belongs to both: {' and '.join(links)}"
        pairs = ((x, y) for x in step.reports[:_SPEAK_FOR] for y in kept[:_SPEAK_FOR])
        one, two = min(pairs, key=lambda pair: (-self._known.odds(*pair), pair))
        return f"{self._called(two)} and {self._link(one, two)}"

    def _nearest(self, report: str, others: Sequence[str]) -> str:
        odds = self._known.odds_with(report, _speakers(others, (report,), self._known.profiles))
        return min(odds, key=lambda other: (-odds[other], other))

    def _link(self, one: str, two: str) -> str:
        told = self._known.reasons(one, two)
        return f"{self._called(one)} ({'; '.join(told)})"

    def _why_apart(self, step: Step) -> str:
        here, left = set(step.reports), set(step.left)
        if any((a in here and b in left) or (b in here and a in left) for a, b in self._rulings.apart):
            return "a person told them apart"
        odds = [self._known.odds(a, b) for a in step.reports[:_SPEAK_FOR] for b in step.left[:_SPEAK_FOR]]
        if not odds:
            return "the rest of it is elsewhere now"
        return f"only {_percent(sum(odds) / len(odds))} likely to be of one happening, on the mean"

    def _called(self, report: str) -> str:
        title = self._known.profiles[report].title
        return f"“{title}”" if title else f"report {report}"


def _age(one: Profile) -> tuple[float, str]:
    return one.day, one.id


def _speakers(unit: Sequence[str], other: Sequence[str], profiles: Mapping[str, Profile]) -> Sequence[str]:
    """Return the reports that are compared on behalf of a unit: half nearest in time, half spread over it."""
    if len(unit) <= _SPEAK_FOR:
        return unit
    middle = profiles[other[len(other) // 2]].day
    half = _SPEAK_FOR // 2
    near = sorted(unit, key=lambda report: (abs(profiles[report].day - middle), report))[:half]
    step = len(unit) / half
    return list(dict.fromkeys([*near, *(unit[int(k * step)] for k in range(half))]))


def _pairs_of_row(row: Sequence[str], place: Mapping[str, int]) -> Iterable[Pair]:
    """Return the neighbours of a row that are here as pairs of unit numbers."""
    here = [place[report] for report in row if report in place]
    return ((a, b) for a, b in pairwise(here) if a != b)


def _percent(odds: float) -> str:
    return f"{100 * probability(odds):.0f}%"
