"""Cuts a text at all borders of the passages marked in it, so that each piece has one set of marks.

Passages may overlap, nest and be torn apart, which HTML elements cannot. Pieces
that lie side by side can (the standoff markup of the Text Encoding Initiative,
P5, chapter 20, made flat): each names every passage that it belongs to, so all
can still be told apart. Pure: no HTML here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Role = Literal["source", "cue", "content", "hedge", "via", "figure", "place", "time", "copied"]
Edge = Literal["start", "end", "resume", "break"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage: what it is (``role``), whose it is (``owner``, the id of a claim or thing), and where.

    ``spans`` are half-open character offsets, in any order; they may overlap.
    """

    role: Role
    owner: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Border:
    """What happens to a passage where a piece begins or ends.

    ``start`` and ``end`` are those of the whole passage, ``break`` and ``resume``
    the two sides of a gap in it.
    """

    edge: Edge
    mark: Mark


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that no border cuts.

    ``marks`` are the passages that it belongs to, that which began first being the
    first; ``opens`` and ``closes`` those that begin and end here, the inner ones next to the text.
    """

    start: int
    end: int
    text: str
    marks: tuple[Mark, ...]
    opens: tuple[Border, ...] = ()
    closes: tuple[Border, ...] = ()

    def depth(self, role: Role) -> int:
        """Return how many passages of this role lie over one another here."""
        return sum(mark.role == role for mark in self.marks)

    def owners(self, role: Role) -> tuple[str, ...]:
        """Return whose passages of this role the piece belongs to."""
        return tuple(dict.fromkeys(mark.owner for mark in self.marks if mark.role == role))


def cut(
    text: str, marks: Iterable[Mark], within: tuple[int, int] | None = None, at: Sequence[int] = ()
) -> list[Piece]:
    """Cut ``text`` (or ``within`` a range of it) at all borders of ``marks``, and at the offsets ``at``.

    The texts of the pieces, joined, are the text; a piece names a mark if, and
    only if, it lies in one of its spans. Spans that are empty or lie outside
    are left out. Takes time for the borders times the marks that lie over one another.
    """
    low, high = within or (0, len(text))
    runs = [(mark, _runs(mark.spans, low, high)) for mark in marks]
    runs = [(mark, found) for mark, found in runs if found]
    order = {id(mark): k for k, (mark, _) in enumerate(sorted(runs, key=lambda r: _reach(r[1])))}
    begins: dict[int, list[tuple[Mark, int, Edge]]] = {}
    ends: dict[int, list[tuple[Mark, Edge]]] = {}
    for mark, found in runs:
        whole = _runs(mark.spans, 0, len(text))
        for start, end in found:
            first, last = start == whole[0][0], end == whole[-1][1]
            begins.setdefault(start, []).append((mark, end, "start" if first else "resume"))
            ends.setdefault(end, []).append((mark, "end" if last else "break"))
    cuts = sorted({low, high, *begins, *ends, *(a for a in at if low < a < high)})
    pieces: list[Piece] = []
    active: dict[int, Mark] = {}
    for start, end in pairwise(cuts):
        for mark, _ in ends.get(start, ()):
            active.pop(id(mark), None)
        new = sorted(begins.get(start, ()), key=lambda b: (-b[1], order[id(b[0])]))
        for mark, _, _ in new:
            active[id(mark)] = mark
        over = sorted(active.values(), key=lambda m: order[id(m)]) if len(active) > 1 else active.values()
        closing = sorted(ends.get(end, ()), key=lambda e: -order[id(e[0])])
        pieces.append(
            Piece(
                start,
                end,
                text[start:end],
                tuple(over),
                tuple(Border(edge, mark) for mark, _, edge in new),
                tuple(Border(edge, mark) for mark, edge in closing),
            )
        )
    return pieces


def _runs(spans: Iterable[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """Return spans in order within a range; those that touch or overlap become one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((max(s, low), min(e, high)) for s, e in spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _reach(runs: list[tuple[int, int]]) -> tuple[int, int]:
    """Order marks so that one which begins earlier, or ends later, stands outside."""
    return runs[0][0], -runs[-1][1]
