"""What a reading was made with: the program's version, and the hashes of its code, weights and tables.

A manifest is kept once and named by its own SHA-256; runs and readings point to
it, so that a reading can be made again with the same program, or be said to
come from another one.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from ..models import store as models
from ..settings import settings
from .tables import manifests

_LIBRARIES = ("numpy", "onnxruntime", "tokenizers", "sentencex", "py3langid", "trafilatura", "lxml")
_CODE = ("reading", "records", "data")  # the rooms of the program that a reading depends on
_READERS = ("tagger", "judgement")  # the models that a reading depends on


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading was made with. ``digest`` names it; ``body`` is its JSON."""

    digest: str
    body: str


@lru_cache(maxsize=2)
def _of(fast: bool) -> Manifest:
    from .. import __version__

    body: dict[str, Any] = {
        "schema": "reportedly/manifest/1",
        "version": __version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "machine": platform.machine(),
        "fast": fast,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "code": {name: _code(name) for name in _CODE},
        "models": {name: models.about(name)["files"] for name in _READERS},
        "tables": _tables(),
    }
    text = msgspec.json.encode(body, order="sorted").decode()
    return Manifest(digest=hashlib.sha256(text.encode()).hexdigest(), body=text)


def current() -> Manifest:
    """Return the manifest of this program.

    Raises:
        ModelError: the weights are missing or damaged.
    """
    return _of(settings().fast)


def put(connection: Connection) -> str:
    """Write the manifest of this program down, if it is new, and return its digest."""
    mine = current()
    known = select(manifests.c.digest).where(manifests.c.digest == mine.digest)
    if connection.execute(known).first() is None:
        connection.execute(insert(manifests).values(digest=mine.digest, body=mine.body))
    return mine.digest


def differences(one: str, other: str) -> list[str]:
    """Return which parts of two manifests (their JSON) differ, such as ``tables.cues.toml``."""
    return sorted(_differing(msgspec.json.decode(one), msgspec.json.decode(other), ""))


def _differing(one: Any, other: Any, at: str) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            name
            for key in {*one, *other}
            for name in _differing(one.get(key), other.get(key), f"{at}.{key}" if at else key)
        ]
    return [] if one == other else [at]


def _tables() -> dict[str, str]:
    """Return the SHA-256 of every table of words."""
    root = files("reportedly.data")
    return {
        entry.name: hashlib.sha256(entry.read_bytes()).hexdigest()
        for entry in sorted(root.iterdir(), key=lambda e: e.name)
        if entry.is_file() and entry.name.endswith((".toml", ".tsv", ".gz"))
    }


def _code(room: str) -> str:
    """Return one SHA-256 of the modules of a room."""
    whole = hashlib.sha256()
    for entry in sorted(files(f"reportedly.{room}").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".py"):
            whole.update(entry.name.encode() + b"\0" + hashlib.sha256(entry.read_bytes()).digest())
    return whole.hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
