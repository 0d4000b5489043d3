"""A look at a database that is there: could Thresher use it? Changes nothing that is kept."""

import os
import sqlite3

from thresher.adapters.errors import StoreError
from thresher.adapters.regular_file import check_regular
from thresher.app.store.database import BUSY_SECONDS, Database
from thresher.app.store.migrations import check, is_newest


class LookedAt(Database):
    """As `Database`, with every page looked at; writing is refused.

    `is_newest` is false where the next command would bring the file to a newer schema first: what is kept in
    it cannot be asked then. Raises StoreError where the file cannot be used.
    """

    is_newest: bool

    def _create(self) -> None:
        check_regular(self.path)
        self._check_head(os.O_RDWR)

    def _connect(self) -> sqlite3.Connection:
        # Without a log beside it nobody has it open; SQLite would make one here, and leave it.
        path = self.path.resolve()  # the log of a link lies beside what it leads to
        log = path.with_name(f"{path.name}-wal")
        how = "mode=ro" if log.exists() else "mode=ro&immutable=1"
        address = f"{path.as_uri()}?{how}"
        return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)

    def _prepare(self) -> None:
        check(self._connection, self.path)
        self.is_newest = is_newest(self._connection)
        (found,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise StoreError(self._damaged(" ".join(found.split())))
