"""A folder of files → is it a model that this app can run, and what are its facts?

Refuses, naming every reason at once, what is incomplete, not safetensors, needs code of its own, or has an
architecture that mlx-lm lacks.
"""

import json
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal

from thresher.adapters.base_facts import FACTS_FILE, FileFacts, ModelFacts
from thresher.adapters.errors import ModelError
from thresher.adapters.tensor_file import (
    all_tensors,
    fingerprint,
    parameter_count,
    read_tensors,
    weight_files,
)
from thresher.app.models.gguf import ready_mlx

#: What a model folder may hold. Nothing else is fetched or copied.
ALLOWED = ("*.safetensors", "*.json", "*.txt", "*.jinja", "*.model", "LICENSE*")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
#: Bytes of work space beside weights and cache, and the tokens that the cache estimate counts with.
_WORK_SPACE, _CACHED_TOKENS = 400 << 20, 8192


def refuse_listing(name: str, files: list[str]) -> None:
    """Raise ModelError where the names of a model's files already say that it cannot be used."""
    reasons = []
    if code := sorted(file for file in files if file.endswith(".py")):
        reasons.append(f"it brings code of its own ({', '.join(code[:3])}), which is never run")
    if not any(file.startswith("model") and file.endswith(".safetensors") for file in files):
        pickles = [file for file in files if file.endswith(_PICKLES)]
        why = f", only pickled ones ({pickles[0]}), which can run code" if pickles else ""
        reasons.append(f"it has no safetensors weights (model*.safetensors){why}")
    reasons += [f"it has no {file}" for file in ("config.json", "tokenizer.json") if file not in files]
    _refuse(name, reasons)


def check_folder(folder: Path, name: str) -> dict[str, Any]:
    """The config.json of the model in `folder`. Raises ModelError with all reasons against the model."""
    refuse_listing(name, [path.name for path in folder.iterdir() if path.is_file()])
    reasons: list[str] = []
    config = _json(folder / "config.json", reasons)
    tokenizer = _json(folder / "tokenizer_config.json", reasons)
    for name_of_file, content in (("config.json", config), ("tokenizer_config.json", tokenizer)):
        reasons += [
            f"{name_of_file} asks for code of its own ({key})"
            for key in ("auto_map", "model_file")
            if key in content
        ]
    if "chat_template" not in tokenizer and not (folder / "chat_template.jinja").exists():
        reasons.append("it has no chat template: use an instruction-tuned model")
    if config and (lacking := _unknown_architecture(config)):
        reasons.append(lacking)
    shards = set(
        _json(folder / "model.safetensors.index.json", reasons, optional=True).get("weight_map", {}).values()
    )
    missing = sorted(shards - {file.name for file in weight_files(folder)})
    reasons += [f"{shard} is missing" for shard in missing]
    for file in weight_files(folder):
        try:
            read_tensors(file)
        except ModelError as error:
            reasons.append(str(error))
    _refuse(name, reasons)
    return config


def gather_facts(
    folder: Path,
    *,
    name: str,
    kind: Literal["starter", "hub", "local"],
    source: str,
    revision: str | None,
    licence: str | None,
    digests: dict[str, str] | None = None,
) -> ModelFacts:
    """Check the model in `folder` and gather its facts. `digests` are sha256s that are known already."""
    config = check_folder(folder, name)
    text: dict[str, Any] = config.get("text_config", config)
    quantisation = config.get("quantization") or {}
    group_size = quantisation.get("group_size")
    tensors = all_tensors(folder)
    context = int(text.get("max_position_embeddings", 2048))
    stored = sum(tensor.end - tensor.start for tensor in tensors)
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FACTS_FILE
    }
    return ModelFacts(
        name=name,
        kind=kind,
        source=source,
        revision=revision,
        licence=licence,
        architecture=config["model_type"],
        bits=quantisation.get("bits"),
        group_size=group_size,
        context=context,
        parameters=parameter_count(tensors, group_size),
        memory=stored + _WORK_SPACE + min(context, _CACHED_TOKENS) * _cache_bytes(text),
        fingerprint=fingerprint(tensors),
        files={
            key: FileFacts(size=path.stat().st_size, sha256=(digests or {}).get(key) or sha256_of(path))
            for key, path in files.items()
        },
    )


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _cache_bytes(config: dict[str, Any]) -> int:
    """Bytes of keys and values a token, at two bytes a number."""
    heads = int(config.get("num_attention_heads", 1))
    width = int(config.get("head_dim") or int(config.get("hidden_size", 0)) // heads)
    return (
        4 * int(config.get("num_hidden_layers", 0)) * int(config.get("num_key_value_heads") or heads) * width
    )


def _unknown_architecture(config: dict[str, Any]) -> str | None:
    ready_mlx()
    from mlx_lm import utils

    kind = config.get("model_type")
    known = utils.MODEL_REMAPPING.get(kind, kind)
    models = Path(utils.__file__).with_name("models")
    if isinstance(known, str) and known.isidentifier() and (models / f"{known}.py").exists():
        return None
    return f"mlx-lm has no architecture {kind!r}: use another base, or update Thresher"


def _json(path: Path, reasons: list[str], *, optional: bool = False) -> dict[str, Any]:
    """A JSON object, or {} with a reason added."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if isinstance(content, dict):
            return content
        reasons.append(f"{path.name} holds no JSON object")
    except FileNotFoundError:
        if not optional:
            reasons.append(f"{path.name} is missing")
    except (OSError, ValueError) as error:
        reasons.append(f"{path.name} cannot be read ({error})")
    return {}


def _refuse(name: str, reasons: list[str]) -> None:
    if reasons:
        raise ModelError(
            f"{name} cannot be used: {'; '.join(reasons)}. See `thresher models list` for bases that work."
        )
