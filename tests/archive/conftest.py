"""Sources of a few short reports, and what an archive of them holds."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="an archive needs pyarrow: pip install 'reportedly[archive]'")

from reportedly.archive import tables
from reportedly.archive.running import read

TOWNS = (
    "Saren",
    "Holm",
    "Brack",
    "Tolva",
    "Misk",
    "Undery",
    "Pell",
    "Corran",
    "Vash",
    "Ilm",
    "Orda",
    "Fenwick",
)


def rows(count: int = 12) -> list[dict[str, str]]:
    """Return reports as rows of JSON, each about a town of its own."""
    return [
        {
            "id": f"report-{k}",
            "outlet": ("Norden Herald", "Harbour Courier", "Valley Echo")[k % 3],
            "title": f"Ferry to {TOWNS[k % 12]} is late",
            "published": f"2026-05-{1 + k:02d}T08:00:00+00:00",
            "url": f"https://herald.example/{k}",
            "text": f"The ferry to {TOWNS[k % 12]} will be {k + 2} hours late on Monday, harbour master "
            f"Lene Aust said.\n\nAt least {k + 10} passengers were waiting, according to the company.",
        }
        for k in range(count)
    ]


def write(path: Path, found: list[dict[str, str]]) -> Path:
    """Write rows as JSON lines and return the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return path


@pytest.fixture
def source(tmp_path):
    """A folder with 12 reports in a file, two documents and one that is empty."""
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "reports.jsonl", rows())
    (folder / "a.txt").write_text("The bridge at Holm is closed, mayor Ulf Brandt said on Friday.")
    (folder / "b.txt").write_text("")
    (folder / "c.txt").write_text("Two ferries collided off Tolva, the coast guard reported.")
    return folder


def run(archive: Path, *sources: Path | str, **how: object):
    """Read sources into an archive to the end; return the last progress and all that was said."""
    said: list[str] = []
    progress = None
    for progress in read(archive, [str(s) for s in sources], **{"workers": 1, **how}):
        said += progress.said
    assert progress is not None
    return progress, said


def files(archive: Path) -> dict[str, str]:
    """Return the hash of every file of every table, by its name."""
    return {
        str(path.relative_to(archive)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(archive.glob("*/*.parquet"))
    }


def table(archive: Path, name: str) -> list[dict[str, object]]:
    """Return the rows of a table, shard after shard."""
    return [row for path in sorted((archive / name).glob("*.parquet")) for row in tables.rows(path)]


def program(*words: str) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "reportedly", *words],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
