"""Which rows, columns and cells of a workbook's sheet its reader does not see. Knows no value."""

import re
from collections.abc import Iterable
from typing import IO
from xml.parsers import expat

_CHUNK = 2**20
_LAST_COLUMN = 2**14
_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})")


class Hidden:
    """The rows and columns of a sheet that are hidden: by hand, by a filter, in a group that is closed."""

    def __init__(self, sheet: IO[bytes]) -> None:
        """From the sheet's XML. Raises what a parser raises where it is broken."""
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._row = self._column = 0
        #: Of merged cells that begin in a hidden row or column: first and last row, first and last column.
        self._merged: list[tuple[int, int, int, int]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begun
        while chunk := sheet.read(_CHUNK):
            parser.Parse(chunk)
        rows, columns = _ends(self._rows), _ends(self._columns)
        self._reaching = {
            (top, left)
            for top, bottom, left, right in self._merged
            if rows.get(top, 0) < bottom and columns.get(left, 0) < right
        }

    def _begun(self, name: str, said: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        hidden = said.get("hidden") in ("1", "true")
        if name == "row":
            self._row = int(float(said["r"])) if "r" in said else self._row + 1
            if hidden:
                self._rows.add(self._row)
        elif name == "col" and hidden:
            # They stand in order: taken so, a file cannot have the same ones counted without end.
            first, last = max(int(said["min"]), self._column + 1), min(int(said["max"]), _LAST_COLUMN)
            self._columns.update(range(first, last + 1))
            self._column = max(self._column, last)
        elif name == "mergeCell":  # they stand behind the rows
            self._merge(said.get("ref", ""))

    def _merge(self, ref: str) -> None:
        from openpyxl.utils import column_index_from_string

        if found := _RANGE.fullmatch(ref):
            top, bottom = int(found[2]), int(found[4])
            left, right = (column_index_from_string(name) for name in found.group(1, 3))
            if top in self._rows or left in self._columns:
                self._merged.append((top, bottom, left, right))

    def row(self, number: int) -> bool:
        """Whether the row with that number, from 1, is hidden."""
        return number in self._rows

    def cell(self, row: int, column: int) -> bool:
        """Whether what the cell holds is hidden: a merged one is seen where any of it is."""
        hidden = row in self._rows or column in self._columns
        return hidden and (row, column) not in self._reaching


def _ends(hidden: Iterable[int]) -> dict[int, int]:
    """By hidden row or column, the last one of those that are hidden from there on."""
    ends: dict[int, int] = {}
    for number in sorted(hidden, reverse=True):
        ends[number] = ends.get(number + 1, number)
    return ends
