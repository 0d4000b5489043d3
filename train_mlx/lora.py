"""The adapter in the model: each adapted linear layer with its two matrices, in PEFT's orientation."""

from collections.abc import Mapping
from typing import Any

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_unflatten

from thresher.adapters.adapter import LoraLayer


class LoraLinear(nn.Module):  # type: ignore[misc]  # mlx has no types here
    """x @ W.T + scale * (dropped(x) @ a.T) @ b.T; `a` (rank, inputs) and `b` (outputs, rank) are float32."""

    def __init__(self, base: Any, layer: LoraLayer, scale: float, dropout: float) -> None:
        super().__init__()
        self.base = base
        self.lora_A = mx.array(layer.a)
        self.lora_B = mx.array(layer.b)
        self._scale = scale
        self._dropout = nn.Dropout(dropout) if dropout else None

    def __call__(self, x: mx.array) -> mx.array:
        """From (rows, tokens, inputs) to (rows, tokens, outputs)."""
        y: mx.array = self.base(x)
        kept = self._dropout(x) if self._dropout is not None else x
        narrow = kept @ self.lora_A.T.astype(x.dtype)
        # The scale goes to the narrow side, where there are fewest numbers.
        return y + (self._scale * narrow) @ self.lora_B.T.astype(x.dtype)


def insert(model: Any, layers: Mapping[str, LoraLayer], scale: float, dropout: float) -> None:
    """Puts the adapter into a frozen model; its matrices are then all that trains.

    Raises KeyError where the model has no such layer: names come from the base's own files.
    """
    modules = dict(model.named_modules())
    adapted = []
    for name, layer in layers.items():
        lora = LoraLinear(modules[name], layer, scale, dropout)
        lora.unfreeze(keys=["lora_A", "lora_B"], recurse=False)
        adapted.append((name, lora))
    model.update_modules(tree_unflatten(adapted))
