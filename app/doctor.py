"""What this machine has and lacks for Thresher's work, each shortfall with what to do about it.

Looks only: changes nothing and opens no socket. What the user's home holds is looked at by `home_check`.
"""

import importlib.util
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from thresher.adapters.environment import install_command
from thresher.app.diagnosis import Finding
from thresher.app.home_check import check_home
from thresher.app.locations import Locations

_PACKAGES = (
    "thresher",
    "mlx",
    "mlx-lm",
    "llguidance",
    "transformers",
    "huggingface-hub",
    "textual",
    "rapidocr",
)
#: What training with PyTorch needs beside those.
_PYTORCH = ("torch", "peft")
#: Below this, in bytes, work is cramped.
_LEAST_MEMORY = 1_500_000_000


def examine(locations: Locations) -> list[Finding]:
    """All findings, in the order in which a person would ask."""
    return [
        *_versions(),
        *_blas(),  # before the backend: it must be loaded before MLX is
        *_backend(),
        *_trainers(),
        *_memory(),
        *_ocr(),
        *check_home(locations),
    ]


def _versions() -> Iterator[Finding]:
    yield Finding("python", "good", f"{platform.python_version()} on {platform.platform()}")
    found, missing = [], []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    yield Finding("versions", "good", ", ".join(found))
    if missing:
        yield Finding("versions", "bad", f"not installed: {', '.join(missing)}", "Install Thresher again.")


def _blas() -> Iterator[Finding]:
    from thresher.adapters.blas import SLOW, load_fast_blas

    if "mlx.core" in sys.modules:
        # Too late to load one here; what this process has is what it had when MLX came in.
        yield Finding("blas", "good", "MLX is loaded already: run `thresher doctor` by itself to see")
        return
    report = load_fast_blas()
    if report.name:
        yield Finding("blas", "good", f"fast ({report.name})")
    elif report.needed:
        yield Finding("blas", "slow", SLOW, report.remedy)
    else:
        yield Finding("blas", "good", "MLX brings its own")


def _backend() -> Iterator[Finding]:
    try:
        import mlx.core as mx

        device = mx.default_device()
        name = str(mx.device_info().get("device_name", "")) if hasattr(mx, "device_info") else ""
        on_gpu = device.type == mx.gpu
    except (ImportError, RuntimeError) as error:
        command = install_command("mlx" if sys.platform == "darwin" else "mlx[cpu]")
        yield Finding("backend", "bad", f"MLX cannot be loaded ({error})", f"Install it again: `{command}`.")
        return
    if on_gpu:
        kind = "Metal" if sys.platform == "darwin" else "CUDA"
        yield Finding("backend", "good", f"{kind} {name}".strip())
    elif sys.platform == "darwin":
        remedy = "Use a Mac with Apple silicon and a Python built for arm64, not one under Rosetta."
        yield Finding("backend", "slow", f"CPU {name}: Metal is not used".strip(), remedy)
    else:
        # No shortfall: the CPU is a machine that we support, and no command makes a GPU of it.
        command = install_command("mlx[cuda13]")
        yield Finding("backend", "good", f"CPU {name} (with an NVIDIA GPU, `{command}` uses it)")


def _trainers() -> Iterator[Finding]:
    found, missing = [], []
    for package in _PYTORCH:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    extra = f"`{install_command('thresher[cuda]')}`"
    if found and missing:
        detail = f"PyTorch's lacks {', '.join(missing)}: `thresher train --trainer cuda` cannot run"
        yield Finding("trainers", "slow", detail, f"Run {extra}.")
    elif missing:
        # No shortfall: MLX trains everywhere.
        yield Finding("trainers", "good", f"MLX ({extra} adds PyTorch's, for NVIDIA GPUs)")
    else:
        yield Finding("trainers", "good", f"MLX, and PyTorch ({', '.join(found)})")


def _memory() -> Iterator[Finding]:
    import psutil

    from thresher.app.models.catalogue import recommended_here

    memory = psutil.virtual_memory()
    detail = (
        f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free; suits {recommended_here().name}"
    )
    if memory.available < _LEAST_MEMORY:
        yield Finding("memory", "slow", detail, "Close other programs, or use a smaller model.")
    else:
        yield Finding("memory", "good", detail)


def _ocr() -> Iterator[Finding]:
    # Thresher as a whole: by itself the newest would come, and only the version that is tried is let in.
    remedy = (
        "Install Thresher again as you did, from its checkout: `pipx install --force .`, `uv tool install "
        "--reinstall .` or `pip install --force-reinstall .`. Until then scans are not read."
    )
    # Found without an import, which would start its engine.
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        yield Finding("ocr", "slow", "rapidocr is not installed", remedy)
        return
    files = sorted((Path(spec.origin).parent / "models").glob("*.onnx"))
    lacking = [part for part in ("det", "rec") if not any(f"_{part}_" in file.name for file in files)]
    if lacking:
        yield Finding("ocr", "slow", f"rapidocr lacks its models: {', '.join(lacking)}", remedy)
    else:
        yield Finding("ocr", "good", f"{len(files)} models ready, in {files[0].parent}")
