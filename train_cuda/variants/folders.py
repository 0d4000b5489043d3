"""Folders of what was trained: whole or not there, and never pickle."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import new_place, write_adapter
from thresher.adapters.base_facts import FACTS_FILE
from thresher.adapters.formats.peft import WEIGHTS_FILE
from thresher.adapters.formats.uniform import ScaledLayer, uniform
from thresher.adapters.manifest import Manifest
from thresher.adapters.tensor_file import read_metadata, weight_files

#: What a model's folder has beside its weights. Facts and the index are of the base's own weights.
_BESIDE = ("*.json", "*.jinja", "*.txt", "*.model", "LICENSE*")
_NOT_OURS = ("config.json", FACTS_FILE, "model.safetensors.index.json")


def write_plain(folder: Path, layers: Mapping[str, ScaledLayer], manifest: Manifest) -> None:
    """Writes the layers as plain LoRA of one rank and one scale. Raises AdapterError."""
    same, alpha = uniform(layers)
    write_adapter(folder, Adapter(same, alpha, manifest))


def write_peft(folder: Path, model: Any, base: str) -> None:
    """Writes PEFT's own folder of its model; `base` is the name to be told. Raises AdapterError."""
    from peft import get_peft_model_state_dict

    config = model.active_peft_config
    config.base_model_name_or_path, config.inference_mode = base, True
    # Else PEFT asks the Hub whether embeddings changed: nothing here opens a connection.
    state = get_peft_model_state_dict(model, save_embedding_layers=False)
    tensors = {name: tensor.detach().cpu() for name, tensor in state.items()}
    with new_place(folder) as work:
        work.mkdir()
        _save(work / WEIGHTS_FILE, tensors, "pt")
        config.save_pretrained(work)


def write_model(folder: Path, model: Any, base: Path) -> None:
    """Writes a dense model, float32, that mlx-lm loads with its base's tokenizer. Raises AdapterError."""
    config = json.loads((base / "config.json").read_text("utf-8"))
    for key in ("quantization", "quantization_config", "torch_dtype"):
        config.pop(key, None)
    config["dtype"] = "float32"
    # Names and meaning of the weights are still those of the base's files.
    form = read_metadata(weight_files(base)[0]).get("format", "pt")
    tensors = {name: parameter.detach().cpu() for name, parameter in model.named_parameters()}
    with new_place(folder) as work:
        work.mkdir()
        for path in sorted({path for pattern in _BESIDE for path in base.glob(pattern)}):
            if path.name not in _NOT_OURS:
                shutil.copy(path, work / path.name)
        (work / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
        _save(work / "model.safetensors", tensors, form)


def _save(path: Path, tensors: Mapping[str, Tensor], form: str) -> None:
    from safetensors.torch import save_file

    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, path, {"format": form})
