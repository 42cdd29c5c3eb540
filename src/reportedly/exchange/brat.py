"""brat standoff (Stenetorp et al. 2012): a text and what is marked in it, for annotators; and back.

``Source``, ``Cue`` and ``Content`` are text-bound; relations join a content to
its source, its cue, the chain it came through, the content it stands in, and what it
disputes. Kind, stance and factuality are attributes of the content. brat's marks
do not cross line breaks: a span that does is written as several fragments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import msgspec

from ..errors import ExchangeError
from ..records import Attribution
from ..records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES, Quotation
from ..records.span import Span
from .choice import Choice
from .outputs import Output, safe_name
from .sayings import holder, shown

_UNBROKEN = re.compile(r"[^\t\n\r\v\f\x00\x1c-\x1e\x85\u2028\u2029]+")  # no line's end for any reader
_SAFE = {"+": "plus", "-": "minus"}  # brat's configuration knows letters, digits, "-" and "_" alone
_FACTUALITY = {v[:2] + _SAFE.get(v[2:], v[2:]): v for v in FACTUALITIES}
_SPELLED = {v: k for k, v in _FACTUALITY.items()}
_QUOTATIONS: tuple[str, ...] = get_args(Quotation)
_VALUES: Mapping[str, Sequence[str]] = {
    "Kind": SOURCE_KINDS, "Stance": STANCES, "Factuality": tuple(_FACTUALITY), "Quotation": _QUOTATIONS,
}  # fmt: skip
_RELATIONS = {
    "SaidBy": ("Content", "Source"), "CuedBy": ("Content", "Cue"), "Through": ("Content", "Source"),
    "Within": ("Content", "Content"), "Disputes": ("Content", "Content"),
}  # fmt: skip
INDEX = "index.jsonl"
_MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Standoff:
    """One attribution as brat holds it.

    Spans are characters of the text; ``within`` and ``disputes`` are ids. ``id``
    is the attribution's, or brat's own for one that an annotator added.
    """

    id: str
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    via: tuple[tuple[Span, ...], ...] = ()
    within: str | None = None
    disputes: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def write(choice: Choice, output: Output) -> None:
    """Write a ``.txt`` and an ``.ann`` for each report whose text is kept whole, and brat's configuration.

    ``index.jsonl`` says which report each file is. What a report says in its own voice is left out.
    """
    names: dict[str, str] = {}
    rows = []
    for filed in choice.filed():
        report = filed.report
        if not choice.kept_whole([report.id]):
            continue
        name = safe_name(report.id)
        if names.setdefault(name.lower(), report.id) != report.id:  # "A" and "a", where these are one
            name = safe_name(f"{report.id}\n{len(names)}")
        kept = [a for a in filed.reading.attributions if choice.wants(report.id, a)]
        for attribution in kept:
            holder(attribution.source, report.outlet)  # raises where nobody holds it
        with output.open(f"{name}.txt") as out:
            out.write(report.text.encode())
        with output.open(f"{name}.ann") as out:
            out.write(standoff(report.text, kept).encode())
        rows.append({"file": name, "report": report.id, "sha256": report.sha256})
    with output.open(INDEX) as out:
        out.writelines(msgspec.json.encode(row) + b"\n" for row in rows)
    with output.open("annotation.conf") as out:
        out.write(configuration().encode())


def fragments(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return spans cut at line breaks and tabs, without white space at their ends and without empty ones."""
    found = []
    for start, end in spans:
        for match in _UNBROKEN.finditer(text, start, end):
            piece = match.group()
            left = len(piece) - len(piece.lstrip())
            if piece.strip():
                found.append((match.start() + left, match.start() + left + len(piece.strip())))
    return found


def standoff(text: str, attributions: Sequence[Attribution]) -> str:
    """Return the ``.ann`` file of a text."""
    lines: list[str] = []
    counts = dict.fromkeys("TRA#", 0)
    contents: dict[str, str] = {}

    def new(letter: str) -> str:
        counts[letter] += 1
        return f"{letter}{counts[letter]}"

    def bound(kind: str, spans: Sequence[Span]) -> str | None:
        pieces = fragments(text, spans)
        if not pieces:
            return None
        name = new("T")
        places = ";".join(f"{s} {e}" for s, e in pieces)
        lines.append(f"{name}\t{kind} {places}\t{' '.join(text[s:e] for s, e in pieces)}")
        return name

    def joined(kind: str, content: str, other: str | None) -> None:
        if other is not None:
            lines.append(f"{new('R')}\t{kind} Arg1:{content} Arg2:{other}\t")

    for a in attributions:
        content = bound("Content", a.content.spans)
        if content is None:
            continue
        contents[a.id] = content
        joined("SaidBy", content, bound("Source", a.source.spans))
        joined("CuedBy", content, bound("Cue", a.cue.spans) if a.cue else None)
        for link in a.via:
            joined("Through", content, bound("Source", link.spans))
        for name, value in (
            ("Kind", a.source.kind), ("Stance", a.stance), ("Factuality", _SPELLED[a.factuality]),
            ("Quotation", a.quotation),
        ):  # fmt: skip
            lines.append(f"{new('A')}\t{name} {content} {value}")
        where = " ".join(f"{s}-{e}" for s, e in a.content.spans)
        lines.append(f"{new('#')}\tAnnotatorNotes {content}\t{shown(a.id)} {where}")
    for a in attributions:
        if a.id in contents:
            joined("Within", contents[a.id], contents.get(a.parent or ""))
            for other in a.disputes:
                joined("Disputes", contents[a.id], contents.get(other))
    return "".join(line + "\n" for line in lines)


def configuration() -> str:
    """Return brat's ``annotation.conf``."""
    lines = ["[entities]", "Source", "Cue", "Content", "", "[relations]"]
    lines += [f"{name}\tArg1:{a}, Arg2:{b}" for name, (a, b) in _RELATIONS.items()]
    lines += ["<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>", "", "[events]", "", "[attributes]"]
    lines += [f"{name}\tArg:Content, Value:{'|'.join(values)}" for name, values in _VALUES.items()]
    return "\n".join(lines) + "\n"


_TEXTBOUND = re.compile(r"(T\S+)\t(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)\t.*")
_RELATION = re.compile(r"R\S+\t(\S+) Arg1:(\S+) Arg2:(\S+)\s*")
_ATTRIBUTE = re.compile(r"[AM]\S+\t(\S+) (\S+) (\S+)\s*")
_NOTE = re.compile(r"#\S*\tAnnotatorNotes (\S+)\t(\S+)((?: \d{1,9}-\d{1,9})*)\s*")


def read(text: str, annotations: str) -> list[Standoff]:
    """Return the attributions of an ``.ann`` file, in order of their contents.

    Lines that are of no use here (events, equivalences, other notes) are passed over.

    Raises:
        ExchangeError: a mark lies outside of the text, or is no mark; the error names the line.
    """
    bound: dict[str, tuple[str, tuple[Span, ...]]] = {}
    relations: dict[str, list[tuple[str, str]]] = {}
    values: dict[str, dict[str, str]] = {}
    notes: dict[str, tuple[str, tuple[Span, ...]]] = {}
    rows = annotations.split("\n")
    if len(rows) > _MOST_LINES:
        raise ExchangeError(f"over {_MOST_LINES:,} lines")
    for number, row in enumerate(rows, 1):
        if match := _TEXTBOUND.fullmatch(row):
            bound[match[1]] = (match[2], _spans(match[3], len(text), number))
        elif match := _RELATION.fullmatch(row):
            relations.setdefault(match[2], []).append((match[1], match[3]))
        elif match := _ATTRIBUTE.fullmatch(row):
            values.setdefault(match[2], {})[match[1]] = match[3]
        elif match := _NOTE.fullmatch(row):
            whole = [p.split("-") for p in match[3].split()]
            notes[match[1]] = (match[2], tuple((int(s), int(e)) for s, e in whole))
        elif row.startswith("T"):
            raise ExchangeError(f"line {number} is no mark that brat writes")
    ids = {name: notes[name][0] if name in notes else name for name in bound}
    found = [
        _one(name, ids, text, bound, relations.get(name, []), values.get(name, {}), notes)
        for name, (kind, _) in bound.items()
        if kind == "Content"
    ]
    return sorted(found, key=lambda s: (s.content, s.id))


def _one(
    name: str,
    ids: Mapping[str, str],
    text: str,
    bound: Mapping[str, tuple[str, tuple[Span, ...]]],
    relations: Sequence[tuple[str, str]],
    values: Mapping[str, str],
    notes: Mapping[str, tuple[str, tuple[Span, ...]]],
) -> Standoff:
    def ends(kind: str) -> list[str]:
        return [other for relation, other in relations if relation == kind and other in bound]

    def first(kind: str) -> tuple[Span, ...]:
        return next((bound[other][1] for other in ends(kind)), ())

    content = bound[name][1]
    whole = notes[name][1] if name in notes else ()
    if whole and all(0 <= s <= e <= len(text) for s, e in whole) and fragments(text, whole) == list(content):
        content = whole  # as it was before it was cut at line breaks
    within = ends("Within")
    return Standoff(
        id=ids[name],
        source=first("SaidBy"),
        cue=first("CuedBy"),
        content=content,
        via=tuple(bound[other][1] for other in ends("Through")),
        within=ids[within[0]] if within else None,
        disputes=tuple(ids[other] for other in ends("Disputes")),
        values=dict(_known(values)),
    )


def _known(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value in _VALUES.get(name, ()):
            yield name.lower(), _FACTUALITY[value] if name == "Factuality" else value


def _spans(places: str, length: int, line: int) -> tuple[Span, ...]:
    found = []
    for place in places.split(";"):
        start, end = map(int, place.split())
        if not start <= end <= length:
            raise ExchangeError(f"line {line} marks {start}-{end}, and the text has {length} characters")
        found.append((start, end))
    return tuple(found)
