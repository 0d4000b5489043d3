"""How much memory there is to train in."""

import platform
from hashlib import sha256
from typing import Any

import mlx.core as mx

from thresher.train_mlx.base import on_cpu


def free_memory() -> int:
    """The bytes that a run may plan with: the least that any process has, so that all plan the same.

    On Metal and CUDA that is the device's working set, else what is free. Processes on one machine share it,
    but for CUDA, where each has a device.
    """
    free, group = _of_this_machine(), mx.distributed.init()
    if group.size() == 1:
        return free
    here = int.from_bytes(sha256(platform.node().encode()).digest()[:3], "big")
    machines: Any = mx.distributed.all_gather(mx.array([here], mx.int32), group=group).tolist()
    share = free if mx.cuda.is_available() else free // machines.count(here)
    # In MiB: the ring of CPUs has no wider integers.
    least: Any = mx.distributed.all_min(mx.array([share >> 20], mx.int32), group=group).item()
    return int(least) << 20


def _of_this_machine() -> int:
    import psutil

    available = int(psutil.virtual_memory().available)
    if on_cpu():
        return available
    info = mx.device_info()
    limit = int(info.get("max_recommended_working_set_size") or info.get("memory_size") or available)
    return limit - int(mx.get_active_memory())
