"""How much memory there is to train in."""

import mlx.core as mx

from thresher.train_mlx.base import on_cpu


def free_memory() -> int:
    """The bytes that a run may plan with: on Metal and CUDA the device's working set, else what is free."""
    import psutil

    available = int(psutil.virtual_memory().available)
    if on_cpu():
        return available
    info = mx.device_info()
    limit = int(info.get("max_recommended_working_set_size") or info.get("memory_size") or available)
    return limit - int(mx.get_active_memory())
