"""What can be set from outside, by environment variables that begin with ``REPORTEDLY_``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

from .errors import ReportedlyError


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and defaults of a process.

    Attributes:
        threads: CPU threads of the network (``REPORTEDLY_THREADS``, 1).
        max_bytes: size limit of one report (``REPORTEDLY_MAX_BYTES``, 10,000,000).
        fast: stop half way up the network (``REPORTEDLY_FAST``, 0): quicker, and somewhat worse.
    """

    threads: int = 1
    max_bytes: int = 10_000_000
    fast: bool = False


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the settings once; raises :class:`ReportedlyError` on a value that is not a positive number."""
    return Settings(
        threads=_positive("REPORTEDLY_THREADS", Settings().threads),
        max_bytes=_positive("REPORTEDLY_MAX_BYTES", Settings().max_bytes),
        fast=os.environ.get("REPORTEDLY_FAST", "0") not in ("", "0"),
    )


def hurry() -> None:
    """Stop half way up the network from now on; to be called before anything is read."""
    os.environ["REPORTEDLY_FAST"] = "1"
    settings.cache_clear()


def _positive(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdecimal() or int(value) == 0:
        raise ReportedlyError(f"{name} must be a positive whole number, not {value!r}")
    return int(value)
