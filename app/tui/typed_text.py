"""Text to edit, a document's or the name of a file: what would steer the terminal is drawn as a sign.

The text itself stays as it is, for whoever saves it unchanged.
"""

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import TextArea

from thresher.app.wording import visible


class Signs(Highlighter):
    """For an Input: control characters as signs."""

    def highlight(self, text: Text) -> None:
        """In place, one for one."""
        text.plain = visible(text.plain)


class VisibleTextArea(TextArea):
    """The same for lines."""

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        return Text(visible(self.document.get_line(line_index)), end="", no_wrap=True)
