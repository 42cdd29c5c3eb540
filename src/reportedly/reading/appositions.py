"""Constructions that say two phrases name the same: "Anna Ross, the mayor," and "Ross is the mayor"."""

from __future__ import annotations

from .mentions import Mention
from .phrases import Sentence

_CLOSING = (",", ".", "who", "(", "-", "–")


def is_apposition(sentence: Sentence, one: Mention, two: Mention) -> bool:
    """Whether two phrases parted by a comma name the same: a name and a description, or parts of a date."""
    if one.sort == two.sort == "time":
        return one.last - one.first < two.last - two.first  # "Friday, May 8, 2009"
    if "noun" not in (one.kind, two.kind):
        return False
    after = sentence.low[two.last] if two.last < len(sentence) else "."
    if after in ("and", "or", "&"):
        return False
    if one.kind == two.kind:
        return two.indefinite and one.definite and one.sort == two.sort != "thing" and after in (",", ".")
    noun, name = (two, one) if two.kind == "noun" else (one, two)
    if name.member is None or noun.sort is None or noun.number == "p":
        return False
    if name.member.type == "PER":
        closed = after in _CLOSING or noun is one or sentence.tags[two.last] in "PBVFE"
        return noun.sort == "person" and closed
    if name.member.type == "LOC":
        return noun.sort == "place" and (noun.definite or noun.indefinite)
    return noun.sort in ("body", "thing") and (noun.indefinite or noun.definite) and noun is two


def verb_of_predicate(sentence: Sentence, mention: Mention) -> int | None:
    """Return the word number of the form of "be" by which ``mention`` is said of a subject, if there is one.

    Only what is stated as a fact counts ("was the leader", not "was not" or "may be the leader").
    """
    k = mention.first - 1
    while k >= 0 and sentence.tags[k] == "X" and sentence.low[k] not in ("not", "never"):
        k -= 1
    if k < 1 or sentence.low[k] not in ("is", "was", "are", "were") or sentence.tags[k] != "B":
        return None
    if mention.kind != "noun" or not (mention.definite or sentence.low[mention.first] in ("a", "an", "one")):
        return None
    if sentence.is_possessive(mention.last - 1) or sentence.low[k - 1] == "there":
        return None
    return k
