"""Which report has what from which outlet.

A report cites an outlet where it names it as a source ("the Herald reported"),
as the way a claim came ("told the Herald"), or in a credit ("as first reported by
the Herald"). The cited report is the latest one of that outlet in the story
before the citation that says something alike, else the earliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..data import outlets as known_outlets
from ..records import Attribution, Citation
from ..records.span import Span
from .filed import Filed
from .identities import Identities, folded
from .outlets import Outlets, same_outlet


@dataclass(frozen=True, slots=True)
class Cited:
    """An outlet that one attribution came through. ``source`` tells that the outlet itself is its source."""

    outlet: str
    text: str
    spans: tuple[Span, ...]
    source: bool


class Citations:
    """Who cites whom in one story."""

    def __init__(self, reports: Sequence[Filed], identities: Identities) -> None:
        self._reports = {f.id: f for f in reports}
        self._identities = identities
        self._outlets = Outlets(f.report.outlet for f in reports if f.report.outlet)
        self._of_outlet: dict[str, list[Filed]] = {}
        for filed in sorted(reports, key=lambda f: (f.published, f.id)):
            if filed.report.outlet:
                self._of_outlet.setdefault(filed.report.outlet, []).append(filed)

    def outlet(self, called: str) -> str:
        """Return the outlet of the story that goes by this name, or the name."""
        return self._outlets.find(called) or known_outlets.canonical(called)

    def cited(self, filed: Filed, attribution: Attribution) -> Cited | None:
        """Return the outlet that an attribution came through last, if it is not the report's own."""
        own = filed.report.outlet
        for via in reversed(attribution.via):
            entity = self._identities.entity(filed.id, via.entity)
            name = entity.name if entity else via.text
            if self._is_outlet(name):
                if self._own(name, own):
                    return None
                return Cited(self.outlet(name), via.text, via.spans, source=False)
        source = attribution.source
        if source.text and source.kind in ("outlet", "anonymous"):
            entity = self._identities.entity(filed.id, source.entity)
            name = entity.name if entity else source.text
            named = entity is not None or any(w[:1].isupper() for w in name.split()[1:])
            outlet = source.kind == "outlet" or (entity is not None and self._is_outlet(name))
            if outlet and named and not self._own(name, own):
                return Cited(self.outlet(name), source.text, source.spans, source=True)
        return None

    def before(self, filed: Filed, outlet: str) -> tuple[Filed, ...]:
        """Return the reports of ``outlet`` that ``filed`` can have known, oldest first."""
        mine = (filed.published, filed.id)
        return tuple(f for f in self._of_outlet.get(outlet, ()) if (f.published, f.id) < mine)

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
            if credit.kind == "contribution" or self._own(credit.name, filed.report.outlet):
                continue
            at = filed.report.text.find(credit.text)
            spans = ((at, at + len(credit.text)),) if at >= 0 and credit.text else ()
            found.append(Cited(self.outlet(credit.name), credit.text, spans, source=True))
        return sorted(found, key=lambda c: c.spans)

    def _report(self, filed: Filed, cited: Cited) -> str | None:
        earlier = self.before(filed, cited.outlet)
        if not earlier:
            return None
        near = _words_around(filed, cited)
        best = max(earlier, key=lambda f: (len(near & _words(f.report.text)), -f.published.timestamp()))
        return best.id

    def _own(self, name: str, own: str | None) -> bool:
        return same_outlet(own, name)

    def _is_outlet(self, name: str) -> bool:
        return self._outlets.find(name) is not None or known_outlets.looks_like_outlet(name)


def _words(text: str) -> set[str]:
    return {w for w in folded(text).split() if len(w) > 4}


def _words_around(filed: Filed, cited: Cited) -> set[str]:
    if not cited.spans:
        return _words(filed.report.text)
    start, end = cited.spans[0][0], cited.spans[-1][1]
    return _words(filed.report.text[max(0, start - 300) : end + 300])
