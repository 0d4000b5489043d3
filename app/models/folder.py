"""A folder of files → is it a model that this app can run, and what are its facts?

Refuses, naming every reason at once, what is incomplete, not safetensors, needs code of its own, or has an
architecture that mlx-lm lacks.
"""

import json
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError
from pydantic import Field as Setting

from thresher.adapters.base_facts import FACTS_FILE, FileFacts, ModelFacts
from thresher.adapters.errors import ModelError
from thresher.adapters.regular_file import read_regular_text
from thresher.adapters.tensor_file import (
    all_tensors,
    fingerprint,
    parameter_count,
    read_tensors,
    weight_files,
)
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.models.gguf import ready_mlx
from thresher.app.models.offline import go_offline

#: What a model folder may hold. Nothing else is fetched or copied.
ALLOWED = ("*.safetensors", "*.json", "*.txt", "*.jinja", "*.model", "LICENSE*")
_INDEX = "model.safetensors.index.json"
#: No file of JSON is larger; the index of very many tensors has some 10 MB.
_MOST_BYTES = 1 << 28
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
#: Bytes of work space beside weights and cache, and the tokens that the cache estimate counts with.
_WORK_SPACE, _CACHED_TOKENS = 400 << 20, 8192


class _Sizes(BaseModel):
    """What is read of a model's sizes; what its architecture needs beside these is mlx-lm's to know."""

    model_config = ConfigDict(strict=True)

    max_position_embeddings: PositiveInt = 2048
    num_attention_heads: PositiveInt = 1
    num_key_value_heads: PositiveInt | None = None
    head_dim: PositiveInt | None = None
    hidden_size: NonNegativeInt = 0
    num_hidden_layers: NonNegativeInt = 0

    @property
    def cache_bytes(self) -> int:
        """Bytes of keys and values a token, at two bytes a number."""
        width = self.head_dim or self.hidden_size // self.num_attention_heads
        return 4 * self.num_hidden_layers * (self.num_key_value_heads or self.num_attention_heads) * width


class _Quantisation(BaseModel):
    model_config = ConfigDict(strict=True)

    bits: PositiveInt | None = None
    group_size: PositiveInt | None = None


class _Config(_Sizes):
    """config.json. A model that reads more than text has the sizes under `text_config`."""

    model_type: str
    quantization: _Quantisation | None = None
    text_config: _Sizes = Setting(default_factory=_Sizes)

    @property
    def text(self) -> _Sizes:
        """The sizes of what reads text."""
        return self.text_config if "text_config" in self.model_fields_set else self


class _Index(BaseModel):
    """model.safetensors.index.json: the file of each tensor, where there are several."""

    model_config = ConfigDict(strict=True)

    weight_map: dict[str, str] = {}


_Form = TypeVar("_Form", bound=BaseModel)


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


def check_folder(folder: Path, name: str) -> _Config:
    """The config.json of the model in `folder`. Raises ModelError with all reasons against the model."""
    listed = sorted(folder.iterdir())
    # A library reads what is called so, and would wait for a pipe without end.
    odd = [path.name for path in listed if path.exists() and not (path.is_file() or path.is_dir())]
    _refuse(name, [f"{each} is no regular file" for each in odd])
    refuse_listing(name, [path.name for path in listed if path.is_file()])
    reasons: list[str] = []
    config = _json(folder / "config.json", reasons)
    tokenizer = _json(folder / "tokenizer_config.json", reasons)
    for name_of_file, content in (("config.json", config), ("tokenizer_config.json", tokenizer)):
        reasons += [
            f"{name_of_file} asks for code of its own ({key})"
            for key in ("auto_map", "model_file")
            if key in (content or ())
        ]
    if "chat_template" not in (tokenizer or ()) and not (folder / "chat_template.jinja").exists():
        reasons.append("it has no chat template: use an instruction-tuned model")
    read = _checked(_Config, "config.json", config, reasons) if config is not None else None
    if read and (lacking := _unknown_architecture(read.model_type)):
        reasons.append(lacking)
    if not reasons and (unusable := _unusable_tokenizer(folder)):
        reasons.append(unusable)
    index = _json(folder / _INDEX, reasons) if (folder / _INDEX).exists() else None
    shards = _checked(_Index, _INDEX, index or {}, reasons)
    named = set(shards.weight_map.values()) if shards else set()
    missing = sorted(named - {file.name for file in weight_files(folder)})
    reasons += [f"{shard} is missing" for shard in missing]
    for file in weight_files(folder):
        try:
            read_tensors(file)
        except ModelError as error:
            reasons.append(str(error))
    _refuse(name, reasons)
    assert read is not None  # else there is a reason
    return read


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
    quantisation = config.quantization or _Quantisation()
    tensors = all_tensors(folder)
    context = config.text.max_position_embeddings
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
        architecture=config.model_type,
        bits=quantisation.bits,
        group_size=quantisation.group_size,
        context=context,
        parameters=parameter_count(tensors, quantisation.group_size),
        memory=stored + _WORK_SPACE + min(context, _CACHED_TOKENS) * config.text.cache_bytes,
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


def _unknown_architecture(kind: str) -> str | None:
    ready_mlx()
    from mlx_lm import utils

    known = utils.MODEL_REMAPPING.get(kind, kind)
    models = Path(utils.__file__).with_name("models")
    if known.isidentifier() and (models / f"{known}.py").exists():
        return None
    return f"mlx-lm has no architecture {kind!r}: use another base, or update Thresher"


def _unusable_tokenizer(folder: Path) -> str | None:
    """What a run would stumble over: the tokenizer is read, and the chat template rendered once."""
    go_offline()  # the tokenizer's library would look some things up, also within a pull
    try:
        PromptTokenizer(folder).prompt("Answer.", "Read.")
    except ModelError as error:
        return str(error).rstrip(".")
    return None


def _json(path: Path, reasons: list[str]) -> dict[str, Any] | None:
    """A JSON object, or None with a reason added."""
    try:
        content = json.loads(read_regular_text(path, _MOST_BYTES))
        if isinstance(content, dict):
            return content
        reasons.append(f"{path.name} holds no JSON object")
    except FileNotFoundError:
        reasons.append(f"{path.name} is missing")
    except (OSError, ValueError, RecursionError) as error:
        reasons.append(f"{path.name} cannot be read ({error})")
    return None


def _checked(form: type[_Form], name: str, content: dict[str, Any], reasons: list[str]) -> _Form | None:
    """The content in its form, or None with each mismatch added."""
    try:
        return form.model_validate(content)
    except ValidationError as error:
        reasons += [f"{name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return None


def _refuse(name: str, reasons: list[str]) -> None:
    if reasons:
        raise ModelError(
            f"{name} cannot be used: {'; '.join(reasons)}. See `thresher models list` for bases that work."
        )
