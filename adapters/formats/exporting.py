"""Our adapters in the forms that others read, written whole or not at all, and never over what is there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import new_place
from thresher.adapters.base_model import BaseModel
from thresher.adapters.formats.config_file import refuse
from thresher.adapters.formats.gguf import write_gguf
from thresher.adapters.formats.mlx_lm import mlx_lm_files
from thresher.adapters.formats.names import original
from thresher.adapters.formats.peft import peft_files

Form = Literal["peft", "mlx_lm", "gguf"]
FORMS: tuple[Form, ...] = get_args(Form)


def export(adapter: Adapter, base: BaseModel, target: Path, form: Form) -> None:
    """Writes the adapter for others: a folder of two files for `peft` and `mlx_lm`, one file for `gguf`.

    Raises AdapterError where `target` is there, cannot be written, or the form cannot hold the adapter;
    UsageError where `gguf` lacks its package.
    """
    refuse(adapter.manifest.name, _misfits(adapter, base))
    name = base.identity.name
    with new_place(target) as work:
        match form:
            case "peft":
                theirs = {original(path): layer for path, layer in adapter.layers.items()}
                _write_folder(work, peft_files(theirs, adapter.alpha, name))
            case "mlx_lm":
                _write_folder(work, mlx_lm_files(adapter.layers, adapter.alpha, name, base.linear))
            case "gguf":
                write_gguf(work, adapter, base)


def _misfits(adapter: Adapter, base: BaseModel) -> list[str]:
    problems = []
    for name, layer in adapter.layers.items():
        if (shape := (layer.b.shape[0], layer.a.shape[1])) != base.linear.get(name):
            problems.append(f"{name}: has outputs and inputs {shape}, the base {base.linear.get(name)}")
    return problems


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
