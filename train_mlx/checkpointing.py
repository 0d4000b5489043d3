"""Gradient checkpointing: a block's activations are computed again on the way back, and not kept.

The blocks are wrapped for one pass and put back after it: mlx-lm changes their class for the whole process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlx.core as mx
import mlx.nn as nn


@contextmanager
def checkpointed(model: Any, wanted: bool) -> Iterator[None]:
    """Within it, each block of the model keeps its input alone."""
    if not wanted:
        yield
        return
    blocks = model.model.layers
    model.model.layers = [_Checkpointed(block) for block in blocks]
    try:
        yield
    finally:
        model.model.layers = blocks


class _Checkpointed(nn.Module):  # type: ignore[misc]  # mlx has no types here
    def __init__(self, block: Any) -> None:
        super().__init__()
        self.block = block

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        block = self.block

        def run(parameters: Any, *inputs: Any) -> Any:
            block.update(parameters)
            return block(*inputs, **options)

        return mx.checkpoint(run)(block.trainable_parameters(), *inputs)

    def __getattr__(self, name: str) -> Any:
        # Some models ask a block what kind it is.
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("block"), name)
