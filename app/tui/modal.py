"""What dialogs have in common: escape closes them, Enter or the first button gives their answer."""

from pathlib import Path
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input

from thresher.app.tui.problem_line import ProblemLine

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A dialog that returns a result, or None where it is given up."""

    #: Said in the help above the keys.
    HELP = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Close"),
        # A dialog hides the app's own keys.
        Binding("f1,question_mark", "app.help", "Help", key_display="F1"),
    ]

    def action_give_up(self) -> None:
        """Closes the dialog without a result."""
        self.dismiss(None)


class AnswerDialog(Dialog[Result]):
    """A dialog with an input, a ProblemLine that says what is wrong with it, and `AnswerButtons`."""

    def problem(self, message: str) -> None:
        """Shows what is wrong; "" clears the line."""
        self.query_one(ProblemLine).say(message)

    def locked(self, folder: Path) -> None:
        """Shows that a folder may not be opened."""
        self.problem(f"{folder}: may not be opened. Change its permissions, or choose another folder.")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter accepts."""
        event.stop()
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The two ways out."""
        event.stop()
        if event.button.id == "accept":
            self.action_accept()
        else:
            self.action_give_up()

    def action_accept(self) -> None:
        """Returns the answer, or shows what is wrong with it."""
        raise NotImplementedError


class AnswerButtons(Horizontal):
    """The two ways out of an AnswerDialog, and what stands beside them."""

    def __init__(self, accept: str, *beside: Widget) -> None:
        super().__init__(classes="buttons")
        self._accept = accept
        self._beside = beside

    def compose(self) -> ComposeResult:
        """Accept first."""
        yield Button(self._accept, variant="primary", id="accept")
        yield Button("Cancel", id="give-up")
        yield from self._beside
