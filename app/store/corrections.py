"""Corrections: what the analyst says instead of the model, and the labels that follow.

`known` has what is known from them.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, FieldType
from thresher.adapters.values import check
from thresher.app.record import Span, Value
from thresher.app.store import records
from thresher.app.store.asked import fields_by_name
from thresher.app.store.clock import now
from thresher.app.store.corrected import dump_spans
from thresher.app.store.database import to_sql


def correct(
    connection: sqlite3.Connection,
    number: int,
    field: str,
    value: Any,
    note: str,
    spans: Sequence[Span | None] | None,
) -> dict[str, Any]:
    """Add the correction and its label. What is counted from it: the new dates by name, None of none.

    Raises UsageError: no such record or field, no document behind it, or a wrong type.
    """
    record = records.one(connection, number).record
    if field not in record.values:
        known = ", ".join(record.values) or "none"
        raise UsageError(f"record {number} has no field {field!r}; it has: {known}")
    if record.sha256 is None:
        raise UsageError(
            f"record {number} has no document: its file could not be read, so there is nothing to correct. "
            "'thresher records show' says why; put that right, and extract it again"
        )
    asked = fields_by_name(connection, number)
    value = checked(asked.get(field), field, value)
    old = record.values[field]
    if spans is None:
        spans = _kept_spans(old, value)
    moment = now()
    connection.execute(
        "INSERT INTO corrections (record, field, old, new, spans, note, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            to_sql(field),
            to_sql(json.dumps(old.value, ensure_ascii=False)),
            to_sql(json.dumps(value, ensure_ascii=False)),
            to_sql(dump_spans(spans)),
            to_sql(note),
            moment,
        ),
    )
    connection.execute(
        """INSERT INTO labels VALUES (?, ?, ?, ?, ?, 'correction', ?)
        ON CONFLICT DO UPDATE SET value = excluded.value, origin = excluded.origin, made = excluded.made""",
        (
            record.sha256,
            to_sql(record.domain),
            to_sql(record.record_type),
            to_sql(field),
            to_sql(json.dumps(value, ensure_ascii=False)),
            moment,
        ),
    )
    now_right = records.one(connection, number).record
    return {
        name: one.value
        for name, one in now_right.values.items()
        if name != field and one.value != record.values[name].value
    }


def checked(field: Field | None, name: str, value: Any) -> Any:
    """The value in the form of its field's type; None (for a list: []) is 'not in the document'.

    Where the field's type is not known (None), a text, number, boolean or list of texts will do.
    Raises UsageError that names the field and what is wrong.
    """
    if isinstance(value, tuple):
        value = list(value)
    field = field or Field(name=name, type=_type_of(value))
    try:
        return check(field, value)
    except ValueError as error:
        raise UsageError(f"field {name!r}: {error}; give {field.form}, or null") from error


def _type_of(value: Any) -> FieldType:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "list[string]"
        case _:
            return "string"


def _kept_spans(old: Value, value: Any) -> tuple[Span | None, ...]:
    """The spans of the items that stay as they were."""
    if not isinstance(value, list):
        return old.spans if value == old.value and value is not None else ()
    items = old.value if isinstance(old.value, list) else []
    known = dict(zip(items, old.spans, strict=False))
    return tuple(known.get(item) for item in value)
