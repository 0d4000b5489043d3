"""One SQLite file, opened, locked and guarded. Knows nothing of what is kept in it.

Durability. WAL mode with synchronous=FULL: a transaction's pages are in the write-ahead log and the log is
flushed to the disk before COMMIT returns. A killed process loses nothing that was committed (the log is in
the system's hands, and the next opening replays it), nor does a loss of power. NORMAL would stand a kill
as well, but not the power; the flush costs milliseconds beside the seconds that a record takes.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thresher.adapters.errors import StoreError
from thresher.app.store.migrations import migrate

#: How long a writer waits for another process's transaction.
BUSY_SECONDS = 30

#: What every SQLite file begins with.
_HEADER = b"SQLite format 3\0"


class Database:
    """A connection to write and one to read, each taken in turn by threads: a read never waits for a write.

    Processes are kept apart by SQLite's own locks.
    Raises StoreError where the file is damaged, newer, of another program, locked or not writable. A file
    that cannot be used is left as it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock, self._read_lock = threading.RLock(), threading.RLock()
        with self._guarded():
            self._create()
            self._connection, self._reader = self._connect(), self._connect()
        self._connection.row_factory = self._reader.row_factory = sqlite3.Row
        try:
            with self._guarded():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        with self._lock, self._read_lock:
            self._reader.close()
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write: all of it is durable when the block ends, none of it where the block raises."""
        with self._lock, self._guarded():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read of one moment, whatever this process and others write meanwhile."""
        with self._read_lock, self._guarded():
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                if self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")

    def scrub(self) -> None:
        """Empty the write-ahead log, which still holds pages from before a deletion."""
        with self._lock, self._read_lock, self._guarded():  # a read that goes on would keep the log
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _create(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._check_head(os.O_RDWR | os.O_CREAT)

    def _check_head(self, flags: int) -> None:
        # Documents are private: nobody else on this machine reads them. The log inherits the mode.
        with os.fdopen(os.open(self.path, flags, 0o600), "rb") as file:
            head = file.read(len(_HEADER))
        if head and head != _HEADER:  # SQLite would take a file of a few bytes for an empty one
            raise StoreError(self._damaged("it is no SQLite file"))

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _prepare(self) -> None:
        connection = self._connection
        migrate(connection, self.path)
        self._reader.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a mistake in this code, not a state of the file
        except sqlite3.Error as error:
            raise StoreError(self._explain(error)) from error
        except OSError as error:
            raise StoreError(
                f"{self.path}: cannot be opened ({error.strerror}); check the folder's permissions, "
                "or set THRESHER_HOME to a folder of yours"
            ) from error

    def _explain(self, error: sqlite3.Error) -> str:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return self._damaged(str(error))
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return (
                f"{self.path}: another program has kept the database locked for {BUSY_SECONDS} seconds; "
                "close other Thresher windows and try again"
            )
        if code == sqlite3.SQLITE_FULL:
            return f"{self.path}: the disk is full; free some space and run again, finished records are kept"
        return (
            f"{self.path}: the database cannot be used ({error}); check the disk and the file's "
            "permissions, then try again"
        )

    def _damaged(self, how: str) -> str:
        return (
            f"{self.path}: the database is damaged ({how}) and was left as it is; restore it from a copy, or "
            "move it aside (with its -wal and -shm files) and Thresher starts a new one"
        )


def to_sql(text: str | None) -> str | bytes | None:
    """Text as SQLite takes it: a lone surrogate (from a broken file name, say) makes it bytes."""
    if text is None:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_sql(kept: str | bytes) -> str:
    """The text that `to_sql` took."""
    return kept.decode("utf-8", "surrogatepass") if isinstance(kept, bytes) else kept
