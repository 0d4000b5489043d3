"""CSV and TSV: row by row, a region a cell, named as a spreadsheet would name it."""

import csv
import io
import re

from thresher.app.documents.draft import Draft
from thresher.app.documents.limits import Limits
from thresher.app.documents.parsing import parsing
from thresher.app.documents.text import decoded

#: Beside the comma; of those that fit a table alike, the first is taken.
_DELIMITERS = "\t;|"
#: Cells in quotes: what is in them parts no cells.
_QUOTED = re.compile(r'(?:^|(?<=[,;\t|]))"(?:[^"]|"")*+"(?=\s*?(?:[,;\t|]|$))', re.M)
#: Numbers with commas in them: 12,50 or 1,234.50. In 1,2,3 and in 1.5,2.5 the comma parts numbers.
_NUMBER = re.compile(
    r"(?<![\d,.])(?:(?:\d+|\d{1,3}(?:\.\d{3})+),\d+(?!\.\d)|\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?)(?![\d,])"
)
#: Excel's way to name the delimiter: a line that is no row.
_NAMED = re.compile(r'"?sep=([^\w\s"\0]|\t)"?(?:\r\n|\r|\n)', re.I)
_SAMPLE = 64 * 1024
#: A cell may be as long as a file: what is too much is the draft's to refuse. csv has one such limit for the
#: whole process, so it follows no single document's.
_CELL = Limits().file_bytes


def read_table(data: bytes, draft: Draft) -> None:
    """Append the table's cells. Raises DocumentError."""
    text = decoded(data, draft)
    csv.field_size_limit(_CELL)
    named = _NAMED.match(text)
    text = text[named.end() :] if named else text
    dialect = _with(named[1]) if named else _dialect(text[:_SAMPLE])
    rows = csv.reader(io.StringIO(text, newline=""), dialect)
    number = 0
    while True:
        with parsing(draft.name, "CSV table"):
            row = next(rows, None)
        if row is None:
            return
        number += 1
        if any(cell.strip() for cell in row):
            draft.row((cell, f"{column_name(column)}{number}") for column, cell in enumerate(row))


def _dialect(sample: str) -> type[csv.Dialect]:
    """Comma, semicolon, tab or bar: the one that splits the most lines into the same number of cells.

    csv.Sniffer alone guesses letters, and takes the comma of '1,50' for a delimiter. Numbers and prose have
    commas of their own: where those of numbers alone fit better than another delimiter, or one that fits as
    well has prose's or numbers' beside it, the comma is none. Else it is, if nothing fits better.
    """
    lines = _QUOTED.sub("", sample).splitlines()[:100]
    best = max(_DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))
    other, comma = _fit(lines, best), _fit(lines, ",")
    without = _fit([_NUMBER.sub("", line) for line in lines], ",")
    own = without < comma or any(", " in line for line in lines)
    if comma and not any(best in line.rstrip(best) for line in lines):
        other = 0.0  # it ends lines, and parts nothing
    is_other = other > without or (other == without and own)
    return _with(best if other and is_other else ",")


def _fit(lines: list[str], delimiter: str) -> float:
    widths = [line.count(delimiter) + 1 for line in lines if line]
    usual = max(set(widths), key=widths.count, default=1)
    # Squared: rather few cells in every line than many in most.
    return (widths.count(usual) / len(widths)) ** 2 * min(usual, 50) if usual > 1 else 0.0


def _with(found: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = found

    return Found


def column_name(column: int) -> str:
    """A, B, … Z, AA, …: the column's name; `column` from 0."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
