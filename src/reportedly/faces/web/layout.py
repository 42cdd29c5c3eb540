"""Lays a reading out for the page: paragraphs with their pieces, and beside each the claims that begin in it.

However long a report is and however many claims it makes, a page holds a
bounded part of it, and every part can be reached. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ...reading.paragraphs import paragraphs
from ...records import Attribution, Copy, Reading
from .. import words
from .marks import Mark, Piece, cut

Range = tuple[int, int]

PART_LETTERS = 30_000  # characters of the text on one page
PART_CLAIMS = 150  # claims on one page
_ROW_LETTERS = 6_000  # a longer paragraph is cut
_OVER = 400  # claims that are marked in one part, at most


@dataclass(frozen=True, slots=True)
class Card:
    """A claim as it stands beside the text. ``label`` is its number; the report's own have "n1", "n2"."""

    claim: Attribution
    label: str
    who: str
    content: str
    parent: str | None
    against: tuple[str, ...]
    disputed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph (or a part of one) in pieces, and the claims that begin in it."""

    pieces: Sequence[Piece]
    cards: Sequence[Card]
    heading: bool = False


@dataclass(frozen=True)
class Layout:
    """One part of a report, laid out.

    ``labels`` are the numbers of all claims by their ids, ``parts`` the part in
    which each stands; ``own`` counts the statements of the report's own voice.
    """

    rows: list[Row]
    part: int
    of: int
    labels: Mapping[str, str]
    parts: Mapping[str, int]
    claims: int
    own: int
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Slot:
    range: Range
    claims: tuple[Attribution, ...]


def lay_out(
    reading: Reading,
    *,
    part: int | None = 1,
    claim: str | None = None,
    own: bool = False,
    copies: Sequence[Copy] = (),
) -> Layout:
    """Lay out a part of a reading.

    Args:
        reading: what was read; its text may be of any length.
        part: which part, from 1; what is beyond the last is the last.
        claim: the id of a claim; where it stands is the part shown, unless ``part`` says otherwise.
        own: also show what the report says in its own voice.
        copies: overlaps of this report with those it takes text from.
    """
    text = reading.report.text
    labels = _labels(reading)
    shown = sorted(
        (a for a in reading.attributions if own or a.source.kind != "narrator"),
        key=lambda a: (_start(a), a.id),
    )
    parts = _parts(_slots(_ranges(text), shown))
    place = {a.id: n for n, slots in enumerate(parts, 1) for slot in slots for a in slot.claims}
    number = part or place.get(claim or "", 1)
    number = max(1, min(number, len(parts)))
    slots = parts[number - 1]
    objections: dict[str, list[str]] = {}
    for a in reading.attributions:
        for other in a.disputes:
            objections.setdefault(other, []).append(a.id)
    names = {e.id: e.name for e in reading.entities}
    marks, notes = _marks(reading, shown, slots, copies)
    rows: list[Row] = []
    for slot, pieces in zip(slots, _shared(text, marks, [s.range for s in slots]), strict=True):
        low, high = slot.range
        cards = [
            Card(
                claim=a,
                label=labels[a.id],
                who=words.holder(a, names),
                content=words.content(a),
                parent=a.parent if a.parent in labels else None,
                against=tuple(d for d in a.disputes if d in labels),
                disputed_by=tuple(objections.get(a.id, ())),
            )
            for a in slot.claims
        ]
        heading = low < high and text[low:high].strip() == (reading.report.title or "").strip()
        rows.append(Row(pieces, cards, heading and number == 1 and not rows))
    return Layout(
        rows=rows,
        part=number,
        of=len(parts),
        labels=labels,
        parts=place,
        claims=sum(a.source.kind != "narrator" for a in reading.attributions),
        own=sum(a.source.kind == "narrator" for a in reading.attributions),
        notes=notes,
    )


def _start(claim: Attribution) -> int:
    spans = [*claim.source.spans, *(claim.cue.spans if claim.cue else ()), *claim.content.spans]
    return min((s for s, _ in spans), default=0)


def _labels(reading: Reading) -> dict[str, str]:
    found: dict[str, str] = {}
    said = stated = 0
    for a in sorted(reading.attributions, key=lambda a: (_start(a), a.id)):
        if a.source.kind == "narrator":
            stated += 1
            found[a.id] = f"n{stated}"
        else:
            said += 1
            found[a.id] = str(said)
    return found


def _ranges(text: str) -> list[Range]:
    """Return the paragraphs, the long ones cut at a space."""
    found: list[Range] = []
    for start, end in paragraphs(text):
        while end - start > _ROW_LETTERS:
            space = text.rfind(" ", start + _ROW_LETTERS // 2, start + _ROW_LETTERS)
            stop = space + 1 if space > 0 else start + _ROW_LETTERS
            found.append((start, stop))
            start = stop
        found.append((start, end))
    return found or [(0, len(text))]


def _slots(ranges: Sequence[Range], claims: Sequence[Attribution]) -> list[_Slot]:
    """Put each claim beside the paragraph that it begins in; too many go on in a row without text."""
    found: list[_Slot] = []
    left = iter(claims)
    waiting = next(left, None)
    for k, (start, end) in enumerate(ranges):
        mine: list[Attribution] = []
        while waiting is not None and (_start(waiting) < end or k + 1 == len(ranges)):
            mine.append(waiting)
            waiting = next(left, None)
        found.append(_Slot((start, end), tuple(mine[:PART_CLAIMS])))
        rest = iter(mine[PART_CLAIMS:])
        while more := tuple(islice(rest, PART_CLAIMS)):
            found.append(_Slot((end, end), more))
    return found


def _parts(slots: Sequence[_Slot]) -> list[list[_Slot]]:
    found: list[list[_Slot]] = [[]]
    letters = claims = 0
    for slot in slots:
        size = slot.range[1] - slot.range[0]
        if found[-1] and (letters + size > PART_LETTERS or claims + len(slot.claims) > PART_CLAIMS):
            found.append([])
            letters = claims = 0
        found[-1].append(slot)
        letters += size
        claims += len(slot.claims)
    return found


def _shared(text: str, marks: Sequence[Mark], ranges: Sequence[Range]) -> list[list[Piece]]:
    """Cut the rows of a part in one go; the blanks between them are left out."""
    pieces = cut(text, marks, (ranges[0][0], ranges[-1][1]), [x for r in ranges for x in r])
    found: list[list[Piece]] = []
    at = 0
    for low, high in ranges:
        while at < len(pieces) and pieces[at].start < low:
            at += 1
        mine = []
        while at < len(pieces) and pieces[at].end <= high:
            mine.append(pieces[at])
            at += 1
        found.append(mine)
    return found


def _marks(
    reading: Reading, shown: Sequence[Attribution], slots: Sequence[_Slot], copies: Sequence[Copy]
) -> tuple[list[Mark], dict[str, str]]:
    """Return what is marked in some rows, and the values to show with figures, places and times."""
    low, high = slots[0].range[0], slots[-1].range[1]

    def is_near(spans: Sequence[Range]) -> bool:
        return any(s < high and e > low for s, e in spans)

    here = {a.id for slot in slots for a in slot.claims}
    over = [a for a in shown if a.id in here]
    over += [a for a in shown if a.id not in here and is_near((*a.content.spans, *a.source.spans))]
    found: list[Mark] = []
    for a in over[:_OVER]:
        found.append(Mark("source", a.id, a.source.spans))
        found.append(Mark("cue", a.id, a.cue.spans if a.cue else ()))
        found.append(Mark("content", a.id, a.content.spans))
        found += [Mark("hedge", a.id, h.spans) for h in a.hedges]
        found += [Mark("via", a.id, v.spans) for v in a.via]
    notes: dict[str, str] = {}
    for figure in reading.figures:
        if is_near(figure.spans):
            found.append(Mark("figure", figure.id, figure.spans))
            notes[figure.id] = words.amount(figure)
    for place in reading.places:
        if is_near(place.spans):
            found.append(Mark("place", place.id, place.spans))
            notes[place.id] = place.country or "not on the map"
    for time in reading.times:
        if is_near(time.spans):
            found.append(Mark("time", time.id, time.spans))
            notes[time.id] = time.value or "unknown"
    found += [Mark("copied", c.of, c.spans) for c in copies if is_near(c.spans)]
    return found, notes
