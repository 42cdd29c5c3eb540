"""A page of stories as they stood at a moment, with the claims and origins of then, within bounded time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from ..records import Appearance, Claim, Objection, Story
from ..weighing.identities import folded
from ..weighing.weigh import Weighed
from . import gists
from .book import Book, Line, is_single
from .gists import Wanted
from .remembered import StillWeighing


class Weigh(Protocol):
    """What weighs a story at a moment, and gives up after so many seconds; see :meth:`Remembered.weighed`."""

    def __call__(self, book: Book, story: Story, patience: float) -> Weighed: ...


def lines_then(
    book: Book,
    lines: Sequence[Line],
    *,
    weigh: Weigh,
    wanted: Wanted | None = None,
    leads: int = 0,
    seconds: float = 2.0,
) -> list[Line]:
    """Return the stories of one page with what is known of their weighing at the book's moment.

    What is written down of a story holds if nothing has changed in it since. The others are weighed, the
    smallest first, for so many ``seconds`` together; those that take longer stay without (``claims`` is
    ``None``), and whoever asks again gets them when they are done.

    Args:
        book: the desk at a moment.
        lines: the stories of the page, as :meth:`Book.lines` gives them.
        weigh: weighs a story.
        wanted: which claims may lead.
        leads: how many claims to give with each.
        seconds: how long it may take.
    """
    until = time.monotonic() + seconds
    kept = [line.story.id for line in lines if book.is_kept(line.story)]
    found = _written(book, kept, wanted, leads)
    for line in sorted(lines, key=lambda one: len(one.story.reports)):
        if line.story.id in found:
            continue
        try:
            whole = weigh(book, line.story, max(0.0, until - time.monotonic()))
        except StillWeighing:
            continue
        found[line.story.id] = replace(
            line,
            claims=len(whole.claims),
            disputed=sum(bool(c.disputed_by) for c in whole.claims),
            single=sum(is_single(c) for c in whole.claims),
            leads=_leading(book, line.story.id, whole.claims, wanted, leads),
        )
    return [found.get(line.story.id, line) for line in lines]


def _written(book: Book, names: Sequence[str], wanted: Wanted | None, leads: int) -> dict[str, Line]:
    """Return the lines of stories that are today what they were then."""
    today = Book(book.connection).lines_of(names)
    first = gists.leading(book.connection, names, wanted, most=leads) if leads and names else {}
    then = book.lines_of(names)
    return {
        name: replace(
            then[name],
            claims=line.claims,
            disputed=line.disputed,
            single=line.single,
            leads=tuple(first.get(name, ())),
        )
        for name, line in today.items()
        if name in then
    }


def _leading(
    book: Book, story: str, claims: Sequence[Claim], wanted: Wanted | None, most: int
) -> tuple[gists.Gist, ...]:
    if not most:
        return ()
    fitting = [c for c in claims if wanted is None or _fits(c, wanted)]
    return tuple(gists.of_claims(book.connection, story, fitting)[:most])


def _fits(claim: Claim, wanted: Wanted) -> bool:
    said: tuple[Appearance | Objection, ...] = (*claim.appearances, *claim.disputed_by)
    return (
        (not wanted.about or any(_holds(a.content.text, wanted.about) for a in claim.appearances))
        and (not wanted.by or any(_holds(a.source.text, wanted.by) for a in said))
        and (wanted.kind is None or any(a.source.kind == wanted.kind for a in said))
        and (not wanted.disputed or bool(claim.disputed_by))
        and (not wanted.single or is_single(claim))
    )


def _holds(text: str, words: str) -> bool:
    """Tell whether all words, or words that begin so, stand in a text."""
    there = f" {folded(text)}"
    return all(f" {word}" in there for word in folded(words).split())
