"""Whole or not at all: a file or folder is made beside its place and moved there when it is complete."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from thresher.adapters.errors import UsageError


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `path` when the block ends, and is gone if it raises.

    With `private` nobody but its owner may read it at any moment. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not private:  # else it stays as mkstemp made it
            temporary.chmod(_mode(path))
        temporary.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    sync(path.parent)


@contextmanager
def saving(path: Path, remedy: str, *, private: bool = False) -> Iterator[BinaryIO]:
    """As `replacing`. Raises UsageError, which ends with the remedy, where the file cannot be written."""
    try:
        with replacing(path, private=private) as file:
            yield file
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}). {remedy}") from error


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A path to make a file or folder at; it becomes `target` when the block ends, and is gone if it raises.

    All that is in it is on the disk before it has its name. Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name[:40]}.") as scratch:
        work = Path(scratch) / "new"
        yield work
        sync_tree(work)
        work.rename(target)
    sync(target.parent)


def sync_tree(path: Path) -> None:
    """Have a file, or a folder with all that lies in it, on the disk, where the system can."""
    for each in (*path.rglob("*"), path):
        sync(each)


def sync(path: Path) -> None:
    """Have what a file holds, or the names in a folder, on the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mode(path: Path) -> int:
    """That of the file which is replaced, else what any new file gets (mkstemp's is stricter)."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
