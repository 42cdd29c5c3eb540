"""Shingles of a text and the fingerprints by which texts with common passages find each other.

A shingle is a run of ``WIDTH`` words, compared without case, accents and
punctuation. Its hash is 64 bits, the same on every machine and in every
version of Python. A text's fingerprints are the shingles that winnowing picks
(Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document
fingerprinting"): the smallest hash in every window of ``WINDOW`` shingles. Two
texts that have ``WIDTH + WINDOW - 1`` words running in common have at least one
fingerprint in common, however long the rest is. A MinHash of whole texts does
not give that: a short piece in a long text hardly moves it.

Fingerprints are kept in a table of ``(fingerprint, report)``; :func:`rank` says
which of the reports that a look-up brings are worth an exact comparison.
:class:`Bands` is that table in memory.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

from ..records import Span

WIDTH = 5  # words in a shingle
WINDOW = 32  # shingles of which one is picked
MOST = 2048  # fingerprints kept of one text: those with the smallest hashes
KEEP = 32  # reports that are looked at for one fingerprint: the first that had it
LIMIT = 48  # candidates that are worth comparing with one report
REPEATED = 3  # printings from which a shingle can be boilerplate
APART = 7  # days between two printings that make the second one a return
VERSION = 0.6  # share of repeated shingles from which a report is a version of another one
SCHEME = f"winnow-{WIDTH}-{WINDOW}/1"

_FEW = 3  # shared fingerprints that are enough by themselves
_SHARE = 0.1  # or this share of the smaller text's fingerprints
_CROWDED_SHARE = 0.25  # asked for where every shared fingerprint stands in KEEP reports or more
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"  # accents set apart, and characters of no width
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_UNSPACED}][{_MARKS}]*"  # scripts without spaces: a character is a word
    rf"|(?:(?![{_UNSPACED}])[^\W_][{_MARKS}]*)+(?:['’ʼ`´.,](?:(?![{_UNSPACED}])[^\W_][{_MARKS}]*)+)*"
)
_INNER = re.compile(rf"[^\w]|_|[{_MARKS}]")
_FACTOR = 0x9E3779B97F4A7C15  # odd, from the golden ratio

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Shingles:
    """The words of a text and its shingles, in order.

    ``hashes[i]`` is that of the words ``i`` to ``i + width - 1``; ``starts`` and
    ``ends`` are the character offsets of the words. ``width`` is ``WIDTH``, or
    less where the text has fewer words.
    """

    hashes: Hashes
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    width: int

    def __len__(self) -> int:
        return len(self.hashes)

    def span(self, first: int, last: int) -> Span:
        """Return the characters from word ``first`` to word ``last``, which belongs to it."""
        return int(self.starts[first]), int(self.ends[last])


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a text to find those it has passages in common with.

    ``bands`` are its fingerprints as signed 64-bit integers, ascending; ``words``
    is its length. Signatures of the same ``scheme`` can be compared.
    """

    bands: tuple[int, ...]
    words: int
    scheme: str = SCHEME


@dataclass(frozen=True, slots=True, eq=False)
class Printing:
    """What :func:`repeated` needs of a report: distinct shingles, outlet, and day as a number."""

    hashes: Hashes
    outlet: str | None
    day: int | None


@lru_cache(maxsize=65536)
def normal(word: str) -> str:
    """Return ``word`` without case, accents, marks and inner punctuation ("U.S.", "don’t")."""
    plain = _INNER.sub("", unicodedata.normalize("NFKD", word)).casefold()
    return plain or word


@lru_cache(maxsize=65536)
def _hashed(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(normal(word).encode("utf-8", "replace"), digest_size=8).digest())


@lru_cache(maxsize=512)
def shingles(text: str) -> Shingles:
    """Return the shingles of ``text``. A text of fewer than ``WIDTH`` words has one; without words, none."""
    found = [(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]
    words = np.fromiter((_hashed(w) for w, _, _ in found), np.uint64, len(found))
    starts = np.fromiter((s for _, s, _ in found), np.int64, len(found))
    ends = np.fromiter((e for _, _, e in found), np.int64, len(found))
    width = min(WIDTH, len(found))
    count = len(found) - width + 1 if found else 0
    total = np.zeros(count, np.uint64)
    for k in range(width):
        total = total * np.uint64(_FACTOR) + words[k : k + count]
    return Shingles(_mixed(total), starts, ends, width)


def _mixed(values: Hashes) -> Hashes:
    """Spread the bits evenly (the last steps of SplitMix64, Steele, Lea and Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def signature(text: str) -> Signature:
    """Return the signature of ``text``."""
    cut = shingles(text)
    bands: list[int] = fingerprints(cut.hashes).view(np.int64).tolist()
    return Signature(bands=tuple(sorted(bands)), words=len(cut.starts))


def fingerprints(hashes: Hashes) -> Hashes:
    """Return the shingles of a text that winnowing picks, each once, ascending; at most ``MOST``."""
    if not len(hashes):
        return hashes
    windows = np.lib.stride_tricks.sliding_window_view(hashes, min(WINDOW, len(hashes)))
    return np.unique(windows.min(axis=1))[:MOST]


def rank(wanted: Signature, found: Mapping[int, Sequence[str]], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Return the reports worth an exact comparison, those with most in common first; at most ``LIMIT``.

    Args:
        wanted: the signature that is looked up.
        found: for each of its bands the ids of reports that have it, at most
            ``KEEP``, the first that were added.
        sizes: how many bands each of these reports has.

    A band that ``KEEP`` reports have is crowded: a footer, or a text that many
    outlets took over. A report that shares crowded bands only is a candidate
    only where they are a good part of the smaller of the two.
    """
    shared: dict[str, int] = {}
    crowded: dict[str, int] = {}
    for band in wanted.bands:
        ids = found.get(band, ())
        for name in ids[:KEEP]:
            shared[name] = shared.get(name, 0) + 1
            if len(ids) >= KEEP:
                crowded[name] = crowded.get(name, 0) + 1
    chosen = []
    for name, count in shared.items():
        part = count / max(1, min(len(wanted.bands), sizes.get(name, count)))
        enough = part >= _CROWDED_SHARE if crowded.get(name) == count else count >= _FEW or part >= _SHARE
        if enough:
            chosen.append((-count, -part, name))
    return tuple(name for _, _, name in sorted(chosen)[:LIMIT])


def repeated(printings: Sequence[Printing]) -> frozenset[int]:
    """Return the hashes of shingles that are printed again and again, whatever the report is about.

    A shingle is one of them if it comes back after ``APART`` days or more, so that it
    was printed ``REPEATED`` times or more in all, by any outlets: a story that many
    take over is printed within days. Or if it stands in ``REPEATED`` or more
    reports of one outlet that are otherwise different, so that most of each is
    not repeated. Takes as long as sorting all shingles.
    """
    found = set(_returning([(p.day, p.hashes) for p in printings if p.day is not None]).tolist())
    houses: dict[str, list[Hashes]] = {}
    for printing in printings:
        if printing.outlet is not None and len(printing.hashes):
            houses.setdefault(printing.outlet, []).append(printing.hashes)
    for members in houses.values():
        often = _in_many(members)
        if len(often):
            found.update(_in_many([s for s in members if np.isin(s, often).mean() < VERSION]).tolist())
    return frozenset(found)


def _returning(dated: Sequence[tuple[int, Hashes]]) -> Hashes:
    """Return the hashes that come back ``REPEATED - 1`` times or more after a gap of ``APART`` days."""
    if not dated:
        return np.zeros(0, np.uint64)
    values = np.concatenate([hashes for _, hashes in dated])
    days = np.concatenate([np.full(len(hashes), day) for day, hashes in dated])
    order = np.lexsort((days, values))
    values, days = values[order], days[order]
    again = (values[1:] == values[:-1]) & (days[1:] - days[:-1] >= APART)
    returned, counts = np.unique(values[1:][again], return_counts=True)
    return returned[counts >= REPEATED - 1]


def _in_many(sets: Sequence[Hashes]) -> Hashes:
    """Return the hashes that stand in ``REPEATED`` or more of the sets."""
    if len(sets) < REPEATED:
        return np.zeros(0, np.uint64)
    values, counts = np.unique(np.concatenate(sets), return_counts=True)
    return values[counts >= REPEATED]


class Bands:
    """Finds, among the reports added so far, those that have passages in common with another.

    Each band keeps the first ``KEEP`` reports that had it, so that neither the
    time of a look-up nor the list it brings grows with the number of reports.
    """

    def __init__(self) -> None:
        self._ids: dict[int, list[str]] = {}
        self._sizes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def entries(self) -> int:
        """How many pairs of a band and a report are kept."""
        return sum(map(len, self._ids.values()))

    def add(self, name: str, signed: Signature) -> None:
        """Add the report ``name``; raises :class:`ValueError` if its signature is of another scheme."""
        if signed.scheme != SCHEME:
            raise ValueError(f"this signature is of the scheme {signed.scheme!r} and not of {SCHEME!r}")
        self._sizes[name] = len(signed.bands)
        for band in signed.bands:
            ids = self._ids.setdefault(band, [])
            if len(ids) < KEEP and name not in ids:
                ids.append(name)

    def candidates(self, signed: Signature) -> tuple[str, ...]:
        """Return the ids of reports worth an exact comparison, those with most in common first."""
        found = {band: self._ids[band] for band in signed.bands if band in self._ids}
        return rank(signed, found, self._sizes)
