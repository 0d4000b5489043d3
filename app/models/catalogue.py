"""The bases that are known to suit, from catalogue.yaml, and which of them fits a machine."""

import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

#: The share of a machine's memory that a model may take: the rest is for the system and other programs.
_SHARE = 0.5
#: Bytes of float32 a stored byte (4 bits and a scale a weight), beyond the stored ones that are let go.
_EXPANSION = 6
#: Bytes as stored. Each token reads all weights: 4 billion of them in float32 take a CPU a third of a second.
_LARGEST_ON_CPU = 2_500_000_000


class Base(BaseModel):
    """An entry: a model that can be pulled by its short name. Sizes in bytes, context in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    repository: str | None
    revision: str
    licence: str
    download: int
    memory: int
    context: int
    about: str


@cache
def catalogue() -> tuple[Base, ...]:
    """All entries, smallest first."""
    import yaml

    text = Path(__file__).with_name("catalogue.yaml").read_text("utf-8")
    return tuple(TypeAdapter(list[Base]).validate_python(yaml.safe_load(text)))


def in_catalogue(name: str) -> Base | None:
    """The entry of that name, or of that repository."""
    return next((base for base in catalogue() if name in (base.name, base.repository)), None)


def recommend(memory: int, *, accelerated: bool = True) -> Base:
    """The largest base that leaves half of `memory` bytes to everything else; the starter at the least.

    Without Metal or CUDA the weights are expanded to float32, a model needs that much more, and a large one
    is too slow to advise, whatever the memory.
    """
    fitting = [
        base
        for base in catalogue()
        if _need(base, accelerated) <= memory * _SHARE and (accelerated or base.download <= _LARGEST_ON_CPU)
    ]
    return max(fitting, key=lambda base: base.memory, default=catalogue()[0])


def recommended_here() -> Base:
    """What `recommend` says for this machine."""
    return recommend(machine_memory(), accelerated=has_accelerator())


def has_accelerator() -> bool:
    """Whether MLX has Metal or CUDA here. Does not import it."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return any(_is_installed(package) for package in ("mlx-cuda-12", "mlx-cuda-13"))


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _need(base: Base, accelerated: bool) -> int:
    return base.memory if accelerated else base.memory + _EXPANSION * base.download


def machine_memory() -> int:
    """The machine's memory in bytes."""
    import psutil

    return int(psutil.virtual_memory().total)
