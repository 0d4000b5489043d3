"""The frozen base model: an MLX base's folder or an original checkpoint, in transformers' own class.

Nothing is fetched and no code of the model's is run.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from thresher.adapters.base_model import OUTSIDE
from thresher.adapters.errors import ModelError
from thresher.adapters.tensor_file import all_tensors, read_metadata, weight_files
from thresher.train_cuda.affine import PackedLinear, dequantise, packing_of
from thresher.train_cuda.attention import attend_without_masks
from thresher.train_cuda.device import Device
from thresher.train_cuda.rough_linear import RoughLinear
from thresher.train_cuda.sharding import Shards

#: Architectures whose weights have the same names and mean the same in mlx-lm and in transformers. mlx-lm
#: changes the weights of some others when it converts them: an adapter for those would be for another model.
SAME_IN_MLX = frozenset(
    ("llama", "mistral", "qwen2", "qwen3", "gemma", "gemma3_text", "phi3", "smollm3", "granite")
)
#: Of config.json, what is not the architecture's.
_NOT_OURS = ("quantization", "quantization_config", "auto_map", "architectures", "dtype", "torch_dtype")


def load_base(folder: Path, device: Device, packed: bool = False, sharded: bool = False) -> Any:
    """transformers' model of the folder, on the device, with nothing to train.

    With `packed`, quantised linear layers stay as small as in the file; else they are expanded to the
    numbers that MLX computes with. With `sharded`, this process keeps its share of each block. Raises
    ModelError.
    """
    config = json.loads((folder / "config.json").read_text("utf-8"))
    model = _empty(folder, config)
    shards = Shards(model, device.where) if sharded else None
    _fill(folder, config, model, device, packed, shards)
    if shards:
        shards.join()
    model.requires_grad_(False)
    model.eval()
    attend_without_masks(model)
    return model.to(device.where)


def _empty(folder: Path, config: dict[str, Any]) -> Any:
    """The model without memory for its weights; its buffers are computed as transformers does."""
    from accelerate import init_empty_weights
    from transformers import AutoModelForCausalLM
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    kind = config.get("model_type")
    converted = any(read_metadata(file).get("format") == "mlx" for file in weight_files(folder))
    if kind not in CONFIG_MAPPING or (converted and kind not in SAME_IN_MLX):
        known = f"There are: {', '.join(sorted(SAME_IN_MLX))}" if converted else "Update transformers"
        raise ModelError(f"{folder.name}: the architecture {kind!r} cannot be trained here. {known}.")
    asked = {key: value for key, value in config.items() if key not in _NOT_OURS}
    try:
        with init_empty_weights(include_buffers=False):
            made = CONFIG_MAPPING[kind].from_dict(asked)
            return AutoModelForCausalLM.from_config(made)
    except Exception as error:  # transformers raises bare ValueErrors and TypeErrors for what it cannot build
        raise ModelError(
            f"{folder.name}: config.json describes no model that transformers can build ({error}). "
            "Use another base."
        ) from error


def _fill(
    folder: Path, config: dict[str, Any], model: Any, device: Device, packed: bool, shards: Shards | None
) -> None:
    """Puts every weight of the files in its place. Raises ModelError that lists all that do not match."""
    model.tie_weights()
    rough = _roughen(model) if device.multiplies_roughly else set()
    wanted = dict(model.named_parameters())  # a tied weight once, under its first name
    problems = []
    for name, content in _weights(
        folder, config, packed, lambda module: device.products if module in rough else device.activations
    ):
        module, _, leaf = name.rpartition(".")
        if name not in wanted:
            if leaf != "inv_freq" and module.rpartition(".")[2] not in OUTSIDE:
                problems.append(f"{name} is not in the model")
            continue
        place, shape = model.get_submodule(module), wanted.pop(name).shape
        if isinstance(content, PackedLinear):
            _replace(model, module, content)
            if content.bias is not None:
                del wanted[f"{module}.bias"]
        elif content.shape != shape:
            problems.append(f"{name} has the shape {tuple(content.shape)}, the model {tuple(shape)}")
        else:
            setattr(place, leaf, nn.Parameter(content, requires_grad=False))
        if shards:
            shards.cut(name, wanted)
    problems += [f"{name} is missing" for name in wanted]
    if problems:
        raise ModelError(
            f"{folder.name}: {len(problems)} weights do not match config.json: "
            f"{'; '.join(sorted(problems)[:20])}. Fetch the model again."
        )
    model.tie_weights()


def _weights(
    folder: Path, config: dict[str, Any], packed: bool, type_of: Callable[[str], torch.dtype]
) -> Iterator[tuple[str, Tensor | PackedLinear]]:
    """Each weight of the model by name, in the type that `type_of` gives for its module."""
    from safetensors import safe_open

    tensors = {tensor.name: tensor for tensor in all_tensors(folder)}  # checks the headers
    quantisation = config.get("quantization") or {}
    files: dict[Path, Any] = {file: safe_open(file, "pt") for file in weight_files(folder)}

    def read(name: str) -> Tensor:
        tensor: Tensor = files[tensors[name].file].get_tensor(name)
        return tensor

    for name in sorted(tensors):  # a block's weights come together
        module, _, leaf = name.rpartition(".")
        dtype = type_of(module)
        quantised = f"{module}.scales" in tensors
        if quantised and leaf in ("scales", "biases"):
            continue
        if not quantised or leaf != "weight":
            if not read(name).is_floating_point():
                raise ModelError(f"{folder.name}: {name} has no floating point. Use another base.")
            if not (packed and quantised):  # a packed layer takes its bias along
                yield name, read(name).to(dtype, copy=True)
            continue
        parts = read(name), read(f"{module}.scales"), read(f"{module}.biases")
        try:
            packing = packing_of(module, quantisation)
        except ValueError as error:
            raise ModelError(f"{folder.name}: {error}. Use a base with affine quantisation.") from error
        if packed and module.rpartition(".")[2] not in OUTSIDE:
            shape = (parts[0].shape[0], parts[1].shape[1] * packing.group_size)
            bias = read(f"{module}.bias").to(dtype) if f"{module}.bias" in tensors else None
            copies = (parts[0].clone(), parts[1].clone(), parts[2].clone())
            yield name, PackedLinear(shape, copies, bias, packing, dtype)
        else:
            yield name, dequantise(*parts, packing).to(dtype)


def _roughen(model: Any) -> set[str]:
    """Puts a RoughLinear in the place of each linear layer of the blocks; their names."""
    linear = {
        name: module
        for name, module in model.named_modules()
        if type(module) is nn.Linear and name.rpartition(".")[2] not in OUTSIDE
    }
    for name, module in linear.items():
        _replace(model, name, RoughLinear.like(module))
    return set(linear)


def _replace(model: Any, path: str, module: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    setattr(model.get_submodule(parent), name, module)
