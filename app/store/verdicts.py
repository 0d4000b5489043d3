"""What the gate said of adapters, and when. Knows no rule of the gate's."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from thresher.app.store.clock import now
from thresher.app.store.database import from_sql, to_sql


@dataclass(frozen=True)
class StoredVerdict:
    """That an adapter was held against another one for a record type and a base.

    `adapter` and `against` are fingerprints of adapters, `against` None where the base alone was live; `base`
    is that of the base. `told` is the verdict as the gate writes it.
    """

    adapter: str
    domain: str
    record_type: str
    base: str
    against: str | None
    told: Mapping[str, Any]
    made: datetime | None = None

    @property
    def outcome(self) -> str:
        """The gate's word."""
        return str(self.told["outcome"])


def add(connection: sqlite3.Connection, judged: StoredVerdict) -> None:
    """Keeps it; `made` is now."""
    connection.execute(
        """INSERT INTO verdicts (adapter, domain, record_type, base, against, told, made)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            judged.adapter,
            to_sql(judged.domain),
            to_sql(judged.record_type),
            judged.base,
            judged.against,
            to_sql(json.dumps(judged.told, ensure_ascii=False)),
            now(),
        ),
    )


def of(connection: sqlite3.Connection, adapter: str) -> list[StoredVerdict]:
    """All of an adapter, by fingerprint, the newest first."""
    rows = connection.execute("SELECT * FROM verdicts WHERE adapter = ? ORDER BY id DESC", (adapter,))
    return [
        StoredVerdict(
            adapter=row["adapter"],
            domain=from_sql(row["domain"]),
            record_type=from_sql(row["record_type"]),
            base=row["base"],
            against=row["against"],
            told=json.loads(from_sql(row["told"])),
            made=datetime.fromisoformat(row["made"]),
        )
        for row in rows
    ]
