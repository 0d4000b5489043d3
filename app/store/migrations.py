"""The schema, as steps from an empty file. A step that has been released is never changed: add one.

`user_version` counts the steps that a file has taken.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from thresher.adapters.errors import StoreError

#: Marks the file as Thresher's own ("THRS").
APPLICATION_ID = 0x54485253


def documents_and_records(connection: sqlite3.Connection) -> None:
    """What was read, what was asked, what was answered.

    A document is kept once for each reading: the same bytes read with and without OCR have two texts, and a
    record's spans count characters of the one that it was made from.
    """
    for statement in (
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, reading TEXT NOT NULL, name TEXT NOT NULL,
            path TEXT, kind TEXT NOT NULL, text TEXT NOT NULL, regions BLOB NOT NULL,
            pages INTEGER NOT NULL, ocr_pages INTEGER NOT NULL, notes TEXT NOT NULL, added TEXT NOT NULL,
            UNIQUE (sha256, reading))""",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY, task TEXT NOT NULL, settings_hash TEXT NOT NULL, model TEXT NOT NULL,
            adapter TEXT, total INTEGER NOT NULL, started TEXT NOT NULL, finished TEXT,
            cancelled INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE records (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, source TEXT NOT NULL, path TEXT,
            sha256 TEXT, document INTEGER REFERENCES documents, settings_hash TEXT NOT NULL,
            domain TEXT NOT NULL, record_type TEXT NOT NULL, model TEXT NOT NULL, adapter TEXT,
            fields TEXT, status TEXT NOT NULL, error_kind TEXT, error_message TEXT, seconds REAL NOT NULL,
            saved TEXT NOT NULL)""",
        "CREATE INDEX records_by_run ON records (run)",
        "CREATE INDEX records_by_work ON records (sha256, settings_hash)",
        "CREATE INDEX records_by_document ON records (document)",
        """CREATE TABLE record_values (
            record INTEGER NOT NULL REFERENCES records ON DELETE CASCADE, position INTEGER NOT NULL,
            field TEXT NOT NULL, type TEXT, value TEXT NOT NULL, outcome TEXT NOT NULL, confidence REAL,
            spans TEXT NOT NULL, PRIMARY KEY (record, position), UNIQUE (record, field)) WITHOUT ROWID""",
    ):
        connection.execute(statement)


def corrections_and_labels(connection: sqlite3.Connection) -> None:
    """What the analyst says instead, and the labels that follow from it or were imported."""
    for statement in (
        """CREATE TABLE corrections (
            id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES records ON DELETE CASCADE,
            field TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, spans TEXT NOT NULL,
            note TEXT NOT NULL, made TEXT NOT NULL)""",
        "CREATE INDEX corrections_by_record ON corrections (record)",
        """CREATE TABLE labels (
            sha256 TEXT NOT NULL, domain TEXT NOT NULL, record_type TEXT NOT NULL, field TEXT NOT NULL,
            value TEXT NOT NULL, origin TEXT NOT NULL CHECK (origin IN ('correction', 'import')),
            made TEXT NOT NULL, PRIMARY KEY (sha256, domain, record_type, field)) WITHOUT ROWID""",
    ):
        connection.execute(statement)


def which_adapters_are_live(connection: sqlite3.Connection) -> None:
    """Promotions of adapters, a stack for each domain and base."""
    for statement in (
        """CREATE TABLE live_adapters (
            id INTEGER PRIMARY KEY, domain TEXT NOT NULL, base TEXT NOT NULL, adapter TEXT, fingerprint TEXT,
            made TEXT NOT NULL, ended TEXT)""",
        "CREATE INDEX live_adapters_by_stack ON live_adapters (domain, base, ended)",
    ):
        connection.execute(statement)


def what_adapters_have_seen_and_proved(connection: sqlite3.Connection) -> None:
    """The documents of each training, by key, and what the gate said of adapters."""
    for statement in (
        """CREATE TABLE trainings (
            weights TEXT PRIMARY KEY, domain TEXT NOT NULL, record_type TEXT NOT NULL, parent TEXT,
            made TEXT NOT NULL)""",
        """CREATE TABLE trained_documents (
            weights TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (weights, document)) WITHOUT ROWID""",
        "CREATE INDEX trained_documents_by_document ON trained_documents (document)",
        """CREATE TABLE verdicts (
            id INTEGER PRIMARY KEY, adapter TEXT NOT NULL, domain TEXT NOT NULL, record_type TEXT NOT NULL,
            base TEXT NOT NULL, against TEXT, told TEXT NOT NULL, made TEXT NOT NULL)""",
        "CREATE INDEX verdicts_by_adapter ON verdicts (adapter)",
    ):
        connection.execute(statement)


def how_sure_values_are(connection: sqlite3.Connection) -> None:
    """What a confidence is made of, kept so that a later calibration needs no new answer.

    Values of before have none of it: they stay as they are, not calibrated.
    """
    for column in (
        "confidences TEXT NOT NULL DEFAULT '[]'",
        "calibrated INTEGER NOT NULL DEFAULT 0",
        "accepted INTEGER",
        "signals TEXT NOT NULL DEFAULT '[]'",
    ):
        connection.execute(f"ALTER TABLE record_values ADD COLUMN {column}")


def how_many_windows_were_asked(connection: sqlite3.Connection) -> None:
    """Of a record, and of how many."""
    for column in ("windows_asked INTEGER", "windows INTEGER"):
        connection.execute(f"ALTER TABLE records ADD COLUMN {column}")


def which_record_types_adapters_are_live_for(connection: sqlite3.Connection) -> None:
    """A promotion names the record types that it is for, or none where it is for all, as those of before."""
    connection.execute("ALTER TABLE live_adapters ADD COLUMN record_types TEXT NOT NULL DEFAULT '[]'")


def which_trainings_started_from_what_ships(connection: sqlite3.Connection) -> None:
    """The name of the shipped adapter that a training started from. Those of before do not say."""
    connection.execute("ALTER TABLE trainings ADD COLUMN shipped TEXT")


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    documents_and_records,
    corrections_and_labels,
    which_adapters_are_live,
    what_adapters_have_seen_and_proved,
    how_sure_values_are,
    how_many_windows_were_asked,
    which_record_types_adapters_are_live_for,
    which_trainings_started_from_what_ships,
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest schema, all steps in one transaction.

    Raises StoreError, and changes nothing, where the file is newer than this code or of another program.
    """
    check(connection, path)
    if is_newest(connection):
        return
    if not _has_tables(connection):
        connection.execute("PRAGMA journal_mode = WAL")  # kept in the file; refused inside a transaction
    connection.execute("BEGIN IMMEDIATE")
    try:
        check(connection, path)  # another process may have been first
        for step in STEPS[_version(connection) :]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_newest(connection: sqlite3.Connection) -> bool:
    """Whether the file needs no step."""
    return _version(connection) == len(STEPS)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises StoreError where the file is newer than this code or of another program."""
    # In this order: another process may be making the tables, and marks the file in the same transaction.
    used = _has_tables(connection)
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID and (owner or used):
        raise StoreError(
            f"{path}: this is a database of another program; move it aside, or set THRESHER_HOME to "
            "another folder"
        )
    version = _version(connection)
    if version > len(STEPS):
        raise StoreError(
            f"{path}: the database was written by a newer Thresher (version {version} of the schema, this "
            f"one knows {len(STEPS)}); update Thresher"
        )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
