"""mlx-lm's two files, read and written. Only plain LoRA on linear layers.

mlx-lm has one rank and one scale, the transposed matrices, and adapts the last so many blocks. It loads a
file that lacks tensors without a word. Source: mlx-lm 0.32, `tuner/utils.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.formats.config_file import (
    CONFIG_FILE,
    are_names,
    is_number,
    is_whole,
    read_object,
    refuse,
)
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
from thresher.adapters.formats.names import stem
from thresher.adapters.formats.uniform import ScaledLayer
from thresher.adapters.tensor_file import tensor_bytes

WEIGHTS_FILE = "adapters.safetensors"
_SIDES: dict[str, Side] = {"lora_a": "a", "lora_b": "b"}


def read_mlx_lm(folder: Path, linear: Linear) -> tuple[dict[str, ScaledLayer], dict[str, Any]]:
    """The layers by the module's path as the file has it, and the configuration.

    With the base's `linear` layers, under the file's names, the tensors must be exactly those that mlx-lm
    would make. Raises AdapterError with all mismatches at once.
    """
    config = read_object(folder)
    refuse(folder.name, _beyond_plain_lora(config))
    parameters = config["lora_parameters"]
    pairs, problems = find_pairs(tensors_in(folder, WEIGHTS_FILE), _parse, transposed=True)
    expected, unmatched = _expected(config["num_layers"], parameters.get("keys"), linear)
    problems += unmatched + unexpected(pairs, expected, linear)
    for name, pair in pairs.items():
        problems += misshapen(name, pair, parameters["rank"], linear)
    refuse(folder.name, problems)
    layers = {name: pair.read(float(parameters["scale"])) for name, pair in pairs.items()}
    refuse(folder.name, not_finite(layers))
    return layers, config


def mlx_lm_modules(folder: Path) -> list[str]:
    """The modules that the file has matrices for, by its own names. Raises AdapterError."""
    return modules_in(tensors_in(folder, WEIGHTS_FILE), _parse)


def mlx_lm_files(
    layers: Mapping[str, LoraLayer], alpha: float, base: str, linear: Linear
) -> dict[str, bytes]:
    """The two files, by name. What mlx-lm would adapt and `layers` lacks gets matrices of zeros."""
    rank = next(iter(layers.values())).rank
    blocks = {name: block for name in linear if (block := _block(name))}
    keys = {blocks[name][1] if name in blocks else name for name in layers}
    last = max((number for number, _ in blocks.values()), default=0)
    first = min((blocks[name][0] for name in layers if name in blocks), default=last)
    config = {
        "model": base,
        "fine_tune_type": "lora",
        "num_layers": last + 1 - first,
        "lora_parameters": {"rank": rank, "scale": alpha / rank, "dropout": 0.0, "keys": sorted(keys)},
    }
    tensors = {}
    for name in sorted(linear):
        outputs, inputs = linear[name]
        if name in layers:
            a, b = layers[name].a.T, layers[name].b.T
        elif name in blocks and blocks[name][0] >= first and blocks[name][1] in keys:
            a, b = np.zeros((inputs, rank), np.float32), np.zeros((rank, outputs), np.float32)
        else:
            continue
        tensors[f"{name}.lora_a"], tensors[f"{name}.lora_b"] = a, b
    return {
        CONFIG_FILE: (json.dumps(config, indent=4) + "\n").encode(),
        WEIGHTS_FILE: tensor_bytes(tensors, {"format": "mlx"}),
    }


def _beyond_plain_lora(config: Mapping[str, Any]) -> Iterator[str]:
    if (kind := config.get("fine_tune_type", "lora")) != "lora":
        why = {"dora": ": DoRA's magnitudes have no place in plain LoRA", "full": ": it is no adapter"}
        yield f"fine_tune_type is {kind!r}{why.get(str(kind), ', not lora')}"
    if config.get("use_dora"):
        yield "use_dora: DoRA's magnitudes have no place in plain LoRA"
    if not is_whole(number := config.get("num_layers")):
        yield f"num_layers is {number!r}: it must be a whole number"
    if not isinstance(parameters := config.get("lora_parameters"), dict):
        yield f"lora_parameters is {parameters!r}: it must give rank and scale"
        return
    if not is_number(rank := parameters.get("rank")) or not is_whole(rank):
        yield f"lora_parameters.rank is {rank!r}: it must be a whole number above 0"
    if not is_number(scale := parameters.get("scale")):
        hint = " (alpha is not it: the scale is alpha / rank)" if "alpha" in parameters else ""
        yield f"lora_parameters.scale is {scale!r}: it must be a number above 0{hint}"
    if (keys := parameters.get("keys")) is not None and not are_names(keys):
        yield "lora_parameters.keys: must be a list of names"


def _expected(number: int, keys: list[str] | None, linear: Linear) -> tuple[set[str], list[str]]:
    """The layers that mlx-lm adapts; and the keys that match none, a sentence each.

    A key is the path within a block, whole, or the path in the model. Without keys it adapts all linear
    layers of the last blocks. A number of 0 or below means all blocks.
    """
    blocks = {name: block for name in linear if (block := _block(name))}
    total = 1 + max((n for n, _ in blocks.values()), default=-1)
    first = 0 if number <= 0 else max(0, total - number)
    last_blocks = {name: child for name, (n, child) in blocks.items() if n >= first}
    if keys is None:
        return set(last_blocks), []
    expected = {name for name, child in last_blocks.items() if child in keys} | linear.keys() & set(keys)
    possible = {child for _, child in blocks.values()} | set(linear)
    return expected, [f"keys: {key!r} is no linear layer of the base" for key in keys if key not in possible]


def _block(name: str) -> tuple[int, str] | None:
    """The block's number and the path within it."""
    match = re.fullmatch(r"(?:layers|h|blocks)\.(\d{1,6})\.(.+)", stem(name))
    return (int(match[1]), match[2]) if match else None


def _parse(name: str) -> tuple[str, Side] | None:
    module, _, leaf = name.rpartition(".")
    return (module, _SIDES[leaf]) if leaf in _SIDES and module else None
