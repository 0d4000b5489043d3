"""Records as a table: its columns and its cells. Shared by CSV and XLSX; knows neither."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.export.target import Target
from thresher.app.record import Record

#: Joins the items of a list in one cell.
ITEM_SEPARATOR = "; "

#: The columns before the fields; the prefix keeps them apart from fields of the same name.
RECORD_COLUMNS = (
    "record.id",
    "record.path",
    "record.sha256",
    "record.domain",
    "record.record_type",
    "record.model",
    "record.adapter",
    "record.status",
    "record.error",
    "record.seconds",
)

#: What a spreadsheet may take for the start of a formula, also in its wide forms.
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


class Table:
    """Keeps the records of a file that is written at the end, when all columns are known."""

    keeps_partial = False

    def __init__(self, target: Target, fields: Sequence[Field]) -> None:
        self._target = target
        self._fields = fields
        self._records: list[Record] = []
        self._dates: list[frozenset[str]] = []  # of each record, the fields that are dates
        # What some record has, there is a column for.
        self._asked = self._noted = False

    def write(self, record: Record, fields: Sequence[Field] | None) -> None:
        """Keep the record for its row."""
        asked = self._fields if fields is None else fields
        self._records.append(record)
        self._dates.append(frozenset(field.name for field in asked if field.type == "date"))
        self._asked = self._asked or any(value.accepted is not None for value in record.values.values())
        self._noted = self._noted or bool(record.notes)

    def _columns(self) -> tuple[list[str], list[str]]:
        """The names of the fields, and the header: the record's columns, then those of each field."""
        names = field_names(self._fields, self._records)
        parts = ["", ".outcome", *([".accepted"] if self._asked else [])]
        columns = [*RECORD_COLUMNS, *(["record.notes"] if self._noted else [])]
        return names, [*columns, *(f"{name}{part}" for name in names for part in parts)]

    def _record_cells(self, record: Record) -> list[Any]:
        """The cells of a row before those of the fields."""
        return [*record_cells(record), *([record.notes or None] if self._noted else [])]


def field_names(fields: Sequence[Field], records: Iterable[Record]) -> list[str]:
    """The fields asked for, then those that some record has beside them, as they come up."""
    names = dict.fromkeys(field.name for field in fields)
    for record in records:
        names.update(dict.fromkeys(record.values))
    return list(names)


def record_cells(record: Record) -> list[Any]:
    """The cells under RECORD_COLUMNS."""
    return [
        record.id,
        record.path,
        record.sha256,
        record.domain,
        record.record_type,
        record.model,
        record.adapter,
        record.status,
        f"{record.error.kind}: {record.error.message}" if record.error else None,
        round(record.seconds, 3),
    ]


def cell(value: Any) -> Any:
    """A value for one cell: a list joined, text safe; numbers, booleans and None as they are."""
    if isinstance(value, list | tuple):
        value = ITEM_SEPARATOR.join(str(item) for item in value)
    elif isinstance(value, dict):  # invalid, and shown as it was said
        value = json.dumps(value, ensure_ascii=False)
    return defused(value) if isinstance(value, str) else value


def defused(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
