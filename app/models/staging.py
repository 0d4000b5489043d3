"""Where a model is put together before it has a name: a pull that breaks off is never taken for a model.

`models/.partial/NAME/` is locked while one works on it and survives a break, so that the next pull resumes.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from thresher.adapters.atomic import replacing, sync, sync_tree
from thresher.adapters.base_facts import FACTS_FILE, InstalledModel, ModelFacts
from thresher.adapters.errors import ModelError, is_forbidden
from thresher.app.locations import CHANGE_PERMISSIONS


@dataclass(frozen=True)
class Staging:
    """`work` holds downloads, `files` what will be the model's folder."""

    models: Path
    name: str

    @property
    def work(self) -> Path:
        """What is fetched, and thrown away at the end."""
        return self.models / ".partial" / self.name

    @property
    def files(self) -> Path:
        """The model's files to be."""
        return self.work / "files"

    @property
    def replaced(self) -> Path:
        """The model that had the name, for the moment in which it changes hands."""
        return self.work / "replaced"

    def settle(self) -> None:
        """End what a kill left of `finish`: the old model has its name again, or is cleared away."""
        target, old = self.models / self.name, self.replaced
        if not (old.exists() or old.is_symlink()):
            return
        if not target.exists():
            old.replace(target)
        elif old.is_symlink():
            old.unlink()  # a model that lies elsewhere: the link is ours, the model is not
        else:
            shutil.rmtree(old)

    def finish(self, facts: ModelFacts) -> InstalledModel:
        """Write the facts last, then give the folder its name in one step.

        A model of that name goes in a step before: the system swaps no two folders.
        """
        with replacing(self.files / FACTS_FILE) as file:
            file.write((facts.model_dump_json(indent=2) + "\n").encode())
        sync_tree(self.files)
        target = self.models / self.name
        if target.exists():
            target.replace(self.replaced)
        self.files.replace(target)
        sync(self.models)
        shutil.rmtree(self.work, ignore_errors=True)
        return InstalledModel(target, facts)


@contextmanager
def staging(models: Path, name: str) -> Iterator[Staging]:
    """The place to put model `name` together, locked. Raises ModelError where another process works on it."""
    from filelock import FileLock, Timeout

    place = Staging(models, name)
    with writing(models):
        place.files.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place.work.with_name(f"{name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ModelError(
                f"another process is fetching {name} at this moment. Wait until it is done."
            ) from None
        try:
            place.settle()
            yield place
        finally:
            lock.release()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a full disk or a folder that may not be written to into a ModelError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelError(
                f"{folder}: the disk is full. Free some space and run the same command: "
                "it goes on where it stopped."
            ) from error
        if is_forbidden(error):
            raise ModelError(
                f"{error.filename or folder}: may not be read or written. {CHANGE_PERMISSIONS}"
            ) from error
        raise
