"""llama.cpp's LoRA file, written. Needs the `gguf` package: the extra of that name."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.adapter import Adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.environment import install_command
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.formats.config_file import refuse
from thresher.adapters.formats.heads import attention_heads
from thresher.adapters.formats.names import stem

#: mlx-lm's model types whose layers llama.cpp keeps one by one, and its word for each.
_ARCHITECTURES = {
    "llama": "llama",
    "mistral": "llama",
    "smollm3": "smollm3",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "gemma": "gemma",
    "gemma2": "gemma2",
    "gemma3": "gemma3",
    "gemma3_text": "gemma3",
    "phi3": "phi3",
}
#: llama.cpp turns neighbouring pairs of numbers in these, halves of a head in the others.
_PERMUTED = ("llama", "smollm3")


def write_gguf(path: Path, adapter: Adapter, base: BaseModel) -> None:
    """Writes a LoRA file for a GGUF file of the same base. `path` must not exist.

    Raises UsageError without the package, AdapterError where llama.cpp has no such architecture or layer.
    """
    gguf = _package()
    kind = base.identity.architecture
    if kind not in _ARCHITECTURES:
        raise AdapterError(
            f"{base.identity.name}: how llama.cpp stores the architecture {kind} is not known here. "
            f"Known are {', '.join(_ARCHITECTURES)}."
        )
    architecture = _ARCHITECTURES[kind]
    number = {value: key for key, value in gguf.MODEL_ARCH_NAMES.items()}[architecture]
    blocks = [int(m[1]) for name in base.linear if (m := re.match(r"layers\.(\d{1,6})\.", stem(name)))]
    table = gguf.get_tensor_name_map(number, max(blocks, default=-1) + 1)
    names = {name: table.get_name(f"model.{stem(name)}") for name in adapter.layers}
    refuse(
        adapter.manifest.name,
        (f"{name}: llama.cpp has no such layer" for name, found in names.items() if not found),
    )
    heads = attention_heads(base)
    writer = gguf.GGUFWriter(path, architecture)
    try:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_name(adapter.manifest.name)
        writer.add_file_type(gguf.LlamaFileType.ALL_F32)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, adapter.alpha)
        for name, layer in adapter.layers.items():
            b = layer.b
            if architecture in _PERMUTED and names[name].endswith(("attn_q", "attn_k")):
                b = permuted(b, heads.query if names[name].endswith("attn_q") else heads.key_value)
            writer.add_tensor(f"{names[name]}.weight.lora_a", np.ascontiguousarray(layer.a))
            writer.add_tensor(f"{names[name]}.weight.lora_b", np.ascontiguousarray(b))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def permuted(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """The rows of a query or key projection in llama.cpp's order: a head's two halves interleaved."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def _package() -> Any:
    try:
        import gguf
    except ImportError as error:
        raise UsageError(
            f"llama.cpp's format needs the package gguf. Run: {install_command('thresher[gguf]')}"
        ) from error
    return gguf
