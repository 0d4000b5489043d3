"""Where a model is put together before it has a name: a pull that breaks off is never taken for a model.

`models/.partial/NAME/` is locked while one works on it and survives a break, so that the next pull resumes.
A kill while one model takes the name of another costs neither: who looks for models puts the old one back.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thresher.adapters.atomic import replacing, sync, sync_tree
from thresher.adapters.base_facts import FACTS_FILE, InstalledModel, ModelFacts
from thresher.adapters.errors import ModelError, is_forbidden
from thresher.app.locations import CHANGE_PERMISSIONS

if TYPE_CHECKING:
    from filelock import FileLock

_PARTIAL = ".partial"
#: Seconds that a look for models waits for a process which is between the two steps of `finish`.
_PATIENCE = 1.0


@dataclass(frozen=True)
class Staging:
    """`work` holds downloads, `files` what will be the model's folder."""

    models: Path
    name: str

    @property
    def work(self) -> Path:
        """What is fetched, and thrown away at the end."""
        return self.models / _PARTIAL / self.name

    @property
    def target(self) -> Path:
        """The folder of the model that has the name."""
        return self.models / self.name

    @property
    def files(self) -> Path:
        """The model's files to be."""
        return self.work / "files"

    @property
    def replaced(self) -> Path:
        """The model that had the name, for the moment in which it changes hands."""
        return self.work / "replaced"

    @property
    def has_replaced(self) -> bool:
        """Whether a model is on its way out: one that lies elsewhere is a link, which leads nowhere there."""
        return os.path.lexists(self.replaced)

    def lock(self) -> "FileLock":
        """Held by whoever puts the model together."""
        from filelock import FileLock

        return FileLock(self.work.with_name(f"{self.name}.lock"))

    def settle(self) -> None:
        """End what a kill left of `finish`: the old model has its name again, or is cleared away."""
        if not self.has_replaced:
            return
        if not os.path.lexists(self.target):
            self.replaced.replace(self.target)
        elif self.replaced.is_symlink():
            self.replaced.unlink()  # a model that lies elsewhere: the link is ours, the model is not
        else:
            shutil.rmtree(self.replaced)

    def finish(self, facts: ModelFacts) -> InstalledModel:
        """Write the facts last, then give the folder its name in one step.

        A model of that name goes in a step before, since not every system swaps two folders: after a kill
        between the steps `put_back` undoes the first.
        """
        with replacing(self.files / FACTS_FILE) as file:
            file.write((facts.model_dump_json(indent=2) + "\n").encode())
        sync_tree(self.files)
        if os.path.lexists(self.target):  # also a link to a disk that is not there now
            self.target.replace(self.replaced)
        self.files.replace(self.target)
        sync(self.models)
        shutil.rmtree(self.work, ignore_errors=True)
        return InstalledModel(self.target, facts)


def put_back(models: Path) -> None:
    """Give each model that a kill left without its name that name again, where the system lets it.

    One that another process replaces at this moment has its name once that is done, and is waited for.
    """
    partial = models / _PARTIAL
    try:
        names = [work.name for work in partial.iterdir()] if partial.is_dir() else []
    except OSError:  # root's, after one `sudo thresher models pull`: of no matter to what is installed
        return
    for name in names:
        place = Staging(models, name)
        if place.has_replaced and not os.path.lexists(place.target):
            # A lock that is held for long, a full disk, a folder of another user: the rest can be used.
            with suppress(OSError), place.lock().acquire(timeout=_PATIENCE):
                place.settle()


@contextmanager
def staging(models: Path, name: str) -> Iterator[Staging]:
    """The place to put model `name` together, locked. Raises ModelError where another process works on it."""
    from filelock import Timeout

    place = Staging(models, name)
    with writing(models):
        place.files.mkdir(parents=True, exist_ok=True)
        lock = place.lock()
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
