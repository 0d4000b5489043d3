"""One rank and one scale for all layers: what every reader of PEFT's layout understands alike.

Where ranks differ, llama.cpp divides alpha by each layer's own rank, vLLM by the configured one, and mlx-lm
has but one rank and one scale. Padding with zeros and folding a scale into `b` changes no result.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.errors import AdapterError

#: Bytes that padding may always come to, and how many times the matrices' own above that.
_MOST_PADDED = 1 << 30
_MOST_TIMES = 8


@dataclass(frozen=True)
class ScaledLayer:
    """A layer as another format has it: matrices in PEFT's orientation, and a scale of its own."""

    a: NDArray[np.float32]
    b: NDArray[np.float32]
    scale: float

    def rescaled(self, scale: float) -> NDArray[np.float32]:
        """`b` for another scale: each number rounded once. One too large for float32 becomes infinite."""
        if self.scale == scale:
            return self.b
        with np.errstate(over="ignore"):
            return (self.b.astype(np.float64) * (self.scale / scale)).astype(np.float32)


def uniform(layers: Mapping[str, ScaledLayer]) -> tuple[dict[str, LoraLayer], float]:
    """The layers with one rank, the largest, and one scale, the commonest; and the alpha that says so.

    A scale that is not the commonest is folded into `b`. Raises AdapterError where the zeros would take
    memory out of all proportion: a file of one large rank among small ones, made to do that.
    """
    rank = max(layer.a.shape[0] for layer in layers.values())
    size = sum(layer.a.nbytes + layer.b.nbytes for layer in layers.values())
    padded = sum(4 * rank * (layer.a.shape[1] + layer.b.shape[0]) for layer in layers.values())
    if padded > max(_MOST_PADDED, _MOST_TIMES * size):
        raise AdapterError(
            f"padded to its largest rank, {rank}, the adapter would take {padded >> 20:,} MB in place of "
            f"{size >> 20:,}. Train it with ranks that differ less."
        )
    scale = Counter(layer.scale for layer in layers.values()).most_common(1)[0][0]
    result = {}
    for name in sorted(layers):
        layer = layers[name]
        missing = rank - layer.a.shape[0]
        a = np.pad(layer.a, ((0, missing), (0, 0)))
        b = np.pad(layer.rescaled(scale), ((0, 0), (0, missing)))
        result[name] = LoraLayer(a, b)
    return result, scale * rank
