"""PEFT's `adapter_config.json`: read where plain LoRA can express it, refused by name where not.

A file must never load as something else than it is. Source: PEFT 0.19, `LoraConfig`, `inject_adapter`,
`get_pattern_key`.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from thresher.adapters.errors import AdapterError

CONFIG_FILE = "adapter_config.json"

#: Keys that change no result, or that are read below.
_HARMLESS = frozenset(
    (
        *("peft_type", "peft_version", "task_type", "auto_mapping", "inference_mode", "runtime_config"),
        *("base_model_name_or_path", "revision", "megatron_core", "ensure_weight_tying"),
        *("r", "lora_alpha", "lora_dropout", "rank_pattern", "alpha_pattern", "use_rslora", "bias"),
        *("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern"),
        *("init_lora_weights", "qalora_group_size", "corda_config", "eva_config", "loftq_config"),
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
}
#: Starts that leave the base's weights as they are. The others train against a changed base.
_PLAIN_STARTS = (True, False, "gaussian", "eva", "orthogonal", None)


def refuse(name: str, problems: list[str]) -> None:
    """Raises AdapterError with every problem, where there is one."""
    if problems:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise AdapterError(
            f"{name} cannot be used:{listed}\nConvert it to plain LoRA for this base, or train it anew."
        )


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration. Raises AdapterError with all that keeps it from being plain LoRA."""
    path = folder / CONFIG_FILE
    try:
        config = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise AdapterError(f"{folder.name}: {CONFIG_FILE} is missing. Fetch the adapter again.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise AdapterError(f"{path}: cannot be read ({error}). Fetch the adapter again.") from error
    if not isinstance(config, dict):
        raise AdapterError(f"{path}: holds no JSON object. Fetch the adapter again.")
    problems = []
    if config.get("peft_type") != "LORA":
        problems.append(f"peft_type is {config.get('peft_type')!r}: only LORA can be used")
    problems += [f"{key}: {why}" for key, why in _REFUSED.items() if config.get(key)]
    problems += [
        f"{key}: is set, and this version does not know what it means"
        for key, value in config.items()
        if value and key not in _HARMLESS and key not in _REFUSED
    ]
    if (start := config.get("init_lora_weights")) not in _PLAIN_STARTS:
        problems.append(f"init_lora_weights is {start!r}: it was trained against changed weights of the base")
    if config.get("bias") not in ("none", None):
        problems.append(f"bias is {config['bias']!r}: it trains the base's biases")
    if config.get("loftq_config") and start == "loftq":
        problems.append("loftq_config: it was trained against changed weights of the base")
    for key, kind in (("r", int), ("lora_alpha", int | float)):
        value = config.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) or not 0 < value < math.inf:
            problems.append(f"{key} is {value!r}: it must be a number above 0")
    for key in ("rank_pattern", "alpha_pattern"):
        patterns = config.get(key) or {}
        if not isinstance(patterns, dict) or not all(isinstance(v, int | float) for v in patterns.values()):
            problems.append(f"{key}: must give a number for each pattern")
        else:
            problems += _not_patterns(key, patterns)
    for key in ("target_modules", "exclude_modules"):
        if isinstance(config.get(key), str):
            problems += _not_patterns(key, [config[key]])
    refuse(folder.name, problems)
    return config


def _not_patterns(key: str, patterns: Iterable[str]) -> list[str]:
    problems = []
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            problems.append(f"{key}: {pattern!r} is no regular expression ({error})")
    return problems


def targeted(name: str, config: Mapping[str, Any]) -> bool:
    """Whether PEFT would adapt the module `name` under this configuration."""
    targets = config.get("target_modules")
    if _matches(name, config.get("exclude_modules")):
        return False
    if isinstance(targets, str):
        return targets.lower() == "all-linear" or re.fullmatch(targets, name) is not None
    if not _matches(name, targets):
        return False
    chosen = config.get("layers_to_transform")
    if chosen is None or name in (targets or ()):
        return True
    patterns = config.get("layers_pattern") or [r"[^.]*"]
    patterns = [patterns] if isinstance(patterns, str) else patterns
    for pattern in patterns:
        if match := re.match(rf".*\.{pattern}\.(\d+)\.", name):
            return int(match[1]) in ([chosen] if isinstance(chosen, int) else chosen)
    return False


def _matches(name: str, patterns: Any) -> bool:
    if isinstance(patterns, str):
        return re.fullmatch(patterns, name) is not None
    return any(name == target or name.endswith(f".{target}") for target in patterns or ())


def pattern_value(name: str, patterns: Mapping[str, Any] | None, default: Any) -> Any:
    """PEFT's rule: the first pattern that matches the end of the name from a dot on."""
    for pattern, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", name):
            return value
    return default


def scale_of(name: str, rank: int, config: Mapping[str, Any]) -> float:
    """What PEFT multiplies the product of the layer's matrices by."""
    alpha = float(pattern_value(name, config.get("alpha_pattern"), config["lora_alpha"]))
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
