"""Tiny bases and adapters built in code: real architectures, random weights, the starter's tokenizer."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.adapter_folder import write_adapter
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.manifest import BoundPack, Manifest
from thresher.adapters.pack_library import find_packs
from thresher.app.engine.engine import Engine
from thresher.app.engine.request import Request
from thresher.app.locations import Locations


@pytest.fixture
def nothing_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No adapter ships: those that do are of the starter alone."""
    from thresher.app.registry import folders

    monkeypatch.setattr(folders, "SHIPPED", tmp_path / "no packs")
    monkeypatch.setattr(folders, "GENERAL", tmp_path / "no general")


@pytest.fixture
def home_with_tiny(
    home: Locations, starter: Path, tmp_path: Path, base_maker: Callable[..., Path], nothing_ships: None
) -> Locations:
    """This test's home with a tiny base as its model: it answers in milliseconds, though not sensibly."""
    from thresher.app.models import local

    local.add(home.models, base_maker(tmp_path / "tiny", starter, "llama"), "tiny")
    home.settings.write_text("model: tiny\nanswer_tokens: 200\n", "utf-8")
    return home


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What engines are asked, in order."""
    requests: list[Request] = []
    submit = Engine.submit

    def submit_and_tell(engine: Engine, request: Request) -> None:
        requests.append(request)
        submit(engine, request)

    monkeypatch.setattr(Engine, "submit", submit_and_tell)
    return requests


class AddAdapter(Protocol):
    """What the fixture `add_adapter` is."""

    def __call__(
        self,
        name: str,
        seed: int = 0,
        domain: str | None = "expenses",
        folder: Path | None = None,
        record_types: tuple[str, ...] = (),
        **stated: Any,
    ) -> Path: ...


@pytest.fixture
def add_adapter(home_with_tiny: Locations) -> AddAdapter:
    """Writes an adapter for the tiny base into this test's home, or as `folder`; returns its folder.

    `domain` None makes a general one. Without `record_types` it does not say what it learnt. The same seed
    gives the same matrices.
    """
    base, packs = read_base(home_with_tiny.models / "tiny"), find_packs().packs

    def add(
        name: str,
        seed: int = 0,
        domain: str | None = "expenses",
        folder: Path | None = None,
        record_types: tuple[str, ...] = (),
        **stated: Any,
    ) -> Path:
        pack = BoundPack.of(packs[domain], record_types) if domain else None
        folder = folder or home_with_tiny.adapters / name
        write_adapter(folder, random_adapter(base, seed, name=name, pack=pack, **stated))
        return folder

    return add


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
