"""Which earlier claim of the report a denial or dispute points back at."""

from __future__ import annotations

import re

from ..data import tables
from .cast import Cast
from .draft import Draft, Nearby
from .page import Page

_AGAINST = ("deny", "dispute")
_REACH = 2500  # characters
_ALIKE = 0.3  # share of the words of the shorter claim that both have
_ACCUSING = ("allege", "assert", "hint", "confirm", "evaluate", "predict", "intend")


def find_disputes(page: Page, cast: Cast, drafts: list[Draft]) -> None:
    """Fill ``disputes`` of every draft that denies or contests something said before it.

    A phrase that takes up a claim ("these allegations", "it") points at the
    claims of the nearest earlier sentence that has any; a content of its own
    points at the earlier claim with which it shares most words and names. What
    the same source insists on in the same sentence contests the same claims.
    """
    near = Nearby(drafts)
    for draft in drafts:
        if draft.stance not in _AGAINST or draft.kind == "narrator":
            continue
        earlier = [d for d in near.around(draft.start, draft.end) if _may_be_disputed(d, draft)]
        if _takes_up(page, draft):
            draft.anaphoric = True
            draft.disputes = _of_possessor(page, draft, earlier) or _nearest(page, draft, earlier)
        else:
            best = max(earlier, key=lambda d: _likeness(page, cast, d, draft), default=None)
            if best is not None and _likeness(page, cast, best, draft) >= _ALIKE:
                draft.disputes = [best]
            elif draft.stance == "deny":
                draft.disputes = _nearest(page, draft, [d for d in earlier if d.stance == "allege"], 600)
    for draft in drafts:
        if draft.disputes or draft.kind == "narrator" or not draft.cue:
            continue
        for other in near.around(draft.start, draft.end):
            if (
                other.disputes
                and other is not draft
                and other.cue
                and other.cue[0][0] < draft.cue[0][0]
                and draft.stance in ("assert", "allege", "evaluate", "confirm")
                and page.sentence_number(other.cue[0][0]) == page.sentence_number(draft.cue[0][0])
                and (
                    draft.source == other.source
                    or (draft.member is not None and draft.member is other.member)
                )
            ):
                draft.disputes = [d for d in other.disputes if d is not draft]
                break


def _may_be_disputed(one: Draft, draft: Draft) -> bool:
    if one is draft or one.kind == "narrator" or one is draft.parent or _said_at(one) >= _said_at(draft):
        return False
    if one.source and one.source == draft.source:
        return False
    if one.member is not None and one.member is draft.member:
        return False
    return one.stance in _ACCUSING and draft.start - one.start < _REACH


def _takes_up(page: Page, draft: Draft) -> bool:
    text = " ".join(page.text[s:e] for s, e in draft.content).lower()
    words = re.findall(r"[^\W\d_]+", text)
    known = tables.words("cues", "objects.claims")
    if not words:
        return False
    if len(words) <= 5 and words[-1] in known:
        return True
    return words[0] in tables.words("clauses", "determiners") and bool(known & set(words[1:3]))


def _of_possessor(page: Page, draft: Draft, earlier: list[Draft]) -> list[Draft]:
    """Return the latest claim of whoever "the mayor's claim" names."""
    text = " ".join(page.text[s:e] for s, e in draft.content).lower().replace("’", "'")[:120]
    owner = re.search(r"([^\W\d_][\w.\- ]*?)'s? (?:[a-z]+ )?[a-z]+", text)
    if not owner:
        return []
    words = set(owner[1].split()) - tables.words("clauses", "common")
    for other in sorted(earlier, key=_said_at, reverse=True):
        said = {w.lower for s, e in other.source for w in page.words_in(s, e)}
        if words and words <= said:
            return [other]
    return []


def _nearest(page: Page, draft: Draft, earlier: list[Draft], reach: int = _REACH) -> list[Draft]:
    """Return the claims of the nearest sentence before, and those of the dispute's own sentence."""
    own = page.sentence_number(_said_at(draft))
    here = [d for d in earlier if page.sentence_number(_said_at(d)) == own]
    before = [d for d in earlier if page.sentence_number(_said_at(d)) < own]
    if before:
        latest = max(map(_said_at, before))
        number = page.sentence_number(latest)
        if _said_at(draft) - latest <= reach:
            return [d for d in before if page.sentence_number(_said_at(d)) == number] + here
    return here


def _said_at(draft: Draft) -> int:
    return draft.cue[0][0] if draft.cue else draft.start


def _likeness(page: Page, cast: Cast, one: Draft, two: Draft) -> float:
    a, b = _words(page, one), _words(page, two)
    if not a or not b:
        return 0.0
    if len(a & b) < (2 if min(len(a), len(b)) > 3 else 1):
        return 0.0
    shared = len(a & b) / min(len(a), len(b))
    names = {id(m) for s, e in one.content for _, _, m in cast.within(s, e)}
    own = {id(m) for s, e in (*two.content, *two.source) for _, _, m in cast.within(s, e)}
    if two.member is not None:
        own.add(id(two.member))
    accused = 0.15 if names & own else 0.0
    return shared + accused + (0.1 if one.stance == "allege" else 0.0)


def _words(page: Page, draft: Draft) -> set[str]:
    return {
        w.lower[:6]
        for s, e in draft.content
        for w in page.words_in(s, e)
        if w.text[0].isalnum() and w.lower not in tables.words("clauses", "common")
    }
