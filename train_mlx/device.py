"""What this device computes in, and how much memory there is to train in."""

import platform
from hashlib import sha256
from typing import Any

import mlx.core as mx

from thresher.adapters.errors import UsageError
from thresher.adapters.mlx_base import on_cpu
from thresher.adapters.training.memory import Room
from thresher.adapters.training.run_config import RunConfig


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
    """What a run may plan with: the least that any process has, so that all plan the same.

    On Metal and CUDA that is the device's working set, else what is free. Processes on one machine share it,
    but for CUDA, where each has a device.
    """
    free, group = _of_this_machine(), mx.distributed.init()
    if group.size() == 1:
        return Room(free)
    here = int.from_bytes(sha256(platform.node().encode()).digest()[:3], "big")
    machines: Any = mx.distributed.all_gather(mx.array([here], mx.int32), group=group).tolist()
    share = free if mx.cuda.is_available() else free // machines.count(here)
    # In MiB: the ring of CPUs has no wider integers.
    least: Any = mx.distributed.all_min(mx.array([share >> 20], mx.int32), group=group).item()
    return Room(int(least) << 20)


def _of_this_machine() -> int:
    import psutil

    available = int(psutil.virtual_memory().available)
    if on_cpu():
        return available
    info = mx.device_info()
    limit = int(info.get("max_recommended_working_set_size") or info.get("memory_size") or available)
    return limit - int(mx.get_active_memory())
