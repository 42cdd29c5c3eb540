"""Bodies of requests: of a kind that is taken, and no larger than allowed, whatever their headers say."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from .problems import Refused


async def body_of_kind(request: Request, kinds: Sequence[str], most: int) -> tuple[str, bytes]:
    """Return a body and its media type.

    Raises:
        Refused: it is of another kind, packed, in another encoding than UTF-8, empty, or over ``most`` bytes.
    """
    said = request.headers.get("content-type", "")
    kind, _, rest = said.partition(";")
    kind = kind.strip().lower()
    if kind not in kinds:
        raise Refused(415, "media-type", f"this takes {', '.join(kinds)}")
    charset = rest.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Refused(415, "media-type", "send it in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "media-type", "send it unpacked")
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > most:
            raise Refused(413, "too-large", f"more than {most:,} bytes")
    if not found:
        raise Refused(422, "empty", "there is no body")
    return kind, bytes(found)
