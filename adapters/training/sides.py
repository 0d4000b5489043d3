"""The sides of a run: what its configuration asks, its labels read, and which of them are held back.

Knows no base and no tokenizer. What a run has seen is told by the keys of its documents, never their text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thresher.adapters.atomic import replacing
from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, parse_fields
from thresher.adapters.manifest import BoundPack
from thresher.adapters.pack_library import find_packs, pick
from thresher.adapters.training.labels import read_labels
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.training.split import Split, document_key, split

#: The keys of the documents of each side: "train", "validation", "proof".
Documents = Mapping[str, tuple[str, ...]]
#: Where a run keeps them, in its folder: they would tell whoever gets the adapter what it has seen.
DOCUMENTS_FILE = "documents.json"


@dataclass(frozen=True)
class Sides:
    """The labels of a run. `unfit` says which values break their field's type and are not taught."""

    split: Split
    pack: BoundPack | None
    unfit: tuple[str, ...]


def read_sides(config: RunConfig) -> Sides:
    """Reads the run's labels and splits them.

    Raises UsageError or PackError, naming what is wrong.
    """
    asked = _asked(config)
    unfit: list[str] | None = [] if config.unfit_values == "skip" else None
    reading = (asked.fields, asked.instructions, asked.open_fields, config.group, unfit)
    held = read_labels(config.validation, *reading) if config.validation else None
    labels = read_labels(config.labels, *reading)
    sides = split(labels, config.validation_share, config.split_seed, held, config.proof_share)
    return Sides(sides, asked.pack, tuple(unfit or ()))


def documents_of(sides: Split) -> Documents:
    """The keys of the documents of each side, sorted."""
    named = {"train": sides.train, "validation": sides.validation, "proof": sides.proof}
    return {
        name: tuple(sorted({document_key(label.text) for label in labels})) for name, labels in named.items()
    }


def save_documents(folder: Path, documents: Documents) -> None:
    """Writes the file into the run's folder, whole or not at all. Raises UsageError."""
    path = folder / DOCUMENTS_FILE
    try:
        with replacing(path) as file:
            file.write(json.dumps(documents).encode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}). Check its folder.") from error


def read_documents(folder: Path) -> Documents | None:
    """What `save_documents` wrote; None where a run of an older Thresher wrote nothing. Raises UsageError."""
    path = folder / DOCUMENTS_FILE
    try:
        raw = json.loads(path.read_bytes())
        return {str(name): tuple(map(str, keys)) for name, keys in raw.items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be read ({error}). Remove the run's folder and train again."
        ) from error


@dataclass(frozen=True)
class _Asked:
    instructions: str
    fields: tuple[Field, ...]
    open_fields: bool
    pack: BoundPack | None


def _asked(config: RunConfig) -> _Asked:
    if config.domain is not None:
        packs = find_packs(config.packs).packs
        record_type = pick(packs, config.domain, config.record_type)
        bound = BoundPack(
            domain=config.domain, hash=packs[config.domain].hash, record_types=(record_type.name,)
        )
        return _Asked(record_type.instructions, record_type.fields, record_type.open_fields, bound)
    if config.fields_file is None:
        return _Asked("", (), True, None)
    try:
        raw = json.loads(config.fields_file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{config.fields_file}: cannot be read ({error}). Check the path.") from error
    if isinstance(raw, dict):
        raw = raw.get("fields")
    return _Asked("", parse_fields(raw, str(config.fields_file)), False, None)
