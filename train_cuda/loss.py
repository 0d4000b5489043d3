"""The loss: cross-entropy of the answer's tokens, summed, with logits at their positions alone.

The projection to the vocabulary is a fifth of the work of a small base, and most tokens are prompt.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from thresher.adapters.training.batches import Batch

#: Logits that are held at once.
_CHUNK = 1 << 24


class TargetLoss:
    """The loss of one model. Called with a batch, it gives a float32 scalar, in nats."""

    def __init__(self, model: Any) -> None:
        """Tries whether the model's logits are its projection alone: some scale or cap them after it."""
        self._model = model
        self._where = next(model.parameters()).device
        self._splits = self._projection_splits()

    def __call__(self, batch: Batch) -> Tensor:
        """Summed over the batch's targets."""
        at = torch.from_numpy(np.flatnonzero(batch.mask)).to(self._where)
        targets = torch.from_numpy(batch.targets[batch.mask].astype(np.int64)).to(self._where)
        tokens = torch.from_numpy(batch.tokens).to(self._where)
        if not self._splits:
            logits = self._model(tokens, use_cache=False).logits.flatten(0, 1)[at]
            return nn.functional.cross_entropy(logits.float(), targets, reduction="sum")
        hidden = self._hidden(tokens).flatten(0, 1)[at]
        head = self._model.get_output_embeddings()
        loss: Tensor = _SummedCrossEntropy.apply(hidden, targets, head.weight, head.bias)  # type: ignore[no-untyped-call]
        return loss

    def _hidden(self, tokens: Tensor) -> Tensor:
        # No mask: padding is on the right, and a causal model never looks there.
        hidden: Tensor = self._model.base_model(input_ids=tokens, use_cache=False).last_hidden_state
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
