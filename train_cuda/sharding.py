"""The frozen base in shares: each of several processes keeps a part of every block.

A block's weights are gathered for its pass and its way back, and given up after each. What lies outside the
blocks, embeddings and projection, is whole in every process, and so is the adapter, which comes later.
"""

from collections.abc import Collection
from typing import Any

import torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

from thresher.train_cuda.checkpointing import blocks_of


class Shards:
    """Cuts the blocks of a model while it is filled: no process holds more than one of them whole."""

    def __init__(self, model: Any, where: torch.device) -> None:
        """The processes are those that have joined: see `device.join`."""
        self._model = model
        self._mesh = init_device_mesh(where.type, (torch.distributed.get_world_size(),))
        blocks = set(blocks_of(model))
        self._whole = {name: module for name, module in model.named_modules() if module in blocks}

    def cut(self, placed: str, missing: Collection[str]) -> None:
        """Keeps this process's share of the block of the weight `placed`, unless others are `missing`."""
        for name, block in self._whole.items():
            if placed.startswith(f"{name}."):
                if not any(other.startswith(f"{name}.") for other in missing):
                    block.requires_grad_(False)
                    fully_shard(block, mesh=self._mesh)
                    del self._whole[name]
                return

    def join(self) -> None:
        """Has the blocks follow one another: the next one is gathered while one computes."""
        inner = self._model.base_model
        inside = {weight for block in blocks_of(inner) for weight in block.parameters()}
        fully_shard(inner, mesh=self._mesh, ignored_params=set(inner.parameters()) - inside)
