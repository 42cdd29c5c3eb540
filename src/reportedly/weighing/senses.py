"""Which words are near in meaning: vectors of base forms, from a table that ships with the package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..models import store

Floats = NDArray[np.float32]
MODEL = "likeness"


class Senses:
    """Unit vectors of base forms (``wording.base_form``), 128 numbers each."""

    def __init__(self) -> None:
        path = store.folder(MODEL)
        store.about(MODEL)
        try:
            with np.load(path / "model.npz") as saved:
                self._vectors = saved["vectors"]
            words = (path / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"the weights at {path} do not load: {error}") from error
        self._rows = {word: row for row, word in enumerate(words) if word}

    @property
    def size(self) -> int:
        return int(self._vectors.shape[1])

    def vectors(self, keys: Sequence[str]) -> Floats:
        """Return a unit vector for each key, shape ``(len(keys), size)``; zeros for unknown words."""
        found = np.zeros((len(keys), self.size), dtype=np.float32)
        known = [(at, row) for at, key in enumerate(keys) if (row := self._rows.get(key)) is not None]
        if known:
            at, rows = zip(*known, strict=True)
            taken = self._vectors[list(rows)].astype(np.float32)
            found[list(at)] = taken / np.linalg.norm(taken, axis=1, keepdims=True)
        return found


@lru_cache(maxsize=1)
def senses() -> Senses:
    """Return the one table of this process, loaded on first use."""
    return Senses()
