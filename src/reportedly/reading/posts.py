"""Posts and seats: who holds which post, whom that makes the leader of what, "-based" bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .parties import described, has_name, is_body, name_range, posts
from .phrases import Sentence
from .wordforms import small
from .wordtags import Range

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """One relation. All spans are character offsets of the page's text, half open.

    ``spans`` cover the whole evidence; ``polarity`` is false where the text
    denies the relation; ``rule`` is the table row or rule that found it.
    """

    type: str
    subject: Span
    object: Span
    spans: tuple[Span, ...]
    polarity: bool
    rule: str


def make_relation(
    sentence: Sentence, kind: str, subject: Range, obj: Range, at: Range, rule: str, polarity: bool = True
) -> FoundRelation:
    """Build a relation from runs of words; ``at`` are those of the wording that states it."""
    start, end = min(subject[0], obj[0], at[0]), max(subject[1], obj[1], at[1])
    return FoundRelation(
        kind, sentence.span(subject), sentence.span(obj), (sentence.span((start, end)),), polarity, rule
    )


def read_post(sentence: Sentence, k: int) -> Iterator[FoundRelation]:
    """A post with its holder: as a title, in apposition, after "is" or "was named"."""
    chunk = sentence.chunk(k)
    if chunk is None or sentence.tags[k] != "N":
        return
    start = chunk[0]
    while start < k and sentence.tags[start] == "D":
        start += 1
    title_end = _title_end(sentence, k, chunk)
    if title_end is not None:
        holder = name_range(sentence, title_end)
        for j in range(title_end - 1, start - 1, -1):
            if sentence.low[j] in (",", "'") or (
                sentence.named[j] >= 0 and sentence.names[sentence.named[j]].type == "PER"
            ):
                start = j + 1
                break
        if start < title_end:
            rest: Range = (start, title_end)
            yield make_relation(sentence, "holds_post", holder, rest, rest, "posts:title")
            yield from _led(sentence, k, holder, rest)
        return
    if k != chunk[1] - 1:
        return
    phrase = sentence.phrase(chunk[0], frozenset({"of", "for", "at", "to"})) or chunk
    bare = sentence.tags[chunk[0]] != "D" and phrase[1] == chunk[1] and not has_name(sentence, chunk)
    if bare and sentence.low[chunk[0] - 1 : chunk[0]] == [","]:
        return
    for holder, polarity in described(sentence, phrase):
        if not has_name(sentence, holder, "PER") and sentence.low[sentence.head(holder)] not in (
            "he",
            "she",
            "who",
        ):
            continue
        rest = (start, phrase[1])
        yield make_relation(sentence, "holds_post", holder, rest, rest, "posts:described", polarity)
        if polarity:
            yield from _led(sentence, k, holder, rest)


def _title_end(sentence: Sentence, k: int, chunk: Range) -> int | None:
    """Return where the name begins that the post at word ``k`` is the title of."""
    at = k + 1
    if at < len(sentence) and sentence.low[at] == "of" and sentence.named[at] < 0:  # "Secretary of State X"
        inner = sentence.chunk(at + 1)
        if inner is None or inner[0] != at + 1:
            return None
        at += 1
        while at < inner[1] and (
            sentence.named[at] < 0 or sentence.names[sentence.named[at]].type in ("LOC", "ORG")
        ):
            at += 1
        if at >= inner[1] or not 2 < at - k < 7:
            return None
    if at >= len(sentence) or sentence.named[at] < 0 or sentence.names[sentence.named[at]].type != "PER":
        return None
    if sentence.named[at - 1] == sentence.named[at]:
        return None
    return at


def _led(sentence: Sentence, k: int, holder: Range, phrase: Range) -> Iterator[FoundRelation]:
    """The body that the holder of a leading post leads ("the head of X", "X chief Y")."""
    if not posts()[sentence.low[k]] or not small("no_longer").isdisjoint(sentence.low[phrase[0] : phrase[1]]):
        return
    if k + 1 < phrase[1] and sentence.low[k + 1] == "of":
        bodies = [(k + 2, phrase[1])]
    else:
        bodies = [(phrase[0], k)] if phrase[0] < k else []
        while bodies and bodies[0][0] < k and sentence.named[bodies[0][0]] < 0:
            bodies = [(bodies[0][0] + 1, k)]
        if bodies and bodies[0][0] < k:
            bodies = [name_range(sentence, bodies[0][0])]
    for body in bodies:
        if body[0] < body[1] and has_name(sentence, body, "ORG") and is_body(sentence, body):
            yield make_relation(sentence, "leads", holder, body, phrase, "posts:leads")


def read_based(sentence: Sentence, k: int) -> Iterator[FoundRelation]:
    """The place before "-based" ("the Nairobi-based group")."""
    chunk = sentence.chunk(k)
    word = sentence.words[k]
    if chunk is None or k + 1 >= chunk[1] or not word.text[0].isupper():
        return
    subject = (k + 1, chunk[1])
    if not (has_name(sentence, subject, "ORG PER MISC") or is_body(sentence, subject)):
        return
    place = (word.start, word.end - len("-based"))
    span = sentence.span(subject)
    yield FoundRelation("located_in", span, place, ((word.start, span[1]),), True, "relations:-based")
