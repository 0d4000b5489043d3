"""XLSX: a sheet of records, and a sheet of values with the place of each. Written at the end."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.app.export.table import Table, cell
from thresher.app.record import Record, Value

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CHARACTERS = 32_767

#: The first day on which all spreadsheets agree; earlier dates stay text.
_FIRST_DAY = date(1900, 3, 1)
#: A spreadsheet keeps 15 digits of a number; a longer one stays text, as do infinity and NaN.
_MAX_NUMBER = 10**15
#: What XML cannot hold.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What a spreadsheet would read as the escape of a character.
_AS_ESCAPE = re.compile(r"_(?=x[0-9A-F]{4}_)", re.I)

_VALUE_COLUMNS = (
    "record.id",
    "field",
    "item",
    "value",
    "outcome",
    "confidence",
    "place",
    "start",
    "end",
    "text",
    "match",
)


class Xlsx(Table):
    """A workbook at `end`. Raises UsageError where the records are more than a sheet can hold."""

    def end(self) -> None:
        """The workbook."""
        names, header = self._columns()
        asked = self._asked
        kept = list(zip(self._records, self._dates, strict=True))
        tables = {
            "records": [header, *(self._row(record, names, dates) for record, dates in kept)],
            "values": [
                [*_VALUE_COLUMNS, *(["accepted"] if asked else [])],
                *(row for record, dates in kept for row in _value_rows(record, dates, asked)),
            ],
        }
        if max(map(len, tables.values())) > MAX_ROWS or len(header) > MAX_COLUMNS:
            raise UsageError("these are more records than a spreadsheet holds; write jsonl or csv instead")
        self._target.write(_workbook(tables))

    def _row(self, record: Record, names: Sequence[str], dates: frozenset[str]) -> list[Any]:
        row = self._record_cells(record)
        for name in names:
            value = record.values.get(name)
            row += [_dated(value.value, name in dates), value.outcome.value] if value else [None, None]
            row += [value.accepted if value else None] if self._asked else []
        return row


def _workbook(tables: dict[str, list[list[Any]]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            cells = []
            for value in row:
                each = WriteOnlyCell(sheet, value=_typed(value))
                if isinstance(each.value, str):
                    each.data_type = "s"  # never a formula, never an error value
                elif isinstance(value, date):
                    each.number_format = "yyyy-mm-dd"
                if number == 0:
                    each.font = Font(bold=True)
                cells.append(each)
            sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _value_rows(record: Record, dates: frozenset[str], asked: bool) -> Iterator[list[Any]]:
    """A row an item; one for a value without items."""
    for name, value in record.values.items():
        for number, (item, span, confidence) in enumerate(_items(value), start=1):
            row: list[Any] = [record.id, name, number if isinstance(value.value, list) else None]
            row += [_dated(item, name in dates), value.outcome.value, confidence]
            if span is not None:
                row += [str(span.place), span.start, span.end, span.text, span.match]
            if asked:
                row += [None] * (len(_VALUE_COLUMNS) - len(row)) + [value.accepted]
            yield row


def _items(value: Value) -> list[tuple[Any, Any, float | None]]:
    """Each item with its span and its confidence: where it has none of its own, its value's."""
    items = value.value if isinstance(value.value, list) else [value.value]
    rows = list(zip_longest(items, value.spans)) or [(None, None)]
    own = value.confidences if len(value.confidences) == len(rows) else [value.confidence] * len(rows)
    return [(item, span, confidence) for (item, span), confidence in zip(rows, own, strict=True)]


def _dated(value: Any, is_date: bool) -> Any:
    if is_date and isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value  # its outcome says that it is invalid
        return day if day >= _FIRST_DAY else value
    return value


def _typed(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if abs(value) <= _MAX_NUMBER else str(value)
    value = cell(value)
    if isinstance(value, str):
        value = _UNWRITABLE.sub("\ufffd", value)
        if len(escaped := _escaped(value)) <= MAX_CHARACTERS:
            return escaped
        note = f" … [cut: {len(value)} characters are more than a cell holds; jsonl has them all]"
        kept = value[: MAX_CHARACTERS - len(note)]
        over = len(_escaped(kept)) + len(note) - MAX_CHARACTERS
        return _escaped(kept[: len(kept) - max(over, 0)]) + note
    return value


def _escaped(text: str) -> str:
    return _AS_ESCAPE.sub("_x005F_", text)
