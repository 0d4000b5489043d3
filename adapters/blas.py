"""The fast BLAS for a CPU, loaded before MLX.

MLX's CPU build on Linux links the reference BLAS, which is some hundred times slower than OpenBLAS. Symbols
that are in the global scope first win, so OpenBLAS is opened there before `mlx.core` is imported. On a Mac
there is nothing to do: Accelerate is linked.

OpenBLAS starts a thread for each core, and the threads of a product wait for each other. Where other work has
some of the cores every product waits for a thread that was put off, hundreds of times a pass, so the threads
are as many as there are cores free (`tests/benchmarks/bench_busy.py`).
"""

import ctypes
import sys
import time
from ctypes.util import find_library
from dataclasses import dataclass

from thresher.adapters.free_cores import Usage, free_cores

#: What a person is told where no fast BLAS is found.
SLOW = "no fast BLAS, only the reference BLAS: the model runs some hundred times slower on the CPU"

_CANDIDATES = ("libopenblas.so.0", "libopenblas.so", "libmkl_rt.so.2", "libmkl_rt.so")

REMEDY = (
    "Install OpenBLAS: `apt install libopenblas0` (Debian, Ubuntu), `dnf install openblas` (Fedora), "
    "`pacman -S openblas` (Arch). Then start Thresher again."
)


@dataclass(frozen=True)
class BlasReport:
    """What was loaded. `name` is None where none was found; `remedy` says what to do about that."""

    name: str | None
    needed: bool
    remedy: str | None

    @property
    def warning(self) -> str | None:
        """What a person is told before the model is loaded; None where all is well."""
        return f"{SLOW}. {self.remedy}" if self.remedy else None


#: How often to look how many cores are free. The system counts in hundredths of a second.
_LOOK_SECONDS = 1.0


class _Threads:
    """The threads of an OpenBLAS: at most as many as it starts with, which `OPENBLAS_NUM_THREADS` sets."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self.most: int = library.openblas_get_num_threads()
        try:
            self._looked: Usage | None = Usage.now()
        except OSError:  # a system that hides its counters: all threads, as OpenBLAS has it
            self._looked = None

    def count(self) -> int:
        """As many as are in use now."""
        count: int = self._library.openblas_get_num_threads()
        return count

    def fit(self) -> None:
        before = self._looked
        if before is None or self.most == 1 or time.monotonic() - before.clock < _LOOK_SECONDS:
            return
        self._looked = now = Usage.now()
        self._library.openblas_set_num_threads(min(free_cores(before, now), self.most))


_report: BlasReport | None = None
_threads: _Threads | None = None


def load_fast_blas() -> BlasReport:
    """Loads the fast BLAS into this process, once. Call it before anything imports `mlx.core`."""
    global _report
    if _report is None:
        _report = _load()
    return _report


def fit_threads() -> None:
    """Lets the BLAS use as many threads as there are cores free. Call it between passes.

    It looks once a second; between, and for a BLAS that is not OpenBLAS, it does nothing.
    """
    if _threads is not None:
        _threads.fit()


def threads() -> int:
    """How many threads the BLAS uses now; 1 where it does not say."""
    return _threads.count() if _threads is not None else 1


def most_threads() -> int:
    """The most that `threads` will be in this process."""
    return _threads.most if _threads is not None else 1


def _load() -> BlasReport:
    global _threads
    if sys.platform != "linux":
        return BlasReport("Accelerate" if sys.platform == "darwin" else None, needed=False, remedy=None)
    if "mlx.core" in sys.modules:
        raise RuntimeError("load_fast_blas() must run before mlx.core is imported")
    found = find_library("openblas")
    for name in (*_CANDIDATES, *([found] if found else [])):
        try:
            library = ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        if hasattr(library, "cblas_sgemm"):
            if hasattr(library, "openblas_set_num_threads"):
                _threads = _Threads(library)
            return BlasReport(name, needed=True, remedy=None)
    return BlasReport(None, needed=True, remedy=REMEDY)
