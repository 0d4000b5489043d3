"""What MLX makes of a run's keys on this device."""

import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import pytest
from mlx.utils import tree_flatten

from thresher.adapters.errors import UsageError
from thresher.adapters.mlx_base import on_cpu
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig
from thresher.train_mlx import base, device

on_a_cpu = pytest.mark.skipif(not on_cpu(), reason="of a machine without a GPU")


def config(**keys: Any) -> RunConfig:
    return RunConfig.model_validate({"base": "b", "out": "o", "labels": [Path("l")], **keys})


@on_a_cpu
def test_a_cpu_trains_in_float32_on_expanded_weights() -> None:
    for asked in ("auto", "float32"):
        settled = device.settled(config(precision=asked))
        assert (settled.precision, settled.base_storage) == ("float32", "dense")
    assert device.room().shares == 1
    assert not device.room().packs


@on_a_cpu
def test_what_is_far_too_slow_is_refused_by_name_all_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        device.settled(config(precision="bfloat16", base_storage="packed", shard_base=True))
    for key in ("precision: ", "base_storage: ", "shard_base: "):
        assert key in str(caught.value)


def test_a_gpu_keeps_weights_packed_and_the_bases_own_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "on_cpu", lambda: False)
    settled = device.settled(config())
    assert (settled.precision, settled.base_storage) == ("auto", "packed")
    assert device.settled(config(precision="bfloat16")).precision == "bfloat16"


@pytest.mark.parametrize("precision", ["auto", "float32", "bfloat16"])
def test_the_precision_of_a_gpu_is_the_activations_type(
    precision: str, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quantised kernels run on a CPU too, slowly."""
    folder = quantised(plan.base.folder, tmp_path / "base")
    monkeypatch.setattr(base, "on_cpu", lambda: False)
    model = base.load_base(folder, precision)
    layer = model.model.layers[0].self_attn.q_proj
    assert isinstance(layer, nn.QuantizedLinear)
    expected = mx.float16 if precision == "auto" else getattr(mx, precision)
    assert model.model(mx.array([[1, 2, 3]])).dtype == expected
    assert layer.weight.dtype == mx.uint32


def quantised(plain: Path, folder: Path) -> Path:
    """The base in 4 bits, the rest of it in float16."""
    from mlx_lm.utils import load_model

    model, config = load_model(plain)
    model.set_dtype(mx.float16)
    nn.quantize(model, 32, 4)
    folder.mkdir()
    weights = dict(tree_flatten(model.parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), weights, {"format": "mlx"})
    config["quantization"] = {"bits": 4, "group_size": 32}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder
