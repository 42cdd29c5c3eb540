"""What a figure counts, told by the words around it where the figure itself does not say.

"The number of people killed … rose to 27", "three people are under arrest",
"it cost 29 lives"; and what a series counts, as it is said: "loans",
"customers". The words are in ``data/series.toml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..data import tables
from ..reading.numbers import entries
from ..reading.units import singular
from ..records import Figure
from .phrasing import begins_with, ends_with, has, last_of, plain

_FEWEST = 2  # figures that must have the same words
_AFTER = 3  # words between a figure and what says what became of those counted


def measure_beside(figure: Figure, before: str, after: str) -> str | None:
    """Return the measure of people that the words around a figure give it, ``None`` where they give none.

    Args:
        figure: any figure; one that has a measure keeps it.
        before, after: the plain words of its sentence on either side, other figures as "n".
    """
    if figure.measure is not None:
        return None
    near = f"n {before}".rsplit("n ", 1)[-1] if before.startswith("n ") else before.rsplit(" n ", 1)[-1]
    if figure.unit is None and ends_with("stands_at", before, 0):
        found = {measure: last_of(f"heads.{measure}", near) for measure in tables.toml("series")["heads"]}
        best = max(found, key=lambda measure: found[measure])
        return best if found[best] >= 0 else None
    if figure.unit == "life" and has("lives_lost", near):
        return "killed"
    if figure.unit == "person":
        states = tables.toml("series")["states"]
        return next((m for m in states if begins_with(f"states.{m}", after, _AFTER)), None)
    return None


def by_order(figure: Figure) -> bool:
    """Tell whether a figure counts by its order, "a third person", so that there are three by then."""
    return figure.bound == "at least" and bool(
        set(plain(figure.text).split()) & tables.words("series", "ordinals")
    )


def as_said(texts: Sequence[str], nouns: Sequence[Sequence[str]]) -> str | None:
    """Return the thing that most figures of a series count, in their words; ``None`` where they do not say.

    Args:
        texts: the words of each figure ("12 border guards").
        nouns: for each figure of money, the nouns that may say what it is for.
    """
    said = [_noun_phrase(text) for text in texts]
    if any(nouns):
        said = [phrase for row in nouns for phrase in dict.fromkeys(row)]
    counts = Counter(phrase for phrase in said if phrase)
    best = max(counts, key=lambda phrase: (counts[phrase], -said.index(phrase)), default=None)
    return best if best is not None and counts[best] >= max(_FEWEST, len(texts) / 2) else None


def _noun_phrase(text: str) -> str | None:
    """Return what is counted in the words of a figure, without its number; ``None`` for just people."""
    words = text.split()
    at = max((k for k, word in enumerate(words) if _is_number(word)), default=-1)
    words = [word for word in words[at + 1 :] if word.lower() not in tables.words("series", "not_said")]
    last = plain(words[-1]) if words else ""
    if not last or singular(last) in tables.words("series", "anyone"):
        return None
    return " ".join(words)


def _is_number(word: str) -> bool:
    word = word.lower()
    return any(c.isdigit() for c in word) or any(part in entries() for part in word.split("-"))
