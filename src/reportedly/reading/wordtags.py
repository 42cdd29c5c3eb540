"""Word tags: settles what each word of a sentence is, and finds its base noun phrases.

Unambiguous words get their tag from :mod:`.wordforms`; the few kinds of
ambiguous forms (noun or verb, past or participle, "that", "her") are settled
from the words beside them, left to right, each in constant time.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from .page import Name, Word
from .wordforms import grammar, small

# the tags that are settled from their neighbours; "about" and its like and the words for times have others
_OPEN: Final = frozenset("vsgEFGLWhV")

Range = tuple[int, int]  # word numbers within a sentence, half open


def name_numbers(words: Sequence[Word], names: Sequence[Name]) -> list[int]:
    """Return for each word the number of the name that it stands in, or -1; both must be in order."""
    found = [-1] * len(words)
    if not names:
        return found
    ends = [word.end for word in words]
    for number, name in enumerate(names):
        k = bisect.bisect_right(ends, name.start)
        while k < len(words) and words[k].start < name.end:
            if found[k] < 0 and words[k].text[:1].isalnum():
                found[k] = number
            k += 1
    return found


def tag_words(low: Sequence[str], words: Sequence[Word], named: Sequence[int]) -> list[str]:
    """Return one tag a word; ``low`` are the words in lower case, ``named`` their names' numbers or -1."""
    tables = grammar()
    lexicon, months, timed, pairing = tables.lexicon, tables.months, tables.timed, tables.pairing
    tags: list[str] = []
    open_, pairs = [], []
    for k, word in enumerate(low):
        tag = lexicon.get(word, "?")
        if word in months and words[k].text[0].isupper() and _is_month(k, low):
            tag = "Y"
        elif named[k] >= 0:
            tag = "N"
        elif tag == "?":
            tag = _shape(word, words[k].text)
        tags.append(tag)
        if word in pairing:
            pairs.append(k)
        if named[k] < 0 and (tag in _OPEN or word in timed):
            open_.append(k)
    for k in pairs:
        _join_pair(k, low, tags)
    for k in open_:
        if tags[k] in _OPEN or low[k] in timed:
            tags[k] = _settle(k, tags[k], tags, low, words)
    return tags


def _join_pair(k: int, low: Sequence[str], tags: list[str]) -> None:
    """Tag two words that are one: "at least" before a number, "so far"."""
    if k + 2 >= len(low):
        return
    pair = (low[k], low[k + 1])
    if pair in grammar().approximate and tags[k + 2] in "#DN":
        tags[k] = tags[k + 1] = "D"
    elif pair in grammar().adverb_pairs:
        tags[k] = tags[k + 1] = "X"


def _is_month(k: int, low: Sequence[str]) -> bool:
    after = low[k + 1] if k + 1 < len(low) else ""
    return after[:1].isdigit() or (k > 0 and low[k - 1] in small("month_before"))


@lru_cache(maxsize=1 << 14)
def _shape(low: str, text: str) -> str:
    """Return the tag of a word that no table knows, from its spelling."""
    if text[0].isdigit():
        return "#"
    if not text[0].isalpha():
        if text in "$€£¥₹%":
            return "#"
        return low[0]
    if low in grammar().months and text[0].isupper():
        return "Y"
    if text[0].isupper():
        return "N"
    if low.endswith("ly") and len(low) > 4:
        return "X"
    if low.endswith("ed") and len(low) > 4 and "-" not in low:
        return "E"
    if low.endswith("ing") and len(low) > 5:
        return "g"
    if low.endswith("n't"):
        return "K"
    return "N"


def _settle(k: int, tag: str, tags: list[str], low: Sequence[str], words: Sequence[Word]) -> str:
    """Return the tag of an ambiguous word, from the settled tags before it and the raw ones after it."""
    j = k - 1
    while j >= 0 and tags[j] == "X":
        j -= 1
    before = tags[j] if j >= 0 else "."
    word = low[k]
    after = tags[k + 1] if k + 1 < len(tags) else "."
    tables = grammar()
    if word in tables.time_unit or word in tables.time_before:
        if (
            word in tables.time_unit
            and j >= 0
            and before in "Y#"
            and (before == "Y" or low[k + 1 : k + 2] == ["ago"])
        ):
            return "Y"
        if (
            word in tables.time_before
            and k + 1 < len(tags)
            and (after == "Y" or low[k + 1] in tables.time_unit)
        ):
            return "Y"
        if tag not in "vsgEGLWh":
            return "N" if tag == "?" else tag
    if tag == "P":
        if after == "#" and word in ("about", "around", "over"):
            return "D"
        return "P"
    if tag == "W":
        return _that(before, after, k, tags)
    if tag == "h":
        return "D" if after in "N#vsEgG?" and after not in "PTC" else "O"
    possessive = j >= 0 and (low[j].endswith("'s") or low[j] == "'")
    noun_after = after in "N#" or (after in "vsgE" and tag in "EGL")
    if tag == "V":
        if before in "D" and after in "N." and j == k - 1:
            return "N"
        if words[k].text[0].isupper() and k > 0 and before == "N" and words[j].text[0].isupper():
            return "N"
        return "V"
    if tag == "F":
        return "N" if before == "D" and j == k - 1 and low[j] in ("a", "an", "the") else "F"
    if tag in "EL":
        if before in "BH":
            return "E" if tag == "E" else "L"
        dated = before == "#" and j >= 1 and tags[j - 1] == "Y"  # "on March 10 rejected …"
        if (before in "D#" or possessive) and j >= k - 2 and noun_after and not dated:
            return "N"
        if before == "D" and j == k - 1 and low[j] in ("a", "an", "the", "his", "their", "no"):
            return "N"
        if (
            before in "PVGFEC,"
            and after in "N"
            and before != ","
            and not words[k].text[0].isupper()
            and low[k + 1] not in tables.parties
        ):
            return "N"
        if before in "PVGFE" and after in "Nvs" and words[k + 1].text[0].islower():
            return "N"
        if k == 0 and after in "N" and words[1].text[0].islower():
            return "N"  # "Suspected militants …"
        return tag
    if tag == "G":
        if (before in "D" or possessive) and after not in "DOh":
            return "N"
        if before in "D#P" and noun_after and words[k + 1].text[0].islower() and before != "P":
            return "N"
        if after == "P" and low[k + 1] == "of":
            return "N"
        return "G"
    if tag == "g":
        if before in "B" or (
            after in "DOh" or (after == "N" and words[k + 1].text[0].isupper() and before in "PTCVEF,")
        ):
            return "G"
        return "N"
    if tag == "v":
        if word in tables.invariant and _is_invariant_past(before, after, k, words):
            return "E"
        return "V" if _is_base_verb(before, after, k, j, tags, low, words, possessive) else "N"
    return "V" if _is_third_person(before, after, k, j, tags, low, possessive) else "N"


def _that(before: str, after: str, k: int, tags: list[str]) -> str:
    if before in "NO#" and after in "VFEBHMKX":
        return "R"
    if before in "P" and after in "N#v":
        return "D"
    return "S"


def _is_base_verb(
    before: str,
    after: str,
    k: int,
    j: int,
    tags: list[str],
    low: Sequence[str],
    words: Sequence[Word],
    possessive: bool,
) -> bool:
    if before in "MTK":
        return not (before == "T" and after == "N" and low[k].endswith("s"))
    if possessive or before in "D#PSB":
        return False
    if before in "OR":
        return True
    if before == "C":
        return after in "DOh#" and any(t in "VMT" for t in tags[max(0, k - 12) : k])
    if before == "N":
        if _is_inverted(j, tags):
            return True
        plural = low[j] in small("plural") or (low[j].endswith("s") and not low[j].endswith("ss"))
        capital = k + 1 < len(words) and words[k + 1].text[0].isupper()
        return plural and (after in "DOh#W" or (after == "N" and capital))
    return False


def _is_inverted(j: int, tags: Sequence[str]) -> bool:
    """Whether the noun phrase that ends at word ``j`` follows a "did" that asks ("did the army …")."""
    while j > 0 and tags[j] in "DN#":
        j -= 1
    return tags[j] == "K" and (j == 0 or tags[j - 1] not in "NO")


def _is_invariant_past(before: str, after: str, k: int, words: Sequence[Word]) -> bool:
    """Whether a verb whose past is like its base ("set", "hit") is a past or participle here."""
    if before == "H":
        return True
    capital = k + 1 < len(words) and words[k + 1].text[0].isupper()
    return before == "N" and not words[k].text[0].isupper() and (after in "DOh" or (after == "N" and capital))


def _is_third_person(
    before: str, after: str, k: int, j: int, tags: list[str], low: Sequence[str], possessive: bool
) -> bool:
    if possessive or before in "D#PMTSVB":
        return False
    if before in "OR":
        return after not in "."
    if before == "N" and j >= 0:
        if low[j].endswith("s") and not low[j].endswith(("ss", "us", "is", "as")) and low[j] not in ("u.s",):
            return False
        if after in "DOh#TWS":
            return True
        if after in "BH" and k + 1 < len(low):
            return low[k + 1] in ("is", "was", "has")  # no plural noun would take it
        if after in "NvgsX":
            return not any(t in "VFHBM" for t in tags[max(0, k - 25) : k + 25])
        if after == "P":
            return low[k + 1] not in ("on", "against", "in", "at", "by", "of", "from") and not any(
                t in "VFHBME" for t in tags[k + 1 : k + 25]
            )
    return False


def base_phrases(tags: Sequence[str], low: Sequence[str], words: Sequence[Word]) -> list[Range]:
    """Return the base noun phrases of a tagged sentence, left to right: runs of nominal words."""
    found: list[Range] = []
    start = -1
    n = len(tags)
    for k in range(n):
        tag = tags[k]
        inside = tag in "DN#"
        if tag == "'" and start >= 0 and low[k - 1].endswith("s") and k + 1 < n and tags[k + 1] in "N#":
            inside = True
        if tag == "X" and start >= 0 and tags[k - 1] in "DX" and k + 1 < n and tags[k + 1] in "N#EG":
            inside = True
        if (
            tag in "-–"
            and start >= 0
            and k + 1 < n
            and tags[k + 1] in "N#"
            and words[k].start == words[k - 1].end
            and words[k + 1].start == words[k].end
        ):
            inside = True
        if (
            tag in "EG"
            and start >= 0
            and tags[k - 1] in "X"
            and tags[k - 2] in "D"
            and k + 1 < n
            and tags[k + 1] in "N"
        ):
            inside = True
        if start >= 0 and (not inside or (tag == "D" and tags[k - 1] not in "D") or tag == "O"):
            found.append((start, k))
            start = -1
        if tag == "O":
            found.append((k, k + 1))
        elif inside and start < 0:
            start = k
    if start >= 0:
        found.append((start, n))
    return found
