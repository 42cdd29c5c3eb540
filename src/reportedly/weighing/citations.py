"""Which report has what from which outlet.

A report cites an outlet where it names it as a source ("the Herald reported"),
as the way a claim came ("told the Herald"), or in a credit ("as first reported by
the Herald"), and where it names an outlet of the story at all. The cited report
is the earliest one of that outlet in the story, unless a later one says much
more of what stands around the citation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ..data import outlets as known_outlets
from ..data import tables
from ..records import Attribution, Citation, Source
from ..records.span import Span, literal
from .filed import Filed
from .holders import Holders
from .identities import folded
from .outlets import Outlets, outlet_words, same_outlet
from .source_phrases import head_word

_APPOSED = 40  # characters within which a name stands right behind what it explains


@dataclass(frozen=True, slots=True)
class Cited:
    """An outlet that one attribution came through. ``source`` tells that the outlet itself is its source."""

    outlet: str
    text: str
    spans: tuple[Span, ...]
    source: bool


class Citations:
    """Who cites whom in one story."""

    def __init__(self, reports: Sequence[Filed], holders: Holders) -> None:
        self._reports = {f.id: f for f in reports}
        self._holders = holders
        self._identities = holders.identities
        names = [f.report.outlet for f in reports if f.report.outlet]
        self._outlets = Outlets(names, (f.report.text for f in reports))
        self._of_outlet: dict[str, list[Filed]] = {}
        for filed in sorted(reports, key=lambda f: (f.published, f.id)):
            if filed.report.outlet:
                self._of_outlet.setdefault(filed.report.outlet, []).append(filed)
        self._mentions: dict[str, list[Cited]] = {}
        self._common = _frequent(reports)
        self._kinds: dict[str, Counter[str]] = defaultdict(Counter)
        for filed in reports:
            for attribution in filed.reading.attributions:
                key = self._identities.key(filed.id, attribution.source.entity)
                if key is not None:
                    self._kinds[key][attribution.source.kind] += 1

    def outlet(self, called: str) -> str:
        """Return the outlet of the story that goes by this name, or the name."""
        return self._outlets.find(called) or known_outlets.canonical(called)

    def cited(self, filed: Filed, attribution: Attribution) -> Cited | None:
        """Return the outlet that an attribution came through last, if it is not the report's own."""
        own = filed.report.outlet
        attribution = self._holders.speaker(filed.id, attribution)
        for via in reversed(attribution.via):
            entity = self._identities.entity(filed.id, via.entity)
            name = entity.name if entity else via.text
            if self._is_outlet(name):
                return None if self._own(name, own) else Cited(self.outlet(name), via.text, via.spans, False)
        source = attribution.source
        if not source.text:
            return None
        entity = self._identities.entity(filed.id, source.entity)
        name = entity.name if entity else source.text
        known = self._outlets.find(name) or self._reporter_of(name)
        if known is not None:
            return None if self._own(known, own) else Cited(known, source.text, source.spans, source=True)
        if source.kind in ("document", "person", "group") and not self._is_station(name):
            return None
        words = folded(name).split()
        described = set(folded(source.text).split()) & tables.words("weighing", "outlets.described")
        unnamed = entity is None and not any(w[:1].isupper() for w in name.split()[1:])
        if (unnamed and head_word(source.text) in tables.words("sources", "outlet_nouns")) or (
            words and words[-1] in described
        ):
            before = self._taken_up(filed, attribution)  # "the newspaper", "the Aldvik newspaper"
            return before and Cited(before.outlet, source.text, source.spans, source=True)
        if not unnamed and (described or self.is_mostly_outlet(filed, source) or self._is_outlet(name)):
            found = Cited(self.outlet(name), source.text, source.spans, source=True)
            return None if self._own(name, own) else found
        return None

    def is_mostly_outlet(self, filed: Filed, source: Source) -> bool:
        """Tell whether the reports of the story take a source for an outlet more often than not."""
        key = self._identities.key(filed.id, source.entity)
        if source.kind != "outlet" or key is None:
            return source.kind == "outlet"
        return 2 * self._kinds[key]["outlet"] > self._kinds[key].total()

    def is_staff(self, outlet: str, name: str) -> bool:
        """Tell whether a source is a reporter of the outlet itself."""
        words = folded(name).split()
        own = name.lower().split()[:1] and name.lower().split()[0] in tables.words("weighing", "outlets.own")
        staff = bool(words) and words[-1] in tables.words("weighing", "outlets.staff")
        return bool(own and staff) or self._reporter_of(name) == outlet

    def _reporter_of(self, name: str) -> str | None:
        """Return the outlet in "a VPW reporter"."""
        words = name.split()
        if len(words) > 1 and words[-1].lower() in tables.words("weighing", "outlets.staff"):
            return self._outlets.find(" ".join(w for w in words[:-1] if w.lower() not in ("a", "an", "the")))
        return None

    def _taken_up(self, filed: Filed, attribution: Attribution) -> Cited | None:
        """Return the outlet that "the newspaper" is: the one right behind it, or cited last before it."""
        source = attribution.source
        named = [c for c in self._named(filed) if c.spans]
        behind = [c for c in named if 0 <= c.spans[0][0] - source.end < _APPOSED]
        before = [c for c in named if c.spans[0][0] < source.start]
        return behind[0] if behind else before[-1] if before else None

    def cites(self, filed: Filed, start: int, end: int) -> tuple[Cited, ...]:
        """Return the outlets that a report names, those in the paragraph of ``start`` to ``end`` first."""
        text = filed.report.text
        low = text.rfind("\n", 0, start) + 1
        high = text.find("\n", end)
        high = high if high >= 0 else len(text)
        named = [c for c in self._named(filed) if c.spans]
        return tuple(sorted(named, key=lambda c: not low <= c.spans[0][0] < high))

    def before(self, filed: Filed, outlet: str) -> tuple[Filed, ...]:
        """Return the reports of ``outlet`` that ``filed`` can have known, oldest first.

        Where there is none, its later ones: a page may be newer than what cites it, as pages are updated.
        """
        mine = (filed.published, filed.id)
        there = [f for f in self._of_outlet.get(outlet, ()) if f.id != filed.id]
        return tuple(f for f in there if (f.published, f.id) < mine) or tuple(there)

    def all(self) -> tuple[Citation, ...]:
        """Return every report's citations, each outlet once a report, in order of publication."""
        found: list[Citation] = []
        for filed in sorted(self._reports.values(), key=lambda f: (f.published, f.id)):
            seen: set[str] = set()
            for cited in self._in(filed):
                if cited.outlet not in seen:
                    seen.add(cited.outlet)
                    found.append(
                        Citation(
                            report=filed.id,
                            outlet=cited.outlet,
                            cited_report=self._report(filed, cited),
                            text=cited.text,
                            spans=cited.spans,
                        )
                    )
        return tuple(found)

    def _in(self, filed: Filed) -> list[Cited]:
        found = [c for a in filed.reading.attributions if (c := self.cited(filed, a))]
        for credit in filed.report.credits:
            if credit.kind != "citation" or self._own(credit.name, filed.report.outlet):
                continue  # an agency's line says whose text it is: that is a copy
            at = filed.report.text.find(credit.text)
            spans = ((at, at + len(credit.text)),) if at >= 0 and credit.text else ()
            found.append(Cited(self.outlet(credit.name), credit.text, spans, source=True))
        return sorted([*found, *self._named(filed)], key=lambda c: c.spans)

    def _named(self, filed: Filed) -> list[Cited]:
        """Return the first place at which the report names each outlet of the story, in text order."""
        if filed.id in self._mentions:
            return self._mentions[filed.id]
        first: dict[str, Cited] = {}
        own = filed.report.outlet
        for entity in filed.reading.entities:
            outlet = self._outlets.find(entity.name) if entity.schema != "Person" else None
            if outlet is not None and not self._own(outlet, own):
                places = (m.spans for m in entity.mentions if m.spans and not _is_credit(filed, m.spans[0]))
                spans = min(places, default=())
                kept = first.get(outlet)
                if spans and (kept is None or spans < kept.spans):
                    first[outlet] = Cited(outlet, literal(filed.report.text, spans), spans, source=True)
        for outlet in self._of_outlet:
            at = filed.report.text.find(outlet) if len(outlet_words(outlet)) > 1 else -1
            if at >= 0 and outlet not in first and not self._own(outlet, own):
                spans = ((at, at + len(outlet)),)
                first[outlet] = Cited(outlet, outlet, spans, source=True)
        self._mentions[filed.id] = sorted(first.values(), key=lambda c: c.spans)
        return self._mentions[filed.id]

    def _report(self, filed: Filed, cited: Cited) -> str | None:
        """Return the report that is meant: the earliest, unless a later one says much more of the same."""
        earlier = self.before(filed, cited.outlet)
        if not earlier:
            return None
        near = _words_around(filed, cited) - self._common
        best, most = earlier[0], len(near & _words(earlier[0].report.text))
        for other in earlier[1:]:
            alike = len(near & _words(other.report.text))
            if alike > 1.3 * most + 1:
                best, most = other, alike
        return best.id

    def _own(self, name: str, own: str | None) -> bool:
        return same_outlet(own, name)

    def _is_outlet(self, name: str) -> bool:
        return (
            self._outlets.find(name) is not None
            or known_outlets.looks_like_outlet(name)
            or self._is_station(name)
        )

    @staticmethod
    def _is_station(name: str) -> bool:
        """Tell whether a name can only be that of a station ("Radio Saren", "Strait FM")."""
        words = folded(name).split()
        return len(words) > 1 and (
            words[0] in tables.words("weighing", "outlets.first")
            or words[-1] in tables.words("weighing", "outlets.last")
        )


def _is_credit(filed: Filed, span: Span) -> bool:
    """Tell whether a name stands alone in brackets, as agencies sign their reports."""
    text = filed.report.text
    return text[max(0, span[0] - 1) : span[0]] == "(" and text[span[1] : span[1] + 1] == ")"


def _words(text: str) -> set[str]:
    """Return the words and numbers of a text that may tell it from others."""
    return {w for w in folded(text).split() if len(w) > 3 or w.isdigit()}


def _words_around(filed: Filed, cited: Cited) -> set[str]:
    """Return the words of the paragraph in which an outlet is cited."""
    if not cited.spans:
        return _words(filed.report.text)
    text = filed.report.text
    start = text.rfind("\n", 0, cited.spans[0][0]) + 1
    end = text.find("\n", cited.spans[-1][1])
    return _words(text[start : end if end >= 0 else len(text)])


def _frequent(reports: Sequence[Filed]) -> set[str]:
    """Return the words that stand in more than half of the reports of a story."""
    counts = Counter(w for f in reports for w in _words(f.report.text))
    return {w for w, n in counts.items() if n > max(2, len(reports) / 2)}
