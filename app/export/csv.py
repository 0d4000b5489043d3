"""CSV: a row a record, written at the end, when all columns are known."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.export.table import RECORD_COLUMNS, cell, field_names, record_cells
from thresher.app.export.target import Target
from thresher.app.record import Record


class Csv:
    """Rows for all records at `end`: UTF-8, commas, a header, LF."""

    keeps_partial = False

    def __init__(self, target: Target, fields: Sequence[Field]) -> None:
        self._target = target
        self._fields = fields
        self._records: list[Record] = []

    def write(self, record: Record) -> None:
        """Keep the record for its row."""
        self._records.append(record)

    def end(self) -> None:
        """The header and the rows."""
        names = field_names(self._fields, self._records)
        header = [*RECORD_COLUMNS, *(column for name in names for column in (name, f"{name}.outcome"))]
        self._target.write(_row(header))
        for record in self._records:
            cells = record_cells(record)
            for name in names:
                value = record.values.get(name)
                cells += [value.value, value.outcome.value] if value else [None, None]
            self._target.write(_row(cells))


def _row(cells: Sequence[Any]) -> bytes:
    text = io.StringIO()
    # The writer quotes a cell for the characters of its line end: so let CR, too, be one.
    csv.writer(text, lineterminator="\r\n").writerow([_written(each) for each in cells])
    return (text.getvalue().removesuffix("\r\n") + "\n").encode("utf-8", "backslashreplace")


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(cell(value))
