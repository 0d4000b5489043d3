"""What the learner asks of a way to train: what trains, its loss, and what is made of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.batches import Batch
from thresher.adapters.training.plan import Plan


class Variant:
    """A model prepared for one way to train.

    `trained` has all that trains, float32, by name. What a way does not need is left as it is here.
    """

    def __init__(
        self, model: Any, plan: Plan, trained: Mapping[str, nn.Parameter], loss: Callable[[Batch], Tensor]
    ) -> None:
        """`model` is transformers' own, with the way's layers in it."""
        self.model = model
        self.plan = plan
        self.trained = trained
        self.loss = loss

    def penalty(self) -> Tensor | None:
        """A scalar that each step adds to the mean loss."""
        return None

    def allocate(self, step: int) -> None:
        """What follows the `step`th step, counted from 1; each parameter still has its mean gradient."""

    def kept(self) -> dict[str, Tensor]:
        """What the next step depends on beside `trained`."""
        return {}

    def put_back(self, kept: Mapping[str, Tensor]) -> None:
        """Takes what `kept` gave."""

    def write(self, folder: Path, manifest: Manifest, /) -> None:
        """Makes the new folder of what was trained. Raises AdapterError."""
        raise NotImplementedError


def trained_in(model: nn.Module) -> dict[str, nn.Parameter]:
    """All parameters of the model that train, by name; one that has two names once."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
