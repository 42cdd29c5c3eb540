"""Figures: the quantities of a report, as ranges, in the words used.

Cardinals, money, percentages, measures and tolls; years, dates, times of day,
addresses, scores and labels are left out. The benchmark is NewsQuant (Almasian
et al. 2023, "CQE: A Comprehensive Quantity Extractor").
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..records.things import Figure, Time
from . import units
from .implied import headline_singulars, multiple, openers, singular
from .measures import Counted, assign, beside_number, cues, done_within, own_measure
from .numbers import number_starts
from .page import Page, Word
from .pieces import pieces
from .quantities import Quantity, quantity
from .times import read_times

_GLUED = re.compile(r"([^\W\d_A-Z]{3,})\.([A-Z][^\W\d_]*)")
_PERSON_MEASURES_NOT = ("increase", "decrease", "cases")


def read_figures(page: Page, times: Iterable[Time] = ()) -> list[Figure]:
    """Return the figures of ``page`` in order.

    ``times`` are the page's time expressions where they have been read already;
    without them they are looked for here. Numbers inside dates and times are no
    figures, durations ("a 12-year sentence") are. ``event`` is left ``None``.

    A fraction ("half of the crew", "one in five") keeps its value, 0.5 or 0.2,
    with the unit ``share``; an age has the measure ``age`` and a duration's unit.
    """
    words = unglued(pieces(page))
    known = list(times) or read_times(page, None)
    dates = [t.spans[0] for t in known if not _is_duration(t.value)]
    found: list[Figure] = []
    for start, end in _sentences(page, words):
        found.extend(_read_sentence(page, words, start, end, dates))
    return found


def _is_duration(value: str | None) -> bool:
    return value is not None and value[:1] == "P" and value[1:2] in "T0123456789X"


def _sentences(page: Page, words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Yield the sentences as ranges of pieces."""
    starts = [w.start for w in words]
    for start, end in page.sentences:
        low, high = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
        if low < high:
            yield low, high


def _read_sentence(
    page: Page, words: Sequence[Word], start: int, end: int, dates: Sequence[tuple[int, int]]
) -> list[Figure]:
    begin = number_starts()
    implied = openers()
    marks = [
        i
        for i in range(start, end)
        if words[i].text[0].isdigit() or words[i].lower in begin or words[i].lower in implied
    ]
    found_cues = cues(words, start, end)
    quantities: list[Quantity] = []
    floor = start
    for at in marks:
        if at < floor or _inside(words[at], dates):
            continue
        found = quantity(words, at, floor, end) if words[at].lower not in implied else None
        found = found or multiple(words, at, end) or singular(words, at, end)
        if found and not (found.unit is None and _goes_on(words, at, dates)):
            quantities.append(found)
            floor = _after(words, found)
    _share_units(words, quantities)
    quantities.extend(headline_singulars(words, start, end, found_cues, quantities))
    if not quantities:
        return []
    quantities.sort(key=lambda q: (q.start, -q.end))
    counted = [_counted(words, q) for q in quantities]
    assign(words, [c for c in counted if c.measure != "age"], found_cues, end)
    sick = any(w.lower in units.words("sickness") for w in words[start:end])
    for item in counted:
        if item.measure == "treated" and (sick or not words[item.end - 1].lower.startswith("patient")):
            item.measure = "ill" if sick else "injured"
    return [_figure(page, words, q, c) for q, c in zip(quantities, counted, strict=True) if _keeps(q, c)]


def _goes_on(words: Sequence[Word], at: int, dates: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a bare number goes on with a date before it: "on 8 and 9 July", "Nov. 6 to 10"."""
    joined = at >= 2 and words[at - 1].lower in ("and", "to", "or", "-", "–", "through")
    return joined and _inside(words[at - 2], dates) and len(words[at].text) <= 2


def _share_units(words: Sequence[Word], found: Sequence[Quantity]) -> None:
    """Give a bare number the unit of its neighbour: "30 of 120 seats", "$3 million, up from 2 million"."""
    shared = ("noun", "percent", "currency", "measure")
    for one, two in reversed(list(pairwise(found))):
        gap = " ".join(w.lower for w in words[one.end : two.start])
        known = one.unit is None and two.unit is not None and two.kind in shared and not one.loose
        if known and gap in units.words("unit-follows"):
            one.unit, one.kind = two.unit, two.kind if two.kind != "noun" else ""
    for one, two in pairwise(found):
        gap = " ".join(w.lower for w in words[one.end : two.start])
        known = two.unit is None and one.unit is not None and one.kind in shared and not two.loose
        if known and gap in units.words("unit-before"):
            two.unit, two.kind = one.unit, one.kind if one.kind != "noun" else ""


def _after(words: Sequence[Word], found: Quantity) -> int:
    """Return where to read on: behind a quantity, or at an age within it ("two 16-year-old boys")."""
    inside = range(found.number + 1, found.end)
    return next((i for i in inside if units.past_age(words, i, found.end)), found.end)


def unglued(words: Sequence[Word]) -> list[Word]:
    """Cut a word that ran into the next sentence: "injured.Police" of a page without its line breaks."""
    found: list[Word] = []
    for word in words:
        match = _GLUED.fullmatch(word.text)
        if match is None:
            found.append(word)
            continue
        middle = word.start + match.end(1)
        for start, end in ((word.start, middle), (middle, middle + 1), (middle + 1, word.end)):
            text = word.text[start - word.start : end - word.start]
            found.append(Word(text, text.lower().replace("’", "'"), start, end))
    return found


def _inside(word: Word, dates: Sequence[tuple[int, int]]) -> bool:
    at = bisect.bisect_right(dates, (word.start, 1 << 60)) - 1
    return at >= 0 and dates[at][1] > word.start


def _counted(words: Sequence[Word], found: Quantity) -> Counted:
    people = found.unit in (None, "person") and found.kind in ("", "noun")
    if found.kind == "age":
        return Counted(found.start, found.end, False, "age", "own")
    measure = found.measure
    if measure is None and found.kind == "noun" and not people:
        measure = _noun_measure(words, found)
    if measure is None and found.kind == "noun" and people and not found.implied:
        measure = done_within(words, found.number, found.end)
    if measure:
        return Counted(found.start, found.end, False, measure, "own")
    return Counted(found.start, found.end, people)


def _noun_measure(words: Sequence[Word], found: Quantity) -> str | None:
    """Return the measure of a noun that says what was done to those counted: deaths, bodies, lives."""
    noun, before = words[found.end - 1].lower, words[found.end - 2].lower
    if before in units.words("undone"):
        return None
    measure = own_measure(f"{before} {noun}") or own_measure(noun)
    if measure is None and found.end - found.number == 2:
        measure = beside_number(noun)
    if measure is None and found.unit == "life":
        near = [w.lower for w in words[found.end : found.end + 3]]
        lost = bool(units.words("lives-after") & set(near))
        if lost or (found.start and words[found.start - 1].lower in units.words("lives-before")):
            return "killed"
    return measure


def _keeps(found: Quantity, counted: Counted) -> bool:
    """Tell whether a vague or an implied number says enough to be a figure."""
    return counted.measure is not None or not found.loose


def _figure(page: Page, words: Sequence[Word], found: Quantity, counted: Counted) -> Figure:
    start, end = words[found.start].start, words[found.end - 1].end
    unit = found.unit
    person = counted.measure is not None and counted.measure not in _PERSON_MEASURES_NOT
    if person and (unit is None or (counted.side == "own" and found.kind == "noun")):
        unit = "person"
    low, high = found.low, found.high
    if low is not None and high is not None and low > high:
        low, high = high, low  # "2-1 hundred": the words give the larger end first
    return Figure(
        id=f"f{start}",
        text=page.text[start:end],
        spans=((start, end),),
        value=found.value,
        low=low,
        high=high,
        bound=found.bound,
        unit=unit,
        measure=counted.measure,
    )
