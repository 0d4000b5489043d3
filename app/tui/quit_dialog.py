"""Quitting while a run goes on: says what it waits for, and ends the app when the run has ended."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer, Static

from thresher.adapters.visible import one_line
from thresher.app.tui.modal import Dialog
from thresher.app.tui.queue import Queue

#: Seconds between two looks at the run.
_BEAT = 0.1


class QuitDialog(Dialog[None]):
    """Waits for the run over `queue`, which is cancelled already. To close it is to stay."""

    HELP = "A model that loads and a document that is read cannot be interrupted. What is done is kept."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Stay"),
        Binding("q,ctrl+q", "app.quit", "Quit at once", key_display="q"),
    ]

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue

    def compose(self) -> ComposeResult:
        """A title and a line."""
        with Vertical(classes="dialog"):
            yield Static("Quitting", classes="dialog-title", markup=False)
            yield Static(id="quit-words", markup=False)
            yield Static("What is done is kept.", classes="hint", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Looks now, and again and again."""
        self._look()
        self.set_interval(_BEAT, self._look)

    def _look(self) -> None:
        if not self._queue.running:
            self.app.exit()
            return
        waits = one_line(self._queue.waits_until) or "the run has stopped"
        self.query_one("#quit-words", Static).update(f"Waiting until {waits}.")
