"""Tallies: the figures of one report that may belong to a series, with who gives them and how.

A tally says which figure of a report is the report's own count of something:
whether it stands in the title or the lead, whether it is an older figure that
is only mentioned, a part of another one, a fear, or a count of some other
happening. The words behind each of these are in ``data/series.toml``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from ..data import tables
from ..reading.page import Page
from ..reading.units import singular
from ..records import Attribution, Figure, Reading
from .counted import measure_beside
from .filed import Filed
from .givers import Giver, giver_of, speaker_before
from .phrasing import begins_with, days, ends_with, has, plain, stems
from .wording import is_verb

Mark = Literal[
    "past",
    "unreal",
    "part",
    "running",
    "elsewhere",
    "correction",
    "change",
    "contest",
    "withdrawn",
    "resolved",
]
Thing = tuple[str, str | None, str | None]  # kind (toll, money, count), measure, unit or noun

_LEAD = 2  # paragraphs after the title
_BESIDE = 4  # words to either side among which stands what money is for
_NEAR = 10  # words to either side of a figure that tell what it counts
_BETWEEN = 3  # words between an older figure and what shows that it is one
_LIST_GAP = re.compile(r"\s*(?:,|and|&|, and|as well as)\s*(?:the|his|her|their)?\s*")
_WHOLE = frozenset({"people", "persons", "victims", "others", "members", "relatives", "patients"})


@dataclass(frozen=True, slots=True)
class Tally:
    """One figure of a report; ``place`` is 0 in the title, 1 in the lead, 2 below.

    It stands in ``[start, end)`` of the text. ``near`` and ``nouns`` are stems
    of the words around it and of its sentence and the one before; ``for_nouns``
    are nouns that may say what money is for; ``olds`` are older values that its
    sentence mentions. An ``implied`` figure names one of
    those counted ("a nurse", "the driver") and is no count by itself.
    """

    filed: Filed
    figure: Figure
    start: int
    end: int
    thing: Thing | None
    giver: Giver
    attribution: str | None
    place: int
    marks: frozenset[Mark]
    text: str
    value: float | None
    low: float | None
    high: float | None
    near: frozenset[str] = frozenset()
    olds: tuple[float, ...] = ()
    as_of: str | None = None
    summed: bool = False
    implied: bool = False
    sentence: int = 0
    nouns: frozenset[str] = frozenset()
    for_nouns: tuple[str, ...] = ()

    @property
    def beside(self) -> bool:
        """Tell whether it counts only those beside others: "three others"."""
        return bool({"other", "others", "more", "additional"} & set(plain(self.text).split()))

    @property
    def own(self) -> bool:
        """Tell whether the report counts this happening with it, as of now."""
        return not self.marks & {"past", "unreal", "part", "running", "elsewhere"}


def tallies(filed: Filed, happened: Sequence[tuple[date, date]]) -> list[Tally]:
    """Return the tallies of one report in the order of its text.

    ``happened`` are the days, as ``(first, last)``, in which the story may have
    happened: a figure beside a date outside of them belongs to something else.
    """
    reading = filed.reading
    page = Page(reading.report.text)
    context = _Context(filed, page, happened)
    found = [tally for figure in reading.figures if (tally := context.tally(figure)) is not None]
    return _with_olds(_summed(found, page.text))


def happening(reports: Iterable[Filed]) -> list[tuple[date, date]]:
    """Return the days in which a story may have happened, as ``(first, last)`` a stretch.

    From a month before each report to its publication, and the dates in the
    titles and leads, each as wide as it is precise.
    """
    found: set[tuple[date, date]] = set()
    for filed in reports:
        day = filed.published.date()
        start = day - timedelta(days=31) if day > date.min + timedelta(days=31) else date.min
        found.add((start, day))
        end = _lead_end(filed.reading)
        for time in filed.reading.times:
            if time.spans[0][0] < end and (span := days(time)) and (span[1] - span[0]).days < 40:
                found.add(span)
    return sorted(found)


class _Context:
    """One report, cut up, in which figures are looked at."""

    def __init__(self, filed: Filed, page: Page, happened: Sequence[tuple[date, date]]) -> None:
        reading = filed.reading
        self.filed, self.page, self.happened = filed, page, happened
        self.entities = {e.id: e for e in reading.entities}
        self.holders = _holders(reading.attributions)
        self.sources = sorted(span for a in reading.attributions for span in a.source.spans)
        self.times = sorted(reading.times, key=lambda t: t.spans[0])
        self.figures = sorted(reading.figures, key=lambda f: f.spans[0])
        self.figure_starts = [f.spans[0][0] for f in self.figures]
        self.time_starts = [t.spans[0][0] for t in self.times]
        self.title_end = _title_end(reading, page)
        self.lead_end = _lead_end(reading, page)

    def tally(self, figure: Figure) -> Tally | None:
        start, end = figure.spans[0][0], figure.spans[-1][1]
        if any(s <= start and end <= e for s, e in self._sources_near(start)):
            return None  # "two officials said" counts nothing but the source
        number = self.page.sentence_number(start)
        low, high = self.page.sentences[number] if self.page.sentences else (0, len(self.page.text))
        before, after = self._around(figure, start, end, low, high)
        holder = self.holders.get(figure.id)
        as_of = re.search(r"as of ([^,.;]{3,40})", self.page.text[low:high])
        place = 0 if start < self.title_end else 1 if start < self.lead_end else 2
        measure = measure_beside(figure, before, after)
        thing: Thing | None = ("toll", measure, "person") if measure else _thing(figure)
        is_money = thing is not None and thing[0] == "money"
        beside = (*before.split()[-_NEAR:], *after.split()[:_NEAR])
        if is_money:
            beside = self._beside(start, end, low, high)
        marks = self._marks(figure, before, after, low, high, place)
        return Tally(
            filed=self.filed,
            figure=figure,
            start=start,
            end=end,
            thing=thing,
            giver=self._giver(holder, low, start),
            attribution=holder.id if holder else None,
            place=place,
            marks=marks,
            text=figure.text,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            near=stems(beside),
            as_of=as_of[1].strip() if as_of else None,
            implied=figure.value == 1 and not _is_number(figure.text),
            sentence=number,
            nouns=stems(plain(self.page.text[self._back(number) : high]).split()),
            for_nouns=self._nouns(start, end, low, high) if is_money else (),
        )

    def _beside(self, start: int, end: int, low: int, high: int) -> tuple[str, ...]:
        """Return the words around a figure that are no names, in the order of the text."""
        text = self.page.text
        words = [*text[low:start].split()[-_NEAR:], *text[end:high].split()[:_NEAR]]
        return tuple(plain(" ".join(word for word in words if word[:1].islower())).split())

    def _nouns(self, start: int, end: int, low: int, high: int) -> tuple[str, ...]:
        """Return the nouns right beside a figure, and the one that its sentence begins with."""
        text = self.page.text
        before, after = text[low:start].split(), text[end:high].split()
        words = [*before[:_BESIDE], *before[-_BESIDE:], *after[:_BESIDE]]
        found = plain(" ".join(word for word in words if word[:1].islower())).split()
        return tuple(word for word in found if stems([word]) and not is_verb(word))

    def _around(self, figure: Figure, start: int, end: int, low: int, high: int) -> tuple[str, str]:
        """Return the words before and after a figure in its sentence, other figures as "n"."""
        starts = self.figure_starts
        text = self.page.text

        def words(begin: int, stop: int) -> str:
            parts, at = [], begin
            first = bisect.bisect_left(starts, begin)
            for other in self.figures[first : bisect.bisect_left(starts, stop)]:
                parts += [plain(text[at : other.spans[0][0]]), "n"]
                at = other.spans[-1][1]
            return " ".join(filter(None, [*parts, plain(text[at:stop])]))

        return words(low, start), words(end, high)

    def _sources_near(self, start: int) -> Sequence[tuple[int, int]]:
        at = bisect.bisect_right(self.sources, (start, len(self.page.text)))
        return self.sources[max(0, at - 3) : at]

    def _back(self, number: int) -> int:
        return self.page.sentences[max(0, number - 1)][0] if self.page.sentences else 0

    def _giver(self, holder: Attribution | None, low: int, start: int) -> Giver:
        """Return who gives the figure at ``start``, in a sentence that begins at ``low``."""
        if holder is None or holder.source.kind in ("narrator", "hearsay", "outlet"):
            speaker = speaker_before(self.page.text[low:start])
            if speaker is not None:
                return speaker
        return giver_of(self.filed.report, holder, self.entities)

    def _marks(
        self, figure: Figure, before: str, after: str, low: int, high: int, place: int
    ) -> frozenset[Mark]:
        found: set[Mark] = set()
        both = f"{before} n {after}"
        if (
            ends_with("past_adjacent", before, 0)
            or ends_with("past_before", before, _BETWEEN)
            or begins_with("past_after", after, 5)
            or (
                ends_with("past_perfect", before, _BETWEEN)
                and not set(before.split()[-8:]) & tables.words("series", "reported")
            )
        ):
            found.add("past")
        for mark in ("correction", "change", "contest"):
            if has(mark, both):
                found.add(mark)
        if has("withdrawn", before):
            found.add("withdrawn")
        if {"all", "the"} & set(before.split()[-1:]) and has("resolved", after):
            found.add("resolved")
        clause = " ".join([*before.split()[-6:], "n", *after.split()[:4]])
        if has("held_against", both) or self._than_reported(low):
            found.add("contest")
        elif has("unreal", clause):
            found.add("unreal")
        own = plain(figure.text)
        if ends_with("part_before", before, 2) or has("part_after", f"{own} {' '.join(after.split()[:2])}"):
            found.add("part")
        if (place and has("running", both)) or begins_with("rate", after, 1):
            found.add("running")
        if self._other_day(low, high) or (place == 2 and has("elsewhere", both)):
            found.add("elsewhere")
        return frozenset(found)

    def _than_reported(self, low: int) -> bool:
        """Tell whether the paragraph of a sentence, or the one before, holds its figures against a report."""
        at = bisect.bisect_right(self.page.paragraphs, (low, len(self.page.text))) - 1
        first = self.page.paragraphs[max(0, at - 1)][0] if self.page.paragraphs else 0
        return has("than_reported", plain(self.page.text[first:low]))

    def _other_day(self, low: int, high: int) -> bool:
        """Tell whether the sentence dates the figure, and only outside of the story."""
        first = bisect.bisect_left(self.time_starts, low)
        last = bisect.bisect_left(self.time_starts, high)
        rarity = tables.words("series", "rarity")
        dated = [
            span
            for t in self.times[first:last]
            if (span := days(t)) and not set(plain(self.page.text[low : t.spans[0][0]]).split()[-2:]) & rarity
        ]
        return bool(dated) and not any(
            a <= last_day and first_day <= b for a, b in dated for first_day, last_day in self.happened
        )


def _holders(attributions: Iterable[Attribution]) -> dict[str, Attribution]:
    """Map figures to the innermost attribution that states them."""
    found: dict[str, Attribution] = {}
    for attribution in attributions:
        for figure in attribution.figures:
            other = found.get(figure)
            if other is None or len(attribution.content.text) < len(other.content.text):
                found[figure] = attribution
    return found


def _thing(figure: Figure) -> Thing | None:
    """Return what a figure counts; ``None`` where it only describes, or does not say."""
    unit, measure = figure.unit, figure.measure
    if measure is not None and measure in tables.words("series", "tolls"):
        return ("toll", measure, "person")
    if unit is None or measure == "age" or unit in tables.words("series", "unfollowed"):
        return None
    if unit == "person":
        words = plain(figure.text).split()
        noun = singular(words[-1]) if words else ""
        if not noun.isalpha() or noun in tables.words("series", "anyone") or len(words) < 2:
            return None
        return ("count", measure, f"person {noun}")
    return ("money" if len(unit) == 3 and unit.isupper() else "count", measure, unit)


def _with_olds(found: list[Tally]) -> list[Tally]:
    """Tell each tally the older values that its sentence names beside it."""
    olds: dict[int, list[float]] = {}
    for tally in found:
        if "past" in tally.marks and tally.value is not None:
            olds.setdefault(tally.sentence, []).append(tally.value)
    return [replace(t, olds=tuple(olds[t.sentence])) if t.sentence in olds else t for t in found]


def _summed(found: list[Tally], text: str) -> list[Tally]:
    """Add up the members of a list: "two men and a boy were killed" is three."""
    out: list[Tally] = []
    for tally in found:
        last = out[-1] if out else None
        if last is not None and _adds(last, tally, text):
            out[-1] = replace(
                last,
                text=text[last.start : tally.end],
                end=tally.end,
                value=_plus(last.value, tally.value),
                low=_plus(last.low, tally.low),
                high=_plus(last.high, tally.high),
                summed=True,
                implied=False,
            )
        else:
            out.append(tally)
    return out


def _adds(one: Tally, two: Tally, text: str) -> bool:
    listed = one.sentence == two.sentence and _LIST_GAP.fullmatch(text[one.end : two.start])
    if not listed or one.thing != two.thing or one.thing is None or one.thing[0] != "toll":
        return False
    listed_out = plain(one.figure.text).split()[-1:] and "," in text[one.end : two.start]
    if listed_out and not one.implied and plain(one.figure.text).split()[-1] in _WHOLE:
        return False  # "three victims, a man and two women" are three
    named = two.implied or len(plain(two.figure.text).split()) > 1  # "12 and 13" is no list of people
    return named and one.own and two.own


def _plus(one: float | None, two: float | None) -> float | None:
    return one + two if one is not None and two is not None else None


def _title_end(reading: Reading, page: Page) -> int:
    """Return where the title ends in the text; 0 where the text does not begin with it."""
    title = reading.report.title
    if not page.paragraphs or not title:
        return 0
    start, end = page.paragraphs[0]
    return end if plain(page.text[start:end]) == plain(title) else 0


def _lead_end(reading: Reading, page: Page | None = None) -> int:
    page = page or Page(reading.report.text)
    below = [end for start, end in page.paragraphs if start >= _title_end(reading, page)]
    return below[:_LEAD][-1] if below else 0


def _is_number(text: str) -> bool:
    """Tell whether a figure's words begin with a number: "one man", "a single man", and not "a man"."""
    words = plain(text).split() or [""]
    alone = ("one", "single", "lone", "sole", "only")
    return words[0][:1].isdigit() or any(w in alone for w in words[:2])
