"""Where this process computes, in which numbers, and how much memory there is to train in."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import torch
import torch.distributed as dist

from thresher.adapters.training.memory import Room
from thresher.adapters.training.run_config import RunConfig
from thresher.train_cuda.leave import is_one_of_several

#: How much faster than float32 a CPU must multiply in bfloat16 to train in it.
_CLEARLY = 1.2
#: How often a product is timed; the best counts. Seven times in a row missed every free moment of a busy
#: processor, and a run trained at a fifth of its speed.
_TRIES = 50


@dataclass(frozen=True)
class Device:
    """The processor of one process, and the type in which the base's frozen layers multiply on it."""

    where: torch.device
    products: torch.dtype

    @property
    def on_cpu(self) -> bool:
        """Whether there is no GPU in use."""
        return self.where.type == "cpu"

    @property
    def activations(self) -> torch.dtype:
        """The type between the products. On a CPU, where it costs little, float32.

        What an adapter adds at first is less than bfloat16 can tell apart beside the sum that it is added to:
        all in bfloat16, the fifth step's loss on work orders is a tenth above that in float32.
        """
        return torch.float32 if self.on_cpu else self.products

    @property
    def multiplies_roughly(self) -> bool:
        """Whether factors are rounded to a rougher type than that between the products."""
        return self.products != self.activations


def find_device(precision: str = "auto") -> Device:
    """The GPU of this process; without one the CPU. `precision` is the run's key.

    "auto" is bfloat16 on a GPU, on a CPU what it multiplies faster in.
    """
    asked = {"float32": torch.float32, "bfloat16": torch.bfloat16}.get(precision)
    if torch.cuda.is_available():
        where = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(where)
        # The same run must end with the same adapter: some kernels add in the order in which threads come.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
        return Device(where, asked or torch.bfloat16)
    return Device(torch.device("cpu"), asked or _faster_on_cpu())


@contextmanager
def rough_products(device: Device) -> Iterator[None]:
    """On a CPU whose frozen layers multiply in bfloat16, every product of float32 numbers does so, too.

    Their factors are rounded, and they are added up in float32: attention's and the adapter's. Documents of
    1,500 tokens are trained on in five sixths of the time (`tests/benchmarks/bench_products.py`).
    """
    before = torch.get_float32_matmul_precision()
    if device.multiplies_roughly:
        torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


@cache
def _faster_on_cpu() -> torch.dtype:
    """bfloat16 where a product takes clearly less time in it than in float32.

    Measured: there are CPUs whose instructions for bfloat16 run at half the speed of float32. The two take
    turns, so that other work that comes for a while slows down both.
    """
    best = dict.fromkeys((torch.float32, torch.bfloat16), float("inf"))
    for _ in range(_TRIES):
        for dtype in best:
            best[dtype] = min(best[dtype], _seconds(dtype))
    clear = best[torch.float32] > _CLEARLY * best[torch.bfloat16]
    return torch.bfloat16 if clear else torch.float32


def _seconds(dtype: torch.dtype) -> float:
    """What one product of the kind that training is made of takes: some milliseconds."""
    left, right = torch.ones(256, 512, dtype=dtype), torch.ones(512, 512, dtype=dtype)
    began = time.perf_counter()
    torch.nn.functional.linear(left, right)
    return time.perf_counter() - began


def settled(config: RunConfig) -> RunConfig:
    """The run with the precision that it will have here: the first process's, so that all have the same."""
    device = find_device(config.precision)
    rough = torch.tensor([device.products == torch.bfloat16], dtype=torch.int32, device=device.where)
    if join()[1] > 1:
        dist.broadcast(rough, 0)
    return config.model_copy(update={"precision": "bfloat16" if int(rough) else "float32"})


def join() -> tuple[int, int]:
    """The number of this process and how many there are: joins those that torchrun started."""
    if not is_one_of_several():
        return 0, 1
    if not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return dist.get_rank(), dist.get_world_size()


def room() -> Room:
    """What a run may plan with: the least that any process has free, so that all plan the same."""
    device = find_device("float32")
    if device.on_cpu:
        import psutil

        free = int(psutil.virtual_memory().available) // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    else:
        free = int(torch.cuda.mem_get_info(device.where)[0])
    _, world = join()
    if world > 1:
        least = torch.tensor([free], dtype=torch.int64, device=device.where)
        dist.all_reduce(least, dist.ReduceOp.MIN)
        free = int(least)
    return Room(free, shares=world, packs=True, scores=False, wide=device.on_cpu)


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
