"""One process at a time in a folder of a run. However the holder ends, the system lets go for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thresher.adapters.errors import UsageError


class FolderInUse(UsageError):
    """Another process holds the folder."""


@contextmanager
def sole(lock: Path, in_use: str) -> Iterator[None]:
    """Holds the folder of the file `lock`, which is made where need be.

    Raises FolderInUse, with `in_use` as what to tell, where another process holds it; UsageError where the
    file cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(lock)
        held.acquire(timeout=0)
    except Timeout:
        raise FolderInUse(in_use) from None
    except OSError as error:
        raise UsageError(f"{lock}: cannot be written ({error.strerror}). Check its folder.") from error
    try:
        yield
    finally:
        held.release()
