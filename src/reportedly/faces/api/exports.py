"""Exports: the desk, or some of it, as a file in one of the formats of :mod:`reportedly.exchange`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from ... import exchange
from ...errors import NotInDesk
from .. import drawing
from .answers import listed
from .asking import AnAsked, AUser
from .contract import Responses, page_of
from .problems import Refused
from .shapes import ExportFormat

router = APIRouter(prefix="/exports", tags=["exports"])
_IN_MEMORY = 4_000_000
_CHUNK = 1 << 16
_MOST = 100  # things that are named in one export
_Ids = Annotated[list[Annotated[str, Query(min_length=1, max_length=500)]], Query(max_length=_MOST)]


@router.get(
    "",
    operation_id="listExportFormats",
    summary="List the formats",
    response_class=Response,
    responses=page_of(ExportFormat, 304),
)
def formats(asked: AnAsked, user: AUser) -> Response:
    """What a desk, or a part of it, can be had as by who asks, and which parts."""
    items = [
        ExportFormat(name=f.name, media_type=f.media_of_stream, about=f.about, covers=tuple(sorted(f.covers)))
        for f in exchange.formats()
        if not f.private or user.may("administer")
    ]
    return listed(asked.request, items, None)


def _answers() -> Responses:
    found = page_of(ExportFormat, 404)
    kinds = sorted({f.media_of_stream for f in exchange.formats()})
    anything: dict[str, Any] = {kind: {"schema": {}} for kind in kinds}
    found[200] = {"description": "The file.", "content": anything}
    return found


@router.get(
    "/{format}",
    operation_id="export",
    summary="Export a desk or a part of it",
    response_class=Response,
    responses=_answers(),
)
def export(
    asked: AnAsked,
    user: AUser,
    format: Annotated[str, Path(min_length=1, max_length=40, examples=["ledger"])],
    story: _Ids = [],  # noqa: B006 (FastAPI copies it for each request)
    claim: _Ids = [],  # noqa: B006 (as above)
    report: _Ids = [],  # noqa: B006 (as above)
    excerpts: Annotated[int, Query(ge=1, le=20_000, description="Characters of each content.")] = 200,
    full_text: Annotated[bool, Query(description="Contents and texts as a whole.")] = False,
    unredacted: Annotated[bool, Query(description="Redacted words, too; in `jsonl` only.")] = False,
) -> Response:
    """Everything, or the stories, claims and reports that are named. What is hidden is never in it.

    `jsonl` names users and paths of the machine, and is for administrators.
    """
    chosen = next((f for f in exchange.formats() if f.name == format), None)
    if chosen is None:
        names = ", ".join(f.name for f in exchange.formats())
        raise NotInDesk(f"{format!r} is no format; these are: {names}")
    if chosen.private and not user.may("administer"):
        raise Refused(403, "may-not", f"a {user.role} may not have {chosen.name}: it names users and paths")
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed by _pieces)
    try:
        with asked.book() as book:
            exchange.write(
                chosen.name, book, file, stories=story, claims=claim, reports=report, excerpts=excerpts,
                full_text=full_text, draw=drawing.svg, unredacted=unredacted,
            )  # fmt: skip
    except BaseException:
        file.close()
        raise
    extension = ".zip" if chosen.many else chosen.extension
    headers = {
        "Content-Disposition": f'attachment; filename="reportedly-{chosen.name}{extension}"',
        "Content-Length": str(file.tell()),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_pieces(file), 200, headers, chosen.media_of_stream)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece
