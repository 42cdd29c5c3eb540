"""Checks on a reading that comes from outside: its passages stand in the text, its ids lead somewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from ..records import Passage, Reading
from ..records.span import Span, literal
from ..settings import settings

_SHOWN = 40


def fault(reading: Reading, text: str | None) -> str | None:
    """Return what is wrong with a reading, in words, or ``None``.

    Args:
        reading: whose report may be without its text.
        text: the text that it is of; ``None`` where it is not kept, so that only lengths can be checked.
    """
    most = len(text) if text is not None else settings().max_bytes
    for words, spans in _passages(reading):
        for start, end in spans:
            if not 0 <= start <= end <= most:
                return f"{_quoted(words)} stands outside of the text, at {start}-{end}"
        if text is not None:
            fits = literal(text, spans) == words
        else:
            fits = len(words) == sum(e - s for s, e in spans) + max(len(spans) - 1, 0)
        if not fits:
            where = ", ".join(f"{start}-{end}" for start, end in spans)
            return f"{_quoted(words)} is not what stands in the text at {where}"
    for relation in reading.relations:
        if any(not 0 <= start <= end <= most for start, end in relation.spans):
            return "a relation stands outside of the text"
    return _ids(reading) or _numbers(reading)


def _passages(reading: Reading) -> Iterator[tuple[str, Sequence[Span]]]:
    for a in reading.attributions:
        passages: list[Passage] = [a.source, a.content, *([a.cue] if a.cue else ()), *a.via, *a.hedges]
        yield from ((p.text, p.spans) for p in passages)
    for entity in reading.entities:
        for m in entity.mentions:
            yield m.text, m.spans
    for event in reading.events:
        marked: list[Passage] = [event.trigger, *event.actors, *event.recipients]
        yield from ((p.text, p.spans) for p in marked)
    yield from ((f.text, f.spans) for f in reading.figures)
    yield from ((p.text, p.spans) for p in reading.places)
    yield from ((t.text, t.spans) for t in reading.times)
    for relation in reading.relations:
        yield relation.subject.text, relation.subject.spans
        yield relation.object.text, relation.object.spans


def _ids(reading: Reading) -> str | None:
    ids = {
        name: [thing.id for thing in getattr(reading, name)]
        for name in ("attributions", "entities", "events", "figures", "places", "times", "relations")
    }
    for name, found in ids.items():
        if len(set(found)) < len(found):
            return f"two of the {name} have one id"
    known = {name: set(found) for name, found in ids.items()}
    for name, wanted in _references(reading):
        for one in wanted:
            if one is not None and one not in known[name]:
                return f"{_quoted(one)} is none of the reading's {name}"
    if any(not a.content.spans for a in reading.attributions):
        return "an attribution has no content"
    return None


def _references(reading: Reading) -> Iterator[tuple[str, Iterable[str | None]]]:
    for a in reading.attributions:
        yield "attributions", (a.parent, *a.disputes)
        yield "entities", (*a.about, a.source.entity, *(v.entity for v in a.via))
        yield "events", a.events
        yield "figures", a.figures
    for e in reading.events:
        yield "attributions", (e.attribution,)
        yield "entities", (m.entity for m in (*e.actors, *e.recipients))
        yield "places", (e.place,)
        yield "times", (e.time,)
    for f in reading.figures:
        yield "events", (f.event,)
    for r in reading.relations:
        yield "attributions", (r.attribution,)
        yield "entities", (r.subject.entity, r.object.entity)


def _numbers(reading: Reading) -> str | None:
    numbers = [n for f in reading.figures for n in (f.value, f.low, f.high)]
    numbers += [n for p in reading.places for n in (p.lat, p.lon)]
    if any(n is not None and not math.isfinite(n) for n in numbers):
        return "a number is not finite"
    if any(not 0 <= a.confidence <= 1 for a in reading.attributions):
        return "a confidence is not between 0 and 1"
    return None


def _quoted(text: str) -> str:
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"
