"""The ledger as flat tables: what each holds, its columns and what they mean, and the rows of an export.

CSV and Parquet files are written from these. Nothing is told twice in them but
ids, by which they join, and who says so, which stands in every row that holds
the words of a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..records import Claim, Known
from ..records.span import Span
from .choice import Choice, Part
from .sayings import Said, carried, shown

Type = Literal["text", "integer", "number", "boolean"]
Cell = str | int | float | bool | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what kind of values it has, and what they mean. Any may be empty."""

    name: str
    type: Type
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a row is a tuple with a cell for each of ``columns``."""

    name: str
    about: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)


def _table(name: str, about: str, *columns: str) -> Table:
    """Build a table from lines "name type what it means"."""
    split = (line.split(" ", 2) for line in columns)
    # the lines below name the types
    return Table(name, about, tuple(Column(n, t, a) for n, t, a in split))  # type: ignore[arg-type]


_CLAIM, _STORY = "claim text the claim's id", "story text the story's id"
_REPORT, _SAID = (
    "report text the report's id",
    "attribution text its id in the report's reading",
)
_HOLDER = (
    "source text who says so, as the report has it, with the name where that is known: “he (Corin Dask)”",
    "source_kind text person, organization, official, anonymous, group, outlet, document, hearsay, narrator",
    "source_entity text id of the source among the entities",
)
_CONTENT = (
    "content text what is said, in the report's words; cut unless full text was asked for",
    "spans text where all of it stands in the report's text, as START-END in characters, parted by spaces",
)
_OUTLET = ("outlet text the report's outlet", "published text when the report was published (ISO 8601)")
_AMOUNT = (
    "value number the number that was said; empty where sources do not agree",
    "low number at least so much; empty: open",
    "high number at most so much; empty: open",
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table(
            "reports", "The reports.",
            "id text the report's id", _STORY, *_OUTLET, "title text its title", "url text its address",
            "sha256 text SHA-256 of its text", "text text its text, if full text was asked for and is kept",
        ),
        _table(
            "stories", "Reports about the same happening.",
            "id text the story's id", "title text a title of one of its reports",
            "reports integer how many reports", "from text when the first was published",
            "to text when the last was published",
        ),
        _table(
            "claims", "Claims: the same content, wherever it appears.",
            "id text the claim's id", _STORY,
            "text text its fullest wording, cut unless full text is asked for",
            "holders text who says so, parted by “; ”", "reports integer how many reports carry it",
            "outlets integer how many outlets carry it", "origins_low integer the fewest independent origins",
            "origins_high integer the most independent origins",
            "disputes integer how many denials, contradictions and so on there are",
            "first_seen text when it was first published", "last_seen text when it was last published",
        ),
        _table(
            "appearances", "Where each claim appears, and who says so there.",
            _CLAIM, _STORY, _REPORT, _SAID, *_OUTLET, *_HOLDER, *_CONTENT,
            "stance text what the source does: assert, confirm, deny, allege, …",
            "factuality text how firmly the source holds it: CT+ PR+ PS+ CT- PR- PS- CTu Uu",
            "link text suggested by the program, or confirmed by a person",
            "score number how like the claim it is, 0 to 1", "why text how that was decided",
        ),
        _table(
            "disputes", "What denies, contradicts or takes back a claim.",
            _CLAIM, _STORY, _REPORT, _SAID, *_OUTLET, *_HOLDER, *_CONTENT,
            "kind text denial, contradiction, figure or retraction",
            "against_report text the report whose statement it is aimed at",
            "against_attribution text that statement",
            "link text suggested by the program, or confirmed by a person", "why text how that was decided",
        ),
        _table(
            "origins", "The last sources that a claim goes back to.",
            _CLAIM, _STORY, "source text who it is", "kind text what kind of source",
            "through_report text the report nearest to it; empty where that is not in the desk",
            "certain boolean whether it counts for the low end of the range", "why text how that was decided",
        ),
        _table(
            "dropped", "Reports that carry a claim and are no origin of it.",
            _CLAIM, _STORY, _REPORT, "why text why it is no origin",
        ),
        _table(
            "figures", "How figures moved: each time that one was given.",
            _STORY, "series integer which figure of the story", "measure text what was counted or done",
            "unit text person, percent, an ISO 4217 code, or a noun", _REPORT,
            "published text when the report was published (ISO 8601)", *_AMOUNT,
            "text text the figure in the words used", "source text who gives it",
            "role text initial, supersedes, corrects, disputes or repeats",
            "figure text the figure's id in the report's reading", _SAID, "why text how the role was decided",
        ),
        _table(
            "current", "What stands of each figure at the end.",
            _STORY, "series integer which figure of the story", "measure text what was counted or done",
            "unit text person, percent, an ISO 4217 code, or a noun", *_AMOUNT,
            "why text whose figures these are",
        ),
        _table(
            "citations", "Reports that say that they have something from an outlet.",
            _STORY, _REPORT, "outlet text the outlet that is cited",
            "cited_report text its report; empty where that is not in the desk",
            "text text the words that cite", "spans text where they stand, as START-END",
        ),
        _table(
            "copies", "Reports that take over the text, or part of it, of another.",
            _STORY, "copy text the report that copies", "of text the report that it is taken from",
            "kind text full or partial", "shared number the share of it that is taken over, 0 to 1",
            "spans text the passages taken over, as START-END", "why text how that was decided",
        ),
        _table(
            "entities", "Whom and what the reports name.",
            "id text the entity's id", "name text its name", "schema text its kind, one of FollowTheMoney's",
            "aliases text other names, parted by “; ”",
        ),
    )
}  # fmt: skip
"""The tables by name."""


def rows(choice: Choice, part: Part) -> Iterator[tuple[str, Row]]:
    """Yield the rows that one story gives, each with the name of its table; entities apart."""
    story = part.story
    yield "stories", (story.id, _text(story.title), len(story.reports), story.first, story.last)
    texts = _texts(choice, part)
    for r in part.ledger.reports:
        yield (
            "reports",
            (
                r.id, story.id, _text(r.outlet), r.published, _text(r.title), r.url, r.sha256,
                texts.get(r.id),
            ),
        )  # fmt: skip
    for claim in part.claims:
        yield from _claim(choice, part, claim)
    for number, series in enumerate(part.ledger.figures, 1):
        head = (story.id, number, series.measure, series.unit)
        for p in series.points:
            cell = Said(choice.cut(p.text), shown(p.source) or "the report itself", "")
            yield (
                "figures",
                carried(
                    (
                        *head, p.report, p.published, p.value, p.low, p.high, cell.words, cell.holder, p.role,
                        p.figure, p.attribution, _text(p.why),
                    ),
                    cell,
                ),
            )  # fmt: skip
        now = series.current
        yield "current", (*head, now.value, now.low, now.high, _text(now.why))
    for c in part.ledger.citations:
        yield "citations", (story.id, c.report, c.outlet, c.cited_report, choice.cut(c.text), places(c.spans))
    for copy in part.ledger.copies:
        yield "copies", (story.id, copy.copy, copy.of, copy.kind, copy.shared, places(copy.spans), copy.why)


def _claim(choice: Choice, part: Part, claim: Claim) -> Iterator[tuple[str, Row]]:
    story = part.story.id
    things = [choice.said(a, part.outlet(a.report), part.names) for a in claim.appearances]
    holders = "; ".join(dict.fromkeys(t.holder for t in things))
    reports = {a.report for a in claim.appearances}
    outlets = {part.outlet(r) or r for r in reports}
    yield (
        "claims",
        carried(
            (
                claim.id, story, choice.claim_words(claim), holders, len(reports), len(outlets),
                claim.origins.low, claim.origins.high, len(claim.disputed_by), claim.first_seen,
                claim.last_seen,
            ),
            *things,
        ),
    )  # fmt: skip
    for a, thing in zip(claim.appearances, things, strict=True):
        filing = part.reports.get(a.report)
        yield (
            "appearances",
            carried(
                (
                    claim.id, story, a.report, a.attribution, _text(part.outlet(a.report)),
                    filing.published if filing else None, thing.holder,
                    a.source.kind, a.source.entity, thing.words,
                    places(a.content.spans), a.stance, a.factuality, a.link, a.score, _text(a.why),
                ),
                thing,
            ),
        )  # fmt: skip
    for o in claim.disputed_by:
        thing = choice.said(o, part.outlet(o.report), part.names)
        against = o.against or (None, None)
        yield (
            "disputes",
            carried(
                (
                    claim.id, story, o.report, o.attribution, _text(part.outlet(o.report)), o.at,
                    thing.holder,
                    o.source.kind, o.source.entity, thing.words, places(o.content.spans), o.kind, *against,
                    o.link, _text(o.why),
                ),
                thing,
            ),
        )  # fmt: skip
    for origin in claim.origins.list:
        yield (
            "origins",
            (
                claim.id, story, _text(origin.source), origin.kind, origin.through_report, origin.certain,
                _text(origin.why),
            ),
        )  # fmt: skip
    for drop in claim.origins.dropped:
        yield "dropped", (claim.id, story, drop.report, _text(drop.why))


def entity_row(known: Known) -> Row:
    """Return an entity's row."""
    return (
        known.id,
        _text(known.name),
        known.schema,
        _text("; ".join(a for a in known.aliases if a != known.name)),
    )


def places(spans: Sequence[Span]) -> str | None:
    """Return spans as "0-12 20-31"; ``None`` where there are none."""
    return " ".join(f"{start}-{end}" for start, end in spans) or None


def _texts(choice: Choice, part: Part) -> dict[str, str]:
    if not choice.full_text:
        return {}
    whole = sorted(choice.kept_whole(part.story.reports))
    return {f.id: f.report.text for f in choice.book.filed(whole)}


def _text(value: str | None) -> str | None:
    return shown(value) or None if value else None
