"""The loss: cross-entropy of the answer's tokens, summed, with logits at their positions alone.

The projection to the vocabulary is a fifth of the work of a small base, and most tokens are prompt. What the
rows of a batch share, their instructions and fields, is computed once for all of them: the sum is the same.
"""

from typing import Any

import mlx.core as mx
import numpy as np

from thresher.adapters.training.batches import Batch
from thresher.adapters.training.learner import HEADS_ALIKE

#: How many numbers are added up at once.
_PART = 256


class TargetLoss:
    """The loss of one model. Called with a batch, it gives a float32 scalar, in nats."""

    def __init__(self, model: Any, shares: bool = True) -> None:
        """Tries whether the model's logits are its projection alone: some scale or cap them after it.

        `shares`: whether a head that rows share may be computed once, where the model can.
        """
        self._model = model
        self._splits = False
        self._splits = self._projection_splits()
        self._shares = self._splits and shares and self._heads_are_shared()

    def __call__(self, batch: Batch) -> mx.array:
        """Summed over the batch's targets."""
        head = batch.head if self._shares and len(batch.lengths) > 1 else 0
        at = mx.array(np.flatnonzero(batch.mask[:, head:]))
        targets = mx.array(batch.targets.reshape(-1)[batch.mask.reshape(-1)])
        # Padding is on the right, and a causal model never looks there.
        hidden = self._hidden(mx.array(batch.tokens), head)
        logits = self._logits(hidden.reshape(-1, hidden.shape[-1])[at]).astype(mx.float32)
        return (log_total(logits) - mx.take_along_axis(logits, targets[:, None], -1).squeeze(-1)).sum()

    def _hidden(self, tokens: mx.array, head: int = 0) -> mx.array:
        """What the projection takes, of the tokens after the head."""
        output: mx.array
        if head:
            caches = [SharedHead() for _ in self._model.layers]
            self._model.model(tokens[:1, :head], cache=caches)
            output = self._model.model(tokens[:, head:], cache=caches)
        else:
            output = self._model.model(tokens) if self._splits else self._model(tokens)
        return output

    def _logits(self, hidden: mx.array) -> mx.array:
        if not self._splits:
            return hidden
        head = getattr(self._model, "lm_head", None)
        output: mx.array = (
            head(hidden) if head is not None else self._model.model.embed_tokens.as_linear(hidden)
        )
        return output

    def _heads_are_shared(self) -> bool:
        """Tries it on two rows: a model may keep more than keys and values, or ask more of a cache."""
        tokens = mx.array([[1, 2, 3, 4, 5], [1, 2, 3, 6, 7]])
        whole = self._hidden(tokens)[:, 3:]
        try:
            short = self._hidden(tokens, 3)
        except (AttributeError, TypeError, ValueError):
            return False
        # Not number by number: in bfloat16 single ones are some hundredths apart.
        return short.shape == whole.shape and bool(_norm(whole - short) < HEADS_ALIKE * _norm(whole))

    def _projection_splits(self) -> bool:
        tokens = mx.array([[1, 2, 3]])
        whole = self._model(tokens)
        try:
            self._splits = True
            short = self._logits(self._hidden(tokens))
        except (AttributeError, TypeError):
            return False
        return short.shape == whole.shape and bool(mx.allclose(short, whole, rtol=1e-3, atol=1e-3))


class SharedHead:
    """One layer's keys and values of the head. Gradients go through them; the rest is what models ask."""

    def __init__(self) -> None:
        self.offset = 0
        self._keys: Any = None
        self._values: Any = None

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        """First the head's, of one row; then those of all rows, which get the head's before theirs."""
        if self._keys is None:
            self._keys, self._values, self.offset = keys, values, keys.shape[2]
            return keys, values
        return _before(self._keys, keys), _before(self._values, values)

    def make_mask(self, tokens: int, return_array: bool = False, window_size: int | None = None) -> Any:
        """Each token looks at those before it, of the head and of its row."""
        from mlx_lm.models.base import create_causal_mask

        if return_array or (window_size is not None and self.offset + tokens > window_size):
            return create_causal_mask(tokens, self.offset, window_size=window_size)
        return "causal"


def log_total(logits: mx.array) -> mx.array:
    """The logarithm of the sum of exponentials of (targets, vocabulary) logits, (targets,), both float32.

    On a CPU MLX adds up a row one number after the other, which loses digits: with 49,152 numbers a row the
    gradients were 2.6e-5 off. In parts they are 2e-7 off, as fast.
    """
    whole = logits.shape[-1] // _PART * _PART
    totals = []
    if whole:
        parts = (logits if whole == logits.shape[-1] else logits[:, :whole]).reshape(len(logits), -1, _PART)
        totals.append(mx.logsumexp(parts, -1))
    if whole < logits.shape[-1]:
        totals.append(mx.logsumexp(logits[:, whole:], -1, keepdims=True))
    return mx.logsumexp(mx.concatenate(totals, -1), -1)


def _before(head: mx.array, rest: mx.array) -> mx.array:
    return mx.concatenate([mx.broadcast_to(head, (rest.shape[0], *head.shape[1:])), rest], axis=2)


def _norm(values: mx.array) -> mx.array:
    return mx.linalg.norm(values.astype(mx.float32).flatten())
