"""What waits for a person: appearances that were joined to a claim by their likeness alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..records import Appearance, Claim, Story
from .book import Book

_ALIKE = 0.999  # from this score on two contents are the same words: there is nothing to decide


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One appearance that the program takes for the same claim as ``anchor``, the claim's first one."""

    story: Story
    claim: Claim
    anchor: Appearance
    appearance: Appearance


def suggestions(book: Book, stories: Sequence[Story], limit: int) -> list[Suggestion]:
    """Return what is least sure first within each story, story by story, at most ``limit``."""
    found: list[Suggestion] = []
    for story in stories:
        if len(story.reports) > 1:
            mine = sorted(
                _of(book, story), key=lambda s: (s.appearance.score, s.claim.id, _key(s.appearance))
            )
            found += mine[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _of(book: Book, story: Story) -> Iterator[Suggestion]:
    ruled = {frozenset(pair) for pair in (*book.rulings.confirmed, *book.rulings.rejected)}
    for claim in book.weighed(story).claims:
        anchor = claim.appearances[0]
        for one in claim.appearances[1:]:
            decided = frozenset((_key(anchor), _key(one))) in ruled
            if one.link == "suggested" and one.score < _ALIKE and one.report != anchor.report and not decided:
                yield Suggestion(story, claim, anchor, one)


def _key(appearance: Appearance) -> tuple[str, str]:
    return appearance.report, appearance.attribution
