"""Prefix tuning: keys and values of virtual tokens, which every layer finds before the text.

The prefix starts as the keys and values of the first tokens of the run's prompts: a random one drowns the
text, and the model has first to learn to look past it.
"""

from pathlib import Path
from typing import Any

import torch
from peft import PeftModel, PrefixTuningConfig, TaskType, get_peft_model
from torch import Tensor

from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.plan import Plan
from thresher.train_cuda.loss import cache_name
from thresher.train_cuda.variants.folders import write_peft
from thresher.train_cuda.variants.loss import WholeLoss
from thresher.train_cuda.variants.variant import Variant, trained_in

#: Virtual tokens.
TOKENS = 20


class Prefix(Variant):
    """PEFT's prefix tuning, without a network before the prefix."""

    def __init__(self, model: Any, plan: Plan, shares: bool) -> None:
        """Raises UsageError where memory is so short that activations must be computed twice."""
        if plan.config.gradient_checkpointing:
            raise UsageError(
                "gradient_checkpointing: a block that computes twice would take its prefix in twice. "
                "Set it to false and batch_tokens lower."
            )
        start = _start(model, plan)
        config = PrefixTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=TOKENS)
        self._peft: PeftModel = get_peft_model(model, config)
        encoder: Any = self._peft.prompt_encoder["default"]
        encoder.load_prompt_embeddings(start)
        super().__init__(model, plan, trained_in(self._peft), WholeLoss(model, self.begin, shares))

    def begin(self) -> Any:
        """A cache of one row that holds the prefix."""
        return self._peft.get_prompt(1)

    def write(self, folder: Path, manifest: Manifest, /) -> None:
        """PEFT's own folder."""
        write_peft(folder, self._peft, manifest.base.name)


@torch.no_grad()
def _start(model: Any, plan: Plan) -> Tensor:
    """Keys and values of the first prompt's first tokens, float32, (tokens, layers * 2 * heads * width)."""
    from transformers import DynamicCache

    first = plan.train[0].tokens
    cache = DynamicCache()
    tokens = torch.from_numpy(first[torch.arange(TOKENS).numpy() % len(first)][None])
    where = next(model.parameters()).device
    model.base_model(input_ids=tokens.to(where), **{cache_name(model): cache, "use_cache": True})
    # (layers * 2, heads, tokens, width): a layer's keys, then its values.
    parts = torch.stack([side[0] for layer in cache.layers for side in (layer.keys, layer.values)])
    return parts.permute(2, 0, 1, 3).reshape(TOKENS, -1).float()
