"""What this machine has and lacks for Thresher's work, each shortfall with what to do about it.

Looks only: changes nothing and opens no socket.
"""

import importlib.util
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from thresher.adapters.environment import install_command
from thresher.adapters.errors import PackError, UsageError
from thresher.app.locations import Locations

Level = Literal["good", "slow", "bad"]

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
#: Below these, in bytes, work stops or is cramped.
_LEAST_DISK, _LEAST_MEMORY = 1_000_000_000, 1_500_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `slow` works, though less well; `bad` prevents work.

    `remedy` says what to do, and is None where there is nothing to do.
    """

    subject: str
    level: Level
    detail: str
    remedy: str | None = None


def examine(locations: Locations) -> list[Finding]:
    """All findings, in the order in which a person would ask."""
    return [
        *_versions(),
        *_blas(),  # before the backend: it must be loaded before MLX is
        *_backend(),
        *_trainers(),
        *_memory(),
        *_home(locations),
        *_settings(locations),
        *_disk(locations),
        *_ocr(),
        *_models(locations),
        *_adapters(locations),
        *_packs(locations),
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
    from thresher.adapters.blas import load_fast_blas

    if "mlx.core" in sys.modules:
        # Too late to load one here; what this process has is what it had when MLX came in.
        yield Finding("blas", "good", "MLX is loaded already: run `thresher doctor` by itself to see")
        return
    report = load_fast_blas()
    if report.name:
        yield Finding("blas", "good", f"fast ({report.name})")
    elif report.needed:
        detail = "only the slow reference BLAS: the model runs some hundred times slower on the CPU"
        yield Finding("blas", "slow", detail, report.remedy)
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


def _home(locations: Locations) -> Iterator[Finding]:
    import os

    where = "THRESHER_HOME" if os.environ.get("THRESHER_HOME") else "the platform's data folder"
    existing = _existing(locations.home)
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        yield Finding("home", "good", f"{locations.home} ({where})")
    else:
        remedy = "Change its permissions, or set THRESHER_HOME to a folder of yours."
        yield Finding("home", "bad", f"{locations.home} ({where}): {existing} cannot be written to", remedy)


def _settings(locations: Locations) -> Iterator[Finding]:
    from thresher.app.settings import load_settings

    try:
        load_settings(locations.settings)
    except UsageError as error:
        yield Finding("settings", "bad", str(error), "Then run `thresher doctor` again.")
        return
    there = "" if locations.settings.exists() else " (not there: every default holds)"
    yield Finding("settings", "good", f"{locations.settings}{there}")


def _disk(locations: Locations) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(locations.home)).free
    detail = f"{free / 1e9:.1f} GB free where {locations.home} lies"
    if free < _LEAST_DISK:
        yield Finding("disk", "slow", detail, "Free some space, or set THRESHER_HOME to a larger disk.")
    else:
        yield Finding("disk", "good", detail)


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


def _models(locations: Locations) -> Iterator[Finding]:
    from thresher.app.models.library import broken_models, list_models, quick_check

    usable = 0
    for model in list_models(locations.models):
        if differing := quick_check(model):
            remedy = f"Run `thresher models remove {model.name}` and pull or add it again."
            yield Finding(f"model {model.name}", "slow", "; ".join(differing), remedy)
        else:
            usable += 1
            detail = f"{model.facts.size / 1e9:.2f} GB, {model.facts.source}, all files there"
            yield Finding(f"model {model.name}", "good", detail)
    for name, problem in broken_models(locations.models):
        yield Finding(f"model {name}", "slow", problem, f"Run `thresher models remove {name}`.")
    if not usable:
        yield Finding("models", "bad", "none is installed", "Run `thresher models pull starter`.")


def _adapters(locations: Locations) -> Iterator[Finding]:
    from thresher.app.registry.library import broken_adapters, list_adapters

    if there := list_adapters(locations.adapters):
        detail = f"{', '.join(each.name for each in there)}; `thresher adapters list` says which fit"
        yield Finding("adapters", "good", detail)
    for name, problem in broken_adapters(locations.adapters):
        yield Finding(f"adapter {name}", "slow", problem, "Bring it in again, or remove its folder.")


def _packs(locations: Locations) -> Iterator[Finding]:
    from thresher.adapters.pack_library import find_packs

    try:
        found = find_packs(locations.packs)
    except PackError as error:  # one that ships
        yield Finding("packs", "bad", str(error), "Install Thresher again.")
        return
    own = [pack.domain for pack in found.packs.values() if pack.folder.parent == locations.packs]
    detail = f"{len(found.packs)} domains" + (f", your own: {', '.join(own)}" if own else "")
    yield Finding("packs", "good", detail)
    for domain, problem in found.broken.items():
        remedy = f"Then run `thresher packs check {locations.packs / domain}`."
        yield Finding(f"pack {domain}", "slow", str(problem), remedy)
    for problem in found.errors[: len(found.errors) - len(found.broken)]:
        yield Finding("packs", "slow", str(problem), "Change the folder's permissions.")


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next((p for p in (path, *path.parents) if p.exists()), Path(path.anchor))
