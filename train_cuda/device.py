"""Where this process computes, in which numbers, and how much memory there is to train in."""

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist


@dataclass(frozen=True)
class Device:
    """The processor of one process, and the type of the base's weights and activations on it."""

    where: torch.device
    dtype: torch.dtype

    @property
    def on_cpu(self) -> bool:
        """Whether there is no GPU in use."""
        return self.where.type == "cpu"


def find_device() -> Device:
    """The GPU of this process in bfloat16; without one the CPU.

    A CPU computes in bfloat16 where it has instructions that multiply in it, else in float32.
    """
    if torch.cuda.is_available():
        where = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(where)
        # The same run must end with the same adapter: some kernels add in the order in which threads come.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
        return Device(where, torch.bfloat16)
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return Device(torch.device("cpu"), torch.bfloat16 if fast else torch.float32)


def join() -> tuple[int, int]:
    """The number of this process and how many there are: joins those that torchrun started."""
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        return 0, 1
    if not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return dist.get_rank(), dist.get_world_size()


def free_memory() -> int:
    """The bytes that a run may plan with: the least that any process has, so that all plan the same."""
    device = find_device()
    if device.on_cpu:
        import psutil

        free = int(psutil.virtual_memory().available) // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    else:
        free = int(torch.cuda.mem_get_info(device.where)[0])
    if join()[1] > 1:
        least = torch.tensor([free], dtype=torch.int64, device=device.where)
        dist.all_reduce(least, dist.ReduceOp.MIN)
        free = int(least)
    return free


def peak_memory(device: Device) -> int | None:
    """The most bytes that were held: of the GPU's memory in arrays, on a CPU by the whole process."""
    if not device.on_cpu:
        return int(torch.cuda.max_memory_allocated(device.where))
    try:
        import resource
    except ImportError:  # Windows
        return None
    import sys

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
