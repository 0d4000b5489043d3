import json
import shutil
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from thresher.adapters.errors import ModelError
from thresher.train_cuda import attention
from thresher.train_cuda.affine import PackedLinear
from thresher.train_cuda.base import SAME_IN_MLX, load_base
from thresher.train_cuda.device import Device

CPU = Device(torch.device("cpu"), torch.float32)
TOKENS = [[3, 14, 15, 9, 2, 6, 5, 35, 8, 9, 7, 9]]
_OWN: dict[str, dict[str, Any]] = {
    "gemma3_text": {
        "sliding_window": 64,
        "sliding_window_pattern": 2,
        "query_pre_attn_scalar": 32,
        "tie_word_embeddings": False,
    },
    # mlx-lm has the exact gelu here.
    "gemma": {"hidden_act": "gelu_python"},
    # These have no head_dim of their own: width over heads.
    "phi3": {"head_dim": 16, "pad_token_id": 0, "tie_word_embeddings": False, "rope_scaling": None},
    "qwen2": {"head_dim": 16},
    "smollm3": {"head_dim": 16, "no_rope_layer_interval": 2, "pad_token_id": 0},
    "granite": {
        "head_dim": 16,
        "logits_scaling": 8.0,
        "attention_multiplier": 0.2,
        "embedding_multiplier": 3.0,
        "residual_multiplier": 0.7,
        "attention_bias": False,
        "mlp_bias": False,
    },
}  # fmt: skip


def in_torch(folder: Path, **how: Any) -> Any:
    with torch.no_grad():
        return load_base(folder, CPU, **how)(torch.tensor(TOKENS)).logits.numpy()


def in_mlx(folder: Path) -> Any:
    from mlx import nn
    from mlx.utils import tree_unflatten
    from mlx_lm.utils import load_model

    model, _ = load_model(folder)
    # The numbers that the packed weights stand for, computed with in float32.
    model.set_dtype(mx.float32)
    plain = []
    for name, module in model.named_modules():
        if isinstance(module, nn.QuantizedLinear | nn.QuantizedEmbedding):
            parts = (
                module.weight,
                module.scales.astype(mx.float16),
                module.biases.astype(mx.float16),
            )
            weight = mx.dequantize(*parts, module.group_size, module.bits).astype(mx.float32)
            new: Any = (
                nn.Embedding(1, 1) if isinstance(module, nn.QuantizedEmbedding) else nn.Linear(1, 1, False)
            )
            new.weight = weight
            if "bias" in module:
                new.bias = module.bias
            plain.append((name, new))
    model.update_modules(tree_unflatten(plain))
    return np.array(model(mx.array(TOKENS)))


@pytest.mark.parametrize("architecture", sorted(SAME_IN_MLX))
def test_an_mlx_base_answers_as_in_mlx(make_base: Any, architecture: str) -> None:
    folder = make_base(architecture, 4, **_OWN.get(architecture, {}))
    expected = in_mlx(folder)
    assert np.std(expected) > 0.1
    np.testing.assert_allclose(in_torch(folder), expected, rtol=1e-3, atol=1e-3)


def test_layers_that_are_quantised_in_their_own_way_keep_it(make_base: Any) -> None:
    folder = make_base("qwen3", 3, mixed=True)
    np.testing.assert_allclose(in_torch(folder), in_mlx(folder), rtol=1e-3, atol=1e-3)
    assert np.array_equal(in_torch(folder, packed=True), in_torch(folder))


def test_a_packed_base_answers_the_same_from_less_memory(make_base: Any) -> None:
    folder = make_base("qwen2", 4, head_dim=16)  # with biases
    assert np.array_equal(in_torch(folder, packed=True), in_torch(folder))
    model = load_base(folder, CPU, packed=True)
    layers = [module for module in model.modules() if isinstance(module, PackedLinear)]
    assert len(layers) == 2 * 7
    assert sum(layer.weight.nbytes for layer in layers) * 8 == sum(
        layer.in_features * layer.out_features * 4 for layer in layers
    )


def test_an_original_checkpoint_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import transformers

    torch.manual_seed(1)
    config = transformers.Qwen3Config(
        vocab_size=96,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        tie_word_embeddings=False,
    )
    model = transformers.Qwen3ForCausalLM(config).eval()
    model.save_pretrained(tmp_path)
    with torch.no_grad():
        expected = model(torch.tensor(TOKENS)).logits.numpy()
    # By themselves short rows add up in another order.
    monkeypatch.setattr(attention, "_SHORT", 0)
    assert np.array_equal(in_torch(tmp_path), expected)


def test_weights_that_do_not_match_are_all_named(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "base"
    shutil.copytree(tiny, folder)
    tensors = load_file(folder / "model.safetensors")
    del tensors["model.norm.weight"]
    tensors["model.layers.0.input_layernorm.weight"] = torch.zeros(7, dtype=torch.float16)
    tensors["model.layers.7.input_layernorm.weight"] = torch.zeros(7, dtype=torch.float16)
    save_file(tensors, folder / "model.safetensors", {"format": "mlx"})
    with pytest.raises(ModelError, match="3 weights") as caught:
        load_base(folder, CPU)
    assert "model.norm.weight is missing" in str(caught.value)
    assert "model.layers.0.input_layernorm.weight has the shape (7,), the model (64,)" in str(caught.value)
    assert "model.layers.7.input_layernorm.weight is not in the model" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model_type": "qwen3_next"}, "the architecture 'qwen3_next' cannot be trained here"),
        ({"quantization": {"bits": 4, "group_size": 32, "mode": "nvfp4"}}, "mode nvfp4"),
        ({"hidden_act": "no such thing"}, "describes no model that transformers can build"),
    ],
)
def test_a_base_that_cannot_be_read_rightly_is_refused(
    tiny: Path, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    folder = tmp_path / "base"
    shutil.copytree(tiny, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | change), "utf-8")
    with pytest.raises(ModelError, match=reason):
        load_base(folder, CPU)
