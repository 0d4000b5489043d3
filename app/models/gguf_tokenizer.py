"""The tokenizer of a GGUF file → tokenizer.json, tokenizer_config.json and chat_template.jinja.

Knows nothing of weights. Only byte-level BPE whose way of splitting words is known is written: a
tokenizer that is nearly right gives a model that is quietly wrong.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thresher.adapters.errors import ModelError

_CONTROL, _USER_DEFINED = 3, 4
_ROLES = {
    "bos": "tokenizer.ggml.bos_token_id",
    "eos": "tokenizer.ggml.eos_token_id",
    "pad": "tokenizer.ggml.padding_token_id",
}


def write_tokenizer(name: str, facts: Mapping[str, Any], folder: Path) -> dict[str, int]:
    """Write the tokenizer's files of the metadata `facts` into `folder`.

    Returns the ids that config.json repeats (bos_token_id, eos_token_id, pad_token_id).
    Raises ModelError for a tokenizer of another kind, or a file without a chat template.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models

    tokens, merges, kinds = (_listed(name, facts, key) for key in ("tokens", "merges", "token_type"))
    template = facts.get("tokenizer.chat_template")
    if not template:
        raise ModelError(f"{name}: it has no chat template. Use an instruction-tuned model.")
    vocabulary = {token: index for index, token in enumerate(tokens)}
    if len(vocabulary) != len(tokens):
        raise ModelError(f"{name}: its vocabulary names a token twice. Use an MLX folder of this model.")
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[tuple(merge.split(" ")) for merge in merges]))
    tokenizer.pre_tokenizer = _splitter(name, facts)
    tokenizer.decoder = decoders.ByteLevel()
    # In the order of their ids, so that each keeps the id that it has in the vocabulary.
    for token, kind in zip(tokens, kinds, strict=True):
        if kind in (_CONTROL, _USER_DEFINED):
            tokenizer.add_tokens([AddedToken(token, normalized=False, special=kind == _CONTROL)])
    tokenizer.save(str(folder / "tokenizer.json"))

    ids = {f"{role}_token_id": facts[key] for role, key in _ROLES.items() if key in facts}
    if "eos_token_id" not in ids:
        raise ModelError(f"{name}: it names no token that ends an answer. Use an MLX folder of this model.")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": facts["llama.context_length"],
        **{key.removesuffix("_id"): tokens[index] for key, index in ids.items()},
    }
    (folder / "tokenizer_config.json").write_text(
        json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8"
    )
    (folder / "chat_template.jinja").write_text(template, "utf-8")
    return ids


def _listed(name: str, facts: Mapping[str, Any], key: str) -> list[Any]:
    value = facts.get(f"tokenizer.ggml.{key}")
    if not isinstance(value, list) or not value:
        raise ModelError(f"{name}: the metadata lacks tokenizer.ggml.{key}. Use an MLX folder of this model.")
    return value


def _splitter(name: str, facts: Mapping[str, Any]) -> Any:
    """How text is split into words before BPE, by the name that llama.cpp gives it."""
    from tokenizers import pre_tokenizers

    kind = facts.get("tokenizer.ggml.model")
    split = facts.get("tokenizer.ggml.pre")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if kind == "gpt2" and split == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])
    if kind == "gpt2" and split == "gpt-2":
        return byte_level
    raise ModelError(
        f"{name}: tokenizer {kind!r} with splitting {split!r} is not known. Use an MLX folder of this model."
    )
