"""The cast of a report: its names, gathered into entities under all their forms."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..data import tables
from ..data.outlets import looks_like_outlet
from ..records.things import Schema
from .page import Name, Page


@dataclass(slots=True)
class Member:
    """One entity while it is being gathered; ``names`` and ``others`` are character ranges.

    ``titles`` are lower-case posts seen before its name; ``gender`` is ``"m"``,
    ``"f"`` or ``None``.
    """

    type: str
    name: str
    names: list[tuple[int, int]] = field(default_factory=list)
    others: list[tuple[int, int]] = field(default_factory=list)
    forms: dict[str, int] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    gender: str | None = None

    @property
    def id(self) -> str:
        return f"n{min(self.names)[0]}"

    @property
    def tokens(self) -> list[str]:
        return significant(self.name)

    def add(self, start: int, end: int, form: str) -> None:
        self.names.append((start, end))
        self.forms[form] = self.forms.get(form, 0) + 1
        if self.type == "PER":
            if len(form.split()) > len(self.name.split()):
                self.name = form
        elif len(form) > len(self.name) and not _is_acronym(form):
            self.name = form

    @property
    def schema(self) -> Schema:
        return schema_of(self.type, self.name, self.forms)

    @property
    def is_outlet(self) -> bool:
        return self.type != "PER" and any(looks_like_outlet(form) for form in self.forms)


class Cast:
    """All members, and who is named where.

    ``spans`` are ``(start, end, member)`` in text order, ``names`` what the model found. In ``kept``,
    readers may keep what they worked out from the cast.
    """

    def __init__(
        self,
        page: Page,
        members: Sequence[Member],
        spans: Sequence[tuple[int, int, Member]],
        names: Sequence[Name] = (),
    ) -> None:
        self.page = page
        self.members = list(members)
        self.spans = sorted(spans, key=lambda s: s[:2])
        self.names = tuple(names)
        self.kept: dict[object, object] = {}
        self._starts = [s for s, _, _ in self.spans]

    def touching(self, start: int, end: int) -> list[tuple[int, int, Member]]:
        """Return the names that stand in ``[start, end)`` at least in part."""
        low, high = bisect.bisect_right(self._starts, start), bisect.bisect_left(self._starts, end)
        return [s for s in self.spans[max(0, low - 1) : high] if s[1] > start]

    def within(self, start: int, end: int) -> list[tuple[int, int, Member]]:
        """Return the names that lie inside ``[start, end)``."""
        low, high = bisect.bisect_left(self._starts, start), bisect.bisect_left(self._starts, end)
        return [s for s in self.spans[low:high] if s[1] <= end]

    def at(self, offset: int) -> tuple[int, int, Member] | None:
        """Return the name that ``offset`` stands in."""
        k = bisect.bisect_right(self._starts, offset) - 1
        return self.spans[k] if k >= 0 and self.spans[k][1] > offset else None

    def before(self, offset: int, low: int = 0) -> list[tuple[int, int, Member]]:
        """Return the names that begin in ``[low, offset)``, in text order."""
        return self.spans[bisect.bisect_left(self._starts, low) : bisect.bisect_left(self._starts, offset)]

    def head_of(self, start: int, end: int) -> Member | None:
        """Return the member that the noun phrase ``[start, end)`` stands for, if its head is a name.

        Only the phrase up to its first comma, bracket, relative pronoun or
        preposition counts: "Anna Ross, who led the talks" is Anna Ross, "a
        spokesman for Ross" and "Ross's lawyer" are not. A name that goes beyond
        that point counts whole ("Cartel de los Soles", "Bank of Norland").
        """
        first = start + _head_length(self.page.text[start:end])
        for s, e, member in self.within(start, end):
            if s < first <= e or (e < first and not self.page.text[e:first].strip(" .\"'”’")):
                return member
        return self._named_after_post(start, end) or self._apposed(start, end)

    def _named_after_post(self, start: int, end: int) -> Member | None:
        """Return the person at the end of "English comedian and actor Anna Ross, 39": posts before a name."""
        match = _ASIDE.search(self.page.text, start + 1, end)
        stop = match.start() if match else end
        for s, e, member in self.within(start, stop):
            if e == stop and s > start and member.type == "PER":
                before = self.page.text[start:s].split()
                return (
                    member
                    if before and before[-1].lower() not in tables.words("clauses", "prepositions")
                    else None
                )
        return None

    def _apposed(self, start: int, end: int) -> Member | None:
        """Return the person whose name is set behind a description: "a spokesman, Colonel Anna Ross"."""
        comma = self.page.text.find(", ", start, end)
        if comma < 0:
            return None
        for s, _, member in self.within(comma + 2, end):
            between = self.page.text[comma + 2 : s].lower().split()
            if member.type == "PER" and all(
                w.strip(".") in tables.words("people", "titles") for w in between
            ):
                return member
            return None
        return None


_ASIDE = re.compile(r"[,;:(\[—–]|\s(?:who|which)\s", re.IGNORECASE)
_STOP = re.compile(
    r"[,;:(\[—–]|\s-\s|\s(?:who|which|that|of|for|in|from|at|on|with|to|whose|and|or|by|during|after|before)\s",
    re.IGNORECASE,
)


def _head_length(phrase: str) -> int:
    """Return the length of a noun phrase up to the end of its head."""
    for match in _STOP.finditer(phrase):
        if match.start():
            return match.start()
    return len(phrase)


def significant(name: str) -> list[str]:
    """Return the words of a name that tell it from others: no articles, particles or marks."""
    found = re.findall(r"(?:[A-Z]\.)+|[^\W_]+(?:['’\-][^\W_]+)*", name)
    return [w.lower().replace(".", "") for w in found if w.lower() not in tables.words("people", "particles")]


def _is_acronym(form: str) -> bool:
    letters = form.replace(".", "").replace("&", "")
    return 1 < len(letters) <= 7 and letters.isupper()


def schema_of(type: str, name: str, forms: Iterable[str]) -> Schema:
    """Return the FollowTheMoney schema of a name of a CoNLL type."""
    if type == "PER":
        return "Person"
    if type == "LOC":
        return "Address"
    words = {w for form in (name, *forms) for w in significant(form)}
    if type == "MISC" and not words & tables.words("people", "body_nouns"):
        return "Thing"
    if words & tables.words("people", "company_words") and not words & tables.words("people", "public_words"):
        return "Company"
    if words & tables.words("people", "public_words"):
        return "PublicBody"
    return "Organization"
