"""The first screen: what to extract, from which documents, and how far it has got."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.worker import Worker

from thresher.app.tui.exporting import start_export
from thresher.app.tui.finding import is_finding, start_browsing, start_pasting, stop_finding, tell_left_out
from thresher.app.tui.home_text import home_title, problem_words
from thresher.app.tui.messages import Problem, SourcesFound, Written
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.progress_row import ProgressRow
from thresher.app.tui.queue import Queue
from thresher.app.tui.queue_pane import QueuePane
from thresher.app.tui.runs_screen import RunsScreen
from thresher.app.tui.task_pane import TaskPane
from thresher.app.wording import Colours, counted


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
        Binding("A", "adapter", "Adapter", show=False),
        Binding("u", "unseen", "What goes unseen", show=False),
        Binding("d,delete", "remove", "Remove the document from the queue", show=False),
        Binding("D", "clear", "Empty the queue", show=False),
        Binding("S", "start(True)", "Start, and do again what was done before", show=False),
    ]

    def __init__(self, session: SessionPort, colours: Colours) -> None:
        super().__init__()
        self._session = session
        self._colours = colours
        self._task_pane = TaskPane(session, colours, id="choice-pane")
        self._queue_pane = QueuePane(session, colours, id="queue-pane")

    def compose(self) -> ComposeResult:
        """See the class."""
        yield Static(classes="top-bar", id="home-title", markup=False)
        with Horizontal(id="home-panes"):
            yield self._task_pane
            yield self._queue_pane
        yield ProblemLine(id="home-problem")
        yield ProgressRow(self._colours, id="progress-row")
        yield Footer()

    def on_mount(self) -> None:
        """Looks for a model: without one there is nothing to start."""
        self._queue_pane.show()
        self._task_pane.look_for_models()
        self.query_one("#record-types").focus()
        if broken := self._task_pane.pack_errors:
            self._say(Problem("A pack is left out", "\n".join(map(str, broken))))

    @property
    def queue(self) -> Queue:
        """The documents, and how far they are."""
        return self._queue_pane.queue

    def stop_run(self) -> None:
        """Has a run end soon, whatever has become of the screen."""
        self._queue_pane.stop()

    # What comes in

    def on_screen_resume(self) -> None:
        """From the records, say: what was corrected there is so here."""
        self._queue_pane.reload()

    on_corrected = on_screen_resume  # stored only now, after its record was left

    def on_paste(self, event: events.Paste) -> None:
        """Files dropped on the terminal, or paths pasted."""
        event.stop()
        start_pasting(self, event.text)

    def on_task_pane_changed(self, event: TaskPane.Changed) -> None:
        """Something else will be asked."""
        event.stop()
        chosen = self._task_pane.chosen
        adapter = chosen.answering.adapter
        title = home_title(chosen.choice, chosen.fields, chosen.model, adapter, self._colours)
        self.query_one("#home-title", Static).update(title)
        if event.problem:
            self._say(event.problem)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a record type: on to the documents."""
        event.stop()
        if len(self.queue):
            self.query_one("#queue").focus()
        else:
            self.action_add()

    def on_sources_found(self, message: SourcesFound) -> None:
        """Documents for the queue."""
        self._say(message.problem)
        tell_left_out(self, message)
        if message.sources:
            new = self.queue.add(message.sources)
            if known := len(message.sources) - new:
                self.notify(f"{counted(known, 'document')} in the queue already.", markup=False)
            self._queue_pane.show()
            if new:
                self.query_one("#queue").focus()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A search for documents begins or ends."""
        event.stop()
        if self.app.is_running:
            self._show_progress()

    def on_queue_pane_changed(self, event: QueuePane.Changed) -> None:
        """More is done, or something else is in it."""
        event.stop()
        self._show_progress()
        if event.problem:
            self._say(event.problem)
            if event.problem.no_model:
                self._task_pane.ask_for_model()

    def on_written(self, message: Written) -> None:
        """Says why there is no file; that there is one is told wherever the user stands."""
        self._say(message.problem)

    def on_click(self, event: events.Click) -> None:
        """A click takes a problem away."""
        if event.widget and self.query_one("#home-problem") in event.widget.ancestors_with_self:
            self._say(None)

    # What the user does

    def action_add(self) -> None:
        """Opens the browser."""
        start_browsing(self)

    def action_fields(self) -> None:
        """Opens the fields given at run time."""
        self._task_pane.edit_fields()

    def action_model(self) -> None:
        """Opens the list of models."""
        self._task_pane.choose_model()

    def action_adapter(self) -> None:
        """Opens the adapters for the record type in hand."""
        self._task_pane.choose_adapter()

    def action_unseen(self) -> None:
        """Opens what may go unseen of the record type in hand."""
        self._task_pane.choose_unseen()

    def action_runs(self) -> None:
        """Opens the past runs."""
        self.app.push_screen(RunsScreen(self._session, self._colours))

    def action_start(self, again: bool = False) -> None:
        """Starts; what was done before with the same settings is taken from there, unless `again`."""
        if self._is_busy():
            return
        if not len(self.queue):
            self.notify("Add documents first: a.", severity="warning", markup=False)
            return
        if not self._task_pane.chosen.has_fields:
            self.action_fields()
            return
        if not self._task_pane.look_for_models():
            return
        try:
            task = self._task_pane.chosen.task()
        except Exception as error:
            self._say(Problem.of(error))
            return
        self._say(None)
        self._queue_pane.start(task, again=again, accept_at=self._task_pane.chosen.accept_at)
        if self.focused is self.query_one("#record-types"):  # they cannot have it while a run goes on
            self.set_focus(self.query_one("#queue"))

    def action_cancel(self) -> None:
        """Stops the run as soon as it can be; else a search for documents; else takes a problem away."""
        if self.queue.running:
            self._queue_pane.cancel()
        elif stop_finding(self):
            self._show_progress()
        else:
            self._say(None)

    def action_remove(self) -> None:
        """Takes the document under the cursor out of the queue."""
        entry = self._queue_pane.entry
        if entry is not None and not self._is_busy():
            self.queue.remove(entry.source.id)
            self._show_left()

    def action_clear(self) -> None:
        """Takes all documents out of the queue."""
        if not self._is_busy():
            self._queue_pane.queue = Queue()
            self._show_left()

    def action_export(self) -> None:
        """Exports the records of this run."""
        if self.queue.run is None or (run := self._queue_pane.run) is None:
            self.notify("There is nothing to export yet: start a run, or open a past one.", markup=False)
            return
        start_export(self, self._session, self.queue.run, run.task)

    def redraw(self) -> None:
        """Everything in the theme's colours."""
        self._task_pane.redraw()
        self._queue_pane.show()

    def _show_left(self) -> None:
        """The queue without what was taken out; the focus leaves one that is empty."""
        self._queue_pane.show()
        if not len(self.queue):
            self.query_one("#record-types").focus()

    def _is_busy(self) -> bool:
        """Whether a run goes on; says so."""
        if self.queue.running:
            self.notify("A run goes on. Cancel it first: c.", severity="warning", markup=False)
        return self.queue.running

    def _show_progress(self) -> None:
        self.query_one("#record-types").disabled = self.queue.running
        self.query_one(ProgressRow).show(self.queue, is_finding(self))

    def _say(self, problem: Problem | None) -> None:
        self.query_one(ProblemLine).say(problem_words(problem) if problem else "")
