"""The base form of an English word, looked up against a list of base forms."""

from __future__ import annotations

from collections.abc import Container

from ..data import tables


def lemma(word: str, known: Container[str]) -> str | None:
    """Return the base form of ``word`` (lower case) if it is in ``known``, else ``None``."""
    for base in _bases(word):
        if base in known:
            return base
    return None


def _bases(word: str) -> list[str]:
    found = [word]
    irregular = tables.toml("clauses")["irregular"].get(word)
    if irregular:
        found.append(irregular)
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("s"):
        found.append(word[:-1])
    if word.endswith("ied"):
        found.append(word[:-3] + "y")
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            found += [stem + "e", stem]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    return found
