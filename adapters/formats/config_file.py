"""`adapter_config.json`, which PEFT and mlx-lm both write and mean differently; and how a file is refused."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from thresher.adapters.errors import AdapterError
from thresher.adapters.regular_file import read_regular_text

CONFIG_FILE = "adapter_config.json"


def read_object(folder: Path) -> dict[str, Any]:
    """The JSON object in the file. Raises AdapterError."""
    path = folder / CONFIG_FILE
    try:
        config = json.loads(read_regular_text(path))
    except FileNotFoundError:
        inner = sorted(
            path.parent.name for path in folder.glob(f"*/{CONFIG_FILE}")
        )  # a trainer's checkpoints
        remedy = f"Name a folder in it: {', '.join(inner)}." if inner else "Fetch the adapter again."
        raise AdapterError(f"{folder.name}: {CONFIG_FILE} is missing. {remedy}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise AdapterError(f"{path}: cannot be read ({error}). Fetch the adapter again.") from error
    if not isinstance(config, dict):
        raise AdapterError(f"{path}: holds no JSON object. Fetch the adapter again.")
    return config


def is_number(value: Any) -> bool:
    """Whether it is a number above 0 that can be multiplied and divided. JSON's true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 1e-100 < value < 1e100


def is_whole(value: Any) -> bool:
    """Whether it is an integer. JSON's true is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def are_names(value: Any) -> bool:
    """Whether it is a list of strings."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def refuse(name: str, problems: Iterable[str]) -> None:
    """Raises AdapterError with every problem, where there is one."""
    if listed := [f"  - {problem}" for problem in problems]:
        remedy = "Convert it to plain LoRA for this base, or train it anew."
        error = AdapterError("\n".join([f"{name} cannot be used:", *listed, remedy]))
        error.lines = (f"{name} cannot be used:", *listed, remedy)
        raise error
