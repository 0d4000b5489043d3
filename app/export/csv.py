"""CSV: a row a record, written at the end, when all columns are known."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from thresher.app.export.table import Table, cell


class Csv(Table):
    """Rows for all records at `end`: UTF-8, commas, a header, LF."""

    def end(self) -> None:
        """The header and the rows."""
        names, header = self._columns()
        asked = self._asked
        self._target.write(_row(header))
        for record in self._records:
            cells = self._record_cells(record)
            for name in names:
                value = record.values.get(name)
                cells += [value.value, value.outcome.value] if value else [None, None]
                cells += [value.accepted if value else None] if asked else []
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
