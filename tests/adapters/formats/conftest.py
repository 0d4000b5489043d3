"""The twins of each kind, each built once, and the check that all compute the same with an adapter."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.adapter import Adapter
from thresher.adapters.formats.exporting import Form, export
from thresher.adapters.formats.importing import import_adapter

from .twin import TOLERANCE, Logits, Twin, Twins, torch_model


def _plain_weights(model: Any) -> dict[str, Any]:
    return {
        name: weight.contiguous() for name, weight in model.state_dict().items() if name != "lm_head.weight"
    }


def _split(weights: dict[str, Any]) -> dict[str, Any]:
    """Phi3's weights under Llama's names."""
    parts = {"qkv_proj": (["q_proj", "k_proj", "v_proj"], [64, 32, 32])}
    parts["gate_up_proj"] = (["gate_proj", "up_proj"], [96, 96])
    apart = {}
    for name, weight in weights.items():
        leaf = name.split(".")[-2]
        if leaf in parts:
            for part, rows in zip(parts[leaf][0], weight.split(parts[leaf][1]), strict=True):
                apart[name.replace(leaf, part)] = rows.contiguous()
        else:
            apart[name] = weight
    return apart


def _fused(weights: dict[str, Any]) -> dict[str, Any]:
    """Llama's weights under Phi3's names."""
    import torch

    groups = {"q_proj": ["q_proj", "k_proj", "v_proj"], "gate_proj": ["gate_proj", "up_proj"]}
    whole = {"q_proj": "qkv_proj", "gate_proj": "gate_up_proj"}
    together = {}
    for name, weight in weights.items():
        leaf = name.split(".")[-2]
        if leaf in groups:
            parts = [weights[name.replace(leaf, part)] for part in groups[leaf]]
            together[name.replace(leaf, whole[leaf])] = torch.cat(parts)
        elif leaf not in ("k_proj", "v_proj", "up_proj"):
            together[name] = weight
    return together


def _quantised(model: Any) -> tuple[Any, dict[str, Any]]:
    """The model with all of its matrices as 4 bits give them back; and the 4 bits, for MLX."""
    import mlx.core as mx
    import torch

    packed = {}
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim != 2:
                packed[name] = weight.detach().clone()
                continue
            parts = mx.quantize(mx.array(weight.numpy()), group_size=32, bits=4)
            stem = name.removesuffix("weight")
            for leaf, part in zip(("weight", "scales", "biases"), parts, strict=True):
                packed[stem + leaf] = torch.from_numpy(np.array(part))
            weight.copy_(torch.from_numpy(np.array(mx.dequantize(*parts, group_size=32, bits=4))))
    return model, packed


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    """The twin of a kind, built once.

    Besides transformers' own kinds: `phi3 as llama` and `llama as phi3`, torch's kind first and MLX's second;
    and `llama in 4 bits`, where torch has what the 4 bits come to.
    """
    root = tmp_path_factory.mktemp("twins")

    @cache
    def make(kind: str) -> Twin:
        match kind:
            case "phi3 as llama":
                model = torch_model("phi3")
                config = {
                    **model.config.to_dict(),
                    "model_type": "llama",
                    "rope_theta": 10000.0,
                    "head_dim": 16,
                }
                return Twin(root / "split", model, _split(_plain_weights(model)), config)
            case "llama as phi3":
                model = torch_model("llama")
                config = {**model.config.to_dict(), "model_type": "phi3", "rope_theta": 10000.0}
                return Twin(root / "fused", model, _fused(_plain_weights(model)), config)
            case "llama in 4 bits":
                model, packed = _quantised(torch_model("llama"))
                config = {**model.config.to_dict(), "quantization": {"group_size": 32, "bits": 4}}
                return Twin(root / "quantised", model, packed, config)
            case "gemma3":
                model = torch_model(kind)
                swap = {"model.language_model.": "language_model.model.", "model.": ""}
                weights = {}
                for name, weight in _plain_weights(model).items():
                    old = next(prefix for prefix in swap if name.startswith(prefix))
                    weights[swap[old] + name.removeprefix(old)] = weight
                inner = {**model.config.text_config.to_dict(), "sliding_window_pattern": 2}
                config = {"model_type": "gemma3", "text_config": inner, "vocab_size": 48}
                return Twin(root / kind, model, weights, config)
            case _:
                model = torch_model(kind)
                config = {**model.config.to_dict(), "sliding_window_pattern": 2}
                return Twin(root / kind, model, _plain_weights(model), config)

    return make


@pytest.fixture
def same_everywhere(tmp_path: Path) -> Callable[..., Adapter]:
    """Imports an adapter and checks that all compute what its maker did: our engine, mlx-lm and PEFT with
    what is exported, and the export imported again. Returns the adapter.
    """

    def check(twin: Twin, folder: Path, logits: Logits, *, peft_reads: bool = True) -> Adapter:
        adapter = import_adapter(folder, twin.base, None, "it")
        np.testing.assert_allclose(twin.engine(adapter), logits, atol=TOLERANCE)
        forms: list[tuple[Form, Callable[[Path], Logits]]] = [("mlx_lm", twin.mlx_lm)]
        if peft_reads:
            forms.append(("peft", twin.peft))
        for form, compute in forms:
            exported = tmp_path / f"exported {form}"
            export(adapter, twin.base, exported, form)
            np.testing.assert_allclose(compute(exported), logits, atol=TOLERANCE)
            again = import_adapter(exported, twin.base, None, "it")
            for name, layer in adapter.layers.items():
                np.testing.assert_array_equal(again.layers[name].a, layer.a)
                np.testing.assert_array_equal(again.layers[name].b, layer.b)
            assert again.scale == pytest.approx(adapter.scale, rel=1e-12)
        return adapter

    return check
