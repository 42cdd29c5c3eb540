"""The demo: reports about places and people that do not exist, which come with the program."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import msgspec

from ..records import Reading

_ROOM = files("reportedly.data").joinpath("demo")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One report of the demo; ``look_at`` says what to look at in it."""

    file: str
    id: str
    title: str
    outlet: str
    published: str
    url: str
    authors: tuple[str, ...] = ()
    look_at: str


def index() -> list[Entry]:
    """Return the demo's reports in the order in which they were published."""
    lines = _ROOM.joinpath("index.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [msgspec.json.decode(line, type=Entry) for line in lines if line.strip()]
    return sorted(entries, key=lambda entry: entry.published)


def row(entry: Entry) -> dict[str, Any]:
    """Return one report of the demo as a JSON line has it."""
    found: dict[str, Any] = msgspec.to_builtins(entry)
    del found["file"], found["look_at"]
    found["text"] = _ROOM.joinpath(entry.file).read_text(encoding="utf-8")
    return found


def read(entry: Entry) -> Reading:
    """Read one report of the demo."""
    from ..intake import from_record
    from ..reading.reader import read_report

    return read_report(from_record(row(entry)))
