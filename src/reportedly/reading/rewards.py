"""Rewards: an amount offered for somebody ("a $5 million bounty on X", "a reward for his capture")."""

from __future__ import annotations

from collections.abc import Iterator

from .found import FoundRelation, make_relation
from .parties import has_name, is_person
from .phrases import Sentence
from .triggers import Match
from .wordforms import VERBS, small
from .wordtags import Range

_REACH = 24  # words after the reward in which its target is looked for


def read_reward(sentence: Sentence, match: Match) -> Iterator[FoundRelation]:
    """An amount offered for somebody ("a $5 million bounty on X", "a reward for his capture")."""
    k = match.start
    chunk = sentence.chunk(k)
    if chunk is None:
        return
    amount = (chunk[0], k + 1)
    end = k + 1
    if end + 1 < len(sentence) and sentence.low[end] == "of":
        inner = sentence.chunk(end + 1) or (
            sentence.chunk(end + 3) if sentence.low[end + 1] == "up" else None
        )
        if inner is not None and any(sentence.tags[j] == "#" for j in range(*inner)):
            amount, end = (chunk[0], inner[1]), inner[1]
    has_money = any(
        sentence.low[j] in "$€£" or sentence.low[j] in ("million", "dollars", "euros") for j in range(*amount)
    )
    is_bounty = sentence.low[k].startswith("bount")
    target: list[Range] = []
    sought = False
    for j in range(end, min(end + _REACH, len(sentence))):
        low = sentence.low[j]
        if (
            low in ("for", "on")
            and j + 1 < len(sentence)
            and sentence.low[j + 1] not in ("information", "tips", "anyone", "any")
        ):
            if low == "on" and not is_bounty:
                continue
            target = sentence.phrases_after(j + 1)
            break
        if low in small("capture") and sentence.tags[j] == "N":
            break
        if (
            low == ";"
            or sentence.tags[j] in "RF"
            or (sentence.tags[j] in VERBS and sentence.lemma(j) not in small("offering"))
        ):
            break
    if not target or _is_capture(sentence, target[0]):
        start = target[0][0] if target else end
        target = _captured(sentence, start, min(start + _REACH, len(sentence)))
        sought = bool(target)
    if not (has_money or is_bounty or sought):
        return
    for one in target:
        if (
            sought
            or is_person(sentence, one)
            or has_name(sentence, one)
            or sentence.low[one[0]] in ("his", "her", "their")
        ):
            yield make_relation(sentence, "reward_for", amount, one, (k, k + 1), match.trigger.rule)


def _is_capture(sentence: Sentence, phrase: Range) -> bool:
    return not small("capture").isdisjoint(sentence.low[phrase[0] : phrase[1]])


def _captured(sentence: Sentence, start: int, stop: int) -> list[Range]:
    """Return who is to be captured: "the arrest of X", "X's capture", "his capture"."""
    for j in range(start, stop):
        if sentence.low[j] not in small("capture"):
            continue
        if j + 2 < len(sentence) and sentence.low[j + 1] == "of":
            return sentence.phrases_after(j + 2)
        chunk = sentence.chunk(j)
        if chunk is not None and j > chunk[0]:
            if sentence.low[chunk[0]] in ("his", "her", "their"):
                return [(chunk[0], chunk[0] + 1)]
            if sentence.is_possessive(j - 1):
                return [(chunk[0], j)]
    return []
