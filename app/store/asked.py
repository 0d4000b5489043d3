"""The fields that a record was asked for: its own, where it brought some, else its run's task's."""

import json
import sqlite3

from thresher.adapters.fields import Field
from thresher.app.store import runs
from thresher.app.store.database import from_sql
from thresher.app.task import Task


def fields_of(connection: sqlite3.Connection, number: int) -> tuple[Field, ...]:
    """What the record of this number was asked for; nothing where that is not known."""
    row = connection.execute("SELECT run, fields FROM records WHERE id = ?", (number,)).fetchone()
    return fields_or_tasks(own_fields(row), runs.task_of(connection, row["run"]))


def fields_by_name(connection: sqlite3.Connection, number: int) -> dict[str, Field]:
    """The same, by their names."""
    return {field.name: field for field in fields_of(connection, number)}


def own_fields(row: sqlite3.Row) -> tuple[Field, ...] | None:
    """Those that stand in a row of `records`; None where its task has them."""
    if row["fields"] is None:
        return None
    return tuple(Field.model_validate(field) for field in json.loads(from_sql(row["fields"])))


def fields_or_tasks(own: tuple[Field, ...] | None, task: Task | None) -> tuple[Field, ...]:
    """A record's own fields, or those of its run's task; none where neither is known."""
    if own is not None:
        return own
    return () if task is None else task.fields
