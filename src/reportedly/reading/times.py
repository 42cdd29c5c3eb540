"""Times: the time expressions of a report with their TIMEX3 values.

Values follow TIMEX3 (TimeML 1.2.1; Pustejovsky et al. 2003): dates, times of
day, durations (``P3D``), sets (``XXXX-WXX-5``), seasons (``2025-SU``),
references (``PAST_REF``). Unknown digits of decades and centuries are ``X`` as
in EDTF (ISO 8601-2). A weekday is the nearest one that is not after the
publication date, unless the words before it look ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..records.things import Time
from .page import Page, Word
from .pieces import pieces
from .timegrammar import Marked, Match, mark
from .timeparts import Expression
from .timevalues import Clock
from .timewords import codes, context

_LASTING = frozenset({"lasting", "bare"})
_LOOK = 14  # words before an expression among which its direction is looked for


def read_times(page: Page, published: str | None) -> list[Time]:
    """Return the time expressions of ``page`` in order.

    ``published`` is the publication date as ISO 8601 (a date, or a moment with
    a time zone); what can only be told from it has value ``None``, or an open
    value such as ``XXXX-WXX-3``, where it is missing or no date. ``anchor`` is
    the date a relative expression was resolved against, ``None`` for absolute
    ones.
    """
    marked = mark(pieces(page))
    clock = Clock(published, _is_history(marked, published))
    frames = _Frames(page, marked)
    found: list[Time] = []
    for number, match in enumerate(marked.matches):
        start, end = marked.span(match)
        value, anchor = clock.resolve(_expression(page, marked, number, frames.year_at(match, start)))
        found.append(
            Time(id=f"t{start}", text=page.text[start:end], spans=((start, end),), value=value, anchor=anchor)
        )
    return found


def _expression(page: Page, marked: Marked, number: int, frame: int | None) -> Expression:
    match, words = marked.matches[number], marked.pieces
    sentence = page.sentence_at(words[match.start].start)
    return Expression(
        rule=match.rule,
        words=words[match.low : match.high],
        classes=marked.classes[match.low : match.high],
        values=marked.values[match.low : match.high],
        direction=_direction(words, match.start, match.end, sentence),
        year=_next_year(marked, number),
        following=words[match.end].lower if match.end < len(words) else "",
        frame=frame,
        aside=_is_aside(page, words, match, sentence),
        part=match.part,
    )


class _Frames:
    """The years that open sentences: "In 2019, flights stopped on February 6"."""

    def __init__(self, page: Page, marked: Marked) -> None:
        self._page = page
        self._marked = marked
        self._sentence = -1
        self._year: int | None = None

    def year_at(self, match: Match, start: int) -> int | None:
        """Return the year that frames a match; to be asked of all matches in order."""
        sentence = self._page.sentence_number(start)
        if sentence != self._sentence:
            self._sentence, self._year = sentence, None
        frame = self._year
        if match.rule == "year" and frame is None and self._opens(match):
            self._year = int(self._marked.values[match.end - 1])
        return frame

    def _opens(self, match: Match) -> bool:
        low = self._page.sentences[self._sentence][0]
        before = [w for w in self._marked.pieces[max(0, match.start - 3) : match.start] if w.start >= low]
        return (
            0 < len(before) < 3
            and before[0].start == low
            and before[0].lower in ("in", "during", "throughout")
        )


def _is_aside(page: Page, words: Sequence[Word], match: Match, sentence: tuple[int, int]) -> bool:
    """Tell whether an expression stands in round brackets of its sentence."""
    depth = 0
    for at in range(match.start - 1, max(-1, match.start - 1 - _LOOK), -1):
        if words[at].start < sentence[0]:
            break
        depth += (words[at].text == "(") - (words[at].text == ")")
        if depth > 0:
            return True
    return False


def time_spans(page: Page, words: Sequence[Word] | None = None) -> list[tuple[int, int, bool]]:
    """Return ``(start, end, is a duration)`` in characters for each time expression, without resolving any.

    ``words`` are the page's pieces where the caller has them.
    """
    words = pieces(page) if words is None else words
    marked = mark(words)
    return [(*marked.span(m), m.rule in _LASTING) for m in marked.matches]


def _is_history(marked: Marked, published: str | None) -> bool:
    """Tell whether a text narrates the past: most of its years lie well before its publication.

    A text that names its own month is none.
    """
    now = int(published[:4]) if published and published[:4].isdigit() else None
    years: list[int] = []
    deictic = 0
    for match in marked.matches:
        if now and match.rule in ("point", "monthyear") and _names(marked, match, published or ""):
            return False
        years.extend(
            int(w.text)
            for w in marked.pieces[match.start : match.end]
            if len(w.text) == 4 and w.text.isdecimal()
        )
        deictic += match.rule in ("deictic", "ago") or any(
            w.lower in ("today", "yesterday", "tomorrow", "tonight")
            for w in marked.pieces[match.start : match.end]
        )
    past = sum(year < now - 1 for year in years) if now else len(years)
    return past >= 5 and past > 2 * deictic and past * 2 > len(years)


def _names(marked: Marked, match: Match, published: str) -> bool:
    """Tell whether a match names the month of publication with its year."""
    classes = marked.classes[match.low : match.high]
    values = dict(zip(classes, marked.values[match.low : match.high], strict=True))
    month, year = values.get(codes()["month"]), values.get(codes()["year"])
    return bool(month and year) and f"{year}-{int(month or 0):02d}" == published[:7]


def _direction(words: Sequence[Word], start: int, end: int, sentence: tuple[int, int]) -> int:
    """Return +1 where the words look ahead, -1 where they look back, 0 where neither shows.

    The nearest verb before the expression in its sentence decides, else the
    first one after it. Right after "through" or "until" a sentence that looks back
    may look ahead.
    """
    ahead = start > 0 and words[start - 1].lower in context("ahead")
    for at in range(start - 1, max(-1, start - 1 - _LOOK), -1):
        if words[at].start < sentence[0]:
            break
        found = _word_direction(words, at)
        if found:
            return 0 if ahead and found < 0 else found
    for at in range(end, min(len(words), end + _LOOK)):
        if words[at].start >= sentence[1]:
            break
        found = _word_direction(words, at)
        if found:
            return 0 if ahead and found < 0 else found
    return 0


def _word_direction(words: Sequence[Word], at: int) -> int:
    lower = words[at].lower
    if lower in context("future"):
        return 1
    pair = lower + " " + words[at + 1].lower if at + 1 < len(words) else lower
    if pair in context("future"):
        return 1
    if lower in context("pastword") or (lower.endswith("ed") and len(lower) > 4):
        return -1
    return 0


def _next_year(marked: Marked, number: int) -> int | None:
    """Return the year that an expression borrows from the next: "between May and June 2019"."""
    if number + 1 >= len(marked.matches):
        return None
    here, following = marked.matches[number], marked.matches[number + 1]
    gap = [w.lower for w in marked.pieces[here.end : following.start]]
    if len(gap) > 1 or (
        gap and gap[0] not in ("and", "to", "or", "-", "–", "through", "until", "till", ",", "/")
    ):
        return None
    last = marked.pieces[following.end - 1].text
    return int(last) if len(last) == 4 and last.isdecimal() else None
