"""Copies: reports that took their text, or a part of it, from another.

Two texts are compared by the exact runs of words that stand in both
(:mod:`.shingles`). What stands in quotation marks and what an outlet prints
under everything does not count, nor do short runs, which are names and stock
phrases. Which of the two is the copy is told by credit lines, then by the time
of publication; where neither tells, ``why`` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

from ..reading.page import Page
from ..reading.paragraphs import paragraphs
from ..records import Copy, Span
from ..records.ledger import CopyKind
from .direction import direction, order, outlet
from .filed import Filed, moment
from .shingles import Bands, Hashes, Printing, Shingles, repeated, shingles, signature

Common = Callable[[Hashes], npt.NDArray[np.bool_]] | Collection[int]
Mask = npt.NDArray[np.bool_]

RUN = 9  # words: a shorter run in common is a name or a stock phrase
BRIDGE = 6  # words between two runs that belong to one passage: a light edit
LONG = 16  # words: the longest run of a copy has at least as many
PARTIAL = 50  # words outside quotations that a partial copy takes over
SHORT_SHARE, SHORT = 0.45, 25  # or this share of a short text, and at least so many words
WHOLE = 0.9  # share of all its words, quotations included and edits not, from which it is a reprint
FULL = 0.7  # share of its own text from which a copy is full
_EDITED = 0.3  # share of a paragraph's shingles that stand in another one of which it is an edited form
_CHANGED = 2  # words more, from a later report than from an earlier one, that tell that it was the later


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy changed: spans are paragraphs, as characters of the text that they stand in.

    ``title`` holds the old and the new one, ``None`` if they say the same; ``added``
    stands in the copy, ``removed`` in the original, ``edited`` pairs the
    original's paragraph with the copy's; ``kept`` counts the copy's paragraphs
    without a changed word. Credits are the names of those credited.
    """

    title: tuple[str | None, str | None] | None
    kept: int
    added: tuple[Span, ...] = ()
    removed: tuple[Span, ...] = ()
    edited: tuple[tuple[Span, Span], ...] = ()
    credits_added: tuple[str, ...] = ()
    credits_dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shared:
    """What ``copy`` has in common with ``of``: word masks over the copy, and figures in words."""

    exact: Mask  # words in runs of at least RUN words, outside quotations and boilerplate
    passages: tuple[Span, ...]  # characters of the copy, light edits bridged, quotations included
    taken: int
    own: int
    longest: int
    whole: float  # share of all words but boilerplate that stand in runs, quotations included

    @property
    def reprinted(self) -> bool:
        """Tell whether nearly all stands in the other, so that quotations are its choice too."""
        return self.whole >= WHOLE

    @property
    def share(self) -> float:
        if self.reprinted:
            return self.whole
        return self.taken / self.own if self.own else 0.0

    @property
    def kind(self) -> CopyKind | None:
        """``full``, ``partial``, or ``None`` where too little is shared."""
        if self.reprinted:
            return "full"
        if self.longest < min(LONG, max(RUN, self.own // 2)):
            return None
        enough = self.taken >= PARTIAL or (self.share >= SHORT_SHARE and self.taken >= min(SHORT, self.own))
        if not enough:
            return None
        return "full" if self.share >= FULL else "partial"


class _Text:
    """A report's words, laid out for comparison. Masks are over words."""

    def __init__(self, filed: Filed) -> None:
        self.filed = filed
        self.text = filed.report.text
        self.cut: Shingles = shingles(self.text)

    @cached_property
    def unique(self) -> Hashes:
        return np.unique(self.cut.hashes)

    @cached_property
    def quoted(self) -> Mask:
        return _quoted(self.text)

    @cached_property
    def credit_lines(self) -> Mask:
        """Datelines, copyright and other lines that give credit: they are nobody's text."""
        mask = np.zeros(len(self.cut.starts), np.bool_)
        for credit in self.filed.report.credits:
            at = self.text.find(credit.text) if credit.kind != "citation" else -1
            if at >= 0:
                first, last = np.searchsorted(self.cut.starts, (at, at + len(credit.text)))
                mask[first:last] = True
        return mask

    @cached_property
    def spoken(self) -> Hashes:
        """Hashes of the shingles that stand in quotation marks as a whole."""
        inside = np.lib.stride_tricks.sliding_window_view(self.quoted, self.cut.width).all(axis=1)
        return self.cut.hashes[inside]

    @cached_property
    def paragraphs(self) -> list[Span]:
        return paragraphs(self.text)

    @cached_property
    def paragraph_hashes(self) -> list[list[int]]:
        """The shingles of each paragraph by itself."""
        return [shingles(self.text[start:end]).hashes.tolist() for start, end in self.paragraphs]

    def words_of(self, picked: Mask) -> Mask:
        """Return the words that the picked shingles cover."""
        count = len(self.cut.starts)
        edges = np.zeros(count + 1, np.int64)
        at = np.flatnonzero(picked)
        edges[at] += 1
        np.subtract.at(edges, at + self.cut.width, 1)
        return np.cumsum(edges[:count]) > 0


@lru_cache(maxsize=512)
def _quoted(text: str) -> Mask:
    page = Page(text)
    return np.fromiter((page.in_quotation(int(s)) for s in shingles(text).starts), np.bool_)


def compare(a: Filed, b: Filed, common: Common = ()) -> Copy | None:
    """Tell whether one of two reports took its text from the other.

    Args:
        a, b: two reports, in any order; the answer is the same.
        common: hashes of shingles that are boilerplate (:func:`boilerplate`), or a
            function that tells for an array of hashes which are.

    Returns:
        The copy: ``full`` if at least ``FULL`` of what it says itself stands in
        the other, ``partial`` if a good passage does; else ``None``. ``shared`` is
        the share of the copy's own words (outside quotations and boilerplate) that
        are taken over.
    """
    if a.id == b.id:
        return None
    found = _weigh(_Text(a), _Text(b), common)
    return found[0] if found else None


def overlapping(filed: Filed, others: Sequence[Filed], common: Common = ()) -> list[Copy]:
    """Return what :func:`compare` finds of a report and each of ``others``, in their order."""
    text = _Text(filed)
    pairs = [_weigh(text, _Text(other), common) for other in others if other.id != filed.id]
    return [pair[0] for pair in pairs if pair is not None]


def copied(filed: Filed, others: Sequence[Filed], common: Common = ()) -> tuple[Copy, ...]:
    """Return whom among ``others`` a report took its text from; nothing if they took theirs from it.

    Chooses as :func:`find` does. ``others`` are the candidates that a look-up of
    its signature brings, in any order.
    """
    ordered = sorted((f for f in others if f.id != filed.id), key=order)
    rank = {other.id: k for k, other in enumerate(ordered)}
    text = _Text(filed)
    pairs = [pair for other in ordered if (pair := _weigh(text, _Text(other), common))]
    return tuple(_origins([pair for pair in pairs if pair[0].copy == filed.id], rank))


def find(reports: Sequence[Filed], common: Common | None = None) -> tuple[Copy, ...]:
    """Return all copies in a set of reports, those of an earlier report first.

    A copy points at the earliest report that it can have been taken from: at a
    later one only if it took that one's own changes too. A report that took
    passages from several others is a copy of each. No report is, over any
    number of steps, a copy of itself.

    Args:
        reports: at most one revision of each; the order does not matter.
        common: as for :func:`compare`; ``None`` stands for ``boilerplate(reports)``.
    """
    known = boilerplate(reports) if common is None else common
    ordered = sorted(reports, key=order)
    texts = lru_cache(maxsize=2048)(_Text)
    by_id = {filed.id: filed for filed in ordered}
    rank = {name: k for k, name in enumerate(by_id)}
    found: dict[str, list[tuple[Copy, _Shared]]] = {}
    bands = Bands()
    for filed in by_id.values():
        signed = signature(filed.report.text)
        for other in sorted(bands.candidates(signed), key=rank.__getitem__):
            pair = _weigh(texts(filed), texts(by_id[other]), known)
            if pair is not None:
                found.setdefault(pair[0].copy, []).append(pair)
        bands.add(filed.id, signed)
    chosen: dict[str, list[Copy]] = {}
    for name in by_id:
        for copy in _origins(found.get(name, []), rank):
            if not _leads_to(chosen, copy.of, name):
                chosen.setdefault(name, []).append(copy)
    return tuple(copy for name in by_id for copy in chosen.get(name, ()))


def boilerplate(reports: Sequence[Filed]) -> frozenset[int]:
    """Return the hashes of shingles that are printed again and again, whatever the report is about.

    What counts is said at :func:`.shingles.repeated`; the day is that of publication.
    """
    printings = []
    for filed in sorted(reports, key=order):
        when = moment(filed.report.published)
        day = when.toordinal() if when else None
        printings.append(Printing(np.unique(shingles(filed.report.text).hashes), outlet(filed), day))
    return repeated(printings)


def changes(of: Filed, copy: Filed) -> Changes:
    """Say what ``copy`` changed in the text of ``of``: title, paragraphs and credits.

    A paragraph is kept if all its words stand in the original, in whatever
    paragraphs; edited if at least ``_EDITED`` of its shingles stand in one of them.
    """
    old, new = _Text(of), _Text(copy)
    kept = 0
    added: list[Span] = []
    edited: list[tuple[Span, Span]] = []
    sources = {h: k for k, hashes in reversed(list(enumerate(old.paragraph_hashes))) for h in hashes}
    known = sources.keys() | old.unique.tolist()
    for span, hashes in zip(new.paragraphs, new.paragraph_hashes, strict=True):
        votes = Counter(sources[h] for h in hashes if h in sources)
        if all(h in known for h in hashes):
            kept += bool(hashes)
        elif votes and sum(votes.values()) >= _EDITED * len(hashes):
            edited.append((old.paragraphs[min(votes, key=lambda k: (-votes[k], k))], span))
        else:
            added.append(span)
    taken = {h for hashes in new.paragraph_hashes for h in hashes}.union(new.unique.tolist())
    removed = [
        span
        for span, hashes in zip(old.paragraphs, old.paragraph_hashes, strict=True)
        if hashes and sum(h in taken for h in hashes) < _EDITED * len(hashes)
    ]
    before, after = (dict.fromkeys(c.name for c in f.report.credits) for f in (of, copy))
    titles = of.report.title, copy.report.title
    return Changes(
        title=titles if _words(titles[0]) != _words(titles[1]) else None,
        kept=kept,
        added=tuple(added),
        removed=tuple(removed),
        edited=tuple(edited),
        credits_added=tuple(name for name in after if name not in before),
        credits_dropped=tuple(name for name in before if name not in after),
    )


def _words(text: str | None) -> bytes | None:
    """What a title says, without case and punctuation."""
    return None if text is None else shingles(text).hashes.tobytes()


def _weigh(a: _Text, b: _Text, common: Common) -> tuple[Copy, _Shared] | None:
    """Decide which of the two is the copy and what it took."""
    if len(a.unique) == 0 or len(b.unique) == 0:
        return None
    both = {a.filed.id: _shared(a, b, common), b.filed.id: _shared(b, a, common)}
    if all(s.kind is None for s in both.values()):
        return None
    copy, of, evidence = direction(a.filed, b.filed, {name: s.own for name, s in both.items()})
    shared = both[copy.id]
    why = f"{_amount(shared)} {_stands(of)}, {evidence}"
    found = Copy(
        copy=copy.id,
        of=of.id,
        kind=shared.kind or "partial",
        why=why,
        shared=round(shared.share, 4),
        spans=shared.passages,
    )
    return found, shared


def _shared(copy: _Text, of: _Text, common: Common) -> _Shared:
    """Measure what of ``copy`` stands in ``of``."""
    matched = copy.words_of(np.isin(copy.cut.hashes, of.unique))
    speech = copy.words_of(np.isin(copy.cut.hashes, of.spoken))
    told = ~(copy.credit_lines | copy.words_of(_is_common(copy.cut.hashes, common)))
    own = told & ~(copy.quoted | speech)
    runs = [(s, e) for s, e in _runs(matched) if e - s >= min(RUN, len(matched))]
    exact = np.zeros(len(matched), np.bool_)
    counted = np.zeros(len(matched), np.bool_)
    passages: list[tuple[int, int]] = []
    longest = 0
    for start, end in runs:
        longest = max(longest, int(own[start:end].sum()))
        exact[start:end] = True
        if passages and start - passages[-1][1] <= BRIDGE:
            passages[-1] = (passages[-1][0], end)
        else:
            passages.append((start, end))
    for start, end in passages:
        counted[start:end] = True
    return _Shared(
        exact=exact & own,
        passages=tuple(copy.cut.span(s, e - 1) for s, e in passages if own[s:e].any()),
        taken=int((counted & own).sum()),
        own=int(own.sum()),
        longest=longest,
        whole=float((exact & told).sum() / told.sum()) if told.sum() >= SHORT else 0.0,
    )


def _is_common(hashes: Hashes, common: Common) -> Mask:
    if callable(common):
        return common(hashes)
    if not common:
        return np.zeros(len(hashes), np.bool_)
    return np.fromiter((h in common for h in hashes.tolist()), np.bool_, len(hashes))


def _runs(mask: Mask) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False]))))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _amount(shared: _Shared) -> str:
    if shared.reprinted:
        return "All of its text" if shared.whole > 0.995 else f"{round(100 * shared.whole)}% of its text"
    return f"{min(99, round(100 * shared.share))}% of its text ({shared.taken} words outside quotations)"


def _stands(of: Filed) -> str:
    title, house = of.report.title, of.report.outlet or outlet(of)
    name = f"“{' '.join(title.split())[:120]}”" if title else f"report {of.id}"
    return f"stands in {name} ({house})" if house else f"stands in {name}"


def _origins(found: list[tuple[Copy, _Shared]], rank: dict[str, int]) -> Iterator[Copy]:
    """Choose, for one copy, whom it took its text from: the earliest that explains as much as any."""
    left = sorted(found, key=lambda pair: rank[pair[0].of])
    if not left:
        return
    explained = np.zeros(len(left[0][1].exact), np.bool_)
    while left:
        gains = [int((shared.exact & ~explained).sum()) for _, shared in left]
        most = max(gains)
        if explained.any() and most < PARTIAL:
            return
        at = next(k for k, gain in enumerate(gains) if gain > most - _CHANGED)
        copy, shared = left.pop(at)
        explained |= shared.exact
        yield copy


def _leads_to(chosen: dict[str, list[Copy]], start: str, goal: str) -> bool:
    """Tell whether ``start`` is, over any number of steps, a copy of ``goal``."""
    seen, ahead = set(), [start]
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            ahead.extend(copy.of for copy in chosen.get(name, ()))
    return False
