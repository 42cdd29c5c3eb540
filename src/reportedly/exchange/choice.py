"""What is exported: which stories, claims and reports of a book, and how much of their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..desk import shelf
from ..desk.book import Book
from ..errors import ExchangeError
from ..records import Appearance, Attribution, Claim, Filing, Known, Ledger, Objection, Story
from ..weighing.filed import Filed
from . import sayings
from .sayings import Said

EXCERPT = 200
"""Characters of a content that are written if nothing else is asked for."""

_CHUNK = 20  # reports in memory
_MOST = 20_000  # characters of one content, at most

Draw = Callable[[Claim, Mapping[str, str]], str]
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Part:
    """One story of an export, with the claims of it that were chosen."""

    story: Story
    ledger: Ledger
    claims: tuple[Claim, ...]

    @cached_property
    def reports(self) -> dict[str, Filing]:
        """The story's reports by id."""
        return {r.id: r for r in self.ledger.reports}

    def outlet(self, report: str) -> str | None:
        """Return the outlet of a report."""
        filing = self.reports.get(report)
        return filing.outlet if filing else None

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the story's entities by id."""
        return {e.id: e.name for e in self.ledger.entities}

    @cached_property
    def known(self) -> dict[str, Known]:
        """The story's entities by id."""
        return {e.id: e for e in self.ledger.entities}

    @cached_property
    def titles(self) -> dict[str, str]:
        """What to call each report in a drawing: "Norden Herald: Port to close"."""
        return {r.id: ": ".join(p for p in (r.outlet, r.title) if p) for r in self.ledger.reports}


@dataclass(frozen=True)
class Choice:
    """What to export.

    Attributes:
        book: the desk, perhaps at a moment. What is hidden in it is never exported.
        stories: ids (or how they begin) of stories; with the next two empty as well: all of them.
        claims: ids of claims.
        reports: ids of reports, for the formats that go by report.
        excerpts: characters of each content; it is cut between words.
        full_text: give contents, and the texts of reports where the desk keeps them, as a whole.
        told: hears how many stories (or reports) of how many are done.
        draw: draws the chains of a claim as SVG, for the report page.
        unredacted: give what is redacted, too; only an archive can.
    """

    book: Book
    stories: Sequence[str] = ()
    claims: Sequence[str] = ()
    reports: Sequence[str] = ()
    excerpts: int = EXCERPT
    full_text: bool = False
    told: Told | None = None
    draw: Draw | None = None
    unredacted: bool = False

    def __post_init__(self) -> None:
        if self.excerpts < 1:
            raise ExchangeError("excerpts are at least one character long")

    @property
    def everything(self) -> bool:
        """Whether nothing in particular was chosen."""
        return not (self.stories or self.claims or self.reports)

    @property
    def most(self) -> int:
        """How many characters of a content may be written."""
        return _MOST if self.full_text else self.excerpts

    def said(
        self,
        what: Appearance | Attribution | Objection,
        outlet: str | None,
        names: Mapping[str, str] | None = None,
    ) -> Said:
        """Return what is said with who says it, cut as asked for; see :func:`sayings.said`."""
        return sayings.said(what, outlet, names=names, most=self.most)

    def cut(self, text: str) -> str:
        """Return any other words of a report, cut as asked for."""
        return sayings.shortened(sayings.shown(text), self.most)

    def claim_words(self, claim: Claim) -> str:
        """Return the words of a claim: those of the appearance that it is named after, cut as asked for."""
        named = next((a for a in claim.appearances if a.content.text == claim.text), None)
        words = sayings.pieced(named.content) if named else sayings.shown(claim.text)
        return sayings.shortened(words, self.most)

    @cached_property
    def _chosen(self) -> dict[str, tuple[Story, set[str] | None]]:
        """Map the id of each chosen story to it and to the claims that are wanted of it (``None``: all)."""
        found: dict[str, tuple[Story, set[str] | None]] = {}
        if self.everything:
            return {story.id: (story, None) for story in self.book.stories()}
        for name in self.stories:
            story = self.book.story(name)
            found[story.id] = (story, None)
        for name in self.claims:
            story, _, claim = self.book.claim(name)
            wanted = found.setdefault(story.id, (story, set()))[1]
            if wanted is not None:
                wanted.add(claim.id)
        return found

    def parts(self) -> Iterator[Part]:
        """Yield the chosen stories, the oldest first, one at a time in memory.

        Raises:
            NotInDesk: one of what was named is not there.
        """
        ordered = sorted(self._chosen.values(), key=lambda pair: (pair[0].first or "", pair[0].id))
        for number, (story, wanted) in enumerate(ordered, 1):
            ledger = self.book.ledger([story])
            claims = tuple(c for c in ledger.claims if wanted is None or c.id in wanted)
            yield Part(story, ledger, claims)
            if self.told is not None:
                self.told(number, len(ordered))

    def filed(self) -> Iterator[Filed]:
        """Yield the chosen reports (or those of the chosen stories) with their readings, one at a time.

        Raises:
            NotInDesk: one of what was named is not there.
        """
        names = list(self.reports)
        for story, wanted in self._chosen.values():
            if wanted is None:
                names += story.reports
            else:
                claims = (c for c in self.book.weighed(story).claims if c.id in wanted)
                names += (report for claim in claims for report, _ in _places(claim))
        names = list(dict.fromkeys(names))
        for at in range(0, len(names), _CHUNK):
            some = names[at : at + _CHUNK]
            found = {f.id: f for f in self.book.filed(some) if f.id not in self.book.rulings.hidden}
            for number, name in enumerate(some, at + 1):
                yield found.get(name) or self.book.report(name)  # which says that it is not there
                if self.told is not None:
                    self.told(number, len(names))

    def kept_whole(self, reports: Sequence[str]) -> set[str]:
        """Return those of ``reports`` whose text the desk keeps as a whole."""
        book = self.book
        rows = shelf.revisions_of(book.connection, reports, book.as_of, clock=book.clock)
        return {row.report for row in rows if row.retention == "full"} - book.rulings.hidden

    @cached_property
    def places(self) -> frozenset[tuple[str, str]] | None:
        """The attributions (report id, id) that claims were chosen by; ``None`` where claims were not chosen.

        Those that dispute a claim are among them.
        """
        if not self.claims or self.stories or self.reports:
            return None
        return frozenset(
            place
            for story, wanted in self._chosen.values()
            for claim in self.book.weighed(story).claims
            if wanted is None or claim.id in wanted
            for place in _places(claim)
        )

    def wants(self, report: str, attribution: Attribution) -> bool:
        """Tell whether an attribution is exported by the formats that go by report.

        Those of the chosen claims are; else all but what the report says in its own voice.
        """
        if self.places is None:
            return attribution.source.kind != "narrator"
        return (report, attribution.id) in self.places


def _places(claim: Claim) -> list[tuple[str, str]]:
    found = [(a.report, a.attribution) for a in claim.appearances]
    return found + [(o.report, o.attribution) for o in claim.disputed_by]
