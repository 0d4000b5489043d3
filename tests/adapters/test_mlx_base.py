"""A base model in MLX: what is loaded of it, and what a CPU makes of its quantised layers."""

import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from thresher.adapters.errors import ModelError
from thresher.adapters.mlx_base import open_base, prepare_for_cpu


class Quantised(nn.Module):  # type: ignore[misc]
    """A model of each kind of layer, in `bits` bits."""

    def __init__(self, bits: int) -> None:
        super().__init__()
        mx.random.seed(7)
        self.embed = nn.Embedding(12, 64)
        self.plain = nn.Linear(64, 64, bias=False)
        self.biased = nn.Linear(64, 64)
        nn.quantize(self, group_size=32, bits=bits)

    def __call__(self, tokens: mx.array) -> Any:
        return self.biased(self.plain(self.embed(tokens)))


def answers(model: Any) -> Any:
    return np.array(model(mx.arange(12)).astype(mx.float32))


@pytest.mark.parametrize("bits", [4, 8])
def test_expanded_layers_compute_what_the_quantised_ones_do(bits: int) -> None:
    model = Quantised(bits)
    before = answers(model)
    prepare_for_cpu(model)
    kinds = {name: type(module) for name, module in model.named_modules() if name}
    assert kinds == {"embed": nn.Embedding, "plain": nn.Linear, "biased": nn.Linear}
    assert "bias" not in model.plain
    assert model.biased.weight.dtype == mx.float32
    np.testing.assert_allclose(answers(model), before, rtol=1e-4, atol=1e-4)


def test_layers_that_would_take_more_than_there_is_room_for_stay_quantised() -> None:
    model = Quantised(4)
    size = 4 * 64 * (12 + 64 + 64)
    prepare_for_cpu(model, room=size - 1)
    assert isinstance(model.embed, nn.QuantizedEmbedding)
    assert isinstance(model.plain, nn.QuantizedLinear)
    prepare_for_cpu(model, room=size)
    assert isinstance(model.plain, nn.Linear)


@pytest.mark.parametrize("key", ["model_file", "auto_map"])
def test_code_of_the_base_is_never_run(tmp_path: Path, key: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama", key: "own.py"}))
    (tmp_path / "own.py").write_text("raise SystemExit('ran')")
    with pytest.raises(ModelError, match="run code"):
        open_base(tmp_path)


def test_a_broken_base_says_how_to_look(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(ModelError, match="thresher models verify"):
        open_base(tmp_path)
