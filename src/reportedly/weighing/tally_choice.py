"""Which figures of a report count: one a thing and source, the title's or the lead's before those below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .phrasing import stems
from .roles import Track, equal, meet
from .tallies import Tally, Thing

_SIZE = 10  # times: amounts of the same money are seldom further apart
_ALIKE = 2  # words that two figures of the same noun must share beside it


def chosen(found: Sequence[Tally], tracks: Sequence[Track]) -> list[Tally]:
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


def _told(tally: Tally, found: Sequence[Tally], tracks: Sequence[Track]) -> Tally:
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


def _of_toll(group: Sequence[Tally], track: Track | None) -> list[Tally]:
    """Choose the toll of a report, and those of other sources that are held against it."""
    first = min(group, key=lambda t: (t.implied, min(1, t.place), t.beside, t.start))
    opposed = [t for t in group if not t.implied and not t.beside and _is_held_against(t, first)]
    if track and any(equal(t, track.lines[0].standing) and not t.implied for t in opposed):
        # the story's own figure stands in the report too, and the first one is held against it
        first = next(t for t in opposed if equal(t, track.lines[0].standing) and not t.implied)
    same = [t for t in group if t.place <= 1 and not t.implied and meet(first, t)] if first.place <= 1 else []
    same = [t for t in same if t.giver.comparable(first.giver)]
    main = max(same, key=lambda t: (t.value is not None, t.place, -t.start), default=first)
    chosen = [main]
    for tally in sorted(group, key=lambda t: (t.giver.camp == "press", -t.place, t.start)):
        if (
            not tally.implied
            and not tally.beside
            and _is_held_against(tally, main)
            and all(tally.giver.key != t.giver.key and not equal(t, tally) for t in chosen)
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
        if not any(equal(tally, t) or likeness(tally, t) >= _ALIKE for t in chosen):
            chosen.append(tally)
    return chosen


def likeness(one: Tally, two: Tally) -> int:
    """Return how many words stand near both figures, their own noun left out.

    A noun of what an amount of money is for, which stands right beside one of the
    two, counts twice, if the amounts are not of quite different sizes.
    """
    noun = (one.thing[2] or "").split()[-1] if one.thing else ""
    shared = {stem for stem in one.near & two.near if not noun.startswith(stem)}
    beside = shared & stems((*one.for_nouns, *two.for_nouns))
    return len(shared) + bool(beside and _of_one_size(one, two))


def _of_one_size(one: Tally, two: Tally) -> bool:
    values = [abs(t.value) for t in (one, two) if t.value]
    return len(values) == 2 and max(values) <= _SIZE * min(values)
