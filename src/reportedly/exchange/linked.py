"""What the JSON-LD formats share: names for things, and arrays that are written piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from ..records import Filing, Report
from .outputs import Stream

VOCABULARY = "urn:reportedly:terms:"
"""Where the terms of our own stand: an identifier, not an address."""


def report_iri(report: Report | Filing) -> str:
    """Return what names a report: its address on the web, else an identifier made of its id."""
    url = report.url or ""
    if url.startswith(("http://", "https://")) and not any(c.isspace() or c in '<>"{}|\\^`' for c in url):
        return url
    return urn("report", report.id)


def urn(kind: str, *parts: str) -> str:
    """Return an identifier such as ``urn:reportedly:claim:c1a2``."""
    return ":".join(("urn:reportedly", kind, *(quote(p, safe="", errors="replace") for p in parts)))


def write_array(stream: Stream, head: Mapping[str, Any], key: str, items: Iterable[Any]) -> int:
    """Write one JSON object whose member ``key`` is a long array, an item a line; returns their number.

    ``head`` are the members before it.
    """
    encoder = msgspec.json.Encoder()
    stream.write(b"{")
    for name, value in head.items():
        stream.write(encoder.encode(name) + b":" + encoder.encode(value) + b",\n")
    stream.write(encoder.encode(key) + b":[\n")
    count = 0
    for item in items:
        stream.write((b",\n" if count else b"") + encoder.encode(item))
        count += 1
    stream.write(b"\n]}\n")
    return count
