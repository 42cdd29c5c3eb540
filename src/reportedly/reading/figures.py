"""Figures: the quantities of a report, as ranges, in the words used.

Cardinals, money, percentages, measures and tolls; years, dates, times of day,
addresses, scores and labels are left out. The benchmark is NewsQuant (Almasian
et al. 2023, "CQE: A Comprehensive Quantity Extractor").
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

from ..records.things import Figure, Time
from . import units
from .measures import Counted, assign, cues, own_measure
from .numbers import number_starts
from .page import Page, Word
from .pieces import pieces
from .quantities import Quantity, quantity
from .times import time_spans

_PERSON_MEASURES_NOT = ("increase", "decrease", "cases")


def read_figures(page: Page, times: Iterable[Time] = ()) -> list[Figure]:
    """Return the figures of ``page`` in order.

    ``times`` are the page's time expressions where they have been read already;
    without them they are looked for here. Numbers inside dates and times are no
    figures, durations ("a 12-year sentence") are. ``event`` is left ``None``.

    A fraction ("half of the crew", "one in five") keeps its value, 0.5 or 0.2,
    with the unit ``share``; an age has the measure ``age`` and a duration's unit.
    """
    words = pieces(page)
    dates = [t.spans[0] for t in times if not _is_duration(t.value)] if times else None
    if dates is None:
        dates = [(start, end) for start, end, lasting in time_spans(page, words) if not lasting]
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
    marks = [
        i
        for i in range(start, end)
        if words[i].text[0].isdigit() or words[i].lower in begin or words[i].lower in ("another", "no")
    ]
    if not marks:
        return []
    quantities: list[Quantity] = []
    floor = start
    for at in marks:
        if at < floor or _inside(words[at], dates):
            continue
        found = quantity(words, at, floor, end) if words[at].lower not in ("another", "no") else None
        found = found or _article(words, at, end)
        if found:
            quantities.append(found)
            floor = found.end
    counted = [_counted(words, q) for q in quantities]
    assign(words, counted, cues(words, start, end), end)
    return [_figure(page, words, q, c) for q, c in zip(quantities, counted, strict=True) if _keeps(q, c)]


def _inside(word: Word, dates: Sequence[tuple[int, int]]) -> bool:
    at = bisect.bisect_right(dates, (word.start, 1 << 60)) - 1
    return at >= 0 and dates[at][1] > word.start


def _article(words: Sequence[Word], at: int, end: int) -> Quantity | None:
    """Read "a man", "another soldier" as one and "no injuries" as none; kept only beside a measure."""
    lower = words[at].lower
    if lower == "no":
        noun = units.noun_after(words, at + 1, True, end)
        if noun and own_measure(words[noun.end - 1].lower):
            return Quantity(at, noun.end, at, 0.0, 0.0, 0.0, None, noun.name, "noun")
        return None
    if lower not in ("a", "an", "another"):
        return None
    noun = units.noun_after(words, at + 1, False, end)
    if noun is None or noun.name != "person":
        return None
    return Quantity(at, noun.end, at, 1.0, 1.0, 1.0, None, "person", "noun", loose=True)


def _counted(words: Sequence[Word], found: Quantity) -> Counted:
    people = found.unit in (None, "person") and found.kind in ("", "noun")
    if found.kind == "age":
        return Counted(found.start, found.end, False, "age", "own")
    if found.kind == "noun" and not people:
        noun = words[found.end - 1].lower
        modified = words[found.end - 2].lower + " " + noun
        measure = own_measure(modified) or own_measure(noun)
        if measure:
            return Counted(found.start, found.end, False, measure, "own")
    return Counted(found.start, found.end, people)


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
