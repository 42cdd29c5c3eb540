"""Loads the tables of words that the readers know: knowledge stands in data, not in code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def toml(name: str) -> dict[str, Any]:
    """Return the table ``name`` (a TOML file of this package), read once."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def words(name: str, key: str) -> frozenset[str]:
    """Return a list of words of a table as a set. A list may be given as one string with spaces."""
    value = toml(name)
    for part in key.split("."):
        value = value[part]
    return frozenset(value.split() if isinstance(value, str) else value)


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a TSV file of this package, read once; ``#`` begins a comment line."""
    text = files(__package__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(
        tuple(line.split("\t")) for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
