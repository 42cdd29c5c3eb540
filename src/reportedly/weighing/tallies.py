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
from ..records import Attribution, Entity, Figure, Reading
from .filed import Filed
from .phrasing import begins_with, days, ends_with, has, plain, stems

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
Camp = Literal["authorities", "press", "hospitals", "opposition", "witnesses"]
Thing = tuple[str, str | None, str | None]  # kind (toll, money, count), measure, unit or noun

_LEAD = 2  # paragraphs after the title
_NEAR = 10  # words to either side of a figure that tell what it counts
_BETWEEN = 3  # words between an older figure and what shows that it is one
_LIST_GAP = re.compile(r"\s*(?:,|and|&|, and|as well as)\s*(?:the|his|her|their)?\s*")
_WHOLE = frozenset({"people", "persons", "victims", "others", "members", "relatives", "patients"})
_SPEAKER = re.compile(
    r"(?:^|[,;:] |\b(?:while|but|whereas|and) )((?:[Tt]he |[Aa] )?[^,;:]{3,60}?) "
    r"(?:speaks? of|spoke of|puts? |says? |said |claims? |claimed |counted |counts )[^,;:]{0,40}$"
)
_JOINT = re.compile(r"^(?:while|but|whereas|and) ")
_TAIL = re.compile(r", (?:who|which)$")
_SIDE = re.compile(r"(?:the )?([A-Z]\w+)['’]s? ")
_HEAD = re.compile(r",? (?:who|which|whose|speaking|citing)\b.*|^(?:the|a|an|its|their|his|her) ", re.S)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives a figure: ``key`` is the same for the same source, ``side`` whom it speaks for."""

    text: str
    key: str
    camp: Camp
    side: str | None = None

    def comparable(self, other: Giver) -> bool:
        """Tell whether a later figure of one can replace that of the other without a dispute."""
        if self.key == other.key:
            return True
        if self.side and other.side and self.side != other.side:
            return False
        official = ("authorities", "press")
        return self.camp == other.camp or (self.camp in official and other.camp in official)


@dataclass(frozen=True, slots=True)
class Tally:
    """One figure of a report; ``place`` is 0 in the title, 1 in the lead, 2 below.

    It stands in ``[start, end)`` of the text. ``near`` and ``nouns`` are stems
    of the words around it and of its sentence and the one before; ``olds`` are
    older values that its sentence mentions. An ``implied`` figure names one of
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
        return Tally(
            filed=self.filed,
            figure=figure,
            start=start,
            end=end,
            thing=_thing(figure),
            giver=self._speaker(holder, low, start) or self._giver(holder),
            attribution=holder.id if holder else None,
            place=place,
            marks=self._marks(figure, before, after, low, high, place),
            text=figure.text,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            near=stems([*before.split()[-_NEAR:], *after.split()[:_NEAR]]),
            as_of=as_of[1].strip() if as_of else None,
            implied=figure.value == 1 and not _is_number(figure.text),
            sentence=number,
            nouns=stems(plain(self.page.text[self._back(number) : high]).split()),
        )

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

    def _speaker(self, holder: Attribution | None, low: int, start: int) -> Giver | None:
        """Return who gives a figure within a statement of an outlet: "while the union speaks of 17 dead"."""
        if holder is not None and holder.source.kind not in ("narrator", "hearsay", "outlet"):
            return None
        match = _SPEAKER.search(self.page.text[low:start])
        if match is None:
            return None
        name = _JOINT.sub("", match[1])
        camp = _camp(plain(name).split())
        return Giver(name, _HEAD.sub("", name.casefold()), camp) if camp != "authorities" else None

    def _giver(self, holder: Attribution | None) -> Giver:
        report = self.filed.report
        outlet = report.outlet or "the report"
        if holder is None or holder.source.kind in ("narrator", "hearsay") or not holder.source.text:
            return Giver(outlet, f"outlet {report.outlet or report.id}".casefold(), "press")
        entity = self.entities.get(holder.source.entity or "")
        return _named(holder, entity, outlet)

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
        if has("unreal", clause):
            found.add("unreal")
        own = plain(figure.text)
        if ends_with("part_before", before, 2) or has("part_after", f"{own} {' '.join(after.split()[:2])}"):
            found.add("part")
        if (place and has("running", both)) or begins_with("rate", after, 1):
            found.add("running")
        if self._other_day(low, high) or (place == 2 and has("elsewhere", both)):
            found.add("elsewhere")
        return frozenset(found)

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


def _named(holder: Attribution, entity: Entity | None, outlet: str) -> Giver:
    source = holder.source
    known = " ".join([source.text, *(m.text for m in entity.mentions)] if entity else [source.text])
    camp = _camp(plain(known).split())
    text = _TAIL.sub("", source.text)
    if entity and text.casefold() in tables.words("sources", "pronouns"):
        text = entity.name
    key = _HEAD.sub("", (entity.name if entity else source.text).casefold())
    if source.kind == "anonymous":
        key, camp = f"{key} via {outlet}".casefold(), "witnesses"
    if source.kind == "outlet":
        key, camp = f"outlet {key}", "press"
    side = _SIDE.match(f"{source.text} ")
    return Giver(text, key, camp, side[1].casefold() if side else None)


def _camp(words: Iterable[str]) -> Camp:
    """Return the camp that the words of a source name, the authorities where they name none."""
    said = frozenset(words)
    camps: tuple[Camp, ...] = ("hospitals", "opposition", "witnesses")
    return next((c for c in camps if said & tables.words("series", f"camps.{c}")), "authorities")


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
