"""Corrections in the place of what the model said.

A record has those of every record of the same bytes and record type before it, of each field the newest:
whichever of them an analyst put right, no later run states the old value again, whichever adapter answers it.
Other settings may ask otherwise, though: of those, a field's corrections hold where it is asked in the same
words, for a total that was right with the tax is wrong without it.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.export.form import span_from_json, span_json
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.store.asked import fields_by_name
from thresher.app.store.database import from_sql

#: Of a condition on `records`, each correction once, however often it was copied, beside the record that it
#: was made on: that is what a person looked at. Later records of the document have copies, beside values that
#: another adapter, a proof or another calibration states. (Beside `min`, SQLite takes the other columns of
#: that very row.)
MADE_ON = """SELECT min(corrections.id) AS first, records.id AS record, sha256, settings_hash, status,
        document, field, old, new, spans, note, made
    FROM corrections JOIN records ON records.id = corrections.record
    WHERE sha256 IS NOT NULL AND {where}
    GROUP BY sha256, domain, record_type, field, old, new, note, made"""
#: Of one document's, the oldest first.
_OF_DOCUMENT = f"{MADE_ON.format(where='sha256 = ? AND domain = ? AND record_type = ?')} ORDER BY first"


def by_record(connection: sqlite3.Connection, where: str, argument: Any) -> dict[int, dict[str, Value]]:
    """What stands in the records of a condition on `records`: by number, value by field."""
    corrected: dict[int, dict[str, Value]] = defaultdict(dict)
    for row in connection.execute(
        f"SELECT * FROM corrections WHERE record IN (SELECT id FROM records WHERE {where}) ORDER BY id",
        (argument,),
    ):
        corrected[row["record"]][from_sql(row["field"])] = _value(row)
    return corrected


def of_document(connection: sqlite3.Connection, number: int) -> dict[str, Value]:
    """What the record of this number takes over, and what was corrected there."""
    return {from_sql(row["field"]): _value(row) for row in _holding(connection, number)}


def take_over(connection: sqlite3.Connection, number: int) -> None:
    """Give it to the record of this number, which has none yet."""
    kept = ("field", "old", "new", "spans", "note", "made")
    connection.executemany(
        f"INSERT INTO corrections (record, {', '.join(kept)}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, *(row[name] for name in kept)) for row in _holding(connection, number)],
    )


def _holding(connection: sqlite3.Connection, number: int) -> list[dict[str, Any]]:
    """The corrections that hold for a record, the oldest first."""
    own = connection.execute("SELECT * FROM records WHERE id = ?", (number,)).fetchone()
    rows = connection.execute(_OF_DOCUMENT, (own["sha256"], own["domain"], own["record_type"])).fetchall()
    if not rows:  # as for most documents
        return []
    asked = {one: fields_by_name(connection, one) for one in {number, *(row["record"] for row in rows)}}
    found = []
    for row in rows:
        name = from_sql(row["field"])
        field, was = asked[number].get(name), asked[row["record"]].get(name)
        if row["settings_hash"] == own["settings_hash"] or (field is not None and field == was):
            # Spans count characters of one reading, and hold for no other.
            spans = row["spans"] if row["document"] == own["document"] else "[]"
            found.append({**row, "spans": spans})
    return found


def put_right(record: Record, changed: dict[str, Value], fields: Sequence[Field]) -> Record:
    """The record, asked for these fields, with the corrections in place, and what is counted from them."""
    if not changed:
        return record
    # Imported here: most records have no correction.
    from thresher.app.store.recounted import recounted

    if any(value.accepted is not None for value in record.values.values()):  # a person has looked
        changed = {name: replace(value, accepted=True) for name, value in changed.items()}
    values = {name: changed.get(name, value) for name, value in record.values.items()}
    return replace(record, values=values | recounted(values, changed.keys(), fields))


def dump_spans(spans: Iterable[Span | None]) -> str:
    """Spans as the database keeps them."""
    return json.dumps([span and span_json(span) for span in spans], ensure_ascii=False)


def load_spans(kept: str | bytes) -> tuple[Span | None, ...]:
    """The spans that `dump_spans` took."""
    return tuple(None if raw is None else span_from_json(raw) for raw in json.loads(from_sql(kept)))


def _value(row: sqlite3.Row | dict[str, Any]) -> Value:
    value = json.loads(from_sql(row["new"]))
    # A person has looked: the value is sure, and so is its absence.
    outcome = Outcome.ABSENT if value in (None, []) else Outcome.FOUND
    sure = tuple(1.0 for _ in value) if isinstance(value, list) else ()
    return Value(value, outcome, 1.0, load_spans(row["spans"]), sure, calibrated=True)
