"""Hand-made readings, so that the weighing is tested apart from the reading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from reportedly.records import Attribution, Credit, Entity, Mention, Passage, Reading, Report, Source
from reportedly.weighing.filed import Filed

Make = Callable[..., Filed]


@pytest.fixture
def make() -> Make:
    """Make a filed report of sayings ``(source, kind, content, via)``; each is a sentence of its text.

    ``entities`` maps a source's wording to ``(name, schema)``.
    """

    def build(
        report: str,
        outlet: str,
        published: str,
        *sayings: tuple[str, str, str, str],
        entities: dict[str, tuple[str, str]] | None = None,
        credit: str | None = None,
    ) -> Filed:
        text, attributions, found = "", [], {}
        for source, kind, content, via in sayings:
            text += f"{source} " if source else ""
            at = len(text) - len(source) - 1
            spans = ((at, at + len(source)),) if source else ()
            start = len(text)
            text += content
            inside = ((start, len(text)),)
            chain = ()
            if via:
                text += f", told {via}"
                chain = (Mention(text=via, spans=((len(text) - len(via), len(text)),), entity=None),)
            text += ". "
            entity = None
            if source in (entities or {}):
                name, schema = (entities or {})[source]
                entity = f"n-{name}"
                found[entity] = Entity(
                    id=entity, name=name, schema=schema, mentions=(Passage(text=source, spans=spans),)
                )
            attributions.append(
                Attribution(
                    id=f"a{start}",
                    source=Source(text=source, spans=spans, entity=entity, kind=kind),
                    cue=None,
                    content=Passage(text=content, spans=inside),
                    via=chain,
                    quotation="indirect",
                    stance="assert",
                    factuality="CT+",
                    confidence=1.0,
                    decided_by="test",
                )
            )
        credits = (Credit(name=credit, kind="agency", text=f"({credit})"),) if credit else ()
        record = Report(
            id=report,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            outlet=outlet,
            published=published,
            language="en",
            credits=credits,
        )
        reading = Reading(report=record, attributions=tuple(attributions), entities=tuple(found.values()))
        return Filed(reading, datetime(2026, 5, 1, tzinfo=UTC))

    return build
