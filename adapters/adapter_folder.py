"""An adapter on disk: PEFT's two files, the manifest, and a calibration where there is one.

Written whole or not at all.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from thresher.adapters.adapter import Adapter
from thresher.adapters.atomic import appearing
from thresher.adapters.base_model import BaseModel
from thresher.adapters.calibration import (
    CALIBRATION_FILE,
    Calibration,
    calibrations_json,
    read_calibrations,
)
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.peft import WEIGHTS_FILE, peft_files, read_peft
from thresher.adapters.formats.uniform import uniform
from thresher.adapters.manifest import MANIFEST_FILE, Manifest, manifest_json, read_manifest
from thresher.adapters.pack import Pack
from thresher.adapters.tensor_file import fingerprint, read_tensors


class Unfit(NamedTuple):
    """Something that an adapter was made for and that is another here: `theirs` and `ours` name both."""

    what: str
    theirs: str
    ours: str
    remedy: str

    def __str__(self) -> str:
        return f"it was made for {self.what} {self.theirs}, here is {self.ours}. {self.remedy}"


def read_adapter(folder: Path, base: BaseModel | None = None) -> Adapter:
    """The adapter in `folder`, its matrices checked against the manifest's hash and the base's shapes.

    A calibration that lies with it must have been made for these very matrices.

    Whether it was made for this base is `unfit`'s to say. Raises AdapterError.
    """
    manifest = read_manifest(folder)
    layers, alpha = uniform(read_peft(folder, base.linear if base else None)[0])
    adapter = Adapter(layers, alpha, manifest)
    if _hash(folder, adapter.scale) != manifest.weights:
        raise AdapterError(
            f"{folder.name}: its matrices or their scale are not those that {MANIFEST_FILE} was written for. "
            "Fetch the adapter again."
        )
    return replace(adapter, calibrations=_calibrations(folder, manifest))


def write_adapter(
    folder: Path, adapter: Adapter, *, half: bool = False, beside: Mapping[str, bytes] | None = None
) -> Manifest:
    """Writes the files as a new folder, in one step; returns the manifest with the matrices' hash.

    With `half` the matrices are rounded to float16. `beside` has further files by name, which no reader of
    the format looks at. Calibrations that were made for other matrices are left out. Raises AdapterError
    where the folder is there already or cannot be written.
    """
    with new_place(folder) as work:
        work.mkdir()
        files = peft_files(adapter.layers, adapter.alpha, adapter.manifest.base.name, half)
        for name, content in {**(beside or {}), **files}.items():
            (work / name).write_bytes(content)
        manifest = adapter.manifest.model_copy(update={"weights": _hash(work, adapter.scale)})
        (work / MANIFEST_FILE).write_text(manifest_json(manifest), "utf-8")
        own = tuple(each for each in adapter.calibrations if each.adapter == manifest.weights)
        if own:
            (work / CALIBRATION_FILE).write_text(calibrations_json(own), "utf-8")
    return manifest


@contextmanager
def new_place(target: Path) -> Iterator[Path]:
    """`atomic.appearing` for what a user keeps: a file or a folder that is never written over what is there.

    Raises AdapterError where `target` is there already or cannot be written.
    """
    if target.exists() or target.is_symlink():
        raise AdapterError(f"{target}: is there already. Choose another name, or remove it first.")
    try:
        with appearing(target) as work:
            yield work
    except OSError as error:
        raise AdapterError(
            f"{target}: cannot be written ({error.strerror}). Free some space, or check its permissions."
        ) from error


def remove_adapter(folder: Path) -> int:
    """Deletes an adapter's folder; returns the bytes freed. It is gone from sight at once."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    gone = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".removed."))
    folder.rename(gone / folder.name)
    shutil.rmtree(gone)
    return size


def unfit(manifest: Manifest, base: BaseModel, pack: Pack | None) -> list[Unfit]:
    """All that keeps an adapter from this base and pack, None where it need not fit one; empty where it fits.

    Of the pack the record types count that it learnt: others may come beside them, or go.
    """
    made, here = manifest.base, base.identity
    found = []
    if made.fingerprint != here.fingerprint:
        found.append(
            Unfit(
                "the base",
                f"{made.name} ({made.fingerprint[:12]})",
                f"{here.name} ({here.fingerprint[:12]})",
                f"Use the base {made.name}, or train an adapter for {here.name}.",
            )
        )
    for what, theirs, ours in (
        ("the tokenizer", made.tokenizer, here.tokenizer),
        ("the chat template", made.template, here.template),
    ):
        if theirs != ours:
            remedy = f"Pull or add the base {made.name} again as it was, or train the adapter anew."
            found.append(Unfit(what, theirs[:12], ours[:12], remedy))
    learnt = manifest.pack
    if pack and learnt and learnt.hash != (ours := pack.hash_of(learnt.record_types)):
        found.append(
            Unfit(
                "the pack",
                f"{learnt.domain} ({learnt.hash[:12]})",
                f"{learnt.domain} ({ours[:12]})",
                "Put the pack's fields and instructions back as they were, or train an adapter for it.",
            )
        )
    return found


def _calibrations(folder: Path, manifest: Manifest) -> tuple[Calibration, ...]:
    path = folder / CALIBRATION_FILE
    found = read_calibrations(path) if path.exists() else ()
    if any(each.adapter != manifest.weights or each.base != manifest.base.fingerprint for each in found):
        raise AdapterError(
            f"{folder.name}: {CALIBRATION_FILE} was made for another adapter or base. Remove it, or run "
            "`thresher calibrate` again."
        )
    return found


def _hash(folder: Path, scale: float) -> str:
    """The sha256, in hex, over the matrices and the scale: all that decides what the adapter does."""
    matrices = fingerprint(read_tensors(folder / WEIGHTS_FILE, AdapterError))
    return sha256(f"{matrices} {scale:.9g}".encode()).hexdigest()
