"""The values of records: all that the model said, and what the calibration of then made of it."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.calibration.doubt import whole
from thresher.app.extraction.signals import signals_from_json, signals_json
from thresher.app.record import Outcome, Record, Value
from thresher.app.store import runs
from thresher.app.store.corrected import dump_spans, load_spans
from thresher.app.store.database import from_sql, to_sql


def insert(
    connection: sqlite3.Connection, run: int, number: int, record: Record, fields: Sequence[Field] | None
) -> None:
    """All that the model said of a record; `fields` where they are not the task's."""
    task = runs.task_of(connection, run)
    asked = fields if fields is not None else task.fields if task else ()
    types = {field.name: field.type for field in asked}
    connection.executemany(
        """INSERT INTO record_values (record, position, field, type, value, outcome, spans, confidence,
            confidences, calibrated, accepted, signals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                number,
                position,
                to_sql(name),
                types.get(name),
                *_columns(value),
            )
            for position, (name, value) in enumerate(whole(record).values.items())
        ],
    )


def copy(connection: sqlite3.Connection, old: int, new: int) -> None:
    """The values of one record for another, of the same work."""
    connection.execute(
        """INSERT INTO record_values (record, position, field, type, value, outcome, spans, confidence,
            confidences, calibrated, accepted, signals)
        SELECT ?, position, field, type, value, outcome, spans, confidence, confidences, calibrated,
            accepted, signals
        FROM record_values WHERE record = ?""",
        (new, old),
    )


def judge(connection: sqlite3.Connection, number: int, record: Record, corrected: frozenset[str]) -> None:
    """Keeps what the calibration of now makes of the values; of corrected ones, whether any are accepted.

    What they are stays what the model said, also where they were counted anew from a corrected one.
    """
    connection.executemany(
        """UPDATE record_values SET confidence = ?, confidences = ?, calibrated = ?, accepted = ?
        WHERE record = ? AND field = ?""",
        [
            (*_judgement(value), number, to_sql(name))
            for name, value in whole(record).values.items()
            if name not in corrected
        ],
    )
    connection.executemany(
        "UPDATE record_values SET accepted = ? WHERE record = ? AND field = ?",
        [(record.values[name].accepted, number, to_sql(name)) for name in corrected & record.values.keys()],
    )


def load(connection: sqlite3.Connection, where: str, argument: Any) -> dict[int, dict[str, Value]]:
    """By record and field, those of a condition on `records`."""
    values: defaultdict[int, dict[str, Value]] = defaultdict(dict)
    for row in connection.execute(
        f"""SELECT * FROM record_values WHERE record IN (SELECT id FROM records WHERE {where})
        ORDER BY record, position""",
        (argument,),
    ):
        values[row["record"]][from_sql(row["field"])] = Value(
            value=json.loads(from_sql(row["value"])),
            outcome=Outcome(row["outcome"]),
            confidence=row["confidence"],
            spans=load_spans(row["spans"]),
            confidences=tuple(json.loads(row["confidences"])),
            calibrated=bool(row["calibrated"]),
            accepted=None if row["accepted"] is None else bool(row["accepted"]),
            signals=tuple(signals_from_json(raw) for raw in json.loads(row["signals"])),
        )
    return values


def _columns(value: Value) -> tuple[Any, ...]:
    """The columns from `value` to `signals`, in the table's order."""
    return (
        to_sql(_dump(value.value)),
        value.outcome.value,
        to_sql(dump_spans(value.spans)),
        *_judgement(value),
        _dump([signals_json(each) for each in value.signals]),
    )


def _judgement(value: Value) -> tuple[Any, ...]:
    """The columns from `confidence` to `accepted`."""
    return value.confidence, _dump(value.confidences), value.calibrated, value.accepted


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
