"""The loss through the whole model, for what trains more than matrices beside frozen layers.

As `train_cuda.loss`, but the projection to the vocabulary may train, and the cache may begin with a prefix.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from thresher.adapters.training.batches import Batch
from thresher.train_cuda.loss import cache_name, widen

#: A cache of one row that the model starts from, gradients and all.
Begin = Callable[[], Any]


class WholeLoss:
    """The loss of one model. Called with a batch, it gives a float32 scalar, in nats.

    Logits are taken at the columns in which any row has a target; what rows share is computed once.
    """

    def __init__(self, model: Any, begin: Begin | None = None, shares: bool = True) -> None:
        """`shares`: whether the rows' shared head may be computed once."""
        self._model = model
        self._begin = begin
        self._shares = shares

    def __call__(self, batch: Batch) -> Tensor:
        """Summed over the batch's targets."""
        where = next(self._model.parameters()).device
        head = batch.head if self._shares and len(batch.lengths) > 1 else 0
        tokens = torch.from_numpy(batch.tokens).to(where)
        mask = batch.mask[:, head:]
        columns = np.flatnonzero(mask.any(axis=0))
        held = self._held(tokens[:1, :head], len(tokens))
        # No mask: padding is on the right, and a causal model never looks there.
        logits = self._model(
            input_ids=tokens[:, head:], logits_to_keep=torch.from_numpy(columns).to(where), **held
        ).logits
        chosen = logits[torch.from_numpy(mask[:, columns]).to(where)].float()
        targets = torch.from_numpy(batch.targets[batch.mask].astype(np.int64)).to(where)
        return nn.functional.cross_entropy(chosen, targets, reduction="sum")

    def _held(self, head: Tensor, rows: int) -> dict[str, Any]:
        """What the model's call is to take beside the tokens: the cache of prefix and head, for all rows."""
        if self._begin is None and not head.shape[1]:
            return {"use_cache": False}
        from transformers import DynamicCache

        cache = DynamicCache() if self._begin is None else self._begin()
        held = {cache_name(self._model): cache, "use_cache": True}
        if head.shape[1]:
            self._model.base_model(input_ids=head, **held)
        widen(cache, rows)
        return held
