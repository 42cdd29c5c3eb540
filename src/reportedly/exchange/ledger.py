"""The ledger, ``reportedly/ledger/1``: everything that a desk holds as one JSON object.

Contents stand in it whole: their text is what stands at their offsets. It is
written story by story; each of its lists waits in a file of its own until the end.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from typing import IO

import msgspec

from ..desk.book import merged
from ..records import Known, Ledger
from .choice import Choice
from .outputs import Output
from .sayings import holder

_LISTS = tuple(name for name in Ledger.__struct_fields__ if name not in ("schema", "entities"))
_IN_MEMORY = 4_000_000


def write(choice: Choice, output: Output) -> None:
    """Write the ledger of the chosen stories, or of all."""
    known: dict[str, Known] = {}
    loops: set[tuple[str, ...]] = set()
    encoder = msgspec.json.Encoder()
    with ExitStack() as stack:
        lists: dict[str, IO[bytes]] = {
            name: stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)) for name in _LISTS
        }
        for part in choice.parts():
            for claim in part.claims:
                for appearance in claim.appearances:
                    holder(appearance.source)  # raises where nobody holds it
            for entity in part.ledger.entities:
                known[entity.id] = merged(known.get(entity.id), entity)
            whole = msgspec.structs.replace(
                part.ledger,
                claims=part.claims,
                loops=tuple(loop for loop in part.ledger.loops if loop not in loops),
            )
            loops.update(whole.loops)
            for name, file in lists.items():
                for row in getattr(whole, name):
                    file.write((b"," if file.tell() else b"") + encoder.encode(row))
        with output.open("ledger.json") as out:
            out.write(b'{"schema":' + encoder.encode(Ledger().schema))
            for name, file in lists.items():
                out.write(b',"' + name.encode() + b'":[')
                file.seek(0)
                shutil.copyfileobj(file, out, 1 << 20)
                out.write(b"]")
            out.write(b',"entities":' + encoder.encode([known[i] for i in sorted(known)]) + b"}\n")
