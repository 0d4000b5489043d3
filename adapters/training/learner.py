"""What the loop asks of a trainer: a model with an adapter in it, that can take a step.

A contract and no base class: `train_mlx` and `train_cuda` meet it with the library of each.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.training.batches import Batch

Tensors = dict[str, NDArray[np.float32]]

#: A head that rows share is computed once where what follows it is no further from what it is otherwise, as
#: a share of its norm. In a trained adapter's model what bfloat16 rounds comes to 0.03; hidden states without
#: their head, or behind another, are 0.4 away.
HEADS_ALIKE = 0.1


class Learner(Protocol):
    """The adapter in training, on this process's device; the base is frozen.

    `rank` of `world` processes, which hold the same adapter and see different batches. `in_step` is whether
    a pass is all processes' work: then each must make as many as the others, if need be on a batch without
    targets, which adds nothing.
    """

    rank: int
    world: int
    in_step: bool

    def accumulate(self, batch: Batch, dropout_key: int) -> float:
        """Adds the gradients of the batch's loss; returns the loss summed over its targets, in nats."""
        ...

    def update(self, targets: int, rate: float) -> float:
        """One step of the optimiser, on the gradients of all processes divided by all their `targets`.

        Returns the gradients' norm before clipping, and begins to accumulate anew. Where the norm is not
        finite nothing changes.
        """
        ...

    def loss(self, batch: Batch) -> float:
        """The loss summed over the batch's targets, without gradients and without dropout."""
        ...

    def state(self) -> Tensors:
        """What trains and the optimiser's moments: all that the next step depends on beside its number.

        A matrix of an adapter is called `MODULE.lora_A` or `MODULE.lora_B`, a moment what it is of, with
        `.m` or `.v` after it.
        """
        ...

    def restore(self, state: Mapping[str, NDArray[np.float32]], step: int) -> None:
        """Puts back what `state` gave after `step` steps."""
        ...

    def total(self, *numbers: float) -> list[float]:
        """Each number summed over all processes."""
        ...

    def peak_memory(self) -> int | None:
        """The most bytes that were held, None where the device does not tell."""
        ...


def layers_of(state: Mapping[str, NDArray[np.float32]]) -> dict[str, LoraLayer]:
    """The adapter in a learner's state, its modules sorted."""
    modules = sorted(name.removesuffix(".lora_A") for name in state if name.endswith(".lora_A"))
    return {name: LoraLayer(state[f"{name}.lora_A"], state[f"{name}.lora_B"]) for name in modules}
