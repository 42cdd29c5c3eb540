"""Who said what: the model's attributions, those by rule, and the report's own voice, in one list.

1. the model reads the whole text (:mod:`.tagging`);
2. contents that carry a cue of their own are read once more by themselves, which
   gives the attributions nested in them;
3. claims without a source are found by rule (:mod:`.hearsay`);
4. each attribution gets its parent, its source's entity and kind, its chain, its
   stance and factuality, and what it disputes;
5. what nobody else says, the report says: ``narrator``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from functools import cache

from ..data import tables
from ..records.attribution import Quotation
from . import tagging
from .cast import Cast
from .chains import find_via
from .clauses import is_auxiliary, noun_phrase_before
from .coreference import Resolver
from .disputes import find_disputes
from .draft import Draft, Nearby, covers, touches, trim
from .encoder import Encoder, Window
from .features import Hidden
from .hearsay import hearsay
from .judgement import settle
from .nesting import nested
from .page import Page
from .paragraphs import Range
from .sources import kind_of
from .stance import factuality_of
from .trailing import trailing

_NARRATOR_MIN = 4  # words of a remainder that the report itself says
_STRAY = 2  # words of a piece of content that is too short to stand by itself in another sentence
_OPEN_WORDS = 4  # words by which a source that ends too early is made longer
_NEXT_WORD = 40  # characters within which the next word begins
_DATELINE = 60  # characters within which a dateline that has begun ends


def find_attributions(page: Page, cast: Cast, windows: Sequence[Window], encoder: Encoder) -> list[Draft]:
    """Return all attributions of a page in text order, each wholly worked out."""
    drafts = [_from_model(page, cast, t) for t in tagging.attributions(windows, page)]
    drafts = [d for d in drafts if not _is_relative(page, d)]  # the rules find the clause it belongs to
    drafts += trailing(page, Nearby(drafts))
    drafts += nested(page, drafts, encoder)
    near = Nearby(drafts)
    drafts = [d for d in drafts if not _is_in_a_source(d, near)]
    drafts = _add_hearsay(page, drafts)
    drafts.sort(key=lambda d: (d.content[0], d.cue))
    _find_parents(drafts)
    judge(page, cast, drafts, None if encoder.fast else Hidden(windows))
    find_via(page, cast, drafts)
    find_disputes(page, cast, drafts)
    drafts += _narrator(page, drafts)
    drafts.sort(key=lambda d: (d.start, d.content[0]))
    return drafts


def _from_model(page: Page, cast: Cast, tagged: tagging.Tagged) -> Draft:
    pieces = [piece for piece in tagged.content if not _in_dateline(page, *piece)] or list(tagged.content)
    pieces = _without_strays(page, tagged, pieces)
    pieces = [_without_dateline(page, *piece) for piece in pieces]
    anchors = [span for span in (tagged.source, tagged.cue) if span]
    pieces = [_whole_names(cast, piece, [*anchors, *(p for p in pieces if p != piece)]) for piece in pieces]
    whole = [(start, trim(page.text, start, end, "([")[1]) for start, end in pieces]  # no bracket left open
    pieces = [(start, end) for start, end in whole if start < end] or pieces
    return Draft(
        source=(_whole_source(page, cast, tagged),) if tagged.source else (),
        cue=(tagged.cue,) if tagged.cue else (),
        content=tuple(_said_of(page, piece) if len(pieces) > 1 else piece for piece in pieces),
        confidence=tagging.confidence(tagged),
        rules=["model"],
    )


def _whole_names(cast: Cast, piece: Range, others: list[Range]) -> Range:
    """Widen a piece of content that begins or ends inside of a name."""
    start, end = piece
    first, last = cast.at(start), cast.at(end - 1)
    if first is not None and first[0] < start and not touches(others, first[0], start):
        start = first[0]
    if last is not None and last[1] > end and not touches(others, end, last[1]):
        end = last[1]
    return start, end


def _said_of(page: Page, piece: Range) -> Range:
    """Return what "which" stands for where it is a piece of content ("…, which, she said, leaked")."""
    start, end = piece
    if page.text[start:end].lower() not in ("which", "who", "whom"):
        return piece
    low, _ = page.sentence_at(start)
    return noun_phrase_before(page, trim(page.text, low, start, ",")[1], low) or piece


def _is_relative(page: Page, draft: Draft) -> bool:
    """Tell whether all that a content holds is "which" or the like."""
    relatives = tables.words("clauses", "relatives")
    return all(page.text[s:e].lower() in relatives for s, e in draft.content)


def _in_dateline(page: Page, start: int, end: int) -> bool:
    """Tell whether a piece of content is no more than the dateline of a report, or part of it."""
    match = page.dateline(start, min(len(page.text), end + _DATELINE))
    return match is not None and match.end() >= end


def _without_strays(page: Page, tagged: tagging.Tagged, pieces: list[Range]) -> list[Range]:
    """Leave out a word or two that lie in a sentence of their own, away from the rest of the attribution."""
    anchors = [span for span in (tagged.source, tagged.cue) if span]
    long = [p for p in pieces if len(page.words_in(*p)) > _STRAY]
    kept = [
        p
        for p in pieces
        if p in long
        or any(page.sentence_at(p[0]) == page.sentence_at(other[0]) for other in (*anchors, *long))
    ]
    return kept or pieces


def _without_dateline(page: Page, start: int, end: int) -> Range:
    match = page.dateline(start, end)
    return (match.end(), end) if match and match.end() < end else (start, end)


@cache
def _tails() -> re.Pattern[str]:
    tails = "|".join(map(re.escape, tables.toml("cues")["sources"]["tails"]))
    return re.compile(rf",?\s+(?:{tails})\b[^,.;:\n“”\"]{{0,80}}", re.IGNORECASE)


def _whole_source(page: Page, cast: Cast, tagged: tagging.Tagged) -> Range:
    """Take in what describes the source ("close to the matter") and the name behind it ("his lawyer, …")."""
    assert tagged.source is not None
    start, end = trim(page.text, *tagged.source, ",")
    spans = (*((tagged.cue,) if tagged.cue else ()), *tagged.content)
    end = _end_of_phrase(page, cast, start, end, spans)
    tail = _tails().match(page.text, end)
    if tail and not touches(spans, *tail.span()):
        end = tail.end()
    if page.text[end : end + 2] == ", " and cast.head_of(start, end) is None:
        for _, stop, member in cast.within(end + 2, end + 80)[:1]:
            if member is cast.head_of(start, stop) and not touches(spans, end, stop):
                end = stop
    return start, end


def _end_of_phrase(page: Page, cast: Cast, start: int, end: int, spans: tuple[Range, ...]) -> int:
    """Go on where a source ends inside a name, or at a word that cannot end one ("sources close to the")."""
    name = cast.at(end - 1)
    if name is not None and not touches(spans, end, name[1]):
        end = max(end, name[1])
    open_words = tables.words("clauses", "determiners") | tables.words("clauses", "prepositions")
    for _ in range(_OPEN_WORDS):
        last = page.words_in(start, end)[-1:]
        after = page.words_in(end, min(len(page.text), end + _NEXT_WORD))[:1]
        if not last or not after or last[0].lower not in open_words or not after[0].text[0].isalnum():
            break
        if touches(spans, after[0].start, after[0].end):
            break
        end = after[0].end
        name = cast.at(end - 1)
        if name is not None and not touches(spans, end, name[1]):
            end = max(end, name[1])
    return end


def _is_in_a_source(draft: Draft, near: Nearby) -> bool:
    """Tell whether the cue only describes another's source ("who spoke because the plans are secret")."""
    return any(covers(d.source, *cue) for cue in draft.cue for d in near.around(*cue) if d is not draft)


def _add_hearsay(page: Page, drafts: list[Draft]) -> list[Draft]:
    """Add the claims without a source; a rule's find stands before a weak one of the model's.

    Where both have a cue at the same place, the model's stays if it has a source
    and a real cue of its own: "reportedly" alone makes nobody a source. Where it has
    none either, the rule says what it is, and the model where it begins and ends.
    """
    near = Nearby(drafts)
    dropped: set[int] = set()
    added: list[Draft] = []
    for draft in hearsay(page):
        around = near.around(draft.start, draft.end)
        rivals = [
            d
            for d in around
            if d.rules[0].startswith("model") and any(touches(draft.cue, *cue) for cue in d.cue)
        ]
        if not all(_is_weak(page, d, draft) for d in rivals):
            continue
        dropped.update(map(id, rivals))
        _cut_before_speakers(page, draft, around)
        for other in around:
            _end_before(page, other, draft)
        if len(rivals) == 1 and not rivals[0].source:
            draft.cue, draft.content = rivals[0].cue, rivals[0].content
        added.append(draft)
    return [d for d in drafts if id(d) not in dropped] + added


def _end_before(page: Page, other: Draft, draft: Draft) -> None:
    """Take a sentence with a cue of its own out of a content that has run on into it.

    In "…, police said. He is said to be ill." police say nothing of him.
    """
    low, high = page.sentence_at(draft.cue[0][0])
    if any(low <= s < high for s, _ in (*other.cue, *other.source)) or not other.cue:
        return
    kept = [(s, e) for s, e in other.content if not low <= s < high or page.in_quotation(s)]
    if kept and len(kept) < len(other.content):
        other.content = tuple(kept)


def _is_weak(page: Page, model: Draft, rule: Draft) -> bool:
    """Tell whether the model's find gives way to the rule's.

    "Reportedly" makes nobody a source, and who "is accused of" something does
    not say it.
    """
    if not model.source or rule.rules[0].endswith(("accused-of", "said-to")):
        return True
    adverbs = tables.words("cues", "hearsay.adverbs")
    words = [w.lower for s, e in model.cue for w in page.words_in(s, e)]
    return all(w in adverbs or is_auxiliary(w) for w in words)


def _cut_before_speakers(page: Page, draft: Draft, others: list[Draft]) -> None:
    """End the content at a comma behind which somebody else begins to speak (", insiders claim …")."""
    start, end = draft.content[-1]
    for other in others:
        for low, high in (*other.source[:1], *other.cue[:1]):
            before = page.text[max(0, low - 2) : low].strip()
            if (
                start < low < end
                and high > draft.cue[-1][1]
                and before == ","
                and not covers(draft.content, *other.content[0])
            ) or (start < low < end and before == "," and other.content[0][0] > low):
                end = min(end, low)
    draft.content = (*draft.content[:-1], trim(page.text, start, end, ",;"))


def _find_parents(drafts: list[Draft]) -> None:
    near = Nearby(drafts)
    for draft in drafts:
        anchor = draft.cue or draft.content
        around = [
            d
            for d in near.around(anchor[0][0], anchor[-1][1])
            if d is not draft
            and all(covers(_joined(d.content), s, e) for s, e in anchor)
            and d.size > draft.size
            and (not draft.source or all(covers(_joined(d.content), s, e) for s, e in draft.source))
        ]
        draft.parent = min(around, key=lambda d: d.size, default=None)


def _joined(content: tuple[Range, ...]) -> list[Range]:
    """Join pieces that lie close together, so that a cue between two pieces counts as inside."""
    joined: list[Range] = []
    for start, end in content:
        if joined and start - joined[-1][1] < 3:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def settle_sources(page: Page, cast: Cast, drafts: Sequence[Draft]) -> None:
    """Fill entity and kind of the drafts' sources."""
    resolver = Resolver(page, cast, drafts)
    last: dict[str, Draft] = {}
    for draft in sorted(drafts, key=lambda d: (d.cue or d.content)[0]):
        if not draft.source:
            draft.kind = draft.kind or "hearsay"
            continue
        start, end = _antecedent(page, cast, *draft.source[0])
        speaker = draft.parent.member if draft.parent else None
        draft.member = resolver.resolve((start, end), speaker)
        _, stop = page.sentence_at(start)
        tail = page.text[end : min(stop, end + 90)]
        draft.kind = kind_of(page, (start, end), draft.member, tail)
        text = page.text[start:end].lower()
        if draft.member is None and text.endswith(" of them"):
            _take_kind_from(draft, "them", last)
        elif draft.member is None and text in tables.words("sources", "anaphors"):
            _take_kind_from(draft, text, last)
        elif text.endswith("s"):
            last["they"] = draft
        if text not in tables.words("sources", "pronouns"):
            last["it" if draft.kind in ("organization", "outlet", "document") else "he"] = draft
        if draft.member is not None:
            resolver.note_source(start, draft.member)


def _take_kind_from(draft: Draft, pronoun: str, last: dict[str, Draft]) -> None:
    """Give a pronoun without an entity the kind of the speaker it most likely stands for."""
    they = pronoun in tables.words("people", "pronouns_they")
    person = pronoun in tables.words("people", "pronouns_he") | tables.words("people", "pronouns_she")
    before = last.get("they" if they else "he" if person else "it")
    if before is not None and draft.start - before.start < 1500:
        draft.kind = before.kind
        draft.rules.append("rule:kind-of-antecedent")


def _antecedent(page: Page, cast: Cast, start: int, end: int) -> Range:
    """Return what a relative pronoun stands for ("who" → the phrase before it), or the range itself."""
    if page.text[start:end].lower() not in tables.words("clauses", "relatives"):
        return start, end
    low, _ = page.sentence_at(start)
    stop = trim(page.text, low, start, ",")[1]
    phrase = noun_phrase_before(page, stop, low)
    if phrase and cast.head_of(*phrase):
        return phrase
    people = [(s, e) for s, e, member in cast.within(low, start) if member.type == "PER"]
    return people[-1] if people else phrase or (start, end)


def judge(page: Page, cast: Cast, drafts: Sequence[Draft], hidden: Hidden | None) -> None:
    """Fill entity, kind, stance, factuality and hedges of drafts whose spans are known.

    Without ``hidden`` the rules judge alone.
    """
    settle_sources(page, cast, drafts)
    for draft in drafts:
        settle(page, draft, hidden)


def _narrator(page: Page, drafts: list[Draft]) -> list[Draft]:
    """Return what is left of each sentence as the report's own statements."""
    taken = _merged(span for d in drafts for span in d.covered())
    ends = [end for _, end in taken]
    found = []
    for low, high in page.sentences:
        gaps: list[Range] = []
        at = low
        for start, end in taken[bisect.bisect_right(ends, low) :]:
            if start >= high:
                break
            if start > at:
                gaps.append((at, start))
            at = max(at, end)
        if at < high:
            gaps.append((at, high))
        dateline = page.dateline(low, high)
        if dateline:
            gaps = [(max(s, dateline.end()), e) for s, e in gaps if e > dateline.end()]
        if gaps == [(low, high)] or (dateline and gaps == [(dateline.end(), high)]):
            kept = [gap for gap in gaps if not _is_byline(page, *gap)]
        else:
            gaps = [trim(page.text, s, e, ',;:—–-"“”.()') for s, e in gaps]
            kept = [(s, e) for s, e in gaps if _count(page, s, e) >= _NARRATOR_MIN and _begins_well(page, s)]
        for span in kept:
            factuality, hedges = factuality_of(page, (), (span,), "assert")
            found.append(
                Draft(
                    source=(),
                    cue=(),
                    content=(span,),
                    confidence=0.9,
                    rules=["rule:narrator"],
                    kind="narrator",
                    stance="assert",
                    factuality=factuality,
                    hedges=hedges,
                )
            )
    return found


def _begins_well(page: Page, start: int) -> bool:
    """Tell whether a remainder is more than the tail of a source ("who was not authorized to speak")."""
    word = page.words[page.word_at(start)].lower
    return word not in tables.words("clauses", "relatives")


def _is_byline(page: Page, start: int, end: int) -> bool:
    """Tell whether a line only names its writer ("By Anna Ross and Lena Moss, Norland Herald")."""
    if end - start > 120 or not page.text.startswith(("By ", "BY "), start):
        return False
    words = [w.text for w in page.words_in(start, end)]
    return words[-1] != "." and all(
        w[0].isupper() or not w.isalpha() or w in ("and", "of", "for") for w in words
    )


def _merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the union of ranges as disjoint ranges in order."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _count(page: Page, start: int, end: int) -> int:
    return sum(w.text[0].isalnum() for w in page.words_in(start, end))


def quotation_of(page: Page, draft: Draft) -> Quotation:
    """Return whether the content stands in quotation marks wholly, in part or not at all."""
    quoted = total = 0
    for start, end in draft.content:
        inside = page.marked[start - 1 : start] in ("“", '"')
        for k in range(start, end):
            mark = page.marked[k]
            if mark == "“" or (mark == '"' and not inside):
                inside = True
            elif mark in '”"':
                inside = False
            elif not mark.isspace() and mark not in ",.'’":
                total += 1
                quoted += inside
    if not quoted:
        return "indirect"
    return "direct" if quoted >= 0.97 * total else "mixed"
