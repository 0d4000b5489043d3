"""AdaLoRA: each layer's update is B·diag(E)·A, and ranks move to the layers where they matter.

The rank starts half as large again as the run's. Over the middle of the run the triplets that matter least
lose their E, until the layers have the run's rank on average. A penalty keeps A and B near orthogonal.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from peft import AdaLoraConfig, get_peft_model
from peft.tuners.adalora.layer import SVDLinear
from torch import Tensor

from thresher.adapters.errors import UsageError
from thresher.adapters.formats.uniform import ScaledLayer
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.plan import Plan
from thresher.train_cuda.loss import TargetLoss
from thresher.train_cuda.variants.folders import write_plain
from thresher.train_cuda.variants.variant import Variant, trained_in

#: PEFT's name for the one adapter in the model.
_ADAPTER = "default"
#: The shares of the steps before ranks begin to move, and after they have stopped; the paper's runs are near.
_BEFORE, _AFTER = 0.1, 0.5
_PENALTY = 0.5
_FEWEST_STEPS = 3


class AdaLora(Variant):
    """PEFT's AdaLoRA on the run's layers, with its own random start."""

    def __init__(self, model: Any, plan: Plan, shares: bool) -> None:
        """Raises UsageError where the run is too short for ranks to move."""
        rank = plan.config.rank
        first = max(rank + 1, math.ceil(1.5 * rank))
        if plan.steps < _FEWEST_STEPS:
            raise UsageError(f"AdaLoRA needs {_FEWEST_STEPS} steps or more, the run has {plan.steps}.")
        self._config = AdaLoraConfig(
            init_r=first,
            target_r=rank,
            # The scale is alpha / init_r: as large as the run's own.
            lora_alpha=plan.config.used_alpha * first / rank,  # type: ignore[arg-type]
            lora_dropout=plan.config.dropout,
            target_modules=list(plan.layers),
            tinit=int(_BEFORE * plan.steps),
            tfinal=int(_AFTER * plan.steps),
            deltaT=1,
            orth_reg_weight=_PENALTY,
            total_step=plan.steps,
        )
        self._tuner: Any = get_peft_model(model, self._config).base_model
        super().__init__(model, plan, trained_in(model), TargetLoss(model, shares))
        self._layers = {name: _layer(model, name) for name in plan.layers}

    def penalty(self) -> Tensor:
        """The mean distance of A·Aᵀ and Bᵀ·B from one, over all layers, weighted."""
        distances = []
        for layer in self._layers.values():
            a, b, _e = _sides(layer)
            for product in (a @ a.T, b.T @ b):
                one = torch.eye(len(product), device=product.device)
                distances.append(torch.linalg.matrix_norm(product - one))
        return _PENALTY * torch.stack(distances).mean()

    def allocate(self, step: int) -> None:
        """Weighs the triplets, and masks those that have lost their rank."""
        self._tuner.update_and_allocate(step)

    def kept(self) -> dict[str, Tensor]:
        """The running means by which triplets are weighed, and which of them are left."""
        allocator = self._tuner.rankallocator
        kept = {f"{name}.sensitivity": tensor for name, tensor in allocator.exp_avg_ipt.items()}
        kept |= {f"{name}.uncertainty": tensor for name, tensor in allocator.exp_avg_unc.items()}
        for name, left in (self._config.rank_pattern or {}).items():
            kept[f"{name}.mask"] = torch.tensor(left, dtype=torch.float32)
        return kept

    def put_back(self, kept: Mapping[str, Tensor]) -> None:
        """Takes what `kept` gave."""
        allocator, pattern = self._tuner.rankallocator, {}
        allocator.reset_ipt()
        for name, tensor in kept.items():
            triplet, _, kind = name.rpartition(".")
            if kind == "mask":
                pattern[triplet] = [bool(left) for left in tensor]
            elif kind == "sensitivity":
                allocator.exp_avg_ipt[triplet] = tensor
                allocator.ipt[triplet] = torch.zeros_like(tensor)  # it is made anew, where it is known
            else:
                allocator.exp_avg_unc[triplet] = tensor
        self._config.rank_pattern = pattern or None

    def write(self, folder: Path, manifest: Manifest, /) -> None:
        """Plain LoRA: E goes into A, and triplets without an E go."""
        write_plain(folder, {name: _folded(layer) for name, layer in self._layers.items()}, manifest)


def _layer(model: Any, name: str) -> SVDLinear:
    layer = model.get_submodule(name)
    if not isinstance(layer, SVDLinear):
        raise ValueError(f"PEFT did not adapt {name}")
    return layer


def _sides(layer: SVDLinear) -> tuple[Tensor, Tensor, Tensor]:
    """A (rank, inputs), B (outputs, rank) and E (rank, 1)."""
    a, b, e = (cast(Tensor, side[_ADAPTER]) for side in (layer.lora_A, layer.lora_B, layer.lora_E))
    return a, b, e


@torch.no_grad()
def _folded(layer: SVDLinear) -> ScaledLayer:
    a, b, e = (side.detach().cpu() for side in _sides(layer))
    left = (e != 0).flatten()
    left[0] = True  # a layer that lost all ranks still has one, of nothing
    # What PEFT's layer divides by.
    rank = float(cast(Tensor, layer.ranknum[_ADAPTER])) + 1e-5
    return ScaledLayer((a * e)[left].numpy(), b[:, left].contiguous().numpy(), layer.scaling[_ADAPTER] / rank)
