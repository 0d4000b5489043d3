"""PEFT's two files, read and written. Only plain LoRA: see `peft_config`."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import OUTSIDE
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.peft_config import (
    CONFIG_FILE,
    pattern_value,
    read_config,
    refuse,
    scale_of,
    targeted,
)
from thresher.adapters.formats.uniform import ScaledLayer
from thresher.adapters.tensor_file import Tensor, read_floats, read_tensors, tensor_bytes

WEIGHTS_FILE = "adapter_model.safetensors"
_PREFIX = "base_model.model."


def read_peft(
    folder: Path, linear: Mapping[str, tuple[int, int]] | None = None
) -> tuple[dict[str, ScaledLayer], dict[str, Any]]:
    """The layers by the module's path as the file has it, and the configuration.

    With the base's `linear` layers, the tensors must be exactly those that the configuration asks for, in
    the base's shapes. Raises AdapterError with all mismatches at once.
    """
    config = read_config(folder)
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise AdapterError(f"{folder.name}: {WEIGHTS_FILE} is missing. Fetch the adapter again.")
    tensors = read_tensors(path, AdapterError)
    pairs, problems = _pairs(tensors)
    if linear is not None:
        problems += _against_base(pairs, config, linear)
    for name, (a, b) in pairs.items():
        problems += _shapes(name, a, b, config, linear)
    refuse(folder.name, problems)
    layers = {
        name: ScaledLayer(read_floats(a), read_floats(b), scale_of(name, a.shape[0], config))
        for name, (a, b) in pairs.items()
    }
    refuse(folder.name, not_finite(layers))
    return layers, config


def peft_files(layers: Mapping[str, LoraLayer], alpha: float, base: str) -> dict[str, bytes]:
    """The two files, by name. `target_modules` lists each layer by its whole path: no pattern to misread."""
    rank = next(iter(layers.values())).rank
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": rank,
        "lora_alpha": int(alpha) if alpha == int(alpha) else alpha,
        "lora_dropout": 0.0,
        "target_modules": sorted(layers),
        "bias": "none",
        "use_rslora": False,
        "use_dora": False,
        "fan_in_fan_out": False,
        "inference_mode": True,
        "init_lora_weights": True,
        "modules_to_save": None,
        "layers_to_transform": None,
        "layers_pattern": None,
        "rank_pattern": {},
        "alpha_pattern": {},
    }
    tensors = {}
    for name in sorted(layers):
        tensors[f"{_PREFIX}{name}.lora_A.weight"] = layers[name].a
        tensors[f"{_PREFIX}{name}.lora_B.weight"] = layers[name].b
    return {
        CONFIG_FILE: (json.dumps(config, indent=2) + "\n").encode(),
        WEIGHTS_FILE: tensor_bytes(tensors, {"format": "pt"}),
    }


def not_finite(layers: Mapping[str, ScaledLayer]) -> list[str]:
    """The layers that hold NaN or infinity, a sentence each."""
    import numpy as np

    return [
        f"{name}: holds numbers that are not finite"
        for name, layer in layers.items()
        if not (np.isfinite(layer.a).all() and np.isfinite(layer.b).all() and math.isfinite(layer.scale))
    ]


def _pairs(tensors: list[Tensor]) -> tuple[dict[str, tuple[Tensor, Tensor]], list[str]]:
    """A and B by module, and what is missing or extra."""
    found: dict[str, dict[str, Tensor]] = {}
    problems = []
    for tensor in tensors:
        stem = tensor.name.removesuffix(".weight").removesuffix(".default")
        module, _, leaf = stem.rpartition(".")
        if leaf in ("lora_A", "lora_B") and tensor.name.endswith(".weight"):
            found.setdefault(module.removeprefix(_PREFIX), {})[leaf] = tensor
        else:
            problems.append(f"{tensor.name}: is no LoRA matrix{_why_extra(tensor.name)}")
    for module, sides in found.items():
        problems += [f"{module}: {side} is missing" for side in ("lora_A", "lora_B") if side not in sides]
        if module.rpartition(".")[2] in OUTSIDE:
            problems.append(f"{module}: embeddings and output projections are not adapted; they may be tied")
    if not found:
        problems.append("it holds no LoRA matrix at all")
    return {m: (s["lora_A"], s["lora_B"]) for m, s in sorted(found.items()) if len(s) == 2}, problems


def _why_extra(name: str) -> str:
    if "lora_magnitude_vector" in name:
        return " (DoRA)"
    if "lora_embedding" in name or any(f"{part}." in name for part in OUTSIDE):
        return " (an embedding or output projection, saved beside the adapter)"
    return ""


def _against_base(
    pairs: Mapping[str, object], config: Mapping[str, Any], linear: Mapping[str, tuple[int, int]]
) -> list[str]:
    expected = {name for name in linear if targeted(name, config)}
    problems = [f"{name}: the configuration targets it, the file lacks it" for name in expected - set(pairs)]
    for name in set(pairs) - expected:
        known = name in linear
        problems.append(
            f"{name}: {'the configuration does not target it' if known else 'the base has no such layer'}"
        )
    return sorted(problems)


def _shapes(
    name: str,
    a: Tensor,
    b: Tensor,
    config: Mapping[str, Any],
    linear: Mapping[str, tuple[int, int]] | None,
) -> list[str]:
    problems = [
        f"{tensor.name}: has type {tensor.dtype}, not F32, F16 or BF16"
        for tensor in (a, b)
        if tensor.dtype not in ("F32", "F16", "BF16")
    ]
    rank = pattern_value(name, config.get("rank_pattern"), config["r"])
    if len(a.shape) != 2 or len(b.shape) != 2 or a.shape[0] != rank or b.shape[1] != rank:
        problems.append(
            f"{name}: A {a.shape} and B {b.shape} do not have the rank {rank} of the configuration"
        )
    elif linear is not None and name in linear and (b.shape[0], a.shape[1]) != linear[name]:
        outputs, inputs = linear[name]
        problems.append(
            f"{name}: has {b.shape[0]} outputs and {a.shape[1]} inputs, the base {outputs} and {inputs}"
        )
    return problems
