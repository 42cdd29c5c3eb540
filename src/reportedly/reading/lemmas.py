"""The base form of an English word, looked up against a list of base forms."""

from __future__ import annotations

from collections.abc import Container

_IRREGULAR = {
    "said": "say", "told": "tell", "wrote": "write", "written": "write", "knew": "know", "known": "know",
    "thought": "think", "felt": "feel", "found": "find", "held": "hold", "showed": "show", "shown": "show",
    "saw": "see", "seen": "see", "swore": "swear", "sworn": "swear", "sought": "seek", "chose": "choose",
    "chosen": "choose", "foresaw": "foresee", "foreseen": "foresee", "read": "read", "laid": "lay",
    "ripped": "rip", "tried": "try", "learnt": "learn", "says": "say", "gave": "give", "took": "take",
    "forecast": "forecast", "understood": "understand", "withdrew": "withdraw", "made": "make",
}  # fmt: skip


def lemma(word: str, known: Container[str]) -> str | None:
    """Return the base form of ``word`` (lower case) if it is in ``known``, else ``None``."""
    for base in _bases(word):
        if base in known:
            return base
    return None


def _bases(word: str) -> list[str]:
    found = [word]
    if word in _IRREGULAR:
        found.append(_IRREGULAR[word])
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("s"):
        found.append(word[:-1])
    for ending in ("ied",):
        if word.endswith(ending):
            found.append(word[:-3] + "y")
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            found += [stem + "e", stem]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    return found
