"""The learner: an adapter in an MLX model that takes the steps of the loop (see `adapters.training`)."""

from collections.abc import Mapping
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optimizers
import numpy as np
from mlx.utils import tree_flatten, tree_map, tree_unflatten
from numpy.typing import NDArray

from thresher.adapters.blas import fit_threads
from thresher.adapters.training.batches import Batch
from thresher.adapters.training.plan import Plan
from thresher.train_mlx.base import load_base
from thresher.train_mlx.checkpointing import checkpointed
from thresher.train_mlx.lora import insert
from thresher.train_mlx.loss import TargetLoss

#: The optimiser's names of its two moments.
_MOMENTS = ("m", "v")


class MlxLearner:
    """Meets `adapters.training.learner.Learner`."""

    def __init__(self, plan: Plan) -> None:
        """Loads the base and puts the plan's first adapter in. Raises ModelError."""
        config = plan.config
        self._group = mx.distributed.init()
        self.rank: int = self._group.rank()
        self.world: int = self._group.size()
        self.in_step = False
        self._model = load_base(plan.base.folder, config.precision)
        insert(self._model, plan.first, config.used_alpha / config.rank, config.dropout)
        self._checkpointing = config.gradient_checkpointing
        self._clip = config.clip
        self._seed = config.seed
        self._loss = TargetLoss(self._model, shares=not self._checkpointing)
        self._gradients = nn.value_and_grad(self._model, self._trained_loss)
        self._sum: Any = None
        self._adamw = optimizers.AdamW(
            plan.rate, list(config.betas), config.eps, config.weight_decay, bias_correction=True
        )
        self._adamw.init(self._model.trainable_parameters())
        mx.eval(self._model.parameters(), self._adamw.state)
        mx.reset_peak_memory()

    def accumulate(self, batch: Batch, dropout_key: int) -> float:
        """Adds the gradients of the batch's summed loss; returns that loss."""
        fit_threads()
        mx.random.seed(self._seed + (dropout_key << 32))
        self._model.train()
        loss, gradients = self._gradients(batch)
        self._sum = gradients if self._sum is None else tree_map(mx.add, self._sum, gradients)
        mx.eval(loss, self._sum)
        return float(loss)

    def update(self, targets: int, rate: float) -> float:
        """One AdamW step on the summed gradients divided by `targets`; returns their norm before clipping."""
        if self._sum is None:  # no batch of this step was for this process
            self._sum = tree_map(mx.zeros_like, self._model.trainable_parameters())
        gradients, self._sum = self._sum, None
        if self.world > 1:
            gradients = tree_map(lambda g: mx.distributed.all_sum(g, group=self._group), gradients)
        gradients = tree_map(lambda g: g / targets, gradients)
        # Row by row: on a CPU MLX adds up one number after the other, and long sums lose digits.
        squares = mx.stack([mx.square(g).sum(-1).sum() for _, g in tree_flatten(gradients)])
        norm = float(mx.sqrt(squares.sum()))
        if not np.isfinite(norm):
            return norm
        if norm > self._clip:
            gradients = tree_map(lambda g: g * (self._clip / norm), gradients)
        self._adamw.learning_rate = rate
        self._adamw.update(self._model, gradients)
        mx.eval(self._model.trainable_parameters(), self._adamw.state)
        return norm

    def loss(self, batch: Batch) -> float:
        """The loss summed over the batch's targets."""
        self._model.eval()
        return float(self._loss(batch))

    def state(self) -> dict[str, NDArray[np.float32]]:
        """The matrices by `MODULE.lora_A` and `.lora_B`; each one's two moments by `.m` and `.v` after it."""
        state = {name: np.array(array) for name, array in self._weights().items()}
        for name, array in tree_flatten(self._adamw.state):
            if name.rpartition(".")[2] in _MOMENTS:
                state[name] = np.array(array)
        return state

    def restore(self, state: Mapping[str, NDArray[np.float32]], step: int) -> None:
        """Puts back what `state` gave after `step` steps."""
        weights = self._weights()
        self._model.update(tree_unflatten([(name, mx.array(state[name])) for name in weights]))
        moments = [
            (f"{name}.{part}", mx.array(state[f"{name}.{part}"])) for name in weights for part in _MOMENTS
        ]
        self._adamw.state = {
            **self._adamw.state,
            **tree_unflatten(moments),
            "step": mx.array(step, mx.uint64),
        }
        mx.eval(self._model.trainable_parameters(), self._adamw.state)

    def total(self, *numbers: float) -> list[float]:
        """Each number summed over all processes."""
        if self.world == 1:
            return list(numbers)
        # Counts are exact in float32 up to 2**24; the ring of CPUs sums nothing wider.
        summed: Any = mx.distributed.all_sum(mx.array(numbers), group=self._group).tolist()
        return [float(number) for number in summed]

    def peak_memory(self) -> int | None:
        """The most bytes that MLX's arrays took."""
        return int(mx.get_peak_memory())

    def _trained_loss(self, batch: Batch) -> mx.array:
        # Within the traced function, so that gradients have the model's own names.
        with checkpointed(self._model, self._checkpointing):
            return self._loss(batch)

    def _weights(self) -> dict[str, mx.array]:
        return dict(tree_flatten(self._model.trainable_parameters()))
