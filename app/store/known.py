"""What is known to be right of documents: labels, and what a person left as it was where it was looked at."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from thresher.adapters.fields import Field, FieldType
from thresher.adapters.values import check
from thresher.app.record import Record
from thresher.app.store import documents, records
from thresher.app.store.asked import fields_by_name, fields_of
from thresher.app.store.corrected import MADE_ON
from thresher.app.store.database import from_sql, to_sql

#: Of one record type.
_MADE_ON = MADE_ON.format(where="domain = ? AND record_type = ?")


@dataclass(frozen=True)
class Known:
    """A value that a person gave or left as it was, and the field that it was a value of.

    `field` is None where it is not known what was asked.
    """

    value: Any
    field: Field | None


def right_now(known: Mapping[str, Known], fields: Sequence[Field]) -> dict[str, Any]:
    """Of what is known, the values of those of `fields` that still have the form in which they were asked.

    A text that was right of a date may be wrong of a string, and of other choices another may be right: what
    has another type or other choices since is not known any more.
    """
    values = {}
    for field in fields:
        if (one := known.get(field.name)) is None or (one.field and _form(one.field) != _form(field)):
            continue
        with suppress(ValueError):
            values[field.name] = check(field, one.value)
    return values


def _form(field: Field) -> tuple[FieldType, frozenset[str]]:
    return field.type, frozenset(field.values)


def labelled(
    connection: sqlite3.Connection, domain: str, record_type: str
) -> list[tuple[str, str, dict[str, Known]]]:
    """The documents with labels for this record: sha256, the newest reading's text, label by field."""
    found = []
    for sha256, known in _labels(connection, domain, record_type).items():
        row = connection.execute(
            "SELECT text FROM documents WHERE sha256 = ? ORDER BY id DESC LIMIT 1", (sha256,)
        ).fetchone()
        if row is not None:
            found.append((sha256, from_sql(row["text"]), known))
    return found


def fields(connection: sqlite3.Connection, domain: str, record_type: str) -> dict[str, tuple[Field, ...]]:
    """By sha256, what was asked of the records that were corrected; of two fields of a name the later one."""
    rows = connection.execute(
        f"SELECT DISTINCT sha256, record FROM ({_MADE_ON}) ORDER BY record",
        (to_sql(domain), to_sql(record_type)),
    )
    found: dict[str, dict[str, Field]] = {}
    for row in rows:
        asked = fields_by_name(connection, row["record"])
        found[row["sha256"]] = found.get(row["sha256"], {}) | asked
    return {sha256: tuple(asked.values()) for sha256, asked in found.items()}


def accepted(connection: sqlite3.Connection, domain: str, record_type: str) -> dict[str, dict[str, Known]]:
    """By sha256, of the record that was corrected last: what was found, or absent, and nobody changed."""
    rows = connection.execute(
        f"{_MADE_ON} ORDER BY first",
        (to_sql(domain), to_sql(record_type)),
    )
    found = {}
    for sha256, number in {row["sha256"]: row["record"] for row in rows}.items():
        (stored,) = records.load(connection, "id = ?", number)
        asked = fields_by_name(connection, number)
        found[sha256] = {
            name: Known(value.value, asked.get(name))
            for name, value in stored.record.values.items()
            if name not in stored.corrected and value.outcome.is_settled
        }
    return found


@dataclass(frozen=True)
class AnsweredRecord:
    """A record of a document with labels as the model answered it, its text, what was asked, and the labels.

    `looked_at`: it is one that a person corrected, and not another answer of the same document.
    """

    record: Record
    text: str
    fields: tuple[Field, ...]
    labels: dict[str, Known]
    looked_at: bool


def answered(
    connection: sqlite3.Connection,
    domain: str,
    record_type: str,
    hash_of: Callable[[Sequence[Field]], str],
) -> list[AnsweredRecord]:
    """The documents with labels that were answered so: `hash_of` has the settings by what is asked.

    Each as it was when it was corrected last; as it was answered last where it was not corrected. Those that
    were labelled last come last.
    """
    corrected = connection.execute(
        f"""SELECT sha256, settings_hash, record FROM ({_MADE_ON})
        WHERE status IN ('ok', 'partial') ORDER BY first""",
        (to_sql(domain), to_sql(record_type)),
    )
    made_on = {(row["sha256"], row["settings_hash"]): row["record"] for row in corrected}
    rows = connection.execute(
        """SELECT max(records.id) AS id, labels.sha256, records.settings_hash FROM labels
        JOIN records ON records.sha256 = labels.sha256
            AND records.domain = labels.domain AND records.record_type = labels.record_type
        WHERE labels.domain = ? AND labels.record_type = ? AND records.status IN ('ok', 'partial')
        GROUP BY labels.sha256, records.settings_hash ORDER BY max(labels.made), id""",
        (to_sql(domain), to_sql(record_type)),
    ).fetchall()
    labels = _labels(connection, domain, record_type)
    found = []
    for row in rows:
        asked = fields_of(connection, row["id"])
        if hash_of(asked) == row["settings_hash"]:
            looked_at = made_on.get((row["sha256"], row["settings_hash"]))
            number = looked_at or row["id"]
            record, text = records.answered(connection, number), documents.text_of(connection, number)
            known = labels[row["sha256"]]
            found.append(AnsweredRecord(record, text, asked, known, looked_at is not None))
    return found


def _labels(connection: sqlite3.Connection, domain: str, record_type: str) -> dict[str, dict[str, Known]]:
    """By sha256, what is known to be right of a document: the label by field, for the fields that have one.

    A label and the correction that it follows from were made at one time: that says what was asked.
    """
    rows = connection.execute(
        """SELECT sha256, field, value, (
            SELECT max(records.id) FROM records JOIN corrections ON corrections.record = records.id
            WHERE records.sha256 = labels.sha256 AND records.domain = labels.domain
                AND records.record_type = labels.record_type
                AND corrections.field = labels.field AND corrections.made = labels.made) AS record
        FROM labels WHERE domain = ? AND record_type = ? ORDER BY sha256, field""",
        (to_sql(domain), to_sql(record_type)),
    ).fetchall()
    corrected = {row["record"] for row in rows if row["record"] is not None}
    asked = {number: fields_by_name(connection, number) for number in corrected}
    found: dict[str, dict[str, Known]] = {}
    for row in rows:
        name = from_sql(row["field"])
        field = asked.get(row["record"], {}).get(name)
        found.setdefault(row["sha256"], {})[name] = Known(json.loads(from_sql(row["value"])), field)
    return found
