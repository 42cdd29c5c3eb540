"""Runs the tagger over a text: one pass of the encoder for all readers that learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ..errors import ModelError
from ..models import store
from ..settings import settings
from .paragraphs import Range
from .windows import ROOM, Pieces, Slot, batch, pack, pieces, sentence_starts

Floats = NDArray[np.float32]

MODEL = "tagger"


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a text as the network saw it.

    ``words`` are the positions in the window at which a word begins, shape
    ``(w,)``; ``starts`` and ``ends`` the words' character offsets;
    ``paragraph`` the number of each word's paragraph; ``own`` whether the word
    is this window's to decide (windows over one long paragraph overlap).
    ``tags`` ``(w, 7)`` and ``names`` ``(w, 9)`` are log probabilities a word;
    ``content_arcs`` and ``source_arcs`` ``(w, w + 1)`` are probabilities that a
    word points at another, the last column standing for "none"; ``hidden``
    ``(w, 384)`` is the output of the lower layers, for heads that are kept elsewhere.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    paragraph: NDArray[np.int64]
    own: NDArray[np.bool_]
    tags: Floats
    names: Floats
    content_arcs: Floats
    source_arcs: Floats
    hidden: Floats


class Encoder:
    """The network and its tokenizer. One instance may be used by many threads.

    The network comes in parts: ``lower`` turns pieces into a layer that is kept,
    ``upper`` goes on from there to the answers, ``early`` answers from there at
    once (for half the cost, and somewhat worse).

    Args:
        fast: answer early.
    """

    def __init__(self, fast: bool = False) -> None:
        path = store.folder(MODEL)
        store.about(MODEL)
        self.fast = fast
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = settings().threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._lower, self._answers = (
                onnxruntime.InferenceSession(
                    str(path / f"{part}.onnx"), options, providers=["CPUExecutionProvider"]
                )
                for part in ("lower", "early" if fast else "upper")
            )
            self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        except Exception as error:  # both libraries raise their own, undocumented kinds
            raise ModelError(f"the weights at {path} do not load: {error}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def run(self, text: str, ranges: Sequence[Range]) -> list[Window]:
        """Read the paragraphs ``ranges`` of ``text``; returns its windows in order."""
        parts = pieces(self._tokenizer, text, ranges)
        long = {k: sentence_starts(text, p) for k, p in enumerate(parts) if len(p) > ROOM}
        return [self._window(parts, slots) for slots in pack([len(p) for p in parts], sentences=long)]

    def _window(self, parts: Sequence[Pieces], slots: list[Slot]) -> Window:
        ids, mask, shapes = batch(parts, [slots])
        (layer,) = self._lower.run(["layer"], {"ids": ids, "mask": mask, "shapes": shapes})
        tags, names, content, source = self._answers.run(
            ["tags", "names", "content_arcs", "source_arcs"], {"layer": layer, "mask": mask}
        )
        at, starts, ends, paragraph, own = [], [], [], [], []
        for slot in slots:
            part = parts[slot.paragraph].part(slot.start, slot.end)
            first = np.nonzero(part.first)[0]
            last = np.append(first[1:], len(part))[: len(first)] - 1
            at.append(first + slot.at)
            starts.append(part.starts[first])
            ends.append(part.ends[last])
            paragraph.append(np.full(len(first), slot.paragraph))
            number = first + slot.start
            own.append((number >= slot.keep_from) & (number < slot.keep_to))
        words = np.concatenate(at)
        columns = np.append(words, 0)
        return Window(
            np.concatenate(starts),
            np.concatenate(ends),
            np.concatenate(paragraph),
            np.concatenate(own),
            tags[0][words],
            names[0][words],
            np.exp(content[0][np.ix_(words, columns)]),
            np.exp(source[0][np.ix_(words, columns)]),
            layer[0][words],
        )


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Return the one encoder of this process, loading it on first use."""
    return Encoder(settings().fast)
