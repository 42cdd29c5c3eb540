"""The place in the name of a body: "Dublin" in "Dublin City Council", "Hartford" in "University of Hartford".

Councils, police, courts and schools serve the place that they are called after. Teams,
papers and firms that bear a place's name tell nothing of where things happen.
"""

from __future__ import annotations

import re

from .gazetteer import Form, Row, country_of_demonym
from .placewords import Mention, Surroundings, words_for

_COUNTIES = frozenset({"county", "county's", "parish", "parish's"})
_PARTY = re.compile(r"(?:[DRI]|DFL|Dem|Rep|Lab|Con|Lib)-(?=[A-Z])")  # "Hugh Vane, R-Florence"
_COMPOUND = re.compile(r"-(?:based|area|born|bred|bound|wide)$")  # "Northbrook-based"


def place_within(around: Surroundings, first: int, last: int) -> Mention | None:
    """Return the place in the name of a body that stands in words ``[first, last)``, or ``None``."""
    found = _trailing(around, first, last) or county(around, first, last) or _leading(around, first, last)
    if found is not None:
        found.in_body = True
    return found


def _trailing(around: Surroundings, first: int, last: int) -> Mention | None:
    """Return the place that a body's name ends with: "Hartford" of "University of Hartford"."""
    of = words_for("body.of")
    for number in range(first + 1, last - 1):
        if around.words[number].lower == "of" and around.words[number - 1].lower in of:
            mention = around.mention(number + 1, last, True)
            if _is_local(mention):
                return mention
    return None


def _leading(around: Surroundings, first: int, last: int) -> Mention | None:
    """Return the place that a body's name begins with: "Dublin" of "Dublin City Council"."""
    found: Mention | None = None
    for end in range(first + 1, min(last, first + 4)):
        word = around.words[end].lower
        if word not in words_for("body.local") and not (word == "state" and around.has_state_body(end)):
            continue
        mention = around.mention(first, end, True)
        text = around.text(mention)
        if not _is_local(mention) or text.lower() in words_for("place.doubtful") or country_of_demonym(text):
            continue
        if found is None or not any(row.kind in "PQ" for row, _ in found.candidates):
            found = mention  # "Kansas City Council" is not of Kansas
    return found


def county(around: Surroundings, first: int, last: int) -> Mention | None:
    """Return the county that stands in words ``[first, last)``, whatever body it is part of, or ``None``."""
    for number in range(first + 1, last):
        if around.words[number].lower in _COUNTIES:
            for start in range(max(first, number - 3), number):
                mention = around.mention(start, number + 1, True)
                if _is_local(mention):
                    return mention
    return None


def place_in_compound(around: Surroundings, first: int, last: int) -> Mention | None:
    """Return the place in "R-Florence" or "Northbrook-based" among words ``[first, last)``, or ``None``."""
    for end in range(last, first, -1):
        start, stop = around.words[first].start, around.words[end - 1].end
        party = _PARTY.match(around.page.text, start, stop)
        tail = _COMPOUND.search(around.page.text[start:stop])
        if party is None and tail is None:
            continue
        low, high = party.end() if party else start, start + tail.start() if tail else stop
        if "." in around.page.text[low : high - 1] and around.page.text[high : high + 1] == ".":  # "D-N.Y."
            high += 1
        mention = around.mention_at(low, high, first, end)
        if mention.candidates:
            return mention
    return None


def _is_local(mention: Mention) -> bool:
    """Tell whether the mention may be a town or region; a country's bodies are its government."""
    return any(_is_below_country(row, form) for row, form in mention.candidates) and (
        mention.candidates[0][0].kind != "C" or any(row.kind == "A" for row, _ in mention.candidates)
    )


def _is_below_country(row: Row, form: Form) -> bool:
    return form != "short" and row.kind in "ABPQ"
