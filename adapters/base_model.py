"""What an adapter must know of a base model: its identity and the shapes of its linear layers.

Read from the folder's headers alone, so that it is the same whether MLX or torch loads the weights.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thresher.adapters.base_facts import FACTS_FILE, read_facts
from thresher.adapters.errors import ModelError
from thresher.adapters.manifest import BoundBase
from thresher.adapters.regular_file import read_regular_text
from thresher.adapters.tensor_file import Tensor, all_tensors, fingerprint
from thresher.adapters.tokens import template_hash, tokenizer_hash

#: Two-dimensional weights that are no linear layer of a block. Adapters never change them: the output
#: projection may be the embedding's own matrix.
OUTSIDE = ("embed_tokens", "lm_head", "wte", "wpe", "embeddings")


@dataclass(frozen=True)
class BaseModel:
    """A base model's folder, identity and linear layers: (outputs, inputs) by the module's path.

    `context` is the longest text in tokens, `vocabulary` the number of tokens there are. `packed` has the
    bytes of each linear layer that is quantised, as they are in the file.
    """

    folder: Path
    identity: BoundBase
    linear: Mapping[str, tuple[int, int]]
    hidden_size: int
    context: int = 4096
    vocabulary: int = 0
    heads: int = 1
    packed: Mapping[str, int] = field(default_factory=dict)


def read_base(folder: Path) -> BaseModel:
    """The base model in `folder`, an MLX one or an original checkpoint. Raises ModelError.

    The fingerprint is that of its facts file; without one, as in a folder that was never installed, every
    byte is read.
    """
    config = _config(folder)
    tensors = all_tensors(folder)
    if not tensors:
        raise ModelError(f"{folder}: holds no model*.safetensors. Name the folder of a base model.")
    known = (folder / FACTS_FILE).exists()
    facts = read_facts(folder) if known else None
    identity = BoundBase(
        name=facts.name if facts else folder.name,
        architecture=str(config["model_type"]),
        fingerprint=facts.fingerprint if facts else fingerprint(tensors),
        tokenizer=tokenizer_hash(folder),
        template=template_hash(folder),
    )
    text: dict[str, Any] = config.get("text_config", config)
    return BaseModel(
        folder,
        identity,
        _linear(tensors, config.get("quantization") or {}),
        hidden_size=int(text.get("hidden_size", 0)),
        context=int(text.get("max_position_embeddings") or 4096),
        vocabulary=int(text.get("vocab_size", 0)),
        heads=int(text.get("num_attention_heads", 1)),
        packed=_packed(tensors),
    )


def _linear(tensors: list[Tensor], quantisation: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Of a quantised layer the scales tell the inputs: one scale stands for a group of them."""
    shapes = {tensor.name: tensor.shape for tensor in tensors}
    layers = {}
    for name, shape in shapes.items():
        module, _, leaf = name.rpartition(".")
        if leaf != "weight" or len(shape) != 2 or module.rpartition(".")[2] in OUTSIDE:
            continue
        scales = shapes.get(f"{module}.scales")
        own = quantisation.get(module)  # a layer may be quantised in its own way
        group_size = (own if isinstance(own, dict) else quantisation).get("group_size", 1)
        layers[module] = (shape[0], scales[1] * int(group_size) if scales else shape[1])
    return layers


def _packed(tensors: list[Tensor]) -> dict[str, int]:
    modules = {t.name.removesuffix(".scales") for t in tensors if t.name.endswith(".scales")}
    sizes = {module: 0 for module in sorted(modules) if module.rpartition(".")[2] not in OUTSIDE}
    for tensor in tensors:
        module, _, leaf = tensor.name.rpartition(".")
        if module in sizes and leaf in ("weight", "scales", "biases"):
            sizes[module] += tensor.end - tensor.start
    return sizes


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        content = json.loads(read_regular_text(path))
        content["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: is no model's configuration. Name the folder of a base model.") from error
    return dict(content)
