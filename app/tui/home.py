"""The first screen: what to extract, from which documents, and how far it has got."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import DataTable, Footer, OptionList, ProgressBar, Static

from thresher.adapters.fields import Field
from thresher.app.sources import Source
from thresher.app.task import Task
from thresher.app.tui.browser import BrowserDialog
from thresher.app.tui.exporting import start_export
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.home_text import (
    QUEUE_COLUMNS,
    entry_cells,
    entry_detail,
    progress_words,
    record_type_card,
)
from thresher.app.tui.messages import EventsWaiting, Exported, Inbox, Problem, RunEnded, SourcesFound
from thresher.app.tui.model_dialog import ModelDialog
from thresher.app.tui.no_model import NoModelDialog
from thresher.app.tui.pasted import pasted_paths
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.queue import Queue
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.record_type_list import Choice, RecordTypeList
from thresher.app.tui.runs_screen import RunsScreen
from thresher.app.tui.stretch_table import StretchTable
from thresher.app.wording import Colours, counted, one_line

EMPTY = (
    "No documents yet.\n\nDrop files on this window, paste their paths,\nor press a to choose them.\n\n"
    "Then press s to start."
)


class HomeScreen(Screen[None]):
    """Record types left, the queue right, progress below."""

    HELP = (
        "Choose what to extract on the left, add documents, start. Files dropped on this window, and paths "
        "pasted into it, are added."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add"),
        Binding("s,ctrl+r", "start", "Start", key_display="s"),
        Binding("c,escape", "cancel", "Cancel", key_display="c"),
        Binding("x", "export", "Export"),
        Binding("f", "fields", "Fields"),
        Binding("r", "runs", "Past runs"),
        Binding("m", "model", "Model", show=False),
        Binding("d,delete", "remove", "Remove the document from the queue", show=False),
        Binding("D", "clear", "Empty the queue", show=False),
        Binding("S", "start_again", "Start, and do again what was done before", show=False),
    ]

    def __init__(self, session: SessionPort, colours: Colours) -> None:
        super().__init__()
        self._session = session
        self._colours = colours
        self._packs = session.packs()
        self._queue = Queue()
        self._fields: tuple[Field, ...] = ()
        self._model: str | None = None  # chosen here; else the settings' one
        self._models: list[str] = []
        self._asked: Task | None = None
        self._cancel = threading.Event()
        self._inbox = Inbox()

    def compose(self) -> ComposeResult:
        """See the class."""
        yield Static(classes="top-bar", id="home-title", markup=False)
        with Horizontal(id="home-panes"):
            with Vertical(id="choice-pane"):
                yield RecordTypeList(self._packs, self._colours, id="record-types")
                yield Static(id="card", markup=False)
            with Vertical(id="queue-pane"):
                yield StretchTable(QUEUE_COLUMNS, id="queue")
                yield Static(EMPTY, classes="empty", id="queue-empty", markup=False)
                yield Static(id="entry-detail", markup=False)
        yield Static(classes="problem", id="home-problem", markup=False)
        with Horizontal(id="progress-row"):
            yield ProgressBar(id="progress", show_eta=False, show_percentage=False, total=1)
            yield Static(id="progress-words", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Looks for a model: without one there is nothing to start."""
        self.query_one("#choice-pane").border_title = "Extract"
        self._show_queue()
        self._look_for_models()
        self.query_one("#record-types").focus()
        if self._session.pack_errors:
            self._say(Problem("A pack is left out", "\n".join(map(str, self._session.pack_errors))))

    @property
    def queue(self) -> Queue:
        """The documents, and how far they are."""
        return self._queue

    # What comes in

    def on_paste(self, event: events.Paste) -> None:
        """Files dropped on the terminal, or paths pasted."""
        event.stop()
        paths = pasted_paths(event.text)
        if paths:
            self._find_sources(paths)
        else:
            self.notify("There is no path in what was pasted.", severity="warning", markup=False)

    def on_record_type_list_chosen(self, event: RecordTypeList.Chosen) -> None:
        """Another record type."""
        event.stop()
        self._show_title()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Another document."""
        event.stop()
        self._show_detail()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a click on the document in hand opens its record."""
        event.stop()
        self._open()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a record type: on to the documents."""
        event.stop()
        if len(self._queue):
            self.query_one("#queue").focus()
        else:
            self.action_add()

    def on_sources_found(self, message: SourcesFound) -> None:
        """Documents for the queue."""
        self._say(message.problem)
        if message.skipped:
            self.notify(
                f"{counted(message.skipped, 'file')} left out: of a kind that is not read.", markup=False
            )
        if message.sources:
            new = self._queue.add(message.sources)
            if new < len(message.sources):
                self.notify(
                    f"{counted(len(message.sources) - new, 'document')} in the queue already.", markup=False
                )
            self._show_queue()
            if new:
                self.query_one("#queue").focus()

    def on_events_waiting(self, message: EventsWaiting) -> None:
        """What the run has done since the last time."""
        if message.inbox is self._inbox:
            changed = [self._queue.apply(event) for event in message.inbox.take()]
            table = self.query_one("#queue", StretchTable)
            # Only the rows that changed: a queue may hold thousands.
            for entry in {id(entry): entry for entry in changed if entry}.values():
                table.set_row(entry.source.id, entry_cells(entry, self._colours))
            self._show_detail()
            self._show_progress()

    def on_run_ended(self, message: RunEnded) -> None:
        """The worker has returned, well or not."""
        for event in message.inbox.take():
            self._queue.apply(event)
        self._queue.end()
        self._show_queue()
        self._say(message.problem)
        if message.problem and message.problem.no_model:
            self._ask_for_model()

    def on_exported(self, message: Exported) -> None:
        """Says where the file is."""
        self._say(message.problem)
        if not message.problem:
            self.notify(f"Written: {message.path}", markup=False)

    def on_click(self, event: events.Click) -> None:
        """A click takes a problem away."""
        if event.widget is self.query_one("#home-problem"):
            self._say(None)

    # What the user does

    def action_add(self) -> None:
        """Opens the browser."""

        def take(paths: list[str] | None) -> None:
            if paths:
                self._find_sources(paths)

        self.app.push_screen(BrowserDialog(Path.cwd()), take)

    def action_fields(self) -> None:
        """Opens the fields given at run time."""

        def take(fields: tuple[Field, ...] | None) -> None:
            if fields is not None:
                self._fields = fields
                self._show_title()

        self.app.push_screen(FieldsDialog(self._fields), take)

    def action_model(self) -> None:
        """Opens the list of models."""
        self._look_for_models()
        if not self._models:
            return

        def take(name: str | None) -> None:
            if name is not None:
                self._model = name
                self._show_title()

        self.app.push_screen(ModelDialog(self._models, self._model_name), take)

    def action_runs(self) -> None:
        """Opens the past runs."""
        self.app.push_screen(RunsScreen(self._session, self._colours))

    def action_start(self) -> None:
        """Starts; what was done before with the same settings is taken from there."""
        self._start(again=False)

    def action_start_again(self) -> None:
        """Starts, and does everything anew."""
        self._start(again=True)

    def action_cancel(self) -> None:
        """Stops the run at once; with no run, takes a problem away."""
        if not self._queue.running:
            self._say(None)
            return
        self._cancel.set()
        self._queue.cancelling = True
        self._show_progress()

    def action_remove(self) -> None:
        """Takes the document under the cursor out of the queue."""
        key = self.query_one("#queue", StretchTable).current_key
        if key is None:
            return
        if self._queue.remove(key):
            self._show_queue()
        else:
            self.notify("Cancel the run first: c.", severity="warning", markup=False)

    def action_clear(self) -> None:
        """Takes all documents out of the queue."""
        if self._queue.running:
            self.notify("Cancel the run first: c.", severity="warning", markup=False)
            return
        self._queue = Queue()
        self._show_queue()
        self.query_one("#record-types").focus()

    def action_export(self) -> None:
        """Exports the records of this run."""
        if self._queue.run is None or self._asked is None:
            self.notify(
                "There is nothing to export yet: start a run, or open a past one with r.", markup=False
            )
            return
        start_export(self, self._session, self._queue.run, self._asked)

    def stop(self) -> None:
        """The app ends: a run that goes on is told so, and keeps what is done."""
        self._cancel.set()

    def _open(self) -> None:
        key = self.query_one("#queue", StretchTable).current_key
        entry = self._queue.entries.get(key or "")
        if entry is None or self._queue.run is None or self._asked is None or entry.record is None:
            words = "It is not done yet." if self._queue.running else "Start the run first: s."
            self.notify(words, markup=False)
            return
        self.app.push_screen(
            RecordScreen(self._session, self._queue.run, self._asked, self._colours, entry.record.id)
        )

    def _start(self, again: bool) -> None:
        if self._queue.running:
            self.notify("A run goes on: c cancels it.", markup=False)
            return
        if not len(self._queue):
            self.notify("Add documents first: a.", severity="warning", markup=False)
            return
        choice = self.query_one("#record-types", RecordTypeList).choice
        if not self._fields and not self._pack_fields(choice):
            self.action_fields()
            return
        self._look_for_models()
        if not self._models:
            return
        try:
            self._asked = self._session.task(
                choice.domain, choice.record_type, self._fields, self._model_name
            )
        except Exception as error:
            self._say(Problem.of(error))
            return
        self._say(None)
        self._cancel, self._inbox = threading.Event(), Inbox()
        sources = self._queue.begin()
        self._show_queue()
        self._work(sources, self._asked, again, self._cancel, self._inbox)

    def redraw(self) -> None:
        """Everything in the theme's colours."""
        self.query_one("#record-types", RecordTypeList).redraw()
        self._show_title()
        self._show_queue()

    # Work, away from the screen

    @work(thread=True, group="run")
    def _work(
        self, sources: Sequence[Source], task: Task, again: bool, cancel: threading.Event, inbox: Inbox
    ) -> None:
        problem = None
        try:
            for event in self._session.extract(sources, task, again=again, cancel=cancel):
                if inbox.put(event):
                    self.post_message(EventsWaiting(inbox))
        except Exception as error:
            self.log.error(f"the run failed: {type(error).__name__}")
            problem = Problem.of(error)
        self.post_message(RunEnded(inbox, problem))

    @work(thread=True, group="sources")
    def _find_sources(self, paths: list[str]) -> None:
        # Imported here: it brings the readers with it.
        from thresher.app.sources import expand_paths

        try:
            # One name a file, however it was given: the queue holds it once.
            found = expand_paths([str(Path(path).expanduser().absolute()) for path in paths])
            self.post_message(SourcesFound(found.sources, found.skipped))
        except Exception as error:
            self.post_message(SourcesFound((), 0, Problem.of(error)))

    # What is on screen

    def _look_for_models(self) -> None:
        self._models = [model.name for model in self._session.models()]
        if not self._models:
            self._ask_for_model()
        self._show_title()

    @property
    def _model_name(self) -> str:
        """The model that will be asked: the one chosen, else the settings' where it is installed."""
        wanted = self._model or self._session.settings.model
        return wanted if wanted in self._models or not self._models else self._models[0]

    def _pack_fields(self, choice: Choice) -> Sequence[Field]:
        if choice.domain is None or choice.record_type is None:
            return ()
        return self._packs[choice.domain].record_types[choice.record_type].fields

    def _ask_for_model(self) -> None:
        def take(look_again: bool | None) -> None:
            if look_again:
                self._look_for_models()

        self.app.push_screen(NoModelDialog(), take)

    def _show_title(self) -> None:
        choice = self.query_one("#record-types", RecordTypeList).choice
        model = self._model_name if self._models else "no model"
        extra = f"  + {counted(len(self._fields), 'field')}" if self._fields else ""
        title = Text.assemble(
            ("Thresher", f"bold {self._colours['primary']}"),
            ("  ›  ", self._colours["muted"]),
            (one_line(choice.title), "bold"),
            (extra, self._colours["accent"]),
            (f"   {one_line(model)}", self._colours["muted"]),
            no_wrap=True,
            overflow="ellipsis",
        )
        self.query_one("#home-title", Static).update(title)
        pack = self._packs.get(choice.domain or "")
        self.query_one("#card", Static).update(record_type_card(pack, choice, self._fields, self._colours))

    def _show_queue(self) -> None:
        table = self.query_one("#queue", StretchTable)
        table.set_rows((key, entry_cells(entry, self._colours)) for key, entry in self._queue.entries.items())
        table.display = bool(len(self._queue))
        self.query_one("#queue-empty").display = not len(self._queue)
        count = len(self._queue)
        self.query_one("#queue-pane").border_title = f"Documents {count}" if count else "Documents"
        self._show_detail()
        self._show_progress()

    def _show_detail(self) -> None:
        entry = self._queue.entries.get(self.query_one("#queue", StretchTable).current_key or "")
        detail = self.query_one("#entry-detail", Static)
        detail.display = entry is not None
        if entry is not None:
            detail.update(entry_detail(entry, self._colours))

    def _show_progress(self) -> None:
        self.query_one("#record-types").disabled = self._queue.running
        self.query_one("#progress").display = self._queue.running
        self.query_one("#progress", ProgressBar).update(
            total=max(self._queue.total, 1), progress=self._queue.done
        )
        self.query_one("#progress-words", Static).update(progress_words(self._queue, self._colours))

    def _say(self, problem: Problem | None) -> None:
        line = self.query_one("#home-problem", Static)
        text = Text.assemble((problem.title, "bold"), "\n", problem.message) if problem else Text("")
        line.update(text)
        line.set_class(problem is not None, "-shown")
