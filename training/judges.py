"""The judges: what kind of source speaks, its stance, and how firmly it holds the content.

A hidden layer over four means of the encoder's output (cue, the content's
opening, the content, the source) and over word features, then a head a label.
Small enough for numpy when it is used.
"""

from __future__ import annotations

from torch import Tensor, nn

from reportedly.records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES

LABELS: dict[str, tuple[str, ...]] = {
    "source_kind": tuple(k for k in SOURCE_KINDS if k != "narrator"),
    "stance": STANCES,
    "factuality": FACTUALITIES,
}
SIZE = 192


class Judges(nn.Module):
    def __init__(self, hidden: int, words: int, dropout: float = 0.4):
        super().__init__()
        self.values = nn.Linear(4 * hidden, SIZE)
        self.words = nn.EmbeddingBag(words, SIZE, mode="sum")
        nn.init.normal_(self.words.weight, std=0.02)
        self.dropout = nn.Dropout(dropout)
        self.labels = nn.ModuleDict({name: nn.Linear(SIZE, len(LABELS[name])) for name in LABELS})

    def forward(self, values: Tensor, words: Tensor, offsets: Tensor) -> dict[str, Tensor]:
        """Judge ``(items, 4 * hidden)`` values with their words (as for EmbeddingBag); logits a label."""
        layer = nn.functional.gelu(self.values(values) + self.words(words, offsets))
        layer = self.dropout(layer)
        return {name: head(layer) for name, head in self.labels.items()}
