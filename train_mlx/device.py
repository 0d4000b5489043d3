"""What this device computes in, and how much memory there is to train in."""

import mlx.core as mx

from thresher.adapters.errors import UsageError
from thresher.adapters.training.memory import Room
from thresher.adapters.training.run_config import RunConfig
from thresher.train_mlx.base import on_cpu


def settled(config: RunConfig) -> RunConfig:
    """The run as it will be here. Raises UsageError that names all that MLX cannot do on this device.

    On Metal and CUDA quantised weights stay packed, and "auto" stands for the base's own type, whatever the
    base has. A CPU trains in float32 on expanded weights.
    """
    problems = []
    if config.shard_base:
        problems.append("shard_base: train_cuda alone shares a base out. Leave it out")
    if on_cpu():
        if config.precision == "bfloat16":
            problems.append(
                "precision: on a CPU MLX multiplies in bfloat16 some 60 times slower than in float32. Leave "
                "it out, or train with train_cuda"
            )
        if config.base_storage == "packed":
            problems.append(
                "base_storage: on a CPU MLX multiplies by packed weights some 100 times slower. Leave it "
                "out, or train with train_cuda"
            )
    if problems:
        raise UsageError(f"{'; '.join(problems)}.")
    own = {"precision": "float32"} if on_cpu() else {"base_storage": "packed"}
    return config.model_copy(update=own)


def room() -> Room:
    """What a run may plan with: on Metal and CUDA the device's working set, else what is free."""
    import psutil

    available = int(psutil.virtual_memory().available)
    if on_cpu():
        return Room(available)
    info = mx.device_info()
    limit = int(info.get("max_recommended_working_set_size") or info.get("memory_size") or available)
    return Room(limit - int(mx.get_active_memory()))
