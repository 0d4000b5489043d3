"""Files of adapters to spoil for the tests of traps, and what is said of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.exporting import export
from thresher.adapters.formats.importing import import_adapter, import_peft

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
Same = Callable[..., Any]


def reconfigure(folder: Path, **changes: Any) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def retensor(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the tensors of the one safetensors file in the folder."""
    from safetensors.numpy import load_file, save_file

    (path,) = folder.glob("*.safetensors")
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


def as_mlx_lm(twin: Any, folder: Path, **config: Any) -> tuple[Path, Any]:
    """The folder of an adapter in mlx-lm's form, and its logits by PEFT."""
    logits = twin.save_peft(folder / "peft", **{"target_modules": ALL, **config})
    adapter = import_peft(folder / "peft", twin.base, None, "it")
    export(adapter, twin.base, folder / "mlx", "mlx_lm")
    return folder / "mlx", logits


def refusal(folder: Path, base: Any) -> str:
    with pytest.raises(AdapterError) as error:
        import_adapter(folder, base, None, "it")
    return str(error.value)
