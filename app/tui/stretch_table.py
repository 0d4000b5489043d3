"""A table whose columns share its width. Cells are Text: content is never read as markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import DataTable


@dataclass(frozen=True)
class ColumnSpec:
    """A column: `width` cells, or a `share` of what the fixed columns leave."""

    key: str
    label: str
    width: int = 0
    share: int = 0


Row = tuple[str, Sequence[Text]]


class StretchTable(DataTable[Text]):
    """Rows by key, a cursor that stays on its row, columns that fill the width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "first_row", "First row", show=False),
        Binding("end", "last_row", "Last row", show=False),
    ]

    def __init__(self, columns: Sequence[ColumnSpec], *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", cell_padding=1, cursor_foreground_priority="renderable")
        self._specs = tuple(columns)
        self._rows: list[Row] = []
        self._fitted = 0
        for spec in self._specs:
            self.add_column(Text(spec.label), key=spec.key, width=max(spec.width, 4))

    @property
    def current_key(self) -> str | None:
        """The key of the row under the cursor."""
        if not self._rows or not 0 <= self.cursor_row < len(self._rows):
            return None
        return self._rows[self.cursor_row][0]

    @property
    def row_keys(self) -> list[str]:
        """The keys of the rows, in order."""
        return [key for key, _ in self._rows]

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Replaces all rows; the cursor stays on its key, or at its place."""
        key, at = self.current_key, self.cursor_row
        self._rows = [(k, [_tamed(cell) for cell in cells]) for k, cells in rows]
        self.clear()
        for row_key, cells in self._rows:
            self.add_row(*cells, key=row_key)
        keys = self.row_keys
        row = keys.index(key) if key in keys else min(at, len(keys) - 1)
        if row > 0:
            self.move_cursor(row=row, animate=False)

    def set_row(self, key: str, cells: Sequence[Text]) -> None:
        """Replaces the cells of a row; adds the row where there is none of that key."""
        if key not in self.rows:
            self.set_rows([*self._rows, (key, cells)])
            return
        at = self.get_row_index(key)
        self._rows[at] = (key, [_tamed(cell) for cell in cells])
        for spec, cell in zip(self._specs, self._rows[at][1], strict=True):
            self.update_cell(key, spec.key, cell)

    def action_first_row(self) -> None:
        """To the top."""
        self.go_to(0)

    def action_last_row(self) -> None:
        """To the bottom."""
        self.go_to(max(self.row_count - 1, 0))

    def go_to(self, row: int) -> None:
        """Moves the cursor to a row by its number."""
        self.move_cursor(row=row, animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Shares the new width out; a table that became shorter keeps the row in hand in sight."""
        if event.size.width and event.size.width != self._fitted:
            self._fitted = event.size.width
            self._fit(event.size.width)
            self.set_rows(self._rows)
        elif self.row_count:
            self.go_to(self.cursor_row)

    def _fit(self, width: int) -> None:
        padding = 2 * self.cell_padding
        spare = width - sum(spec.width for spec in self._specs) - padding * len(self._specs)
        spare -= self.styles.scrollbar_size_vertical
        shares = sum(spec.share for spec in self._specs)
        for spec, column in zip(self._specs, self.ordered_columns, strict=True):
            if spec.share:
                column.width = max(spare * spec.share // shares, 6)


def _tamed(cell: Text) -> Text:
    cell.no_wrap, cell.overflow = True, "ellipsis"
    return cell
