"""A model that is on this machine already: an MLX folder or a GGUF file, taken in as a copy."""

import fnmatch
import os
import shutil
from pathlib import Path

from thresher.adapters.base_facts import FACTS_FILE, InstalledModel
from thresher.adapters.errors import ModelError, UsageError
from thresher.app.models.folder import ALLOWED, check_folder, gather_facts
from thresher.app.models.gguf import convert
from thresher.app.models.progress import OnTransfer, Transfer, silent
from thresher.app.models.staging import staging


def add(models: Path, path: Path, name: str, on_transfer: OnTransfer = silent) -> InstalledModel:
    """Install the MLX folder or GGUF file at `path` as `name`; the original stays as it is.

    Files are hard-linked where `path` is on the same disk, else copied.
    Raises ModelError with every reason why it cannot be used, UsageError where there is nothing at `path`.
    """
    if path.is_dir():
        check_folder(path, path.name)
    elif path.suffix.lower() != ".gguf" or not path.is_file():
        raise UsageError(f"{path}: neither an MLX model's folder nor a .gguf file. Check the path.")
    with staging(models, name) as place:
        shutil.rmtree(place.files)
        place.files.mkdir()
        if path.is_dir():
            for source in sorted(p for p in path.iterdir() if p.is_file()):
                if source.name != FACTS_FILE and any(fnmatch.fnmatch(source.name, a) for a in ALLOWED):
                    on_transfer(Transfer(f"copying {source.name}", 0, None))
                    _take(source, place.files / source.name)
        else:
            on_transfer(Transfer("converting", 0, None))
            convert(path, place.files)
        on_transfer(Transfer("checking", 0, None))
        facts = gather_facts(
            place.files, name=name, kind="local", source=str(path.absolute()), revision=None, licence=None
        )
        return place.finish(facts)


def _take(source: Path, target: Path) -> None:
    """Link weights, which are never written in place; copy what an editor may change."""
    source = source.resolve()
    if source.suffix == ".safetensors":
        try:
            os.link(source, target)
            return
        except OSError:
            pass  # another disk, or one without links: copied below
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        raise ModelError(f"{source}: vanished while it was copied. Add the model again.") from error
