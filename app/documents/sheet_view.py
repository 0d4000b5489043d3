"""Which rows and columns of a workbook's sheet its reader does not see. Knows no cell and no value."""

from typing import IO
from xml.parsers import expat

_CHUNK = 2**20
_LAST_COLUMN = 2**14


class Hidden:
    """The rows and columns of a sheet that are hidden: by hand, by a filter, in a group that is closed."""

    def __init__(self, sheet: IO[bytes]) -> None:
        """From the sheet's XML. Raises what a parser raises where it is broken."""
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._row = self._column = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begun
        while chunk := sheet.read(_CHUNK):
            parser.Parse(chunk)

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

    def row(self, number: int) -> bool:
        """Whether the row with that number, from 1, is hidden."""
        return number in self._rows

    def column(self, number: int) -> bool:
        """Whether the column with that number, from 1, is hidden."""
        return number in self._columns
