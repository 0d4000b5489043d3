"""Full fine-tuning: every weight of the base trains, in float32."""

from pathlib import Path
from typing import Any

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.plan import Plan
from thresher.train_cuda.variants.folders import write_model
from thresher.train_cuda.variants.loss import WholeLoss
from thresher.train_cuda.variants.variant import Variant, trained_in


class Full(Variant):
    """The base itself, all of it in training: blocks, norms, embeddings, projection."""

    def __init__(self, model: Any, plan: Plan, shares: bool) -> None:
        """`model` must be in float32."""
        model.requires_grad_(True)
        super().__init__(model, plan, trained_in(model), WholeLoss(model, shares=shares))

    def write(self, folder: Path, _: Manifest, /) -> None:
        """A dense base of its own."""
        write_model(folder, self.model, self.plan.base.folder)
