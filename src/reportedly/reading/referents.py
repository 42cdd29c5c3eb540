"""Referents: the chains of mentions that stand for the same, and what is known of each chain."""

from __future__ import annotations

import bisect

from .mentions import Mention


class Chain:
    """Mentions that stand for the same. ``member`` is the entity that the report names it by, if it does."""

    def __init__(self, mention: Mention) -> None:
        self.mentions = [mention]
        self.member = mention.member
        self.heads: set[str] = set()
        self.words: set[str] = set()
        self.sorts: set[str] = set()
        self.genders: set[str] = set()
        self.numbers: set[str] = set()
        self.first_name = mention.order if mention.kind == "name" else None
        self._take(mention)

    def _take(self, mention: Mention) -> None:
        if mention.kind != "pronoun":
            self.heads.add(mention.word)
            self.words |= mention.modifiers | {mention.word}
        if mention.sort and mention.kind != "pronoun":
            self.sorts.add(mention.sort)
        elif mention.sort == "person":
            self.sorts.add("person")
        if mention.gender:
            self.genders.add(mention.gender)
        if mention.number:
            self.numbers.add(mention.number)

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    def absorb(self, other: Chain) -> None:
        """Take over everything that ``other`` holds."""
        for mention in other.mentions:
            bisect.insort(self.mentions, mention, key=_order)
        firsts = [n for n in (self.first_name, other.first_name) if n is not None]
        self.first_name = min(firsts, default=None)
        self.member = self.member or other.member
        self.heads |= other.heads
        self.words |= other.words
        self.sorts |= other.sorts
        self.genders |= other.genders
        self.numbers |= other.numbers

    def before(self, mention: Mention) -> int:
        """Return how many mentions the chain has before ``mention``."""
        return bisect.bisect_left(self.mentions, mention.order, key=_order)

    def fits(self, other: Chain) -> bool:
        """Tell whether two chains may stand for the same: no two names, genders, numbers or sorts."""
        if self.member is not None and other.member is not None and self.member is not other.member:
            return False
        if len(self.genders | other.genders) > 1:
            return False
        if self.numbers and other.numbers and not (self.numbers & other.numbers):
            return False
        sorts = self.sorts | other.sorts
        if "person" in sorts and len(sorts) > 1:
            return False
        return "place" not in sorts or "time" not in sorts


def _order(mention: Mention) -> int:
    return mention.order
