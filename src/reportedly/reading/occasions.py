"""When and where an event happened: the nearest time and place that are stated together with it.

When something was said is no time of what was said: in "The blast on Sunday killed
two, police said on Tuesday" the blast and the deaths are of Sunday. So an event takes
its time from the attribution whose content it stands in itself, else from the report's
own words. There a time right beside a cue dates the saying, and is left to the cue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..records import Place, Time
from .page import Page
from .paragraphs import Range

Thing = Time | Place
HolderOf = Callable[[int, int], str | None]

_BESIDE = 2  # words between a cue and the time or place of its saying ("said late on Tuesday")
_LINKS = frozenset(["on", "in", "at", "to", "from", "the", "a", "an", "early", "late", "last", "this"])


class Occasions:
    """Finds the time and the place of events, for one page.

    ``holder_of`` gives the id of the innermost attribution that states what stands in a
    range of the text, ``None`` where that is the report itself. ``cues`` are the spans
    of the cues.
    """

    def __init__(
        self,
        page: Page,
        times: Sequence[Time],
        places: Sequence[Place],
        cues: Iterable[Range],
        holder_of: HolderOf,
    ) -> None:
        self._page = page
        self._holder_of = holder_of
        self._cues: dict[int, Range] = {}  # by their first and last words
        for start, end in cues:
            for offset in (start, max(start, end - 1)):
                self._cues[page.word_at(offset)] = (start, end)
        self._times = self._by_sentence(t for t in times if not _lasts(t.value))
        self._places = self._by_sentence(places)

    def time_of(self, trigger: Range) -> str | None:
        """Return the id of the time when the event of ``trigger`` happened, ``None`` where none is told."""
        return self._nearest(self._times, trigger)

    def place_of(self, trigger: Range) -> str | None:
        """Return the id of the place where the event of ``trigger`` happened, ``None`` where none is told."""
        return self._nearest(self._places, trigger)

    def _by_sentence(
        self, things: Iterable[Thing]
    ) -> dict[int, list[tuple[Range, str, str | None, Range | None]]]:
        found: dict[int, list[tuple[Range, str, str | None, Range | None]]] = {}
        for thing in things:
            span = thing.spans[0]
            entry = (span, thing.id, self._holder_of(*span), self._cue_beside(span))
            found.setdefault(self._page.sentence_number(span[0]), []).append(entry)
        return found

    def _cue_beside(self, span: Range) -> Range | None:
        """Return the cue that a time or place stands beside, with no more than linking words between."""
        words = self._page.words
        first, last = self._page.word_at(span[0]), self._page.word_at(span[1])
        for step, at in ((-1, first - 1), (1, last)):
            for _ in range(_BESIDE + 1):
                if not 0 <= at < len(words):
                    break
                if at in self._cues:
                    return self._cues[at]
                if words[at].lower not in _LINKS:
                    break
                at += step
        return None

    def _nearest(
        self, things: dict[int, list[tuple[Range, str, str | None, Range | None]]], trigger: Range
    ) -> str | None:
        start, end = trigger
        holder = self._holder_of(start, end)
        best: tuple[bool, int, str] | None = None
        for (s, e), name, own, cue in things.get(self._page.sentence_number(start), ()):
            if (s < end and start < e) or own not in (holder, None):
                continue
            if own is None and cue is not None and not (cue[0] < end and start < cue[1]):
                continue
            gap = s - end if s >= end else 2 * (start - e)  # what follows the trigger belongs to it rather
            best = min(best or (True, gap, name), (own != holder, gap, name))
        return best[2] if best else None


def _lasts(value: str | None) -> bool:
    """Tell whether a TIMEX3 value is a duration or says how often."""
    return value is not None and value[:1] == "P" and value[1:2] in "T0123456789X"
