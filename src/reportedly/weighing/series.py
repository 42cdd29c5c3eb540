"""Series: how the figures of a story moved, who gave them, and what stands in the end.

One series follows one thing that is counted: the dead of the story, its
injured, a sum of money, the rifles found. Each point says how it stands to what
stood before: it replaces it, corrects it, disputes it or repeats it. Sources
that do not agree are kept side by side as lines; the current range then spans
them and gives no single value. Nothing is averaged, and no source is weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..data import tables
from ..records import Copy, Current, Point, Series
from ..records.ledger import Role
from .filed import Filed
from .tallies import Tally, Thing, happening, tallies

_TOGETHER = timedelta(hours=6)  # figures this close in time are given at about the same time
_ALIKE = 2  # words that two figures of the same noun must share beside it
_SAMENESS = 1e-6


@dataclass
class _Line:
    """The last figure of a source, or of sources that replace each other, and all who gave it."""

    standing: Tally
    when: datetime
    keys: set[str]
    opposed: bool = False

    def take(self, tally: Tally, when: datetime) -> None:
        self.standing, self.when = tally, when
        self.keys.add(tally.giver.key)


@dataclass
class _Track:
    """A series in the making. ``lines[0]`` is the one that the story follows."""

    thing: Thing
    lines: list[_Line] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)


def series(story: str, reports: Sequence[Filed], copies: Sequence[Copy]) -> tuple[Series, ...]:
    """Return the series of one story: tolls first, then what two or more reports count.

    ``reports`` are the story's, in any order; several revisions of one report
    may be among them. ``copies`` may name other reports too. Of each report its
    own figure counts, the one of the title or the lead before those below; a
    figure of another source in the same report is a point of its own where the
    two are held against each other. Older figures that a report only recalls
    are no points, nor are figures of other happenings.
    """
    filed = sorted(reports, key=lambda f: (_when(f), f.id, f.revision))
    happened = happening(filed)
    sources = {c.copy: c for c in copies}
    tracks: list[_Track] = []
    for report in filed:
        found = tallies(report, happened)
        for tally in found:
            _withdraw(tracks, tally)
        for tally in _chosen(found, tracks):
            track = _track(tracks, tally)
            role, why = _enter(track, tally, _copied(sources, report, track))
            if track.lines[0].standing.figure is tally.figure and role == "supersedes":
                tally = track.lines[0].standing  # those found leave nobody missing
            track.points.append(_point(tally, role, why))
            track.tallies.append(tally)
    kept = [t for t in tracks if _is_followed(t, sources)]
    kept.sort(key=lambda t: (t.thing[0] != "toll", -len(t.points), t.thing[1] or "", t.thing[2] or ""))
    return tuple(_series(story, track) for track in kept)


def _when(filed: Filed) -> datetime:
    """Return the moment of a revision: the first is as old as the report, a later one as its change."""
    if filed.revision == 1:
        return filed.published
    return max(filed.published, filed.seen)


# Which figures of a report count


def _chosen(found: Sequence[Tally], tracks: Sequence[_Track]) -> list[Tally]:
    """Return the figures that a report contributes, one a thing and source, in the order of its text."""
    found = [_told(tally, found, tracks) for tally in found]
    groups: dict[Thing, list[Tally]] = {}
    for tally in found:
        if tally.thing is not None and tally.own:
            groups.setdefault(tally.thing, []).append(tally)
    chosen: list[Tally] = []
    for thing, group in groups.items():
        track = next((t for t in tracks if t.thing == thing), None)
        chosen.extend(_of_toll(group, track) if thing[0] == "toll" else _of_count(group))
    return sorted(chosen, key=lambda t: (t.start, t.figure.id))


def _told(tally: Tally, found: Sequence[Tally], tracks: Sequence[_Track]) -> Tally:
    """Give a bare number the thing it counts: that of the older figure which its sentence puts it against."""
    if tally.figure.unit is not None or tally.thing is not None or not tally.own or not tally.olds:
        return tally
    for old in found:
        if old.sentence == tally.sentence and old.thing is not None and old.thing[0] == "toll":
            return replace(tally, thing=old.thing)
    for track in tracks:
        noun = (track.thing[2] or "").split()[-1:]
        named = track.thing[0] == "toll" or any(s.startswith(n[:4]) for n in noun for s in tally.nouns)
        if named and any(line.standing.value in tally.olds for line in track.lines):
            return replace(tally, thing=track.thing, marks=tally.marks | {"correction"})
    return tally


def _of_toll(group: Sequence[Tally], track: _Track | None) -> list[Tally]:
    """Choose the toll of a report, and those of other sources that are held against it."""
    first = min(group, key=lambda t: (t.implied, min(1, t.place), t.beside, t.start))
    opposed = [t for t in group if not t.implied and not t.beside and _is_held_against(t, first)]
    if track and any(_equal(t, track.lines[0].standing) and not t.implied for t in opposed):
        # the story's own figure stands in the report too, and the first one is held against it
        first = next(t for t in opposed if _equal(t, track.lines[0].standing) and not t.implied)
    same = (
        [t for t in group if t.place <= 1 and not t.implied and _meet(first, t)] if first.place <= 1 else []
    )
    same = [t for t in same if t.giver.comparable(first.giver)]
    main = max(same, key=lambda t: (t.value is not None, t.place, -t.start), default=first)
    chosen = [main]
    for tally in sorted(group, key=lambda t: (t.giver.camp == "press", -t.place, t.start)):
        if (
            not tally.implied
            and not tally.beside
            and _is_held_against(tally, main)
            and all(tally.giver.key != t.giver.key and not _equal(t, tally) for t in chosen)
        ):
            chosen.append(tally)
    return chosen


def _is_held_against(tally: Tally, main: Tally) -> bool:
    """Tell whether a figure of another source in the same report contests the report's main one."""
    if tally.giver.key == main.giver.key:
        return False
    return "contest" in tally.marks or not tally.giver.comparable(main.giver)


def _of_count(group: Sequence[Tally]) -> list[Tally]:
    """Keep the figures of one noun that count different things: those with other words around them."""
    chosen: list[Tally] = []
    for tally in group:
        if not any(_equal(tally, t) or _likeness(tally, t) >= _ALIKE for t in chosen):
            chosen.append(tally)
    return chosen


# Which series a figure belongs to


def _track(tracks: list[_Track], tally: Tally) -> _Track:
    assert tally.thing is not None
    same = [t for t in tracks if t.thing == tally.thing]
    if tally.thing[0] == "toll" and same:
        return same[0]
    best = max(same, key=lambda t: _closeness(t, tally), default=None)
    if best is not None and _closeness(best, tally) >= _ALIKE:
        return best
    track = _Track(tally.thing)
    tracks.append(track)
    return track


def _closeness(track: _Track, tally: Tally) -> int:
    """Return how many words a figure shares with the nearest of a series; an equal value counts as one."""
    named = any(line.standing.value in tally.olds for line in track.lines)
    alike = max((_likeness(t, tally) + _equal(t, tally) for t in track.tallies[-6:]), default=0)
    return max(alike, _ALIKE if named else 0)


def _likeness(one: Tally, two: Tally) -> int:
    noun = (one.thing[2] or "").split()[-1] if one.thing else ""
    return sum(not noun.startswith(stem) for stem in one.near & two.near)


def _is_followed(track: _Track, sources: dict[str, Copy]) -> bool:
    """Tell whether a series says something: any toll does, another figure where two reports have it."""
    if track.thing[0] == "toll":
        return True
    return len({sources[p.report].of if p.report in sources else p.report for p in track.points}) > 1


# How a figure stands to what stood before


def _withdraw(tracks: Sequence[_Track], tally: Tally) -> None:
    """Take a line away whose source gives its figure up without another in its place."""
    if "withdrawn" not in tally.marks or tally.value is None:
        return
    for track in tracks:
        for line in track.lines[1:]:
            if line.standing.value == tally.value:
                old = line.standing
                track.lines.remove(line)
                given_up = replace(tally, value=None, low=None, high=None)
                why = f"“{old.text}”, which {_name(old)} gave, is given up without another number"
                track.points.append(_point(given_up, "corrects", why))
                return


def _copied(sources: dict[str, Copy], filed: Filed, track: _Track) -> Copy | None:
    copy = sources.get(filed.id)
    return copy if copy and any(p.report == copy.of for p in track.points) else None


def _enter(track: _Track, tally: Tally, copy: Copy | None) -> tuple[Role, str]:
    """Put a figure into a series; return its role and the reason."""
    when = _when(tally.filed)
    if not track.lines:
        track.lines.append(_Line(tally, when, {tally.giver.key}))
        return "initial", "the first figure of the story"
    original = next((t for t in track.tallies if copy and t.filed.id == copy.of), None)
    if copy and original and _meet(original, tally):
        return "repeats", f"taken over from {_outlet(original)}: {copy.why}"
    line = _line_of(track, tally)
    main = track.lines[0]
    target = line or main
    old = target.standing
    if "resolved" in tally.marks and track.thing[1] in tables.words("series", "shrinking"):
        if old.value == 0:
            return "repeats", f"that they have been found, which {_name(old)} said"
        track.lines = [_Line(replace(tally, value=0.0, low=0.0, high=0.0), when, {tally.giver.key})]
        return "supersedes", f"those of “{old.text}” are all accounted for"
    if tally.implied and not old.implied:
        return "repeats", f"names one of those that {_name(old)} counted"
    if _equal(tally, old):
        target.keys.add(tally.giver.key)
        return "repeats", f"the number that {_name(old)} gave"
    agreeing = next((ln for ln in track.lines if ln is not target and _equal(ln.standing, tally)), None)
    if agreeing is not None and not _corrects(tally, old):
        own = not agreeing.opposed or tally.giver.key in target.keys
        if own and _replaces(tally, old, when - target.when) and not _is_contest(track, tally, target):
            _settle(track, target, tally, when)
            return "supersedes", f"{_name(tally)} now gives the number of {_name(agreeing.standing)}"
        agreeing.keys.add(tally.giver.key)
        return "repeats", f"the number that {_name(agreeing.standing)} gave"
    if _corrects(tally, old):
        why = _correction(tally, old)
        _settle(track, target, tally, when)
        return "corrects", why
    if _is_contest(track, tally, target):
        track.lines.append(_Line(tally, when, {tally.giver.key}, opposed=True))
        return "disputes", _against(tally, old)
    return _moved(track, target, tally, when)


def _moved(track: _Track, target: _Line, tally: Tally, when: datetime) -> tuple[Role, str]:
    """Settle a figure from a comparable source that is neither equal, nor a correction, nor contested."""
    old, gap = target.standing, when - target.when
    if _replaces(tally, old, gap):
        why = _change(tally, old)
        _settle(track, target, tally, when)
        return "supersedes", why
    if _meet(tally, old):
        return "repeats", f"“{tally.text}” agrees with “{old.text}”, which {_name(old)} gave"
    earlier = next((t for t in reversed(track.tallies) if _equal(t, tally)), None)
    if earlier is not None:
        return "repeats", f"an older figure, that of {_name(earlier)}; “{old.text}” has replaced it"
    if tally.giver.key in target.keys and track.thing[1] not in tables.words("series", "shrinking"):
        why = f"{_name(tally)} lowered its own figure from “{old.text}”"
        _settle(track, target, tally, when)
        return "corrects", why
    if track.thing[0] == "toll" and "change" not in tally.marks and (tally.place == 2 or tally.beside):
        return "repeats", f"lower than “{old.text}”, and not the report's main figure: taken as a part"
    if gap > _TOGETHER or "change" in tally.marks:
        why = _change(tally, old)
        _settle(track, target, tally, when)
        return "supersedes", why
    track.lines.append(_Line(tally, when, {tally.giver.key}))
    return "disputes", f"{_against(tally, old)}, at about the same time"


def _line_of(track: _Track, tally: Tally) -> _Line | None:
    """Return the line whose sources include this one, the story's own first."""
    return next((line for line in track.lines if tally.giver.key in line.keys), None)


def _corrects(tally: Tally, old: Tally) -> bool:
    """Tell whether a report says that the older figure was wrong."""
    if _equal(tally, old) or "correction" not in tally.marks:
        return False
    if old.value is not None and old.value in tally.olds:
        return True
    return tally.value is not None and (old.low is None or tally.value < old.low or tally.place == 0)


def _is_contest(track: _Track, tally: Tally, target: _Line) -> bool:
    """Tell whether a figure is held against the one that stands, and not put in its place."""
    old = target.standing
    if tally.giver.key in target.keys:
        return False
    if tally.filed.id == old.filed.id and tally.filed.revision == old.filed.revision:
        return True
    if "contest" in tally.marks and tally.attribution is not None and tally.giver.camp != "press":
        return True
    return not tally.giver.comparable(old.giver) and not _meet(tally, old)


def _replaces(tally: Tally, old: Tally, gap: timedelta) -> bool:
    """Tell whether a later figure goes beyond the older one, or makes it narrower."""
    new_low, old_low = _floor(tally), _floor(old)
    if old.value is None and tally.value is not None and _meet(tally, old):
        return True  # "48" after "dozens"
    if tally.value is None and old.value is not None and _meet(tally, old):
        return False
    if tally.figure.bound in ("about", "at most", "fewer than") and _meet(tally, old):
        return False
    if old.figure.bound in ("about", "at most", "fewer than") and tally.figure.bound is None:
        return True
    if new_low is not None and old_low is not None and new_low > old_low:
        return True
    lower = tally.value is not None and old.value is not None and tally.value < old.value
    return lower and "change" in tally.marks and gap > timedelta(0)


def _settle(track: _Track, target: _Line, tally: Tally, when: datetime) -> None:
    """Let a figure stand on its line, and drop the lines that it replaces or agrees with."""
    target.take(tally, when)
    kept = []
    for line in track.lines:
        if line is target:
            kept.append(line)
        elif _equal(line.standing, tally) or (
            not line.opposed and tally.giver.comparable(line.standing.giver)
        ):
            target.keys |= line.keys
        else:
            kept.append(line)
    track.lines = kept


# Ranges


def _floor(tally: Tally) -> float | None:
    """Return the number that a figure puts forward, or the low end of its range."""
    return tally.value if tally.value is not None else tally.low


def _equal(one: Tally, two: Tally) -> bool:
    if one.value is not None and two.value is not None:
        return abs(one.value - two.value) <= _SAMENESS * max(1.0, abs(one.value))
    return one.value is two.value and (one.low, one.high) == (two.low, two.high)


def _meet(one: Tally, two: Tally) -> bool:
    """Tell whether two figures can both be right."""
    low = max((t.low for t in (one, two) if t.low is not None), default=None)
    high = min((t.high for t in (one, two) if t.high is not None), default=None)
    return low is None or high is None or low <= high


# Words


def _name(tally: Tally) -> str:
    outlet = tally.filed.report.outlet
    if tally.giver.camp == "press" or not outlet:
        return tally.giver.text
    return f"{tally.giver.text} ({outlet})"


def _outlet(tally: Tally) -> str:
    return tally.filed.report.outlet or tally.filed.id


def _correction(tally: Tally, old: Tally) -> str:
    named = " and names the older figure" if old.value in tally.olds else ""
    return f"{_name(tally)} takes back “{old.text}”{named}: “{tally.text}” now"


def _against(tally: Tally, old: Tally) -> str:
    return f"{_name(tally)} says “{tally.text}” where {_name(old)} says “{old.text}”"


def _change(tally: Tally, old: Tally) -> str:
    if old.value is None and tally.value is not None and _meet(tally, old):
        return f"gives a number where {_name(old)} had “{old.text}”"
    new, before = _floor(tally), _floor(old)
    way = "higher" if new is not None and before is not None and new > before else "lower"
    return f"later and {way} than “{old.text}”, which {_name(old)} gave"


# What is written down


def _point(tally: Tally, role: Role, why: str) -> Point:
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
        high=tally.high,
        text=tally.text,
        source=tally.giver.text,
        role=role,
        figure=tally.figure.id,
        attribution=tally.attribution,
        why="; ".join(extra),
    )


def _series(story: str, track: _Track) -> Series:
    measure, unit = track.thing[1:]
    return Series(
        story=story,
        measure=measure,
        unit="person" if unit and unit.startswith("person ") else unit,
        points=tuple(track.points),
        current=_current(track.lines),
    )


def _current(lines: Iterable[_Line]) -> Current:
    """Return the range that the last figures of all sources still standing leave."""
    standing = [line.standing for line in lines]
    main = standing[0]
    given = [f"{_name(t)} says “{t.text}”{_day(t)}" for t in standing]
    if len(standing) == 1:
        return Current(
            value=main.value,
            low=main.low,
            high=main.high,
            why=f"{given[0]}; no later figure stands against it",
        )
    lows = [x for t in standing if (x := t.low if t.low is not None else t.value) is not None]
    highs = [x for t in standing if (x := t.high if t.high is not None else t.value) is not None]
    return Current(
        value=None,
        low=min(lows, default=None),
        high=max(highs, default=None),
        why=f"the sources do not agree: {', and '.join(given)}",
    )


def _day(tally: Tally) -> str:
    published = tally.filed.published_iso
    return f" ({published[:10]})" if published else ""
