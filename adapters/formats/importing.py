"""Adapters that others trained, brought into our form and bound to a base on the user's word."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from thresher.adapters.adapter import Adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats import mlx_lm, peft
from thresher.adapters.formats.config_file import CONFIG_FILE, read_object, refuse
from thresher.adapters.formats.matrices import not_finite
from thresher.adapters.formats.mlx_lm import mlx_lm_modules, read_mlx_lm
from thresher.adapters.formats.names import View, view
from thresher.adapters.formats.peft import peft_modules, read_peft
from thresher.adapters.formats.uniform import ScaledLayer, uniform
from thresher.adapters.manifest import BoundPack, Manifest, Source

Format = Literal["peft", "mlx_lm"]


def detect(folder: Path) -> Format:
    """Which of the two formats it is: both name their configuration alike. Raises AdapterError."""
    config = read_object(folder)
    is_peft = "peft_type" in config
    is_mlx_lm = "fine_tune_type" in config or "lora_parameters" in config
    if is_peft == is_mlx_lm:
        both = "both PEFT's and mlx-lm's keys" if is_peft else "neither PEFT's nor mlx-lm's keys"
        raise AdapterError(
            f"{folder / CONFIG_FILE}: has {both} (peft_type; fine_tune_type, lora_parameters). "
            "Fetch the adapter again."
        )
    weights = peft.WEIGHTS_FILE if is_peft else mlx_lm.WEIGHTS_FILE
    if not (folder / weights).is_file():
        found = sorted(path.name for path in folder.iterdir() if path.suffix in (".bin", ".npz", ".pt"))
        instead = f"; {', '.join(found)} can run code when it is loaded and is not read" if found else ""
        raise AdapterError(f"{folder.name}: {weights} is missing{instead}. Save the adapter as safetensors.")
    return "peft" if is_peft else "mlx_lm"


def import_adapter(folder: Path, base: BaseModel, pack: BoundPack | None, name: str) -> Adapter:
    """The adapter in a folder of PEFT or mlx-lm, as one of ours for `base`.

    `pack`: what it is to be used for, None for any domain. Raises AdapterError with all that is wrong.
    """
    if detect(folder) == "peft":
        return import_peft(folder, base, pack, name)
    return import_mlx_lm(folder, base, pack, name)


def import_peft(folder: Path, base: BaseModel, pack: BoundPack | None, name: str) -> Adapter:
    """The same for PEFT's files."""
    seen = view(base, peft_modules(folder))
    layers, config = read_peft(folder, seen.linear)
    notes = ("rsLoRA's scale, alpha / √rank, is stated as alpha / rank",) if config.get("use_rslora") else ()
    source = Source(format="peft", base=_text(config.get("base_model_name_or_path")), notes=notes)
    return _bound(folder.name, layers, seen, source, base, pack, name)


def import_mlx_lm(folder: Path, base: BaseModel, pack: BoundPack | None, name: str) -> Adapter:
    """The same for mlx-lm's files."""
    seen = view(base, mlx_lm_modules(folder))
    layers, config = read_mlx_lm(folder, seen.linear)
    source = Source(format="mlx_lm", base=_text(config.get("model")))
    return _bound(folder.name, layers, seen, source, base, pack, name)


def _bound(
    called: str,
    layers: Mapping[str, ScaledLayer],
    seen: View,
    source: Source,
    base: BaseModel,
    pack: BoundPack | None,
    name: str,
) -> Adapter:
    """The file's layers as the base's. `called`: what a refusal calls the file."""
    ours = seen.to_base(layers)
    even, alpha = uniform(ours)
    refuse(called, not_finite({each: ScaledLayer(layer.a, layer.b, 1.0) for each, layer in even.items()}))
    notes = [
        *source.notes,
        *seen.changes(layers),
        *_evened(ours.values()),
        f"bound to the weights of {base.identity.name} ({base.identity.fingerprint[:12]}) on the user's "
        f"word: its file {f'names {source.base}' if source.base else 'names no base'} and no fingerprint",
    ]
    manifest = Manifest(
        name=name,
        made=datetime.now(UTC),
        origin="imported",
        base=base.identity,
        pack=pack,
        weights="",  # known once it is written
        source=source.model_copy(update={"notes": tuple(notes)}),
    )
    return Adapter(even, alpha, manifest)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _evened(layers: Collection[ScaledLayer]) -> list[str]:
    ranks = sorted({layer.a.shape[0] for layer in layers})
    scales = sorted({layer.scale for layer in layers})
    notes = []
    if len(ranks) > 1:
        notes.append(f"ranks {', '.join(map(str, ranks))} were padded with zeros to {ranks[-1]}")
    if len(scales) > 1:
        notes.append(f"scales {', '.join(f'{scale:.6g}' for scale in scales)} were folded into B")
    return notes
