"""Secrets that stand elsewhere: ``env:NAME`` names a variable of the environment, ``file:PATH`` a file.

So the desk, its copies and its backups hold where a secret is, and not the secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from ..errors import DeskError

_ENV = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]{0,199})", re.ASCII)
_MOST = 500  # characters of a secret
_BYTES = 4_096  # of a file that are looked at


def is_place(said: str) -> bool:
    """Tell whether a text says where a secret is, and is none itself."""
    return said.startswith(("env:", "file:"))


def check(said: str) -> None:
    """Look whether a place is written as one; whether anything is there is seen when it is needed.

    Raises:
        DeskError: it is not.
    """
    if said.startswith("env:") and _ENV.fullmatch(said):
        return
    if said.startswith("file:/") and said.isprintable() and len(said) <= _MOST:
        return
    raise DeskError("where a secret is, is written env:NAME, or file:PATH with the whole path")


def secret_at(place: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the secret at a place; white space around it does not count.

    Args:
        place: ``env:NAME`` or ``file:PATH``.
        environment: that of the process, if not said.

    Raises:
        DeskError: there is none; the message says where, and nothing of what is there.
    """
    check(place)
    kind, _, name = place.partition(":")
    if kind == "env":
        found = (os.environ if environment is None else environment).get(name, "")
    else:
        try:
            with Path(name).open("rb") as file:
                found = file.read(_BYTES).decode()
        except (OSError, UnicodeDecodeError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "it is no text"
            raise DeskError(f"the secret at {place} cannot be read: {reason}") from None
    found = found.strip()
    if not found or not found.isprintable() or len(found) > _MOST:
        raise DeskError(f"at {place} there is no secret of 1 to {_MOST} printable characters in one line")
    return found
