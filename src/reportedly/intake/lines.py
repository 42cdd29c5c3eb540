"""The lines of a stream, one at a time and within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

from ..errors import IntakeError, ReportedlyError, TooLarge
from .text import size

_CHUNK = 1 << 20


def numbered(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes | ReportedlyError]]:
    """Give the lines that are not blank with their numbers, and an error for one over the limit or damage."""
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(limit + 1)
            long = len(line) > limit and not line.endswith(b"\n")
            while long and (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
        except (OSError, EOFError, zlib.error) as error:
            yield number, IntakeError(f"the file cannot be read any further: {error}")
            return
        if not line:
            return
        if long:
            yield number, TooLarge(f"this line is over the limit of {size(limit)}")
        elif line.strip():
            yield number, line
