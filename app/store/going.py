"""Which runs go on. Whoever works on one holds a lock, of which the system lets go however its process ends.

Knows no database: a byte a run is locked, in a file beside it. Such locks are a process's: another `Going` of
the same file in it would not see them, and let go of them.
"""

import fcntl
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class Going:
    """The runs that go on, of one store and of other processes. No method raises; any thread may ask."""

    def __init__(self, path: Path) -> None:
        """`path` is made with the first run."""
        self._path = path
        self._file: BinaryIO | None = None
        self._own: set[int] = set()
        self._lock = threading.Lock()

    def begin(self, run: int) -> None:
        """The run goes on until `end`, or until the process has ended."""
        with self._lock, suppress(OSError):  # some network drives know no locks
            self._own.add(run)
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, run)

    def end(self, run: int) -> None:
        """It is over."""
        with self._lock, suppress(OSError):
            self._own.discard(run)
            fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, run)

    def holds(self, run: int) -> bool:
        """Whether somebody works on it; True also where that cannot be known."""
        with self._lock, suppress(OSError):
            if run not in self._own:
                fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, run)
                fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, run)
                return False
        return True

    def close(self) -> None:
        """None of this store goes on any more."""
        with self._lock:
            self._own.clear()
            if self._file is not None:
                self._file.close()
                self._file = None

    def _opened(self) -> BinaryIO:
        # One file for all: to close any other of its name would let go of the locks.
        if self._file is None:
            self._file = self._path.open("ab")
        return self._file
