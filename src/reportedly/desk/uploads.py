"""What was posted to be taken in, as items: JSON lines, one text, one page, or a list of addresses."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from functools import partial
from typing import Literal, get_args

import msgspec

from ..errors import EmptyReport, IntakeError, Rejected
from ..intake import batch, from_html, from_lines, from_text
from ..intake.item import Item, document, given
from ..intake.web import Fetched
from ..records import Report
from ..settings import settings

Kind = Literal["jsonl", "text", "html", "urls"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_ADDRESSES = msgspec.json.Decoder(list[str])


def number_of(body: bytes, kind: Kind) -> int:
    """Return how many reports were posted, as far as can be told without reading them.

    Raises:
        EmptyReport: none.
        IntakeError: one of the addresses is none.
    """
    if kind == "urls":
        return len(_addresses(body))
    found = (
        sum(bool(line.strip()) for line in io.BytesIO(body)) if kind == "jsonl" else int(bool(body.strip()))
    )
    if not found:
        raise EmptyReport("nothing was posted")
    return found


def items(body: bytes, kind: Kind) -> Iterator[Item]:
    """Yield what was posted, a report each; when the same is posted again, each is known by its place."""
    name = f"upload:{hashlib.sha256(body).hexdigest()[:16]}"
    if kind == "urls":
        yield from batch.sources(_addresses(body))
    elif kind == "jsonl":
        for number, line in enumerate(io.BytesIO(body), 1):
            if line.strip():
                yield Item(f"{name}#{number}", None, given(document(line)), _row)
    else:
        yield Item(name, None, given(document(body)), partial(_document, kind=kind))


def _addresses(body: bytes) -> list[str]:
    """Return the addresses; anything else might be taken for a path of the server."""
    found = _ADDRESSES.decode(body)
    for address in found:
        if not address.lower().startswith(("http://", "https://")):
            raise IntakeError(f"{address[:80]!r} is not an address that begins with http:// or https://")
    return found


def _row(page: Fetched) -> Report:
    lines = from_lines(io.BytesIO(page.body), "line", max_bytes=settings().max_bytes)
    outcome = next(lines, Rejected("line", IntakeError("there is nothing in this line")))
    if isinstance(outcome, Rejected):
        raise outcome.error
    return outcome


def _document(page: Fetched, kind: Kind) -> Report:
    make = from_html if kind == "html" else from_text
    return make(page.body, max_bytes=settings().max_bytes)
