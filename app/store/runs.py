"""Runs: what was asked of a batch, when, and how it went."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.shots import Shot
from thresher.app.store.clock import now
from thresher.app.store.database import from_sql, to_sql
from thresher.app.task import Task


@dataclass(frozen=True)
class RunSummary:
    """A run. `finished` is None where it still goes on, or was killed; the counts are of stored records."""

    id: int
    task: Task
    settings_hash: str
    total: int
    started: datetime
    finished: datetime | None
    cancelled: bool
    ok: int
    partial: int
    failed: int

    @property
    def done(self) -> int:
        """Documents that have a record, of `total`."""
        return self.ok + self.partial + self.failed


_SUMMARIES = """SELECT runs.*,
    (SELECT count(*) FROM records WHERE run = runs.id AND status = 'ok') AS ok,
    (SELECT count(*) FROM records WHERE run = runs.id AND status = 'partial') AS partial,
    (SELECT count(*) FROM records WHERE run = runs.id AND status = 'failed') AS failed
FROM runs"""


def start(connection: sqlite3.Connection, task: Task, settings_hash: str, total: int) -> int:
    """The new run's number."""
    raw = {**asdict(task), "fields": [field.model_dump(mode="json") for field in task.fields]}
    cursor = connection.execute(
        "INSERT INTO runs (task, settings_hash, model, adapter, total, started) VALUES (?, ?, ?, ?, ?, ?)",
        (
            to_sql(json.dumps(raw, ensure_ascii=False)),
            settings_hash,
            to_sql(task.model),
            to_sql(task.adapter),
            total,
            now(),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def finish(connection: sqlite3.Connection, run: int, cancelled: bool) -> None:
    """Note the end."""
    connection.execute("UPDATE runs SET finished = ?, cancelled = ? WHERE id = ?", (now(), cancelled, run))


def latest(connection: sqlite3.Connection, limit: int | None) -> list[RunSummary]:
    """The newest first, at most `limit`."""
    # SQLite takes -1 for no limit.
    rows = connection.execute(f"{_SUMMARIES} ORDER BY id DESC LIMIT ?", (-1 if limit is None else limit,))
    return [_summary(row) for row in rows]


def one(connection: sqlite3.Connection, run: int) -> RunSummary:
    """The run of a number. Raises UsageError where there is none."""
    row = connection.execute(f"{_SUMMARIES} WHERE id = ?", (run,)).fetchone()
    if row is None:
        raise UsageError(f"there is no run {run}; 'thresher runs' lists them")
    return _summary(row)


def task_of(connection: sqlite3.Connection, run: int) -> Task | None:
    """What the run was asked; None where there is no such run."""
    row = connection.execute("SELECT task FROM runs WHERE id = ?", (run,)).fetchone()
    return None if row is None else _task(row["task"])


def _task(kept: str | bytes) -> Task:
    raw = json.loads(from_sql(kept))
    fields = tuple(Field.model_validate(field) for field in raw["fields"])
    shots = tuple(Shot(**shot) for shot in raw.get("shots", ()))
    return Task(**{**raw, "fields": fields, "shots": shots})


def _summary(row: sqlite3.Row) -> RunSummary:
    return RunSummary(
        id=row["id"],
        task=_task(row["task"]),
        settings_hash=row["settings_hash"],
        total=row["total"],
        started=datetime.fromisoformat(row["started"]),
        finished=None if row["finished"] is None else datetime.fromisoformat(row["finished"]),
        cancelled=bool(row["cancelled"]),
        ok=row["ok"],
        partial=row["partial"],
        failed=row["failed"],
    )
