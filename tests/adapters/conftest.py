"""A base model's shapes, and adapters for it, with no model behind them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.base_model import BaseModel
from thresher.adapters.manifest import BoundBase, BoundPack, Manifest

from .post_pack import Write

HASH = "0" * 64
#: Square and not, as in a model with grouped heads.
SHAPES = {"self_attn.q_proj": (16, 16), "self_attn.k_proj": (8, 16), "mlp.down_proj": (16, 24)}


@pytest.fixture
def base(tmp_path: Path) -> BaseModel:
    """Three blocks of three linear layers."""
    identity = BoundBase(name="tiny", architecture="llama", fingerprint=HASH, tokenizer=HASH, template=HASH)
    linear = {f"model.layers.{n}.{name}": shape for n in range(3) for name, shape in SHAPES.items()}
    return BaseModel(tmp_path / "tiny", identity, linear, 16)


def make_adapter(
    base: BaseModel, rank: int = 4, alpha: float = 8.0, seed: int = 0, **manifest: Any
) -> Adapter:
    """Random matrices for every linear layer of the base."""
    generator = np.random.default_rng(seed)

    def numbers(*shape: int) -> Any:
        return generator.normal(size=shape).astype(np.float32)

    layers = {
        name: LoraLayer(numbers(rank, inputs), numbers(outputs, rank))
        for name, (outputs, inputs) in base.linear.items()
    }
    stated = {
        "name": "expenses-1",
        "made": datetime(2026, 1, 2, tzinfo=UTC),
        "origin": "trained",
        "base": base.identity,
        "pack": BoundPack(domain="expenses", hash=HASH),
        "weights": "",
        **manifest,
    }
    return Adapter(layers, alpha, Manifest.model_validate(stated))


@pytest.fixture
def adapter(base: BaseModel) -> Adapter:
    """An adapter for all layers of the base."""
    return make_adapter(base)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a pack.yaml (text, or content to dump) into the folder of the domain 'post'."""

    def write(pack: Any) -> Path:
        folder = tmp_path / "post"
        folder.mkdir(exist_ok=True)
        data = pack if isinstance(pack, bytes) else yaml.safe_dump(pack, sort_keys=False).encode()
        (folder / "pack.yaml").write_bytes(data)
        return folder

    return write
