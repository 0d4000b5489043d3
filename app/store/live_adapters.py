"""Which adapter is live for a domain and a base, and which were before: a stack for each of the two together.

Promoting puts one on top, for all record types or for some. The topmost that is for a record type is live
for it. Rolling back takes the topmost off. A row that is off keeps its end, so that the past can be told.
Knows names and hashes, and not whether such an adapter is still there.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from thresher.app.store.clock import now
from thresher.app.store.database import from_sql, to_sql


@dataclass(frozen=True)
class Promotion:
    """That `adapter` was made live for a domain and a base, and when; None lets the base answer alone.

    `base` is the fingerprint of the base, `fingerprint` that of the adapter; None where any will do: a
    shipped one changes with Thresher. `record_types` are those that it answers for; empty where all.
    `ended` is None while it is on the stack.
    """

    domain: str
    base: str
    adapter: str | None
    fingerprint: str | None
    record_types: tuple[str, ...]
    made: datetime
    ended: datetime | None

    def answers_for(self, record_type: str) -> bool:
        """Whether it is for a record type."""
        return not self.record_types or record_type in self.record_types


def promote(
    connection: sqlite3.Connection,
    domain: str,
    base: str,
    adapter: str | None,
    fingerprint: str | None,
    record_types: Sequence[str],
) -> bool:
    """Puts it on top; False where it is live for all of these record types."""
    if record_types:
        above = [top(connection, domain, base, each) for each in record_types]
    else:
        above = [next((each for _, each in _stack(connection, domain, base)), None)]
    wanted = adapter, fingerprint
    if all(
        each and (each.adapter, each.fingerprint) == wanted and (record_types or not each.record_types)
        for each in above
    ):
        return False
    connection.execute(
        """INSERT INTO live_adapters (domain, base, adapter, fingerprint, record_types, made)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (to_sql(domain), base, to_sql(adapter), fingerprint, json.dumps([*record_types]), now()),
    )
    return True


def roll_back(
    connection: sqlite3.Connection, domain: str, base: str, record_type: str | None
) -> Promotion | None:
    """Takes the topmost off that is for a record type, None being any, and returns it; None where none is."""
    for number, promotion in _stack(connection, domain, base):
        if record_type is None or promotion.answers_for(record_type):
            connection.execute("UPDATE live_adapters SET ended = ? WHERE id = ?", (now(), number))
            return promotion
    return None


def withdraw(connection: sqlite3.Connection, adapter: str) -> None:
    """Takes an adapter off every stack, wherever it lies."""
    connection.execute(
        "UPDATE live_adapters SET ended = ? WHERE adapter = ? AND ended IS NULL", (now(), to_sql(adapter))
    )


def top(connection: sqlite3.Connection, domain: str, base: str, record_type: str) -> Promotion | None:
    """What is live for a record type; None where nothing was promoted, or all was rolled back."""
    stack = (promotion for _, promotion in _stack(connection, domain, base))
    return next((promotion for promotion in stack if promotion.answers_for(record_type)), None)


def tops(connection: sqlite3.Connection) -> list[Promotion]:
    """Those that are live for something, each with the record types for which none is above it."""
    stacks = connection.execute(
        "SELECT DISTINCT domain, base FROM live_adapters WHERE ended IS NULL ORDER BY domain, base"
    ).fetchall()
    live = []
    for domain, base in stacks:
        above: set[str] = set()
        for _, promotion in _stack(connection, from_sql(domain), base):
            left = tuple(each for each in promotion.record_types if each not in above)
            if left or not promotion.record_types:
                live.append(replace(promotion, record_types=left))
            if not promotion.record_types:
                break
            above.update(left)
    return live


def past(connection: sqlite3.Connection, adapter: str) -> list[Promotion]:
    """Every promotion of an adapter, the oldest first."""
    rows = connection.execute("SELECT * FROM live_adapters WHERE adapter = ? ORDER BY id", (to_sql(adapter),))
    return [_promotion(row) for row in rows]


def _stack(connection: sqlite3.Connection, domain: str, base: str) -> list[tuple[int, Promotion]]:
    """Those that stand, by row, the topmost first."""
    rows = connection.execute(
        "SELECT * FROM live_adapters WHERE domain = ? AND base = ? AND ended IS NULL ORDER BY id DESC",
        (to_sql(domain), base),
    )
    return [(row["id"], _promotion(row)) for row in rows]


def _promotion(row: sqlite3.Row) -> Promotion:
    return Promotion(
        domain=from_sql(row["domain"]),
        base=row["base"],
        adapter=None if row["adapter"] is None else from_sql(row["adapter"]),
        fingerprint=row["fingerprint"],
        record_types=tuple(json.loads(row["record_types"])),
        made=datetime.fromisoformat(row["made"]),
        ended=None if row["ended"] is None else datetime.fromisoformat(row["ended"]),
    )
