"""Quitting while something is not done: says what it waits for, and ends the app when that is done."""

from typing import Any, ClassVar, Literal

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer, Static

from thresher.adapters.visible import one_line
from thresher.app.tui.modal import Dialog
from thresher.app.tui.queue import Queue

#: The group of a worker whose work quitting waits for.
Waited = Literal["correct", "export"]
_WAITS: dict[Waited, str] = {"correct": "the correction is stored", "export": "the file is written"}
#: Seconds between two looks.
_BEAT = 0.1


def waits_of(app: App[Any], queue: Queue) -> list[str]:
    """What is to happen before `app` can end and lose nothing, in words: 'the model has loaded', say."""
    waits = [one_line(queue.waits_until) or "the run has stopped"] if queue.running else []
    groups = {worker.group for worker in app.workers if not worker.is_finished}
    return waits + [words for group, words in _WAITS.items() if group in groups]


class QuitDialog(Dialog[None]):
    """Waits for the run over `queue`, which is cancelled already, for corrections and exports.

    To close it is to stay.
    """

    HELP = (
        "A model that loads and a document that is read cannot be interrupted. What is done is kept; "
        "a correction that is not stored yet, and a file that is not written, are lost if you quit at once."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Stay"),
        Binding("q,ctrl+q", "app.quit", "Quit at once", key_display="q"),
    ]

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue
        self.called_off = False  # where something went wrong meanwhile: it is told on the screen below

    def compose(self) -> ComposeResult:
        """A title and a line."""
        with Vertical(classes="dialog"):
            yield Static("Quitting", classes="dialog-title", markup=False)
            yield Static(id="quit-words", markup=False)
            yield Static(
                "What is done is kept. Quitting at once gives up the rest.", classes="hint", markup=False
            )
        yield Footer()

    def on_mount(self) -> None:
        """Looks now, and again and again."""
        self._look()
        self.set_interval(_BEAT, self._look)

    def _look(self) -> None:
        if self.called_off:
            if self.is_current:
                self.dismiss(None)
        elif waits := waits_of(self.app, self._queue):
            self.query_one("#quit-words", Static).update(f"Waiting until {' and '.join(waits)}.")
        else:
            self.app.exit()
