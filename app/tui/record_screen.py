"""A record beside its source: every value, how sure it is, and the place in the text that states it."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from thresher.adapters.visible import one_line
from thresher.app.task import Task
from thresher.app.tui.correcting import start_correcting
from thresher.app.tui.exporting import start_export
from thresher.app.tui.keeping import start_keeping
from thresher.app.tui.messages import Corrected, DocumentLoaded, Problem, RecordsLoaded, Written
from thresher.app.tui.ports import SessionPort, StoredRecordPort
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.record_rows import FieldRow, next_look, rows_of, spans_of
from thresher.app.tui.record_text import VALUE_COLUMNS, record_notes, record_title, row_cells, row_detail
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.tui.source_view import SourceView
from thresher.app.tui.stretch_table import StretchTable
from thresher.app.wording import Colours


class RecordScreen(Screen[None]):
    """One record of a run at a time: in the order of `queue`, ids of documents; else as they were stored.

    `looks` is whether values of the run may go unseen, where that is known before its records are.
    """

    HELP = (
        "Up and Down move through the values; the text beside them scrolls to the place that states the "
        "value in hand. What you correct is kept, and wins over what the model said. What is doubtful is no "
        "part of the record until you take it up with e. Where values may go unseen, l goes to the next that "
        "wants a look. In a pack of your own, k keeps a record that is right as an example."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back"),
        Binding("e", "edit", "Correct"),
        Binding("p,left_square_bracket", "step(-1)", "Previous", key_display="p"),
        Binding("n,right_square_bracket", "step(1)", "Next", key_display="n"),
        Binding("l", "look", "Look", key_display="l"),
        Binding("k", "keep", "Example"),
        Binding("x", "export", "Export"),
    ]

    def __init__(
        self,
        session: SessionPort,
        run: int,
        task: Task,
        colours: Colours,
        source_id: str | None = None,
        queue: Sequence[str] = (),
        *,
        looks: bool = False,
    ) -> None:
        super().__init__()
        self._session = session
        self._run = run
        self._asked = task
        self._colours = colours
        self._source_id = source_id
        self._places = {one: place for place, one in enumerate(queue)}
        self._records: Sequence[StoredRecordPort] = ()
        self._index = 0
        self._looks = looks
        self._takes_examples = session.has_own_pack(task.domain)
        self._rows: dict[str, FieldRow] = {}

    def compose(self) -> ComposeResult:
        """Values left (narrow: above), source right (narrow: below)."""
        yield Static(classes="top-bar", id="record-title", markup=False)
        yield ProblemLine()
        yield ProblemLine(id="record-notes")
        with Horizontal(id="record-panes"):
            with Vertical(id="values-pane"):
                yield StretchTable(VALUE_COLUMNS, id="values")
                yield ScrollText(id="value-detail")
            with Vertical(id="source-pane"):
                yield SourceView(id="source")
        yield Footer()

    def on_mount(self) -> None:
        """Loads the run's records."""
        self.query_one("#values-pane").border_title = "Values"
        self._load()
        self.query_one("#values").focus()

    @property
    def stored(self) -> StoredRecordPort | None:
        """The record on screen."""
        return self._records[self._index] if self._index < len(self._records) else None

    @property
    def row(self) -> FieldRow | None:
        """The value in hand."""
        return self._rows.get(self.query_one("#values", StretchTable).current_key or "")

    @work(thread=True, exclusive=True, group="records")
    def _load(self, by: int = 0, *, look: bool = False) -> None:
        places, last = self._places, len(self._places)
        try:
            stored = self._session.store.records(self._run)
            records = sorted(stored, key=lambda one: places.get(one.record.id, last))
            self.post_message(RecordsLoaded(self._run, records, by, look))
        except Exception as error:
            self.post_message(RecordsLoaded(self._run, (), problem=Problem.of(error)))

    @work(thread=True, exclusive=True, group="document")
    def _load_document(self, record_id: int) -> None:
        try:
            self.post_message(DocumentLoaded(record_id, self._session.store.document_of(record_id)))
        except Exception as error:
            self.post_message(DocumentLoaded(record_id, None, Problem.of(error)))

    def on_records_loaded(self, message: RecordsLoaded) -> None:
        """Stays at the record on screen, or steps on from it; at first, shows the one that was asked for."""
        self._say(message.problem)
        if not message.records:
            return
        before = self.stored.id if self.stored else None
        first = self._source_id
        # Looked for only now: whoever waited for these records may have gone on to another one.
        asked = [one.record.id == first if before is None else one.id == before for one in message.records]
        at = asked.index(True) if True in asked else 0
        self._records = message.records
        self._index = min(max(at + message.by, 0), len(message.records) - 1)
        self._show(new_document=before != self._records[self._index].id)
        self._looks = self._looks or any(stored.record.judged for stored in message.records)
        self.refresh_bindings()
        if message.look and not self._look():
            self.notify("No value after this one wants a look.", markup=False)

    def on_document_loaded(self, message: DocumentLoaded) -> None:
        """Shows the text, at the value in hand."""
        if self.stored is None or message.record_id != self.stored.id:
            return
        if message.problem:
            self._say(message.problem)
        document = message.document
        self.query_one("#source-pane").border_title = Text(one_line(document.name)) if document else "Source"
        self.query_one("#source", SourceView).show(document.text if document else "(no text was read)")
        self._mark()

    def on_corrected(self, message: Corrected) -> None:
        """The record again, with the correction in place."""
        self._say(message.problem)
        if not message.problem:
            self._load()

    def on_written(self, message: Written) -> None:
        """Says why there is no file; that there is one is told wherever the user stands."""
        self._say(message.problem)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """The text follows the values."""
        event.stop()
        self._mark()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter corrects."""
        event.stop()
        self.action_edit()

    def action_step(self, by: int) -> None:
        """To the next record, or the one before; what has been stored since is there too."""
        target = self._index + by
        if target >= len(self._records):
            self._load(by)
        elif target >= 0:
            self._index = target
            self._show(new_document=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Nothing wants a look where nothing was to go unseen, and packs that ship take no examples."""
        return {"look": self._looks, "keep": self._takes_examples}.get(action, True)

    def action_look(self) -> None:
        """To the next value that is not sure enough to go unseen, in this record or a later one."""
        if not self._look():
            self._load(look=True)  # what has been stored since may hold one

    def action_edit(self) -> None:
        """Opens the value in hand to be corrected."""
        stored, row = self.stored, self.row
        if stored is None or row is None:
            return
        if stored.record.sha256 is not None:
            start_correcting(self, self._session, stored, row, self._asked.fields)
        else:
            self.notify("Its file could not be read: there is nothing to correct.", markup=False)

    def action_export(self) -> None:
        """Exports all records of the run."""
        start_export(self, self._session, self._run, self._asked)

    def action_keep(self) -> None:
        """Keeps the record as an example of its pack."""
        if self.stored is not None:
            start_keeping(self, self._session, self.stored.id)

    def redraw(self) -> None:
        """Everything in the theme's colours."""
        if self.stored is not None:
            self._show(new_document=False)

    def _look(self) -> bool:
        """Goes to the next value that wants a look; whether there is one among the records at hand."""
        table = self.query_one("#values", StretchTable)
        found = next_look(self._records, self._index, table.cursor_row + 1)
        if found is None:
            return False
        index, at = found
        if index != self._index:
            self.action_step(index - self._index)
        table.go_to(at)
        return True

    def _show(self, new_document: bool) -> None:
        stored = self.stored
        assert stored is not None
        record = stored.record
        title = record_title(record, self._index + 1, len(self._records))
        self.query_one("#record-title", Static).update(title)
        trouble = "Failed" if record.status == "failed" else "A part was not answered"
        self._say(Problem(trouble, record.error.message) if record.error else None)
        self.query_one("#record-notes", ProblemLine).say(record_notes(record, self._colours))
        rows = rows_of(record)
        self._rows = {row.key: row for row in rows}
        table = self.query_one("#values", StretchTable)
        table.set_rows(
            (row.key, row_cells(row, row.field in stored.corrected, self._colours)) for row in rows
        )
        if new_document:
            table.go_to(0)
            self.query_one("#source-pane").border_title = "Source"  # until its document is there
            self.query_one("#source", SourceView).show("")
            self._load_document(stored.id)
        self._mark()

    def _mark(self) -> None:
        stored, row = self.stored, self.row
        if stored is None:
            return
        self.query_one("#source", SourceView).mark(spans_of(stored.record), row.spans if row else ())
        detail = row_detail(row, row.field in stored.corrected, self._colours) if row else "No values."
        self.query_one("#value-detail", ScrollText).update(detail)
        place = str(row.spans[0].place) if row and row.spans else ""
        self.query_one("#source-pane").border_subtitle = Text(one_line(place))

    def _say(self, problem: Problem | None) -> None:
        self.query_one(ProblemLine).say(problem.message if problem else "")
