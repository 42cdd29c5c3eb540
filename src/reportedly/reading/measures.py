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
from .numbers import number_starts
from .page import Word
from .units import is_person, words

_REACH = 12  # pieces between those counted and what was done to them
_GAP = 4  # words that a "*" in a phrase may stand for
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
_ASIDES = {",": ",", "(": ")", "—": "—", "–": "–"}


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


Pattern = tuple[tuple[str, ...], dict[str, str]]


@cache
def _table() -> tuple[dict[str, dict[str, str]], dict[str, tuple[Pattern, ...]]]:
    """Map phrases to their roles, and first words to their phrases as patterns, the longest first."""
    phrases: dict[str, dict[str, str]] = {}
    for phrase, role, measure in tables.rows("measures"):
        phrases.setdefault(phrase, {})[role] = measure
    patterns: dict[str, list[Pattern]] = {}
    for phrase, roles in phrases.items():
        parts = tuple(phrase.split())
        patterns.setdefault(parts[0], []).append((parts, roles))
    ordered = {
        first: tuple(sorted(found, key=lambda p: (-len(p[0]), p[0]))) for first, found in patterns.items()
    }
    return phrases, ordered


def cues(pieces: Sequence[Word], start: int, end: int) -> list[Cue]:
    """Return the measure words among pieces ``[start, end)``, longest first, without overlap."""
    patterns = _table()[1]
    found: list[Cue] = []
    at = start
    while at < end:
        for parts, roles in patterns.get(pieces[at].lower, ()):
            stop = _match(pieces, parts, at, end)
            if stop:
                found.append(Cue(at, stop, roles))
                at = stop
                break
        else:
            at += 1
    return found


def _match(pieces: Sequence[Word], parts: Sequence[str], at: int, end: int) -> int:
    """Return where a phrase that begins at piece ``at`` ends, 0 where it does not stand there.

    ``*`` stands for up to four words without a mark between them.
    """
    for number, part in enumerate(parts):
        if part == "*":
            for skip in range(min(_GAP, end - at) + 1):
                if skip and not pieces[at + skip - 1].text[0].isalpha():
                    break
                stop = _match(pieces, parts[number + 1 :], at + skip, end)
                if stop:
                    return stop
            return 0
        if at >= end or pieces[at].lower != part:
            return 0
        at += 1
    return at


def own_measure(noun: str) -> str | None:
    """Return the measure of a noun that counts by itself ("deaths" → "killed")."""
    return _table()[0].get(noun, {}).get("noun")


def beside_number(noun: str) -> str | None:
    """Return the measure of a noun that counts by itself right after its number ("three bodies")."""
    return _table()[0].get(noun, {}).get("bare")


def role_measure(pieces: Sequence[Word], at: int, role: str, end: int) -> tuple[str, int] | None:
    """Return the measure of the longest phrase at piece ``at`` that has a role, and where it ends."""
    end = min(end, len(pieces))
    for parts, roles in _table()[1].get(pieces[at].lower, ()):
        if role in roles and (stop := _match(pieces, parts, at, end)):
            return roles[role], stop
    return None


def done_within(pieces: Sequence[Word], start: int, end: int) -> str | None:
    """Return what was done to those counted where their phrase says it: "12 wounded soldiers"."""
    for cue in cues(pieces, start, end):
        if "done" in cue.roles:
            return cue.roles["done"]
    return None


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
        elif item.people and item.start and pieces[item.start - 1].lower in words("sent"):
            moved = role_measure(pieces, item.end, "sent", end) if item.end < end else None
            item.measure, item.side = (moved[0], "left") if moved else (None, "")
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
    at = begin
    while at < min(after, end, begin + _REACH):
        cue = by_start.get(at)
        if cue and ("done" in cue.roles or "went" in cue.roles):
            acting = "act" in cue.roles and not helped and cue.end < end
            return None if acting and _is_object(pieces[cue.end].lower) else cue
        lower = pieces[at].lower
        if lower in words("place") and not helped:
            at = _past_place(pieces, at, min(after, end, begin + _REACH))
            helped = True
        elif lower not in bridge:
            return None
        else:
            helped = helped or lower in words("aux")
            at += 1
    return None


def _is_object(word: str) -> bool:
    """Tell whether a word right after a verb begins what was done it to: "a man shot three officers"."""
    return word in _OBJECT or word[:1].isdigit() or word in number_starts() or is_person(word)


def _past_place(pieces: Sequence[Word], at: int, stop: int) -> int:
    """Skip where those counted were: "two people inside a car were shot"; ``stop`` if nothing follows."""
    for index in range(at + 1, stop):
        lower = pieces[index].lower
        if lower in ("was", "were", "have", "had"):
            return index
        if not (pieces[index].text[0].isalnum() or lower in ("-", "'")) or lower in words("clause"):
            return stop
    return stop


def _past_aside(pieces: Sequence[Word], at: int, end: int) -> int:
    """Skip an aside that a verb follows: "three people, one of them a child, were killed"."""
    closer = _ASIDES.get(pieces[at].text) if at < end else None
    if closer is None:
        return at
    for close in range(at + 2, min(end - 1, at + 2 + _REACH)):
        if pieces[close].text == closer:
            following = pieces[close + 1].lower
            if following in words("aux") or following == "died":
                return close + 1
            if closer != ",":
                return at
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
    return 0 < len(gap) <= 4 and all(w in words("listing") for w in gap)
