"""The files of a folder and of what is in it, in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a folder; ``refused`` says why it is not read, where it should be said."""

    path: Path
    size: int = 0
    refused: str | None = None


def walk(root: Path) -> Iterator[Found]:
    """Give the files below ``root``; names that begin with a dot are passed over.

    Links are not followed: what they lead to inside ``root`` is found by itself,
    so that no loop can be walked; one that leads out of it is refused aloud. A
    folder that cannot be read is given as refused too.
    """
    root = Path(os.path.abspath(root))
    inside = os.path.realpath(root)
    waiting = [_entries(root, inside)]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif isinstance(found, Found):
            yield found
        else:
            waiting.append(_entries(found, inside))


def _entries(folder: Path, inside: str) -> Iterator[Found | Path]:
    try:
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        yield Found(folder, refused=f"the folder cannot be read: {error.strerror or error}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        try:
            if entry.is_symlink():
                if _leads_out(entry.path, inside):
                    yield Found(
                        path, refused="this link leads out of the folder; name what it leads to instead"
                    )
            elif entry.is_dir():
                yield path
            elif entry.is_file():
                yield Found(path, entry.stat().st_size)
        except OSError as error:
            yield Found(path, refused=f"it cannot be read: {error.strerror or error}")


def _leads_out(link: str, inside: str) -> bool:
    target = os.path.realpath(link)
    return target != inside and not target.startswith(inside.rstrip(os.sep) + os.sep)
