"""Nothing can be extracted yet: no model is installed. Says how to get one."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Button, Footer, Static

from thresher.app.tui.modal import Dialog

COMMAND = "thresher models pull starter"


class NoModelDialog(Dialog[bool]):
    """Returns True where the user has pulled one and says: look again."""

    HELP = "A model is fetched once. After that, Thresher needs no network."
    BINDINGS = [  # noqa: RUF012
        Binding("r", "look_again", "Look again"),
        Binding("q", "app.quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        """The command, and what it does."""
        with Vertical(classes="dialog"):
            yield Static("No model is installed", classes="dialog-title", markup=False)
            yield Static(
                "Thresher reads documents with a model on this machine. In a terminal, run", markup=False
            )
            yield Static(COMMAND, id="command", markup=False)
            yield Static(
                "It fetches about 90 MB, once. Documents never leave this machine.\n"
                "`thresher models list` shows larger models.",
                classes="hint",
                markup=False,
            )
            yield Button("Look again", variant="primary", id="look-again")
        yield Footer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The one button."""
        event.stop()
        self.action_look_again()

    def action_look_again(self) -> None:
        """Closes, and has the caller look."""
        self.dismiss(True)
