"""The queue on screen: a row a document, and below it a word on the one in hand."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from thresher.app.tui.home_text import QUEUE_COLUMNS, entry_cells, entry_detail
from thresher.app.tui.queue import Entry, Queue
from thresher.app.tui.stretch_table import StretchTable
from thresher.app.wording import Colours

_EMPTY = (
    "No documents yet.\n\nDrop files on this window, paste their paths,\nor press a to choose them.\n\n"
    "Then press s to start."
)


class QueuePane(Vertical):
    """Shows `queue`; whoever changes it calls one of the `show` methods."""

    def __init__(self, colours: Colours, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.queue = Queue()
        self._colours = colours

    def compose(self) -> ComposeResult:
        """The table, what stands in its place while it is empty, and the detail."""
        yield StretchTable(QUEUE_COLUMNS, id="queue")
        yield Static(_EMPTY, classes="empty", id="queue-empty", markup=False)
        yield Static(id="entry-detail", markup=False)

    @property
    def entry(self) -> Entry | None:
        """The document in hand."""
        return self.queue.entries.get(self.query_one("#queue", StretchTable).current_key or "")

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Another document."""
        event.stop()
        self._show_detail()

    def show(self) -> None:
        """The whole queue anew."""
        count = len(self.queue)
        table = self.query_one("#queue", StretchTable)
        table.set_rows((key, entry_cells(entry, self._colours)) for key, entry in self.queue.entries.items())
        table.display = bool(count)
        self.query_one("#queue-empty").display = not count
        self.border_title = f"Documents {count}" if count else "Documents"
        self._show_detail()

    def show_changed(self, entries: Iterable[Entry]) -> None:
        """Only the rows that changed: a queue may hold thousands."""
        table = self.query_one("#queue", StretchTable)
        for entry in entries:
            table.set_row(entry.source.id, entry_cells(entry, self._colours))
        self._show_detail()

    def _show_detail(self) -> None:
        entry = self.entry
        detail = self.query_one("#entry-detail", Static)
        detail.display = entry is not None
        if entry is not None:
            detail.update(entry_detail(entry, self._colours))
