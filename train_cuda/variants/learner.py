"""The learner of a variant: any of the ways to train, taking the steps of the loop."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import Tensor

from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.batches import Batch
from thresher.adapters.training.plan import Plan
from thresher.train_cuda.base import load_base
from thresher.train_cuda.checkpointing import checkpointed
from thresher.train_cuda.device import Device, find_device, peak_memory, rough_products
from thresher.train_cuda.learner import AdamW
from thresher.train_cuda.variants.adalora import AdaLora
from thresher.train_cuda.variants.full import Full
from thresher.train_cuda.variants.matrices import DoRa, RsLora
from thresher.train_cuda.variants.prefix import Prefix
from thresher.train_cuda.variants.variant import Variant

MAKERS = {"full": Full, "adalora": AdaLora, "prefix": Prefix, "rslora": RsLora, "dora": DoRa}


class VariantLearner:
    """Meets `adapters.training.learner.Learner`. One process alone; `write` makes the folder of its way."""

    rank, world, in_step = 0, 1, False

    def __init__(self, plan: Plan, method: str, device: Device | None = None) -> None:
        """Loads the base and prepares it, on this process's own device by default.

        Raises ModelError, and UsageError where the way cannot train this run.
        """
        config = plan.config
        if config.parent is not None:
            raise UsageError(f"parent: {method} begins anew. Leave it out.")
        self._device = device or find_device(config.precision)
        if method == "full":  # what trains is held in float32
            self._device = replace(self._device, products=torch.float32)
        torch.manual_seed(config.seed)
        # Dropout differs from row to row, and a block that computes twice would fill a cache twice.
        shares = not (config.dropout or config.gradient_checkpointing)
        self.variant: Variant = MAKERS[method](load_base(plan.base.folder, self._device), plan, shares)
        self._adamw = AdamW(self.variant.trained, config.betas, config.eps, config.weight_decay, config.clip)
        self._config = config

    @property
    def parameters(self) -> int:
        """How many numbers train."""
        return sum(parameter.numel() for parameter in self.variant.trained.values())

    def accumulate(self, batch: Batch, dropout_key: int) -> float:
        """Adds the gradients of the batch's summed loss; returns that loss."""
        seed = np.random.SeedSequence([self._config.seed, dropout_key]).generate_state(1)[0]
        torch.manual_seed(int(seed))
        self._drop(True)
        with (
            rough_products(self._device),
            checkpointed(self.variant.model, self._config.gradient_checkpointing),
        ):
            loss = self.variant.loss(batch)
            loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def update(self, targets: int, rate: float) -> float:
        """One AdamW step on the summed gradients divided by `targets`; returns their norm before clipping."""
        penalty = self.variant.penalty()
        if penalty is not None:
            (penalty * targets).backward()  # type: ignore[no-untyped-call]
        used = self._adamw.gradients / targets if penalty is not None else None
        norm = self._adamw.step(targets, rate)
        if used is not None and math.isfinite(norm):
            # Ranks are weighed by the gradients of the step, which AdamW has put to zero.
            self._adamw.gradients.copy_(used * min(1.0, self._config.clip / max(norm, 1e-12)))
            self.variant.allocate(self._adamw.steps)
            self._adamw.gradients.zero_()
        return norm

    @torch.no_grad()
    def loss(self, batch: Batch) -> float:
        """The loss summed over the batch's targets."""
        self._drop(False)
        with rough_products(self._device):
            return float(self.variant.loss(batch))

    def write(self, folder: Path, manifest: Manifest) -> None:
        """Makes the new folder of what was trained. Raises AdapterError."""
        self.variant.write(folder, manifest)

    def state(self) -> dict[str, NDArray[np.float32]]:
        """All that trains, its moments (`.m`, `.v` after the name), and what the way keeps beside."""
        return {name: _array(t) for name, t in {**self._adamw.state(), **self.variant.kept()}.items()}

    @torch.no_grad()
    def restore(self, state: Mapping[str, NDArray[np.float32]], step: int) -> None:
        """Puts back what `state` gave after `step` steps. Raises UsageError where it is of another way."""
        own = self._adamw.state()
        if any(name not in state or state[name].shape != tensor.shape for name, tensor in own.items()):
            raise UsageError(
                "the saved state is of another method. Choose another `out`, or give the method as before."
            )
        for name, tensor in own.items():
            tensor.copy_(torch.tensor(state[name]))
        rest = {name: array for name, array in state.items() if name not in own}
        self.variant.put_back(
            {n: torch.tensor(array, device=self._device.where) for n, array in rest.items()}
        )
        self._adamw.steps = step

    def total(self, *numbers: float) -> list[float]:
        """The numbers: there is one process."""
        return list(numbers)

    def peak_memory(self) -> int | None:
        """The most bytes of the GPU's memory that were in use; on a CPU, of this process."""
        return peak_memory(self._device)

    def _drop(self, wanted: bool) -> None:
        for module in self.variant.model.modules():
            if isinstance(module, BaseTunerLayer):
                module.train(wanted)  # type: ignore[attr-defined]


def _array(tensor: Tensor) -> Any:
    return tensor.detach().cpu().numpy().copy()
