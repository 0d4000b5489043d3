"""Text to edit, a document's or the name of a file: what would steer the terminal is drawn as a sign.

The text itself stays as it is, for whoever saves it unchanged; what is pasted comes whole.
"""

import re
from typing import Any

from rich.highlighter import Highlighter
from rich.text import Text
from textual.events import Paste
from textual.widgets import Input, TextArea

from thresher.adapters.visible import one_line, visible


class Signs(Highlighter):
    """For an Input: control characters as signs, of which a line's end is one."""

    def highlight(self, text: Text) -> None:
        """In place, one for one."""
        text.plain = one_line(text.plain)


class WholeInput(Input):
    """An Input that takes all lines of what is pasted, `between` them; Textual's own takes the first."""

    def __init__(self, value: str = "", *, between: str = " ", **options: Any) -> None:
        super().__init__(value, highlighter=Signs(), **options)
        self._between = between

    def on_paste(self, event: Paste) -> None:
        """In the place of Textual's own."""
        event.stop()
        event.prevent_default()
        lines = re.split(r"[\r\n]+", event.text)
        if len(lines) > 1:
            lines = [line.strip() for line in lines if line.strip()]
        if pasted := self._between.join(lines):
            self.replace(pasted, *self.selection)


class VisibleTextArea(TextArea):
    """The same for lines."""

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        return Text(visible(self.document.get_line(line_index)), end="", no_wrap=True)
