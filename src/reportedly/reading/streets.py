"""Streets and roads: "Castle Drive", "W. Main St.", "Highway 19". They have no row in the gazetteer."""

from __future__ import annotations

from .page import Word
from .placewords import Surroundings, words_for

_MOST = 4  # words before "Street"


def street_at(around: Surroundings, first: int) -> int:
    """Return the end (exclusive) of the street's name that begins with word ``first``, or ``first``."""
    words = around.words
    if words[first].lower in words_for("street.numbered"):
        return first + 2 if _is_number(around, first + 1) else first
    last = first
    while last < len(words) and last - first < _MOST and _is_part(around, last, first):
        last += 1
        if last == len(words) or around.page.text[words[last - 1].end : words[last].start] != " ":
            return first
        if words[last].lower in words_for("street.numbered") and _is_number(around, last + 1):
            return last + 2
        if words[last].text[:1].isupper() and words[last].lower in words_for("street.kinds"):
            return first if _goes_on(around, last) else last + 1
    return first


def _goes_on(around: Surroundings, number: int) -> bool:
    """Tell whether "Highway" begins the name of a body ("Highway Patrol")."""
    after = around.next_to(number + 1)
    return (
        around.words[number].lower in ("highway", "turnpike")
        and after is not None
        and after.text[:1].isupper()
    )


def _is_part(around: Surroundings, number: int, first: int) -> bool:
    word: Word = around.words[number]
    ordinal = word.text[:1].isdigit() and word.text[-2:] in ("st", "nd", "rd", "th")
    if number == first and word.lower in words_for("place.prepositions") | {"the", "a", "an", "on", "of"}:
        return False
    return ordinal or (word.text[:1].isupper() and (len(word.text) > 1 or word.text in "NSEW"))


def _is_number(around: Surroundings, number: int) -> bool:
    return number < len(around.words) and around.words[number].text[:1].isdigit()
