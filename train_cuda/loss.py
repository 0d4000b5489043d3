"""The loss: cross-entropy of the answer's tokens, summed, with logits at their positions alone.

The projection to the vocabulary is a fifth of the work of a small base, and most tokens are prompt. What the
rows of a batch share, their instructions and fields, is computed once for all of them: the sum is the same.
"""

import inspect
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from thresher.adapters.training.batches import Batch
from thresher.adapters.training.learner import HEADS_ALIKE

#: Logits that are held at once.
_CHUNK = 1 << 24


class TargetLoss:
    """The loss of one model. Called with a batch, it gives a float32 scalar, in nats."""

    def __init__(self, model: Any, shares: bool = True) -> None:
        """Tries whether the model's logits are its projection alone: some scale or cap them after it.

        `shares`: whether a head that rows share may be computed once, where the model can.
        """
        self._model = model
        self._where = next(model.parameters()).device
        self._splits = self._projection_splits()
        self._shares = shares and self._splits and self._heads_are_shared()

    def __call__(self, batch: Batch) -> Tensor:
        """Summed over the batch's targets."""
        head = batch.head if self._shares and len(batch.lengths) > 1 else 0
        at = torch.from_numpy(np.flatnonzero(batch.mask[:, head:])).to(self._where)
        targets = torch.from_numpy(batch.targets[batch.mask].astype(np.int64)).to(self._where)
        tokens = torch.from_numpy(batch.tokens).to(self._where)
        if not self._splits:
            logits = self._model(tokens, use_cache=False).logits.flatten(0, 1)[at]
            return nn.functional.cross_entropy(logits.float(), targets, reduction="sum")
        hidden = self._hidden(tokens, head).flatten(0, 1)[at]
        projection = self._model.get_output_embeddings()
        loss: Tensor = _SummedCrossEntropy.apply(hidden, targets, projection.weight, projection.bias)  # type: ignore[no-untyped-call]
        return loss

    def _hidden(self, tokens: Tensor, head: int = 0) -> Tensor:
        """What the projection takes, of the tokens after the head."""
        from transformers import DynamicCache

        # No mask: padding is on the right, and a causal model never looks there.
        if not head:
            return self._inner(input_ids=tokens, use_cache=False)
        cache = DynamicCache()
        held = {cache_name(self._model): cache, "use_cache": True}
        self._inner(input_ids=tokens[:1, :head], **held)
        widen(cache, len(tokens))
        return self._inner(input_ids=tokens[:, head:], **held)

    def _inner(self, **inputs: Any) -> Tensor:
        hidden: Tensor = self._model.base_model(**inputs).last_hidden_state
        return hidden

    @torch.no_grad()
    def _projection_splits(self) -> bool:
        tokens = torch.tensor([[1, 2, 3]], device=self._where)
        head = self._model.get_output_embeddings()
        if type(head) is not nn.Linear:
            return False
        whole = self._model(tokens, use_cache=False).logits
        short = head(self._hidden(tokens))
        return whole.shape == short.shape and torch.allclose(whole, short, rtol=1e-3, atol=1e-3)

    @torch.no_grad()
    def _heads_are_shared(self) -> bool:
        # Rows longer than their head: behind it they attend without a mask.
        tokens = torch.tensor([[1, 2, 3, 4], [1, 5, 6, 7]], device=self._where)
        try:
            short = self._hidden(tokens, 1)
        except (AttributeError, TypeError, ValueError):  # a model whose cache is of another kind
            return False
        whole = self._hidden(tokens)[:, 1:]
        # Not number by number: rough products leave single ones some hundredths apart.
        return bool((whole - short).norm() < HEADS_ALIKE * whole.norm())


def cache_name(model: Any) -> str:
    """What the model calls its cache: transformers 5.24 has another name for it."""
    known = inspect.signature(model.base_model.forward).parameters
    return "cache" if "cache" in known else "past_key_values"


def widen(cache: Any, rows: int) -> None:
    """Lets a cache of one row stand for many, without a copy."""
    for layer in cache.layers:
        layer.keys = layer.keys.expand(rows, -1, -1, -1)
        layer.values = layer.values.expand(rows, -1, -1, -1)


class _SummedCrossEntropy(torch.autograd.Function):
    """Of hidden states (targets, width) under a frozen projection. Never holds all logits.

    The gradient is computed with the loss: the logits of a part are at hand then, and none are kept.
    """

    @staticmethod
    def forward(context: Any, hidden: Tensor, targets: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        total = torch.zeros((), device=hidden.device)
        gradient = torch.empty_like(hidden) if context.needs_input_grad[0] else None
        rows = max(1, _CHUNK // weight.shape[0])
        for start in range(0, len(hidden), rows):
            part = slice(start, start + rows)
            own = targets[part, None]
            logits = nn.functional.linear(hidden[part], weight, bias).float()
            norm = logits.logsumexp(-1, keepdim=True)
            total += (norm - logits.gather(1, own)).sum()
            if gradient is not None:
                chances = logits.sub_(norm).exp_()
                chances.scatter_add_(1, own, torch.full_like(own, -1, dtype=chances.dtype))
                gradient[part] = chances.to(weight.dtype) @ weight
        context.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        (to_hidden,) = context.saved_tensors
        return to_hidden * gradient.to(to_hidden.dtype), None, None, None
