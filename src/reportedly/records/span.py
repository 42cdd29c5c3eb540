"""Passages: pieces of a report's text, with their character offsets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

Offset = Annotated[int, msgspec.Meta(ge=0)]
Span = tuple[Offset, Offset]


class Passage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Literal text of a report and where it stands.

    ``spans`` are half-open ``[start, end)`` character offsets into
    ``report.text``, in order. A passage may be discontinuous: then ``text`` is
    its pieces with one space between them.
    """

    text: str
    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


class Mention(Passage, frozen=True, kw_only=True):
    """A passage that stands for somebody or something; ``entity`` is an entity's id."""

    entity: str | None = None


def literal(text: str, spans: Iterable[Span]) -> str:
    """Return the text that stands at ``spans``, its pieces joined by one space."""
    return " ".join(text[start:end] for start, end in spans)


def passage(text: str, *spans: Span) -> Passage:
    """Build the :class:`Passage` that stands at ``spans`` of ``text``."""
    return Passage(text=literal(text, spans), spans=spans)


def mention(text: str, *spans: Span, entity: str | None = None) -> Mention:
    """Build the :class:`Mention` that stands at ``spans`` of ``text``."""
    return Mention(text=literal(text, spans), spans=spans, entity=entity)
