"""What a run starts from: the layers that it adapts, and their first matrices.

The same for both trainers, so that they start from the same adapter.
"""

from collections.abc import Iterable

import numpy as np

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.run_config import RunConfig


def chosen_layers(config: RunConfig, linear: Iterable[str]) -> list[str]:
    """The module paths of `linear` (see `base_model.BaseModel`) that the run adapts, sorted.

    Raises UsageError that names each target which no layer has.
    """
    modules = sorted(linear)
    if config.targets == "all":
        return modules
    names = {module.rpartition(".")[2] for module in modules}
    if unknown := [target for target in config.targets if target not in names]:
        raise UsageError(
            f"targets: the base has no linear layer named {', '.join(map(repr, unknown))}. "
            f"There are: {', '.join(sorted(names))}."
        )
    return [module for module in modules if module.rpartition(".")[2] in config.targets]


def parent_misfit(config: RunConfig, base: BaseModel, parent: Adapter) -> str:
    """What keeps the run from starting from that adapter, and what to do; "" where nothing does."""
    if parent.manifest.base.fingerprint != base.identity.fingerprint:
        return (
            f"was made for the base {parent.manifest.base.name}, this run has {base.identity.name}. Start "
            "from an adapter of this base, or leave parent out."
        )
    if parent.rank != config.rank or parent.scale != config.used_alpha / config.rank:
        return (
            f"has rank {parent.rank} and alpha {parent.alpha:g}, the run {config.rank} and "
            f"{config.used_alpha:g}. Give the run the parent's."
        )
    if set(parent.layers) != set(chosen_layers(config, base.linear)):
        return "adapts other layers than the run's targets. Give it the same."
    return ""


def first_adapter(
    config: RunConfig, base: BaseModel, layers: tuple[str, ...]
) -> tuple[Manifest | None, dict[str, LoraLayer]]:
    """What the run starts from: the parent's matrices and its manifest, or A random and B zero, as in PEFT
    and mlx-lm. Raises AdapterError, UsageError where the parent does not fit.
    """
    if config.parent is not None:
        parent = read_adapter(config.parent, base)
        if wrong := parent_misfit(config, base, parent):
            raise UsageError(f"{config.parent}: {wrong}")
        return parent.manifest, dict(parent.layers)
    first = {}
    for number, name in enumerate(layers):
        outputs, inputs = base.linear[name]
        draw = np.random.Generator(np.random.Philox(key=[config.seed, number]))
        # Kaiming's uniform start with a = sqrt(5), PEFT's own: U(-1/sqrt(inputs), 1/sqrt(inputs)).
        a = (draw.random((config.rank, inputs)) * 2 - 1) / np.sqrt(inputs)
        first[name] = LoraLayer(a.astype(np.float32), np.zeros((outputs, config.rank), np.float32))
    return None, first
