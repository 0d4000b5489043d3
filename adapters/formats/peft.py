"""PEFT's two files, read and written. Only plain LoRA: see `peft_config`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.config_file import CONFIG_FILE, refuse
from thresher.adapters.formats.matrices import (
    Linear,
    Side,
    find_pairs,
    misshapen,
    modules_in,
    not_finite,
    tensors_in,
    unexpected,
)
from thresher.adapters.formats.peft_config import rank_of, read_config, scale_of, targeted
from thresher.adapters.formats.uniform import ScaledLayer
from thresher.adapters.tensor_file import tensor_bytes

WEIGHTS_FILE = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_LARGEST_HALF = float(np.finfo(np.float16).max)
_SIDES: dict[str, Side] = {"lora_A": "a", "lora_B": "b"}


def read_peft(folder: Path, linear: Linear | None = None) -> tuple[dict[str, ScaledLayer], dict[str, Any]]:
    """The layers by the module's path as the file has it, and the configuration.

    With the base's `linear` layers, under the file's names, the tensors must be exactly those that the
    configuration asks for, in the base's shapes. Raises AdapterError with all mismatches at once.
    """
    config = read_config(folder)
    pairs, problems = find_pairs(tensors_in(folder, WEIGHTS_FILE), _parse, transposed=False)
    if linear is not None:
        problems += unexpected(pairs, {name for name in linear if targeted(name, config)}, linear)
    for name, pair in pairs.items():
        problems += misshapen(name, pair, rank_of(name, config), linear)
    refuse(folder.name, problems)
    layers = {name: pair.read(scale_of(name, config)) for name, pair in pairs.items()}
    refuse(folder.name, not_finite(layers))
    return layers, config


def peft_modules(folder: Path) -> list[str]:
    """The modules that the file has matrices for, by its own names. Raises AdapterError."""
    return modules_in(tensors_in(folder, WEIGHTS_FILE), _parse)


def peft_files(
    layers: Mapping[str, LoraLayer], alpha: float, base: str, half: bool = False
) -> dict[str, bytes]:
    """The two files, by name. `target_modules` lists each layer by its whole path: no pattern to misread.

    With `half` the matrices are rounded to float16: half as many bytes. Raises AdapterError where a number is
    too large for it.
    """
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
    tensors: dict[str, NDArray[Any]] = {}
    for name in sorted(layers):
        tensors[f"{_PREFIX}{name}.lora_A.weight"] = layers[name].a
        tensors[f"{_PREFIX}{name}.lora_B.weight"] = layers[name].b
    if half:
        if large := [n for n, array in tensors.items() if np.abs(array).max(initial=0) > _LARGEST_HALF]:
            raise AdapterError(
                f"{large[0]}: has a number too large for float16. Write the adapter in float32, or train it "
                "anew with a lower learning_rate."
            )
        tensors = {name: array.astype(np.float16) for name, array in tensors.items()}
    return {
        CONFIG_FILE: (json.dumps(config, indent=2) + "\n").encode(),
        WEIGHTS_FILE: tensor_bytes(tensors, {"format": "pt"}),
    }


def _parse(name: str) -> tuple[str, Side] | None:
    """`base_model.model.MODULE.lora_A.weight`; older files have the adapter's name, default, in between."""
    stem = name.removesuffix(".weight").removesuffix(".default")
    module, _, leaf = stem.rpartition(".")
    if leaf in _SIDES and name.endswith(".weight") and module:
        return module.removeprefix(_PREFIX), _SIDES[leaf]
    return None
