"""The rows of a table in the columns in which they stand, but for columns without text: those lay a page out.

Knows no format. A row is kept as its texts alone, so that a cell may say that it spans any number of columns.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

#: So many columns a text, on average, are a trap: of a table that has more none is kept. Small ones are none.
_MOST_A_TEXT, _SMALL = 100, 100_000


class Grid:
    """The columns of one table. Rows are added first, all of them, and laid out then."""

    def __init__(self) -> None:
        self._columns: set[int] = set()
        self._last: Counter[int] = Counter()
        self._texts = 0

    def add(self, cells: Iterable[tuple[int, str]]) -> "Row":
        """A row, from its cells' columns and texts, from left to right."""
        row = Row(self, [(column, text) for column, text in cells if text.strip()])
        if row.cells:
            self._columns.update(column for column, _ in row.cells)
            self._last[row.cells[-1][0]] += 1
            self._texts += len(row.cells)
        return row

    @cached_property
    def places(self) -> dict[int, int] | None:
        """By column that has text, its place among them; None where rows had better be without columns."""
        places = {column: place for place, column in enumerate(sorted(self._columns))}
        size = sum(rows * (places[last] + 1) for last, rows in self._last.items())
        return places if size <= max(_MOST_A_TEXT * self._texts, _SMALL) else None


class Row(NamedTuple):
    """A row of a table: the columns and texts of its cells."""

    grid: Grid
    cells: list[tuple[int, str]]

    def texts(self) -> list[str]:
        """A text a column, "" where it has none, none behind the last."""
        places = self.grid.places
        if places is None or not self.cells:
            return [text for _, text in self.cells] or [""]
        texts = [""] * (places[self.cells[-1][0]] + 1)
        for column, text in self.cells:
            texts[places[column]] = text
        return texts
