"""Governments that go by a place's name: "Moscow said", "Washington's readiness", "U.S. officials"."""

from __future__ import annotations

from collections.abc import Sequence

from .gazetteer import country_of_name, is_capital, is_seat, name_key
from .placewords import ABBREVIATED, Mention, Surroundings, words_for

_REACH = 4  # words between a capital and its verb


def acting(around: Surroundings, found: Sequence[Mention]) -> list[bool]:
    """Tell of each mention of a page, in order, whether a government goes by it there and no place."""
    acts = [_acts(around, mention) for mention in found]
    for number in range(len(found) - 1):  # "Washington and Caracas agreed"
        mention, follower = found[number], found[number + 1]
        if (
            around.page.text[mention.end : follower.start] == " and "
            and is_capital(around.text(mention))
            and is_capital(around.text(follower))
            and (acts[number] or acts[number + 1])
            and not around.after_preposition(mention.first)
        ):
            acts[number] = acts[number + 1] = True
    return acts


def _acts(around: Surroundings, mention: Mention) -> bool:
    if mention.in_body:
        return False
    text = around.text(mention)
    capital = is_capital(text)
    country = country_of_name(text)
    if is_seat(text) and not capital and country is None:
        return not mention.within
    if not capital and country is None:
        return False
    if mention.within or mention.first in around.datelines or around.after_comma(mention.first):
        return False
    after = [w.lower for w in around.words[mention.last : mention.last + 3]]
    if capital and around.possessive(mention.last):
        return not any(w in words_for("government.town_possessions") for w in after)
    if around.after_preposition(mention.first):
        return False
    if around.possessive(mention.last):
        return any(w in words_for("government.possessions") for w in after)
    if mention.found_by_model and around.is_adjective(mention):
        return True
    if _is_subject(around, mention, capital or name_key(text) in ABBREVIATED):
        return True
    before = around.previous_to(mention.first)
    if not capital or before is None:
        return False
    return before.lower in words_for("government.dealings") or (
        before.lower == "between" and _has_partner(around, mention)
    )


def _has_partner(around: Surroundings, mention: Mention) -> bool:
    """Tell whether "and" and another capital follow."""
    words = around.words[mention.last : mention.last + 2]
    return len(words) == 2 and words[0].lower == "and" and is_capital(words[1].text)


def _is_subject(around: Surroundings, mention: Mention, capital: bool) -> bool:
    """Tell whether a verb of deeds that governments do follows, with helping words between."""
    for word in around.words[mention.last : mention.last + _REACH]:
        if word.lower in words_for("government.verbs"):
            return True
        if capital and word.lower in words_for("government.subject_helpers"):
            return True
        if word.lower not in words_for("government.helpers"):
            return False
    return False
