"""What every dialog has in common: escape closes it, and it can show one problem inline."""

from typing import ClassVar, TypeVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

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

    def problem(self, message: str) -> None:
        """Shows what is wrong, in the dialog's line for it; "" clears the line."""
        line = self.query_one(".problem", Static)
        line.update(Text(message))
        line.set_class(bool(message), "-shown")


def problem_line() -> Static:
    """The line that `Dialog.problem` writes to."""
    return Static(classes="problem", markup=False)
