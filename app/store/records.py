"""Records: saved whole, loaded with the analyst's corrections in place.

All that the model said stays in the values. When a record is loaded, what is too doubtful for its run to
state is left out, and a correction wins.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.calibration.doubt import without_doubtful
from thresher.app.documents.document import Document
from thresher.app.record import Record, RecordError, Value, Windows
from thresher.app.store import documents, record_values, runs
from thresher.app.store.asked import fields_of, fields_or_tasks, own_fields
from thresher.app.store.clock import now
from thresher.app.store.corrected import by_record, of_document, put_right, take_over
from thresher.app.store.database import from_sql, to_sql


@dataclass(frozen=True)
class StoredRecord:
    """A record and its number in the database. `corrected` names the fields that the analyst changed.

    `fields` are those that it was asked for, where they are not its task's.
    """

    id: int
    record: Record
    corrected: frozenset[str] = frozenset()
    fields: tuple[Field, ...] | None = None


def save(
    connection: sqlite3.Connection,
    run: int,
    record: Record,
    settings_hash: str,
    document: Document | None,
    fields: Sequence[Field] | None,
) -> int:
    """Insert the record and its document; the record's number. `fields` where they are not the task's.

    It takes over the corrections of the document (see `corrected`). A record that was found done before comes
    without its document: it keeps that work's document, and of the model's values what the calibration of now
    makes of them.
    """
    before = None if document else done(connection, record.sha256, record.kind, settings_hash)
    if document:
        reading: int | None = documents.keep(connection, document)
    else:
        reading = _reading(connection, record.sha256, before)
    cursor = connection.execute(
        """INSERT INTO records (run, source, path, sha256, document, settings_hash, domain, record_type,
            model, adapter, fields, status, error_kind, error_message, seconds, windows_asked, windows, saved)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            run,
            to_sql(record.id),
            to_sql(record.path),
            record.sha256,
            reading,
            settings_hash,
            to_sql(record.domain),
            to_sql(record.record_type),
            to_sql(record.model),
            to_sql(record.adapter),
            None if fields is None else to_sql(json.dumps([f.model_dump(mode="json") for f in fields])),
            record.status,
            to_sql(record.error.kind if record.error else None),
            to_sql(record.error.message if record.error else None),
            record.seconds,
            record.windows.asked if record.windows else None,
            record.windows.all if record.windows else None,
            now(),
        ),
    )
    assert cursor.lastrowid is not None
    number = cursor.lastrowid
    if before and record.status != "failed":
        record_values.copy(connection, before.id, number)
        record_values.judge(connection, number, record, before.corrected)
    else:
        record_values.insert(connection, run, number, record, fields)
    if record.status != "failed":
        take_over(connection, number)
    return number


def one(connection: sqlite3.Connection, number: int) -> StoredRecord:
    """The record of this number, corrections in place. Raises UsageError where there is none."""
    found = load(connection, "id = ?", number)
    if not found:
        raise UsageError(f"there is no record {number}; it may have been forgotten")
    return found[0]


def load(
    connection: sqlite3.Connection, where: str, argument: Any, *, corrections: bool = True
) -> list[StoredRecord]:
    """The records of a condition on `records`, in the order of saving, with or without `corrections`."""
    rows = connection.execute(
        f"""SELECT records.*, notes, kind
        FROM (SELECT * FROM records WHERE {where}) AS records
            LEFT JOIN documents ON documents.id = records.document
        ORDER BY records.id""",
        (argument,),
    ).fetchall()
    values = record_values.load(connection, where, argument)
    corrected = by_record(connection, where, argument) if corrections else {}
    tasks = {run: runs.task_of(connection, run) for run in {row["run"] for row in rows}}
    loaded = []
    for row in rows:
        number, task, own = row["id"], tasks[row["run"]], own_fields(row)
        changed = corrected.get(number, {})
        # Of a run that is not known all that was said is stated.
        record = without_doubtful(_record(row, values[number]), task.state_from if task else 0.0)
        record = put_right(record, changed, fields_or_tasks(own, task))
        loaded.append(StoredRecord(number, record, frozenset(changed), own))
    return loaded


def answered(connection: sqlite3.Connection, number: int) -> Record:
    """One record as the model answered it, without corrections."""
    return load(connection, "id = ?", number, corrections=False)[0].record


def done(
    connection: sqlite3.Connection, sha256: str | None, kind: str | None, settings_hash: str
) -> StoredRecord | None:
    """The newest record with an answer to the same work, with the document's corrections.

    The same bytes read as another `kind` are other work; one of which a part got no answer is not done.
    """
    row = connection.execute(
        """SELECT records.id FROM records JOIN documents ON documents.id = document
        WHERE records.sha256 = ? AND kind = ? AND settings_hash = ? AND status IN ('ok', 'partial')
            AND error_kind IS NULL
        ORDER BY records.id DESC LIMIT 1""",
        (sha256, kind, settings_hash),
    ).fetchone()
    if row is None:
        return None
    changed = of_document(connection, row["id"])
    record = load(connection, "id = ?", row["id"], corrections=False)[0].record
    record = put_right(record, changed, fields_of(connection, row["id"]))
    return StoredRecord(row["id"], record, frozenset(changed))


def asked_by(record: Record, source: str, path: str | None) -> Record:
    """The same record for another source of the same bytes."""
    return replace(record, id=source, path=path)


def _reading(connection: sqlite3.Connection, sha256: str | None, before: StoredRecord | None) -> int | None:
    if before:
        row = connection.execute("SELECT document FROM records WHERE id = ?", (before.id,)).fetchone()
    else:
        row = connection.execute(
            "SELECT max(id) AS document FROM documents WHERE sha256 = ?", (sha256,)
        ).fetchone()
    return None if row["document"] is None else int(row["document"])


def _record(row: sqlite3.Row, values: dict[str, Value]) -> Record:
    error = None
    if row["error_kind"] is not None:
        error = RecordError(from_sql(row["error_kind"]), from_sql(row["error_message"]))
    return Record(
        id=from_sql(row["source"]),
        path=_text(row["path"]),
        sha256=row["sha256"],
        domain=from_sql(row["domain"]),
        record_type=from_sql(row["record_type"]),
        model=from_sql(row["model"]),
        adapter=_text(row["adapter"]),
        status=row["status"],
        error=error,
        values=values,
        seconds=row["seconds"],
        windows=None if row["windows"] is None else Windows(row["windows_asked"], row["windows"]),
        notes=() if row["notes"] is None else tuple(json.loads(from_sql(row["notes"]))),
        kind=row["kind"],
    )


def _text(kept: str | bytes | None) -> str | None:
    return None if kept is None else from_sql(kept)
