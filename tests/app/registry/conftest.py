"""Real adapters, of random matrices, for a tiny base that is installed in the test's home."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.adapter_folder import write_adapter
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.manifest import BoundPack, Manifest
from thresher.adapters.pack import Pack
from thresher.adapters.pack_library import find_packs
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.registry import Registry
from thresher.app.session import Session

Write = Callable[..., Path]


@pytest.fixture
def model(home_with_tiny: Locations) -> InstalledModel:
    """The tiny base."""
    return library.find(home_with_tiny.models, "tiny")


@pytest.fixture
def packs() -> dict[str, Pack]:
    """The packs that ship."""
    return find_packs().packs


@pytest.fixture
def session(model: InstalledModel, home_with_tiny: Locations) -> Iterator[Session]:
    """A session in which the tiny base answers."""
    with Session(home_with_tiny) as session:
        yield session


@pytest.fixture
def registry(session: Session) -> Registry:
    """Its registry."""
    return session.registry


@pytest.fixture
def write(model: InstalledModel, home_with_tiny: Locations, packs: dict[str, Pack]) -> Write:
    """Writes an adapter for the base into the home, or into `folder`."""
    base = read_base(model.folder)

    def write(
        name: str,
        seed: int = 0,
        domain: str | None = "expenses",
        folder: Path | None = None,
        strength: float = 0.3,
        **stated: Any,
    ) -> Path:
        pack = BoundPack(domain=domain, hash=packs[domain].hash) if domain else None
        adapter = random_adapter(base, seed, strength, name=name, pack=pack, **stated)
        path = folder or home_with_tiny.adapters / name
        write_adapter(path, adapter)
        return path

    return write


def random_adapter(base: BaseModel, seed: int, strength: float = 0.3, **stated: Any) -> Adapter:
    """Matrices for every linear layer, strong enough to change what the base answers."""
    generator = np.random.default_rng(seed)

    def numbers(*shape: int) -> Any:
        return (strength * generator.normal(size=shape)).astype(np.float32)

    layers = {
        name: LoraLayer(numbers(4, inputs), numbers(outputs, 4))
        for name, (outputs, inputs) in base.linear.items()
    }
    manifest = {
        "made": datetime(2026, 1, 2, tzinfo=UTC),
        "origin": "trained",
        "base": base.identity,
        "weights": "",
        **stated,
    }
    return Adapter(layers, 8.0, Manifest.model_validate(manifest))
