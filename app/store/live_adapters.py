"""Which adapter is live for a domain and a base, and which were before: a stack for each of the two together.

Promoting puts one on top, rolling back takes the top off. A row that is off keeps its end, so that the past
can be told. Knows names and hashes, and not whether such an adapter is still there.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from thresher.app.store.clock import now
from thresher.app.store.database import from_sql, to_sql


@dataclass(frozen=True)
class Promotion:
    """That `adapter` was made live for a domain and a base, and when; None lets the base answer alone.

    `base` is the fingerprint of the base, `fingerprint` that of the adapter; None where any will do: a
    shipped one changes with Thresher. `ended` is None while it is on the stack.
    """

    domain: str
    base: str
    adapter: str | None
    fingerprint: str | None
    made: datetime
    ended: datetime | None


def promote(
    connection: sqlite3.Connection, domain: str, base: str, adapter: str | None, fingerprint: str | None
) -> bool:
    """Puts it on top; False where it is there."""
    before = top(connection, domain, base)
    if before and (before.adapter, before.fingerprint) == (adapter, fingerprint):
        return False
    connection.execute(
        "INSERT INTO live_adapters (domain, base, adapter, fingerprint, made) VALUES (?, ?, ?, ?, ?)",
        (to_sql(domain), base, to_sql(adapter), fingerprint, now()),
    )
    return True


def roll_back(connection: sqlite3.Connection, domain: str, base: str) -> bool:
    """Takes the top off; whether there was one."""
    cursor = connection.execute(
        """UPDATE live_adapters SET ended = ? WHERE id =
        (SELECT max(id) FROM live_adapters WHERE domain = ? AND base = ? AND ended IS NULL)""",
        (now(), to_sql(domain), base),
    )
    return cursor.rowcount > 0


def withdraw(connection: sqlite3.Connection, adapter: str) -> None:
    """Takes an adapter off every stack, wherever it lies."""
    connection.execute(
        "UPDATE live_adapters SET ended = ? WHERE adapter = ? AND ended IS NULL", (now(), to_sql(adapter))
    )


def top(connection: sqlite3.Connection, domain: str, base: str) -> Promotion | None:
    """What is live; None where nothing was promoted, or all was rolled back."""
    row = connection.execute(
        """SELECT * FROM live_adapters WHERE domain = ? AND base = ? AND ended IS NULL
        ORDER BY id DESC LIMIT 1""",
        (to_sql(domain), base),
    ).fetchone()
    return None if row is None else _promotion(row)


def tops(connection: sqlite3.Connection) -> list[Promotion]:
    """What is live, for every domain and base that have a stack."""
    rows = connection.execute(
        """SELECT * FROM live_adapters WHERE id IN
        (SELECT max(id) FROM live_adapters WHERE ended IS NULL GROUP BY domain, base) ORDER BY domain, base"""
    )
    return [_promotion(row) for row in rows]


def past(connection: sqlite3.Connection, adapter: str) -> list[Promotion]:
    """Every promotion of an adapter, the oldest first."""
    rows = connection.execute("SELECT * FROM live_adapters WHERE adapter = ? ORDER BY id", (to_sql(adapter),))
    return [_promotion(row) for row in rows]


def _promotion(row: sqlite3.Row) -> Promotion:
    return Promotion(
        domain=from_sql(row["domain"]),
        base=row["base"],
        adapter=None if row["adapter"] is None else from_sql(row["adapter"]),
        fingerprint=row["fingerprint"],
        made=datetime.fromisoformat(row["made"]),
        ended=None if row["ended"] is None else datetime.fromisoformat(row["ended"]),
    )
