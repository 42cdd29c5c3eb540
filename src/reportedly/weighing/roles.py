"""Roles: how a figure stands to what stood before it in a series.

It replaces what stood, corrects it, disputes it or repeats it. Sources that do
not agree are kept side by side as lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..data import tables
from ..records import Copy, Point
from ..records.ledger import Role
from .counted import by_order
from .filed import Filed
from .tallies import Tally, Thing

_TOGETHER = timedelta(hours=6)  # figures this close in time are given at about the same time
_SAMENESS = 1e-6


@dataclass
class Line:
    """The last figure of a source, or of sources that replace each other, and all who gave it."""

    standing: Tally
    when: datetime
    keys: set[str]
    opposed: bool = False

    def take(self, tally: Tally, when: datetime) -> None:
        self.standing, self.when = tally, when
        self.keys.add(tally.giver.key)


@dataclass
class Track:
    """A series in the making. ``lines[0]`` is the one that the story follows."""

    thing: Thing
    lines: list[Line] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)


def when_of(filed: Filed) -> datetime:
    """Return the moment of a revision: the first is as old as the report, a later one as its change."""
    if filed.revision == 1:
        return filed.published
    return max(filed.published, filed.seen)


def withdraw(tracks: Sequence[Track], tally: Tally) -> None:
    """Take a line away whose source gives its figure up without another in its place."""
    if "withdrawn" not in tally.marks or tally.value is None:
        return
    for track in tracks:
        for line in track.lines[1:]:
            if line.standing.value == tally.value:
                old = line.standing
                track.lines.remove(line)
                given_up = replace(tally, value=None, low=None, high=None)
                why = f"“{old.text}”, which {named(old)} gave, is given up without another number"
                track.points.append(point(given_up, "corrects", why))
                return


def copied(sources: dict[str, Copy], filed: Filed, track: Track) -> Copy | None:
    copy = sources.get(filed.id)
    return copy if copy and any(p.report == copy.of for p in track.points) else None


def enter(track: Track, tally: Tally, copy: Copy | None) -> tuple[Role, str]:
    """Put a figure into a series; return its role and the reason."""
    when = when_of(tally.filed)
    if not track.lines:
        track.lines.append(Line(tally, when, {tally.giver.key}))
        return "initial", "the first figure of the story"
    original = next((t for t in track.tallies if copy and t.filed.id == copy.of), None)
    if copy and original and meet(original, tally):
        return "repeats", f"taken over from {_outlet(original)}: {copy.why}"
    line = _line_of(track, tally)
    main = track.lines[0]
    target = line or main
    old = target.standing
    if "resolved" in tally.marks and track.thing[1] in tables.words("series", "shrinking"):
        if old.value == 0:
            return "repeats", f"that they have been found, which {named(old)} said"
        track.lines = [Line(replace(tally, value=0.0, low=0.0, high=0.0), when, {tally.giver.key})]
        return "supersedes", f"those of “{old.text}” are all accounted for"
    if tally.implied and not old.implied:
        return "repeats", f"names one of those that {named(old)} counted"
    if equal(tally, old):
        if old.figure.bound is not None and tally.figure.bound is None:
            target.standing = tally  # "three people" after "a third person"
        target.keys.add(tally.giver.key)
        if _holds_on(target, main, tally):
            return "disputes", f"{_against(tally, main.standing)}, and holds to the number given before"
        return "repeats", f"the number that {named(old)} gave"
    agreeing = next((ln for ln in track.lines if ln is not target and equal(ln.standing, tally)), None)
    if agreeing is not None and not _corrects(tally, old):
        own = not agreeing.opposed or tally.giver.key in target.keys
        if own and _replaces(tally, old, when - target.when) and not _is_contest(track, tally, target):
            _settle(track, target, tally, when)
            return "supersedes", f"{named(tally)} now gives the number of {named(agreeing.standing)}"
        agreeing.keys.add(tally.giver.key)
        if _holds_on(agreeing, main, tally):
            return "disputes", f"{_against(tally, main.standing)}, and holds to the number given before"
        return "repeats", f"the number that {named(agreeing.standing)} gave"
    if _corrects(tally, old):
        why = _correction(tally, old)
        _settle(track, target, tally, when)
        return "corrects", why
    if _is_contest(track, tally, target):
        track.lines.append(Line(tally, when, {tally.giver.key}, opposed=True))
        return "disputes", _against(tally, old)
    return _moved(track, target, tally, when)


def _moved(track: Track, target: Line, tally: Tally, when: datetime) -> tuple[Role, str]:
    """Settle a figure from a comparable source that is neither equal, nor a correction, nor contested."""
    old, gap = target.standing, when - target.when
    if _replaces(tally, old, gap):
        why = _change(tally, old)
        _settle(track, target, tally, when)
        return "supersedes", why
    if meet(tally, old):
        return "repeats", f"“{tally.text}” agrees with “{old.text}”, which {named(old)} gave"
    earlier = next((t for t in reversed(track.tallies) if equal(t, tally)), None)
    if earlier is not None:
        return "repeats", f"an older figure, that of {named(earlier)}; “{old.text}” has replaced it"
    if tally.giver.key in target.keys and track.thing[1] not in tables.words("series", "shrinking"):
        why = f"{named(tally)} lowered its own figure from “{old.text}”"
        _settle(track, target, tally, when)
        return "corrects", why
    growing = track.thing[0] == "toll" and track.thing[1] not in tables.words("series", "shrinking")
    if growing and "change" not in tally.marks and (tally.place == 2 or tally.beside):
        return "repeats", f"lower than “{old.text}”, and not the report's main figure: taken as a part"
    if gap > _TOGETHER or "change" in tally.marks:
        why = _change(tally, old)
        _settle(track, target, tally, when)
        return "supersedes", why
    track.lines.append(Line(tally, when, {tally.giver.key}))
    return "disputes", f"{_against(tally, old)}, at about the same time"


def _holds_on(line: Line, main: Line, tally: Tally) -> bool:
    """Tell whether a source gives a contested figure again after the story's own has moved on."""
    return line.opposed and main.when > line.when and tally.giver.camp != "press"


def _line_of(track: Track, tally: Tally) -> Line | None:
    """Return the line whose sources include this one, the story's own first."""
    return next((line for line in track.lines if tally.giver.key in line.keys), None)


def _corrects(tally: Tally, old: Tally) -> bool:
    """Tell whether a report says that the older figure was wrong."""
    if equal(tally, old) or "correction" not in tally.marks:
        return False
    if old.value is not None and old.value in tally.olds:
        return True
    return tally.value is not None and (old.low is None or tally.value < old.low or tally.place == 0)


def _is_contest(track: Track, tally: Tally, target: Line) -> bool:
    """Tell whether a figure is held against the one that stands, and not put in its place."""
    old = target.standing
    if tally.giver.key in target.keys:
        return False
    if tally.filed.id == old.filed.id and tally.filed.revision == old.filed.revision:
        return True
    if "contest" in tally.marks and tally.attribution is not None and tally.giver.camp != "press":
        return True
    return not tally.giver.comparable(old.giver) and not meet(tally, old)


def _replaces(tally: Tally, old: Tally, gap: timedelta) -> bool:
    """Tell whether a later figure goes beyond the older one, or makes it narrower."""
    new_low, old_low = _floor(tally), _floor(old)
    if old.value is None and tally.value is not None and meet(tally, old):
        return True  # "48" after "dozens"
    if tally.value is None and old.value is not None and meet(tally, old):
        return False
    if tally.figure.bound in ("about", "at most", "fewer than") and meet(tally, old):
        return False
    if old.figure.bound in ("about", "at most", "fewer than") and tally.figure.bound is None:
        return True
    if new_low is not None and old_low is not None and new_low > old_low:
        return True
    lower = tally.value is not None and old.value is not None and tally.value < old.value
    return lower and "change" in tally.marks and gap > timedelta(0)


def _settle(track: Track, target: Line, tally: Tally, when: datetime) -> None:
    """Let a figure stand on its line, and drop the lines that it replaces or agrees with."""
    target.take(tally, when)
    kept = []
    growing = track.thing[0] == "toll" and track.thing[1] not in tables.words("series", "shrinking")
    for line in track.lines:
        if line is target:
            kept.append(line)
        elif growing and target is track.lines[0] and _is_overtaken(line.standing, tally):
            continue  # a lower count of a growing number no longer stands against it
        elif equal(line.standing, tally) or (
            not line.opposed and tally.giver.comparable(line.standing.giver)
        ):
            target.keys |= line.keys
        else:
            kept.append(line)
    track.lines = kept


def _is_overtaken(old: Tally, new: Tally) -> bool:
    return old.value is not None and new.low is not None and old.value < new.low


# Ranges


def _floor(tally: Tally) -> float | None:
    """Return the number that a figure puts forward, or the low end of its range."""
    return tally.value if tally.value is not None else tally.low


def equal(one: Tally, two: Tally) -> bool:
    if one.value is not None and two.value is not None:
        return abs(one.value - two.value) <= _SAMENESS * max(1.0, abs(one.value))
    return one.value is two.value and (one.low, one.high) == (two.low, two.high)


def meet(one: Tally, two: Tally) -> bool:
    """Tell whether two figures can both be right."""
    low = max((t.low for t in (one, two) if t.low is not None), default=None)
    high = min((t.high for t in (one, two) if t.high is not None), default=None)
    return low is None or high is None or low <= high


# Words


def named(tally: Tally) -> str:
    outlet = tally.filed.report.outlet
    if tally.giver.camp == "press" or not outlet:
        return tally.giver.text
    return f"{tally.giver.text} ({outlet})"


def _outlet(tally: Tally) -> str:
    return tally.filed.report.outlet or tally.filed.id


def _correction(tally: Tally, old: Tally) -> str:
    older = " and names the older figure" if old.value in tally.olds else ""
    return f"{named(tally)} takes back “{old.text}”{older}: “{tally.text}” now"


def _against(tally: Tally, old: Tally) -> str:
    return f"{named(tally)} says “{tally.text}” where {named(old)} says “{old.text}”"


def _change(tally: Tally, old: Tally) -> str:
    if old.value is None and tally.value is not None and meet(tally, old):
        return f"gives a number where {named(old)} had “{old.text}”"
    new, before = _floor(tally), _floor(old)
    way = "higher" if new is not None and before is not None and new > before else "lower"
    return f"later and {way} than “{old.text}”, which {named(old)} gave"


def point(tally: Tally, role: Role, why: str) -> Point:
    """Return a figure as a series shows it."""
    extra = [why]
    if tally.summed:
        extra.append("the members of the list are added up")
    if tally.as_of:
        extra.append(f"as of {tally.as_of}")
    return Point(
        report=tally.filed.id,
        published=tally.filed.published_iso,
        value=tally.value,
        low=tally.low,
        high=tally.value if by_order(tally.figure) else tally.high,
        text=tally.text,
        source=tally.giver.text,
        role=role,
        figure=tally.figure.id,
        attribution=tally.attribution,
        why="; ".join(extra),
    )
