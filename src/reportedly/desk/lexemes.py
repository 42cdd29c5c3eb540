"""Words as PostgreSQL searches them: what is found is what SQLite's FTS5 finds.

A word is a run of letters and digits, in lower case and without accents. The
vectors and queries are written here, letter by letter, so that neither the
server's locale nor anything that was typed has a say in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
_LONGEST = 500  # letters of a word that count; a lexeme may have 2,046 bytes
_PART = 4_000  # words of a part: places are counted up to 16,383
_PLACES = 250  # times that a word stands in a part: 256 places of it are kept
_PART_BYTES = 400_000  # a vector may have a megabyte
_OVERLAP = 50  # words that a part shares with the next, so that phrases are found across them
_GAP = 10  # places left free between two fields: no phrase reaches from one into the other
LABELS = {"title": "A", "sources": "B", "entities": "C", "text": "D"}


def words(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared."""
    plain = _ACCENT.sub("", unicodedata.normalize("NFD", text.lower()))
    return _WORD.findall(unicodedata.normalize("NFC", plain))


def vectors(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Give a document's ``tsvector`` in parts, from its (name, text) fields; ``LABELS`` has the names."""
    for part in _parts(
        [(word[:_LONGEST], LABELS[name]) for name, text in fields for word in (*words(text), "")]
    ):
        places: dict[str, list[str]] = {}
        at = 0
        for word, label in part:
            if word:
                at += 1
                places.setdefault(word, []).append(f"{at}{label}")
            else:
                at += _GAP
        yield " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def _parts(run: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    """Cut a run of words where a part has grown too long."""
    start = 0
    while True:
        end, size, often = start, 0, 0
        counts: dict[str, int] = {}
        while end < len(run) and end - start < _PART and size < _PART_BYTES and often < _PLACES:
            word = run[end][0]
            counts[word] = often = counts.get(word, 0) + 1 if word else 0
            size += 4 * len(word) + 12
            end += 1
        yield run[start:end]
        if end >= len(run):
            return
        start = max(start + 1, end - _OVERLAP)


def query(term: Sequence[str], *, prefix: bool = False, field: str | None = None) -> list[str]:
    """Return one word, or several that stand together, as ``tsquery``; all of those returned must match.

    ``prefix``: the last word may go on. ``field`` looks in one field only.
    """
    label = LABELS[field] if field else ""
    found = []
    for at in range(0, max(1, len(term) - 1), _OVERLAP - 1):
        window = [word[:_LONGEST] for word in term[at : at + _OVERLAP]]
        last = at + len(window) == len(term)
        marks = [f"'{word}'" + (f":{label}" if label else "") for word in window]
        if prefix and last:
            marks[-1] = f"'{window[-1]}':*{label}"
        found.append(" <-> ".join(marks))
    return found
