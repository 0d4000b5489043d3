"""The queue on screen, and the run over it: a row a document, and below it a word on the one in hand."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import DataTable, Static

from thresher.app.events import Event, ModelLoading
from thresher.app.task import Task
from thresher.app.tui.home_text import QUEUE_COLUMNS, entry_cells, entry_detail
from thresher.app.tui.messages import EventsWaiting, Problem, RecordsLoaded, RunEnded
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.queue import Entry, Queue
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.running import Running
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.tui.stretch_table import StretchTable
from thresher.app.wording import Colours

_EMPTY = (
    "No documents yet.\n\nDrop files on this window, paste their paths,\nor press a to choose them.\n\n"
    "Then press s to start."
)

_LONG = 20  # seconds: to read three lines, with a command among them


class QueuePane(Vertical):
    """Shows `queue`; whoever changes it calls one of the `show` methods. Posts `Changed` then."""

    @dataclass
    class Changed(Message):
        """Something else is in the queue, or more of it is done. `problem` where the run broke off."""

        problem: Problem | None = None

    def __init__(self, session: SessionPort, colours: Colours, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.queue = Queue()
        self.run: Running | None = None  # the last one, over or not
        self._session = session
        self._colours = colours

    def compose(self) -> ComposeResult:
        """The table, what stands in its place while it is empty, and the detail."""
        yield StretchTable(QUEUE_COLUMNS, id="queue")
        yield Static(_EMPTY, classes="empty", id="queue-empty", markup=False)
        yield ScrollText(id="entry-detail")

    @property
    def entry(self) -> Entry | None:
        """The document in hand."""
        return self.queue.entries.get(self.query_one("#queue", StretchTable).current_key or "")

    # The run

    def start(self, task: Task, *, again: bool, accept_at: float | None) -> None:
        """Starts over everything in the queue."""
        sources = self.queue.begin()
        self.run = Running(self, self._session, sources, task, again=again, accept_at=accept_at)
        self.show()

    def cancel(self) -> None:
        """Stops the run as soon as it can be."""
        self.stop()
        self.queue.cancelling = True
        self.post_message(self.Changed())

    def stop(self) -> None:
        """The same, without a word."""
        if self.run is not None:
            self.run.cancel()

    def reload(self) -> None:
        """Reads the run's records again: they may have been corrected."""
        if (number := self.queue.run) is not None:
            self.run_worker(lambda: self._load(number), thread=True, exclusive=True, group="records")

    def on_events_waiting(self, message: EventsWaiting) -> None:
        """What the run has done since the last time."""
        message.stop()
        if self.run and message.inbox is self.run.inbox:
            changed = [self._take(event) for event in message.inbox.take()]
            self.show_changed({id(entry): entry for entry in changed if entry}.values())

    def on_run_ended(self, message: RunEnded) -> None:
        """The worker has returned, well or not."""
        message.stop()
        if self.run is None or message.inbox is not self.run.inbox:  # another has been started since
            return
        for event in message.inbox.take():
            self._take(event)
        self.queue.end()
        self.show(message.problem)

    def on_records_loaded(self, message: RecordsLoaded) -> None:
        """The records of the run as they are stored now."""
        message.stop()
        if message.run == self.queue.run:
            self.show_changed(self.queue.take_over(message.records), message.problem)

    def _take(self, event: Event) -> Entry | None:
        if isinstance(event, ModelLoading) and event.slow:
            self.notify(event.slow, severity="warning", timeout=_LONG, markup=False)
        return self.queue.apply(event)

    def _load(self, number: int) -> None:
        try:
            self.post_message(RecordsLoaded(number, self._session.store.records(number)))
        except Exception as error:
            self.post_message(RecordsLoaded(number, (), problem=Problem.of(error)))

    # On screen

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Another document."""
        event.stop()
        self._show_detail()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a click on the document in hand opens its record."""
        event.stop()
        entry, number, run = self.entry, self.queue.run, self.run
        if entry is None or number is None or run is None or entry.record is None:
            words = "It is not done yet." if self.queue.running else "Start the run first: s."
            self.notify(words, markup=False)
            return
        ids, looks = list(self.queue.entries), run.accept_at is not None
        colours, first = self._colours, entry.record.id
        self.app.push_screen(RecordScreen(self._session, number, run.task, colours, first, ids, looks=looks))

    def show(self, problem: Problem | None = None) -> None:
        """The whole queue anew."""
        count = len(self.queue)
        table = self.query_one("#queue", StretchTable)
        table.set_rows((key, entry_cells(entry, self._colours)) for key, entry in self.queue.entries.items())
        table.display = bool(count)
        self.query_one("#queue-empty").display = not count
        self.border_title = f"Documents {count}" if count else "Documents"
        self._show_detail()
        self.post_message(self.Changed(problem))

    def show_changed(self, entries: Iterable[Entry], problem: Problem | None = None) -> None:
        """Only the rows that changed: a queue may hold thousands."""
        table = self.query_one("#queue", StretchTable)
        for entry in entries:
            table.set_row(entry.source.id, entry_cells(entry, self._colours))
        self._show_detail()
        self.post_message(self.Changed(problem))

    def _show_detail(self) -> None:
        entry = self.entry
        detail = self.query_one("#entry-detail", ScrollText)
        detail.display = entry is not None
        if entry is not None:
            detail.update(entry_detail(entry, self._colours))
