"""Which runs go on. Whoever works on one holds a lock, of which the system lets go however its process ends.

Knows no database: a byte a run is locked, in a file beside it. Such locks are a process's: another `Going` of
the same file in it would not see them, and let go of them.
"""

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class Going:
    """The runs of one store that go on, and those of other processes. No method raises."""

    def __init__(self, path: Path) -> None:
        """`path` is made with the first run."""
        self._path = path
        self._file: BinaryIO | None = None
        self._own: set[int] = set()

    def begin(self, run: int) -> None:
        """The run goes on until `end`, or until the process has ended."""
        self._own.add(run)
        with suppress(OSError):  # some network drives know no locks
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, run)

    def end(self, run: int) -> None:
        """It is over."""
        self._own.discard(run)
        with suppress(OSError):
            fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, run)

    def holds(self, run: int) -> bool:
        """Whether somebody works on it; True also where that cannot be known."""
        if run in self._own:
            return True
        try:
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, run)
            fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, run)
        except OSError:
            return True
        return False

    def close(self) -> None:
        """None of this store goes on any more."""
        self._own.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self) -> BinaryIO:
        # One file for all: to close any other of its name would let go of the locks.
        if self._file is None:
            self._file = self._path.open("ab")
        return self._file
