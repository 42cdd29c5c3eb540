"""Reads the corpora that the tagger learns from into one shape.

A :class:`Document` holds paragraphs as word pieces and, beside them, what is
to be learnt: the attributions and the names, both as piece numbers. The
corpora themselves are not part of the project; their folder is given by
``--data``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from reportedly.reading.paragraphs import paragraphs
from reportedly.reading.windows import Pieces, pieces

ROLES = ("source", "cue", "content")
NAME_TYPES = ("PER", "LOC", "ORG", "MISC")
SILVER_TYPES = {"PERSON": "PER", "LOCATION": "LOC", "ORGANIZATION": "ORG", "MISC": "MISC"}

Place = tuple[int, int]  # paragraph number, piece number


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution of the gold standard, as the first pieces of its words."""

    source: tuple[Place, ...]
    cue: tuple[Place, ...]
    content: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text to learn from.

    ``tags`` and ``names`` hold one label a piece and paragraph (-100: not to be
    learnt); ``name_weight`` is below 1 where names were marked by a machine.
    ``attributions`` is ``None`` where the corpus does not mark them.
    """

    id: str
    paragraphs: list[Pieces]
    tags: list[np.ndarray]
    names: list[np.ndarray]
    name_weight: float
    attributions: list[Attribution] | None


def data_hash(paths: list[Path]) -> str:
    """Return the SHA-256 over the bytes of all files, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def json_lines(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def is_held_out(article_id: str, share: int = 20) -> bool:
    """Tell whether a training article belongs to the part kept for tuning (1 in ``share``)."""
    return hashlib.sha256(article_id.encode()).digest()[0] % share == 0


def polnear(path: Path, silver: Path, tokenizer: Tokenizer) -> list[Document]:
    """Read PolNeAR articles with machine-made names (weight 0.3)."""
    names = {
        row["id"]: [(s, e, SILVER_TYPES[t]) for s, e, t in row["entities"] if t in SILVER_TYPES]
        for row in json_lines(silver)
    }
    found = []
    for article in json_lines(path):
        text = article["text"]
        parts = pieces(tokenizer, text, paragraphs(text))
        index = _Index(parts)
        tags = [_unlabelled(p, 0) for p in parts]
        attributions = []
        for item in article["attributions"]:
            places: dict[str, list[Place]] = {}
            for number, role in enumerate(ROLES):
                places[role] = []
                for start, end in item[role]:
                    run = index.words(start, end)
                    places[role].extend(run)
                    _mark(tags, run, 1 + 2 * number)
            attributions.append(Attribution(*(tuple(places[role]) for role in ROLES)))
        own = names.get(article["id"])
        labels = _name_labels(parts, index, own)
        found.append(Document(article["id"], parts, tags, labels, 0.3, attributions))
    return found


def conll(path: Path, tokenizer: Tokenizer, seed: int = 0) -> list[Document]:
    """Read CoNLL-format names; one to four sentences become a paragraph."""
    found = []
    for number, (text, spans) in enumerate(conll_texts(path, seed)):
        parts = pieces(tokenizer, text, paragraphs(text))
        index = _Index(parts)
        labels = _name_labels(parts, index, spans)
        tags = [np.full(len(p), -100) for p in parts]
        found.append(Document(f"conll-{number}", parts, tags, labels, 1.0, None))
    return found


def conll_texts(path: Path, seed: int = 0) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Yield each document's text and its names as ``(start, end, type)``."""
    rng = random.Random(seed)
    sentences: list[list[tuple[str, str]]] = []
    sentence: list[tuple[str, str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in [*file, "", "-DOCSTART- O"]:
            fields = line.split()
            if fields and not line.startswith("-DOCSTART-"):
                sentence.append((fields[0], fields[-1]))
                continue
            if sentence:
                sentences.append(sentence)
                sentence = []
            if fields and sentences:
                yield _join(sentences, rng)
                sentences = []


_NO_SPACE_BEFORE = re.compile(r"^(?:[.,;:!?%)\]]|'s|n't|'re|'ve|'ll|'d|'m|'|\.\.\.)$")
_NO_SPACE_AFTER = frozenset("([$")


def _join(sentences, rng):
    text, spans, left = "", [], rng.randint(1, 4)
    for number, sentence in enumerate(sentences):
        if number:
            left -= 1
            text += " " if left else "\n\n"
            left = left or rng.randint(1, 4)
        previous = ""
        quote_open = False
        for word, label in sentence:
            glue = (
                not previous
                or _NO_SPACE_BEFORE.match(word)
                or previous in _NO_SPACE_AFTER
                or (previous == '"' and quote_open)
                or (word == '"' and quote_open)
            )
            if word == '"':
                quote_open = not quote_open
            if not glue:
                text += " "
            start = len(text)
            text += word
            previous = word
            if label != "O":
                kind = label[2:]
                if label.startswith("I-") and spans and spans[-1][2] == kind and spans[-1][3] == number:
                    spans[-1] = (spans[-1][0], len(text), kind, number)
                else:
                    spans.append((start, len(text), kind, number))
    return text, [(s, e, k) for s, e, k, _ in spans]


class _Index:
    """Finds the words that a character range touches."""

    def __init__(self, parts: list[Pieces]):
        self.parts = parts
        self.bounds = [(int(p.starts[0]), int(p.ends[-1])) if len(p) else (0, 0) for p in parts]

    def words(self, start: int, end: int) -> list[Place]:
        found = []
        for number, (low, high) in enumerate(self.bounds):
            if high <= start or low >= end:
                continue
            part = self.parts[number]
            inside = np.nonzero((part.ends > start) & (part.starts < end) & part.first)[0]
            found.extend((number, int(k)) for k in inside)
        return found


def _unlabelled(part: Pieces, value: int) -> np.ndarray:
    return np.where(part.first, value, -100)


def _mark(labels: list[np.ndarray], run: list[Place], begin: int) -> None:
    previous = None
    for paragraph, piece in run:
        labels[paragraph][piece] = begin if previous != paragraph else begin + 1
        previous = paragraph


def _name_labels(parts, index, spans):
    if spans is None:
        return [np.full(len(p), -100) for p in parts]
    labels = [_unlabelled(p, 0) for p in parts]
    for start, end, kind in spans:
        _mark(labels, index.words(start, end), 1 + 2 * NAME_TYPES.index(kind))
    return labels
