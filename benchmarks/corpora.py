"""Reads the corpora that the benchmarks measure against; they are not part of the project."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path


class Absent(Exception):
    """A corpus is not in the data folder; the message names the missing file."""


def find(data: Path, name: str) -> Path:
    """Return the path of a corpus file; raises :class:`Absent` if it is not there."""
    path = data / name
    if not path.exists():
        raise Absent(f"{path} is not there: this benchmark is left out (give the folder with --data)")
    return path


def json_lines(path: Path) -> Iterator[dict]:
    """Yield the rows of a ``.jsonl`` or ``.jsonl.gz`` file."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        for line in file:
            if line.strip():
                yield json.loads(line)
