"""A reading as an HTML page that opens from disk: the report, and its claims beside the text.

The page loads nothing from outside; its content security policy allows only
the style and the one script that stand in it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from jinja2 import Environment, PackageLoader

from ..reading.paragraphs import paragraphs
from ..records import Attribution, Reading
from . import words


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text with the same marks: ``roles`` as CSS classes, ``claims`` the ids it belongs to."""

    text: str
    roles: str
    claims: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph and the claims that begin in it."""

    segments: list[Segment]
    claims: list[Attribution]


def render(readings: Sequence[Reading]) -> str:
    """Return one HTML document with all the readings."""
    script = _asset("report.js")
    style = _asset("report.css")
    return (
        _environment()
        .get_template("report.html")
        .render(
            readings=[_view(k, reading) for k, reading in enumerate(readings)],
            title=readings[0].report.title if len(readings) == 1 else f"{len(readings)} reports",
            script=script,
            style=style,
            script_hash=_hash(script),
            style_hash=_hash(style),
            words=words,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reportedly.faces"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _view(number: int, reading: Reading) -> dict[str, object]:
    names = {e.id: e.name for e in reading.entities}
    prefix = f"r{number}-"
    marks = _marks(reading, prefix)
    rows: list[Row] = []
    listed: set[str] = set()
    ranges = paragraphs(reading.report.text)
    for k, (start, end) in enumerate(ranges):
        last = k + 1 == len(ranges)
        own = [
            a
            for a in reading.attributions
            if a.source.kind != "narrator" and a.id not in listed and (_start(a) < end or last)
        ]
        listed.update(a.id for a in own)
        if not k and not own and reading.report.text[start:end] == reading.report.title:
            continue  # the headline stands above already
        rows.append(Row(_segments(reading.report.text, start, end, marks), own))
    order = {a.id: n for n, a in enumerate((a for row in rows for a in row.claims), 1)}
    return {
        "reading": reading,
        "report": reading.report,
        "rows": rows,
        "names": names,
        "order": order,
        "prefix": prefix,
        "web_url": (reading.report.url or "").startswith(("http://", "https://")),
    }


def _start(claim: Attribution) -> int:
    spans = [*claim.source.spans, *(claim.cue.spans if claim.cue else ()), *claim.content.spans]
    return min(s for s, _ in spans)


Mark = tuple[int, int, str, str, str]  # start, end, role, claim, title


def _marks(reading: Reading, prefix: str) -> list[Mark]:
    found: list[Mark] = []
    for a in reading.attributions:
        if a.source.kind == "narrator":
            continue
        roles = (
            ("source", a.source.spans),
            ("cue", a.cue.spans if a.cue else ()),
            ("content", a.content.spans),
        )
        for role, spans in roles:
            found += [(s, e, role, prefix + a.id, "") for s, e in spans]
        found += [(s, e, "hedge", "", "") for h in a.hedges for s, e in h.spans]
    for figure in reading.figures:
        found += [(s, e, "figure", "", words.amount(figure)) for s, e in figure.spans]
    return found


def _segments(text: str, start: int, end: int, marks: list[Mark]) -> list[Segment]:
    near = [m for m in marks if m[0] < end and m[1] > start]
    cuts = sorted({start, end, *(min(max(x, start), end) for m in near for x in m[:2])})
    segments = []
    for low, high in pairwise(cuts):
        over = [m for m in near if m[0] <= low and m[1] >= high]
        depth = len({m[3] for m in over if m[2] == "content"})
        roles = sorted({m[2] for m in over}) + (["nested"] if depth > 1 else [])
        segments.append(
            Segment(
                text[low:high],
                " ".join(roles),
                " ".join(dict.fromkeys(m[3] for m in over if m[3])),
                next((m[4] for m in over if m[4]), ""),
            )
        )
    return segments
