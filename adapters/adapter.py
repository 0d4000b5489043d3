"""A LoRA adapter in memory: the two small matrices of each linear layer that it changes.

A layer then computes `x @ W.T + scale * (x @ a.T) @ b.T`. Rank and scale are one for all layers: what has
ranks or alphas of its own is brought to this form without changing a result (see `formats.uniform`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.calibration import Calibration
from thresher.adapters.manifest import Manifest


@dataclass(frozen=True)
class LoraLayer:
    """PEFT's orientation, float32: `a` has shape (rank, inputs), `b` (outputs, rank)."""

    a: NDArray[np.float32]
    b: NDArray[np.float32]

    @property
    def rank(self) -> int:
        """The width of the bottleneck."""
        return int(self.a.shape[0])


@dataclass(frozen=True)
class Adapter:
    """An adapter and what it was made for. `layers` by the module's path in the base, sorted.

    E.g. `model.layers.0.self_attn.q_proj`. `alpha` divided by `rank` is the scale. `calibrations` say how
    far its confidences can be trusted, one a record type at the most.
    """

    layers: Mapping[str, LoraLayer]
    alpha: float
    manifest: Manifest
    calibrations: tuple[Calibration, ...] = ()

    @property
    def rank(self) -> int:
        """The rank of every layer."""
        return next(iter(self.layers.values())).rank

    @property
    def scale(self) -> float:
        """What the product of the matrices is multiplied by."""
        return self.alpha / self.rank

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(layer.a.size + layer.b.size for layer in self.layers.values())
