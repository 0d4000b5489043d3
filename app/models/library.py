"""The models that are installed: list, find, verify, remove. Opens no socket.

Who looks here also finds a model that a kill left without its name while it was replaced.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from thresher.adapters.base_facts import InstalledModel, read_facts
from thresher.adapters.errors import ModelError, NoModelError
from thresher.app.models.catalogue import in_catalogue
from thresher.app.models.folder import sha256_of
from thresher.app.models.progress import OnTransfer, Transfer, silent
from thresher.app.models.staging import put_back, writing
from thresher.app.naming import check_name


def list_models(models: Path) -> list[InstalledModel]:
    """All installed models by name. A folder whose facts cannot be read is left to `broken_models`."""
    return [model for model, _ in _entries(models) if model is not None]


def broken_models(models: Path) -> list[tuple[str, str]]:
    """Folders that look like models and are not: (name, what is wrong and what to do)."""
    return [problem for model, problem in _entries(models) if model is None]


def find(models: Path, name: str) -> InstalledModel:
    """The installed model `name`, with every file there in its size.

    Raises NoModelError where there is none of that name, ModelError where its folder is broken.
    """
    model = installed(models, name)
    if differing := quick_check(model):
        raise ModelError(
            f"{name}: {'; '.join(differing)}. Run `thresher models remove {name}` and pull or add it again."
        )
    return model


def installed(models: Path, name: str) -> InstalledModel:
    """As `find`, but its files may differ: for `verify`, which says how."""
    check_name(name, "a model")
    folder = models / name
    if not folder.is_dir():
        put_back(models)
    if not folder.is_dir():
        there = ", ".join(model.name for model in list_models(models))
        others = f" Installed: {there}." if there else ""
        raise NoModelError(
            f"no model named {name!r} is installed.{others} Run `thresher models pull {_pullable(name)}`."
        )
    return InstalledModel(folder, read_facts(folder))


def quick_check(model: InstalledModel) -> list[str]:
    """What is missing or has another size, a sentence a file; empty where all is well. Reads no content."""
    differing = []
    for name, facts in model.facts.files.items():
        path = model.folder / name
        if not path.is_file():
            differing.append(f"{name} is missing")
        elif (size := path.stat().st_size) != facts.size:
            differing.append(f"{name} has {size:,} bytes in place of {facts.size:,}")
    return differing


def verify(model: InstalledModel, on_transfer: OnTransfer = silent) -> list[str]:
    """As `quick_check`, with every file's sha256 computed anew."""
    differing = quick_check(model)
    done = 0
    for name, facts in model.facts.files.items():
        path = model.folder / name
        on_transfer(Transfer(f"verifying {model.name}", done, model.facts.size))
        if path.is_file() and path.stat().st_size == facts.size and sha256_of(path) != facts.sha256:
            differing.append(f"{name} has other content than when it was installed")
        done += facts.size
    on_transfer(Transfer(f"verifying {model.name}", done, model.facts.size))
    return sorted(differing)


def remove(models: Path, name: str) -> int:
    """Delete model `name`, whole or broken, and what a broken pull of it left; returns the bytes freed.

    Raises NoModelError where there is nothing of that name.
    """
    folders = [f for f in (models / check_name(name, "a model"), models / ".partial" / name) if f.is_dir()]
    if not folders:
        raise NoModelError(f"no model named {name!r} is installed: see `thresher models list`.")
    freed = 0
    with writing(models):
        for folder in folders:
            if folder.is_symlink():
                folder.unlink()  # a model that lies elsewhere: the link is ours, the model is not
                continue
            freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder)
        (models / ".partial" / f"{name}.lock").unlink(missing_ok=True)
    return freed


def _pullable(name: str) -> str:
    """What to pull where `name` is missing: itself if it is known, else the starter."""
    return name if in_catalogue(name) else "starter"


def _entries(models: Path) -> Iterator[tuple[InstalledModel | None, tuple[str, str]]]:
    if not models.is_dir():
        return
    put_back(models)
    for folder in sorted(models.iterdir()):
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        try:
            yield InstalledModel(folder, read_facts(folder)), (folder.name, "")
        except ModelError as error:
            yield None, (folder.name, str(error))
