"""Blocking: words are taken out of a text and of what was read in it; every offset stays what it was."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ..records import (
    Attribution,
    Credit,
    Entity,
    Event,
    Mention,
    Passage,
    Reading,
    Relation,
    Source,
    Span,
    literal,
)

BLOCK = "█"
"""What stands in the place of each character (U+2588, FULL BLOCK)."""

_NAMELESS = BLOCK * 5
_WORD = re.compile(r"\w")
_NAMED = ("person", "organization", "official", "group", "outlet", "document")


def blocked(text: str, spans: Sequence[Span]) -> str:
    """Return a text as long as before with a block in place of each character at ``spans``.

    The ends of lines stay, so that paragraphs do.
    """
    parts, at = [], 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start < end:
            parts += [text[at:start], *(c if c == "\n" else BLOCK for c in text[start:end])]
            at = end
    return "".join([*parts, text[at:]])


def blocked_reading(reading: Reading, spans: Sequence[Span]) -> Reading:
    """Return a reading without what was read at ``spans`` of its report's text, which is blocked there.

    Attributions whose whole content is blocked, and events, figures, places, times and relations that
    touch what is blocked, are left out: their values would tell it. A source of which nothing is left is
    an unnamed one. An entity keeps the names that still stand in the text or the title.
    """
    return _Blocking(reading, spans).done() if spans else reading


class _Blocking:
    """One reading on its way."""

    def __init__(self, reading: Reading, spans: Sequence[Span]) -> None:
        self._reading = reading
        self._spans = spans
        self._before = reading.report.text
        self._text = blocked(self._before, spans)
        self._left = _plain(f"{self._text}\n{reading.report.title or ''}")

    def done(self) -> Reading:
        one = self._reading
        entities = tuple(e for e in map(self._entity, one.entities) if e is not None)
        known = {e.id for e in entities}
        figures = tuple(f for f in one.figures if not self._touched(f.spans))
        places = tuple(p for p in one.places if not self._touched(p.spans))
        times = tuple(t for t in one.times if not self._touched(t.spans))
        events = tuple(e for e in one.events if not self._touched(e.trigger.spans))
        attributions = tuple(a for a in one.attributions if not self._gone(a.content))
        there = {x.id for group in (figures, places, times, events, attributions) for x in group} | known
        return msgspec.structs.replace(
            one,
            report=msgspec.structs.replace(
                one.report,
                text=self._text,
                credits=tuple(c for c in one.report.credits if self._stays(c)),
            ),
            attributions=tuple(self._attribution(a, there) for a in attributions),
            entities=entities,
            events=tuple(self._event(e, there) for e in events),
            figures=tuple(
                msgspec.structs.replace(f, event=f.event if f.event in there else None) for f in figures
            ),
            places=places,
            times=times,
            relations=tuple(self._relation(r, there) for r in one.relations if not self._is_told(r)),
        )

    def _touched(self, spans: Sequence[Span]) -> bool:
        return any(a < end and start < b for start, end in spans for a, b in self._spans)

    def _gone(self, passage: Passage) -> bool:
        """Tell whether nothing is left of a passage to be read."""
        return self._touched(passage.spans) and not _WORD.search(literal(self._text, passage.spans))

    def _words(self, passage: Passage) -> str:
        return literal(self._text, passage.spans) if self._touched(passage.spans) else passage.text

    def _passage(self, passage: Passage) -> Passage:
        return msgspec.structs.replace(passage, text=self._words(passage))

    def _mention(self, mention: Mention, there: set[str]) -> Mention:
        entity = mention.entity if mention.entity in there and not self._gone(mention) else None
        return msgspec.structs.replace(mention, text=self._words(mention), entity=entity)

    def _attribution(self, one: Attribution, there: set[str]) -> Attribution:
        source: Source = msgspec.structs.replace(
            one.source,
            text=self._words(one.source),
            entity=one.source.entity if one.source.entity in there else None,
        )
        if self._gone(one.source):
            kind = "anonymous" if source.kind in _NAMED else source.kind
            source = msgspec.structs.replace(source, kind=kind, entity=None)
        return msgspec.structs.replace(
            one,
            source=source,
            cue=self._passage(one.cue) if one.cue else None,
            content=self._passage(one.content),
            via=tuple(self._mention(v, there) for v in one.via if not self._gone(v)),
            hedges=tuple(h for h in one.hedges if not self._touched(h.spans)),
            parent=one.parent if one.parent in there else None,
            disputes=tuple(i for i in one.disputes if i in there),
            events=tuple(i for i in one.events if i in there),
            figures=tuple(i for i in one.figures if i in there),
            about=tuple(i for i in one.about if i in there),
        )

    def _event(self, one: Event, there: set[str]) -> Event:
        return msgspec.structs.replace(
            one,
            actors=tuple(self._mention(m, there) for m in one.actors if not self._gone(m)),
            recipients=tuple(self._mention(m, there) for m in one.recipients if not self._gone(m)),
            place=one.place if one.place in there else None,
            time=one.time if one.time in there else None,
            attribution=one.attribution if one.attribution in there else None,
        )

    def _relation(self, one: Relation, there: set[str]) -> Relation:
        return msgspec.structs.replace(
            one,
            subject=self._mention(one.subject, there),
            object=self._mention(one.object, there),
            attribution=one.attribution if one.attribution in there else None,
        )

    def _is_told(self, one: Relation) -> bool:
        return self._touched((*one.spans, *one.subject.spans, *one.object.spans))

    def _entity(self, one: Entity) -> Entity | None:
        """Return an entity as far as it can still be known; ``None`` where no mention is left."""
        if not any(self._touched(m.spans) for m in one.mentions):
            return one
        mentions = tuple(self._passage(m) for m in one.mentions if not self._gone(m))
        if not mentions:
            return None
        names = [n for n in (one.name, *one.aliases) if self._stands(n)]
        name = names[0] if names else _NAMELESS
        return msgspec.structs.replace(
            one,
            name=name,
            aliases=tuple(n for n in one.aliases if n in names),
            mentions=mentions,
            link=one.link if name == one.name else None,
        )

    def _stands(self, name: str) -> bool:
        plain = _plain(name)
        return bool(plain) and re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", self._left) is not None

    def _stays(self, credit: Credit) -> bool:
        """Tell whether a credit gives nothing away: it never stood in the text, or still does."""
        before = _plain(self._before)
        return all(_plain(w) not in before or _plain(w) in self._left for w in (credit.name, credit.text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


__all__ = ["BLOCK", "blocked", "blocked_reading"]
