"""Which new group of reports goes on as which old story, and what that means: merged, split, moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Literal, NamedTuple

Kind = Literal["merge", "split", "move"]


class Step(NamedTuple):
    """``reports`` came to ``story`` from ``others``; see ``stories.Change`` for the kinds.

    ``left`` are the reports of ``others`` that are elsewhere now.
    """

    kind: Kind
    story: str
    others: tuple[str, ...]
    reports: tuple[str, ...]
    left: tuple[str, ...] = ()


def name_groups(
    groups: Sequence[Sequence[str]], old: Mapping[str, str], taken: Container[str]
) -> tuple[str, ...]:
    """Return a story's id for each group of reports.

    An old story goes on as the group that holds most of its reports; of several
    that go on as one group the one with most reports there keeps its id. Other
    groups get an id made from their first report's.

    Args:
        groups: disjoint, none empty.
        old: the story that each report was in, as far as it was in one.
        taken: ids that are in use by stories that have no part in this.
    """
    shares = Counter(
        (old[report], number) for number, group in enumerate(groups) for report in group if report in old
    )
    heirs: dict[str, tuple[int, int]] = {}
    for (story, number), size in sorted(shares.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        heirs.setdefault(story, (number, size))
    kept: dict[int, str] = {}
    for story, (number, _) in sorted(heirs.items(), key=lambda item: (-item[1][1], item[0])):
        kept.setdefault(number, story)
    used = set(heirs)
    names = []
    for number, group in enumerate(groups):
        name = kept.get(number) or _new_name(group[0], used, taken)
        used.add(name)
        names.append(name)
    return tuple(names)


def _new_name(report: str, used: Container[str], taken: Container[str]) -> str:
    number, seed = 1, report
    while True:
        name = "s" + hashlib.sha256(seed.encode()).hexdigest()[:12]
        if name not in used and name not in taken:
            return name
        number += 1
        seed = f"{report}#{number}"


def steps(groups: Sequence[Sequence[str]], names: Sequence[str], old: Mapping[str, str]) -> list[Step]:
    """Return what became of the old stories, group by group."""
    found = []
    living, before = set(names), set(old.values())
    former: dict[str, list[str]] = {}
    for group in groups:
        for report in group:
            if report in old:
                former.setdefault(old[report], []).append(report)
    for group, name in zip(groups, names, strict=True):
        here = set(group)
        came: dict[str, list[str]] = {}
        for report in group:
            if old.get(report, name) != name:
                came.setdefault(old[report], []).append(report)
        merged = [story for story in came if name in before and story not in living]
        if merged:
            reports = tuple(report for story in merged for report in came[story])
            found.append(Step("merge", name, tuple(merged), reports))
        for story in came:
            if story not in merged:
                left = tuple(report for report in former[story] if report not in here)
                found.append(
                    Step("move" if name in before else "split", name, (story,), tuple(came[story]), left)
                )
    return found
