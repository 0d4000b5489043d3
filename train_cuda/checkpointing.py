"""Gradient checkpointing: a block's activations are computed again on the way back, and not kept.

The blocks compute so for one pass and are as before after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint


@contextmanager
def checkpointed(model: Any, wanted: bool) -> Iterator[None]:
    """Within it, each block of the model keeps its input alone; dropout is the same both times."""
    blocks = list(blocks_of(model)) if wanted else []
    for block in blocks:
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
    try:
        yield
    finally:
        for block in blocks:
            del block.forward  # the class's own shows again


def blocks_of(model: nn.Module) -> nn.ModuleList:
    """The model's blocks: its longest list of modules."""
    return max((m for m in model.modules() if isinstance(m, nn.ModuleList)), key=len)
