"""Word tags: settles what each word of a sentence is, and finds its base noun phrases.

Unambiguous words get their tag from :mod:`.wordforms`; the few kinds of
ambiguous forms (noun or verb, past or participle, "that", "her") are settled
from the words beside them, left to right, each in constant time.
"""

from __future__ import annotations

from collections.abc import Sequence

from .page import Name, Word
from .wordforms import grammar, small

Range = tuple[int, int]  # word numbers within a sentence, half open


def name_numbers(words: Sequence[Word], names: Sequence[Name]) -> list[int]:
    """Return for each word the number of the name that it stands in, or -1; both must be in order."""
    found = [-1] * len(words)
    if not names:
        return found
    at = 0
    for k, word in enumerate(words):
        while at < len(names) and names[at].end <= word.start:
            at += 1
        if at == len(names):
            break
        if names[at].start < word.end and word.text[:1].isalnum():
            found[k] = at
    return found


def tag_words(low: Sequence[str], words: Sequence[Word], named: Sequence[int]) -> list[str]:
    """Return one tag a word; ``low`` are the words in lower case, ``named`` their names' numbers or -1."""
    tables = grammar()
    lexicon = tables.lexicon
    tags = [lexicon.get(w, "?") for w in low]
    n = len(tags)
    for k in range(n):
        if low[k] in tables.months and words[k].text[0].isupper() and _is_month(k, low):
            tags[k] = "Y"
        elif named[k] >= 0:
            tags[k] = "N"
        elif tags[k] == "?":
            tags[k] = _shape(low[k], words[k].text, tables.months)
    for k in range(n - 2):
        if (low[k], low[k + 1]) in tables.approximate and tags[k + 2] in "#DN":
            tags[k] = tags[k + 1] = "D"
    for k in range(n):
        tag = tags[k]
        if named[k] < 0 and (
            tag in "vsgEFGLWhVP" or low[k] in tables.time_before or low[k] in tables.time_unit
        ):
            tags[k] = _settle(k, tag, tags, low, words)
    return tags


def _is_month(k: int, low: Sequence[str]) -> bool:
    after = low[k + 1] if k + 1 < len(low) else ""
    return after[:1].isdigit() or (k > 0 and low[k - 1] in small("month_before"))


def _shape(low: str, text: str, months: frozenset[str]) -> str:
    if text[0].isdigit():
        return "#"
    if not text[0].isalpha():
        if text in "$€£¥₹%":
            return "#"
        return low[0]
    if low in months and text[0].isupper():
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
        if (before in "D#" or possessive) and j >= k - 2 and noun_after:
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
        plural = low[j] in small("plural") or (low[j].endswith("s") and not low[j].endswith("ss"))
        capital = k + 1 < len(words) and words[k + 1].text[0].isupper()
        return plural and (after in "DOh#W" or (after == "N" and capital))
    return False


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
        if after in "NvgsEX":
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
