"""Series: how the figures of a story moved, who gave them, and what stands in the end.

One series follows one thing that is counted: the dead of the story, its
injured, a sum of money, the rifles found. Each point says how it stands to what
stood before: it replaces it, corrects it, disputes it or repeats it. Sources
that do not agree are kept side by side as lines; the current range then spans
them and gives no single value. Nothing is averaged, and no source is weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..records import Copy, Current, Series
from .counted import as_said
from .filed import Filed
from .roles import Line, Track, copied, enter, equal, named, point, when_of, withdraw
from .tallies import Tally, happening, tallies
from .tally_choice import chosen, likeness

_DIGITS = 3
_ALIKE = 2  # words that two figures of the same noun must share beside it


def series(story: str, reports: Sequence[Filed], copies: Sequence[Copy]) -> tuple[Series, ...]:
    """Return the series of one story: tolls first, then what two or more reports count.

    ``reports`` are the story's, in any order; several revisions of one report
    may be among them. ``copies`` may name other reports too. Of each report its
    own figure counts, the one of the title or the lead before those below; a
    figure of another source in the same report is a point of its own where the
    two are held against each other. Older figures that a report only recalls
    are no points, nor are figures of other happenings.
    """
    filed = sorted(reports, key=lambda f: (when_of(f), f.id, f.revision))
    happened = happening(filed)
    sources = {c.copy: c for c in copies}
    tracks: list[Track] = []
    for report in filed:
        found = tallies(report, happened)
        for tally in found:
            withdraw(tracks, tally)
        for tally in chosen(found, tracks):
            track = _track(tracks, tally)
            role, why = enter(track, tally, copied(sources, report, track))
            if track.lines[0].standing.figure is tally.figure and role == "supersedes":
                tally = track.lines[0].standing  # those found leave nobody missing
            track.points.append(point(tally, role, why))
            track.tallies.append(tally)
    kept = [t for t in tracks if _is_followed(t, sources)]
    kept.sort(key=lambda t: (t.thing[0] != "toll", -len(t.points), t.thing[1] or "", t.thing[2] or ""))
    return tuple(_series(story, track) for track in kept)


def _track(tracks: list[Track], tally: Tally) -> Track:
    assert tally.thing is not None
    same = [t for t in tracks if t.thing == tally.thing]
    if tally.thing[0] == "toll" and same:
        return same[0]
    best = max(same, key=lambda t: _closeness(t, tally), default=None)
    if best is not None and _closeness(best, tally) >= _ALIKE:
        return best
    track = Track(tally.thing)
    tracks.append(track)
    return track


def _closeness(track: Track, tally: Tally) -> int:
    """Return how many words a figure shares with the nearest of a series; an equal value counts as one."""
    named = any(line.standing.value in tally.olds for line in track.lines)
    alike = max((likeness(t, tally) + _sameness(t, tally) for t in track.tallies[-6:]), default=0)
    return max(alike, _ALIKE if named else 0)


def _sameness(one: Tally, two: Tally) -> int:
    """Return 1 for equal figures, 2 for equal amounts of money of three digits or more that tell."""
    if not equal(one, two):
        return 0
    digits = f"{abs(two.value or 0):.0f}".rstrip("0")
    return 2 if two.thing is not None and two.thing[0] == "money" and len(digits) >= _DIGITS else 1


def _is_followed(track: Track, sources: dict[str, Copy]) -> bool:
    """Tell whether a series says something: any toll does, another figure where two reports have it."""
    if track.thing[0] == "toll":
        return True
    return len({sources[p.report].of if p.report in sources else p.report for p in track.points}) > 1


def _series(story: str, track: Track) -> Series:
    measure, unit = track.thing[1:]
    return Series(
        story=story,
        measure=measure,
        unit="person" if unit and unit.startswith("person ") else unit,
        of=as_said([t.text for t in track.tallies], [t.for_nouns for t in track.tallies]),
        points=tuple(track.points),
        current=_current(track.lines),
    )


def _current(lines: Iterable[Line]) -> Current:
    """Return the range that the last figures of all sources still standing leave."""
    standing = [line.standing for line in lines]
    main = standing[0]
    given = [f"{named(t)} says “{t.text}”{_day(t)}" for t in standing]
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
