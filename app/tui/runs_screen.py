"""Past runs: what was asked, when, and how it went; Enter opens the records."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from thresher.adapters.visible import one_line
from thresher.app.tui.messages import Problem, RunsLoaded
from thresher.app.tui.ports import RunPort, SessionPort
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.stretch_table import ColumnSpec, StretchTable
from thresher.app.wording import Colours, short_answering


class RunsScreen(Screen[None]):
    """The newest runs first."""

    HELP = "Every run is kept, with its documents' text, records and corrections."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.pop_screen", "Back")]

    def __init__(self, session: SessionPort, colours: Colours) -> None:
        super().__init__()
        self._session = session
        self._colours = colours
        self._runs: dict[str, RunPort] = {}

    def compose(self) -> ComposeResult:
        """A table, or a word on why it is empty."""
        yield Static("Past runs", classes="top-bar", markup=False)
        yield StretchTable(
            [
                ColumnSpec("when", "Started", width=16),
                ColumnSpec("what", "Record", share=3),
                ColumnSpec("model", "Model", share=2),
                ColumnSpec("outcome", "Documents", width=20),
            ],
            id="runs",
        )
        yield Static(
            "No runs yet.\n\nAdd documents and press s on the first screen.", classes="empty", markup=False
        )
        yield ProblemLine()
        yield Footer()

    def on_mount(self) -> None:
        """Not empty before that is known."""
        self.query_one(".empty").display = False

    def on_screen_resume(self) -> None:
        """At first, and from a run's records: one that goes on has more by then."""
        self._load()

    @work(thread=True, exclusive=True)
    def _load(self, opening: str = "") -> None:
        try:
            store = self._session.store
            broke_off = bool(opening) and store.broke_off(int(opening))
            self.post_message(RunsLoaded(store.runs(), opening, broke_off))
        except Exception as error:
            self.post_message(RunsLoaded((), problem=Problem.of(error)))

    def on_runs_loaded(self, message: RunsLoaded) -> None:
        """Fills the table, and opens the run that it was loaded for."""
        self.query_one(ProblemLine).say(message.problem.message if message.problem else "")
        if not message.problem:
            self._runs = {str(run.id): run for run in message.runs}
        table = self.query_one("#runs", StretchTable)
        self.redraw()
        table.display = bool(self._runs)
        self.query_one(".empty").display = not self._runs and not message.problem
        table.focus()
        run = self._runs.get(message.opening)
        if run and self.app.screen is self:  # not twice, where Enter came twice meanwhile
            self._open(run, message.broke_off)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a click opens the records of the run under the cursor."""
        event.stop()
        key = self.query_one("#runs", StretchTable).current_key
        if key is None:
            return
        if _done(self._runs[key]):
            self._open(self._runs[key])
        else:
            self._load(key)  # it may have some by now

    def _open(self, run: RunPort, broke_off: bool = False) -> None:
        if _done(run):
            self.app.push_screen(RecordScreen(self._session, run.id, run.task, self._colours))
        elif run.finished:
            self.notify("This run has no records: it was stopped before the first.", markup=False)
        elif broke_off:
            words = "This run has no records: it was broken off before the first. Start it again: "
            self.notify(f"{words}add its documents on the first screen, and press s.", markup=False)
        else:
            self.notify("This run has no records yet.", markup=False)

    def redraw(self) -> None:
        """Everything in the theme's colours."""
        self.query_one("#runs", StretchTable).set_rows(
            (key, self._cells(run)) for key, run in self._runs.items()
        )

    def _cells(self, run: RunPort) -> Sequence[Text]:
        colours = self._colours
        outcome = [Text(f"✓ {run.ok}", colours["success"])]
        if run.partial:
            outcome.append(Text(f"◐ {run.partial}", colours["warning"]))
        if run.failed:
            outcome.append(Text(f"✗ {run.failed}", colours["error"]))
        if left := run.total - _done(run):
            outcome.append(Text(f"· {left}", colours["muted"]))
        return (
            Text(f"{run.started.astimezone():%Y-%m-%d %H:%M}"),
            Text(one_line(f"{run.task.domain} / {run.task.record_type}")),
            Text(short_answering(run.task.model, run.task.adapter)),
            Text("  ").join(outcome),
        )


def _done(run: RunPort) -> int:
    """How many records it has."""
    return run.ok + run.partial + run.failed
