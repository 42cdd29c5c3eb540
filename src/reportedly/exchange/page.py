"""A story as one HTML page to print, to file or to send: it loads nothing and runs nothing.

Claims that stand in several reports, or that somebody disputes, come first and in
full; the others follow as a list. The page's own content security policy forbids
scripts and anything from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from .. import __version__
from ..records import Claim, Filing, Origin, Series
from ..weighing.filed import moment
from .choice import Choice, Part
from .outputs import Output
from .sayings import KIND, Said, carried, shown

_DRAWN = 24  # claims that are drawn, at most
_TEMPLATE = "story.html"


@dataclass(frozen=True, slots=True)
class Row:
    """Something said, with the report in which it is."""

    thing: Said
    report: Filing | None
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim as the page shows it. ``picture`` is an SVG element, or empty."""

    id: str
    words: str
    said: list[Row]
    against: list[Row]
    origins: str
    sources: tuple[Origin, ...]
    dropped: list[tuple[str, str]]
    picture: Markup


def write(choice: Choice, output: Output) -> None:
    """Write the chosen stories, or the stories of the chosen claims with these claims alone, as one page."""
    template = _environment().get_template(_TEMPLATE)
    with output.open("report.html") as out:
        stories = (_view(choice, part) for part in choice.parts())
        for piece in template.stream(
            stories=stories, as_of=choice.book.as_of, version=__version__, clock=choice.book.clock, kind=KIND
        ):
            out.write(piece.encode("utf-8", "replace"))


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("reportedly.exchange"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    found.filters.update(shown=shown, day=_day, amount=_amount)
    return found


def _view(choice: Choice, part: Part) -> dict[str, object]:
    reports = sorted(part.ledger.reports, key=lambda r: (r.published or "", r.id))
    claims = sorted(
        part.claims, key=lambda c: (-len({a.report for a in c.appearances}), c.first_seen or "", c.id)
    )
    chosen = len(part.claims) < len(part.ledger.claims)
    first = [c for c in claims if chosen or c.disputed_by or len({a.report for a in c.appearances}) > 1]
    ids = {c.id for c in first}
    return {
        "story": part.story,
        "reports": reports,
        "numbers": {r.id: f"{part.story.id}-{number}" for number, r in enumerate(reports, 1)},
        "claims": [_claim(choice, part, c, drawn=k < _DRAWN) for k, c in enumerate(first)],
        "others": [_claim(choice, part, c, drawn=False) for c in claims if c.id not in ids],
        "figures": [] if chosen else [s for s in part.ledger.figures if _moves(s)],
        "copies": [] if chosen else part.ledger.copies,
        "citations": [] if chosen else part.ledger.citations,
        "loops": [] if chosen else part.ledger.loops,
        "titles": part.titles,
        "cut": choice.cut,
    }


def _claim(choice: Choice, part: Part, claim: Claim, *, drawn: bool) -> Shown:
    picture = Markup("")
    if drawn and choice.draw is not None and len(claim.origins.hops) > 1:
        picture = Markup(choice.draw(claim, part.titles))
    low, high = claim.origins.low, claim.origins.high
    count = str(low) if low == high else f"{low} to {high}"
    return Shown(
        id=claim.id,
        words=choice.claim_words(claim),
        said=list(_rows(choice, part, claim)),
        against=[
            Row(carried(choice.said(o, part.outlet(o.report), part.names)), part.reports.get(o.report), o.why)
            for o in claim.disputed_by
        ],
        origins=f"{count} independent {'origin' if count == '1' else 'origins'}",
        sources=claim.origins.list,
        dropped=[(part.titles.get(d.report, d.report), d.why) for d in claim.origins.dropped],
        picture=picture,
    )


def _rows(choice: Choice, part: Part, claim: Claim) -> Iterator[Row]:
    for appearance in sorted(claim.appearances, key=lambda a: _published(part, a.report)):
        thing = choice.said(appearance, part.outlet(appearance.report), part.names)
        yield Row(carried(thing), part.reports.get(appearance.report), appearance.why)


def _published(part: Part, report: str) -> tuple[str, str]:
    filing = part.reports.get(report)
    return ((filing.published if filing else None) or "", report)


def _moves(series: Series) -> bool:
    return len({(p.value, p.low, p.high) for p in series.points}) > 1


def _day(value: str | None) -> str:
    """Return a moment to the minute, in UTC ("2026-03-10 06:40"), or a day where no more is known."""
    found = moment(value)
    return (value or "")[:16] if found is None else f"{found:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _amount(thing: object) -> str:
    """Return a range: "11", "at least 11", "20 to 25"."""
    low, high = getattr(thing, "low", None), getattr(thing, "high", None)
    value = getattr(thing, "value", None)
    if low is not None and high is not None:
        return _number(low) if low == high else f"{_number(low)} to {_number(high)}"
    if low is not None:
        return f"at least {_number(low)}"
    if high is not None:
        return f"at most {_number(high)}"
    return _number(value) if value is not None else "unknown"


def _number(value: float) -> str:
    return f"{value:,.10g}"
