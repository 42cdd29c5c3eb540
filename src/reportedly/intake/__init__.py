"""Intake: bytes, files, addresses, standard input and rows of JSON become reports."""

from __future__ import annotations

from ..errors import Rejected
from .build import Overrides
from .doors import from_html, from_text, take_in
from .jsonl import from_lines, from_record
from .web import Fetching

__all__ = [
    "Fetching",
    "Overrides",
    "Rejected",
    "from_html",
    "from_lines",
    "from_record",
    "from_text",
    "take_in",
]
