"""A base model in MLX, as use and training both load it: by mlx-lm's definitions, and fast on a CPU too."""

import json
import math
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_unflatten

from thresher.adapters.errors import ModelError
from thresher.adapters.regular_file import read_regular_text


def open_base(folder: Path) -> tuple[Any, dict[str, Any]]:
    """mlx-lm's model of the folder, its weights not yet read, and its config.json.

    Raises ModelError where it is broken or would run code of its own.
    """
    from mlx_lm.utils import load_model

    config = json.loads(read_regular_text(folder / "config.json"))
    if "model_file" in config or "auto_map" in config:
        raise ModelError(f"{folder.name}: config.json asks to run code from the model. Use another base.")
    try:
        model, config = load_model(folder, lazy=True)
    except Exception as error:  # mlx-lm raises bare ValueErrors and KeyErrors for every defect of a file
        raise ModelError(
            f"{folder.name}: cannot be loaded ({error}). If `thresher models verify` finds its files good, "
            "the model is at fault: use another."
        ) from error
    return model, config


def on_cpu() -> bool:
    """Whether MLX computes on the processor here."""
    return bool(mx.default_device().type == mx.DeviceType.cpu)


def prepare_for_cpu(model: Any, room: float = math.inf) -> None:
    """Turns MLX's compiler off for good, and the model's quantised weights, in place, to float32.

    Compiled, kernels would be fused with the machine's C++ compiler, which may not be there, and loaded from
    a folder that all users may write to. Quantised kernels are a hundred times slower; they stay where the
    weights would take more than `room` bytes.
    """
    mx.disable_compile()
    layers = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.QuantizedLinear | nn.QuantizedEmbedding)
    ]
    if sum(4 * module.weight.size * 32 // module.bits for _, module in layers) > room:
        return
    model.update_modules(tree_unflatten([(name, _expanded(module)) for name, module in layers]))
    model.set_dtype(mx.float32)


def _expanded(layer: Any) -> nn.Module:
    """The layer with the same numbers in float32."""
    if isinstance(layer, nn.QuantizedLinear):
        plain = nn.Linear(1, 1, bias="bias" in layer)
        if "bias" in layer:
            plain.bias = layer.bias
    else:
        plain = nn.Embedding(1, 1)
    weight = mx.dequantize(layer.weight, layer.scales, layer.biases, layer.group_size, layer.bits)
    plain.weight = weight.astype(mx.float32)
    return plain
