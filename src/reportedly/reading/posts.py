"""Posts and what goes by the names of posts: who holds which, and what that makes them the leader of.

A post stands as a title before a name ("Norland Prime Minister Ana Orr"), in
apposition ("Orr, the mayor of Saren,"), after "is", "was named" or "serves as",
or after an appointing verb with its object ("appointed Orr director"). Owners
and members are named in the same ways. The names of posts and their ranks
stand in ``data/posts.tsv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportedly.data.tables import words

from .found import FoundRelation, make_relation
from .parties import described, has_name, is_body, is_named_body, name_range, posts
from .phrases import Sentence
from .subjects import clause_subject
from .wordforms import VERBS, small
from .wordtags import Range

_LONGEST = 3  # words of a post's name in the table
_AFTER = frozenset({"of", "for", "at", "to", "with"})
_BODY_AFTER = frozenset({"of", "for", "at"})
_STATES = {"head": "leads", "owner": "owns", "member": "member_of", "ally": "collaborates_with"}


@dataclass(frozen=True, slots=True)
class _Post:
    """A post's name at words ``start`` to ``end``; ``number`` is that of its head word."""

    start: int
    number: int
    end: int
    rank: str
    plural: bool
    former: bool


def read_post(sentence: Sentence, k: int) -> Iterator[FoundRelation]:
    """Find the relations of the post whose head is word ``k`` with its holders."""
    chunk = sentence.chunk(k)
    if chunk is None or sentence.tags[k] != "N":
        return
    post = _post_at(sentence, k)
    if post is None:
        return
    start = chunk[0]
    while start < post.start and sentence.tags[start] in "D#":
        start += 1
    name = _titled(sentence, post)
    if name is not None:
        yield from _by_title(sentence, post, start, name)
    elif sentence.named[k] < 0 and k == chunk[1] - 1:
        yield from _by_description(sentence, post, start, chunk)


def _post_at(sentence: Sentence, k: int) -> _Post | None:
    table = posts()
    for length in range(_LONGEST, 1, -1):
        for start in range(max(0, k - length + 1), min(k, len(sentence) - length) + 1):
            name = " ".join(sentence.low[start : start + length])
            if name in table and k in (start, start + length - 1):
                if sentence.low[start + 1] not in ("of", "in") and k == start:
                    continue  # the head of "attorney general" is its last word
                return _Post(start, k, start + length, table[name], False, _is_former(sentence, k))
    low = sentence.low[k]
    for form, plural in ((low, False), (low.removesuffix("s"), True)):
        bare = form.split("-", 1)[1] if form.split("-", 1)[0] in small("no_longer") and "-" in form else form
        if bare in table:
            return _Post(k, k, k + 1, table[bare], plural, _is_former(sentence, k) or bare != form)
    return None


def _is_former(sentence: Sentence, k: int) -> bool:
    chunk = sentence.chunk(k) or (k, k)
    return not small("no_longer").isdisjoint(sentence.low[chunk[0] : k])


# -- titles


def _titled(sentence: Sentence, post: _Post) -> Range | None:
    """Return the name that the post stands before as a title, if it does."""
    k = post.number
    inside = sentence.named[k]
    if inside >= 0:
        return _named_with_title(sentence, post)
    at = max(post.end, k + 1)
    if post.end == k + 1 and at < len(sentence) and sentence.low[at] == "of" and sentence.named[at] < 0:
        inner = sentence.chunk(at + 1)  # "Secretary of Health Ana Orr"
        if inner is None or inner[0] != at + 1:
            return None
        at += 1
        while at < inner[1] and (
            sentence.named[at] < 0 or sentence.names[sentence.named[at]].type in ("LOC", "ORG")
        ):
            at += 1
        if at >= inner[1] or not 2 < at - k < 7:
            return None
    return name_range(sentence, at) if _is_person_name(sentence, at) else None


def _named_with_title(sentence: Sentence, post: _Post) -> Range | None:
    """Return the name without the title that was taken for a part of it ("Justice Orr")."""
    k = post.number
    whole = sentence.names[sentence.named[k]]
    first = k == 0 or sentence.named[k - 1] != sentence.named[k]
    after = k + 1 < len(sentence) and sentence.named[k + 1] == sentence.named[k]
    if whole.type == "PER" and first and after and sentence.low[k] not in small("first_names"):
        return name_range(sentence, k + 1)
    if whole.type in ("ORG", "MISC") and not after and _is_person_name(sentence, k + 1):
        return name_range(sentence, k + 1)  # "House Speaker" as a name of its own
    return None


def _is_person_name(sentence: Sentence, k: int) -> bool:
    return (
        k < len(sentence)
        and sentence.named[k] >= 0
        and sentence.names[sentence.named[k]].type == "PER"
        and sentence.named[k - 1] != sentence.named[k]
    )


def _by_title(sentence: Sentence, post: _Post, start: int, name: Range) -> Iterator[FoundRelation]:
    end = name[0]
    if start == post.start and start >= 1 and sentence.low[start - 1] in ("the", "a", "an"):
        return  # "the judge Orr was speaking of"
    for j in range(end - 1, start - 1, -1):
        named = sentence.named[j]
        if sentence.low[j] in (",", "'") or (
            named >= 0 and named != sentence.named[end] and sentence.names[named].type == "PER"
        ):
            if j >= post.number:
                return
            if sentence.low[j] != "," and post.rank in ("head", "job", "ally"):
                break  # "Orr campaign manager", "Orr aide": the client belongs to the post
            start = j + 1
            break
    holders = [name]
    while post.plural:
        at = holders[-1][1]
        while at < len(sentence) and sentence.low[at] in (",", "and"):
            at += 1
        if at == holders[-1][1] or not _is_person_name(sentence, at):
            break
        holders.append(name_range(sentence, at))
    for holder in holders:
        if start < end:
            yield from _stated(sentence, post, holder, (start, end), "title")


# -- descriptions


def _by_description(sentence: Sentence, post: _Post, start: int, chunk: Range) -> Iterator[FoundRelation]:
    phrase = sentence.phrase(chunk[0], _AFTER | {"in"} if post.rank == "job" else _AFTER) or chunk
    if _is_person_name(sentence, chunk[0]) and _is_appointing(sentence, chunk[0] - 1):
        name = name_range(sentence, chunk[0])  # "appointed Ana Orr director of"
        if name[1] <= post.start:
            yield from _stated(sentence, post, name, (name[1], phrase[1]), "appointed")
        return
    bare = sentence.tags[chunk[0]] != "D" and phrase[1] == chunk[1] and not has_name(sentence, chunk)
    before = chunk[0] - 1
    if bare and sentence.low[before : before + 1] == [","]:
        return
    whole = phrase
    if post.plural:  # "one of the members"
        whole = (_one_of(sentence, chunk[0]), phrase[1])
    if post.plural and before >= 1 and sentence.low[before] == ",":
        holders = [(p, True) for p in sentence.phrases_before(before, frozenset())]
    elif before >= 0 and sentence.low[before] == "as" and _appointed_object(sentence, before - 1):
        holders = [(p, True) for p in _appointed_object(sentence, before - 1)]
    else:
        holders = described(sentence, whole) or [(p, True) for p in _appointed_object(sentence, before)]
    if not holders and post.rank == "member" and sentence.low[before : before + 1] == ["as"]:
        holders = [(p, True) for p in clause_subject(sentence, before)]
    for holder, polarity in holders:
        pronoun = sentence.low[sentence.head(holder)].partition("'")[0]
        if not has_name(sentence, holder, "PER") and pronoun not in small("holders"):
            continue
        yield from _stated(sentence, post, holder, (start, phrase[1]), "described", polarity)


def _one_of(sentence: Sentence, k: int) -> int:
    """Return where "one of only three" before word ``k`` begins, else ``k``."""
    j = k - 1
    while j > max(0, k - 8) and sentence.tags[j] in "XDN#P" and sentence.low[j] != "one":
        j -= 1
    return j if j >= 0 and sentence.low[j : j + 2] == ["one", "of"] else k


def _appointed_object(sentence: Sentence, j: int) -> list[Range]:
    """Return whom an active appointing verb has for its object that ends at word ``j`` ("named Orr …")."""
    chunk = sentence.chunk(j)
    if chunk is None or chunk[1] != j + 1 or chunk[0] < 1:
        return []
    return [chunk] if _is_appointing(sentence, chunk[0] - 1) else []


def _is_appointing(sentence: Sentence, k: int) -> bool:
    """Whether word ``k`` is an active verb of appointment."""
    return (
        k >= 0
        and sentence.tags[k] in VERBS
        and sentence.lemma(k) in small("appointing")
        and not sentence.group(k).passive
    )


# -- what a post states


def _stated(
    sentence: Sentence, post: _Post, holder: Range, phrase: Range, how: str, polarity: bool = True
) -> Iterator[FoundRelation]:
    rule = f"posts:{how}"
    if post.rank in ("head", "post") or (post.rank == "job" and _is_employed(sentence, post, phrase)):
        yield make_relation(sentence, "holds_post", holder, phrase, phrase, rule, polarity)
    kind = _STATES.get(post.rank)
    if kind is None or post.former:
        return
    body = _body(sentence, post, phrase)
    if body is not None and (body[1] <= holder[0] or holder[1] <= body[0]):
        yield make_relation(sentence, kind, holder, body, phrase, f"posts:{post.rank}", polarity)


def _is_employed(sentence: Sentence, post: _Post, phrase: Range) -> bool:
    """Whether a trade is named with its employer or client."""
    before = range(phrase[0], post.start)
    if any(sentence.is_possessive(k) or _is_capitalised(sentence, k) for k in before):
        return True
    if has_name(sentence, (phrase[0], post.start), "ORG PER"):
        return True
    if phrase[0] >= 1 and sentence.low[phrase[0] - 1] in small("possessive"):
        return True
    end = post.end
    return end < phrase[1] and has_name(sentence, (end, phrase[1]), "ORG PER")


def _is_capitalised(sentence: Sentence, k: int) -> bool:
    """Whether a word is written as a name is, and taken for none of a place or people."""
    return k > 0 and sentence.named[k] < 0 and sentence.words[k].text[0].isupper()


def _body(sentence: Sentence, post: _Post, phrase: Range) -> Range | None:
    """Return the body that a post belongs to, after "of", "for", "at" or before the post's name."""
    if post.end < phrase[1] and sentence.low[post.end] in _BODY_AFTER:
        if post.rank == "head" and _leads_a_part(sentence, post, phrase[0]):
            return None
        after = sentence.phrase(post.end + 1)
        if after is None:
            return None
        body = (after[0], min(after[1], phrase[1]))
        return body if body[0] < body[1] and _suits(sentence, post, body) else None
    start, end = phrase[0], post.start
    named = next((k for k in range(start, end) if sentence.named[k] >= 0), None)
    if named is not None:
        is_land = sentence.low[end - 1] in small("territories")
        suits = post.rank == "ally" or (is_named_body(sentence, (named, end)) and not is_land)
        return (named, end) if suits else None
    if post.rank == "owner" and not (start < end and sentence.is_possessive(end - 1)):
        return None  # "business owner Ana Orr"
    return (start, end) if start < end and _suits(sentence, post, (start, end)) else None


def _leads_a_part(sentence: Sentence, post: _Post, start: int) -> bool:
    """Whether the words before a post limit it ("China director of", "press director of")."""
    if has_name(sentence, (start, post.start), "LOC"):
        return True
    limiting = set(sentence.low[start : post.start]) - small("whole_leaders")
    return bool(limiting) and sentence.low[post.number] in small("part_leaders")


def _suits(sentence: Sentence, post: _Post, body: Range) -> bool:
    """Whether a noun phrase can be what a post of this rank belongs to."""
    head = sentence.head(body)
    low = sentence.low[head]
    if post.rank == "ally":
        return has_name(sentence, body)
    if post.rank == "owner":
        things = words("contexts", "buildings") | small("goods")
        return has_name(sentence, body, "ORG") or low in things or is_body(sentence, body)
    if low in small("territories"):
        return False
    if sentence.named[head] >= 0:
        return has_name(sentence, body, "ORG") and is_body(sentence, body)
    return is_body(sentence, body)
