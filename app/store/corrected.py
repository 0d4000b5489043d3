"""Corrections in the place of what the model said.

A record has those of every record of the same work (the same bytes with the same settings) before it, of each
field the newest: whichever of them an analyst put right, no later run states the old value again, also where
it does the work anew.
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
from thresher.app.store.database import from_sql

#: Each once, however often it was copied. Spans count characters of one reading, and hold for no other.
_OF_WORK = """SELECT min(corrections.id) AS first, field, old, new, note, made,
        CASE WHEN document IS :document THEN spans ELSE '[]' END AS spans
    FROM corrections JOIN records ON records.id = corrections.record
    WHERE sha256 = :sha256 AND settings_hash = :settings_hash
    GROUP BY field, old, new, note, made"""


def by_record(connection: sqlite3.Connection, where: str, argument: Any) -> dict[int, dict[str, Value]]:
    """What stands in the records of a condition on `records`: by number, value by field."""
    corrected: dict[int, dict[str, Value]] = defaultdict(dict)
    for row in connection.execute(
        f"SELECT * FROM corrections WHERE record IN (SELECT id FROM records WHERE {where}) ORDER BY id",
        (argument,),
    ):
        corrected[row["record"]][from_sql(row["field"])] = _value(row)
    return corrected


def of_work(
    connection: sqlite3.Connection, sha256: str | None, settings_hash: str, document: int | None
) -> dict[str, Value]:
    """What a record of this work and of this reading takes over."""
    work = {"sha256": sha256, "settings_hash": settings_hash, "document": document}
    rows = connection.execute(f"{_OF_WORK} ORDER BY first", work)
    return {from_sql(row["field"]): _value(row) for row in rows}


def copy_of_work(
    connection: sqlite3.Connection, sha256: str | None, settings_hash: str, document: int | None, new: int
) -> None:
    """Give it to the record `new`, which has none yet."""
    connection.execute(
        f"""INSERT INTO corrections (record, field, old, new, spans, note, made)
        SELECT :new, field, old, new, spans, note, made FROM ({_OF_WORK}) ORDER BY first""",
        {"sha256": sha256, "settings_hash": settings_hash, "document": document, "new": new},
    )


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


def _value(row: sqlite3.Row) -> Value:
    value = json.loads(from_sql(row["new"]))
    # A person has looked: the value is sure, and so is its absence.
    outcome = Outcome.ABSENT if value in (None, []) else Outcome.FOUND
    sure = tuple(1.0 for _ in value) if isinstance(value, list) else ()
    return Value(value, outcome, 1.0, load_spans(row["spans"]), sure, calibrated=True)
