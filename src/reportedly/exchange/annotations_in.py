"""Reads Web Annotations: ours after somebody worked on them, or those of other tools.

A file is one JSON object (a collection, a page, a single annotation), an array
of annotations, or one annotation a line. What is not known in it is passed over;
nothing that it points at is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import unquote

import msgspec

from ..errors import ExchangeError
from ..records import Report
from ..records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES
from ..records.span import Span
from .anchoring import Quote, anchor
from .linked import VOCABULARY
from .marks import How, Mark

MAX_BYTES = 100_000_000
_REPORT = "urn:reportedly:report:"
_HOLDERS = ("first", "items", "rows", "@graph")  # "rows" is what Hypothesis calls them
_DEEPEST = 6
_MOST_QUOTED = 100_000  # characters
_TERMS = (
    ("stance", "stance", STANCES),
    ("factuality", "factuality", FACTUALITIES),
    ("kind", "sourceKind", SOURCE_KINDS),
)

Piece = tuple[Span | None, Quote | None, tuple[Quote, Quote] | None]


def read(stream: IO[bytes]) -> Iterator[Mark]:
    """Yield the annotations of a file as marks.

    Raises:
        ExchangeError: it is too large, or holds no annotations.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ExchangeError(f"the file is over {MAX_BYTES:,} bytes")
    for number, item in enumerate(_items(data), 1):
        yield _mark(item, f"annotation {number}")


def _items(data: bytes) -> Iterator[dict[str, Any]]:
    try:
        whole = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        whole = [_line(number, row) for number, row in enumerate(data.splitlines(), 1) if row.strip()]
    found = False
    for one in _unpacked(whole, 0):
        found = True
        yield one
    if not found:
        raise ExchangeError("there are no annotations in this file")


def _unpacked(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the annotations in a collection, its pages and arrays of them."""
    if isinstance(value, dict) and ("target" in value or "hasTarget" in value):
        yield value
    elif depth < _DEEPEST and isinstance(value, (list, dict)):
        inside = value if isinstance(value, list) else [value[k] for k in _HOLDERS if k in value]
        for one in inside:
            yield from _unpacked(one, depth + 1)


def _line(number: int, row: bytes) -> Any:
    try:
        return msgspec.json.decode(row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ExchangeError(f"line {number} is not JSON: {str(error)[:120]}") from None


def _mark(item: dict[str, Any], where: str) -> Mark:
    name = item.get("id")
    where = name if isinstance(name, str) and name else where
    bodies = [b for b in _list(item.get("body")) if isinstance(b, dict)]
    own = next(
        (b for b in bodies if b.get("type") in ("reportedly:Attribution", VOCABULARY + "Attribution")), {}
    )
    targets = [t for t in _list(item.get("target", item.get("hasTarget"))) if isinstance(t, (dict, str))]
    source = next((s for t in targets if (s := _source(t))), "")
    report = own.get("report")
    pieces = [piece for t in targets if isinstance(t, dict) for piece in _pieces(_list(t.get("selector")))]
    sha256 = own.get("sha256")
    return Mark(
        where=where[:200],
        report=report if isinstance(report, str) and report else _report(source),
        find=lambda r: _find(r, pieces, sha256),
        attribution=own["attribution"] if isinstance(own.get("attribution"), str) else None,
        values={key: own[term] for key, term, allowed in _TERMS if own.get(term) in allowed},
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _source(target: dict[str, Any] | str) -> str:
    found = target if isinstance(target, str) else target.get("source") or target.get("id")
    if isinstance(found, dict):
        found = found.get("id")
    return found if isinstance(found, str) else ""


def _report(source: str) -> str:
    return unquote(source.removeprefix(_REPORT)) if source.startswith(_REPORT) else source


def _pieces(selectors: list[Any]) -> Iterator[Piece]:
    """Yield the pieces that selectors mark; a position and the quote behind it are one."""
    position: Span | None = None
    for one in selectors:
        if not isinstance(one, dict):
            continue
        match one.get("type"):
            case "TextPositionSelector":
                if position is not None:
                    yield position, None, None
                start, end = one.get("start"), one.get("end")
                position = (start, end) if type(start) is int and type(end) is int else None
            case "TextQuoteSelector":
                yield position, _quote(one), None
                position = None
            case "RangeSelector":
                start, end = one.get("startSelector"), one.get("endSelector")
                if isinstance(start, dict) and isinstance(end, dict):
                    yield position, None, (_quote(start), _quote(end))
                    position = None
    if position is not None:
        yield position, None, None


def _quote(selector: dict[str, Any]) -> Quote:
    parts = (selector.get(k) for k in ("exact", "prefix", "suffix"))
    return Quote(*(p[:_MOST_QUOTED] if isinstance(p, str) else "" for p in parts))


def _find(report: Report, pieces: list[Piece], sha256: object) -> tuple[tuple[Span, ...], How]:
    """Find all pieces in the text, in order.

    Raises:
        ExchangeError: one is not there, or there are none.
    """
    if not pieces:
        raise ExchangeError("it marks no words by position or quote")
    found: list[Span] = []
    stayed = True
    for piece in pieces:
        place, kept = _place(report, piece, sha256)
        stayed = stayed and kept
        found.append(place)
    return tuple(sorted(found)), "position" if stayed else "quote"


def _place(report: Report, piece: Piece, sha256: object) -> tuple[Span, bool]:
    text = report.text
    position, quote, ends = piece
    if ends is not None:
        first, last = ends
        begin = (position[0], position[0] + len(first.exact)) if position else None
        (start, _), kept = anchor(text, begin, first)
        (end, _), also = anchor(text, (position[1], position[1]) if position else None, last)
        if not start < end:
            raise ExchangeError("its end is not found behind its beginning")
        return (start, end), kept and also
    if quote is not None and quote.exact:
        return anchor(text, position, quote)
    if position is None or not 0 <= position[0] < position[1] <= len(text) or sha256 != report.sha256:
        raise ExchangeError("it gives no words to look for, and the text may have changed")
    return position, True
