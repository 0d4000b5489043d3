"""The frozen base model, in the form that trains fast on this device."""

import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_unflatten

from thresher.adapters.errors import ModelError


def load_base(folder: Path, precision: str = "auto") -> Any:
    """mlx-lm's model of the folder, evaluated, with nothing to train.

    On a CPU quantised weights become float32, and MLX's compiler stays off: it would need a C++ compiler. On
    Metal and CUDA they stay quantised; `precision` "float32" or "bfloat16" is then the type of all that is
    not, "auto" the base's own. Raises ModelError.
    """
    from mlx_lm.utils import load_model

    config = json.loads((folder / "config.json").read_text("utf-8"))
    if "model_file" in config or "auto_map" in config:
        raise ModelError(f"{folder.name}: config.json asks to run code from the model. Use another base.")
    try:
        model, _ = load_model(folder, lazy=True)
    except Exception as error:  # mlx-lm raises bare ValueErrors and KeyErrors for every defect of a file
        raise ModelError(
            f"{folder.name}: cannot be loaded ({error}). Run `thresher models verify`."
        ) from error
    if on_cpu():
        mx.disable_compile()
        model.update_modules(
            tree_unflatten(
                [(name, plain) for name, module in model.named_modules() if (plain := _expanded(module))]
            )
        )
        model.set_dtype(mx.float32)
    elif precision != "auto":
        model.set_dtype(getattr(mx, precision))
    mx.eval(model.parameters())
    model.freeze()
    model.eval()
    return model


def on_cpu() -> bool:
    """Whether MLX computes on the processor here."""
    return bool(mx.default_device().type == mx.DeviceType.cpu)


def _expanded(module: Any) -> Any:
    """The layer with the same numbers in float32; None for a layer that is not quantised."""
    if not isinstance(module, nn.QuantizedLinear | nn.QuantizedEmbedding):
        return None
    if isinstance(module, nn.QuantizedLinear):
        plain = nn.Linear(1, 1, bias="bias" in module)
        if "bias" in module:
            plain.bias = module.bias
    else:
        plain = nn.Embedding(1, 1)
    weight = mx.dequantize(module.weight, module.scales, module.biases, module.group_size, module.bits)
    plain.weight = weight.astype(mx.float32)
    return plain
