"""Adapters that mlx-lm itself wrote, and what of mlx-lm's is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.importing import import_mlx_lm

from .twin import TOLERANCE, Twins


def train(twin: Any, folder: Path, number: int, **parameters: Any) -> np.ndarray[Any, Any]:
    """Writes what mlx-lm's trainer writes, with random matrices; its logits."""
    import mlx.core as mx
    from mlx.utils import tree_flatten, tree_map
    from mlx_lm.tuner.utils import linear_to_lora_layers
    from mlx_lm.utils import load_model, save_config

    model, _ = load_model(twin.folder)
    model.freeze()
    mx.random.seed(3)
    settings = {"rank": 4, "dropout": 0.0, "scale": 3.0, **parameters}
    linear_to_lora_layers(model, number, settings)
    model.update(tree_map(lambda each: mx.random.normal(each.shape) * 0.2, model.trainable_parameters()))
    folder.mkdir()
    mx.save_safetensors(
        str(folder / "adapters.safetensors"), dict(tree_flatten(model.trainable_parameters()))
    )
    config = {
        "fine_tune_type": "lora",
        "num_layers": number,
        "lora_parameters": settings,
        "model": "org/base",
    }
    save_config(config, folder / "adapter_config.json")
    logits: np.ndarray[Any, Any] = twin.mlx_lm(folder)
    assert np.abs(logits - twin.plain).max() > 1000 * TOLERANCE
    return logits


@pytest.mark.parametrize(("number", "first"), [(-1, 0), (0, 0), (1, 3), (3, 1), (16, 0)])
@pytest.mark.parametrize("kind", ["llama", "gemma3"])
def test_the_last_blocks_without_keys(
    twin: Twins, kind: str, number: int, first: int, tmp_path: Path
) -> None:
    here = twin(kind)
    logits = train(here, tmp_path / "mlx", number)
    adapter = import_mlx_lm(tmp_path / "mlx", here.base, None, "it")
    np.testing.assert_allclose(here.engine(adapter), logits, atol=TOLERANCE)
    blocks = {int(name.partition("layers.")[2].partition(".")[0]) for name in adapter.layers}
    assert blocks == set(range(first, 4))
    assert len(adapter.layers) == 7 * (4 - first)
    source = adapter.manifest.source
    assert source is not None
    assert (source.format, source.base) == ("mlx_lm", "org/base")


def test_keys_within_a_block_and_whole_paths(twin: Twins, tmp_path: Path) -> None:
    here = twin("qwen3")
    keys = ["self_attn.q_proj", "mlp.down_proj", "model.layers.0.mlp.up_proj"]
    logits = train(here, tmp_path / "mlx", 2, keys=keys)
    adapter = import_mlx_lm(tmp_path / "mlx", here.base, None, "it")
    np.testing.assert_allclose(here.engine(adapter), logits, atol=TOLERANCE)
    assert len(adapter.layers) == 5


def test_an_adapted_output_projection_is_refused(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    train(here, tmp_path / "mlx", 2, keys=["self_attn.q_proj", "model.embed_tokens"])
    with pytest.raises(AdapterError) as error:
        import_mlx_lm(tmp_path / "mlx", here.base, None, "it")
    assert "keys: 'model.embed_tokens' is no linear layer of the base" in str(error.value)
    assert "model.embed_tokens: embeddings and output projections are not adapted" in str(error.value)


def test_adapted_experts_are_refused(twin: Twins, tmp_path: Path) -> None:
    import mlx.core as mx

    here = twin("llama")
    train(here, tmp_path / "mlx", 1)
    path = tmp_path / "mlx" / "adapters.safetensors"
    tensors = mx.load(str(path))
    assert isinstance(tensors, dict)
    tensors["model.layers.3.mlp.switch_mlp.up_proj.lora_a"] = mx.zeros((8, 4, 64))
    tensors["model.layers.3.mlp.switch_mlp.up_proj.lora_b"] = mx.zeros((8, 40, 4))
    mx.save_safetensors(str(path), tensors)
    with pytest.raises(AdapterError, match="3 and 3 dimensions; experts' stacked layers are not adapted"):
        import_mlx_lm(tmp_path / "mlx", here.base, None, "it")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fine_tune_type": "full"}, "fine_tune_type is 'full': it is no adapter"),
        ({"fine_tune_type": "ia3"}, "fine_tune_type is 'ia3', not lora"),
        ({"use_dora": True}, "use_dora: DoRA's magnitudes"),
        ({"num_layers": None}, "num_layers is None"),
        ({"num_layers": True}, "num_layers is True"),
        ({"lora_parameters": None}, "lora_parameters is None"),
        ({"lora_parameters": {"rank": 4.5, "scale": 0}}, r"rank is 4\.5.*\n.*scale is 0"),
        ({"lora_parameters": {"rank": 4, "scale": 1.0, "keys": "mlp"}}, "keys: must be a list of names"),
        ({"lora_parameters": {"rank": 8, "scale": 1.0}}, "do not have the rank 8 of the configuration"),
    ],
)
def test_a_configuration_that_says_something_else_is_refused(
    twin: Twins, changes: dict[str, Any], told: str, tmp_path: Path
) -> None:
    here = twin("llama")
    train(here, tmp_path / "mlx", 1)
    path = tmp_path / "mlx" / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")
    with pytest.raises(AdapterError, match=told):
        import_mlx_lm(tmp_path / "mlx", here.base, None, "it")
