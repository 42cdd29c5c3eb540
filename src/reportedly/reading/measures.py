"""Measures: what was counted or done ("killed", "injured", "arrested").

A measure belongs to a number by the side on which it stands: a participle or an
intransitive verb after those counted ("62 people were killed", "dozens died"),
an active verb right before them ("killing 62"), a noun that counts by itself
("62 deaths"), or a toll before the number ("the death toll rose to 62"). The
words are in ``data/measures.tsv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ..data import tables
from .page import Word
from .units import words

_REACH = 9  # pieces between those counted and what was done to them
_OBJECT = frozenset(
    [
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "him",
        "them",
        "himself",
        "herself",
        "itself",
        "themselves",
        "a",
        "an",
        "the",
        "another",
        "each",
        "some",
    ]
)


@dataclass(slots=True)
class Counted:
    """A number with its noun, in pieces ``[start, end)``; ``measure`` is filled in by :func:`assign`.

    ``people`` tells whether it may count people (its unit is ``person`` or
    unknown). ``side`` is ``left`` or ``right`` of the number, ``own`` for a
    noun that counts by itself.
    """

    start: int
    end: int
    people: bool
    measure: str | None = None
    side: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A measure word in pieces ``[start, end)`` with its roles in the table."""

    start: int
    end: int
    roles: dict[str, str]


@cache
def _table() -> tuple[dict[str, dict[str, str]], dict[str, int]]:
    """Map phrases to their roles, and first words to the length of their longest phrase."""
    phrases: dict[str, dict[str, str]] = {}
    longest: dict[str, int] = {}
    for phrase, role, measure in tables.rows("measures"):
        phrases.setdefault(phrase, {})[role] = measure
        parts = phrase.split()
        longest[parts[0]] = max(len(parts), longest.get(parts[0], 0))
    return phrases, longest


def cues(pieces: Sequence[Word], start: int, end: int) -> list[Cue]:
    """Return the measure words among pieces ``[start, end)``, longest first, without overlap."""
    phrases, longest = _table()
    found: list[Cue] = []
    at = start
    while at < end:
        length = min(longest.get(pieces[at].lower, 0), end - at)
        while length:
            phrase = " ".join(p.lower for p in pieces[at : at + length])
            if phrase in phrases:
                found.append(Cue(at, at + length, phrases[phrase]))
                at += length
                break
            length -= 1
        else:
            at += 1
    return found


def own_measure(noun: str) -> str | None:
    """Return the measure of a noun that counts by itself ("deaths" → "killed")."""
    return _table()[0].get(noun, {}).get("noun")


def assign(pieces: Sequence[Word], counted: Sequence[Counted], found: Iterable[Cue], end: int) -> None:
    """Give the numbers of one sentence, in order, their measures; the sentence ends before piece ``end``."""
    by_start = {cue.start: cue for cue in found}
    by_end = {cue.end: cue for cue in by_start.values()}
    used: set[int] = set()
    for number, item in enumerate(counted):
        if item.measure is not None:
            continue
        before = counted[number - 1].end if number else 0
        after = counted[number + 1].start if number + 1 < len(counted) else end
        left = _left(pieces, item, by_end, before)
        if left and left.start not in used:
            role = next(r for r in ("act", "toll", "up", "down") if r in left.roles)
            item.measure, item.side = left.roles[role], "left"
            continue
        right = _right(pieces, item, by_start, after, end)
        if right:
            used.add(right.start)
            item.measure = right.roles.get("done") or right.roles.get("went")
            item.side = "right"
    _share(pieces, counted)


def _left(pieces: Sequence[Word], item: Counted, by_end: dict[int, Cue], before: int) -> Cue | None:
    bridge = words("bridge-left")
    at = item.start
    while at > max(before, item.start - _REACH):
        cue = by_end.get(at)
        if cue:
            changed = "up" in cue.roles or "down" in cue.roles
            deed = item.people and "act" in cue.roles and _is_active(pieces, cue, item.start)
            if deed or ("toll" in cue.roles and item.people):
                return cue
            if not (changed and item.people):
                return cue if changed and pieces[item.start - 1].lower != "from" else None
            if cue.end - cue.start > 1:
                return None
        elif pieces[at - 1].lower not in bridge:
            return _toll(pieces, item, by_end, before, at)
        at -= 1
    return None


def _is_active(pieces: Sequence[Word], cue: Cue, number: int) -> bool:
    """Tell whether the verb can have the number as its object: "were killed by 20 men" cannot."""
    if any(pieces[i].lower in ("by", "in", "at", "from", "and", ":") for i in range(cue.end, number)):
        return False
    return not (cue.start and pieces[cue.start - 1].lower in words("aux") - {"have", "has", "had"})


def _toll(pieces: Sequence[Word], item: Counted, by_end: dict[int, Cue], before: int, at: int) -> Cue | None:
    """Look a little further for a toll: "the death toll from the blast had risen to 62"."""
    if not item.people or pieces[item.start - 1].lower not in (
        "to",
        "at",
        "of",
        "reached",
        "is",
        "was",
        "hit",
        "than",
    ):
        return None
    for index in range(at, max(before, at - _REACH), -1):
        cue = by_end.get(index)
        if cue:
            return cue if "toll" in cue.roles else None
    return None


def _right(
    pieces: Sequence[Word], item: Counted, by_start: dict[int, Cue], after: int, end: int
) -> Cue | None:
    if not item.people:
        return None
    bridge = words("bridge-right")
    helped = False
    begin = _past_aside(pieces, item.end, end)
    after = end if begin > item.end else after
    for at in range(begin, min(after, end, begin + _REACH)):
        cue = by_start.get(at)
        if cue and ("done" in cue.roles or "went" in cue.roles):
            acting = "act" in cue.roles and not helped and cue.end < end
            following = pieces[cue.end].lower if cue.end < end else ""
            return None if acting and (following in _OBJECT or following[:1].isdigit()) else cue
        if pieces[at].lower not in bridge:
            return None
        helped = helped or pieces[at].lower in words("aux")
    return None


def _past_aside(pieces: Sequence[Word], at: int, end: int) -> int:
    """Skip an aside between commas that a verb follows: "three people, one of them a child, were killed"."""
    if at < end and pieces[at].lower == ",":
        for close in range(at + 2, min(end - 1, at + 2 + _REACH)):
            if pieces[close].lower == ",":
                return (
                    close + 1
                    if pieces[close + 1].lower in words("aux") or pieces[close + 1].lower == "died"
                    else at
                )
    return at


def _share(pieces: Sequence[Word], counted: Sequence[Counted]) -> None:
    """Let the members of a list share a measure: "killed a man and two women", "two men and a boy died"."""
    for number in range(1, len(counted)):
        first, second = counted[number - 1], counted[number]
        if second.measure is not None or not second.people or not first.people:
            continue
        listed = first.side == "left" and _listed(pieces, first, second)
        if listed or (first.measure and _compared(pieces, first, second)):
            second.measure, second.side = first.measure, first.side
    for number in range(len(counted) - 1, 0, -1):
        first, second = counted[number - 1], counted[number]
        if (
            first.measure is None
            and first.people
            and second.side == "right"
            and _listed(pieces, first, second)
        ):
            first.measure, first.side = second.measure, "right"


def _compared(pieces: Sequence[Word], first: Counted, second: Counted) -> bool:
    """Tell whether the second number is what the first was before: "62, up from 12"."""
    gap = [p.lower for p in pieces[first.end : second.start]]
    return (
        len(gap) <= 4
        and gap[-1:] == ["from"]
        and all(w in (",", "(", "up", "down", "from", "killed", "dead") for w in gap)
    )


def _listed(pieces: Sequence[Word], first: Counted, second: Counted) -> bool:
    gap = [p.lower for p in pieces[first.end : second.start]]
    return 0 < len(gap) <= 3 and all(w in ("and", ",", "or", "as", "well", "including") for w in gap)
