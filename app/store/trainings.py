"""What each adapter that was trained here has seen: the keys of the documents, and never their text.

An adapter is known by the hash of its matrices, so that another name, or a way through other hands, changes
nothing. It is kept here and not in the adapter's folder: whoever gets that shall not learn what it has seen.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from thresher.app.store.clock import now
from thresher.app.store.database import from_sql, to_sql


@dataclass(frozen=True)
class Training:
    """A run that ended with an adapter. `seen` holds the key of each document that it trained on or chose by.

    `parent` is the hash of the matrices that it started from; `shipped` the name of that adapter where it
    came with Thresher: the next version has another in its place, and of this one no file is left.
    """

    domain: str
    record_type: str
    parent: str | None
    seen: frozenset[str]
    shipped: str | None = None


def add(connection: sqlite3.Connection, weights: str, training: Training) -> None:
    """Keeps it; once more changes nothing."""
    connection.execute(
        """INSERT OR REPLACE INTO trainings (weights, domain, record_type, parent, shipped, made)
            VALUES (?, ?, ?, ?, ?, ?)""",
        (
            weights,
            to_sql(training.domain),
            to_sql(training.record_type),
            training.parent,
            training.shipped,
            now(),
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO trained_documents VALUES (?, ?)", [(weights, key) for key in training.seen]
    )


def one(connection: sqlite3.Connection, weights: str) -> Training | None:
    """The run of these matrices; None where they were not trained here."""
    row = connection.execute("SELECT * FROM trainings WHERE weights = ?", (weights,)).fetchone()
    if row is None:
        return None
    seen = connection.execute("SELECT document FROM trained_documents WHERE weights = ?", (weights,))
    return Training(
        from_sql(row["domain"]),
        from_sql(row["record_type"]),
        row["parent"],
        frozenset(each["document"] for each in seen),
        row["shipped"],
    )


def forget(connection: sqlite3.Connection, documents: Iterable[str]) -> None:
    """Deletes the keys of a document that is forgotten."""
    connection.executemany("DELETE FROM trained_documents WHERE document = ?", [(key,) for key in documents])
