"""Whom a phrase stands for: names at once, descriptions and pronouns by the chains of the report."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ..data import tables
from .cast import Cast, Member
from .page import Page
from .paragraphs import Range
from .sieves import Chains
from .speakers import Said

__all__ = ["Chains", "Resolver"]


class Resolver:
    """Resolves phrases of one page against its cast.

    ``said`` are the attributions that are known already, drafts or others: they tell who speaks inside
    quotation marks. Without them the speech verbs beside the marks do.
    """

    def __init__(self, page: Page, cast: Cast, said: Iterable[Said] = ()) -> None:
        self.page = page
        self.cast = cast
        self._said = tuple(said)

    @cached_property
    def chains(self) -> Chains:
        """The chains of the page, worked out when first asked for, once for all resolvers of a cast."""
        key = ("chains", tuple((tuple(s.source[:1]), tuple(s.content)) for s in self._said))
        known = self.cast.kept.get(key)
        if not isinstance(known, Chains):
            known = self.cast.kept[key] = Chains(self.page, self.cast, self._said)
        return known

    def note_source(self, offset: int, member: Member) -> None:
        """Take notice that ``member`` spoke at ``offset``; nothing is kept, the page tells who speaks."""

    def resolve(self, span: Range, speaker: Member | None = None) -> Member | None:
        """Return the member that the text at ``span`` stands for, or ``None``.

        ``speaker`` is whose words the text stands in: "I" is the speaker, and inside quotation marks
        "he" is somebody else.
        """
        start, end = span
        direct = self.cast.head_of(start, end)
        if direct is not None:
            return direct
        text = self.page.text[start:end].lower()
        first_person = text in tables.words("people", "pronouns_me")
        if first_person and speaker is not None:
            return speaker
        mention = self.chains.mention_of(start, end)
        if mention is None:
            return None
        member = self.chains.of(mention).member
        quoted = mention.kind == "pronoun" and not first_person and self.chains.speeches.at(start) is not None
        return None if quoted and member is speaker else member

    def description(self, span: Range) -> Range | None:
        """Return the first description that stands for the same as the phrase at ``span``, if there is one.

        For "she", of whom the report only says "a neighbour": the range of "a neighbour".
        """
        mention = self.chains.mention_of(*span)
        if mention is None:
            return None
        described = (m for m in self.chains.of(mention).mentions if m.kind == "noun")
        return next(((m.start, m.end) for m in described), None)

    def members_within(self, start: int, end: int) -> list[Member]:
        """Return the members that names, descriptions and pronouns in a range stand for, in text order."""
        found: dict[int, Member] = {}
        for mention in self.chains.within(start, end):
            member = self.chains.of(mention).member
            if member is not None and not mention.nested:
                found.setdefault(id(member), member)
        return list(found.values())
