"""Finds the weights that ship with the package and checks that they are whole."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import ModelError


def folder(name: str) -> Path:
    """Return the folder of a model, e.g. ``folder("tagger")``.

    The environment variable ``REPORTEDLY_MODELS`` may name another place that
    holds a folder of that name (for trying weights of one's own).
    """
    other = os.environ.get("REPORTEDLY_MODELS")
    root = Path(other) if other else Path(str(files(__package__)))
    return root / name


@lru_cache(maxsize=8)
def about(name: str) -> dict[str, Any]:
    """Return what is recorded of a model: files with SHA-256, settings, data hashes.

    Raises:
        ModelError: the model is not there, or a file differs from its checksum.
    """
    path = folder(name)
    try:
        record: dict[str, Any] = json.loads((path / "about.json").read_text(encoding="utf-8"))
        files: dict[str, str] = dict(record["files"])
    except FileNotFoundError:
        raise ModelError(f"no model at {path}; install reportedly again") from None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise ModelError(f"{path / 'about.json'} is damaged; install reportedly again") from None
    for file, expected in files.items():
        try:
            found = hashlib.sha256((path / file).read_bytes()).hexdigest()
        except OSError as error:
            reason = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
            raise ModelError(f"{path / file} {reason}; install reportedly again") from None
        if found != expected:
            raise ModelError(f"{path / file} is damaged (checksum {found[:12]}); install reportedly again")
    return record


def version(name: str) -> str:
    """Return a short name of the exact weights, such as ``tagger-1a2b3c4d``."""
    files: dict[str, str] = about(name)["files"]
    weights = [digest for file, digest in sorted(files.items()) if file.endswith((".onnx", ".npz"))]
    whole = weights[0] if len(weights) == 1 else hashlib.sha256("".join(weights).encode()).hexdigest()
    return f"{name}-{whole[:8]}"
