"""An attribution while it is being worked out; frozen into a record at the end."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..records.attribution import Factuality, SourceKind, Stance
from .cast import Member
from .paragraphs import Range


@dataclass(slots=True, eq=False)
class Draft:
    """What is known so far of one attribution. Ranges are character ranges.

    ``rules`` collects how each part was decided, for ``decided_by``; ``asides`` are
    the wordings that name the chain ("speaking to the Herald").
    """

    source: tuple[Range, ...]
    cue: tuple[Range, ...]
    content: tuple[Range, ...]
    confidence: float
    rules: list[str]
    kind: SourceKind | None = None
    member: Member | None = None
    via: list[tuple[Range, Member | None]] = field(default_factory=list)
    stance: Stance | None = None
    factuality: Factuality | None = None
    hedges: list[Range] = field(default_factory=list)
    parent: Draft | None = None
    disputes: list[Draft] = field(default_factory=list)
    asides: list[Range] = field(default_factory=list)
    anaphoric: bool = False

    @property
    def start(self) -> int:
        return min(s for s, _ in (*self.source, *self.cue, *self.content))

    @property
    def end(self) -> int:
        return max(e for _, e in (*self.source, *self.cue, *self.content))

    @property
    def size(self) -> int:
        return sum(e - s for s, e in self.content)

    def spans(self) -> tuple[Range, ...]:
        return (*self.source, *self.cue, *self.content)

    def covered(self) -> tuple[Range, ...]:
        """Return all ranges of the text that this attribution accounts for."""
        return (*self.spans(), *self.asides)


class Nearby:
    """Drafts by where they stand, so that none has to be compared with all the others.

    An attribution reaches over a few paragraphs at the most; one that began more
    than ``REACH`` characters before a place is not looked at.
    """

    REACH = 6000

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._drafts = sorted(drafts, key=lambda d: d.start)
        self._starts = [d.start for d in self._drafts]

    def around(self, start: int, end: int) -> list[Draft]:
        """Return the drafts that may touch ``[start, end)``, in text order."""
        low = bisect.bisect_left(self._starts, start - self.REACH)
        return self._drafts[low : bisect.bisect_left(self._starts, end)]


def covers(ranges: tuple[Range, ...] | list[Range], start: int, end: int) -> bool:
    """Tell whether one of ``ranges`` holds ``[start, end)`` wholly."""
    return any(s <= start and end <= e for s, e in ranges)


def touches(ranges: tuple[Range, ...] | list[Range], start: int, end: int) -> bool:
    """Tell whether one of ``ranges`` overlaps ``[start, end)``."""
    return any(s < end and start < e for s, e in ranges)


def trim(text: str, start: int, end: int, also: str = "") -> Range:
    """Shrink a range past white space and the characters of ``also`` at both ends."""
    drop = " \t\n\r\xa0" + also
    while start < end and text[start] in drop:
        start += 1
    while start < end and text[end - 1] in drop:
        end -= 1
    return start, end
