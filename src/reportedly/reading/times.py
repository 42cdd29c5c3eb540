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
from .timegrammar import Marked, mark
from .timeparts import Expression
from .timevalues import Clock
from .timewords import context

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
    words = pieces(page)
    marked = mark(words)
    clock = Clock(published, _is_history(marked, published))
    found: list[Time] = []
    for number, match in enumerate(marked.matches):
        start, end = words[match.start].start, words[match.end - 1].end
        sentence = page.sentence_at(start)
        expression = Expression(
            rule=match.rule,
            words=words[match.start : match.end],
            classes=marked.classes[match.start : match.end],
            values=marked.values[match.start : match.end],
            direction=_direction(words, match.start, match.end, sentence),
            year=_next_year(marked, number),
            following=words[match.end].lower if match.end < len(words) else "",
        )
        value, anchor = clock.resolve(expression)
        found.append(
            Time(id=f"t{start}", text=page.text[start:end], spans=((start, end),), value=value, anchor=anchor)
        )
    return found


def time_spans(page: Page, words: Sequence[Word] | None = None) -> list[tuple[int, int, bool]]:
    """Return ``(start, end, is a duration)`` in characters for each time expression, without resolving any.

    ``words`` are the page's pieces where the caller has them.
    """
    words = pieces(page) if words is None else words
    matches = mark(words).matches
    return [(words[m.start].start, words[m.end - 1].end, m.rule in _LASTING) for m in matches]


def _is_history(marked: Marked, published: str | None) -> bool:
    """Tell whether a text narrates the past: most of its years lie well before its publication."""
    now = int(published[:4]) if published and published[:4].isdigit() else None
    years: list[int] = []
    deictic = 0
    for match in marked.matches:
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


def _direction(words: Sequence[Word], start: int, end: int, sentence: tuple[int, int]) -> int:
    """Return +1 where the words look ahead, -1 where they look back, 0 where neither shows.

    The nearest verb before the expression in its sentence decides, else the
    first one after it.
    """
    for at in range(start - 1, max(-1, start - 1 - _LOOK), -1):
        if words[at].start < sentence[0]:
            break
        found = _word_direction(words, at)
        if found:
            return found
    for at in range(end, min(len(words), end + _LOOK)):
        if words[at].start >= sentence[1]:
            break
        found = _word_direction(words, at)
        if found:
            return found
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
