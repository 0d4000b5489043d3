"""The learner: an adapter in a torch model that takes the steps of the loop (see `adapters.training`)."""

import math
from collections.abc import Mapping

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor

from thresher.adapters.training.batches import Batch
from thresher.adapters.training.plan import Plan
from thresher.train_cuda.base import load_base
from thresher.train_cuda.checkpointing import checkpointed
from thresher.train_cuda.device import Device, find_device, join, peak_memory, rough_products
from thresher.train_cuda.lora import LoraLinear, insert
from thresher.train_cuda.loss import TargetLoss


class TorchLearner:
    """Meets `adapters.training.learner.Learner`."""

    def __init__(self, plan: Plan, device: Device | None = None) -> None:
        """Loads the base and puts the plan's first adapter in, on this process's own device by default.

        Raises ModelError.
        """
        config = plan.config
        self.rank, self.world = join()
        self._device = device or find_device(config.precision)
        self.in_step = config.shard_base and self.world > 1
        packed = config.base_storage == "packed"
        self._model = load_base(plan.base.folder, self._device, packed, sharded=self.in_step)
        matrices = insert(self._model, plan.first, config.rank, config.used_alpha, config.dropout)
        self._adamw = AdamW(matrices, config.betas, config.eps, config.weight_decay, config.clip)
        self._checkpointing = config.gradient_checkpointing
        self._seed = config.seed
        # Dropout differs from row to row, a block that computes twice would fill a cache twice, and a head
        # that only some batches have would bring processes out of step.
        alone = config.dropout or config.gradient_checkpointing or self.in_step
        with rough_products(self._device):  # what it tries is computed as in training
            self._loss = TargetLoss(self._model, shares=not alone)

    def accumulate(self, batch: Batch, dropout_key: int) -> float:
        """Adds the gradients of the batch's summed loss; returns that loss."""
        # On a CPU torch looks at 32 bits of a seed.
        torch.manual_seed(int(np.random.SeedSequence([self._seed, dropout_key]).generate_state(1)[0]))
        self._drop(True)
        with rough_products(self._device), checkpointed(self._model, self._checkpointing):
            loss = self._loss(batch)
            loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def update(self, targets: int, rate: float) -> float:
        """One AdamW step on the summed gradients divided by `targets`; returns their norm before clipping."""
        if self.world > 1:
            dist.all_reduce(self._adamw.gradients)
        return self._adamw.step(targets, rate)

    @torch.no_grad()
    def loss(self, batch: Batch) -> float:
        """The loss summed over the batch's targets."""
        self._drop(False)
        with rough_products(self._device):
            return float(self._loss(batch))

    def state(self) -> dict[str, NDArray[np.float32]]:
        """The matrices by `MODULE.lora_A` and `.lora_B`; each one's moments have `.m` and `.v` after it."""
        return {name: tensor.cpu().numpy().copy() for name, tensor in self._adamw.state().items()}

    def restore(self, state: Mapping[str, NDArray[np.float32]], step: int) -> None:
        """Puts back what `state` gave after `step` steps."""
        for name, tensor in self._adamw.state().items():
            tensor.copy_(torch.tensor(state[name]))
        self._adamw.steps = step

    def total(self, *numbers: float) -> list[float]:
        """Each number summed over all processes."""
        if self.world == 1:
            return list(numbers)
        sums = torch.tensor(numbers, dtype=torch.float64, device=self._device.where)
        dist.all_reduce(sums)
        return [float(number) for number in sums]

    def peak_memory(self) -> int | None:
        """The most bytes of the GPU's memory that were in use; on a CPU, of this process."""
        return peak_memory(self._device)

    def _drop(self, wanted: bool) -> None:
        """Dropout is the adapter's alone: the base stays as in use."""
        for module in self._model.modules():
            if isinstance(module, LoraLinear):
                module.training = wanted


class AdamW:
    """AdamW with both moments corrected for their bias, over all matrices as one row of numbers.

    `gradients` is what passes add to: the matrices and their gradients are views of two flat tensors.
    """

    def __init__(
        self,
        matrices: Mapping[str, torch.nn.Parameter],
        betas: tuple[float, float],
        eps: float,
        decay: float,
        clip: float,
    ) -> None:
        self.matrices = matrices
        self.steps = 0
        self._betas, self._eps, self._decay, self._clip = betas, eps, decay, clip
        self._weights = torch.cat([matrix.detach().flatten() for matrix in matrices.values()])
        self.gradients = torch.zeros_like(self._weights)
        self._m = torch.zeros_like(self._weights)
        self._v = torch.zeros_like(self._weights)
        for name, matrix in matrices.items():
            matrix.data = self._view(self._weights, name)
            matrix.grad = self._view(self.gradients, name)

    @torch.no_grad()
    def step(self, targets: int, rate: float) -> float:
        """Returns the norm of the gradients divided by `targets`. Where it is not finite nothing changes."""
        gradients = self.gradients.div_(targets)
        # In float64: of millions of squares a sum in float32 loses digits on a CPU.
        norm = float(torch.linalg.vector_norm(gradients, dtype=torch.float64))
        if math.isfinite(norm):
            if norm > self._clip:
                gradients.mul_(self._clip / norm)
            self._change(gradients, rate)
        gradients.zero_()
        return norm

    def state(self) -> dict[str, Tensor]:
        """Views of the matrices and of their moments, by name."""
        parts = (("", self._weights), (".m", self._m), (".v", self._v))
        return {f"{name}{part}": self._view(flat, name) for name in self.matrices for part, flat in parts}

    def _change(self, gradients: Tensor, rate: float) -> None:
        self.steps += 1
        first, second = self._betas
        self._m.lerp_(gradients, 1 - first)
        self._v.mul_(second).addcmul_(gradients, gradients, value=1 - second)
        least = (self._v / (1 - second**self.steps)).sqrt_().add_(self._eps)
        self._weights.mul_(1 - rate * self._decay)
        self._weights.addcdiv_(self._m, least, value=-rate / (1 - first**self.steps))

    def _view(self, flat: Tensor, name: str) -> Tensor:
        start = 0
        for each, matrix in self.matrices.items():
            if each == name:
                return flat[start : start + matrix.numel()].view(matrix.shape)
            start += matrix.numel()
        raise KeyError(name)
