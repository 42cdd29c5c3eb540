"""Sentences in which an outlet takes back or corrects a report of its own, or is said to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..data import tables
from ..records.span import Span
from .filed import Filed
from .outlets import Outlets, same_outlet
from .statements import Part, Parts, Statement, sentence_bounds

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class TakenBack:
    """A sentence that takes something back.

    ``span`` is where it stands, ``sentence`` what it says; ``outlet`` is whose
    report is meant, ``own`` whether that is the outlet that says so; ``theirs``
    are what that outlet's earlier reports state, oldest first.
    """

    span: Span
    sentence: Part
    outlet: str
    own: bool
    theirs: tuple[Statement, ...]


def taken_back(
    filed: Filed, outlets: Outlets, stated: Sequence[Statement], reports: Mapping[str, Filed]
) -> Iterable[TakenBack]:
    """Find such sentences in one report; ``stated`` are the story's statements in order of publication."""
    own = filed.report.outlet
    for span, about_itself in _sentences(filed.report.text):
        outlet = own if about_itself else named_outlet(filed, span, outlets)
        if outlet is None:
            continue
        theirs = tuple(
            s
            for s in stated
            if s.report != filed.id
            and s.published <= filed.published
            and same_outlet(reports[s.report].report.outlet, outlet)
        )
        if theirs:
            yield TakenBack(
                span, Parts(filed.reading).passage([span]), outlet, same_outlet(outlet, own), theirs
            )


def named_outlet(filed: Filed, span: Span, outlets: Outlets) -> str | None:
    """Return the outlet of the story that is named in a sentence, if one is."""
    for entity in filed.reading.entities:
        if any(span[0] <= m.start < span[1] for m in entity.mentions if m.spans):
            found = outlets.find(entity.name)
            if found is not None:
                return found
    return None


def _sentences(text: str) -> Iterable[tuple[Span, bool]]:
    """Return the sentences by whose words a report is taken back, and whether the outlet's own is."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change their length; then offsets would be wrong
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    table = tables.toml("claims")["retraction"]
    seen: set[Span] = set()
    for match in re.finditer("|".join(re.escape(p) for p in table["own"]), lower):
        span = sentence_bounds(text, match.start(), match.end())
        if span not in seen:
            seen.add(span)
            yield span, True
    verbs, objects = (tables.words("claims", f"retraction.{key}") for key in ("whole", "objects"))
    for match in _WORD.finditer(lower):
        if match[0] in verbs:
            span = sentence_bounds(text, match.start(), match.end())
            if span not in seen and objects & set(_WORD.findall(lower[span[0] : span[1]])):
                seen.add(span)
                yield span, False
