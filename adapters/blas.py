"""The fast BLAS for a CPU, loaded before MLX.

MLX's CPU build on Linux links the reference BLAS, which is some hundred times slower than OpenBLAS. Symbols
that are in the global scope first win, so OpenBLAS is opened there before `mlx.core` is imported. On a Mac
there is nothing to do: Accelerate is linked.
"""

import ctypes
import sys
from ctypes.util import find_library
from dataclasses import dataclass

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


_report: BlasReport | None = None


def load_fast_blas() -> BlasReport:
    """Loads the fast BLAS into this process, once. Call it before anything imports `mlx.core`."""
    global _report
    if _report is None:
        _report = _load()
    return _report


def _load() -> BlasReport:
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
            return BlasReport(name, needed=True, remedy=None)
    return BlasReport(None, needed=True, remedy=REMEDY)
