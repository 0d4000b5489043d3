"""The bases that are known to suit, from catalogue.yaml, and which of them fits a machine."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

#: The share of a machine's memory that a model may take: the rest is for the system and other programs.
_SHARE = 0.5


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


def recommend(memory: int) -> Base:
    """The largest base that leaves half of `memory` bytes to everything else; the starter at the least."""
    fitting = [base for base in catalogue() if base.memory <= memory * _SHARE]
    return max(fitting, key=lambda base: base.memory, default=catalogue()[0])


def machine_memory() -> int:
    """The machine's memory in bytes."""
    import psutil

    return int(psutil.virtual_memory().total)
