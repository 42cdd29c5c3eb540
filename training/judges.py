"""The judges: what kind of source speaks, its stance, and how firmly it holds the content.

A hidden layer over components of what the encoder's lower layers say of an
attribution and over word features, then a head a label. Small enough for numpy
when it is used.
"""

from __future__ import annotations

from torch import Tensor, nn

from reportedly.records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES

LABELS: dict[str, tuple[str, ...]] = {
    "source_kind": tuple(k for k in SOURCE_KINDS if k != "narrator"),
    "stance": STANCES,
    "factuality": FACTUALITIES,
}
SIZE = 64


class Judges(nn.Module):
    def __init__(self, components: int, words: int):
        super().__init__()
        self.values = nn.Linear(components, SIZE)
        self.words = nn.EmbeddingBag(words, SIZE, mode="sum")
        nn.init.normal_(self.words.weight, std=0.03)
        self.unseen = nn.Dropout(0.2)
        self.dropout = nn.Dropout(0.5)
        self.labels = nn.ModuleDict({name: nn.Linear(SIZE, len(LABELS[name])) for name in LABELS})

    def forward(self, values: Tensor, words: Tensor, offsets: Tensor) -> dict[str, Tensor]:
        """Judge ``(items, components)`` values with their words (as for EmbeddingBag); logits a label."""
        layer = nn.functional.gelu(self.values(self.unseen(values)) + self.words(words, offsets))
        layer = self.dropout(layer)
        return {name: head(layer) for name, head in self.labels.items()}
