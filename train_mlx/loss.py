"""The loss: cross-entropy of the answer's tokens, summed, with logits at their positions alone.

The projection to the vocabulary is a fifth of the work of a small base, and most tokens are prompt.
"""

from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from thresher.adapters.training.batches import Batch


class TargetLoss:
    """The loss of one model. Called with a batch, it gives a float32 scalar, in nats."""

    def __init__(self, model: Any) -> None:
        """Tries whether the model's logits are its projection alone: some scale or cap them after it."""
        self._model = model
        self._splits = False
        self._splits = self._projection_splits()

    def __call__(self, batch: Batch) -> mx.array:
        """Summed over the batch's targets."""
        at = mx.array(np.flatnonzero(batch.mask))
        targets = mx.array(batch.targets.reshape(-1)[batch.mask.reshape(-1)])
        # Padding is on the right, and a causal model never looks there.
        hidden = self._hidden(mx.array(batch.tokens))
        logits = self._logits(hidden.reshape(-1, hidden.shape[-1])[at]).astype(mx.float32)
        loss: mx.array = nn.losses.cross_entropy(logits, targets, reduction="sum")
        return loss

    def _hidden(self, tokens: mx.array) -> mx.array:
        output: mx.array = self._model.model(tokens) if self._splits else self._model(tokens)
        return output

    def _logits(self, hidden: mx.array) -> mx.array:
        if not self._splits:
            return hidden
        head = getattr(self._model, "lm_head", None)
        output: mx.array = (
            head(hidden) if head is not None else self._model.model.embed_tokens.as_linear(hidden)
        )
        return output

    def _projection_splits(self) -> bool:
        tokens = mx.array([[1, 2, 3]])
        whole = self._model(tokens)
        try:
            self._splits = True
            short = self._logits(self._hidden(tokens))
        except (AttributeError, TypeError):
            return False
        return short.shape == whole.shape and bool(mx.allclose(short, whole, rtol=1e-3, atol=1e-3))
