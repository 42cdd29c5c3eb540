"""The chain a claim came through: "speaking to the Herald", "told Reuters", "according to X, citing Y"."""

from __future__ import annotations

import re
from functools import cache

from ..data import tables
from .cast import Cast, Member
from .draft import Draft, touches
from .page import Page
from .paragraphs import Range


@cache
def _pattern() -> re.Pattern[str]:
    phrases = sorted(tables.toml("cues")["via"]["phrases"], key=len, reverse=True)
    return re.compile(
        r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\s+(?:the\s+)?(?=[A-Z])", re.IGNORECASE
    )


def find_via(page: Page, cast: Cast, drafts: list[Draft]) -> None:
    """Fill ``via`` of each draft: outlets named around its source and cue, then those it is nested under."""
    for draft in drafts:
        if draft.kind == "narrator":
            continue
        for phrase, span, member in _near(page, cast, draft):
            draft.asides.append(phrase)
            if not _known(draft, span, member):
                draft.via.append((span, member))
    for draft in drafts:
        outer = draft.parent
        depth = 0
        while outer is not None and depth < 5:
            if _passes_on(page, outer):
                span = outer.source[0]
                if not _known(draft, span, outer.member):
                    draft.via.append((span, outer.member))
            draft.via += [(span, m) for span, m in outer.via if not _known(draft, span, m)]
            outer = outer.parent
            depth += 1


def _passes_on(page: Page, outer: Draft) -> bool:
    """Tell whether a claim inside ``outer`` reached us through its source: an outlet or a document."""
    if outer.kind not in ("outlet", "document") or not outer.source:
        return False
    first = page.words_in(*outer.source[0])[:1]
    return not first or first[0].lower not in ("this", "that", "these", "those")


def _near(page: Page, cast: Cast, draft: Draft) -> list[tuple[Range, Range, Member]]:
    """Return each chain wording near source and cue: all of it, the outlet in it, the outlet's entity."""
    anchors = (*draft.source, *draft.cue)
    if not anchors:
        return []
    low = min(page.sentence_at(s)[0] for s, _ in anchors)
    high = max(page.sentence_at(e - 1)[1] for _, e in anchors)
    found: list[tuple[Range, Range, Member]] = []
    for match in _pattern().finditer(page.text, low, min(high, low + 2000)):
        start = match.end()
        if touches(draft.content, match.start(), start):
            continue
        # the phrase must stand with this source and cue, not with another of the sentence
        gap = min(_distance(span, (match.start(), start)) for span in anchors)
        if gap > 60:
            continue
        outlet = cast.at(start)
        if outlet is None or not outlet[2].is_outlet:
            continue
        s, e, member = outlet
        if s < match.start() or any(low - 1 <= e and s <= high for low, high in draft.source):
            continue  # "according to Radio Tidewater": the source itself, or the head of its name
        if page.text[max(0, s - 4) : s].lower() == "the ":
            s -= 4
        found.append(((match.start(), e), (s, e), member))
    return found


def _distance(one: Range, two: Range) -> int:
    return max(0, one[0] - two[1], two[0] - one[1])


def _known(draft: Draft, span: Range, member: Member | None) -> bool:
    if member is not None and (member is draft.member or any(m is member for _, m in draft.via)):
        return True
    return any(span == s for s, _ in draft.via)
