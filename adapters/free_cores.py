"""How many cores other work leaves to this process."""

import os
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """Seconds since some moment: on the clock, of this process on all cores, and of cores that idle."""

    clock: float
    own: float
    idle: float

    @classmethod
    def now(cls) -> "Usage":
        """As the system counts them, of the cores that this process may run on."""
        import psutil

        cores = psutil.cpu_times(percpu=True)
        allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(len(cores))
        idle = sum(core.idle + getattr(core, "iowait", 0.0) for at, core in enumerate(cores) if at in allowed)
        return cls(time.monotonic(), time.process_time(), idle)


def free_cores(since: Usage, until: Usage) -> int:
    """The cores that between the two this process used or none did, rounded, at least one."""
    share = (until.own - since.own + until.idle - since.idle) / max(until.clock - since.clock, 1e-9)
    return max(1, int(share + 0.5))
