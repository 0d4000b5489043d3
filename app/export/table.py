"""Records as a table: its columns and its cells. Shared by CSV and XLSX; knows neither."""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain, count
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.export.target import Target
from thresher.app.record import Record

#: Joins the items of a list in one cell.
ITEM_SEPARATOR = "; "

#: The columns before the fields; the prefix keeps them apart from most fields.
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

#: Stands behind them, where a record has notes.
NOTES_COLUMN = "record.notes"

#: What the columns of a field are called behind its name; the last is there where it was asked for.
FIELD_COLUMNS = ("", ".outcome", ".accepted")

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
        parts = FIELD_COLUMNS if self._asked else FIELD_COLUMNS[:-1]
        columns = [*RECORD_COLUMNS, *([NOTES_COLUMN] if self._noted else [])]
        return names, [*columns, *(f"{name}{part}" for name in told_apart(names) for part in parts)]

    def _record_cells(self, record: Record) -> list[Any]:
        """The cells of a row before those of the fields."""
        return [*record_cells(record), *([record.notes or None] if self._noted else [])]


def field_names(fields: Sequence[Field], records: Iterable[Record]) -> list[str]:
    """The fields asked for, then those that some record has beside them, as they come up."""
    names = dict.fromkeys(field.name for field in fields)
    for record in records:
        names.update(dict.fromkeys(record.values))
    return list(names)


def told_apart(names: Sequence[str]) -> list[str]:
    """What the fields are called in the header, where no two columns may be called alike.

    A field is called by its name, or, where another's column has that of one of its own, `NAME (2)`. So
    whatever the records hold: `record.notes` is never a field, also where no record has notes.
    """
    taken = {*RECORD_COLUMNS, NOTES_COLUMN}
    called = []
    for name in names:
        others = (other for at in count(2) if (other := f"{name} ({at})") not in names)
        for one in chain([name], others):
            columns = {cell(f"{one}{part}") for part in FIELD_COLUMNS}
            if columns.isdisjoint(taken):
                break
        called.append(one)
        taken |= columns
    return called


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
