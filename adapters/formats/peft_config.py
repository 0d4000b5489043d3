"""PEFT's `adapter_config.json`: read where plain LoRA can express it, refused by name where not.

A file must never load as something else than it is. Source: PEFT 0.21, `LoraConfig`,
`check_target_module_exists`, `get_pattern_key`.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from thresher.adapters.formats.config_file import are_names, is_number, is_whole, read_object, refuse
from thresher.adapters.formats.patterns import match, why_not

#: Keys that change no result, or that are read below.
_HARMLESS = frozenset(
    (
        *("peft_type", "peft_version", "task_type", "auto_mapping", "inference_mode", "runtime_config"),
        *("base_model_name_or_path", "revision", "megatron_core", "ensure_weight_tying"),
        *("r", "lora_alpha", "lora_dropout", "rank_pattern", "alpha_pattern", "use_rslora", "bias"),
        *("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern"),
        *("init_lora_weights", "qalora_group_size", "eva_config"),
    )
)
#: What plain LoRA cannot express, and why. Any other key that is set is refused too: a newer PEFT wrote it.
_REFUSED = {
    "use_dora": "DoRA's magnitudes have no place in plain LoRA",
    "lora_bias": "it trains biases",
    "modules_to_save": "it replaces whole layers of the base",
    "trainable_token_indices": "it changes embeddings",
    "target_parameters": "it adapts parameters that are no linear layers",
    "layer_replication": "it repeats layers of the base",
    "alora_invocation_tokens": "activated LoRA switches itself on within a text",
    "use_qalora": "QALoRA pools its inputs",
    "fan_in_fan_out": "its layers are transposed",
    "megatron_config": "its layers are split over devices",
    "corda_config": "CorDA trains against changed weights of the base",
    "loftq_config": "LoftQ trains against changed weights of the base",
    "lora_ga_config": "LoRA-GA trains against changed weights of the base",
    "arrow_config": "it routes each token among several adapters",
    "use_bdlora": "its matrices are block-diagonal, and stored in another way",
}
#: Starts that leave the base's weights as they are. The others train against a changed base.
_PLAIN_STARTS = (True, False, "gaussian", "eva", "orthogonal", None)


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration. Raises AdapterError with all that keeps it from being plain LoRA."""
    config = read_object(folder)
    refuse(folder.name, [*_beyond_plain_lora(config), *_malformed(config)])
    return config


def targeted(name: str, config: Mapping[str, Any]) -> bool:
    """Whether PEFT would adapt the module `name` under this configuration. Raises AdapterError."""
    targets = config.get("target_modules")
    if _matches(name, config.get("exclude_modules")):
        return False
    if isinstance(targets, str):
        return targets.lower() == "all-linear" or match(targets, name, "fullmatch") is not None
    if not _matches(name, targets):
        return False
    chosen = config.get("layers_to_transform")
    if chosen in (None, []) or name in (targets or ()):
        return True
    number = _layer_number(name, config.get("layers_pattern") or [])
    return number is not None and number in ([chosen] if is_whole(chosen) else chosen)


def rank_of(name: str, config: Mapping[str, Any]) -> int:
    """The layer's rank."""
    return int(_pattern_value(name, config.get("rank_pattern"), config["r"]))


def scale_of(name: str, config: Mapping[str, Any]) -> float:
    """What PEFT multiplies the product of the layer's matrices by."""
    alpha = float(_pattern_value(name, config.get("alpha_pattern"), config["lora_alpha"]))
    rank = rank_of(name, config)
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _matches(name: str, patterns: Any) -> bool:
    if isinstance(patterns, str):
        return match(patterns, name, "fullmatch") is not None
    return any(name == target or name.endswith(f".{target}") for target in patterns or ())


def _layer_number(name: str, patterns: str | list[str]) -> int | None:
    if not patterns:
        found = match(r".*?\.[^.]*\.(?P<number>\d+)\.", name)
    else:
        each = [patterns] if isinstance(patterns, str) else patterns
        tried = (match(rf"(?:^|.*?\.){pattern}\.(?P<number>\d+)\.", name) for pattern in each)
        found = next((one for one in tried if one), None)
    return int(found["number"]) if found else None


def _pattern_value(name: str, patterns: Mapping[str, Any] | None, default: Any) -> Any:
    """PEFT's rule: the first pattern that matches the end of the name from a dot on."""
    for pattern, value in (patterns or {}).items():
        if match(rf"(.*\.)?({pattern})$", name):
            return value
    return default


def _beyond_plain_lora(config: Mapping[str, Any]) -> Iterator[str]:
    if (kind := config.get("peft_type")) != "LORA":
        yield f"peft_type is {kind!r}: only LORA can be used"
    for key, value in config.items():
        if value and key in _REFUSED:
            yield f"{key}: {_REFUSED[key]}"
        elif value and key not in _HARMLESS:
            yield f"{key}: is set, and this version does not know what it means"
    if (start := config.get("init_lora_weights")) not in _PLAIN_STARTS:
        yield f"init_lora_weights is {start!r}: it was trained against changed weights of the base"
    if config.get("bias") not in ("none", None):
        yield f"bias is {config['bias']!r}: it trains the base's biases"


def _malformed(config: Mapping[str, Any]) -> Iterator[str]:
    if not is_number(rank := config.get("r")) or not is_whole(rank):
        yield f"r is {rank!r}: it must be a whole number above 0"
    if not is_number(alpha := config.get("lora_alpha")):
        yield f"lora_alpha is {alpha!r}: it must be a number above 0"
    for key, whole in (("rank_pattern", True), ("alpha_pattern", False)):
        patterns = config.get(key) or {}
        if not isinstance(patterns, dict) or not all(
            is_number(v) and (is_whole(v) or not whole) for v in patterns.values()
        ):
            yield f"{key}: must give a number above 0 for each pattern"
        else:
            yield from _not_patterns(key, patterns)
    for key in ("target_modules", "exclude_modules", "layers_pattern"):
        value = config.get(key)
        if isinstance(value, str):
            yield from _not_patterns(key, [value])
        elif value is not None and not are_names(value):
            yield f"{key}: must be a pattern or a list of names"
        elif value and key == "layers_pattern":
            yield from _not_patterns(key, value)
    chosen = config.get("layers_to_transform")
    if not (chosen is None or is_whole(chosen)):
        if not isinstance(chosen, list) or not all(is_whole(n) for n in chosen):
            yield "layers_to_transform: must be a number or a list of numbers"
        elif isinstance(config.get("target_modules"), str):
            yield "layers_to_transform: PEFT does not take it beside a pattern in target_modules"


def _not_patterns(key: str, patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        if (why := why_not(pattern)) is not None:
            yield f"{key}: {pattern!r} is no regular expression ({why})"
